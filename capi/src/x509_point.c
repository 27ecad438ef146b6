#include "x509_point.h"

#include <string.h>

static bool is_rdn(struct slice attributes)
{
    if (attributes.len == 0)
        return false;
    while (attributes.len > 0) {
        struct slice attribute, type;
        uint8_t tag;
        if (!der_take(&attributes, DER_SEQUENCE, &attribute) || !der_oid(&attribute, &type) ||
            !der_any(&attribute, &tag, NULL, NULL) || attribute.len != 0)
            return false;
    }
    return true;
}

bool x509_take_point_name(struct slice *in, struct x509_point_name *out)
{
    struct slice choice;
    *out = (struct x509_point_name){ .full = { NULL, 0 } };
    if (!der_optional(in, DER_CONTEXT_CONSTRUCTED + 0, &choice))
        return false;
    if (choice.data == NULL)
        return true;
    if (!der_optional(&choice, DER_CONTEXT_CONSTRUCTED + 0, &out->full) ||
        !der_optional(&choice, DER_CONTEXT_CONSTRUCTED + 1, &out->relative) || choice.len != 0)
        return false;
    if (out->full.data != NULL)
        return out->relative.data == NULL && x509_names_valid(out->full);
    return out->relative.data != NULL && is_rdn(out->relative);
}

bool x509_take_reasons(struct slice *in, unsigned number, int *out)
{
    struct slice content, bits;
    unsigned unused;
    *out = X509_ALL_REASONS;
    if (!der_optional(in, (uint8_t)(DER_CONTEXT + number), &content))
        return false;
    if (content.data == NULL)
        return true;
    if (!der_bit_string_content(content, &bits, &unused) || bits.len > 2)
        return false;
    *out = 0;
    for (unsigned bit = 1; bit < bits.len * 8; bit++) {
        if ((bits.data[bit / 8] >> (7 - bit % 8) & 1) != 0)
            *out |= 1 << bit;
    }
    *out &= X509_ALL_REASONS;
    return true;
}

bool x509_next_point(struct slice *points, struct x509_point *out)
{
    struct slice content;
    if (points->len == 0 || !der_take(points, DER_SEQUENCE, &content) ||
        !x509_take_point_name(&content, &out->name) ||
        !x509_take_reasons(&content, 1, &out->reasons) ||
        !der_optional(&content, DER_CONTEXT_CONSTRUCTED + 2, &out->issuer_names))
        return false;
    return content.len == 0 &&
           (out->issuer_names.data == NULL || x509_names_valid(out->issuer_names));
}

bool x509_points_valid(struct slice value)
{
    struct slice points;
    struct x509_point point;
    if (!der_take(&value, DER_SEQUENCE, &points) || value.len != 0 || points.len == 0)
        return false;
    while (points.len > 0) {
        if (!x509_next_point(&points, &point))
            return false;
    }
    return true;
}

struct slice x509_points(const struct x509 *x509)
{
    struct slice value = x509->crl_points;
    struct slice points = { NULL, 0 };
    if (value.data != NULL && !der_take(&value, DER_SEQUENCE, &points))
        points = (struct slice){ NULL, 0 };
    return points;
}

bool x509_next_directory(struct slice *names, struct slice *out)
{
    struct x509_general_name name;
    while (x509_next_name(names, &name)) {
        *out = name.value;
        if (name.kind == X509_DIRECTORY)
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------- meeting */

/* The longest name that is put together: none that was seen comes near it. */
enum { LONGEST_NAME = 1024, LONGEST_HEADER = 4 };

/* Puts a header in front of what ends at `end`; returns where it begins. */
static uint8_t *put_header(uint8_t *content, size_t len, uint8_t tag)
{
    uint8_t *at = content;
    *--at = (uint8_t)len;
    if (len >= 0x100) {
        *--at = (uint8_t)(len >> 8);
        *--at = 0x82;
    } else if (len >= 0x80) {
        *--at = 0x81;
    }
    *--at = tag;
    return at;
}

/* The directory name that a relative one is short for, in a buffer; empty when it is too long. */
static struct slice complete(struct slice issuer, struct slice relative,
                             uint8_t buffer[LONGEST_NAME])
{
    struct slice rdns;
    uint8_t *end = buffer + LONGEST_NAME, *rdn, *name;
    if (!der_take(&issuer, DER_SEQUENCE, &rdns) ||
        rdns.len + relative.len + 2 * LONGEST_HEADER > LONGEST_NAME)
        return (struct slice){ NULL, 0 };
    memcpy(end - relative.len, relative.data, relative.len);
    rdn = put_header(end - relative.len, relative.len, DER_SET);
    memcpy(rdn - rdns.len, rdns.data, rdns.len);
    name = put_header(rdn - rdns.len, (size_t)(end - rdn) + rdns.len, DER_SEQUENCE);
    return (struct slice){ name, (size_t)(end - name) };
}

/* The names of a point, one after the other, a relative one as the directory name it means. */
struct names {
    struct slice rest;
    struct slice single; /* data is NULL: none, or it was given out */
    uint8_t buffer[LONGEST_NAME];
};

static void begin(struct names *names, const struct x509_point_name *point, struct slice issuer)
{
    names->rest = point->full;
    names->single = (struct slice){ NULL, 0 };
    if (point->full.data == NULL)
        names->single = issuer;
    if (point->relative.data != NULL)
        names->single = complete(issuer, point->relative, names->buffer);
}

static bool next(struct names *names, struct x509_general_name *out)
{
    if (names->single.data == NULL)
        return x509_next_name(&names->rest, out);
    *out = (struct x509_general_name){ X509_DIRECTORY, names->single };
    names->single = (struct slice){ NULL, 0 };
    return true;
}

static bool name_equal(const struct x509_general_name *a, const struct x509_general_name *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == X509_DIRECTORY ? x509_name_equal(a->value, b->value)
                                     : slice_equal(a->value, b->value);
}

bool x509_point_names_meet(const struct x509_point_name *a, struct slice issuer_a,
                           const struct x509_point_name *b, struct slice issuer_b, size_t *work)
{
    struct names these, those;
    struct x509_general_name one, other;
    for (begin(&these, a, issuer_a); next(&these, &one);) {
        for (begin(&those, b, issuer_b); next(&those, &other);) {
            if (*work == 0)
                return false;
            --*work;
            if (name_equal(&one, &other))
                return true;
        }
    }
    return false;
}

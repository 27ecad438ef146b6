/* Distinguished names and how they compare (RFC 5280, section 7.1). */
#include "x509.h"

/* One RelativeDistinguishedName with more attributes than this is equal only byte by byte. */
enum { MOST_ATTRIBUTES = 32 };

static bool take_attribute(struct slice *attributes, struct x509_attribute *out)
{
    struct slice content;
    return der_take(attributes, DER_SEQUENCE, &content) && der_oid(&content, &out->type) &&
           der_any(&content, &out->tag, &out->value, NULL) && content.len == 0;
}

bool x509_name_valid(struct slice name)
{
    struct slice rdns;
    if (!der_take(&name, DER_SEQUENCE, &rdns) || name.len != 0)
        return false;
    while (rdns.len > 0) {
        struct slice attributes;
        struct x509_attribute attribute;
        if (!der_take(&rdns, DER_SET, &attributes) || attributes.len == 0)
            return false;
        while (attributes.len > 0) {
            if (!take_attribute(&attributes, &attribute))
                return false;
        }
    }
    return true;
}

static struct slice name_content(struct slice name)
{
    struct slice rdns;
    if (!der_take(&name, DER_SEQUENCE, &rdns))
        rdns = (struct slice){ NULL, 0 };
    return rdns;
}

bool x509_name_is_empty(struct slice name)
{
    return name_content(name).len == 0;
}

void x509_name_begin(struct x509_name_cursor *cursor, struct slice name)
{
    cursor->rdns = name_content(name);
    cursor->attributes = (struct slice){ NULL, 0 };
}

bool x509_name_next(struct x509_name_cursor *cursor, struct x509_attribute *out)
{
    out->starts_rdn = cursor->attributes.len == 0;
    if (out->starts_rdn &&
        (cursor->rdns.len == 0 || !der_take(&cursor->rdns, DER_SET, &cursor->attributes)))
        return false;
    return take_attribute(&cursor->attributes, out);
}

/* The string types that compare by their characters; others compare by their octets. */
static bool is_text(uint8_t tag)
{
    return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING;
}

/* Tabs and the like are spaces (RFC 4518, section 2.2). */
static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_spaces(struct slice *text)
{
    while (text->len > 0 && is_space(text->data[0])) {
        text->data++;
        text->len--;
    }
}

/* The characters of a text as they compare: lower case, each run of spaces one space, none at
 * either end. -1 at the end of the text. */
static int next_folded(struct slice *text)
{
    size_t len = text->len;
    uint8_t c;
    skip_spaces(text);
    if (text->len == 0)
        return -1;
    if (text->len < len)
        return ' ';
    c = text->data[0];
    text->data++;
    text->len--;
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool text_equal(struct slice a, struct slice b)
{
    int x, y;
    skip_spaces(&a);
    skip_spaces(&b);
    do {
        x = next_folded(&a);
        y = next_folded(&b);
    } while (x == y && x != -1);
    return x == y;
}

static bool attribute_equal(const struct x509_attribute *a, const struct x509_attribute *b)
{
    if (!slice_equal(a->type, b->type))
        return false;
    if (is_text(a->tag) && is_text(b->tag))
        return text_equal(a->value, b->value);
    return a->tag == b->tag && slice_equal(a->value, b->value);
}

/* Whether an attribute of `attributes` that is not yet in *used equals this one. */
static bool find_attribute(struct slice attributes, const struct x509_attribute *wanted,
                           uint32_t *used)
{
    struct x509_attribute candidate;
    for (unsigned i = 0; attributes.len > 0; i++) {
        if (!take_attribute(&attributes, &candidate) || i >= MOST_ATTRIBUTES)
            return false;
        if ((*used >> i & 1) == 0 && attribute_equal(wanted, &candidate)) {
            *used |= 1u << i;
            return true;
        }
    }
    return false;
}

static unsigned count_attributes(struct slice attributes)
{
    struct x509_attribute attribute;
    unsigned count = 0;
    while (attributes.len > 0 && take_attribute(&attributes, &attribute))
        count++;
    return count;
}

/* A SET, so the order is of no account: DER sorts by the very bytes that may differ here. */
static bool rdn_equal(struct slice a, struct slice b)
{
    uint32_t used = 0;
    if (slice_equal(a, b))
        return true;
    if (count_attributes(a) != count_attributes(b))
        return false;
    while (a.len > 0) {
        struct x509_attribute attribute;
        if (!take_attribute(&a, &attribute) || !find_attribute(b, &attribute, &used))
            return false;
    }
    return true;
}

bool x509_name_within(struct slice name, struct slice base)
{
    struct slice rdns = name_content(name);
    struct slice wanted = name_content(base);
    while (wanted.len > 0) {
        struct slice a, b;
        if (rdns.len == 0 || !der_take(&rdns, DER_SET, &a) || !der_take(&wanted, DER_SET, &b) ||
            !rdn_equal(a, b))
            return false;
    }
    return true;
}

static size_t count_rdns(struct slice name)
{
    struct slice rdns = name_content(name);
    struct slice rdn;
    size_t count = 0;
    while (rdns.len > 0 && der_take(&rdns, DER_SET, &rdn))
        count++;
    return count;
}

bool x509_name_equal(struct slice a, struct slice b)
{
    if (slice_equal(a, b))
        return true;
    return count_rdns(a) == count_rdns(b) && x509_name_within(a, b);
}

/* FNV-1a */
static const uint32_t hash_basis = 0x811c9dc5;

static uint32_t hash_add(uint32_t hash, uint32_t value)
{
    return (hash ^ value) * 0x01000193;
}

static uint32_t hash_attribute(const struct x509_attribute *attribute)
{
    struct slice value = attribute->value;
    uint32_t hash = hash_basis;
    for (size_t i = 0; i < attribute->type.len; i++)
        hash = hash_add(hash, attribute->type.data[i]);
    if (is_text(attribute->tag)) {
        skip_spaces(&value);
        for (int c = next_folded(&value); c != -1; c = next_folded(&value))
            hash = hash_add(hash, (uint32_t)c);
    } else {
        for (size_t i = 0; i < value.len; i++)
            hash = hash_add(hash, value.data[i]);
    }
    return hash;
}

uint32_t x509_name_hash(struct slice name)
{
    struct x509_name_cursor cursor;
    struct x509_attribute attribute;
    uint32_t hash = hash_basis;
    uint32_t rdn = 0; /* a sum: the order within an RDN is of no account */
    x509_name_begin(&cursor, name);
    while (x509_name_next(&cursor, &attribute)) {
        if (attribute.starts_rdn) {
            hash = hash_add(hash, rdn);
            rdn = 0;
        }
        rdn += hash_attribute(&attribute);
    }
    return hash_add(hash, rdn);
}

#include "der.h"

#include <limits.h>
#include <string.h>

#include "civil.h"

/* Object identifiers, of which most are compared, differ at their ends. */
bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || (a.data[a.len - 1] == b.data[b.len - 1] &&
                                             memcmp(a.data, b.data, a.len) == 0));
}

static void advance(struct slice *in, size_t count)
{
    in->data += count;
    in->len -= count;
}

/* X.690, sections 8.1.3 and 10.1: definite, and in the fewest octets. The first of several. */
static bool read_long_length(struct slice *in, size_t octets, size_t *length)
{
    size_t value = 0;
    octets &= 0x7f;
    if (octets == 0 || octets > 4 || octets > in->len || in->data[0] == 0)
        return false;
    for (size_t i = 0; i < octets; i++)
        value = value << 8 | in->data[i];
    advance(in, octets);
    *length = value;
    return value >= 0x80;
}

/* The most called function of a validation: it works on a copy, which stays in registers. */
bool der_any(struct slice *in, uint8_t *tag, struct slice *content, struct slice *whole)
{
    struct slice rest = *in;
    if (rest.len < 2 || (rest.data[0] & 0x1f) == 0x1f)
        return false;
    size_t length = rest.data[1];
    *tag = rest.data[0];
    advance(&rest, 2);
    if ((length >= 0x80 && !read_long_length(&rest, length, &length)) || length > rest.len)
        return false;
    if (content != NULL)
        *content = (struct slice){ rest.data, length };
    advance(&rest, length);
    if (whole != NULL)
        *whole = (struct slice){ in->data, (size_t)(rest.data - in->data) };
    *in = rest;
    return true;
}

bool der_next_is(struct slice in, uint8_t tag)
{
    return in.len > 0 && in.data[0] == tag;
}

bool der_take(struct slice *in, uint8_t tag, struct slice *content)
{
    uint8_t found;
    return der_any(in, &found, content, NULL) && found == tag;
}

bool der_take_whole(struct slice *in, uint8_t tag, struct slice *whole)
{
    uint8_t found;
    return der_any(in, &found, NULL, whole) && found == tag;
}

bool der_optional(struct slice *in, uint8_t tag, struct slice *content)
{
    *content = (struct slice){ NULL, 0 };
    return !der_next_is(*in, tag) || der_take(in, tag, content);
}

bool der_boolean(struct slice *in, bool *value)
{
    struct slice content;
    if (!der_take(in, DER_BOOLEAN, &content) || content.len != 1 ||
        (content.data[0] != 0x00 && content.data[0] != 0xff))
        return false;
    *value = content.data[0] != 0;
    return true;
}

static bool is_integer(struct slice content)
{
    if (content.len == 0)
        return false;
    if (content.len == 1)
        return true;
    return !(content.data[0] == 0x00 && content.data[1] < 0x80) &&
           !(content.data[0] == 0xff && content.data[1] >= 0x80);
}

bool der_integer(struct slice *in, struct slice *content)
{
    return der_take(in, DER_INTEGER, content) && is_integer(*content);
}

bool der_count_content(struct slice content, int *value)
{
    int64_t sum = 0;
    if (!is_integer(content) || content.data[0] >= 0x80)
        return false;
    for (size_t i = 0; i < content.len && sum <= INT_MAX; i++)
        sum = sum << 8 | content.data[i];
    *value = sum > INT_MAX ? INT_MAX : (int)sum;
    return true;
}

bool der_count(struct slice *in, int *value)
{
    struct slice content;
    return der_take(in, DER_INTEGER, &content) && der_count_content(content, value);
}

bool der_bit_string_content(struct slice content, struct slice *bits, unsigned *unused)
{
    if (content.len == 0 || content.data[0] > 7)
        return false;
    *unused = content.data[0];
    advance(&content, 1);
    *bits = content;
    if (*unused == 0)
        return true;
    return content.len > 0 && (content.data[content.len - 1] & ((1u << *unused) - 1)) == 0;
}

bool der_bit_string(struct slice *in, struct slice *bits, unsigned *unused)
{
    struct slice content;
    return der_take(in, DER_BIT_STRING, &content) && der_bit_string_content(content, bits, unused);
}

bool der_oid_content(struct slice content)
{
    bool at_start = true;
    for (size_t i = 0; i < content.len; i++) {
        if (at_start && content.data[i] == 0x80)
            return false;
        at_start = content.data[i] < 0x80;
    }
    return content.len > 0 && at_start;
}

bool der_oid(struct slice *in, struct slice *content)
{
    return der_take(in, DER_OID, content) && der_oid_content(*content);
}

static bool two_digits(const uint8_t *text, int *value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *value = (text[0] - '0') * 10 + (text[1] - '0');
    return true;
}

bool der_time(struct slice *in, int64_t *seconds, uint8_t *tag)
{
    struct civil when = { 0 };
    struct slice text;
    uint8_t found;
    int century = 0;
    if (!der_any(in, &found, &text, NULL))
        return false;
    if (tag != NULL)
        *tag = found;
    if (found == DER_GENERALIZED_TIME && text.len == 15) {
        if (!two_digits(text.data, &century))
            return false;
        advance(&text, 2);
    } else if (found != DER_UTC_TIME || text.len != 13) {
        return false;
    }
    if (!two_digits(text.data, &when.year) || !two_digits(text.data + 2, &when.month) ||
        !two_digits(text.data + 4, &when.day) || !two_digits(text.data + 6, &when.hour) ||
        !two_digits(text.data + 8, &when.minute) || !two_digits(text.data + 10, &when.second) ||
        text.data[12] != 'Z')
        return false;
    if (found == DER_UTC_TIME)
        century = when.year < 50 ? 20 : 19;
    when.year += century * 100;
    return civil_seconds(&when, seconds);
}

bool der_well_formed(struct slice in, unsigned depth)
{
    while (in.len > 0) {
        struct slice content;
        uint8_t tag;
        if (!der_any(&in, &tag, &content, NULL))
            return false;
        if ((tag & 0x20) != 0 && (depth == 0 || !der_well_formed(content, depth - 1)))
            return false;
    }
    return true;
}

/* RFC 3492; the names of the parameters and the steps are those of its sections 5 and 6. */
#include "punycode.h"

#include <string.h>

enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72 };

struct output {
    uint8_t *bytes;
    size_t len;
};

static bool put(struct output *out, uint8_t c)
{
    if (out->len == PUNYCODE_LABEL_SIZE)
        return false;
    out->bytes[out->len++] = c;
    return true;
}

static bool next_code_point(struct slice *text, uint32_t *code_point)
{
    uint8_t lead = text->data[0];
    size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || more >= text->len)
        return false;
    *code_point = more == 0 ? lead : lead & (0x3fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((text->data[i] & 0xc0) != 0x80)
            return false;
        *code_point = *code_point << 6 | (text->data[i] & 0x3f);
    }
    text->data += more + 1;
    text->len -= more + 1;
    return true;
}

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;
    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint8_t digit(uint32_t value)
{
    return (uint8_t)(value < 26 ? 'a' + value : '0' + (value - 26));
}

static bool put_delta(struct output *out, uint32_t delta, uint32_t bias)
{
    uint32_t q = delta;
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
        if (q < t)
            return put(out, digit(q));
        if (!put(out, digit(t + (q - t) % (BASE - t))))
            return false;
        q = (q - t) / (BASE - t);
    }
}

static bool encode(const uint32_t *points, uint32_t count, uint32_t basic, struct output *out)
{
    uint32_t n = 0x80, delta = 0, bias = INITIAL_BIAS;
    for (uint32_t handled = basic; handled < count; delta++, n++) {
        uint32_t least = UINT32_MAX;
        for (uint32_t i = 0; i < count; i++) {
            if (points[i] >= n && points[i] < least)
                least = points[i];
        }
        /* At most 63 code points below 2^21: no overflow. */
        delta += (least - n) * (handled + 1);
        n = least;
        for (uint32_t i = 0; i < count; i++) {
            if (points[i] < n)
                delta++;
            if (points[i] != n)
                continue;
            if (!put_delta(out, delta, bias))
                return false;
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled++;
        }
    }
    return true;
}

/* Whether a label is in ASCII, as most are: it is in lower case then. */
static bool take_ascii(struct slice label, uint8_t *out, size_t *len)
{
    if (label.len > PUNYCODE_LABEL_SIZE)
        return false;
    for (size_t i = 0; i < label.len; i++) {
        uint8_t c = label.data[i];
        if (c >= 0x80)
            return false;
        out[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
    }
    *len = label.len;
    return true;
}

bool punycode_label(struct slice utf8, uint8_t out[PUNYCODE_LABEL_SIZE], size_t *len)
{
    uint32_t points[PUNYCODE_LABEL_SIZE];
    struct output output = { out, 0 };
    uint32_t count = 0, basic = 0;
    if (take_ascii(utf8, out, len))
        return true;
    while (utf8.len > 0) {
        if (count == PUNYCODE_LABEL_SIZE || !next_code_point(&utf8, &points[count]))
            return false;
        if (points[count] >= 'A' && points[count] <= 'Z')
            points[count] += 'a' - 'A';
        basic += points[count] < 0x80 ? 1 : 0;
        count++;
    }
    if (basic < count) {
        memcpy(out, "xn--", 4);
        output.len = 4;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (points[i] < 0x80 && !put(&output, (uint8_t)points[i]))
            return false;
    }
    if (basic > 0 && basic < count && !put(&output, '-'))
        return false;
    if (!encode(points, count, basic, &output))
        return false;
    *len = output.len;
    return true;
}

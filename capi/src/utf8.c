#include "utf8.h"

uint32_t utf8_next(struct slice *string)
{
    const uint8_t *in = string->data;
    size_t len = in[0] < 0x80 ? 1 : in[0] < 0xC2 ? 0 : in[0] < 0xE0 ? 2 : in[0] < 0xF0 ? 3 : 4;
    uint32_t c = len == 1 ? in[0] : in[0] & (0xFFU >> (len + 1));
    bool valid = len > 0 && len <= string->len && in[0] < 0xF5;
    for (size_t i = 1; valid && i < len; i++) {
        valid = (in[i] & 0xC0) == 0x80;
        c = c << 6 | (in[i] & 0x3FU);
    }
    /* RFC 3629, section 3: nothing longer than need be, no surrogates, nothing past U+10FFFF. */
    valid = valid && (len < 3 || c >= 0x800) && (len < 4 || c >= 0x10000) && c <= 0x10FFFF &&
            (c < 0xD800 || c > 0xDFFF);
    len = valid ? len : 1;
    string->data += len;
    string->len -= len;
    return valid ? c : UTF8_INVALID;
}

size_t utf8_encode(uint32_t c, uint8_t out[4])
{
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (uint8_t)(leads[len] | c);
    return len;
}

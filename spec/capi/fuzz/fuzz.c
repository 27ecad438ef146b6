#include "fuzz.h"

#include <string.h>

bool fuzz_within(struct slice inner, struct slice outer)
{
    return inner.data == NULL || (inner.data >= outer.data && inner.len <= outer.len &&
                                  (size_t)(inner.data - outer.data) <= outer.len - inner.len);
}

/* The octets of the character that `text` begins with; 0 when it is none (RFC 3629, section 4). */
static size_t character(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, second_first, second_last;
        size_t len;
    } rows[] = {
        { 0x20, 0x7e, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (text[0] < rows[i].first || text[0] > rows[i].last)
            continue;
        if (rows[i].len > 1 && (text[1] < rows[i].second_first || text[1] > rows[i].second_last))
            return 0;
        for (size_t at = 2; at < rows[i].len; at++) {
            if ((text[at] & 0xc0) != 0x80)
                return 0;
        }
        return rows[i].len;
    }
    return 0;
}

static bool is_printable(const char *text, bool lines)
{
    const unsigned char *at = (const unsigned char *)text;
    while (at != NULL && *at != '\0') {
        size_t len = lines && *at == '\n' ? 1 : character(at);
        if (len == 0)
            return false;
        at += len;
    }
    return true;
}

bool fuzz_is_line(const char *text)
{
    return is_printable(text, false);
}

bool fuzz_is_text(const char *text)
{
    return is_printable(text, true);
}

char *fuzz_string(struct slice bytes)
{
    char *text = malloc(bytes.len + 1);
    FUZZ_CHECK(text != NULL);
    if (bytes.len > 0)
        memcpy(text, bytes.data, bytes.len);
    text[bytes.len] = '\0';
    return text;
}

size_t fuzz_element(uint8_t *out, uint8_t tag, const struct slice *contents, size_t count)
{
    size_t len = 0, at = 0;
    unsigned octets = 0;
    for (size_t i = 0; i < count; i++)
        len += contents[i].len;
    while (len >= 0x80 && octets < sizeof(len) && len >> (8 * octets) != 0)
        octets++;
    out[at++] = tag;
    out[at++] = (uint8_t)(octets > 0 ? 0x80 | octets : len);
    while (octets-- > 0)
        out[at++] = (uint8_t)(len >> (8 * octets));
    for (size_t i = 0; i < count; i++) {
        if (contents[i].len > 0)
            memmove(out + at, contents[i].data, contents[i].len);
        at += contents[i].len;
    }
    return at;
}

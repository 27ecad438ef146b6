#include "mint_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mint_need(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "mint: %s\n", what);
        exit(1);
    }
}

void mint_put(struct mint_out *out, const void *bytes, size_t len)
{
    mint_need(out->len + len <= MINT_LARGEST, "a certificate became too large");
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
}

void mint_put_byte(struct mint_out *out, unsigned byte)
{
    uint8_t value = (uint8_t)byte;
    mint_put(out, &value, 1);
}

void mint_wrap(struct mint_out *out, unsigned tag, size_t start)
{
    size_t len = out->len - start;
    uint8_t header[6] = { (uint8_t)tag };
    size_t size = 2;
    if (len < 0x80) {
        header[1] = (uint8_t)len;
    } else {
        unsigned octets = len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;
        header[1] = (uint8_t)(0x80 | octets);
        for (unsigned i = 0; i < octets; i++)
            header[size++] = (uint8_t)(len >> (8 * (octets - 1 - i)));
    }
    mint_need(out->len + size <= MINT_LARGEST, "a certificate became too large");
    memmove(out->bytes + start + size, out->bytes + start, len);
    memcpy(out->bytes + start, header, size);
    out->len += size;
}

void mint_put_element(struct mint_out *out, unsigned tag, const void *bytes, size_t len)
{
    size_t start = out->len;
    mint_put(out, bytes, len);
    mint_wrap(out, tag, start);
}

void mint_put_text(struct mint_out *out, unsigned tag, const char *text)
{
    mint_put_element(out, tag, text, strlen(text));
}

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

void mint_put_hex_part(struct mint_out *out, const char *hex, size_t len)
{
    for (size_t i = 0; i + 1 < len; i++) {
        if (hex[i] != ' ') {
            mint_put_byte(out, hex_digit(hex[i]) << 4 | hex_digit(hex[i + 1]));
            i++;
        }
    }
}

void mint_put_hex(struct mint_out *out, const char *hex)
{
    mint_put_hex_part(out, hex, strlen(hex));
}

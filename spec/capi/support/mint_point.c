/* Distribution points. */
#include "mint_internal.h"

#include <stdio.h>
#include <string.h>

static bool begins(const char *word, const char *prefix)
{
    return strncmp(word, prefix, strlen(prefix)) == 0;
}

/* The content of an RDN. */
static void put_relative_name(struct mint_out *out, const char *cn, size_t len)
{
    size_t start = out->len;
    mint_put_hex(out, "0603550403");
    mint_put_element(out, DER_UTF8_STRING, cn, len);
    mint_wrap(out, DER_SEQUENCE, start);
}

/* The content of GeneralNames. */
static void put_directory_name(struct mint_out *out, const char *cn, size_t len)
{
    char word[100];
    int word_len = snprintf(word, sizeof(word), "dir:%.*s", (int)len, cn);
    mint_need(word_len > 0 && (size_t)word_len < sizeof(word), "a long name");
    mint_put_general_name(out, word, (size_t)word_len);
}

void mint_put_point_name(struct mint_out *out, const char *word, size_t len)
{
    size_t start = out->len;
    bool relative = begins(word, "rel:");
    if (relative)
        put_relative_name(out, word + 4, len - 4);
    else
        mint_put_general_name(out, word, len);
    mint_wrap(out, relative ? 0xa1 : 0xa0, start);
    mint_wrap(out, 0xa0, start);
}

static void put_part(struct mint_out *out, const char *word, size_t len)
{
    size_t start = out->len;
    if (begins(word, "by:")) {
        put_directory_name(out, word + 3, len - 3);
        mint_wrap(out, 0xa2, start);
    } else if (begins(word, "why:")) {
        mint_put_hex_part(out, word + 4, len - 4);
        mint_wrap(out, 0x81, start);
    } else {
        mint_put_point_name(out, word, len);
    }
}

void mint_put_point(struct mint_out *out, const char *word, size_t len)
{
    size_t start = out->len;
    const char *end = word + len;
    while (word < end) {
        size_t part = strcspn(word, ", ");
        put_part(out, word, part);
        word += part + (word + part < end ? 1 : 0);
    }
    mint_wrap(out, DER_SEQUENCE, start);
}

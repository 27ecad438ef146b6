#include "password.h"

#include <string.h>

#include "utf8.h"

/* UTF-16, of which the BMPString is the part that ASN.1 knew: the rest takes two surrogates.
 * Returns how many octets there are, or 0 when `text` is not UTF-8. */
static size_t widen(uint8_t *out, struct slice text)
{
    size_t len = 0;
    while (text.len > 0) {
        uint32_t c = utf8_next(&text);
        if (c == UTF8_INVALID)
            return 0;
        if (c >= 0x10000) {
            uint32_t high = 0xD800 + ((c - 0x10000) >> 10);
            out[len++] = (uint8_t)(high >> 8);
            out[len++] = (uint8_t)high;
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        out[len++] = (uint8_t)(c >> 8);
        out[len++] = (uint8_t)c;
    }
    out[len++] = 0;
    out[len++] = 0;
    return len;
}

int password_begin(struct password *password, const char *text, secsock_error *error)
{
    struct slice bytes = { (const uint8_t *)text, strlen(text) };
    *password = (struct password){ .text = bytes, .iterations = PASSWORD_MOST_ITERATIONS };
    if (bytes.len > PASSWORD_LONGEST)
        return error_set(error, SECSOCK_E_LIMIT, "the password is longer than %d bytes",
                         PASSWORD_LONGEST);
    if (!secret_new(&password->wide, 2 * bytes.len + 2))
        return error_memory(error);
    size_t len = widen(password->wide.data, bytes);
    password->is_text = len > 0;
    if (password->is_text)
        password->wide.len = len;
    return SECSOCK_OK;
}

void password_end(struct password *password)
{
    secret_free(&password->wide);
}

void password_widen_to_nothing(struct password *password)
{
    secret_free(&password->wide);
}

int password_spend(struct password *password, int iterations, secsock_error *error)
{
    if (iterations > password->iterations)
        return error_set(error, SECSOCK_E_LIMIT,
                         "its encryption asks for more than %d iterations in all",
                         PASSWORD_MOST_ITERATIONS);
    password->iterations -= iterations;
    return SECSOCK_OK;
}

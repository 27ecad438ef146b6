#include "keylog.h"

#include <string.h>

/* By hand: what the C library formats with is no place for secrets. */
static char *add_hex(char *end, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        *end++ = digits[bytes[i] >> 4];
        *end++ = digits[bytes[i] & 15];
    }
    return end;
}

void keylog_line(char line[KEYLOG_LINE], const char *label, const uint8_t random[KEYLOG_RANDOM],
                 const uint8_t *secret, size_t len)
{
    char *end = stpcpy(line, label);
    *end++ = ' ';
    end = add_hex(end, random, KEYLOG_RANDOM);
    *end++ = ' ';
    end = add_hex(end, secret, len < KEYLOG_SECRET_MOST ? len : KEYLOG_SECRET_MOST);
    *end = '\0';
}

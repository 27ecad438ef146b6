#include "der_writer.h"

#include <string.h>

void der_write(struct der_writer *w, struct slice bytes)
{
    w->len += bytes.len;
    if (w->end != NULL && bytes.len > 0)
        memcpy(w->end - w->len, bytes.data, bytes.len);
}

static void put(struct der_writer *w, uint8_t byte)
{
    der_write(w, (struct slice){ &byte, 1 });
}

void der_wrap(struct der_writer *w, uint8_t tag, size_t mark)
{
    size_t length = w->len - mark, octets = 0;
    if (length >= 0x80) {
        for (size_t rest = length; rest > 0; rest >>= 8, octets++)
            put(w, (uint8_t)rest);
    }
    put(w, (uint8_t)(octets > 0 ? 0x80 | octets : length));
    put(w, tag);
}

void der_write_element(struct der_writer *w, uint8_t tag, struct slice content)
{
    size_t mark = w->len;
    der_write(w, content);
    der_wrap(w, tag, mark);
}

void der_write_integer(struct der_writer *w, unsigned value)
{
    size_t mark = w->len;
    unsigned rest = value;
    bool negative;
    do {
        put(w, (uint8_t)rest);
        negative = (rest & 0x80) != 0;
        rest >>= 8;
    } while (rest > 0);
    if (negative) /* it would be, without an octet more */
        put(w, 0);
    der_wrap(w, DER_INTEGER, mark);
}

struct slice der_written(const struct der_writer *w)
{
    return (struct slice){ w->end != NULL ? w->end - w->len : NULL, w->len };
}

#include "way.h"

#include <stdint.h>
#include <string.h>

int way_receive(void *data, size_t size, void *end)
{
    struct way *way = ((struct end *)end)->in;
    size_t n = way->len < size ? way->len : size;
    if (n == 0)
        return SECSOCK_WANT_READ;
    memcpy(data, way->bytes, n);
    memmove(way->bytes, way->bytes + n, way->len - n);
    way->len -= n;
    return (int)n;
}

int way_send(const void *data, size_t len, void *end)
{
    struct way *way = ((struct end *)end)->out;
    size_t n = len < way->room ? len : way->room;
    if (way->broken)
        return SECSOCK_E_RESET;
    if (n == 0 && way->opens)
        way->room = SIZE_MAX;
    if (n == 0)
        return SECSOCK_WANT_WRITE;
    memcpy(way->bytes + way->len, data, n);
    way->len += n;
    way->room -= n;
    way->pieces++;
    return (int)n;
}

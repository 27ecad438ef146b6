/* Two ends whose bytes go by callbacks of the test's, over a wire that takes as much as it is told. */
#ifndef SECSOCK_SPEC_WAY_H
#define SECSOCK_SPEC_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "secsock.h"

/* One direction of the wire. */
struct way {
    char bytes[1 << 18];
    size_t len;
    unsigned pieces; /* sent so far */
    size_t room;     /* how many bytes more it takes */
    bool broken;
    bool opens; /* after it has taken nothing once */
};

struct end {
    secsock *s;
    struct way *in, *out;
};

/* For secsock_attach_callbacks(), with an end. */
int way_receive(void *data, size_t size, void *end);
int way_send(const void *data, size_t len, void *end);

#endif

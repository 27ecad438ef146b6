/* Bytes that are owned, and erased before they are freed. */
#ifndef SECSOCK_SRC_SECRET_H
#define SECSOCK_SRC_SECRET_H

#include "der.h"

struct secret {
    uint8_t *data;
    size_t len;
};

/* Overwrites memory so that no compiler leaves it out. */
void secret_erase(void *data, size_t len);

/* Room for `len` bytes; at least one. False, and *out empty, when memory is short. */
bool secret_new(struct secret *out, size_t len);
void secret_free(struct secret *secret); /* what it frees is empty afterwards */

struct slice secret_slice(const struct secret *secret);

#endif

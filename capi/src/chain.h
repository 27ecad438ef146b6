/* What a peer sent to show who it is, as sent: immutable, reference-counted, in one allocation. */
#ifndef SECSOCK_SRC_CHAIN_H
#define SECSOCK_SRC_CHAIN_H

#include <stdatomic.h>

#include "der.h"

struct chain {
    atomic_uint refs;
    struct slice staple; /* the OCSP response that came with the leaf; empty when there was none */
    size_t count;
    struct slice certs[]; /* the leaf first; all bytes stand behind the array */
};

/* A copy with one reference, or NULL when memory is short. */
struct chain *chain_new(const struct slice *certs, size_t count, struct slice staple);
struct chain *chain_ref(struct chain *chain);
void chain_free(struct chain *chain);

#endif

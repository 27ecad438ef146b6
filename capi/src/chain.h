/* What a peer sent to show who it is, as sent: immutable, reference-counted, in one allocation. */
#ifndef SECSOCK_SRC_CHAIN_H
#define SECSOCK_SRC_CHAIN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "der.h"

struct chain {
    atomic_uint refs;
    struct slice staple; /* the OCSP response that came with the leaf; empty when there was none */
    size_t count;
    struct slice certs[]; /* the leaf first; all bytes stand behind the array */
};

/* A copy with one reference, or NULL when memory is short. */
struct chain *chain_new(const struct slice *certs, size_t count, struct slice staple);

/* What a Certificate message holds: one of TLS 1.3, whose certificates have extensions (RFC 8446,
 * section 4.4.2), or one before it (RFC 5246, section 7.4.2). Of the responses only the leaf's is
 * kept. SECSOCK_OK, SECSOCK_E_FORMAT or SECSOCK_E_MEMORY. */
int chain_read(struct chain **out, struct slice message, bool extended);

/* The OCSP response in a CertificateStatus (RFC 6066, section 8); empty where there is none. */
struct slice chain_read_staple(struct slice status);

struct chain *chain_ref(struct chain *chain);
void chain_free(struct chain *chain);

#endif

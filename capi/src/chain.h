/* What a peer sent to show who it is, as sent and as far as it can be read: reference-counted, and
 * immutable once it is shared. */
#ifndef SECSOCK_SRC_CHAIN_H
#define SECSOCK_SRC_CHAIN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "cert.h"

struct chain {
    atomic_uint refs;
    struct slice staple; /* the OCSP response that came with the leaf; empty when there was none */
    size_t count;
    secsock_cert **parsed; /* as many: the same as objects, NULL for what cannot be read */
    uint8_t *unparsed;     /* the bytes of those, or NULL */
    struct slice certs[];  /* the leaf first; behind them is what `parsed` points to */
};

/* What a Certificate message holds: one of TLS 1.3, whose certificates have extensions (RFC 8446,
 * section 4.4.2), or one before it (RFC 5246, section 7.4.2). Of the responses only the leaf's is
 * kept. SECSOCK_OK, SECSOCK_E_FORMAT or SECSOCK_E_MEMORY. */
int chain_read(struct chain **out, struct slice message, bool extended);

/* Replaces the response by a copy of this one. SECSOCK_OK or SECSOCK_E_MEMORY. */
int chain_set_staple(struct chain *chain, struct slice response);

/* The OCSP response in a CertificateStatus (RFC 6066, section 8); empty where there is none. */
struct slice chain_read_staple(struct slice status);

struct chain *chain_ref(struct chain *chain);
void chain_free(struct chain *chain);

#endif

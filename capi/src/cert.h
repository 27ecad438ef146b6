/* A certificate as an object: the parsed DER, what was derived from it, and the private key. */
#ifndef SECSOCK_SRC_CERT_H
#define SECSOCK_SRC_CERT_H

#include <stdatomic.h>

#include "secsock.h"
#include "x509.h"

struct cert_facts; /* the getters' strings, made on first use and published atomically */

struct secsock_cert {
    atomic_uint refs;
    struct x509 x509; /* its slices point into `der` */
    struct cert_facts *_Atomic facts;
    uint8_t *key; /* private key in DER, unencrypted; erased when freed; NULL for none */
    size_t key_len;
    secsock_cert **chain; /* the issuers to send along */
    size_t chain_len;
    size_t der_len;
    uint8_t der[];
};

/* A certificate over a copy of `der`. SECSOCK_E_FORMAT names what is wrong with it. */
int cert_new(secsock_cert **out, struct slice der, secsock_error *error);

/* The same without a secsock_error: *why is a static sentence, when it is SECSOCK_E_FORMAT. */
int cert_make(secsock_cert **out, struct slice der, const char **why);

void cert_facts_free(struct cert_facts *facts);

#endif

/* A certificate as an object: the parsed DER, what was derived from it, and the private key. */
#ifndef SECSOCK_SRC_CERT_H
#define SECSOCK_SRC_CERT_H

#include <stdatomic.h>

#include "secret.h"
#include "secsock.h"
#include "signature.h"
#include "x509.h"

struct cert_facts; /* the getters' strings, made on first use and published atomically */

struct secsock_cert {
    atomic_uint refs;
    struct x509 x509; /* its slices point into `der` */
    struct cert_facts *_Atomic facts;
    atomic_int own_signature; /* see cert_own_signature() */
    uint8_t *key; /* private key in DER, unencrypted; erased when freed; NULL for none */
    size_t key_len;
    atomic_bool locked;   /* the key may not leave */
    secsock_cert **chain; /* the issuers to send along */
    size_t chain_len;
    struct slice friendly_name; /* a BMPString as in a PFX file; its own; data NULL for none */
    size_t der_len;
    uint8_t der[];
};

/* A certificate over a copy of `der`. SECSOCK_E_FORMAT names what is wrong with it. */
int cert_new(secsock_cert **out, struct slice der, secsock_error *error);

/* The same without a secsock_error: *why is a static sentence, when it is SECSOCK_E_FORMAT. */
int cert_make(secsock_cert **out, struct slice der, const char **why);

/* Whether its signature was made with its own key. That is found out once. */
enum signature_result cert_own_signature(const secsock_cert *cert);

/* What follows changes a certificate that nobody else has seen yet. */

/* Gives it references to these as its issuers, in the order in which they certify one another. */
int cert_set_issuers(secsock_cert *leaf, secsock_cert *const *issuers, size_t count,
                     secsock_error *error);

/* Gives it its private key, taken over from `key`. */
void cert_set_key(secsock_cert *cert, struct secret *key);

/* Gives it a copy of its friendly name. */
int cert_set_friendly_name(secsock_cert *cert, struct slice name, secsock_error *error);

void cert_facts_free(struct cert_facts *facts);

#endif

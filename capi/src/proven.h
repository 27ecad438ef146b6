/*
 * Signatures that were found good, so that they need not be checked again. Of each a digest is kept
 * over all that its check looks at: a flipped bit anywhere makes another. What is kept says
 * nothing of trust, time, names or revocation, which are judged anew each time.
 */
#ifndef SECSOCK_SRC_PROVEN_H
#define SECSOCK_SRC_PROVEN_H

#include "digest.h"
#include "signature.h"

/* The last few hundred, shared by threads. */
struct proven;

/* NULL when memory is short. */
struct proven *proven_new(void);
void proven_free(struct proven *proven);

/* What one judgement has to do with them. What it finds good is kept only once proving_keep() is
 * called, for peers that were found to be who they ought to be: what strangers sign pushes nothing
 * out. */
struct proving {
    struct proven *proven;
    uint8_t fresh[8][DIGEST_SHA256_SIZE];
    size_t fresh_count;
};

/* signature_verify() of a certificate, with the key of `signer`, which was read from it. Without
 * `proving`, which may be NULL, nothing is known and nothing kept. */
enum signature_result proving_verify(struct proving *proving, const struct x509 *x509,
                                     const struct x509 *signer, const struct pubkey *key);
void proving_keep(struct proving *proving);

#endif

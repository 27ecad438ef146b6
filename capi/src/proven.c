#include "proven.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 64, WAYS = 4 };

/* The digest says in which set it stands, where the one that was asked for last is the first. A
 * place that is free holds zeros, which is no digest of anything known. */
struct proven {
    pthread_mutex_t lock;
    uint8_t digests[SETS][WAYS][DIGEST_SHA256_SIZE];
};

struct proven *proven_new(void)
{
    struct proven *proven = calloc(1, sizeof(*proven));
    if (proven != NULL && pthread_mutex_init(&proven->lock, NULL) != 0) {
        free(proven);
        proven = NULL;
    }
    return proven;
}

void proven_free(struct proven *proven)
{
    if (proven == NULL)
        return;
    pthread_mutex_destroy(&proven->lock);
    free(proven);
}

/* Puts a digest first in its set; whether it was there. If it was not, it comes in only if it is
 * `new`, and then the one that nobody has asked for the longest goes. */
static bool touch(struct proven *proven, const uint8_t *digest, bool new)
{
    uint8_t(*set)[DIGEST_SHA256_SIZE] = proven->digests[digest[0] % SETS];
    size_t at = 0;
    pthread_mutex_lock(&proven->lock);
    while (at < WAYS && memcmp(set[at], digest, DIGEST_SHA256_SIZE) != 0)
        at++;
    bool found = at < WAYS;
    if (found || new) {
        memmove(set[1], set[0], (found ? at : WAYS - 1) * sizeof(set[0]));
        memcpy(set[0], digest, DIGEST_SHA256_SIZE);
    }
    pthread_mutex_unlock(&proven->lock);
    return found;
}

/* ------------------------------------------------------------------------------- a judgement */

static bool digest_check(const struct x509 *x509, const struct x509 *signer, uint8_t *digest)
{
    const struct slice looked_at[] = { signer->spki, x509->sig_alg, x509->signature, x509->tbs };
    return digest_sha256_all(looked_at, sizeof(looked_at) / sizeof(looked_at[0]), digest);
}

enum signature_result proving_verify(struct proving *proving, const struct x509 *x509,
                                     const struct x509 *signer, const struct pubkey *key)
{
    enum { MOST = sizeof(proving->fresh) / sizeof(proving->fresh[0]) };
    uint8_t digest[DIGEST_SHA256_SIZE];
    bool keeps = proving != NULL && digest_check(x509, signer, digest);
    if (keeps && touch(proving->proven, digest, false))
        return SIGNATURE_GOOD;
    enum signature_result result = signature_verify(x509->sig_alg, x509->tbs, x509->signature, key);
    if (keeps && result == SIGNATURE_GOOD && proving->fresh_count < MOST)
        memcpy(proving->fresh[proving->fresh_count++], digest, sizeof(digest));
    return result;
}

void proving_keep(struct proving *proving)
{
    for (size_t i = 0; i < proving->fresh_count; i++)
        touch(proving->proven, proving->fresh[i], true);
    proving->fresh_count = 0;
}

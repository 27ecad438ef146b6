/* Settings that many sockets share. */
#ifndef SECSOCK_SRC_CONFIG_H
#define SECSOCK_SRC_CONFIG_H

#include <pthread.h>
#include <stdbool.h>

#include "cert.h"
#include "engine.h"
#include "session.h"
#include "suites.h"
#include "validate.h"

/* Something questionable about the identity, from one moment to another. */
struct config_warning {
    int problem;         /* a secsock_problem */
    int role;            /* the secsock_role that it matters to, or CONFIG_EITHER_ROLE */
    int64_t from, until; /* seconds since 1970, both included */
    char *text;
};

enum { CONFIG_EITHER_ROLE = -1 };

struct config_warnings {
    struct config_warning *list;
    size_t count;
};

struct secsock_config {
    atomic_uint refs;
    pthread_mutex_t lock; /* held by setters and by config_use() */
    bool frozen;
    struct engine_context *contexts[2]; /* by secsock_role, made when first needed */
    struct session_cache *sessions;     /* what peers may resume */

    int allowed_lowest, allowed_highest;      /* secsock_tls, as the program set them */
    int lowest, highest;                      /* of these, what the ciphers and groups serve */
    const struct suite *ciphers[SUITES_MOST]; /* in the order of preference */
    size_t cipher_count;
    const struct group *groups[GROUPS_MOST];
    size_t group_count;
    char *alpn; /* "h2,http/1.1", or NULL */
    int client_auth;
    bool resumption;

    secsock_store *anchors;           /* the program's own, or NULL */
    bool trust_system;                /* the system's too; implied while `anchors` is NULL */
    secsock_store *_Atomic effective; /* both together, once they are needed */
    secsock_cert *identity;           /* with its private key, or NULL */
    struct config_warnings warnings;  /* about it */

    secsock_error error;
};

/* Freezes the configuration, and makes what a connection of that role needs: the engine's context
 * and the anchors. A server without an identity is SECSOCK_E_NO_KEY. Thread-safe; *error belongs
 * to the caller. */
int config_use(secsock_config *config, secsock_role role, struct engine_context **out,
               secsock_error *error);

/* The anchors and the profile that goes with them; valid once config_use() has succeeded. No
 * anchors are needed, and there are none (NULL), for a server that asks for no certificates. */
const secsock_store *config_anchors(const secsock_config *config);
enum validate_profile config_profile(const secsock_config *config);

/* Whether the system's are among the anchors. */
bool config_trusts_system(const secsock_config *config);

/* What the files of the configuration share. A setter stands between config_begin(), which locks
 * and clears the error, or says why nothing can be set, and config_end(), which unlocks and
 * returns `result`. Both accept NULL. */
int config_begin(secsock_config *config);
int config_end(secsock_config *config, int result);

/* Makes the effective anchors; the lock is held. */
int config_make_anchors(secsock_config *config, secsock_error *error);

/* What is questionable about an identity. SECSOCK_OK or SECSOCK_E_MEMORY. */
int config_warnings_find(struct config_warnings *out, const secsock_cert *identity);
void config_warnings_free(struct config_warnings *warnings);

#endif

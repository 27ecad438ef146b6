/* Settings that many sockets share. */
#ifndef SECSOCK_SRC_CONFIG_H
#define SECSOCK_SRC_CONFIG_H

#include <pthread.h>
#include <stdbool.h>

#include "cert.h"
#include "engine.h"
#include "secret.h"
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
    struct proven *proven;              /* signatures of peers, once there are connections */

    int allowed_lowest, allowed_highest;      /* secsock_tls, as the program set them */
    int lowest, highest;                      /* of these, what the ciphers and groups serve */
    const struct suite *ciphers[SUITES_MOST]; /* in the order of preference */
    size_t cipher_count;
    const struct group *groups[GROUPS_MOST];
    size_t group_count;
    char *alpn; /* "h2,http/1.1", or NULL */
    int client_auth;
    bool resumption;
    bool acceleration; /* where there is an accelerator */

    secsock_store *anchors;           /* the program's own, or NULL */
    struct pin_list trusted_pins;     /* of keys that are trusted like anchors */
    bool trust_system;                /* the system's too; implied while nothing else is trusted */
    secsock_store *_Atomic effective; /* both together, once they are needed */
    secsock_store *intermediates;     /* to build paths with, or NULL */
    secsock_store *disallowed;        /* that no path may contain, or NULL */

    int profile; /* a secsock_profile */
    struct pin_list required_pins;
    int max_depth;                          /* -1: no limit */
    int64_t time;                           /* that is judged at, or SECSOCK_NOW */
    struct crl_set *crls;                   /* or NULL */
    int revocation;                         /* a secsock_revocation */
    struct suffix_list *suffixes;           /* the program's own, or NULL */
    const struct suffix_list *web_suffixes; /* the system's, once they are needed, or NULL */

    secsock_cert *identity;          /* with its private key, or NULL */
    struct config_warnings warnings; /* about it */
    struct secret staple;            /* an OCSP response about it; empty: none */

    secsock_error error;
};

/* Freezes the configuration, and makes what a connection of that role needs: the engine's context
 * and the anchors. A server without an identity is SECSOCK_E_NO_KEY. Thread-safe; *error belongs
 * to the caller. */
int config_use(secsock_config *config, secsock_role role, struct engine_context **out,
               secsock_error *error);

/* Freezes the configuration, and makes what validation needs, whatever the role. */
int config_freeze(secsock_config *config, secsock_error *error);

/* The moment that certificates are judged at, in seconds since 1970 UTC. */
int64_t config_now(const secsock_config *config);

/* The anchors, which are there once the configuration is frozen. No anchors are needed, and there
 * are none (NULL), for a server that asks for no certificates. */
const secsock_store *config_anchors(const secsock_config *config);

/* Whether the system's are among the anchors, and whether nothing else is trusted. */
bool config_trusts_system(const secsock_config *config);
bool config_trusts_only_system(const secsock_config *config);

/* How a frozen configuration has peers judged: all of `out` but what comes from the peer (its
 * certificates and OCSP response) and the name that it ought to have. */
void config_validation(const secsock_config *config, enum validate_purpose purpose,
                       struct validation *out);

/* What the files of the configuration share. A setter stands between config_begin(), which locks
 * and clears the error, or says why nothing can be set, and config_end(), which unlocks and
 * returns `result`. Both accept NULL. */
int config_begin(secsock_config *config);
int config_end(secsock_config *config, int result);

/* Make what validation needs, the effective anchors among it; the lock is held. */
int config_prepare_validation(secsock_config *config, secsock_error *error);
int config_make_anchors(secsock_config *config, secsock_error *error);

/* Takes the identity from a store of the role MY; the lock is held. */
int config_choose_identity(secsock_config *config, const secsock_store *store);

/* What is questionable about an identity. SECSOCK_OK or SECSOCK_E_MEMORY. */
int config_warnings_find(struct config_warnings *out, const secsock_cert *identity);
void config_warnings_free(struct config_warnings *warnings);

#endif

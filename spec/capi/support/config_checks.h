/* What the tests of configurations have in common. */
#ifndef SECSOCK_SPEC_CONFIG_CHECKS_H
#define SECSOCK_SPEC_CONFIG_CHECKS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "pki.h"

static inline const char *message(const secsock_config *config)
{
    return secsock_config_last_error(config)->message;
}

/* Whether a setter failed with `code`, and said so in a sentence with `part` in it. */
static inline bool refused(const secsock_config *config, int rc, int code, const char *part)
{
    const secsock_error *error = secsock_config_last_error(config);
    return rc == code && error->code == code && strstr(error->message, part) != NULL;
}

/* Whether a setter succeeded and left no error behind. */
static inline bool accepted(const secsock_config *config, int rc)
{
    const secsock_error *error = secsock_config_last_error(config);
    return rc == SECSOCK_OK && error->code == SECSOCK_OK && error->message[0] == '\0' &&
           error->alert == -1;
}

/* A configuration with these files of the test PKI as its identity. */
static inline secsock_config *with_identity(const char *cert, const char *key)
{
    secsock_config *config = secsock_config_new();
    if (secsock_config_identity_file(config, pki_path(cert), pki_path(key), NULL) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", message(config));
        exit(1);
    }
    return config;
}

/* config_use(), for its result alone. */
static inline int use(secsock_config *config, secsock_role role, secsock_error *error)
{
    struct engine_context *context = NULL;
    int rc = config_use(config, role, &context, error);
    return (context != NULL) == (rc == SECSOCK_OK) ? rc : SECSOCK_E_INTERNAL;
}

#endif

/* Configurations in one expression, and a hook that can be told what to answer. */
#ifndef SECSOCK_SPEC_SETTINGS_H
#define SECSOCK_SPEC_SETTINGS_H

#include <stdbool.h>

#include "secsock.h"

enum { TLS12 = SECSOCK_TLS_1_2, TLS13 = SECSOCK_TLS_1_3 };

/* What is zero or NULL stays at the default. */
struct settings {
    int version;          /* the only one */
    int client_auth;      /* a secsock_client_auth */
    const char *identity; /* of the PKI */
    const char *trust;    /* a file of the PKI; NULL: "ca.pem" */
    const char *ciphers, *groups, *alpn;
    bool no_resumption, no_acceleration;
};

/* The caller frees. A test whose settings are refused cannot go on, and ends. */
secsock_config *settings_config(const struct settings *settings);

/* The identity NAME (NAME-chain.pem, NAME.key), and the certificate NAME.pem alone. Both end the
 * test when there is none. */
secsock_cert *settings_identity(const char *name);
secsock_cert *settings_cert(const char *name);

/* What a hook is to answer, and what it saw when it was last called. */
struct judge {
    int answer;
    const char *reason; /* NULL: none is given */
    int calls, resumed, ok, state;
    size_t chain;  /* how many certificates */
    char leaf[65]; /* SHA-256 of the first, or "" */
};

int judge_hook(secsock *s, const secsock_verdict *verdict, void *judge);

#endif

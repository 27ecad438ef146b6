/* The rules that one certificate by itself must follow: those of RFC 5280, sections 4.1 and 4.2,
 * and in the profile for the web those of the CA/Browser Forum's Baseline Requirements. */
#ifndef SECSOCK_SRC_PROFILE_H
#define SECSOCK_SRC_PROFILE_H

#include "pubkey.h"
#include "report.h"
#include "validate.h"

/* Where in its path a certificate stands. */
enum profile_role {
    ROLE_LEAF,
    ROLE_PINNED, /* the leaf, being a trust anchor itself */
    ROLE_CA,
    ROLE_ANCHOR
};

/* Adds each rule that is broken, as SECSOCK_PROBLEM_PROFILE. `key` is the certificate's. */
void profile_check(const struct validation *in, const struct x509 *x509, const struct pubkey *key,
                   enum profile_role role, struct report *report);

/* The part of it that holds for the web alone. */
void profile_check_web(const struct validation *in, const struct x509 *x509,
                       const struct pubkey *key, enum profile_role role, struct report *report);

/* Adds one such rule: its section, and what is wrong. Both static. */
void profile_broken(struct report *report, const char *section, const char *what);

bool profile_is_anchor(enum profile_role role);
bool profile_is_leaf(enum profile_role role);

/* Purposes, as the OIDs of extKeyUsage. */
extern const struct slice profile_server_auth;
extern const struct slice profile_client_auth;
extern const struct slice profile_any_purpose;

#endif

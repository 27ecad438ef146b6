/* Certificate policies along a path (RFC 5280, section 6.1). */
#ifndef SECSOCK_SRC_POLICY_H
#define SECSOCK_SRC_POLICY_H

#include "x509.h"

/* Policies at one level, each known by its OID. More than any path needs in good faith. */
enum { POLICY_MOST = 64 };

/* The state of the algorithm, of which only this is asked: is there a policy that holds for the
 * whole path, where one is required? No policy in particular is. */
struct policy_state {
    struct slice expected[POLICY_MOST]; /* what the next certificate may assert */
    size_t count;
    bool any; /* it may assert any policy */
    int explicit_policy;
    int policy_mapping;
    int inhibit_any_policy;
};

/* For a path of `length` certificates, the trust anchor not counted. */
void policy_begin(struct policy_state *state, size_t length);

/* The next certificate from the anchor on; `last`: the leaf. Returns NULL, or what is wrong. */
const char *policy_step(struct policy_state *state, const struct x509 *x509, bool last);

#endif

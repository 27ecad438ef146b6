/* Certificate policies along a path (RFC 5280, section 6.1). */
#ifndef SECSOCK_SRC_POLICY_H
#define SECSOCK_SRC_POLICY_H

#include "report.h"

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
    bool missed;  /* no policy is left where one is required, which has been said */
    size_t *work; /* what may be spent on comparing */
};

/* For a path of `length` certificates, the trust anchor not counted. *work is what may be spent,
 * about one for each comparison. */
void policy_begin(struct policy_state *state, size_t length, size_t *work);

/* Adds what is wrong with the next certificate from the anchor on; `last`: the leaf. */
void policy_step(struct policy_state *state, const struct x509 *x509, bool last,
                 struct report *report);

#endif

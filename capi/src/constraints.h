/* Name constraints (RFC 5280, section 4.2.1.10). */
#ifndef SECSOCK_SRC_CONSTRAINTS_H
#define SECSOCK_SRC_CONSTRAINTS_H

#include "x509.h"

enum constraints_result {
    CONSTRAINTS_MET,
    CONSTRAINTS_EXCLUDED,      /* a name is within an excluded subtree */
    CONSTRAINTS_NOT_PERMITTED, /* a name is in none of the permitted subtrees of its kind */
    CONSTRAINTS_UNCLEAR,       /* a name or a constraint of a kind that cannot be compared */
    CONSTRAINTS_TOO_COMPLEX    /* the work did not suffice */
};

/* Whether every name of `subject` is one that `issuer`, a CA above it, may issue for. *work is
 * what may be spent, one for each comparison. *name is the first name that is not met. */
enum constraints_result constraints_check(const struct x509 *issuer, const struct x509 *subject,
                                          size_t *work, struct x509_general_name *name);

/* NULL, or what is wrong with the constraints themselves: the end of a sentence. */
const char *constraints_flaw(const struct x509 *issuer);

#endif

/* The checks of RFC 5280, section 6.1, and what secsock asks for besides: of each certificate by
 * itself, and of certificates as parts of a path. */
#ifndef SECSOCK_SRC_JUDGE_H
#define SECSOCK_SRC_JUDGE_H

#include "profile.h"
#include "signature.h"
#include "validate.h"

/* More certificates than any chain that is meant to be checked. */
enum { PATH_MOST = 48 };

struct link {
    const secsock_cert *cert;
    enum signature_result signature; /* by the next one, its issuer */
    bool pinned;                     /* its key is among in->required_pins */
    bool faultless;                  /* judge_cert() has been asked, and found nothing */
};

enum path_end {
    PATH_ANCHORED,  /* the last certificate is a trust anchor */
    PATH_NO_ISSUER, /* there is no certificate with the name of its issuer */
    PATH_WRONG_KEY, /* there is, but with another key than the one that signed */
    PATH_NOWHERE    /* its issuer is there, but no path leads on */
};

/* From the leaf up. */
struct path {
    struct link links[PATH_MOST];
    size_t count;
    enum path_end end;
};

/* Whether this very certificate is in a store, which may be NULL. */
bool judge_holds(const secsock_store *store, const struct x509 *x509);

enum profile_role judge_role(const struct path *path, size_t index);

/* What is wrong with one certificate in its role, whatever its path; report->cert is judged. */
void judge_cert(const struct validation *in, const struct pubkey *key, enum profile_role role,
                struct report *report);

/* What is wrong with a path beyond that. *work is what may be spent on comparing names. */
void judge_path(const struct validation *in, const struct path *path, size_t *work,
                struct report *report);

#endif

/* Whether certificates are revoked: by lists (RFC 5280, section 6.3), and by the response that
 * came along (RFC 6960, section 3.2). */
#ifndef SECSOCK_SRC_REVOCATION_H
#define SECSOCK_SRC_REVOCATION_H

#include "judge.h"
#include "ocsp.h"

/* What has been found out while one peer is judged, over all its paths. */
struct revocation {
    const struct validation *in;
    secsock_cert *const *sent; /* by the peer */
    size_t sent_count;
    struct ocsp response;
    const char *response_flaw;
    struct cert_list delegates; /* the certificates in the response */
    struct revocation_signature {
        const uint8_t *data; /* that is signed */
        struct slice spki;   /* of the key it was checked with */
        enum signature_result outcome;
    } known[256]; /* each is checked once; a week of hourly lists fits */
    size_t known_count;
    size_t work; /* signatures of a P-256 key, and 64 KB of lists, that may still be checked */
};

/* SECSOCK_OK, or SECSOCK_E_MEMORY. */
int revocation_begin(struct revocation *revocation, const struct validation *in,
                     secsock_cert *const *sent, size_t sent_count);
void revocation_end(struct revocation *revocation);

/* What is wrong with the certificates of a path, if they are revoked or if nobody says that they
 * are not and somebody has to. *work is what may be spent on comparing names. */
void revocation_check(struct revocation *revocation, const struct path *path, size_t *work,
                      struct report *report);

#endif

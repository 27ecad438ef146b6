/* The question whether one certificate of a path is revoked, and the answers that were got. */
#ifndef SECSOCK_SRC_INQUIRY_H
#define SECSOCK_SRC_INQUIRY_H

#include "revocation.h"
#include "text.h"

struct inquiry {
    struct revocation *revocation;
    const struct path *path;
    size_t index; /* of the certificate in the path; its issuer is the next one */
    const struct x509 *x509;
    const struct x509 *issuer;
    size_t *work;
    bool about_signer; /* of a list or response: whose own signers are not asked about in turn */
    bool exhausted;
    int result; /* SECSOCK_OK or SECSOCK_E_MEMORY */

    struct verdict_revocation answer;
    int64_t revoked_at;
    int reason;         /* CRLReason, or CRL_REASON_ABSENT */
    int covered;        /* the reasons for which lists say that it is not revoked */
    bool staple_served; /* the response has answered */
    struct text silence;
    char silence_buffer[600]; /* why lists and the response have said nothing */
};

/* Asks the response that came along, and the lists. */
void inquiry_ask_response(struct inquiry *inquiry);
void inquiry_ask_lists(struct inquiry *inquiry);

/* What these do with what they find: it is revoked; it is not; `what` ("the list") of this day
 * says nothing, and why. */
void inquiry_revoked(struct inquiry *inquiry, bool stapled, int64_t dated, int64_t revoked_at,
                     int reason);
void inquiry_good(struct inquiry *inquiry, bool stapled, int64_t dated);
void inquiry_note(struct inquiry *inquiry, const char *what, int64_t dated, const char *why);

/* Whether so much work can be afforded, which is then spent. */
bool inquiry_afford(struct inquiry *inquiry, size_t work);

/* Why a signature does not show that `signer` made it: a static sentence; NULL when it does. */
const char *inquiry_verify(struct inquiry *inquiry, struct slice algorithm, struct slice data,
                           struct slice signature, const struct x509 *signer);

/* Whether the path's certificate `by` has issued this one, with which nothing is wrong. */
bool inquiry_vouches(struct inquiry *inquiry, size_t by, const secsock_cert *signer);

#endif

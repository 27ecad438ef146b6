/*
 * OCSP responses (RFC 6960, section 4.2), taken apart. Every slice points into the DER that was
 * parsed.
 */
#ifndef SECSOCK_SRC_OCSP_H
#define SECSOCK_SRC_OCSP_H

#include "x509.h"

struct ocsp {
    struct slice tbs;            /* ResponseData, header included: what is signed */
    struct slice sig_alg;        /* AlgorithmIdentifier, whole */
    struct slice signature;      /* its bits */
    struct slice certs;          /* one Certificate after the other; may be empty */
    struct slice responder_name; /* Name, header included; or data is NULL and */
    struct slice responder_key;  /* there is the SHA-1 of the bits of the responder's key */
    int64_t produced_at;         /* seconds since 1970 UTC */
    struct slice responses;      /* one SingleResponse after the other */
    const char *flaw; /* why it can say nothing about anything: a static sentence; or NULL */
};

enum ocsp_status { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN };

/* What a response says of one certificate. */
struct ocsp_single {
    struct slice digest; /* OID of that in name_hash and key_hash, content */
    struct slice name_hash;
    struct slice key_hash;
    struct slice serial; /* content of the INTEGER */
    enum ocsp_status status;
    int64_t revoked_at;
    int reason; /* CRLReason, or CRL_REASON_ABSENT */
    int64_t this_update;
    int64_t next_update;
    bool has_next_update;
    bool unknown_critical; /* it has a critical extension that is not understood */
};

/* Parses all of it; allocates nothing. Returns NULL, also for one with a flaw, else why the bytes
 * are no successful response: a static sentence. */
const char *ocsp_parse(struct ocsp *out, struct slice der);

/* The next answer off the front of ocsp.responses; false at the end. */
bool ocsp_next(struct slice *responses, struct ocsp_single *out);

/* Whether an answer is about a certificate of this issuer: compared by its serial and by the SHA-1
 * or SHA-256 of its issuer's name and key. */
bool ocsp_is_about(const struct ocsp_single *single, const struct x509 *x509,
                   const struct x509 *issuer);

/* Whether a certificate is the one that the response names as its responder's. */
bool ocsp_is_responder(const struct ocsp *ocsp, const struct x509 *x509);

/* NULL, or why these bytes are no OCSP response that could be stapled: a static sentence. */
const char *ocsp_flaw(struct slice response);

#endif

/*
 * Validation as a pure function: no sockets, no files, no clock. Certificates, anchors, name,
 * time and purpose go in, the verdict comes out.
 */
#ifndef SECSOCK_SRC_VALIDATE_H
#define SECSOCK_SRC_VALIDATE_H

#include "crl_set.h"
#include "pin.h"
#include "proven.h"
#include "store.h"
#include "suffix.h"
#include "verdict.h"

enum validate_purpose {
    PURPOSE_ANY = SECSOCK_PURPOSE_ANY,
    PURPOSE_SERVER = SECSOCK_PURPOSE_SERVER,
    PURPOSE_CLIENT = SECSOCK_PURPOSE_CLIENT
};

/* RFC 5280 in full; or that and the CA/Browser Forum's rules besides. */
enum validate_profile { PROFILE_PRIVATE, PROFILE_WEBPKI };

struct validation {
    const struct slice *chain;   /* what the peer sent, DER, the leaf first, then in any order */
    size_t chain_len;            /* 0: the peer sent nothing */
    secsock_cert *const *parsed; /* the same, NULL for each that is yet to be; or NULL */
    const secsock_store *anchors;
    const secsock_store *extra;      /* more intermediates, or NULL */
    const secsock_store *disallowed; /* or NULL */
    const char *peername;            /* DNS name or IP address, or NULL: not checked */
    int64_t time;                    /* seconds since 1970 UTC */
    enum validate_purpose purpose;
    enum validate_profile profile;
    bool vetted_anchors; /* a root program took the anchors in, as the system's: that the form of
                            their certificates breaks a rule is of no account */
    bool forgives_omissions; /* of key identifiers and of critical marks that RFC 5280, section 4,
                                asks of issuers, and section 6 does not use; and odd forms of
                                serial numbers and dates, which it wants to be borne with */
    const struct suffix_list *suffixes; /* no wildcard may stand right below these; or NULL */
    bool limit_intermediates; /* the path may hold no more than max_intermediates, counted as */
    int max_intermediates;    /* RFC 5280 counts them: self-issued ones do not */
    const struct pin_list *trusted_pins;  /* certificates with these keys are anchors; or NULL */
    const struct pin_list *required_pins; /* the path must hold one of these keys; or NULL */
    const struct crl_set *crls;           /* or NULL */
    struct slice ocsp;                    /* a response that came with chain[0]; empty: none */
    enum secsock_revocation revocation;
    struct proving *proving; /* signatures that need not be checked again; or NULL: all are */
};

/* Runs every check and sets *out to the verdict. SECSOCK_OK whatever the verdict says;
 * SECSOCK_E_MEMORY, with *out NULL, when there was not enough memory to reach one. */
int validate(const struct validation *in, secsock_verdict **out);

#endif

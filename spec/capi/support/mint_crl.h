/* Revocation lists for tests, right and wrong ones. */
#ifndef SECSOCK_SPEC_MINT_CRL_H
#define SECSOCK_SPEC_MINT_CRL_H

#include "mint.h"

enum { MINT_ENTRIES = 8 };

/* What is wrong with a list; add up. */
enum {
    MINT_CRL_NO_NUMBER = 1 << 0,
    MINT_CRL_NUMBER_CRITICAL = 1 << 1,
    MINT_CRL_NO_AKI = 1 << 2,
    MINT_CRL_AKI_CRITICAL = 1 << 3,
    MINT_CRL_UNKNOWN_CRITICAL = 1 << 4,
    MINT_CRL_UNKNOWN = 1 << 5, /* not critical, so nothing is wrong */
    MINT_CRL_DELTA = 1 << 6,
    MINT_CRL_VERSION_1 = 1 << 7, /* and no extensions */
    MINT_CRL_VERSION_3 = 1 << 8,
    MINT_CRL_TWICE = 1 << 12, /* the same extension twice */
    MINT_CRL_EMPTY_SCOPE = 1 << 13,
    MINT_CRL_NO_ISSUER = 1 << 14,
    MINT_CRL_BAD_NUMBER = 1 << 15
};

struct mint_entry {
    const struct mint *cert; /* NULL: no more entries */
    const char *issuer_cn;   /* certificateIssuer */
    const char *extensions;  /* more of them, in hex */
    int reason;              /* CRLReason; 0: none is said */
};

struct mint_crl {
    const struct mint *by; /* who signs */
    const char *issuer_cn; /* if not the signer's */
    const char *from, *to; /* YYYYMMDDHHMMSSZ; January 2026 unless said; to "": no nextUpdate */
    const char *scope; /* "users cas attributes indirect why:0640 at:uri:http://a/": NULL: none */
    enum mint_digest digest;
    struct mint_entry entries[MINT_ENTRIES]; /* revoked on 2026-01-01 */
    unsigned more;                           /* so many entries besides, of nobody */
    unsigned flaws;
    unsigned signing_flaws; /* MINT_BAD_SIGNATURE, MINT_TWO_ALGORITHMS, MINT_TRAILING_BYTE */
};

/* The list; to be freed. */
struct slice mint_crl(const struct mint_crl *description);

#endif

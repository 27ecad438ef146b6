/* OCSP responses for tests, right and wrong ones. */
#ifndef SECSOCK_SPEC_MINT_OCSP_H
#define SECSOCK_SPEC_MINT_OCSP_H

#include "mint.h"
#include "ocsp.h"

/* What is wrong with a response; add up. */
enum {
    MINT_OCSP_CRITICAL = 1 << 1,          /* an extension that nobody knows, */
    MINT_OCSP_ANSWER_CRITICAL = 1 << 2,   /* in the answer itself */
    MINT_OCSP_NOT_CRITICAL = 1 << 3,      /* nothing is wrong with that */
    MINT_OCSP_STRANGE_RESPONDER = 1 << 4, /* names somebody else */
    MINT_OCSP_STRANGE_DIGEST = 1 << 5,
    MINT_OCSP_STRANGE_TYPE = 1 << 6,
    MINT_OCSP_VERSION = 1 << 7, /* spelled out */
    MINT_OCSP_UTC_TIME = 1 << 8,
    MINT_OCSP_NO_ANSWER = 1 << 10,
    MINT_OCSP_NAME_HASH = 1 << 11, /* that of another name */
    MINT_OCSP_KEY_HASH = 1 << 12
};

enum { MINT_DELEGATES = 2 };

struct mint_ocsp {
    const struct mint *cert;   /* whom it is about */
    const struct mint *others; /* one more answer, which comes first; NULL: none; */
    unsigned repeated;         /* and then so many times more */
    const struct mint *by;     /* who signs; NULL: the issuer of `cert` */
    const struct mint *delegates[MINT_DELEGATES]; /* certificates that it holds */
    const char *produced;                         /* YYYYMMDDHHMMSSZ; 2026-01-01 unless said */
    const char *from, *to; /* January 2026 unless said; to "": no nextUpdate */
    enum ocsp_status status;
    int reason; /* CRLReason; 0: none is said */
    int outer;  /* OCSPResponseStatus */
    bool by_name;
    bool sha256; /* in the CertID */
    enum mint_digest digest;
    unsigned flaws;
    unsigned signing_flaws; /* MINT_BAD_SIGNATURE, MINT_TRAILING_BYTE */
};

/* The response; to be freed. */
struct slice mint_ocsp(const struct mint_ocsp *description);

#endif

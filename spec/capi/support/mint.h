/*
 * Certificates for tests, made from a description: right ones, and wrong ones that no tool would
 * make. What is left out of the description (0, NULL) is what a good certificate has.
 */
#ifndef SECSOCK_SPEC_MINT_H
#define SECSOCK_SPEC_MINT_H

#include "der.h"

enum mint_kind {
    MINT_P256,
    MINT_P384,
    MINT_P521,
    MINT_ED25519,
    MINT_ED448,
    MINT_RSA,       /* of 2048 bits */
    MINT_RSA_1024,  /* only in a certificate that nobody checks the signature of: */
    MINT_SECP256K1, /* these are no keys that could sign */
    MINT_EXPLICIT   /* a curve that is spelled out */
};

enum mint_digest { MINT_SHA256, MINT_SHA1, MINT_MD5, MINT_SHA384, MINT_SHA512, MINT_PSS };

/* What is wrong with a certificate; add up. */
enum {
    MINT_NO_SKI = 1 << 0,
    MINT_NO_AKI = 1 << 1,
    MINT_STRANGE_AKI = 1 << 2, /* a key identifier that is nobody's */
    MINT_NO_BASIC = 1 << 3,    /* no basicConstraints */
    MINT_BASIC_NOT_CRITICAL = 1 << 4,
    MINT_VERSION_1 = 1 << 5,     /* and no extensions */
    MINT_BAD_SIGNATURE = 1 << 6, /* one bit is wrong */
    MINT_SERIAL_ZERO = 1 << 7,
    MINT_SERIAL_NEGATIVE = 1 << 8,
    MINT_SERIAL_LONG = 1 << 9,      /* 21 octets */
    MINT_TWO_ALGORITHMS = 1 << 10,  /* within and beside the signed part */
    MINT_SPELLED_DEFAULT = 1 << 11, /* critical FALSE */
    MINT_TWICE = 1 << 12,           /* the same extension twice */
    MINT_UNKNOWN_CRITICAL = 1 << 13,
    MINT_TRAILING_BYTE = 1 << 14,
    MINT_GENERALIZED_TIME = 1 << 15,
    MINT_PRINTABLE = 1 << 16, /* the names as PrintableString, not UTF8String */
    MINT_SAN_CRITICAL = 1 << 17,
    MINT_EKU_CRITICAL = 1 << 18,
    MINT_CONSTRAINTS_NOT_CRITICAL = 1 << 19,
    MINT_CRITICAL_POISON = 1 << 20, /* a critical authorityInfoAccess */
    MINT_UNIQUE_ID = 1 << 21,       /* an issuerUniqueID */
    MINT_SERIAL_SHORT = 1 << 22     /* one octet */
};

struct mint {
    const char *cn;        /* of the subject; "" for an empty name; NULL: Leaf */
    const struct mint *by; /* who signs; NULL: itself */
    const char *issuer_cn; /* if not the signer's */
    enum mint_kind kind;   /* of its key, */
    unsigned number;       /* of which there are as many as are asked for */
    enum mint_digest digest;
    const char *from, *to; /* YYYYMMDDHHMMSSZ; from 2020 to 2040 unless said */
    bool ca;
    int cas_below;   /* path length + 1; 0: no limit */
    int usage;       /* bits as in struct x509; 0: what suits; -1: no keyUsage */
    const char *eku; /* "server", "client", "any", "code", "ocsp", "" for none; NULL: server */
    const char *san; /* "dns:a.example ip:7f000001 email:a@b uri:... dir:CN", other:, x400: and id:
                              in hex; "" for none; NULL: dns:a.example, or for a CA none */
    const char *constraints; /* "+dns:example -ip:7f000000ff000000": permitted, excluded */
    const char *policies;    /* OIDs below 1.2.3, as digits: "1 2"; "*" is anyPolicy */
    const char *points;      /* distribution points of lists; see mint_put_point() */
    int explicit_policy;     /* requireExplicitPolicy + 1 */
    const char *extensions;  /* more of them, whole, in hex */
    const char *email;       /* an emailAddress in the subject of a leaf */
    unsigned flaws;
    unsigned variant; /* certificates that are alike but for this differ in their serial */
};

/* The certificate; to be freed. Ends the program when it cannot be made. */
struct slice mint(const struct mint *description);

/* Its private key, PKCS #8; to be freed. For keys on the curves P-256, P-384 and P-521. */
struct slice mint_private_key(const struct mint *description);

/* Frees the keys. */
void mint_end(void);

#endif

/* The public key of a certificate: of what kind it is, how strong, and its parts. */
#ifndef SECSOCK_SRC_PUBKEY_H
#define SECSOCK_SRC_PUBKEY_H

#include "x509.h"

enum pubkey_kind {
    PUBKEY_OTHER,
    PUBKEY_RSA,
    PUBKEY_RSA_PSS, /* RSA for PSS signatures alone (RFC 4055, section 1.2) */
    PUBKEY_EC,
    PUBKEY_ED25519,
    PUBKEY_ED448
};

enum pubkey_curve { CURVE_OTHER, CURVE_P256, CURVE_P384, CURVE_P521 };

struct pubkey {
    enum pubkey_kind kind;
    enum pubkey_curve curve;
    int bits;               /* 0 for kinds and curves that are not listed here */
    bool explicit_curve;    /* spelled out, where a name is required (RFC 5480, section 2.1.1) */
    bool malformed;         /* not what its algorithm promises */
    struct slice curve_oid; /* of a named curve */
    struct slice modulus;   /* RSA, without a sign octet */
    struct slice exponent;
    struct slice
        pss; /* parameters of an RSA-PSS key, whole, that its signatures keep to; or empty */
    struct slice bytes; /* the point of an EC key, the whole of an Edwards key */
};

/* The kind that an AlgorithmIdentifier (given whole) names. */
enum pubkey_kind pubkey_kind(struct slice algorithm);

void pubkey_read(const struct x509 *x509, struct pubkey *out);

/* "RSA", "EC", ...; "unknown" for others. */
const char *pubkey_kind_name(enum pubkey_kind kind);

#endif

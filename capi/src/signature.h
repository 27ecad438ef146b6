/* Checking one signature of a certificate. Nothing else in validation knows wolfCrypt. */
#ifndef SECSOCK_SRC_SIGNATURE_H
#define SECSOCK_SRC_SIGNATURE_H

#include "pubkey.h"

enum signature_result {
    SIGNATURE_GOOD,
    SIGNATURE_BAD,         /* not made over this data by the owner of this key */
    SIGNATURE_UNSUPPORTED, /* an algorithm or a key that cannot be checked here */
    SIGNATURE_NO_MEMORY,
    SIGNATURE_UNCHECKED /* nobody has looked yet: no result of signature_verify() */
};

/* Whether `signature` was made over `data` with the private half of `key`. `algorithm` is the
 * AlgorithmIdentifier, whole. RSA PKCS #1 v1.5 and PSS, ECDSA, Ed25519 and Ed448. */
enum signature_result signature_verify(struct slice algorithm, struct slice data,
                                       struct slice signature, const struct pubkey *key);

/* How many signatures of a P-256 key the checking of one by this key is worth. */
size_t signature_price(const struct pubkey *key);

/* The digest that a signature rests on: "MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384",
 * "SHA-512"; "none" when it needs none, NULL when the algorithm is not supported. */
const char *signature_digest(struct slice algorithm);

/* Whether forgeries are known to be within reach for this digest. */
bool signature_digest_is_broken(const char *digest);

#endif

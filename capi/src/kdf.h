/* Keys from passwords: PBKDF2 (RFC 8018, section 5.2) and that of PKCS #12 (RFC 7292, appendix B).
 */
#ifndef SECSOCK_SRC_KDF_H
#define SECSOCK_SRC_KDF_H

#include "password.h"

enum kdf_kind { KDF_PBKDF2, KDF_PKCS12 };

/* What a key made by PKCS #12 is for (RFC 7292, appendix B.3). */
enum kdf_purpose { KDF_FOR_KEY = 1, KDF_FOR_IV = 2, KDF_FOR_MAC = 3 };

struct kdf {
    enum kdf_kind kind;
    int hash; /* an enum wc_HashType */
    struct slice salt;
    int iterations;
};

/* An AlgorithmIdentifier of PBKDF2 (given whole); *key_len is -1 where it does not say. */
int kdf_read_pbkdf2(struct kdf *kdf, struct slice identifier, int *key_len, secsock_error *error);

/* Sets `len` bytes. PBKDF2 makes the same for every purpose. */
int kdf_derive(const struct kdf *kdf, struct password *password, enum kdf_purpose purpose,
               uint8_t *out, size_t len, secsock_error *error);

/* The hash of an HMAC, from the content of its OID. */
bool kdf_hmac_hash(struct slice oid, int *hash);

/* Set an error about how something was encrypted, and return its code. The last says what
 * wolfCrypt's result means; `what` could not be done. */
int kdf_malformed(secsock_error *error);
int kdf_unsupported(struct slice oid, secsock_error *error);
int kdf_error(int result, const char *what, secsock_error *error);

#endif

/* Taking private keys out of their encryption. */
#ifndef SECSOCK_SRC_KEYCRYPT_H
#define SECSOCK_SRC_KEYCRYPT_H

#include "pem.h"

/* Both set *out to the key in DER. `password` NULL, or one that does not fit, is
 * SECSOCK_E_PASSWORD; a method other than those named is SECSOCK_E_UNSUPPORTED; more iterations
 * than are sensible are SECSOCK_E_LIMIT. */

/* EncryptedPrivateKeyInfo (RFC 5958, section 3) under PBES2 (RFC 8018, section 6.2): PBKDF2 with
 * HMAC of SHA-1 or SHA-2, then AES or triple DES in CBC mode. */
int keycrypt_open_pkcs8(const struct pem_block *block, const char *password, struct secret *out,
                        secsock_error *error);

/* A key whose header says "Proc-Type: 4,ENCRYPTED", as OpenSSL used to write them: one round of
 * MD5, then AES or triple DES in CBC mode. */
int keycrypt_open_legacy(const struct pem_block *block, const char *password, struct secret *out,
                         secsock_error *error);

#endif

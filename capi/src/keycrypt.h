/* Taking private keys out of their encryption. A password that does not fit is SECSOCK_E_PASSWORD.
 */
#ifndef SECSOCK_SRC_KEYCRYPT_H
#define SECSOCK_SRC_KEYCRYPT_H

#include "password.h"
#include "pem.h"

/* EncryptedPrivateKeyInfo (RFC 5958, section 3). *out is the key in DER. */
int keycrypt_open_pkcs8(struct slice der, struct password *password, struct secret *out,
                        secsock_error *error);

/* A key whose header says "Proc-Type: 4,ENCRYPTED", as OpenSSL used to write them: one round of
 * MD5, then AES or triple DES in CBC mode. */
int keycrypt_open_legacy(const struct pem_block *block, const struct password *password,
                         struct secret *out, secsock_error *error);

#endif

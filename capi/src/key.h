/* Private keys: read from PEM, and compared with certificates. */
#ifndef SECSOCK_SRC_KEY_H
#define SECSOCK_SRC_KEY_H

#include "pem.h"
#include "pubkey.h"

/* The private key of a decoded block, decrypted where it has to be, as DER: PKCS#8, PKCS#1 or
 * SEC 1. */
int key_read(const struct pem_block *block, const char *password, struct secret *out,
             secsock_error *error);

int key_copy(struct slice der, struct secret *out, secsock_error *error);

/* Of what kind a private key in DER is, by its looks. */
enum pubkey_kind key_kind(struct slice key);

/* Whether the private key belongs to the certificate: SECSOCK_OK, SECSOCK_E_KEY_MISMATCH, or why
 * that cannot be told. */
int key_check(struct slice key, const struct x509 *cert, secsock_error *error);

#endif

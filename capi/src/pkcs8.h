/* Private keys as they are kept: PKCS #8 (RFC 5958). */
#ifndef SECSOCK_SRC_PKCS8_H
#define SECSOCK_SRC_PKCS8_H

#include "cert.h"
#include "pbe.h"

/* PrivateKeyInfo of the certificate's key, whatever form that came in. */
void pkcs8_write(struct der_writer *w, const secsock_cert *cert);

/* EncryptedPrivateKeyInfo of it. */
int pkcs8_write_encrypted(struct der_writer *w, const secsock_cert *cert,
                          const struct pbe_seed *seed, struct password *password,
                          secsock_error *error);

#endif

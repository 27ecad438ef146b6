/* Certificates as text to be kept: with their issuers and, as PKCS #8, their keys. */
#ifndef SECSOCK_SRC_CERT_EXPORT_H
#define SECSOCK_SRC_CERT_EXPORT_H

#include "cert.h"
#include "error.h"
#include "secret.h"

/* The PEM text of what `parts` (secsock_export values, added) names, without a NUL: first the
 * certificate, then its issuers, then the key, which is encrypted when there is a password (not
 * NULL). SECSOCK_E_NO_KEY, SECSOCK_E_NOT_EXPORTABLE. */
int cert_export_pem(struct secret *out, const secsock_cert *cert, int parts, const char *password,
                    secsock_error *error);

#endif

/*
 * PFX files (PKCS #12, RFC 7292): certificates and private keys under a password.
 *
 * They are read as BER, as Windows and NSS write them. What is not there for this library's
 * purposes is passed over: revocation lists, secrets, attributes other than localKeyId and
 * friendlyName. Only password-based modes are supported, and no public-key ones.
 */
#ifndef SECSOCK_SRC_PKCS12_H
#define SECSOCK_SRC_PKCS12_H

#include "cert_list.h"

enum {
    PKCS12_LIMIT = 4 * 1024 * 1024, /* bytes of a file */
    PKCS12_MOST_CERTS = 512,        /* a bundle of all public trust anchors has 150 */
    PKCS12_MOST_KEYS = 16
};

/*
 * Appends all certificates of the file, each once. First those whose private key is there, in the
 * order of their keys: each has its key, and as issuers those of the others that lead up from it.
 * Then the others, in the order of the file.
 *
 * Returns how many have their key, else an error as secsock_cert_from_pfx() describes it; then the
 * list holds what it held. Certificates without keys are fine. A key that belongs to none of the
 * certificates is SECSOCK_E_KEY_MISMATCH, unless another key has its own.
 *
 * A file without a MAC is taken when no password is given, or when something in it could not have
 * been read without it: else the password would protect nothing.
 */
int pkcs12_read(struct cert_list *out, struct slice pfx, const char *password,
                secsock_error *error);

/* The PFX file of a certificate, with its issuers and its key as `parts` says (secsock_export). The
 * key must be there if it is asked for. */
int pkcs12_write(struct secret *out, const secsock_cert *cert, int parts, const char *password,
                 secsock_error *error);

/* How long that will be. */
size_t pkcs12_written_len(const secsock_cert *cert, int parts);

#endif

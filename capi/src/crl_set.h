/* Certificate revocation lists, found by their issuer; reference-counted. */
#ifndef SECSOCK_SRC_CRL_SET_H
#define SECSOCK_SRC_CRL_SET_H

#include "error.h"
#include "x509.h"

struct crl;
struct crl_set;

/* An empty set with one reference, or NULL when memory is short. */
struct crl_set *crl_set_new(void);
struct crl_set *crl_set_ref(struct crl_set *set);
void crl_set_free(struct crl_set *set);

/* Add every list of a PEM text, of DER (one list after the other), of a file of either, or of the
 * files of a folder; all of them or, with an error, none. Return how many there were. */
int crl_set_add(struct crl_set *set, struct slice data, secsock_error *error);
int crl_set_add_file(struct crl_set *set, const char *path, secsock_error *error);
int crl_set_add_dir(struct crl_set *set, const char *path, secsock_error *error);

/* The lists of an issuer, one after the other: *cursor starts at 0. NULL when there is none left;
 * a set that is NULL holds none. */
const struct crl *crl_set_find(const struct crl_set *set, struct slice issuer, size_t *cursor);

#endif

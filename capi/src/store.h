/* A set of certificates, found by subject. */
#ifndef SECSOCK_SRC_STORE_H
#define SECSOCK_SRC_STORE_H

#include <stdbool.h>

#include "cert_list.h"

/* Makes the store immutable: from now on it may be shared between threads. */
void store_freeze(secsock_store *store);

/* Adds those that are not there yet, or, when memory is short, nothing (SECSOCK_E_MEMORY). */
int store_add_list(secsock_store *store, const struct cert_list *list);
int store_merge(secsock_store *store, const secsock_store *from); /* NULL: from nothing */

/* A frozen store of the certificates in the first of these files that exists. Those that cannot
 * be read are passed over: a system's bundle is not the program's to mend. */
int store_from_first(secsock_store **out, const char *const *paths, size_t count,
                     secsock_error *error);

/* Whether this very certificate, compared by its DER, is in the store. NULL holds nothing. */
bool store_contains(const secsock_store *store, struct slice der);

/* The certificates whose subject equals `name` (RFC 5280, section 7.1), one after the other: a
 * hash lookup, not a scan. *cursor starts at 0. NULL when there is none left. */
const secsock_cert *store_find_subject(const secsock_store *store, struct slice name,
                                       size_t *cursor);

#endif

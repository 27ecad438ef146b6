/* A set of certificates, found by subject and by thumbprint. */
#ifndef SECSOCK_SRC_STORE_H
#define SECSOCK_SRC_STORE_H

#include <stdbool.h>

#include "cert_list.h"
#include "store_table.h"

/* Makes the store immutable: from now on it may be shared between threads. */
void store_freeze(secsock_store *store);

/* Adds those that are not there yet, or are there with less, or with an error nothing: when memory
 * is short, or the store's folder cannot be written to. */
int store_add_list(secsock_store *store, const struct cert_list *list, secsock_error *error);

/* The same for all of another store (NULL: none), into one that is in memory only. SECSOCK_OK or
 * SECSOCK_E_MEMORY. */
int store_merge(secsock_store *store, const secsock_store *from);

/* A frozen store of the certificates in the first of these files that exists. Those that cannot
 * be read are passed over: a system's bundle is not the program's to mend. */
int store_from_first(secsock_store **out, const char *const *paths, size_t count,
                     secsock_error *error);

/* Whether this is the store that secsock_store_system() shares. */
bool store_is_system(const secsock_store *store);

/* Whether this very certificate, compared by its DER, is in the store. NULL holds nothing. */
bool store_contains(const secsock_store *store, struct slice der);

/* The certificates whose subject equals `name` (RFC 5280, section 7.1), one after the other: a
 * hash lookup, not a scan; `hash` is x509_name_hash() of it. *cursor starts at 0. NULL when there is none left. */
const secsock_cert *store_find_subject(const secsock_store *store, struct slice name, uint32_t hash,
                                       size_t *cursor);

/* The certificate whose DER has this SHA-256, or NULL: a hash lookup too. */
const secsock_cert *store_find_thumbprint(const secsock_store *store,
                                          const uint8_t thumbprint[THUMBPRINT_SIZE]);

#endif

/* Certificates in the order of adding, each once, found by subject and by thumbprint. */
#ifndef SECSOCK_SRC_STORE_TABLE_H
#define SECSOCK_SRC_STORE_TABLE_H

#include "cert.h"

/* Of SHA-256, and of SHA-1. */
enum { THUMBPRINT_SIZE = 32, THUMBPRINT_SHORT_SIZE = 20 }; /* SHA-256, SHA-1 */

struct store_entry {
    secsock_cert *cert;                  /* a reference is the table's */
    uint32_t subject;                    /* the hash of its name */
    uint8_t thumbprint[THUMBPRINT_SIZE]; /* SHA-256 of its DER */
};

struct store_table {
    struct store_entry *entries;
    size_t count;
    size_t capacity;
    uint32_t *subjects;    /* numbers of entries, plus one, by the hash of the subject; 0: free */
    uint32_t *thumbprints; /* and by the thumbprint */
    size_t slots;          /* of each: a power of two, at least twice as many as entries */
};

/* The digest of the DER that has this size; false when memory is short. */
bool store_thumbprint(const secsock_cert *cert, uint8_t *out, size_t size);

void store_table_clear(struct store_table *table);

/* What is to be put into a table; borrows the certificate. SECSOCK_OK or SECSOCK_E_MEMORY. */
int store_entry_make(struct store_entry *out, const secsock_cert *cert);

/* Whether an entry has more than another of the same certificate: the private key above all, else
 * issuers to send along. */
bool store_entry_has_more(const struct store_entry *entry, const struct store_entry *than);

/* Makes room for `more` entries; then as many can be put without fail. */
int store_table_reserve(struct store_table *table, size_t more);

/* Appends an entry; in the place of one of the same certificate, if it has more than that. */
void store_table_put(struct store_table *table, const struct store_entry *entry);

/* The entry with this thumbprint, or NULL. */
struct store_entry *store_table_find(const struct store_table *table,
                                     const uint8_t thumbprint[THUMBPRINT_SIZE]);

/* Takes an entry out, which takes as long as putting all of them anew. */
void store_table_remove(struct store_table *table, struct store_entry *entry);

/* The certificates of a subject, which has this hash, one after the other: *cursor starts at 0;
 * NULL at the end. */
const secsock_cert *store_table_next(const struct store_table *table, struct slice subject,
                                     uint32_t hash, size_t *cursor);

#endif

#include "store_table.h"

#include <stdlib.h>
#include <string.h>

#include "digest.h"

/* ------------------------------------------------------------------------------------- entries */

bool store_thumbprint(const secsock_cert *cert, uint8_t *out, size_t size)
{
    struct slice der = cert->x509.der;
    return size == THUMBPRINT_SIZE ? digest_sha256(der, out) : digest_sha1(der, out);
}

int store_entry_make(struct store_entry *out, const secsock_cert *cert)
{
    out->cert = (secsock_cert *)cert;
    out->subject = cert->x509.subject_hash;
    return store_thumbprint(cert, out->thumbprint, THUMBPRINT_SIZE) ? SECSOCK_OK : SECSOCK_E_MEMORY;
}

static int worth(const secsock_cert *cert)
{
    return 2 * secsock_cert_has_private_key(cert) + (secsock_cert_chain(cert, 0) != NULL);
}

bool store_entry_has_more(const struct store_entry *entry, const struct store_entry *than)
{
    return worth(entry->cert) > worth(than->cert);
}

/* -------------------------------------------------------------- open addressing, linear probing */

/* Thumbprints are as random as hashes can be. */
static uint32_t thumbprint_hash(const uint8_t thumbprint[THUMBPRINT_SIZE])
{
    uint32_t hash;
    memcpy(&hash, thumbprint, sizeof(hash));
    return hash;
}

static void insert(uint32_t *index, size_t slots, uint32_t hash, uint32_t number)
{
    size_t at = hash & (slots - 1);
    while (index[at] != 0)
        at = (at + 1) & (slots - 1);
    index[at] = number;
}

static void insert_entry(struct store_table *table, size_t position)
{
    const struct store_entry *entry = &table->entries[position];
    uint32_t number = (uint32_t)position + 1;
    insert(table->subjects, table->slots, entry->subject, number);
    insert(table->thumbprints, table->slots, thumbprint_hash(entry->thumbprint), number);
}

static void insert_all(struct store_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        insert_entry(table, i);
}

struct store_entry *store_table_find(const struct store_table *table,
                                     const uint8_t thumbprint[THUMBPRINT_SIZE])
{
    size_t mask = table->slots - 1;
    if (table->slots == 0)
        return NULL;
    for (size_t at = thumbprint_hash(thumbprint) & mask; table->thumbprints[at] != 0;
         at = (at + 1) & mask) {
        struct store_entry *entry = &table->entries[table->thumbprints[at] - 1];
        if (memcmp(entry->thumbprint, thumbprint, THUMBPRINT_SIZE) == 0)
            return entry;
    }
    return NULL;
}

const secsock_cert *store_table_next(const struct store_table *table, struct slice subject,
                                     uint32_t hash, size_t *cursor)
{
    if (table->slots == 0)
        return NULL;
    for (;;) {
        uint32_t number = table->subjects[(hash + *cursor) & (table->slots - 1)];
        if (number == 0)
            return NULL;
        ++*cursor;
        const struct store_entry *entry = &table->entries[number - 1];
        if (entry->subject == hash && x509_name_equal(entry->cert->x509.subject, subject))
            return entry->cert;
    }
}

/* ------------------------------------------------------------------------------------- changes */

static int grow_entries(struct store_table *table, size_t more)
{
    size_t capacity = table->capacity > 0 ? table->capacity : 8;
    while (capacity - table->count < more)
        capacity *= 2;
    if (capacity == table->capacity)
        return SECSOCK_OK;
    struct store_entry *entries = realloc(table->entries, capacity * sizeof(*entries));
    if (entries == NULL)
        return SECSOCK_E_MEMORY;
    table->entries = entries;
    table->capacity = capacity;
    return SECSOCK_OK;
}

static int grow_indexes(struct store_table *table)
{
    size_t slots = 2 * table->capacity;
    if (slots == table->slots)
        return SECSOCK_OK;
    uint32_t *subjects = calloc(slots, sizeof(*subjects));
    uint32_t *thumbprints = calloc(slots, sizeof(*thumbprints));
    if (subjects == NULL || thumbprints == NULL) {
        free(subjects);
        free(thumbprints);
        return SECSOCK_E_MEMORY;
    }
    free(table->subjects);
    free(table->thumbprints);
    table->subjects = subjects;
    table->thumbprints = thumbprints;
    table->slots = slots;
    insert_all(table);
    return SECSOCK_OK;
}

int store_table_reserve(struct store_table *table, size_t more)
{
    int result = grow_entries(table, more);
    return result == SECSOCK_OK ? grow_indexes(table) : result;
}

void store_table_put(struct store_table *table, const struct store_entry *entry)
{
    struct store_entry *held = store_table_find(table, entry->thumbprint);
    if (held != NULL && !store_entry_has_more(entry, held))
        return;
    secsock_cert *cert = secsock_cert_ref(entry->cert);
    if (held != NULL) {
        secsock_cert_free(held->cert);
        held->cert = cert;
        return;
    }
    table->entries[table->count] = *entry;
    insert_entry(table, table->count++);
}

void store_table_remove(struct store_table *table, struct store_entry *entry)
{
    struct store_entry *end = table->entries + table->count--;
    secsock_cert_free(entry->cert);
    memmove(entry, entry + 1, (size_t)(end - (entry + 1)) * sizeof(*entry));
    memset(table->subjects, 0, table->slots * sizeof(*table->subjects));
    memset(table->thumbprints, 0, table->slots * sizeof(*table->thumbprints));
    insert_all(table);
}

void store_table_clear(struct store_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        secsock_cert_free(table->entries[i].cert);
    free(table->entries);
    free(table->subjects);
    free(table->thumbprints);
    *table = (struct store_table){ .entries = NULL };
}

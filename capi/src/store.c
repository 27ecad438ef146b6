/* Sets of certificates, in memory. */
#include "store.h"

#include <stdlib.h>

#include "error.h"

/* An entry of the hash table: open addressing, linear probing, nothing is ever removed. */
struct slot {
    uint32_t hash;  /* of the subject */
    uint32_t index; /* into the list, plus one; 0: the slot is free */
};

struct secsock_store {
    atomic_uint refs;
    atomic_bool frozen;
    struct cert_list list; /* in the order of adding */
    struct slot *slots;    /* at least twice as many as certificates, a power of two */
    size_t slot_count;
};

secsock_store *secsock_store_new(void)
{
    secsock_store *store = calloc(1, sizeof(*store));
    if (store != NULL) {
        atomic_init(&store->refs, 1);
        atomic_init(&store->frozen, false);
    }
    return store;
}

secsock_store *secsock_store_ref(const secsock_store *store)
{
    secsock_store *mine = (secsock_store *)store;
    atomic_fetch_add_explicit(&mine->refs, 1, memory_order_relaxed);
    return mine;
}

void secsock_store_free(secsock_store *store)
{
    if (store == NULL || atomic_fetch_sub_explicit(&store->refs, 1, memory_order_acq_rel) != 1)
        return;
    cert_list_clear(&store->list);
    free(store->slots);
    free(store);
}

void store_freeze(secsock_store *store)
{
    atomic_store(&store->frozen, true);
}

/* ------------------------------------------------------------------------------------ the table */

static void insert(struct slot *slots, size_t slot_count, struct slot entry)
{
    size_t at = entry.hash & (slot_count - 1);
    while (slots[at].index != 0)
        at = (at + 1) & (slot_count - 1);
    slots[at] = entry;
}

/* Makes room for `count` certificates in the table. */
static int widen(secsock_store *store, size_t count)
{
    size_t wanted = store->slot_count > 0 ? store->slot_count : 16;
    while (wanted < 2 * count)
        wanted *= 2;
    if (wanted == store->slot_count)
        return SECSOCK_OK;
    struct slot *slots = calloc(wanted, sizeof(*slots));
    if (slots == NULL)
        return SECSOCK_E_MEMORY;
    for (size_t i = 0; i < store->slot_count; i++) {
        if (store->slots[i].index != 0)
            insert(slots, wanted, store->slots[i]);
    }
    free(store->slots);
    store->slots = slots;
    store->slot_count = wanted;
    return SECSOCK_OK;
}

const secsock_cert *store_find_subject(const secsock_store *store, struct slice name,
                                       size_t *cursor)
{
    if (store == NULL || store->slot_count == 0)
        return NULL;
    uint32_t hash = x509_name_hash(name);
    for (;;) {
        const struct slot *slot = &store->slots[(hash + *cursor) & (store->slot_count - 1)];
        if (slot->index == 0)
            return NULL;
        ++*cursor;
        const secsock_cert *cert = store->list.certs[slot->index - 1];
        if (slot->hash == hash && x509_name_equal(cert->x509.subject, name))
            return cert;
    }
}

static bool contains(const secsock_store *store, const struct x509 *x509)
{
    size_t cursor = 0;
    const secsock_cert *cert;
    while ((cert = store_find_subject(store, x509->subject, &cursor)) != NULL) {
        if (slice_equal(cert->x509.der, x509->der))
            return true;
    }
    return false;
}

bool store_contains(const secsock_store *store, struct slice der)
{
    struct x509 x509;
    return store != NULL && x509_parse(&x509, der) == NULL && contains(store, &x509);
}

/* --------------------------------------------------------------------------------------- adding */

int store_add_list(secsock_store *store, const struct cert_list *list)
{
    int result = widen(store, store->list.count + list->count);
    if (result == SECSOCK_OK)
        result = cert_list_reserve(&store->list, list->count);
    for (size_t i = 0; result == SECSOCK_OK && i < list->count; i++) {
        const secsock_cert *cert = list->certs[i];
        if (contains(store, &cert->x509))
            continue;
        result = cert_list_add(&store->list, cert); /* cannot fail: the room is there */
        struct slot entry = { x509_name_hash(cert->x509.subject), (uint32_t)store->list.count };
        insert(store->slots, store->slot_count, entry);
    }
    return result;
}

int store_merge(secsock_store *store, const secsock_store *from)
{
    return from != NULL ? store_add_list(store, &from->list) : SECSOCK_OK;
}

/* What every change begins with. */
static int begin(const secsock_store *store, const void *input, secsock_error *error)
{
    error_clear(error);
    if (store == NULL || input == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is nothing to add, or no store for it");
    if (atomic_load(&store->frozen))
        return error_set(error, SECSOCK_E_FROZEN, "the store is shared and can no longer change");
    return SECSOCK_OK;
}

/* Takes over a list that was loaded; returns how many it held. */
static int adopt(secsock_store *store, struct cert_list *list, int result, secsock_error *error)
{
    int found = (int)list->count;
    if (result == SECSOCK_OK && (result = store_add_list(store, list)) != SECSOCK_OK)
        error_memory(error);
    cert_list_clear(list);
    return result == SECSOCK_OK ? found : result;
}

int secsock_store_add(secsock_store *store, const secsock_cert *cert, secsock_error *error)
{
    int result = begin(store, cert, error);
    if (result != SECSOCK_OK)
        return result;
    secsock_cert *one = (secsock_cert *)cert;
    struct cert_list list = { &one, 1, 1 };
    result = store_add_list(store, &list);
    return result == SECSOCK_OK ? result : error_memory(error);
}

int secsock_store_load_file(secsock_store *store, const char *path, secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    int result = begin(store, path, error);
    if (result != SECSOCK_OK)
        return result;
    result = cert_list_read_file(&list, path, CERT_LIST_STRICT, error);
    return adopt(store, &list, result, error);
}

int secsock_store_load_dir(secsock_store *store, const char *path, secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    int result = begin(store, path, error);
    if (result != SECSOCK_OK)
        return result;
    result = cert_list_read_dir(&list, path, error);
    return adopt(store, &list, result, error);
}

int secsock_store_load_pem(secsock_store *store, const void *pem, size_t len, secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    int result = begin(store, pem, error);
    if (result != SECSOCK_OK)
        return result;
    result = cert_list_read(&list, (struct slice){ pem, len }, CERT_LIST_STRICT, error);
    return adopt(store, &list, result, error);
}

size_t secsock_store_count(const secsock_store *store)
{
    return store->list.count;
}

const secsock_cert *secsock_store_cert(const secsock_store *store, size_t index)
{
    return index < store->list.count ? store->list.certs[index] : NULL;
}

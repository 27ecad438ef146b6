/* Sets of certificates, in memory, some of them backed by a folder. */
#include "store.h"

#include <stdlib.h>

#include "error.h"
#include "file.h"
#include "pkcs12.h"
#include "store_dir.h"

struct secsock_store {
    atomic_uint refs;
    atomic_bool frozen;
    int role; /* a secsock_store_role, or -1 */
    bool read_only;
    struct store_dir *dir; /* where changes go too; NULL: nowhere */
    struct store_table table;
};

secsock_store *secsock_store_new(void)
{
    secsock_store *store = calloc(1, sizeof(*store));
    if (store != NULL) {
        atomic_init(&store->refs, 1);
        atomic_init(&store->frozen, false);
        store->role = -1;
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
    store_table_clear(&store->table);
    store_dir_close(store->dir);
    free(store);
}

void store_freeze(secsock_store *store)
{
    atomic_store(&store->frozen, true);
}

/* ------------------------------------------------------------------------------------- finding */

const secsock_cert *store_find_subject(const secsock_store *store, struct slice name, uint32_t hash,
                                       size_t *cursor)
{
    return store != NULL ? store_table_next(&store->table, name, hash, cursor) : NULL;
}

const secsock_cert *store_find_thumbprint(const secsock_store *store,
                                          const uint8_t thumbprint[THUMBPRINT_SIZE])
{
    const struct store_entry *entry = store_table_find(&store->table, thumbprint);
    return entry != NULL ? entry->cert : NULL;
}

bool store_contains(const secsock_store *store, struct slice der)
{
    struct x509 x509;
    const secsock_cert *cert;
    size_t cursor = 0;
    if (x509_parse(&x509, der) != NULL)
        return false;
    while ((cert = store_find_subject(store, x509.subject, x509.subject_hash, &cursor)) != NULL) {
        if (slice_equal(cert->x509.der, der))
            return true;
    }
    return false;
}

/* -------------------------------------------------------------------------------------- adding */

/* What of a list is new to the store. In a folder it may be new although the store knows it:
 * another writer may have removed it there. */
static int choose(const secsock_store *store, const struct cert_list *list,
                  struct store_table *fresh)
{
    int result = store_table_reserve(fresh, list->count);
    for (size_t i = 0; result == SECSOCK_OK && i < list->count; i++) {
        struct store_entry entry;
        result = store_entry_make(&entry, list->certs[i]);
        if (result != SECSOCK_OK)
            return result;
        const struct store_entry *held = store_table_find(&store->table, entry.thumbprint);
        bool known = held != NULL && !store_entry_has_more(&entry, held);
        if (!known)
            store_table_put(fresh, &entry);
        else if (store->dir != NULL)
            store_table_put(fresh, held);
    }
    return result;
}

int store_add_list(secsock_store *store, const struct cert_list *list, secsock_error *error)
{
    struct store_table fresh = { .entries = NULL };
    int result = choose(store, list, &fresh);
    if (result == SECSOCK_OK)
        result = store_table_reserve(&store->table, fresh.count);
    if (result != SECSOCK_OK)
        error_memory(error);
    if (result == SECSOCK_OK && store->dir != NULL)
        result = store_dir_write(store->dir, &fresh, error);
    for (size_t i = 0; result == SECSOCK_OK && i < fresh.count; i++)
        store_table_put(&store->table, &fresh.entries[i]);
    store_table_clear(&fresh);
    return result;
}

int store_merge(secsock_store *store, const secsock_store *from)
{
    int result = SECSOCK_OK;
    if (from == NULL)
        return result;
    const struct store_table *table = &from->table;
    result = store_table_reserve(&store->table, table->count);
    for (size_t i = 0; result == SECSOCK_OK && i < table->count; i++)
        store_table_put(&store->table, &table->entries[i]);
    return result;
}

/* What every change begins with. */
static int begin(const secsock_store *store, const void *input, secsock_error *error)
{
    error_clear(error);
    if (store == NULL || input == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "there is no store, or nothing to be added or removed");
    if (store->read_only)
        return error_set(error, SECSOCK_E_FROZEN, "the store was opened read-only");
    if (atomic_load(&store->frozen))
        return error_set(error, SECSOCK_E_FROZEN, "%s",
                         store_is_system(store)
                             ? "the system's trust anchors cannot be changed"
                             : "a configuration uses the store, which can no longer change");
    return SECSOCK_OK;
}

/* Takes over a list that was loaded; returns how many it held. */
static int adopt(secsock_store *store, struct cert_list *list, int result, secsock_error *error)
{
    int found = (int)list->count;
    if (result >= 0)
        result = store_add_list(store, list, error);
    cert_list_clear(list);
    return result == SECSOCK_OK ? found : result;
}

int secsock_store_add(secsock_store *store, const secsock_cert *cert, secsock_error *error)
{
    int result = begin(store, cert, error);
    secsock_cert *one = (secsock_cert *)cert;
    struct cert_list list = { &one, 1, 1 };
    return result == SECSOCK_OK ? store_add_list(store, &list, error) : result;
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

int secsock_store_load_pfx(secsock_store *store, const char *path, const char *password,
                           secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    struct secret pfx = { NULL, 0 };
    int result = begin(store, path, error);
    if (result == SECSOCK_OK)
        result = file_read(path, &pfx, error);
    if (result != SECSOCK_OK)
        return result;
    result = pkcs12_read(&list, secret_slice(&pfx), password, error);
    secret_free(&pfx);
    if (result < 0)
        error_prefix(error, result, path);
    return adopt(store, &list, result, error);
}

/* ------------------------------------------------------------------------------------ removing */

int secsock_store_remove(secsock_store *store, const secsock_cert *cert, secsock_error *error)
{
    struct store_entry entry;
    int removed = 0, result = begin(store, cert, error);
    if (result != SECSOCK_OK)
        return result;
    if (store_entry_make(&entry, cert) != SECSOCK_OK)
        return error_memory(error);
    if (store->dir != NULL)
        removed = store_dir_remove(store->dir, &entry, error);
    struct store_entry *held = store_table_find(&store->table, entry.thumbprint);
    if (removed < 0 || held == NULL)
        return removed;
    store_table_remove(&store->table, held); /* the certificate itself may be gone after this */
    return 1;
}

/* ------------------------------------------------------------------------------------- folders */

static int check_open(const char *folder, int role, int mode, secsock_error *error)
{
    if (folder == NULL || *folder == '\0')
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no folder to open");
    if (role < SECSOCK_STORE_MY || role > SECSOCK_STORE_DISALLOWED)
        return error_set(error, SECSOCK_E_ARGUMENT, "%d is no role of a store", role);
    if ((mode & ~(SECSOCK_STORE_READ_WRITE | SECSOCK_STORE_EXISTING)) != 0)
        return error_set(error, SECSOCK_E_ARGUMENT, "%d is no mode to open a store in", mode);
    return SECSOCK_OK;
}

/* Fills a new store from its folder, which it remembers if it may change it. */
static int fill(secsock_store *store, struct store_dir *dir, secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    int result = dir != NULL ? store_dir_read(dir, &list, error) : SECSOCK_OK;
    result = adopt(store, &list, result, error);
    if (result < 0 || store->read_only)
        store_dir_close(dir);
    else
        store->dir = dir;
    return result < 0 ? result : SECSOCK_OK;
}

int secsock_store_open(secsock_store **out, const char *folder, int role, int mode,
                       const char *password, secsock_error *error)
{
    struct store_dir *dir = NULL;
    error_clear(error);
    if (out == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no place for the store");
    *out = NULL;
    int result = check_open(folder, role, mode, error);
    if (result == SECSOCK_OK)
        result = store_dir_open(&dir, folder, role, mode, password, error);
    if (result != SECSOCK_OK)
        return result;
    secsock_store *store = secsock_store_new();
    if (store == NULL) {
        store_dir_close(dir);
        return error_memory(error);
    }
    store->role = role;
    store->read_only = (mode & SECSOCK_STORE_READ_WRITE) == 0;
    result = fill(store, dir, error);
    if (result == SECSOCK_OK)
        *out = store;
    else
        secsock_store_free(store);
    return result;
}

/* ---------------------------------------------------------------------------------- enumerating */

size_t secsock_store_count(const secsock_store *store)
{
    return store->table.count;
}

const secsock_cert *secsock_store_cert(const secsock_store *store, size_t index)
{
    return index < store->table.count ? store->table.entries[index].cert : NULL;
}

int secsock_store_role_of(const secsock_store *store)
{
    return store->role;
}

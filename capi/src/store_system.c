/* The trust anchors of the system. */
#include <errno.h>
#include <pthread.h>

#include "cert_list.h"
#include "error.h"
#include "store.h"

/* Where systems keep all their trust anchors in one file. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* older RHEL */
    "/etc/ssl/cert.pem",                                 /* Alpine, the BSDs */
    "/usr/local/share/certs/ca-root-nss.crt",            /* FreeBSD's package */
};

/* Only a file that is not there is passed over for the next. */
static int read_first(struct cert_list *list, const char *const *paths, size_t count,
                      secsock_error *error)
{
    for (size_t i = 0; i < count; i++) {
        secsock_error why;
        int result = cert_list_read_file(list, paths[i], CERT_LIST_LENIENT, &why);
        if (result == SECSOCK_E_FILE && (why.sys_errno == ENOENT || why.sys_errno == ENOTDIR))
            continue;
        if (result != SECSOCK_OK && error != NULL)
            *error = why;
        return result;
    }
    return error_errno(error, SECSOCK_E_FILE, ENOENT,
                       "the system's trust anchors are not in %s, nor in %zu other places",
                       paths[0], count - 1);
}

int store_from_first(secsock_store **out, const char *const *paths, size_t count,
                     secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    secsock_store *store = secsock_store_new();
    int result = store != NULL ? read_first(&list, paths, count, error) : error_memory(error);
    if (result == SECSOCK_OK)
        result = store_add_list(store, &list, error);
    cert_list_clear(&list);
    if (result == SECSOCK_OK) {
        store_freeze(store);
        *out = store;
    } else {
        secsock_store_free(store);
    }
    return result;
}

/* Read once per process, by the first that asks. A failure is not remembered: the bundle may be
 * installed later. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static secsock_store *shared;

int secsock_store_system(secsock_store **out, secsock_error *error)
{
    int result = SECSOCK_OK;
    error_clear(error);
    if (out == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no place for the store");
    *out = NULL;
    pthread_mutex_lock(&lock);
    if (shared == NULL)
        result = store_from_first(&shared, bundles, sizeof(bundles) / sizeof(bundles[0]), error);
    if (shared != NULL)
        *out = secsock_store_ref(shared);
    pthread_mutex_unlock(&lock);
    return result;
}

bool store_is_system(const secsock_store *store)
{
    pthread_mutex_lock(&lock);
    bool is = store == shared && store != NULL;
    pthread_mutex_unlock(&lock);
    return is;
}

/* Certificates: the object and its loaders. The getters are in cert_facts.c. */
#include "cert.h"

#include <stdlib.h>
#include <string.h>

#include "cert_list.h"
#include "file.h"
#include "key.h"

/* --------------------------------------------------------------------------------- the object */

int cert_make(secsock_cert **out, struct slice der, const char **why)
{
    *out = NULL;
    secsock_cert *cert = calloc(1, sizeof(*cert) + der.len);
    if (cert == NULL)
        return SECSOCK_E_MEMORY;
    if (der.len > 0)
        memcpy(cert->der, der.data, der.len);
    cert->der_len = der.len;
    *why = x509_parse(&cert->x509, (struct slice){ cert->der, der.len });
    if (*why != NULL) {
        free(cert);
        return SECSOCK_E_FORMAT;
    }
    atomic_init(&cert->refs, 1);
    atomic_init(&cert->facts, NULL);
    *out = cert;
    return SECSOCK_OK;
}

int cert_new(secsock_cert **out, struct slice der, secsock_error *error)
{
    const char *why = NULL;
    int result = cert_make(out, der, &why);
    if (result == SECSOCK_E_FORMAT)
        return error_set(error, result, "not a certificate: %s", why);
    return result == SECSOCK_OK ? result : error_memory(error);
}

secsock_cert *secsock_cert_ref(const secsock_cert *cert)
{
    secsock_cert *mine = (secsock_cert *)cert;
    atomic_fetch_add_explicit(&mine->refs, 1, memory_order_relaxed);
    return mine;
}

static void free_issuers(secsock_cert *cert)
{
    for (size_t i = 0; i < cert->chain_len; i++)
        secsock_cert_free(cert->chain[i]);
    free(cert->chain);
}

void secsock_cert_free(secsock_cert *cert)
{
    if (cert == NULL || atomic_fetch_sub_explicit(&cert->refs, 1, memory_order_acq_rel) != 1)
        return;
    struct secret key = { cert->key, cert->key_len };
    secret_free(&key);
    free_issuers(cert);
    cert_facts_free(atomic_load(&cert->facts));
    free(cert);
}

/* ---------------------------------------------------------------------------------- the loaders */

/* PEM text, and the file that it comes from, or NULL. */
struct source {
    struct slice text;
    const char *path;
};

/* Names the file in an error, where there is one. */
static int located(const struct source *source, int result, secsock_error *error)
{
    return result < 0 && source->path != NULL ? error_prefix(error, result, source->path) : result;
}

/* The private key of a text; empty when there is none. */
static int find_key(struct slice text, const char *password, struct secret *out,
                    secsock_error *error)
{
    struct pem reader;
    struct pem_block block;
    *out = (struct secret){ NULL, 0 };
    int result = pem_open(&reader, text, error);
    while (result == SECSOCK_OK && (result = pem_next(&reader, &block, error)) > 0) {
        result = SECSOCK_OK;
        if (!pem_is_private_key(&block))
            continue;
        if (out->data != NULL)
            result = pem_error(&block, error, SECSOCK_E_FORMAT, "a second private key");
        else if ((result = pem_decode(&reader, &block, error)) == SECSOCK_OK)
            result = key_read(&block, password, out, error);
    }
    if (result != SECSOCK_OK)
        secret_free(out);
    pem_close(&reader);
    return result;
}

/* Whether the key is that of the first certificate; the error names the one it belongs to. */
static int check_key(const struct cert_list *list, struct slice key, secsock_error *error)
{
    int result = key_check(key, &list->certs[0]->x509, error);
    for (size_t i = 1; result == SECSOCK_E_KEY_MISMATCH && i < list->count; i++) {
        if (key_check(key, &list->certs[i]->x509, NULL) == SECSOCK_OK)
            return error_set(error, result,
                             "the private key belongs to certificate %zu of %zu, which must be "
                             "the first",
                             i + 1, list->count);
    }
    return result;
}

/* Puts the issuers in the order in which they certify one another, the leaf's own first
 * (RFC 5246, section 7.4.2); those that certify nobody stay behind, as they were. */
static void order_issuers(const secsock_cert *leaf, secsock_cert **issuers, size_t count)
{
    const secsock_cert *subject = leaf;
    for (size_t done = 0; done < count; done++) {
        size_t i = done;
        while (i < count && !x509_name_equal(issuers[i]->x509.subject, subject->x509.issuer))
            i++;
        if (i == count)
            return;
        secsock_cert *issuer = issuers[i];
        memmove(&issuers[done + 1], &issuers[done], (i - done) * sizeof(issuers[0]));
        issuers[done] = issuer;
        subject = issuer;
    }
}

/* The first certificate of the list, which nobody else has seen yet, with the others as issuers
 * and with the key; all of which it takes over. */
static int assemble(secsock_cert **out, struct cert_list *list, struct secret *key,
                    secsock_error *error)
{
    enum { MOST_ISSUERS = 32 };
    secsock_cert *leaf = list->certs[0];
    size_t issuers = list->count - 1;
    if (issuers > MOST_ISSUERS)
        return error_set(error, SECSOCK_E_LIMIT, "more than %d issuers with the certificate",
                         MOST_ISSUERS);
    if (issuers > 0) {
        leaf->chain = malloc(issuers * sizeof(secsock_cert *));
        if (leaf->chain == NULL)
            return error_memory(error);
        memcpy(leaf->chain, &list->certs[1], issuers * sizeof(secsock_cert *));
        leaf->chain_len = issuers;
        order_issuers(leaf, leaf->chain, issuers);
    }
    leaf->key = key->data;
    leaf->key_len = key->len;
    list->count = 0;
    *key = (struct secret){ NULL, 0 };
    *out = leaf;
    return SECSOCK_OK;
}

/* The certificates of one source, the key of another or the same. */
static int load(secsock_cert **out, const struct source *certs, const struct source *keys,
                const char *password, bool need_key, secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    struct secret key = { NULL, 0 };
    int result = located(certs, cert_list_read(&list, certs->text, CERT_LIST_STRICT, error), error);
    if (result == SECSOCK_OK) {
        result = find_key(keys->text, password, &key, error);
        if (result == SECSOCK_OK && key.data == NULL && need_key)
            result = error_set(error, SECSOCK_E_NO_KEY, "there is no private key");
        if (result == SECSOCK_OK && key.data != NULL)
            result = check_key(&list, secret_slice(&key), error);
        result = located(keys, result, error);
    }
    if (result == SECSOCK_OK)
        result = located(certs, assemble(out, &list, &key, error), error);
    secret_free(&key);
    cert_list_clear(&list);
    return result;
}

static int load_files(secsock_cert **out, const char *cert_path, const char *key_path,
                      const char *password, bool need_key, secsock_error *error)
{
    struct secret certs = { NULL, 0 }, keys = { NULL, 0 };
    int result = file_read(cert_path, &certs, error);
    if (result == SECSOCK_OK && key_path != NULL)
        result = file_read(key_path, &keys, error);
    if (result == SECSOCK_OK) {
        struct source from = { secret_slice(&certs), cert_path };
        struct source key_from = { secret_slice(&keys), key_path };
        result = load(out, &from, key_path != NULL ? &key_from : &from, password, need_key, error);
    }
    secret_free(&certs);
    secret_free(&keys);
    return result;
}

/* What every loader begins with. */
static int begin(secsock_cert **out, const void *input, secsock_error *error)
{
    error_clear(error);
    if (out == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no place for the certificate");
    *out = NULL;
    if (input == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is nothing to load from");
    return SECSOCK_OK;
}

int secsock_cert_from_pem(secsock_cert **out, const void *pem, size_t len, const char *password,
                          secsock_error *error)
{
    int result = begin(out, pem, error);
    struct source source = { { pem, len }, NULL };
    return result == SECSOCK_OK ? load(out, &source, &source, password, false, error) : result;
}

int secsock_cert_from_der(secsock_cert **out, const void *der, size_t len, secsock_error *error)
{
    int result = begin(out, der, error);
    return result == SECSOCK_OK ? cert_new(out, (struct slice){ der, len }, error) : result;
}

int secsock_cert_load(secsock_cert **out, const char *path, const char *password,
                      secsock_error *error)
{
    int result = begin(out, path, error);
    return result == SECSOCK_OK ? load_files(out, path, NULL, password, false, error) : result;
}

int secsock_cert_identity_from_pem(secsock_cert **out, const void *certs, size_t certs_len,
                                   const void *key, size_t key_len, const char *password,
                                   secsock_error *error)
{
    int result = begin(out, certs, error);
    if (result == SECSOCK_OK)
        result = begin(out, key, error);
    struct source from = { { certs, certs_len }, NULL }, key_from = { { key, key_len }, NULL };
    return result == SECSOCK_OK ? load(out, &from, &key_from, password, true, error) : result;
}

int secsock_cert_load_identity(secsock_cert **out, const char *cert_path, const char *key_path,
                               const char *password, secsock_error *error)
{
    int result = begin(out, cert_path, error);
    return result == SECSOCK_OK ? load_files(out, cert_path, key_path, password, true, error)
                                : result;
}

/* ---------------------------------------------------------- getters that need nothing derived */

int secsock_cert_version(const secsock_cert *cert)
{
    return cert->x509.version;
}

int64_t secsock_cert_not_before(const secsock_cert *cert)
{
    return cert->x509.not_before;
}

int64_t secsock_cert_not_after(const secsock_cert *cert)
{
    return cert->x509.not_after;
}

int secsock_cert_is_ca(const secsock_cert *cert)
{
    return cert->x509.is_ca;
}

int secsock_cert_path_length(const secsock_cert *cert)
{
    return cert->x509.path_length;
}

int secsock_cert_is_self_issued(const secsock_cert *cert)
{
    return x509_name_equal(cert->x509.subject, cert->x509.issuer);
}

int secsock_cert_has_private_key(const secsock_cert *cert)
{
    return cert->key != NULL;
}

int secsock_cert_key_usage(const secsock_cert *cert)
{
    return cert->x509.key_usage;
}

const void *secsock_cert_der(const secsock_cert *cert, size_t *len)
{
    if (len != NULL)
        *len = cert->der_len;
    return cert->der;
}

const secsock_cert *secsock_cert_chain(const secsock_cert *cert, size_t index)
{
    return index < cert->chain_len ? cert->chain[index] : NULL;
}

/* Certificates and identities from text, bytes and files. */
#include "cert.h"
#include "cert_form.h"
#include "cert_list.h"
#include "file.h"
#include "key.h"
#include "pkcs12.h"

/* What to load from, and the file that it comes from, or NULL. */
struct source {
    struct slice bytes;
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

/* The first certificate of the list, which nobody else has seen yet, with the others as issuers
 * and with the key, which it takes over. */
static int assemble(secsock_cert **out, const struct cert_list *list, struct secret *key,
                    secsock_error *error)
{
    secsock_cert *leaf = list->certs[0];
    int result = cert_set_issuers(leaf, &list->certs[1], list->count - 1, error);
    if (result == SECSOCK_OK) {
        cert_set_key(leaf, key);
        *out = secsock_cert_ref(leaf);
    }
    return result;
}

/* A file may be DER as well. */
static int read_certs(struct cert_list *list, const struct source *source, secsock_error *error)
{
    return source->path != NULL
               ? cert_list_read_contents(list, source->bytes, CERT_LIST_STRICT, error)
               : cert_list_read(list, source->bytes, CERT_LIST_STRICT, error);
}

/* That there is no key in what should have one: of a file of keys alone, what it may be instead. */
static int no_key(struct slice bytes, bool keys_alone, secsock_error *error)
{
    bool der = keys_alone && bytes.len > 0 && bytes.data[0] == DER_SEQUENCE;
    return error_set(error, SECSOCK_E_NO_KEY, "there is no private key%s",
                     der ? " in PEM: it may be DER" : "");
}

/* The certificates of one source, the key of another or the same. */
static int load(secsock_cert **out, const struct source *certs, const struct source *keys,
                const char *password, bool need_key, secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    struct secret key = { NULL, 0 };
    int result = located(certs, read_certs(&list, certs, error), error);
    if (result == SECSOCK_OK) {
        result = find_key(keys->bytes, password, &key, error);
        if (result == SECSOCK_OK && key.data == NULL && need_key)
            result = no_key(keys->bytes, keys != certs, error);
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

/* The first identity of a PFX file. */
static int load_pfx(secsock_cert **out, const struct source *pfx, const char *password,
                    secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    int result = pkcs12_read(&list, pfx->bytes, password, error);
    if (result == 0)
        result = error_set(error, SECSOCK_E_NO_KEY, "there is no private key in the PFX file");
    if (result > 0) {
        *out = secsock_cert_ref(list.certs[0]);
        result = SECSOCK_OK;
    }
    cert_list_clear(&list);
    return located(pfx, result, error);
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
        if (key_path == NULL && cert_form(from.bytes) == CERT_FORM_PFX)
            result = load_pfx(out, &from, password, error);
        else
            result =
                load(out, &from, key_path != NULL ? &key_from : &from, password, need_key, error);
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

int secsock_cert_from_pfx(secsock_cert **out, const void *pfx, size_t len, const char *password,
                          secsock_error *error)
{
    int result = begin(out, pfx, error);
    struct source source = { { pfx, len }, NULL };
    return result == SECSOCK_OK ? load_pfx(out, &source, password, error) : result;
}

/* The certificates that stand one after the other. */
static int read_row(struct cert_list *list, struct slice row, secsock_error *error)
{
    int result = SECSOCK_OK;
    while (result == SECSOCK_OK && (row.len > 0 || list->count == 0)) {
        struct slice der = row;
        secsock_cert *cert = NULL;
        if (!der_take_whole(&row, DER_SEQUENCE, &der))
            row.len = 0; /* the reader of certificates says what is wrong with the rest */
        result = cert_new(&cert, der, error);
        if (result == SECSOCK_OK && cert_list_add(list, cert) != SECSOCK_OK)
            result = error_memory(error);
        secsock_cert_free(cert);
    }
    return result;
}

int secsock_cert_assemble(secsock_cert **out, const void *certs, size_t certs_len, const void *key,
                          size_t key_len, secsock_error *error)
{
    struct cert_list list = { NULL, 0, 0 };
    struct secret kept = { NULL, 0 };
    struct slice der = { key, key_len };
    int result = begin(out, certs, error);
    if (result == SECSOCK_OK)
        result = read_row(&list, (struct slice){ certs, certs_len }, error);
    if (result == SECSOCK_OK && key != NULL)
        result = check_key(&list, der, error);
    if (result == SECSOCK_OK && key != NULL)
        result = key_copy(der, &kept, error);
    if (result == SECSOCK_OK)
        result = assemble(out, &list, &kept, error);
    secret_free(&kept);
    cert_list_clear(&list);
    return result;
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

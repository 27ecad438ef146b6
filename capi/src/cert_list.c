#include "cert_list.h"

#include <stdlib.h>

#include "pem.h"

int cert_list_reserve(struct cert_list *list, size_t more)
{
    size_t capacity = list->capacity > 0 ? list->capacity : 4;
    while (capacity - list->count < more)
        capacity *= 2;
    if (capacity == list->capacity)
        return SECSOCK_OK;
    secsock_cert **certs = realloc(list->certs, capacity * sizeof(secsock_cert *));
    if (certs == NULL)
        return SECSOCK_E_MEMORY;
    list->certs = certs;
    list->capacity = capacity;
    return SECSOCK_OK;
}

int cert_list_add(struct cert_list *list, const secsock_cert *cert)
{
    if (cert_list_reserve(list, 1) != SECSOCK_OK)
        return SECSOCK_E_MEMORY;
    list->certs[list->count++] = secsock_cert_ref(cert);
    return SECSOCK_OK;
}

void cert_list_shorten(struct cert_list *list, size_t count)
{
    while (list->count > count)
        secsock_cert_free(list->certs[--list->count]);
}

void cert_list_clear(struct cert_list *list)
{
    cert_list_shorten(list, 0);
    free(list->certs);
    *list = (struct cert_list){ NULL, 0, 0 };
}

/* OpenSSL's own form, a certificate with settings behind it: to read only the certificate would
 * be to trust in it for more than its owner said. */
static bool is_trusted_certificate(const struct pem_block *block)
{
    return pem_label_is(block, "TRUSTED CERTIFICATE");
}

static int add_block(struct cert_list *list, struct pem *reader, struct pem_block *block,
                     secsock_error *error)
{
    const char *why = NULL;
    secsock_cert *cert = NULL;
    if (is_trusted_certificate(block))
        return pem_error(block, error, SECSOCK_E_UNSUPPORTED,
                         "certificates in this form are not supported");
    int result = pem_decode(reader, block, error);
    if (result != SECSOCK_OK)
        return result;
    result = cert_make(&cert, block->der, &why);
    if (result == SECSOCK_OK)
        result = cert_list_add(list, cert);
    secsock_cert_free(cert);
    if (result == SECSOCK_E_FORMAT)
        return pem_error(block, error, result, why);
    return result == SECSOCK_OK ? result : error_memory(error);
}

static int none_found(struct slice pem, unsigned blocks, const struct pem_block *first,
                      secsock_error *error)
{
    if (blocks > 0)
        return pem_error(first, error, SECSOCK_E_FORMAT, "not a certificate, and there is none");
    if (pem.len == 0)
        return error_set(error, SECSOCK_E_FORMAT, "there is no certificate: it is empty");
    if (pem.data[0] == DER_SEQUENCE)
        return error_set(error, SECSOCK_E_FORMAT, "there is no PEM certificate: it may be DER");
    return error_set(error, SECSOCK_E_FORMAT, "there is no certificate: it is not PEM");
}

static int read_blocks(struct cert_list *list, struct pem *reader, struct slice pem,
                       enum cert_list_mode mode, secsock_error *error)
{
    struct pem_block block, first = { .number = 0 };
    size_t before = list->count;
    int result;
    while ((result = pem_next(reader, &block, error)) > 0) {
        if (block.number == 1)
            first = block;
        if (!pem_is_certificate(&block) && !is_trusted_certificate(&block))
            continue;
        int added = add_block(list, reader, &block, error);
        if (added == SECSOCK_E_MEMORY || (added != SECSOCK_OK && mode != CERT_LIST_LENIENT))
            return added;
    }
    if (result == 0 && list->count == before && mode != CERT_LIST_OPTIONAL)
        result = none_found(pem, reader->blocks, &first, error);
    return result;
}

int cert_list_read(struct cert_list *list, struct slice pem, enum cert_list_mode mode,
                   secsock_error *error)
{
    struct pem reader;
    size_t before = list->count;
    int result = pem_open(&reader, pem, error);
    if (result == SECSOCK_OK)
        result = read_blocks(list, &reader, pem, mode, error);
    if (result != SECSOCK_OK)
        cert_list_shorten(list, before);
    pem_close(&reader);
    return result;
}

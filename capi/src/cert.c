/* Certificates: the object. Its loaders are in cert_load.c, most of its getters in cert_facts.c. */
#include "cert.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "peername.h"

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
    atomic_init(&cert->own_signature, SIGNATURE_UNCHECKED);
    atomic_init(&cert->locked, false);
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
    free((void *)cert->friendly_name.data);
    cert_facts_free(atomic_load(&cert->facts));
    free(cert);
}

enum signature_result cert_own_signature(const secsock_cert *cert)
{
    atomic_int *known = &((secsock_cert *)cert)->own_signature;
    int result = atomic_load(known);
    if (result == SIGNATURE_UNCHECKED) {
        const struct x509 *x509 = &cert->x509;
        struct pubkey key;
        pubkey_read(x509, &key);
        result = (int)signature_verify(x509->sig_alg, x509->tbs, x509->signature, &key);
        if (result != SIGNATURE_NO_MEMORY)
            atomic_store(known, result);
    }
    return (enum signature_result)result;
}

/* ----------------------------------------------------------------------------- an identity */

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

int cert_set_issuers(secsock_cert *leaf, secsock_cert *const *issuers, size_t count,
                     secsock_error *error)
{
    enum { MOST_ISSUERS = 35 }; /* with the leaf, as many as a handshake takes */
    if (count > MOST_ISSUERS)
        return error_set(error, SECSOCK_E_LIMIT, "more than %d issuers with the certificate",
                         MOST_ISSUERS);
    if (count == 0)
        return SECSOCK_OK;
    leaf->chain = malloc(count * sizeof(secsock_cert *));
    if (leaf->chain == NULL)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        leaf->chain[i] = secsock_cert_ref(issuers[i]);
    leaf->chain_len = count;
    order_issuers(leaf, leaf->chain, count);
    return SECSOCK_OK;
}

void cert_set_key(secsock_cert *cert, struct secret *key)
{
    cert->key = key->data;
    cert->key_len = key->len;
    *key = (struct secret){ NULL, 0 };
}

int cert_set_friendly_name(secsock_cert *cert, struct slice name, secsock_error *error)
{
    uint8_t *copy = malloc(name.len > 0 ? name.len : 1);
    if (copy == NULL)
        return error_memory(error);
    if (name.len > 0)
        memcpy(copy, name.data, name.len);
    cert->friendly_name = (struct slice){ copy, name.len };
    return SECSOCK_OK;
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
    return x509_is_self_issued(&cert->x509);
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

void secsock_cert_forbid_export(secsock_cert *cert)
{
    atomic_store(&cert->locked, true);
}

int secsock_cert_is_exportable(const secsock_cert *cert)
{
    return cert->key != NULL && !atomic_load(&((secsock_cert *)cert)->locked);
}

int secsock_cert_matches(const secsock_cert *cert, const char *name)
{
    size_t work = SIZE_MAX;
    return name != NULL && peername_matches(&cert->x509, name, NULL, &work);
}

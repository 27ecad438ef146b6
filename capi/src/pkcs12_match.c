/* Which key of a PFX file belongs to which certificate, and who issued it. */
#include "key.h"
#include "pkcs12_internal.h"

/* All certificates of the file, each once, and from which entry it comes. */
struct set {
    struct cert_list list;
    const struct pkcs12_cert *entries[PKCS12_MOST_CERTS];
};

static bool holds(const struct set *set, struct slice der)
{
    for (size_t i = 0; i < set->list.count; i++) {
        if (slice_equal(set->list.certs[i]->x509.der, der))
            return true;
    }
    return false;
}

static int make(secsock_cert **out, const struct pkcs12_cert *entry, secsock_error *error)
{
    int result = cert_new(out, entry->der, error);
    if (result == SECSOCK_OK && entry->attributes.friendly_name.data != NULL)
        result = cert_set_friendly_name(*out, entry->attributes.friendly_name, error);
    return result;
}

static int fill(struct set *set, const struct pkcs12 *file, secsock_error *error)
{
    int result = SECSOCK_OK;
    for (size_t i = 0; result == SECSOCK_OK && i < file->cert_count; i++) {
        secsock_cert *cert = NULL;
        if (holds(set, file->certs[i].der))
            continue;
        set->entries[set->list.count] = &file->certs[i];
        result = make(&cert, &file->certs[i], error);
        if (result == SECSOCK_OK && cert_list_add(&set->list, cert) != SECSOCK_OK)
            result = error_memory(error);
        secsock_cert_free(cert);
    }
    return result;
}

static bool is_named(const struct pkcs12_key *key, const struct pkcs12_cert *cert)
{
    return key->attributes.local_key_id.data != NULL &&
           slice_equal(key->attributes.local_key_id, cert->attributes.local_key_id);
}

/* The certificate that the key belongs to: first those are tried that say so, then the others, for
 * the identifiers are at times missing or wrong. */
static int find_owner(const struct set *set, const struct pkcs12_key *key, size_t *owner,
                      secsock_error *error)
{
    secsock_error latest;
    int result = error_set(error, SECSOCK_E_KEY_MISMATCH,
                           "the private key belongs to none of the %zu certificates with it",
                           set->list.count);
    for (size_t i = 0; i < 2 * set->list.count; i++) {
        size_t at = i % set->list.count;
        if (is_named(key, set->entries[at]) != (i < set->list.count))
            continue;
        int found = key_check(key->der, &set->list.certs[at]->x509, &latest);
        if (found == SECSOCK_OK) {
            *owner = at;
            return found;
        }
        if (found == SECSOCK_E_MEMORY)
            return error_memory(error);
        if (found != SECSOCK_E_KEY_MISMATCH)
            result = error_set(error, found, "%s", latest.message);
    }
    return result;
}

/* ------------------------------------------------------------------------------------- issuers */

static bool issued_by(const secsock_cert *cert, const secsock_cert *issuer)
{
    return x509_name_equal(cert->x509.issuer, issuer->x509.subject);
}

static bool is_among(const secsock_cert *cert, const struct cert_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->certs[i] == cert)
            return true;
    }
    return false;
}

/* Adds those that may have issued `cert`. */
static int add_issuers(struct cert_list *issuers, const struct set *set, const secsock_cert *cert)
{
    for (size_t i = 0; i < set->list.count; i++) {
        const secsock_cert *other = set->list.certs[i];
        if (issued_by(cert, other) && !is_among(other, issuers) &&
            cert_list_add(issuers, other) != SECSOCK_OK)
            return SECSOCK_E_MEMORY;
    }
    return SECSOCK_OK;
}

/* All that leads up from the owner; the handles are not its own, so that two who certify each
 * other do not keep each other. */
static int give_issuers(secsock_cert *identity, const struct set *set, const secsock_cert *self,
                        secsock_error *error)
{
    enum { ENOUGH = 64 };
    struct cert_list issuers = { NULL, 0, 0 };
    int result = cert_list_add(&issuers, self); /* not to be its own issuer */
    for (size_t i = 0; result == SECSOCK_OK && i < issuers.count && issuers.count < ENOUGH; i++)
        result = add_issuers(&issuers, set, issuers.certs[i]);
    result = result == SECSOCK_OK
                 ? cert_set_issuers(identity, issuers.certs + 1, issuers.count - 1, error)
                 : error_memory(error);
    cert_list_clear(&issuers);
    return result;
}

static int add_identity(struct cert_list *out, const struct set *set, size_t owner,
                        const struct pkcs12_key *key, secsock_error *error)
{
    secsock_cert *identity = NULL;
    struct secret copy = { NULL, 0 };
    int result = make(&identity, set->entries[owner], error);
    if (result == SECSOCK_OK)
        result = give_issuers(identity, set, set->list.certs[owner], error);
    if (result == SECSOCK_OK)
        result = key_copy(key->der, &copy, error);
    if (result == SECSOCK_OK) {
        cert_set_key(identity, &copy);
        if (cert_list_add(out, identity) != SECSOCK_OK)
            result = error_memory(error);
    }
    secsock_cert_free(identity);
    return result;
}

/* ------------------------------------------------------------------------------------ the whole */

/* Returns how many there are. */
static int add_identities(struct cert_list *out, const struct set *set, const struct pkcs12 *file,
                          bool *taken, secsock_error *error)
{
    int count = 0, result = SECSOCK_OK;
    for (size_t i = 0; i < file->key_count; i++) {
        size_t owner = 0;
        /* What is told, should none do, is what was wrong with the first of them. */
        int found = find_owner(set, &file->keys[i], &owner, result == SECSOCK_OK ? error : NULL);
        if (found == SECSOCK_E_MEMORY)
            return error_memory(error);
        if (found == SECSOCK_OK && !taken[owner]) {
            found = add_identity(out, set, owner, &file->keys[i], error);
            if (found != SECSOCK_OK)
                return found;
            taken[owner] = true;
            count++;
        } else if (found != SECSOCK_OK && result == SECSOCK_OK) {
            result = found;
        }
    }
    return count > 0 ? count : result;
}

int pkcs12_match(const struct pkcs12 *file, struct cert_list *out, secsock_error *error)
{
    struct set set = { .list = { NULL, 0, 0 } };
    bool taken[PKCS12_MOST_CERTS] = { false };
    size_t before = out->count;
    if (file->cert_count == 0)
        return error_set(error, SECSOCK_E_FORMAT, "there is no certificate in the PFX file");
    int result = fill(&set, file, error);
    if (result == SECSOCK_OK)
        result = add_identities(out, &set, file, taken, error);
    for (size_t i = 0; result >= 0 && i < set.list.count; i++) {
        if (!taken[i] && cert_list_add(out, set.list.certs[i]) != SECSOCK_OK)
            result = error_memory(error);
    }
    if (result < 0)
        cert_list_shorten(out, before);
    cert_list_clear(&set.list);
    return result;
}

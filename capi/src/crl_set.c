#include "crl_set.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "crl.h"
#include "file.h"
#include "folder.h"
#include "pem.h"

struct member {
    struct crl *crl;
    uint32_t hash; /* of its issuer */
};

struct crl_set {
    atomic_uint refs;
    struct member *members; /* in the order of adding */
    size_t count;
    size_t room;
};

struct crl_set *crl_set_new(void)
{
    struct crl_set *set = calloc(1, sizeof(*set));
    if (set != NULL)
        atomic_init(&set->refs, 1);
    return set;
}

struct crl_set *crl_set_ref(struct crl_set *set)
{
    atomic_fetch_add_explicit(&set->refs, 1, memory_order_relaxed);
    return set;
}

static void shorten(struct crl_set *set, size_t count)
{
    while (set->count > count)
        crl_free(set->members[--set->count].crl);
}

void crl_set_free(struct crl_set *set)
{
    if (set == NULL || atomic_fetch_sub_explicit(&set->refs, 1, memory_order_acq_rel) != 1)
        return;
    shorten(set, 0);
    free(set->members);
    free(set);
}

const struct crl *crl_set_find(const struct crl_set *set, struct slice issuer, size_t *cursor)
{
    if (set == NULL || *cursor >= set->count)
        return NULL;
    uint32_t hash = x509_name_hash(issuer);
    while (*cursor < set->count) {
        const struct member *member = &set->members[(*cursor)++];
        if (member->hash == hash && x509_name_equal(member->crl->issuer, issuer))
            return member->crl;
    }
    return NULL;
}

/* -------------------------------------------------------------------------------------- adding */

static bool make_room(struct crl_set *set)
{
    size_t room = set->room > 0 ? set->room * 2 : 4;
    struct member *members;
    if (set->count < set->room)
        return true;
    members = realloc(set->members, room * sizeof(members[0]));
    if (members == NULL)
        return false;
    set->members = members;
    set->room = room;
    return true;
}

/* Adds one list. SECSOCK_E_FORMAT and *why, a static sentence, or SECSOCK_E_MEMORY. */
static int add_one(struct crl_set *set, struct slice der, const char **why)
{
    struct crl *crl = NULL;
    int result = make_room(set) ? crl_new(&crl, der, why) : SECSOCK_E_MEMORY;
    if (result == SECSOCK_OK)
        set->members[set->count++] = (struct member){ crl, x509_name_hash(crl->issuer) };
    return result;
}

static bool is_list(const struct pem_block *block)
{
    return pem_label_is(block, "X509 CRL"); /* RFC 7468, section 6 */
}

static int add_block(struct crl_set *set, struct pem *reader, struct pem_block *block,
                     secsock_error *error)
{
    const char *why = NULL;
    int result = pem_decode(reader, block, error);
    if (result != SECSOCK_OK)
        return result;
    result = add_one(set, block->der, &why);
    if (result == SECSOCK_E_FORMAT)
        return pem_error(block, error, result, why);
    return result == SECSOCK_OK ? result : error_memory(error);
}

static int add_blocks(struct crl_set *set, struct pem *reader, secsock_error *error)
{
    struct pem_block block;
    int result;
    while ((result = pem_next(reader, &block, error)) > 0) {
        int added = is_list(&block) ? add_block(set, reader, &block, error) : SECSOCK_OK;
        if (added != SECSOCK_OK)
            return added;
    }
    return result;
}

static int add_pem(struct crl_set *set, struct slice text, secsock_error *error)
{
    struct pem reader;
    int result = pem_open(&reader, text, error);
    if (result == SECSOCK_OK)
        result = add_blocks(set, &reader, error);
    pem_close(&reader);
    return result;
}

static int add_der(struct crl_set *set, struct slice data, secsock_error *error)
{
    for (unsigned number = 1; data.len > 0; number++) {
        const char *why = "it is cut short, or no DER";
        struct slice one;
        int result = SECSOCK_E_FORMAT;
        if (der_take_whole(&data, DER_SEQUENCE, &one))
            result = add_one(set, one, &why);
        if (result == SECSOCK_E_FORMAT)
            return error_set(error, result, "list %u cannot be read: %s", number, why);
        if (result != SECSOCK_OK)
            return error_memory(error);
    }
    return SECSOCK_OK;
}

static bool is_der(struct slice data)
{
    return data.len > 0 && data.data[0] == DER_SEQUENCE;
}

/* Adds all lists, or none; how many there were. */
static int add_all(struct crl_set *set, struct slice data, secsock_error *error)
{
    size_t before = set->count;
    int result = is_der(data) ? add_der(set, data, error) : add_pem(set, data, error);
    if (result != SECSOCK_OK)
        shorten(set, before);
    return result == SECSOCK_OK ? (int)(set->count - before) : result;
}

/* What every addition begins with: others may be reading a set that is shared. */
static int begin(const struct crl_set *set, secsock_error *error)
{
    error_clear(error);
    if (atomic_load(&set->refs) > 1)
        return error_set(error, SECSOCK_E_FROZEN,
                         "the revocation lists are shared and can no longer change");
    return SECSOCK_OK;
}

static int need_some(int added, secsock_error *error)
{
    return added != 0 ? added
                      : error_set(error, SECSOCK_E_FORMAT, "there is no revocation list in it");
}

int crl_set_add(struct crl_set *set, struct slice data, secsock_error *error)
{
    int result = begin(set, error);
    return result == SECSOCK_OK ? need_some(add_all(set, data, error), error) : result;
}

int crl_set_add_file(struct crl_set *set, const char *path, secsock_error *error)
{
    struct secret contents = { NULL, 0 };
    int result = begin(set, error);
    if (result == SECSOCK_OK)
        result = file_read(path, &contents, error);
    if (result != SECSOCK_OK)
        return result;
    result = need_some(add_all(set, secret_slice(&contents), error), error);
    secret_free(&contents);
    return result >= 0 ? result : error_prefix(error, result, path);
}

/* ------------------------------------------------------------------------------------- folders */

/* Whether DER begins as a list does, and as no certificate does: with a time behind the issuer
 * (RFC 5280, section 5.1), where a certificate has one no sooner than within its validity. */
static bool resembles_list(struct slice data)
{
    struct slice list, tbs, part;
    if (!der_take(&data, DER_SEQUENCE, &list) || !der_take(&list, DER_SEQUENCE, &tbs) ||
        !der_optional(&tbs, DER_INTEGER, &part) || !der_take(&tbs, DER_SEQUENCE, &part) ||
        !der_take(&tbs, DER_SEQUENCE, &part))
        return false;
    return der_next_is(tbs, DER_UTC_TIME) || der_next_is(tbs, DER_GENERALIZED_TIME);
}

/* A file of another kind need not even be well-formed PEM. */
static bool mentions_list(struct slice text)
{
    static const char sign[] = "BEGIN X509 CRL-----";
    const size_t len = sizeof(sign) - 1;
    for (size_t i = 0; i + len <= text.len; i++) {
        if (text.data[i] == (uint8_t)sign[0] && memcmp(text.data + i, sign, len) == 0)
            return true;
    }
    return false;
}

/* A file by such a name is a list, or damaged. */
static bool is_named_list(const char *path)
{
    const char *suffix = strrchr(path, '.');
    return suffix != NULL && strcmp(suffix, ".crl") == 0;
}

static int take_file(void *arg, const char *path, struct slice contents, secsock_error *error)
{
    struct crl_set *set = arg;
    int added = 0;
    if (is_named_list(path) ||
        (is_der(contents) ? resembles_list(contents) : mentions_list(contents)))
        added = need_some(add_all(set, contents, error), error);
    return added < 0 ? added : SECSOCK_OK;
}

int crl_set_add_dir(struct crl_set *set, const char *path, secsock_error *error)
{
    size_t before = set->count;
    int result = begin(set, error);
    if (result != SECSOCK_OK)
        return result;
    result = folder_read(path, NULL, take_file, set, error);
    if (result == SECSOCK_OK && set->count == before)
        result = error_set(error, SECSOCK_E_FORMAT, "%s: there is no revocation list in the folder",
                           path);
    if (result != SECSOCK_OK)
        shorten(set, before);
    return result == SECSOCK_OK ? (int)(set->count - before) : result;
}

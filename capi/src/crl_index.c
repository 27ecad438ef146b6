/* Lists that are kept, and looked up in. */
#include <stdlib.h>
#include <string.h>

#include "crl.h"
#include "digest.h"
#include "secsock.h"

/* Of the INTEGER in an entry: its tag, and one octet of length. */
enum { SERIAL_HEADER = 2 };

/* Where an entry is, in octets from the first; sorted by serial. */
struct crl_place {
    const uint8_t *serial; /* INTEGER, header included */
    uint32_t entry;
    uint32_t named; /* the entry whose issuer_names hold for it, plus one; 0: the list's issuer */
};

static int compare_serials(const uint8_t *a, const uint8_t *b)
{
    return a[1] != b[1] ? (a[1] < b[1] ? -1 : 1)
                        : memcmp(a + SERIAL_HEADER, b + SERIAL_HEADER, a[1]);
}

static int compare_places(const void *a, const void *b)
{
    const struct crl_place *one = a, *other = b;
    int order = compare_serials(one->serial, other->serial);
    return order != 0 ? order : (one->entry > other->entry) - (one->entry < other->entry);
}

static bool make_index(struct crl *crl)
{
    struct slice rest = crl->entries;
    struct crl_place *place;
    uint32_t named = 0;
    if (crl->entry_count == 0)
        return true;
    crl->index = calloc(crl->entry_count, sizeof(crl->index[0]));
    if (crl->index == NULL)
        return false;
    for (place = crl->index; rest.len > 0; place++) {
        struct crl_entry entry;
        uint32_t at = (uint32_t)(rest.data - crl->entries.data);
        crl_next_entry(&rest, &entry);
        if (entry.issuer_names.data != NULL)
            named = at + 1;
        *place = (struct crl_place){ entry.serial.data - SERIAL_HEADER, at, named };
    }
    qsort(crl->index, crl->entry_count, sizeof(crl->index[0]), compare_places);
    return true;
}

static struct crl_entry entry_at(const struct crl *crl, uint32_t offset)
{
    struct slice rest = { crl->entries.data + offset, crl->entries.len - offset };
    struct crl_entry entry;
    crl_next_entry(&rest, &entry);
    return entry;
}

static bool is_named(struct slice names, struct slice issuer)
{
    struct slice name;
    while (x509_next_directory(&names, &name)) {
        if (x509_name_equal(name, issuer))
            return true;
    }
    return false;
}

/* The first place whose serial is not less. */
static size_t search(const struct crl *crl, const uint8_t *serial)
{
    size_t low = 0, high = crl->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_serials(crl->index[middle].serial, serial) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool crl_find(const struct crl *crl, struct slice issuer, struct slice serial,
              struct crl_entry *out)
{
    uint8_t wanted[SERIAL_HEADER + CRL_LONGEST_SERIAL] = { DER_INTEGER, (uint8_t)serial.len };
    bool own = x509_name_equal(crl->issuer, issuer);
    if (serial.len > CRL_LONGEST_SERIAL)
        return false;
    memcpy(wanted + SERIAL_HEADER, serial.data, serial.len);
    for (size_t i = search(crl, wanted); i < crl->entry_count; i++) {
        const struct crl_place *place = &crl->index[i];
        if (compare_serials(place->serial, wanted) != 0)
            return false;
        *out = entry_at(crl, place->entry);
        if (place->named == 0 ? own
                              : is_named(entry_at(crl, place->named - 1).issuer_names, issuer))
            return true;
    }
    return false;
}

enum signer { SIGNER_UNKNOWN, SIGNER_BEING_SET, SIGNER_KNOWN };

bool crl_knows_signer(const struct crl *crl, struct slice spki)
{
    uint8_t key[CRL_KEY_DIGEST_SIZE];
    return atomic_load_explicit(&crl->signer, memory_order_acquire) == SIGNER_KNOWN &&
           digest_sha256(spki, key) && memcmp(key, crl->signer_key, sizeof(key)) == 0;
}

void crl_remember_signer(const struct crl *crl, struct slice spki)
{
    struct crl *same = (struct crl *)crl; /* what it says does not change */
    uint8_t key[CRL_KEY_DIGEST_SIZE];
    int unknown = SIGNER_UNKNOWN;
    if (!digest_sha256(spki, key) ||
        !atomic_compare_exchange_strong(&same->signer, &unknown, SIGNER_BEING_SET))
        return;
    memcpy(same->signer_key, key, sizeof(key));
    atomic_store_explicit(&same->signer, SIGNER_KNOWN, memory_order_release);
}

int crl_new(struct crl **out, struct slice der, const char **why)
{
    struct crl *crl = NULL;
    uint8_t *copy;
    *out = NULL;
    *why = "it is too large";
    if (der.len > UINT32_MAX)
        return SECSOCK_E_FORMAT;
    crl = malloc(sizeof(*crl) + der.len);
    if (crl == NULL)
        return SECSOCK_E_MEMORY;
    copy = (uint8_t *)(crl + 1);
    memcpy(copy, der.data, der.len);
    *why = crl_parse(crl, (struct slice){ copy, der.len });
    if (*why == NULL && make_index(crl)) {
        *out = crl;
        return SECSOCK_OK;
    }
    crl_free(crl);
    return *why != NULL ? SECSOCK_E_FORMAT : SECSOCK_E_MEMORY;
}

void crl_free(struct crl *crl)
{
    if (crl != NULL)
        free(crl->index);
    free(crl);
}

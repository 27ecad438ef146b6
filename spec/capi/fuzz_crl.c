/* libFuzzer: any bytes as a certificate revocation list. */
#include "crl.h"
#include "fuzz/fuzz.h"
#include "secsock.h"

static void check_slices(const struct crl *crl, struct slice der)
{
    const struct slice parts[] = {
        crl->tbs,    crl->signed_alg, crl->sig_alg,         crl->signature,
        crl->issuer, crl->entries,    crl->authority_key_id
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        FUZZ_CHECK(fuzz_within(parts[i], der));
}

/* What the list holds is found in it. */
static void check_entries(const struct crl *crl)
{
    struct slice rest = crl->entries, issuer = crl->issuer;
    struct crl_entry entry, found;
    size_t count = 0;
    while (crl_next_entry(&rest, &entry)) {
        count++;
        FUZZ_CHECK(fuzz_within(entry.serial, crl->der) && entry.serial.len > 0);
        FUZZ_CHECK(fuzz_is_line(crl_reason_text(entry.reason)));
        if (entry.issuer_names.data != NULL)
            issuer = (struct slice){ NULL, 0 }; /* of somebody else, from here on */
        if (issuer.data != NULL && crl->flaw == NULL) {
            FUZZ_CHECK(crl_find(crl, issuer, entry.serial, &found));
            FUZZ_CHECK(slice_equal(found.serial, entry.serial));
        }
    }
    FUZZ_CHECK(crl->flaw != NULL || (count == crl->entry_count && rest.len == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice der = { data, len };
    struct crl parsed, *crl = NULL;
    const char *why = crl_parse(&parsed, der), *same = NULL;
    int result = crl_new(&crl, der, &same);
    FUZZ_CHECK(result == (why == NULL ? SECSOCK_OK : SECSOCK_E_FORMAT));
    FUZZ_CHECK((crl != NULL) == (why == NULL) && fuzz_is_line(why));
    if (crl != NULL) {
        FUZZ_CHECK(slice_equal(crl->der, der) && fuzz_is_line(crl->flaw));
        check_slices(&parsed, der);
        check_slices(crl, crl->der);
        check_entries(crl);
    }
    crl_free(crl);
    return 0;
}

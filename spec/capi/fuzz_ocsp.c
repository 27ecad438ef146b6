/* libFuzzer: any bytes as an OCSP response; a certificate may follow it, as one that it is about. */
#include "fuzz/fuzz.h"
#include "ocsp.h"

static void check_answers(const struct ocsp *ocsp, struct slice der, const struct x509 *x509)
{
    struct slice rest = ocsp->responses;
    struct ocsp_single single;
    while (ocsp_next(&rest, &single)) {
        FUZZ_CHECK(fuzz_within(single.digest, der) && fuzz_within(single.name_hash, der));
        FUZZ_CHECK(fuzz_within(single.key_hash, der) && fuzz_within(single.serial, der));
        FUZZ_CHECK(single.status == OCSP_GOOD || single.status == OCSP_REVOKED ||
                   single.status == OCSP_UNKNOWN);
        if (x509 != NULL)
            ocsp_is_about(&single, x509, x509);
    }
    FUZZ_CHECK(rest.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice in = { data, len }, der;
    struct ocsp ocsp;
    struct x509 x509;
    uint8_t tag;
    if (!der_any(&in, &tag, NULL, &der))
        der = (struct slice){ data, len };
    bool with_certificate = x509_parse(&x509, in) == NULL;
    const char *why = ocsp_parse(&ocsp, der);
    FUZZ_CHECK(fuzz_is_line(why) && fuzz_is_line(ocsp_flaw(der)));
    if (why != NULL)
        return 0;
    FUZZ_CHECK(fuzz_within(ocsp.tbs, der) && fuzz_within(ocsp.sig_alg, der));
    FUZZ_CHECK(fuzz_within(ocsp.signature, der) && fuzz_within(ocsp.certs, der));
    FUZZ_CHECK(fuzz_is_line(ocsp.flaw));
    check_answers(&ocsp, der, with_certificate ? &x509 : NULL);
    if (with_certificate)
        ocsp_is_responder(&ocsp, &x509);
    return 0;
}

/* libFuzzer: any bytes as a Certificate message, in either form, and as a CertificateStatus. */
#include "chain.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice message = { data, len }, staple = chain_read_staple(message);
    FUZZ_CHECK(staple.len == 0 || (fuzz_within(staple, message) && staple.len + 4 == len));
    for (int extended = 0; extended < 2; extended++) {
        struct chain *chain;
        size_t bytes = 0;
        if (chain_read(&chain, message, extended) != 0)
            continue;
        for (size_t i = 0; i < chain->count; i++)
            bytes += chain->certs[i].len + 3;
        FUZZ_CHECK(bytes + chain->staple.len + 3 <= len);
        chain_free(chain);
    }
    return 0;
}

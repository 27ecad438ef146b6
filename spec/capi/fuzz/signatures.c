/*
 * Stands in for signature_verify(), by the linker's --wrap. A certificate that was changed is no
 * longer signed, and whatever lies behind the check of its signature would never be reached: so a
 * signature is good here unless its last octet says otherwise, and costs nothing. The real
 * function is fuzzed by fuzz_x509.c.
 */
#include "fuzz.h"
#include "signature.h"

enum signature_result __wrap_signature_verify(struct slice algorithm, struct slice data,
                                              struct slice signature, const struct pubkey *key);

enum signature_result __wrap_signature_verify(struct slice algorithm, struct slice data,
                                              struct slice signature, const struct pubkey *key)
{
    FUZZ_CHECK(algorithm.len > 0 && data.len > 0);
    if (key->kind == PUBKEY_OTHER || key->malformed)
        return SIGNATURE_UNSUPPORTED;
    if (signature.len == 0 || signature.data[signature.len - 1] == 0xff)
        return SIGNATURE_BAD;
    return signature.data[signature.len - 1] == 0xfe ? SIGNATURE_UNSUPPORTED : SIGNATURE_GOOD;
}

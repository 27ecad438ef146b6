#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/random.h>

#include "entropy.h"

int entropy_fill(void *out, size_t len, secsock_error *error)
{
    WC_RNG rng;
    int result = wc_InitRng(&rng);
    if (result == 0) {
        result = wc_RNG_GenerateBlock(&rng, out, (word32)len);
        wc_FreeRng(&rng);
    }
    if (result == MEMORY_E)
        return error_memory(error);
    return result == 0 ? SECSOCK_OK
                       : error_set(error, SECSOCK_E_INTERNAL, "there are no random numbers: %s",
                                   wc_GetErrorString(result));
}

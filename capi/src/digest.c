#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>

#include "digest.h"

bool digest_sha1(struct slice data, uint8_t out[DIGEST_SHA1_SIZE])
{
    return wc_ShaHash(data.data, (word32)data.len, out) == 0;
}

bool digest_sha256(struct slice data, uint8_t out[DIGEST_SHA256_SIZE])
{
    return wc_Sha256Hash(data.data, (word32)data.len, out) == 0;
}

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include "digest.h"

#include "error.h"
#include "secret.h"

bool digest_sha1(struct slice data, uint8_t out[DIGEST_SHA1_SIZE])
{
    return wc_ShaHash(data.data, (word32)data.len, out) == 0;
}

bool digest_sha256(struct slice data, uint8_t out[DIGEST_SHA256_SIZE])
{
    return wc_Sha256Hash(data.data, (word32)data.len, out) == 0;
}

static int update(wc_Sha256 *sha, struct slice part)
{
    const uint64_t len = part.len;
    int result = wc_Sha256Update(sha, (const byte *)&len, sizeof(len));
    return result != 0 ? result : wc_Sha256Update(sha, part.data, (word32)part.len);
}

bool digest_sha256_all(const struct slice *parts, size_t count, uint8_t out[DIGEST_SHA256_SIZE])
{
    wc_Sha256 sha;
    int result = wc_InitSha256(&sha);
    if (result != 0)
        return false;
    for (size_t i = 0; i < count && result == 0; i++)
        result = update(&sha, parts[i]);
    if (result == 0)
        result = wc_Sha256Final(&sha, out);
    wc_Sha256Free(&sha);
    return result == 0;
}

/* ------------------------------------------------------------------------------- of any kind */

/* How long it is, and wolfCrypt's number for the digest; or an error. */
static int choose(int kind, const void *data, size_t len, const void *out, size_t size,
                  enum wc_HashType *type, secsock_error *error)
{
    static const enum wc_HashType types[] = {
        [SECSOCK_DIGEST_SHA1] = WC_HASH_TYPE_SHA,
        [SECSOCK_DIGEST_SHA256] = WC_HASH_TYPE_SHA256,
        [SECSOCK_DIGEST_SHA384] = WC_HASH_TYPE_SHA384,
        [SECSOCK_DIGEST_SHA512] = WC_HASH_TYPE_SHA512,
    };
    const int count = sizeof(types) / sizeof(types[0]);
    int needed;
    error_clear(error);
    if (kind <= 0 || kind >= count || types[kind] == WC_HASH_TYPE_NONE || out == NULL ||
        (data == NULL && len > 0) || len > INT32_MAX)
        return error_set(error, SECSOCK_E_ARGUMENT, "no kind of digest (%d), or nothing to digest",
                         kind);
    *type = types[kind];
    needed = wc_HashGetDigestSize(*type);
    if (needed < 0 || (size_t)needed > size)
        return error_set(error, SECSOCK_E_LIMIT, "there is no room for the digest");
    return needed;
}

int secsock_digest(int kind, const void *data, size_t len, void *out, size_t size,
                   secsock_error *error)
{
    enum wc_HashType type;
    int needed = choose(kind, data, len, out, size, &type, error);
    if (needed > 0 && wc_Hash(type, data, (word32)len, out, (word32)needed) != 0)
        return error_memory(error);
    return needed;
}

static int authenticate(enum wc_HashType type, struct slice key, struct slice data, uint8_t *out)
{
    Hmac hmac;
    int result = wc_HmacInit(&hmac, NULL, INVALID_DEVID);
    if (result != 0)
        return result;
    result = wc_HmacSetKey(&hmac, (int)type, key.data, (word32)key.len);
    if (result == 0)
        result = wc_HmacUpdate(&hmac, data.data, (word32)data.len);
    if (result == 0)
        result = wc_HmacFinal(&hmac, out);
    wc_HmacFree(&hmac);
    secret_erase(&hmac, sizeof(hmac));
    return result;
}

int secsock_hmac(int kind, const void *key, size_t key_len, const void *data, size_t len, void *out,
                 size_t size, secsock_error *error)
{
    enum wc_HashType type;
    int needed = choose(kind, data, len, out, size, &type, error);
    if (needed < 0)
        return needed;
    if ((key == NULL && key_len > 0) || key_len > INT32_MAX)
        return error_set(error, SECSOCK_E_ARGUMENT, "no key to digest with");
    if (authenticate(type, (struct slice){ key, key_len }, (struct slice){ data, len }, out) != 0)
        return error_memory(error);
    return needed;
}

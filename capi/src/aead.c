/* Sealing bytes, and opening what was sealed. */
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/chacha20_poly1305.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <string.h>

#include "error.h"
#include "secret.h"

enum { NONCE = 12, TAG = 16 };

/* All that a cipher works on. What it seals or opens is as long as `data`, without the tag. The
 * nonce has room behind it, for wolfCrypt's assembly reads it by 16 bytes. */
struct work {
    struct slice key, about, data;
    uint8_t nonce[16];
    uint8_t *out;
    const uint8_t *tag_in;
    uint8_t *tag_out;
};

/* Each returns wolfCrypt's result. */
typedef int run_fn(const struct work *work);

/* ------------------------------------------------------------------------------- the ciphers */

static int begin_aes(Aes *aes, const struct work *work)
{
    int result = wc_AesInit(aes, NULL, INVALID_DEVID);
    return result == 0 ? wc_AesGcmSetKey(aes, work->key.data, (word32)work->key.len) : result;
}

static int end_aes(Aes *aes, int result)
{
    wc_AesFree(aes);
    secret_erase(aes, sizeof(*aes));
    return result;
}

static int seal_aes(const struct work *work)
{
    Aes aes;
    int result = begin_aes(&aes, work);
    if (result == 0)
        result =
            wc_AesGcmEncrypt(&aes, work->out, work->data.data, (word32)work->data.len, work->nonce,
                             NONCE, work->tag_out, TAG, work->about.data, (word32)work->about.len);
    return end_aes(&aes, result);
}

static int open_aes(const struct work *work)
{
    Aes aes;
    int result = begin_aes(&aes, work);
    if (result == 0)
        result =
            wc_AesGcmDecrypt(&aes, work->out, work->data.data, (word32)work->data.len, work->nonce,
                             NONCE, work->tag_in, TAG, work->about.data, (word32)work->about.len);
    return end_aes(&aes, result);
}

static int seal_chacha(const struct work *work)
{
    return wc_ChaCha20Poly1305_Encrypt(work->key.data, work->nonce, work->about.data,
                                       (word32)work->about.len, work->data.data,
                                       (word32)work->data.len, work->out, work->tag_out);
}

static int open_chacha(const struct work *work)
{
    return wc_ChaCha20Poly1305_Decrypt(work->key.data, work->nonce, work->about.data,
                                       (word32)work->about.len, work->data.data,
                                       (word32)work->data.len, work->tag_in, work->out);
}

static const struct cipher {
    size_t key_len;
    run_fn *seal, *open;
} ciphers[] = {
    [SECSOCK_AEAD_AES_128_GCM] = { 16, seal_aes, open_aes },
    [SECSOCK_AEAD_AES_256_GCM] = { 32, seal_aes, open_aes },
    [SECSOCK_AEAD_CHACHA20_POLY1305] = { 32, seal_chacha, open_chacha },
};

/* --------------------------------------------------------------------------------- the calls */

static bool is_there(struct slice bytes)
{
    return (bytes.data != NULL || bytes.len == 0) && bytes.len <= INT32_MAX - TAG;
}

/* SECSOCK_OK, and `work` made complete as far as it goes for both directions. */
static int check(int kind, struct work *work, struct slice nonce, void *out, secsock_error *error)
{
    const int count = sizeof(ciphers) / sizeof(ciphers[0]);
    error_clear(error);
    if (kind <= 0 || kind >= count || work->key.data == NULL ||
        work->key.len != ciphers[kind].key_len)
        return error_set(error, SECSOCK_E_ARGUMENT, "no cipher (%d), or no key for it", kind);
    if (nonce.data == NULL || nonce.len != NONCE || out == NULL || !is_there(work->about) ||
        !is_there(work->data))
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "no nonce of %d bytes, or nothing to work on, or no place for it", NONCE);
    memcpy(work->nonce, nonce.data, NONCE);
    work->out = out;
    return SECSOCK_OK;
}

/* What wolfCrypt's result comes to, where `len` bytes stand in `out` now. */
static int conclude(int result, void *out, size_t len, secsock_error *error)
{
    if (result == 0)
        return (int)len;
    secret_erase(out, len);
    if (result == MEMORY_E)
        return error_memory(error);
    return error_set(error, SECSOCK_E_FORMAT, "this is not what was sealed so");
}

static int no_room(size_t len, secsock_error *error)
{
    return error_set(error, SECSOCK_E_LIMIT, "there is no room for %zu bytes", len);
}

int secsock_seal(int kind, const void *key, size_t key_len, const void *nonce, size_t nonce_len,
                 const void *about, size_t about_len, const void *data, size_t len, void *out,
                 size_t size, secsock_error *error)
{
    struct work work = {
        .key = { key, key_len },
        .about = { about, about_len },
        .data = { data, len },
    };
    int result = check(kind, &work, (struct slice){ nonce, nonce_len }, out, error);
    if (result != SECSOCK_OK)
        return result;
    if (size < len + TAG)
        return no_room(len + TAG, error);
    work.tag_out = work.out + len;
    return conclude(ciphers[kind].seal(&work), out, len + TAG, error);
}

int secsock_unseal(int kind, const void *key, size_t key_len, const void *nonce, size_t nonce_len,
                   const void *about, size_t about_len, const void *data, size_t len, void *out,
                   size_t size, secsock_error *error)
{
    struct work work = {
        .key = { key, key_len },
        .about = { about, about_len },
        .data = { data, len },
    };
    int result = check(kind, &work, (struct slice){ nonce, nonce_len }, out, error);
    if (result != SECSOCK_OK)
        return result;
    if (len < TAG)
        return error_set(error, SECSOCK_E_FORMAT, "too short to have been sealed");
    work.data.len = len - TAG;
    if (size < work.data.len)
        return no_room(work.data.len, error);
    work.tag_in = work.data.data + work.data.len;
    return conclude(ciphers[kind].open(&work), out, work.data.len, error);
}

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/des3.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/rc2.h>

#include "cbc.h"

#include <string.h>

/* Each returns wolfCrypt's result. */
typedef int run_fn(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv, struct slice text,
                   uint8_t *out);

static int open_aes(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv, struct slice text,
                    uint8_t *out)
{
    Aes aes;
    int result = wc_AesInit(&aes, NULL, INVALID_DEVID);
    if (result != 0)
        return result;
    result = wc_AesSetKey(&aes, key, (word32)cbc->key_len, iv, AES_DECRYPTION);
    if (result == 0)
        result = wc_AesCbcDecrypt(&aes, out, text.data, (word32)text.len);
    wc_AesFree(&aes);
    secret_erase(&aes, sizeof(aes));
    return result;
}

static int open_des3(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv,
                     struct slice text, uint8_t *out)
{
    enum { EACH = DES_KEY_SIZE };
    uint8_t keys[3 * EACH];
    Des3 des;
    int result = wc_Des3Init(&des, NULL, INVALID_DEVID);
    if (result != 0)
        return result;
    memcpy(keys + 2 * EACH, key, EACH); /* of two keys the first is the third as well */
    memcpy(keys, key, cbc->key_len);
    result = wc_Des3_SetKey(&des, keys, iv, DES_DECRYPTION);
    if (result == 0)
        result = wc_Des3_CbcDecrypt(&des, out, text.data, (word32)text.len);
    wc_Des3Free(&des);
    secret_erase(&des, sizeof(des));
    secret_erase(keys, sizeof(keys));
    return result;
}

static int open_rc2(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv, struct slice text,
                    uint8_t *out)
{
    Rc2 rc2;
    word32 key_len = (word32)cbc->key_len;
    int result = wc_Rc2SetKey(&rc2, key, key_len, iv, 8 * key_len);
    if (result == 0)
        result = wc_Rc2CbcDecrypt(&rc2, out, text.data, (word32)text.len);
    wc_Rc2Free(&rc2);
    secret_erase(&rc2, sizeof(rc2));
    return result;
}

static run_fn *opener(enum cbc_algorithm algorithm)
{
    switch (algorithm) {
    case CBC_DES3:
        return open_des3;
    case CBC_RC2:
        return open_rc2;
    case CBC_AES:
        break;
    }
    return open_aes;
}

/* How much of the text the padding leaves; false when it is none. */
static bool unpad(const uint8_t *text, size_t *len, size_t block_len)
{
    size_t padding = text[*len - 1];
    if (padding == 0 || padding > block_len)
        return false;
    for (size_t i = 1; i <= padding; i++) {
        if (text[*len - i] != padding)
            return false;
    }
    *len -= padding;
    return true;
}

enum cbc_result cbc_open(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv,
                         struct slice text, struct secret *out)
{
    enum cbc_result result = CBC_OK;
    *out = (struct secret){ NULL, 0 };
    if (text.len == 0 || text.len % cbc->block_len != 0)
        return CBC_BAD_LENGTH;
    if (!secret_new(out, text.len))
        return CBC_NO_MEMORY;
    int done = opener(cbc->algorithm)(cbc, key, iv, text, out->data);
    if (done != 0)
        result = done == MEMORY_E ? CBC_NO_MEMORY : CBC_FAILED;
    else if (!unpad(out->data, &out->len, cbc->block_len))
        result = CBC_BAD_PADDING;
    if (result != CBC_OK)
        secret_free(out);
    return result;
}

size_t cbc_sealed_len(const struct cbc *cbc, size_t len)
{
    return len / cbc->block_len * cbc->block_len + cbc->block_len;
}

enum cbc_result cbc_seal(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv,
                         uint8_t *text, size_t len)
{
    Aes aes;
    size_t sealed = cbc_sealed_len(cbc, len);
    memset(text + len, (int)(sealed - len), sealed - len);
    int result = wc_AesInit(&aes, NULL, INVALID_DEVID);
    if (result == 0) {
        result = wc_AesSetKey(&aes, key, (word32)cbc->key_len, iv, AES_ENCRYPTION);
        if (result == 0)
            result = wc_AesCbcEncrypt(&aes, text, text, (word32)sealed);
        wc_AesFree(&aes);
    }
    secret_erase(&aes, sizeof(aes));
    return result == 0 ? CBC_OK : result == MEMORY_E ? CBC_NO_MEMORY : CBC_FAILED;
}

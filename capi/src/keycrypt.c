#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/des3.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include "keycrypt.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "oid.h"

/* A few seconds' work; common tools ask for 2,048 to 1,000,000. */
enum { MOST_ITERATIONS = 10000000, LONGEST_KEY = 32, LONGEST_IV = 16 };

struct cipher {
    const char *oid;
    const char *name; /* in DEK-Info */
    size_t key_len;
    size_t block_len; /* and that of the IV */
};

static const struct cipher ciphers[] = {
    { "2.16.840.1.101.3.4.1.2", "AES-128-CBC", 16, 16 },
    { "2.16.840.1.101.3.4.1.22", "AES-192-CBC", 24, 16 },
    { "2.16.840.1.101.3.4.1.42", "AES-256-CBC", 32, 16 },
    { "1.2.840.113549.3.7", "DES-EDE3-CBC", 24, 8 },
};

/* The pseudo-random functions of PBKDF2 (RFC 8018, appendix B.1). */
static const struct {
    const char *oid;
    enum wc_HashType hash;
} prfs[] = {
    { "1.2.840.113549.2.7", WC_HASH_TYPE_SHA },     { "1.2.840.113549.2.8", WC_HASH_TYPE_SHA224 },
    { "1.2.840.113549.2.9", WC_HASH_TYPE_SHA256 },  { "1.2.840.113549.2.10", WC_HASH_TYPE_SHA384 },
    { "1.2.840.113549.2.11", WC_HASH_TYPE_SHA512 },
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* How a key was encrypted. */
struct scheme {
    const struct cipher *cipher;
    uint8_t iv[LONGEST_IV];
    enum wc_HashType hash; /* of PBKDF2 */
    struct slice salt;
    int iterations;
    struct slice text; /* what was encrypted */
};

static int wrong_password(const struct pem_block *block, secsock_error *error)
{
    return pem_error(block, error, SECSOCK_E_PASSWORD, "the password is wrong");
}

static int damaged(const struct pem_block *block, secsock_error *error)
{
    return pem_error(block, error, SECSOCK_E_FORMAT, "the encrypted key is malformed");
}

static int unsupported(const struct pem_block *block, secsock_error *error, struct slice oid)
{
    char text[64], sentence[160];
    oid_text(oid, text, sizeof(text));
    snprintf(sentence, sizeof(sentence), "the key is encrypted in a way that is not supported (%s)",
             text);
    return pem_error(block, error, SECSOCK_E_UNSUPPORTED, sentence);
}

static int internal(const struct pem_block *block, secsock_error *error, int result)
{
    if (result == MEMORY_E)
        return error_memory(error);
    return pem_error(block, error, SECSOCK_E_INTERNAL, "the key cannot be decrypted");
}

static int aes_cbc(const struct scheme *scheme, const uint8_t *key, uint8_t *out)
{
    Aes aes;
    int result = wc_AesInit(&aes, NULL, INVALID_DEVID);
    if (result != 0)
        return result;
    result = wc_AesSetKey(&aes, key, (word32)scheme->cipher->key_len, scheme->iv, AES_DECRYPTION);
    if (result == 0)
        result = wc_AesCbcDecrypt(&aes, out, scheme->text.data, (word32)scheme->text.len);
    wc_AesFree(&aes);
    secret_erase(&aes, sizeof(aes));
    return result;
}

static int des3_cbc(const struct scheme *scheme, const uint8_t *key, uint8_t *out)
{
    Des3 des;
    int result = wc_Des3Init(&des, NULL, INVALID_DEVID);
    if (result != 0)
        return result;
    result = wc_Des3_SetKey(&des, key, scheme->iv, DES_DECRYPTION);
    if (result == 0)
        result = wc_Des3_CbcDecrypt(&des, out, scheme->text.data, (word32)scheme->text.len);
    wc_Des3Free(&des);
    secret_erase(&des, sizeof(des));
    return result;
}

/* How much of the text the padding leaves (RFC 8018, section 6.1.1), or 0 when it is none. */
static size_t unpadded(const struct secret *text, size_t block_len)
{
    size_t padding = text->data[text->len - 1];
    if (padding == 0 || padding > block_len)
        return 0;
    for (size_t i = 1; i <= padding; i++) {
        if (text->data[text->len - i] != padding)
            return 0;
    }
    return text->len - padding;
}

/* A wrong password shows in the padding and, where that happens to look right, in the lack of a
 * SEQUENCE that takes up the whole. */
static int decrypt(const struct pem_block *block, const struct scheme *scheme, const uint8_t *key,
                   struct secret *out, secsock_error *error)
{
    if (scheme->text.len == 0 || scheme->text.len % scheme->cipher->block_len != 0)
        return damaged(block, error);
    if (!secret_new(out, scheme->text.len))
        return error_memory(error);
    int result = scheme->cipher->block_len == 8 ? des3_cbc(scheme, key, out->data)
                                                : aes_cbc(scheme, key, out->data);
    struct slice rest = { out->data, result == 0 ? unpadded(out, scheme->cipher->block_len) : 0 };
    size_t len = rest.len;
    struct slice content;
    if (result != 0)
        result = internal(block, error, result);
    else if (!der_take(&rest, DER_SEQUENCE, &content) || rest.len != 0)
        result = wrong_password(block, error);
    if (result != SECSOCK_OK)
        secret_free(out);
    else
        out->len = len;
    return result;
}

static int password_given(const struct pem_block *block, const char *password, secsock_error *error)
{
    if (password == NULL)
        return pem_error(block, error, SECSOCK_E_PASSWORD,
                         "the key is encrypted and no password was given");
    if (strlen(password) > INT_MAX / 2)
        return pem_error(block, error, SECSOCK_E_LIMIT, "the password is too long");
    return SECSOCK_OK;
}

/* ----------------------------------------------------------------------------------- PKCS#8 */

static bool find_prf(struct slice oid, enum wc_HashType *hash)
{
    for (size_t i = 0; i < COUNT(prfs); i++) {
        if (oid_is(oid, prfs[i].oid)) {
            *hash = prfs[i].hash;
            return true;
        }
    }
    return false;
}

/* PBKDF2-params (RFC 8018, appendix A.2). */
static int take_kdf(const struct pem_block *block, struct slice kdf, struct scheme *scheme,
                    int *key_len, secsock_error *error)
{
    struct slice oid, rest, params, prf, prf_oid, prf_rest;
    if (!oid_algorithm(kdf, &oid, &rest))
        return damaged(block, error);
    if (!oid_is(oid, "1.2.840.113549.1.5.12"))
        return unsupported(block, error, oid);
    if (!der_take(&rest, DER_SEQUENCE, &params) ||
        !der_take(&params, DER_OCTET_STRING, &scheme->salt) ||
        !der_count(&params, &scheme->iterations) || scheme->iterations == 0 ||
        (der_next_is(params, DER_INTEGER) && !der_count(&params, key_len)))
        return damaged(block, error);
    if (scheme->iterations > MOST_ITERATIONS)
        return pem_error(block, error, SECSOCK_E_LIMIT,
                         "its encryption asks for more than ten million iterations");
    if (params.len == 0)
        return SECSOCK_OK; /* the default, HMAC with SHA-1, is set */
    if (!der_take_whole(&params, DER_SEQUENCE, &prf) || !oid_algorithm(prf, &prf_oid, &prf_rest))
        return damaged(block, error);
    return find_prf(prf_oid, &scheme->hash) ? SECSOCK_OK : unsupported(block, error, prf_oid);
}

static int take_cipher(const struct pem_block *block, struct slice algorithm, struct scheme *scheme,
                       secsock_error *error)
{
    struct slice oid, rest, iv;
    if (!oid_algorithm(algorithm, &oid, &rest))
        return damaged(block, error);
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        if (oid_is(oid, ciphers[i].oid))
            scheme->cipher = &ciphers[i];
    }
    if (scheme->cipher == NULL)
        return unsupported(block, error, oid);
    if (!der_take(&rest, DER_OCTET_STRING, &iv) || iv.len != scheme->cipher->block_len)
        return damaged(block, error);
    memcpy(scheme->iv, iv.data, iv.len);
    return SECSOCK_OK;
}

/* PBES2-params (RFC 8018, appendix A.4). */
static int take_scheme(const struct pem_block *block, struct scheme *scheme, secsock_error *error)
{
    struct slice der = block->der, info, algorithm, oid, rest, params, kdf, cipher;
    int key_len = -1;
    if (!der_take(&der, DER_SEQUENCE, &info) || der.len != 0 ||
        !der_take_whole(&info, DER_SEQUENCE, &algorithm) ||
        !der_take(&info, DER_OCTET_STRING, &scheme->text) || !oid_algorithm(algorithm, &oid, &rest))
        return damaged(block, error);
    if (!oid_is(oid, "1.2.840.113549.1.5.13"))
        return unsupported(block, error, oid);
    if (!der_take(&rest, DER_SEQUENCE, &params) || !der_take_whole(&params, DER_SEQUENCE, &kdf) ||
        !der_take_whole(&params, DER_SEQUENCE, &cipher))
        return damaged(block, error);
    int result = take_kdf(block, kdf, scheme, &key_len, error);
    if (result == SECSOCK_OK)
        result = take_cipher(block, cipher, scheme, error);
    if (result == SECSOCK_OK && key_len >= 0 && (size_t)key_len != scheme->cipher->key_len)
        result = damaged(block, error);
    return result;
}

int keycrypt_open_pkcs8(const struct pem_block *block, const char *password, struct secret *out,
                        secsock_error *error)
{
    struct scheme scheme = { .hash = WC_HASH_TYPE_SHA };
    uint8_t key[LONGEST_KEY];
    int result = take_scheme(block, &scheme, error);
    if (result == SECSOCK_OK)
        result = password_given(block, password, error);
    if (result != SECSOCK_OK)
        return result;
    int derived = wc_PBKDF2(key, (const byte *)password, (int)strlen(password), scheme.salt.data,
                            (int)scheme.salt.len, scheme.iterations, (int)scheme.cipher->key_len,
                            (int)scheme.hash);
    result =
        derived == 0 ? decrypt(block, &scheme, key, out, error) : internal(block, error, derived);
    secret_erase(key, sizeof(key));
    return result;
}

/* ----------------------------------------------------------------------------------- legacy */

/* What stands behind "name:" in the headers, up to the end of its line. */
static bool find_header(struct slice headers, const char *name, struct slice *value)
{
    size_t len = strlen(name);
    const uint8_t *at = headers.data, *end = headers.data + headers.len;
    while (at < end) {
        const uint8_t *line_end = at;
        while (line_end < end && *line_end != '\n' && *line_end != '\r')
            line_end++;
        if ((size_t)(line_end - at) > len && memcmp(at, name, len) == 0 && at[len] == ':') {
            *value = (struct slice){ at + len + 1, (size_t)(line_end - at) - len - 1 };
            return true;
        }
        at = line_end < end ? line_end + 1 : end;
    }
    return false;
}

static struct slice trimmed(struct slice text)
{
    while (text.len > 0 && base64_is_blank(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && base64_is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF" (RFC 1421, section 4.6.1.3). */
static bool take_dek_info(struct slice info, struct scheme *scheme)
{
    info = trimmed(info);
    const uint8_t *comma = memchr(info.data, ',', info.len);
    if (comma == NULL)
        return false;
    struct slice name = { info.data, (size_t)(comma - info.data) };
    struct slice iv = { comma + 1, info.len - name.len - 1 };
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        if (strlen(ciphers[i].name) == name.len &&
            memcmp(ciphers[i].name, name.data, name.len) == 0)
            scheme->cipher = &ciphers[i];
    }
    return scheme->cipher != NULL && iv.len == 2 * scheme->cipher->block_len &&
           hex_decode(scheme->iv, iv);
}

int keycrypt_open_legacy(const struct pem_block *block, const char *password, struct secret *out,
                         secsock_error *error)
{
    enum { SALT = 8 }; /* the first octets of the IV */
    struct scheme scheme = { .text = block->der };
    struct slice info;
    uint8_t key[LONGEST_KEY];
    if (!find_header(block->headers, "DEK-Info", &info))
        return pem_error(block, error, SECSOCK_E_FORMAT, "it has no DEK-Info");
    if (!take_dek_info(info, &scheme))
        return pem_error(block, error, SECSOCK_E_UNSUPPORTED,
                         "its DEK-Info names no cipher that is supported");
    int result = password_given(block, password, error);
    if (result != SECSOCK_OK)
        return result;
    int derived = wc_PBKDF1(key, (const byte *)password, (int)strlen(password), scheme.iv, SALT, 1,
                            (int)scheme.cipher->key_len, WC_HASH_TYPE_MD5);
    result =
        derived == 0 ? decrypt(block, &scheme, key, out, error) : internal(block, error, derived);
    secret_erase(key, sizeof(key));
    return result;
}

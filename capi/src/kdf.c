#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include "kdf.h"

#include <string.h>

#include "oid.h"

int kdf_error(int result, const char *what, secsock_error *error)
{
    if (result == MEMORY_E)
        return error_memory(error);
    return error_set(error, SECSOCK_E_INTERNAL, "%s: %s", what, wc_GetErrorString(result));
}

/* ------------------------------------------------------------------------------------ reading */

/* RFC 8018, appendix B.1. */
static const struct {
    const char *oid;
    enum wc_HashType hash;
} hmacs[] = {
    { "1.2.840.113549.2.7", WC_HASH_TYPE_SHA },     { "1.2.840.113549.2.8", WC_HASH_TYPE_SHA224 },
    { "1.2.840.113549.2.9", WC_HASH_TYPE_SHA256 },  { "1.2.840.113549.2.10", WC_HASH_TYPE_SHA384 },
    { "1.2.840.113549.2.11", WC_HASH_TYPE_SHA512 },
};

bool kdf_hmac_hash(struct slice oid, int *hash)
{
    for (size_t i = 0; i < sizeof(hmacs) / sizeof(hmacs[0]); i++) {
        if (oid_is(oid, hmacs[i].oid)) {
            *hash = (int)hmacs[i].hash;
            return true;
        }
    }
    return false;
}

int kdf_malformed(secsock_error *error)
{
    return error_set(error, SECSOCK_E_FORMAT, "its encryption is described wrongly");
}

int kdf_unsupported(struct slice oid, secsock_error *error)
{
    char text[64];
    oid_text(oid, text, sizeof(text));
    return error_set(error, SECSOCK_E_UNSUPPORTED,
                     "it is encrypted in a way that is not supported (%s)", text);
}

/* PBKDF2-params (RFC 8018, appendix A.2). */
int kdf_read_pbkdf2(struct kdf *kdf, struct slice identifier, int *key_len, secsock_error *error)
{
    struct slice oid, rest, params, prf, prf_oid;
    *kdf = (struct kdf){ .kind = KDF_PBKDF2, .hash = WC_HASH_TYPE_SHA };
    *key_len = -1;
    if (!oid_algorithm(identifier, &oid, &rest))
        return kdf_malformed(error);
    if (!oid_is(oid, "1.2.840.113549.1.5.12"))
        return kdf_unsupported(oid, error);
    if (!der_take(&rest, DER_SEQUENCE, &params) ||
        !der_take(&params, DER_OCTET_STRING, &kdf->salt) || !der_count(&params, &kdf->iterations) ||
        kdf->iterations == 0 || (der_next_is(params, DER_INTEGER) && !der_count(&params, key_len)))
        return kdf_malformed(error);
    if (params.len == 0)
        return SECSOCK_OK; /* the default, HMAC with SHA-1, is set */
    if (!der_take_whole(&params, DER_SEQUENCE, &prf) || !oid_algorithm(prf, &prf_oid, &rest))
        return kdf_malformed(error);
    return kdf_hmac_hash(prf_oid, &kdf->hash) ? SECSOCK_OK : kdf_unsupported(prf_oid, error);
}

/* ----------------------------------------------------------------------------------- PKCS #12 */

/* Fills `size` octets with as many copies of `bytes` as it takes. */
static void fill(uint8_t *out, size_t size, struct slice bytes)
{
    for (size_t i = 0; i < size; i++)
        out[i] = bytes.data[i % bytes.len];
}

/* Adds B + 1 to a block of I, as numbers (step 6 C). */
static void add(uint8_t *block, const uint8_t *digest, size_t digest_len, size_t block_len)
{
    unsigned carry = 1;
    for (size_t i = block_len; i-- > 0;) {
        carry += (unsigned)block[i] + digest[i % digest_len];
        block[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

static int hash_often(enum wc_HashType hash, struct slice input, int iterations, uint8_t *digest,
                      size_t digest_len)
{
    int result = wc_Hash(hash, input.data, (word32)input.len, digest, (word32)digest_len);
    for (int i = 1; result == 0 && i < iterations; i++)
        result = wc_Hash(hash, digest, (word32)digest_len, digest, (word32)digest_len);
    return result;
}

/* RFC 7292, appendix B.2. wolfCrypt's own refuses the password that has no octets. */
static int derive_pkcs12(const struct kdf *kdf, struct slice password, enum kdf_purpose purpose,
                         uint8_t *out, size_t len)
{
    enum wc_HashType hash = (enum wc_HashType)kdf->hash;
    size_t u = (size_t)wc_HashGetDigestSize(hash), v = (size_t)wc_HashGetBlockSize(hash);
    size_t salt_len = (kdf->salt.len + v - 1) / v * v,
           password_len = (password.len + v - 1) / v * v;
    uint8_t digest[WC_MAX_DIGEST_SIZE];
    struct secret input; /* D || S || P */
    int result = 0;
    if (!secret_new(&input, v + salt_len + password_len))
        return MEMORY_E;
    memset(input.data, (int)purpose, v);
    fill(input.data + v, salt_len, kdf->salt);
    fill(input.data + v + salt_len, password_len, password);
    while (result == 0 && len > 0) {
        result = hash_often(hash, secret_slice(&input), kdf->iterations, digest, u);
        size_t taken = len < u ? len : u;
        memcpy(out, digest, taken);
        out += taken;
        len -= taken;
        for (size_t at = v; len > 0 && at < input.len; at += v)
            add(input.data + at, digest, u, v);
    }
    secret_erase(digest, sizeof(digest));
    secret_free(&input);
    return result;
}

int kdf_derive(const struct kdf *kdf, struct password *password, enum kdf_purpose purpose,
               uint8_t *out, size_t len, secsock_error *error)
{
    int result = password_spend(password, kdf->iterations, error);
    if (result != SECSOCK_OK)
        return result;
    if (kdf->kind == KDF_PKCS12 && !password->is_text)
        return error_set(error, SECSOCK_E_PASSWORD, "the password is not UTF-8");
    if (kdf->kind == KDF_PKCS12)
        result = derive_pkcs12(kdf, secret_slice(&password->wide), purpose, out, len);
    else
        result = wc_PBKDF2(out, password->text.data, (int)password->text.len, kdf->salt.data,
                           (int)kdf->salt.len, kdf->iterations, (int)len, kdf->hash);
    return result == 0 ? SECSOCK_OK
                       : kdf_error(result, "no key can be made of the password", error);
}

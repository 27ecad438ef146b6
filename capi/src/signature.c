#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/ed448.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include "signature.h"

#include <string.h>

#include "oid.h"

#define RSADSI(...)         SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, __VA_ARGS__)
#define ANSI_SIGNATURE(...) SLICE_OF(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, __VA_ARGS__)
#define NIST_DIGEST(n)      SLICE_OF(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, n)
#define COUNT(array)        (sizeof(array) / sizeof((array)[0]))

enum {
    LARGEST_RSA = RSA_MAX_SIZE / 8, /* octets */
    LARGEST_EXPONENT = 8            /* octets: more would be work without use */
};

struct digest {
    const char *name;
    enum wc_HashType type;
    int oid_sum; /* wolfCrypt's number for it */
    int mgf;
    struct slice oid;
};

static const struct digest digests[] = {
    { "MD5", WC_HASH_TYPE_MD5, MD5h, WC_MGF1NONE, RSADSI(0x02, 0x05) },
    { "SHA-1", WC_HASH_TYPE_SHA, SHAh, WC_MGF1SHA1, SLICE_OF(0x2b, 0x0e, 0x03, 0x02, 0x1a) },
    { "SHA-224", WC_HASH_TYPE_SHA224, SHA224h, WC_MGF1SHA224, NIST_DIGEST(4) },
    { "SHA-256", WC_HASH_TYPE_SHA256, SHA256h, WC_MGF1SHA256, NIST_DIGEST(1) },
    { "SHA-384", WC_HASH_TYPE_SHA384, SHA384h, WC_MGF1SHA384, NIST_DIGEST(2) },
    { "SHA-512", WC_HASH_TYPE_SHA512, SHA512h, WC_MGF1SHA512, NIST_DIGEST(3) },
};

enum { MD5, SHA1, SHA224, SHA256, SHA384, SHA512, NO_DIGEST };

enum scheme { RSA_PKCS1, RSA_PSS, ECDSA, ED25519, ED448 };

/* RFC 3279, RFC 4055, RFC 5758, RFC 8410 */
static const struct {
    struct slice oid;
    enum scheme scheme;
    unsigned digest;
} algorithms[] = {
    { RSADSI(0x01, 0x01, 0x0b), RSA_PKCS1, SHA256 },
    { RSADSI(0x01, 0x01, 0x0c), RSA_PKCS1, SHA384 },
    { RSADSI(0x01, 0x01, 0x0d), RSA_PKCS1, SHA512 },
    { RSADSI(0x01, 0x01, 0x0e), RSA_PKCS1, SHA224 },
    { RSADSI(0x01, 0x01, 0x05), RSA_PKCS1, SHA1 },
    { RSADSI(0x01, 0x01, 0x04), RSA_PKCS1, MD5 },
    { RSADSI(0x01, 0x01, 0x0a), RSA_PSS, NO_DIGEST },
    { ANSI_SIGNATURE(0x03, 0x02), ECDSA, SHA256 },
    { ANSI_SIGNATURE(0x03, 0x03), ECDSA, SHA384 },
    { ANSI_SIGNATURE(0x03, 0x04), ECDSA, SHA512 },
    { ANSI_SIGNATURE(0x03, 0x01), ECDSA, SHA224 },
    { ANSI_SIGNATURE(0x01), ECDSA, SHA1 },
    { SLICE_OF(0x2b, 0x65, 0x70), ED25519, NO_DIGEST },
    { SLICE_OF(0x2b, 0x65, 0x71), ED448, NO_DIGEST },
};

static const struct slice mgf1 = RSADSI(0x01, 0x01, 0x08);

struct algorithm {
    enum scheme scheme;
    const struct digest *digest; /* NULL where the scheme has its own */
    int mgf;                     /* RSA-PSS */
    int salt_len;
};

/* The digest of an AlgorithmIdentifier, given as its content. */
static const struct digest *read_digest(struct slice content)
{
    struct slice oid, null;
    if (!der_oid(&content, &oid) || !der_optional(&content, DER_NULL, &null) || null.len != 0 ||
        content.len != 0)
        return NULL;
    for (size_t i = 0; i < COUNT(digests); i++) {
        if (slice_equal(oid, digests[i].oid))
            return &digests[i];
    }
    return NULL;
}

/* An element [number] that holds one AlgorithmIdentifier, or none; its content. */
static bool optional_algorithm(struct slice *in, uint8_t number, struct slice *content)
{
    struct slice outer;
    if (!der_optional(in, (uint8_t)(DER_CONTEXT_CONSTRUCTED + number), &outer))
        return false;
    *content = outer;
    return outer.data == NULL || (der_take(&outer, DER_SEQUENCE, content) && outer.len == 0);
}

static bool optional_count(struct slice *in, uint8_t number, int *value)
{
    struct slice outer;
    if (!der_optional(in, (uint8_t)(DER_CONTEXT_CONSTRUCTED + number), &outer))
        return false;
    return outer.data == NULL || (der_count(&outer, value) && outer.len == 0);
}

/* RSASSA-PSS-params (RFC 4055, section 3.1): what is absent stands for SHA-1 and 20 octets. */
static bool read_pss(struct slice parameters, struct algorithm *out)
{
    struct slice content, hash, mask, oid, mask_hash;
    const struct digest *mask_digest = &digests[SHA1];
    int trailer = 1;
    out->digest = &digests[SHA1];
    out->salt_len = 20;
    if (!der_take(&parameters, DER_SEQUENCE, &content) || parameters.len != 0 ||
        !optional_algorithm(&content, 0, &hash) || !optional_algorithm(&content, 1, &mask) ||
        !optional_count(&content, 2, &out->salt_len) || !optional_count(&content, 3, &trailer) ||
        content.len != 0)
        return false;
    if (hash.data != NULL)
        out->digest = read_digest(hash);
    if (mask.data != NULL) {
        if (!der_oid(&mask, &oid) || !slice_equal(oid, mgf1) ||
            !der_take(&mask, DER_SEQUENCE, &mask_hash) || mask.len != 0)
            return false;
        mask_digest = read_digest(mask_hash);
    }
    if (out->digest == NULL || mask_digest == NULL)
        return false;
    out->mgf = mask_digest->mgf;
    return trailer == 1 && out->mgf != WC_MGF1NONE && out->salt_len <= LARGEST_RSA;
}

/* RSA wants NULL as parameters and bears none (RFC 4055, section 5); the others want none. */
static bool read_plain(struct slice parameters, const struct algorithm *algorithm)
{
    struct slice null;
    if (algorithm->scheme != RSA_PKCS1)
        return parameters.len == 0;
    return der_optional(&parameters, DER_NULL, &null) && null.len == 0 && parameters.len == 0;
}

static bool read_algorithm(struct slice identifier, struct algorithm *out)
{
    struct slice oid, parameters;
    if (!oid_algorithm(identifier, &oid, &parameters))
        return false;
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        unsigned digest = algorithms[i].digest;
        if (!slice_equal(oid, algorithms[i].oid))
            continue;
        *out = (struct algorithm){ .scheme = algorithms[i].scheme };
        if (out->scheme == RSA_PSS)
            return read_pss(parameters, out);
        out->digest = digest != NO_DIGEST ? &digests[digest] : NULL;
        return read_plain(parameters, out);
    }
    return false;
}

const char *signature_digest(struct slice identifier)
{
    struct algorithm algorithm;
    if (!read_algorithm(identifier, &algorithm))
        return NULL;
    return algorithm.digest != NULL ? algorithm.digest->name : "none";
}

bool signature_digest_is_broken(const char *digest)
{
    return digest != NULL &&
           (strcmp(digest, digests[MD5].name) == 0 || strcmp(digest, digests[SHA1].name) == 0);
}

/* ---------------------------------------------------------------------------- the primitives */

struct hashed {
    uint8_t bytes[WC_MAX_DIGEST_SIZE];
    word32 len;
};

static enum signature_result result_of(int wolfcrypt_error)
{
    return wolfcrypt_error == MEMORY_E ? SIGNATURE_NO_MEMORY : SIGNATURE_BAD;
}

static int hash_data(const struct digest *digest, struct slice data, struct hashed *out)
{
    int len = wc_HashGetDigestSize(digest->type);
    if (len < 0)
        return len;
    out->len = (word32)len;
    return wc_Hash(digest->type, data.data, (word32)data.len, out->bytes, out->len);
}

/* What PKCS #1 v1.5 pads: compared whole, so that nothing can hide in it (RFC 8017, 8.2.2). */
static enum signature_result check_pkcs1(const struct algorithm *algorithm,
                                         const struct hashed *hashed, struct slice signature,
                                         RsaKey *key)
{
    uint8_t expected[MAX_DER_DIGEST_SZ];
    uint8_t found[LARGEST_RSA];
    word32 expected_len =
        wc_EncodeSignature(expected, hashed->bytes, hashed->len, algorithm->digest->oid_sum);
    int len = wc_RsaSSL_Verify(signature.data, (word32)signature.len, found, sizeof(found), key);
    if (len < 0)
        return result_of(len);
    return slice_equal((struct slice){ found, (size_t)len },
                       (struct slice){ expected, expected_len })
               ? SIGNATURE_GOOD
               : SIGNATURE_BAD;
}

static enum signature_result check_pss(const struct algorithm *algorithm,
                                       const struct hashed *hashed, struct slice signature,
                                       RsaKey *key)
{
    uint8_t copy[LARGEST_RSA];
    uint8_t found[LARGEST_RSA];
    int len;
    memcpy(copy, signature.data, signature.len); /* wolfCrypt's parameter is not const */
    len = wc_RsaPSS_Verify_ex(copy, (word32)signature.len, found, sizeof(found),
                              algorithm->digest->type, algorithm->mgf, algorithm->salt_len, key);
    if (len < 0)
        return result_of(len);
    len = wc_RsaPSS_CheckPadding_ex(hashed->bytes, hashed->len, found, (word32)len,
                                    algorithm->digest->type, algorithm->salt_len, 0);
    return len == 0 ? SIGNATURE_GOOD : result_of(len);
}

static enum signature_result verify_rsa(const struct algorithm *algorithm, struct slice data,
                                        struct slice signature, const struct pubkey *public)
{
    enum signature_result result;
    struct hashed hashed;
    RsaKey key;
    int error;
    if (public->modulus.len > LARGEST_RSA || public->exponent.len > LARGEST_EXPONENT)
        return SIGNATURE_UNSUPPORTED;
    if (signature.len != public->modulus.len)
        return SIGNATURE_BAD;
    error = hash_data(algorithm->digest, data, &hashed);
    if (error != 0)
        return result_of(error);
    error = wc_InitRsaKey(&key, NULL);
    if (error != 0)
        return result_of(error);
    error = wc_RsaPublicKeyDecodeRaw(public->modulus.data, (word32) public->modulus.len,
                                     public->exponent.data, (word32) public->exponent.len, &key);
    if (error != 0)
        result = result_of(error);
    else if (algorithm->scheme == RSA_PSS)
        result = check_pss(algorithm, &hashed, signature, &key);
    else
        result = check_pkcs1(algorithm, &hashed, signature, &key);
    wc_FreeRsaKey(&key);
    return result;
}

/* ECDSA-Sig-Value (RFC 3279, section 2.2.3), strictly: wolfCrypt reads it with more patience. */
static bool is_ecdsa_value(struct slice signature)
{
    struct slice content, r, s;
    return der_take(&signature, DER_SEQUENCE, &content) && signature.len == 0 &&
           der_integer(&content, &r) && r.data[0] < 0x80 && der_integer(&content, &s) &&
           s.data[0] < 0x80 && content.len == 0;
}

static enum signature_result verify_ecdsa(const struct algorithm *algorithm, struct slice data,
                                          struct slice signature, const struct pubkey *public)
{
    static const int ids[] = {
        [CURVE_P256] = ECC_SECP256R1, [CURVE_P384] = ECC_SECP384R1, [CURVE_P521] = ECC_SECP521R1
    };
    struct hashed hashed;
    ecc_key key;
    int matches = 0;
    int error;
    if (public->curve == CURVE_OTHER)
        return SIGNATURE_UNSUPPORTED;
    if (!is_ecdsa_value(signature))
        return SIGNATURE_BAD;
    error = hash_data(algorithm->digest, data, &hashed);
    if (error != 0)
        return result_of(error);
    error = wc_ecc_init(&key);
    if (error != 0)
        return result_of(error);
    /* It also checks that the point is on the curve. */
    error = wc_ecc_import_x963_ex(public->bytes.data, (word32) public->bytes.len, &key,
                                  ids[public->curve]);
    if (error == 0)
        error = wc_ecc_verify_hash(signature.data, (word32)signature.len, hashed.bytes, hashed.len,
                                   &matches, &key);
    wc_ecc_free(&key);
    return error != 0 ? result_of(error) : matches == 1 ? SIGNATURE_GOOD : SIGNATURE_BAD;
}

static enum signature_result verify_ed25519(struct slice data, struct slice signature,
                                            const struct pubkey *public)
{
    ed25519_key key;
    int matches = 0;
    int error = wc_ed25519_init(&key);
    if (error != 0)
        return result_of(error);
    error = wc_ed25519_import_public(public->bytes.data, (word32) public->bytes.len, &key);
    if (error == 0)
        error = wc_ed25519_verify_msg(signature.data, (word32)signature.len, data.data,
                                      (word32)data.len, &matches, &key);
    wc_ed25519_free(&key);
    return error != 0 ? result_of(error) : matches == 1 ? SIGNATURE_GOOD : SIGNATURE_BAD;
}

static enum signature_result verify_ed448(struct slice data, struct slice signature,
                                          const struct pubkey *public)
{
    ed448_key key;
    int matches = 0;
    int error = wc_ed448_init(&key);
    if (error != 0)
        return result_of(error);
    error = wc_ed448_import_public(public->bytes.data, (word32) public->bytes.len, &key);
    if (error == 0)
        error = wc_ed448_verify_msg(signature.data, (word32)signature.len, data.data,
                                    (word32)data.len, &matches, &key, NULL, 0);
    wc_ed448_free(&key);
    return error != 0 ? result_of(error) : matches == 1 ? SIGNATURE_GOOD : SIGNATURE_BAD;
}

/* RFC 4055, section 3.3: what the parameters of a key ask of its signatures. */
static bool keeps_to(const struct algorithm *algorithm, struct slice key_parameters)
{
    struct algorithm asked = { .scheme = RSA_PSS };
    if (key_parameters.len == 0)
        return true;
    return read_pss(key_parameters, &asked) && algorithm->digest == asked.digest &&
           algorithm->mgf == asked.mgf && algorithm->salt_len >= asked.salt_len;
}

static bool fits(const struct algorithm *algorithm, const struct pubkey *key)
{
    switch (algorithm->scheme) {
    case RSA_PKCS1:
        return key->kind == PUBKEY_RSA;
    case RSA_PSS:
        return key->kind == PUBKEY_RSA ||
               (key->kind == PUBKEY_RSA_PSS && keeps_to(algorithm, key->pss));
    case ECDSA:
        return key->kind == PUBKEY_EC;
    case ED25519:
        return key->kind == PUBKEY_ED25519;
    case ED448:
        return key->kind == PUBKEY_ED448;
    }
    return false;
}

enum signature_result signature_verify(struct slice identifier, struct slice data,
                                       struct slice signature, const struct pubkey *key)
{
    struct algorithm algorithm;
    if (!read_algorithm(identifier, &algorithm) || key->kind == PUBKEY_OTHER || key->malformed)
        return SIGNATURE_UNSUPPORTED;
    if (!fits(&algorithm, key))
        return SIGNATURE_BAD;
    switch (algorithm.scheme) {
    case ECDSA:
        return verify_ecdsa(&algorithm, data, signature, key);
    case ED25519:
        return verify_ed25519(data, signature, key);
    case ED448:
        return verify_ed448(data, signature, key);
    case RSA_PKCS1:
    case RSA_PSS:
        break;
    }
    return verify_rsa(&algorithm, data, signature, key);
}

/* The usual exponents have three octets and two bits that are set: longer ones, with any number of
 * them, take up to ten times as long. */
static size_t rsa_price(const struct pubkey *key)
{
    enum { USUAL_EXPONENT = 3, LONG_EXPONENT_PRICE = 8 };
    size_t price = key->bits <= 2048 ? 1 : key->bits <= 4096 ? 2 : 16;
    return key->exponent.len <= USUAL_EXPONENT ? price : price * LONG_EXPONENT_PRICE;
}

size_t signature_price(const struct pubkey *key)
{
    if (key->kind == PUBKEY_EC)
        return key->bits <= 256 ? 1 : key->bits <= 384 ? 4 : 8;
    if (key->kind == PUBKEY_RSA || key->kind == PUBKEY_RSA_PSS)
        return rsa_price(key);
    return key->kind == PUBKEY_ED448 ? 8 : 2;
}

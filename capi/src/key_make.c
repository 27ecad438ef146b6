/* Making private keys, signing and agreeing with them. */
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/ed448.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "key.h"

/* Of anything that is made: the private key of RSA-4096 takes 2,400 bytes. */
enum { LARGEST = 4096 };

/* A private key as wolfCrypt has it, which is secret and large: it stands on the heap. What is made
 * stands in `made` first, for not all of wolfCrypt keeps within the room that it is given. */
struct workshop {
    enum pubkey_kind kind;
    WC_RNG rng;
    bool rng_ready, key_ready;
    union {
        RsaKey rsa;
        ecc_key ec;
        ed25519_key ed25519;
        ed448_key ed448;
    };
    uint8_t made[LARGEST];
};

/* Every function below returns a wolfCrypt error, or a length. */

static int open_key(struct workshop *shop, enum pubkey_kind kind)
{
    int result;
    shop->kind = kind;
    switch (kind) {
    case PUBKEY_RSA:
        result = wc_InitRsaKey(&shop->rsa, NULL);
        break;
    case PUBKEY_EC:
        result = wc_ecc_init(&shop->ec);
        break;
    case PUBKEY_ED25519:
        result = wc_ed25519_init(&shop->ed25519);
        break;
    case PUBKEY_ED448:
        result = wc_ed448_init(&shop->ed448);
        break;
    default:
        return ASN_UNKNOWN_OID_E;
    }
    shop->key_ready = result == 0;
    return result;
}

static void close_key(struct workshop *shop)
{
    switch (shop->kind) {
    case PUBKEY_RSA:
        wc_FreeRsaKey(&shop->rsa);
        break;
    case PUBKEY_EC:
        wc_ecc_free(&shop->ec);
        break;
    case PUBKEY_ED25519:
        wc_ed25519_free(&shop->ed25519);
        break;
    default:
        wc_ed448_free(&shop->ed448);
        break;
    }
}

static struct workshop *workshop_open(secsock_error *error)
{
    struct workshop *shop = calloc(1, sizeof(*shop));
    if (shop == NULL)
        error_memory(error);
    return shop;
}

/* What wolfCrypt's result comes to, `what` having been made or not. */
static int deliver(const struct workshop *shop, int result, const char *what, void *out,
                   size_t size, secsock_error *error)
{
    if (result == MEMORY_E)
        return error_memory(error);
    if (result < 0)
        return error_set(error, SECSOCK_E_FORMAT, "%s cannot be made: %s", what,
                         wc_GetErrorString(result));
    if ((size_t)result > size)
        return error_set(error, SECSOCK_E_LIMIT, "there is no room for %s: it takes %d bytes", what,
                         result);
    memcpy(out, shop->made, (size_t)result);
    return result;
}

static void workshop_close(struct workshop *shop)
{
    if (shop->key_ready)
        close_key(shop);
    if (shop->rng_ready)
        wc_FreeRng(&shop->rng);
    secret_erase(shop, sizeof(*shop));
    free(shop);
}

static int need_random(struct workshop *shop)
{
    int result = shop->rng_ready ? 0 : wc_InitRng(&shop->rng);
    shop->rng_ready |= result == 0;
    return result;
}

/* ------------------------------------------------------------------------------------- keys */

struct recipe {
    enum pubkey_kind kind;
    int size;  /* octets of its secret; bits of a modulus */
    int curve; /* of wolfCrypt */
};

static const struct recipe recipes[] = {
    [SECSOCK_KEY_P256] = { PUBKEY_EC, 32, ECC_SECP256R1 },
    [SECSOCK_KEY_P384] = { PUBKEY_EC, 48, ECC_SECP384R1 },
    [SECSOCK_KEY_P521] = { PUBKEY_EC, 66, ECC_SECP521R1 },
    [SECSOCK_KEY_ED25519] = { PUBKEY_ED25519, ED25519_KEY_SIZE, 0 },
    [SECSOCK_KEY_ED448] = { PUBKEY_ED448, ED448_KEY_SIZE, 0 },
    [SECSOCK_KEY_RSA_2048] = { PUBKEY_RSA, 2048, 0 },
    [SECSOCK_KEY_RSA_3072] = { PUBKEY_RSA, 3072, 0 },
    [SECSOCK_KEY_RSA_4096] = { PUBKEY_RSA, 4096, 0 },
};

enum { RECIPES = sizeof(recipes) / sizeof(recipes[0]), LARGEST_SECRET = 66 };

static int make_random(struct workshop *shop, const struct recipe *recipe)
{
    int result = need_random(shop);
    if (result != 0)
        return result;
    switch (recipe->kind) {
    case PUBKEY_RSA:
        return wc_MakeRsaKey(&shop->rsa, recipe->size, WC_RSA_EXPONENT, &shop->rng);
    case PUBKEY_EC:
        return wc_ecc_make_key_ex(&shop->rng, recipe->size, &shop->ec, recipe->curve);
    case PUBKEY_ED25519:
        return wc_ed25519_make_key(&shop->rng, recipe->size, &shop->ed25519);
    default:
        return wc_ed448_make_key(&shop->rng, recipe->size, &shop->ed448);
    }
}

/* The secret that follows from a seed; other kinds of keys have others. One of an EC key must be
 * less than the order of the curve, all of which have their highest bit set: it has not. */
static int derive(const struct recipe *recipe, int kind, struct slice seed,
                  uint8_t secret[LARGEST_SECRET])
{
    const uint8_t info[] = { 's', 'e', 'c', 's', 'o', 'c', 'k', (uint8_t)kind };
    int result = wc_HKDF(WC_SHA512, seed.data, (word32)seed.len, NULL, 0, info, sizeof(info),
                         secret, (word32)recipe->size);
    if (recipe->kind == PUBKEY_EC)
        secret[0] &= kind == SECSOCK_KEY_P521 ? 0 : 0x7f;
    return result;
}

static int make_from_secret(struct workshop *shop, const struct recipe *recipe,
                            const uint8_t *secret)
{
    word32 len = (word32)recipe->size;
    int result;
    switch (recipe->kind) {
    case PUBKEY_EC:
        result = need_random(shop); /* which blinds the multiplication */
        if (result == 0)
            result = wc_ecc_import_private_key_ex(secret, len, NULL, 0, &shop->ec, recipe->curve);
        return result == 0 ? wc_ecc_make_pub_ex(&shop->ec, NULL, &shop->rng) : result;
    case PUBKEY_ED25519:
        return wc_ed25519_import_private_only(secret, len, &shop->ed25519);
    default:
        return wc_ed448_import_private_only(secret, len, &shop->ed448);
    }
}

static int make_seeded(struct workshop *shop, const struct recipe *recipe, int kind,
                       struct slice seed)
{
    uint8_t secret[LARGEST_SECRET];
    int result = derive(recipe, kind, seed, secret);
    if (result == 0)
        result = make_from_secret(shop, recipe, secret);
    secret_erase(secret, sizeof(secret));
    return result;
}

/* wolfCrypt writes RSA keys as PKCS #1 alone. */
static int write_rsa(struct workshop *shop)
{
    struct secret plain;
    word32 len = LARGEST;
    int result;
    if (!secret_new(&plain, LARGEST))
        return MEMORY_E;
    result = wc_RsaKeyToDer(&shop->rsa, plain.data, LARGEST);
    if (result > 0)
        result = wc_CreatePKCS8Key(shop->made, &len, plain.data, (word32)result, RSAk, NULL, 0);
    secret_free(&plain);
    return result;
}

static int write_key(struct workshop *shop)
{
    word32 len = LARGEST;
    int result;
    switch (shop->kind) {
    case PUBKEY_RSA:
        return write_rsa(shop);
    case PUBKEY_EC:
        result = wc_EccKeyToPKCS8(&shop->ec, shop->made, &len);
        return result < 0 ? result : (int)len;
    case PUBKEY_ED25519:
        return wc_Ed25519PrivateKeyToDer(&shop->ed25519, shop->made, LARGEST);
    default:
        return wc_Ed448PrivateKeyToDer(&shop->ed448, shop->made, LARGEST);
    }
}

int secsock_key_generate(int kind, const void *seed, size_t seed_len, void *out, size_t size,
                         secsock_error *error)
{
    const struct recipe *recipe;
    struct workshop *shop;
    int result;
    error_clear(error);
    if (kind <= 0 || kind >= RECIPES || out == NULL || seed_len > INT32_MAX)
        return error_set(error, SECSOCK_E_ARGUMENT, "no kind of key (%d), or no place for it",
                         kind);
    recipe = &recipes[kind];
    if (seed != NULL && recipe->kind == PUBKEY_RSA)
        return error_set(error, SECSOCK_E_UNSUPPORTED, "RSA keys do not follow from a seed");
    shop = workshop_open(error);
    if (shop == NULL)
        return SECSOCK_E_MEMORY;
    result = open_key(shop, recipe->kind);
    if (result == 0)
        result = seed != NULL ? make_seeded(shop, recipe, kind, (struct slice){ seed, seed_len })
                              : make_random(shop, recipe);
    if (result == 0)
        result = write_key(shop);
    result = deliver(shop, result, "the key", out, size, error);
    workshop_close(shop);
    return result;
}

/* Reads PKCS #8. What Edwards keys leave out, their public half, is computed. */
static int read_key(struct workshop *shop, struct slice key)
{
    uint8_t public[ED448_PUB_KEY_SIZE];
    word32 at = 0, len = (word32)key.len;
    int result = open_key(shop, key_kind(key));
    if (result != 0)
        return result;
    switch (shop->kind) {
    case PUBKEY_RSA:
        return wc_RsaPrivateKeyDecode(key.data, &at, &shop->rsa, len);
    case PUBKEY_EC:
        return wc_EccPrivateKeyDecode(key.data, &at, &shop->ec, len);
    case PUBKEY_ED25519:
        result = wc_Ed25519PrivateKeyDecode(key.data, &at, &shop->ed25519, len);
        if (result == 0)
            result = wc_ed25519_make_public(&shop->ed25519, public, ED25519_PUB_KEY_SIZE);
        return result == 0 ? wc_ed25519_import_public(public, ED25519_PUB_KEY_SIZE, &shop->ed25519)
                           : result;
    default:
        result = wc_Ed448PrivateKeyDecode(key.data, &at, &shop->ed448, len);
        if (result == 0)
            result = wc_ed448_make_public(&shop->ed448, public, sizeof(public));
        return result == 0 ? wc_ed448_import_public(public, sizeof(public), &shop->ed448) : result;
    }
}

static int write_public(struct workshop *shop)
{
    switch (shop->kind) {
    case PUBKEY_RSA:
        return wc_RsaKeyToPublicDer(&shop->rsa, shop->made, LARGEST);
    case PUBKEY_EC:
        return wc_EccPublicKeyToDer(&shop->ec, shop->made, LARGEST, 1);
    case PUBKEY_ED25519:
        return wc_Ed25519PublicKeyToDer(&shop->ed25519, shop->made, LARGEST, 1);
    default:
        return wc_Ed448PublicKeyToDer(&shop->ed448, shop->made, LARGEST, 1);
    }
}

static int check_key(const void *key, size_t len, const void *out, secsock_error *error)
{
    error_clear(error);
    if (key == NULL || out == NULL || len > INT32_MAX)
        return error_set(error, SECSOCK_E_ARGUMENT, "no key, or no place for what it makes");
    return SECSOCK_OK;
}

int secsock_key_public(const void *key, size_t len, void *out, size_t size, secsock_error *error)
{
    int result = check_key(key, len, out, error);
    struct workshop *shop = result == SECSOCK_OK ? workshop_open(error) : NULL;
    if (shop == NULL)
        return result == SECSOCK_OK ? SECSOCK_E_MEMORY : result;
    result = read_key(shop, (struct slice){ key, len });
    if (result == 0)
        result = write_public(shop);
    result = deliver(shop, result, "the public key", out, size, error);
    workshop_close(shop);
    return result;
}

/* ------------------------------------------------------------------------------- signatures */

struct scheme {
    int number;
    enum pubkey_kind kind;
    enum wc_HashType digest;
    int oid_sum; /* wolfCrypt's number for the digest */
    int mgf;     /* RSA-PSS */
};

static const struct scheme schemes[] = {
    { SECSOCK_SCHEME_RSA_SHA256, PUBKEY_RSA, WC_HASH_TYPE_SHA256, SHA256h, 0 },
    { SECSOCK_SCHEME_RSA_SHA384, PUBKEY_RSA, WC_HASH_TYPE_SHA384, SHA384h, 0 },
    { SECSOCK_SCHEME_RSA_SHA512, PUBKEY_RSA, WC_HASH_TYPE_SHA512, SHA512h, 0 },
    { SECSOCK_SCHEME_RSA_PSS_SHA256, PUBKEY_RSA, WC_HASH_TYPE_SHA256, SHA256h, WC_MGF1SHA256 },
    { SECSOCK_SCHEME_RSA_PSS_SHA384, PUBKEY_RSA, WC_HASH_TYPE_SHA384, SHA384h, WC_MGF1SHA384 },
    { SECSOCK_SCHEME_RSA_PSS_SHA512, PUBKEY_RSA, WC_HASH_TYPE_SHA512, SHA512h, WC_MGF1SHA512 },
    { SECSOCK_SCHEME_ECDSA_SHA256, PUBKEY_EC, WC_HASH_TYPE_SHA256, SHA256h, 0 },
    { SECSOCK_SCHEME_ECDSA_SHA384, PUBKEY_EC, WC_HASH_TYPE_SHA384, SHA384h, 0 },
    { SECSOCK_SCHEME_ECDSA_SHA512, PUBKEY_EC, WC_HASH_TYPE_SHA512, SHA512h, 0 },
    { SECSOCK_SCHEME_ED25519, PUBKEY_ED25519, WC_HASH_TYPE_NONE, 0, 0 },
    { SECSOCK_SCHEME_ED448, PUBKEY_ED448, WC_HASH_TYPE_NONE, 0, 0 },
    { SECSOCK_SCHEME_INSECURE_RSA_MD5, PUBKEY_RSA, WC_HASH_TYPE_MD5, MD5h, 0 },
    { SECSOCK_SCHEME_INSECURE_RSA_SHA1, PUBKEY_RSA, WC_HASH_TYPE_SHA, SHAh, 0 },
    { SECSOCK_SCHEME_INSECURE_ECDSA_SHA1, PUBKEY_EC, WC_HASH_TYPE_SHA, SHAh, 0 },
};

static const struct scheme *find_scheme(int number)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (schemes[i].number == number)
            return &schemes[i];
    }
    return NULL;
}

static int sign_rsa(struct workshop *shop, const struct scheme *scheme, struct slice hash)
{
    uint8_t encoded[MAX_DER_DIGEST_SZ];
    word32 len;
    int result = wc_RsaSetRNG(&shop->rsa, &shop->rng);
    if (result != 0)
        return result;
    if (scheme->mgf != 0)
        return wc_RsaPSS_Sign(hash.data, (word32)hash.len, shop->made, LARGEST, scheme->digest,
                              scheme->mgf, &shop->rsa, &shop->rng);
    len = wc_EncodeSignature(encoded, hash.data, (word32)hash.len, scheme->oid_sum);
    return wc_RsaSSL_Sign(encoded, len, shop->made, LARGEST, &shop->rsa, &shop->rng);
}

static int sign_ec(struct workshop *shop, struct slice hash)
{
    word32 len = LARGEST;
    int result = wc_ecc_set_rng(&shop->ec, &shop->rng);
    if (result == 0)
        result =
            wc_ecc_sign_hash(hash.data, (word32)hash.len, shop->made, &len, &shop->rng, &shop->ec);
    return result == 0 ? (int)len : result;
}

/* Edwards keys sign the data itself. */
static int sign_data(struct workshop *shop, struct slice data)
{
    word32 len = LARGEST;
    int result =
        shop->kind == PUBKEY_ED25519
            ? wc_ed25519_sign_msg(data.data, (word32)data.len, shop->made, &len, &shop->ed25519)
            : wc_ed448_sign_msg(data.data, (word32)data.len, shop->made, &len, &shop->ed448, NULL,
                                0);
    return result == 0 ? (int)len : result;
}

static int sign(struct workshop *shop, const struct scheme *scheme, struct slice data)
{
    uint8_t digest[WC_MAX_DIGEST_SIZE];
    struct slice hash = { digest, 0 };
    int result;
    if (scheme->digest == WC_HASH_TYPE_NONE)
        return sign_data(shop, data);
    result = wc_HashGetDigestSize(scheme->digest);
    if (result < 0)
        return result;
    hash.len = (size_t)result;
    result = wc_Hash(scheme->digest, data.data, (word32)data.len, digest, (word32)hash.len);
    if (result == 0)
        result = need_random(shop);
    if (result != 0)
        return result;
    return shop->kind == PUBKEY_RSA ? sign_rsa(shop, scheme, hash) : sign_ec(shop, hash);
}

int secsock_key_sign(const void *key, size_t len, int number, const void *data, size_t data_len,
                     void *out, size_t size, secsock_error *error)
{
    const struct scheme *scheme = find_scheme(number);
    int result = check_key(key, len, out, error);
    struct workshop *shop;
    if (result != SECSOCK_OK)
        return result;
    if (scheme == NULL || scheme->kind != key_kind((struct slice){ key, len }) ||
        (data == NULL && data_len > 0) || data_len > INT32_MAX)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "no way to sign (0x%04x) for this key, or nothing to sign",
                         (unsigned)number);
    shop = workshop_open(error);
    if (shop == NULL)
        return SECSOCK_E_MEMORY;
    result = read_key(shop, (struct slice){ key, len });
    if (result == 0)
        result = sign(shop, scheme, (struct slice){ data, data_len });
    result = deliver(shop, result, "the signature", out, size, error);
    workshop_close(shop);
    return result;
}

/* ------------------------------------------------------------------------------- agreement */

/* wolfCrypt takes no point that is not on the curve: its answer would tell of the private key. */
static int agree(struct workshop *shop, struct slice point)
{
    word32 len = LARGEST;
    ecc_key *peer = wc_ecc_key_new(NULL);
    int result = peer != NULL ? 0 : MEMORY_E;
    if (result == 0)
        result = wc_ecc_import_x963_ex(point.data, (word32)point.len, peer,
                                       wc_ecc_get_curve_id(shop->ec.idx));
    if (result == 0)
        result = need_random(shop); /* which blinds the multiplication */
    if (result == 0)
        result = wc_ecc_set_rng(&shop->ec, &shop->rng);
    if (result == 0)
        result = wc_ecc_shared_secret(&shop->ec, peer, shop->made, &len);
    wc_ecc_key_free(peer);
    return result == 0 ? (int)len : result;
}

int secsock_key_agree(const void *key, size_t len, const void *point, size_t point_len, void *out,
                      size_t size, secsock_error *error)
{
    int result = check_key(key, len, out, error);
    struct workshop *shop;
    if (result != SECSOCK_OK)
        return result;
    if (key_kind((struct slice){ key, len }) != PUBKEY_EC || point == NULL || point_len > INT32_MAX)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "no key that can agree on a secret, or nobody to agree with");
    shop = workshop_open(error);
    if (shop == NULL)
        return SECSOCK_E_MEMORY;
    result = read_key(shop, (struct slice){ key, len });
    if (result == 0)
        result = agree(shop, (struct slice){ point, point_len });
    result = deliver(shop, result, "the shared secret", out, size, error);
    workshop_close(shop);
    return result;
}

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/ed448.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include "mint_internal.h"

#include <stdlib.h>
#include <string.h>

struct mint_key {
    struct mint_key *next;
    enum mint_kind kind;
    unsigned number;
    union {
        ecc_key ec;
        ed25519_key ed25519;
        ed448_key ed448;
        RsaKey rsa;
    };
};

static struct mint_key *keys;
static WC_RNG rng;
static bool rng_ready;

static void make_rsa(RsaKey *rsa)
{
    mint_need(wc_InitRsaKey(rsa, NULL) == 0 && wc_MakeRsaKey(rsa, 2048, WC_RSA_EXPONENT, &rng) == 0,
              "no RSA key");
    mint_need(wc_RsaSetRNG(rsa, &rng) == 0, "no RSA key");
}

static void make_ec(ecc_key *ec, int size, int curve)
{
    mint_need(wc_ecc_init(ec) == 0 && wc_ecc_make_key_ex(&rng, size, ec, curve) == 0, "no EC key");
    mint_need(wc_ecc_set_rng(ec, &rng) == 0, "no EC key");
}

static void make_key(struct mint_key *key)
{
    switch (key->kind) {
    case MINT_P384:
        make_ec(&key->ec, 48, ECC_SECP384R1);
        break;
    case MINT_P521:
        make_ec(&key->ec, 66, ECC_SECP521R1);
        break;
    case MINT_ED25519:
        mint_need(wc_ed25519_init(&key->ed25519) == 0 &&
                      wc_ed25519_make_key(&rng, ED25519_KEY_SIZE, &key->ed25519) == 0,
                  "no Ed25519 key");
        break;
    case MINT_ED448:
        mint_need(wc_ed448_init(&key->ed448) == 0 &&
                      wc_ed448_make_key(&rng, ED448_KEY_SIZE, &key->ed448) == 0,
                  "no Ed448 key");
        break;
    case MINT_RSA:
    case MINT_RSA_1024:
        make_rsa(&key->rsa);
        break;
    case MINT_P256:
    case MINT_SECP256K1:
    case MINT_EXPLICIT:
        make_ec(&key->ec, 32, ECC_SECP256R1);
        break;
    }
}

struct mint_key *mint_key_of(const struct mint *description)
{
    struct mint_key *key = keys;
    while (key != NULL && (key->kind != description->kind || key->number != description->number))
        key = key->next;
    if (key != NULL)
        return key;
    mint_need(rng_ready || wc_InitRng(&rng) == 0, "no random numbers");
    rng_ready = true;
    key = calloc(1, sizeof(*key));
    mint_need(key != NULL, "no memory");
    key->kind = description->kind;
    key->number = description->number;
    make_key(key);
    key->next = keys;
    keys = key;
    return key;
}

struct slice mint_private_key(const struct mint *description)
{
    enum { LARGEST = 300 };
    struct mint_key *key = mint_key_of(description);
    uint8_t *der = malloc(LARGEST);
    word32 len = LARGEST;
    mint_need(der != NULL && key->kind <= MINT_P521 && wc_EccKeyToPKCS8(&key->ec, der, &len) > 0,
              "no private key");
    return (struct slice){ der, len };
}

static void free_key(struct mint_key *key)
{
    switch (key->kind) {
    case MINT_ED25519:
        wc_ed25519_free(&key->ed25519);
        break;
    case MINT_ED448:
        wc_ed448_free(&key->ed448);
        break;
    case MINT_RSA:
    case MINT_RSA_1024:
        wc_FreeRsaKey(&key->rsa);
        break;
    default:
        wc_ecc_free(&key->ec);
        break;
    }
    free(key);
}

/* AlgorithmIdentifiers of keys, in hex. */
static const char *const key_algorithms[] = {
    [MINT_P256] = "3013 06072a8648ce3d0201 06082a8648ce3d030107",
    [MINT_P384] = "3010 06072a8648ce3d0201 06052b81040022",
    [MINT_P521] = "3010 06072a8648ce3d0201 06052b81040023",
    [MINT_ED25519] = "3005 06032b6570",
    [MINT_ED448] = "3005 06032b6571",
    [MINT_RSA] = "300d 06092a864886f70d010101 0500",
    [MINT_RSA_1024] = "300d 06092a864886f70d010101 0500",
    [MINT_SECP256K1] = "3010 06072a8648ce3d0201 06052b8104000a",
    [MINT_EXPLICIT] = "300e 06072a8648ce3d0201 3003 020101",
};

static void put_rsa_key(struct mint_out *out, struct mint_key *key)
{
    uint8_t n[512], e[8];
    word32 n_len = sizeof(n), e_len = sizeof(e);
    size_t sequence = out->len;
    mint_need(wc_RsaFlattenPublicKey(&key->rsa, e, &e_len, n, &n_len) == 0, "no RSA key");
    if (key->kind == MINT_RSA_1024)
        n_len = 1024 / 8; /* half a modulus: it has the length, and signs nothing */
    size_t start = out->len;
    mint_put_byte(out, 0);
    mint_put(out, n, n_len);
    mint_wrap(out, DER_INTEGER, start);
    mint_put_element(out, DER_INTEGER, e, e_len);
    mint_wrap(out, DER_SEQUENCE, sequence);
}

void mint_put_key_bits(struct mint_out *out, struct mint_key *key)
{
    uint8_t bytes[200];
    word32 len = sizeof(bytes);
    switch (key->kind) {
    case MINT_RSA:
    case MINT_RSA_1024:
        put_rsa_key(out, key);
        return;
    case MINT_ED25519:
        mint_need(wc_ed25519_export_public(&key->ed25519, bytes, &len) == 0, "no public key");
        break;
    case MINT_ED448:
        mint_need(wc_ed448_export_public(&key->ed448, bytes, &len) == 0, "no public key");
        break;
    default:
        mint_need(wc_ecc_export_x963(&key->ec, bytes, &len) == 0, "no public key");
        break;
    }
    mint_put(out, bytes, len);
}

void mint_put_spki(struct mint_out *out, struct mint_key *key)
{
    size_t sequence = out->len;
    mint_put_hex(out, key_algorithms[key->kind]);
    size_t bits = out->len;
    mint_put_byte(out, 0);
    mint_put_key_bits(out, key);
    mint_wrap(out, DER_BIT_STRING, bits);
    mint_wrap(out, DER_SEQUENCE, sequence);
}

/* ------------------------------------------------------------------------------- signatures */

static const char *const rsa_algorithms[] = {
    [MINT_SHA256] = "300d 06092a864886f70d01010b 0500",
    [MINT_SHA1] = "300d 06092a864886f70d010105 0500",
    [MINT_MD5] = "300d 06092a864886f70d010104 0500",
    [MINT_SHA384] = "300d 06092a864886f70d01010c 0500",
    [MINT_SHA512] = "300d 06092a864886f70d01010d 0500",
    [MINT_PSS] = ("303d 06092a864886f70d01010a 3030 a00d 300b 0609608648016503040201 "
                  "a11a 3018 06092a864886f70d010108 300b 0609608648016503040201 a203 020120"),
};

static const char *const ec_algorithms[] = {
    [MINT_SHA256] = "300a 06082a8648ce3d040302",
    [MINT_SHA1] = "3009 06072a8648ce3d0401",
    [MINT_SHA384] = "300a 06082a8648ce3d040303",
    [MINT_SHA512] = "300a 06082a8648ce3d040304",
};

const char *const mint_other_algorithm = "300a 06082a8648ce3d040304";

static const enum wc_HashType hashes[] = {
    [MINT_SHA256] = WC_HASH_TYPE_SHA256, [MINT_SHA1] = WC_HASH_TYPE_SHA,
    [MINT_MD5] = WC_HASH_TYPE_MD5,       [MINT_SHA384] = WC_HASH_TYPE_SHA384,
    [MINT_SHA512] = WC_HASH_TYPE_SHA512, [MINT_PSS] = WC_HASH_TYPE_SHA256,
};

static const int hash_sums[] = {
    [MINT_SHA256] = SHA256h, [MINT_SHA1] = SHAh,      [MINT_MD5] = MD5h,
    [MINT_SHA384] = SHA384h, [MINT_SHA512] = SHA512h, [MINT_PSS] = SHA256h,
};

static bool is_rsa(const struct mint_key *key)
{
    return key->kind == MINT_RSA || key->kind == MINT_RSA_1024;
}

const char *mint_algorithm(const struct mint *description, const struct mint_key *signer)
{
    if (signer->kind == MINT_ED25519 || signer->kind == MINT_ED448)
        return key_algorithms[signer->kind];
    return is_rsa(signer) ? rsa_algorithms[description->digest]
                          : ec_algorithms[description->digest];
}

static word32 sign_rsa(const struct mint *description, struct mint_key *signer, const uint8_t *hash,
                       word32 hash_len, uint8_t *out, word32 size)
{
    uint8_t encoded[MAX_DER_DIGEST_SZ];
    int len;
    if (description->digest == MINT_PSS) {
        len = wc_RsaPSS_Sign(hash, hash_len, out, size, WC_HASH_TYPE_SHA256, WC_MGF1SHA256,
                             &signer->rsa, &rng);
    } else {
        word32 encoded_len =
            wc_EncodeSignature(encoded, hash, hash_len, hash_sums[description->digest]);
        len = wc_RsaSSL_Sign(encoded, encoded_len, out, size, &signer->rsa, &rng);
    }
    mint_need(len > 0, "RSA does not sign");
    return (word32)len;
}

static size_t make_signature(const struct mint *description, struct mint_key *signer,
                             struct slice data, uint8_t *out, size_t size)
{
    uint8_t hash[WC_MAX_DIGEST_SIZE];
    word32 len = (word32)size;
    if (signer->kind == MINT_ED25519) {
        mint_need(wc_ed25519_sign_msg(data.data, (word32)data.len, out, &len, &signer->ed25519) ==
                      0,
                  "Ed25519 does not sign");
        return len;
    }
    if (signer->kind == MINT_ED448) {
        mint_need(
            wc_ed448_sign_msg(data.data, (word32)data.len, out, &len, &signer->ed448, NULL, 0) == 0,
            "Ed448 does not sign");
        return len;
    }
    word32 hash_len = (word32)wc_HashGetDigestSize(hashes[description->digest]);
    mint_need(wc_Hash(hashes[description->digest], data.data, (word32)data.len, hash, hash_len) ==
                  0,
              "no digest");
    if (is_rsa(signer))
        return sign_rsa(description, signer, hash, hash_len, out, (word32)size);
    mint_need(wc_ecc_sign_hash(hash, hash_len, out, &len, &rng, &signer->ec) == 0,
              "ECDSA does not sign");
    return len;
}

/* Signatures made before: ECDSA's differ each time, and two equal descriptions are to give the
 * same certificate. */
struct signature {
    struct signature *next;
    const struct mint_key *signer;
    struct slice data;
    size_t len;
    uint8_t bytes[1024];
};

static struct signature *signatures;

static struct signature *find_signature(const struct mint_key *signer, struct slice data)
{
    struct signature *known = signatures;
    while (known != NULL && (known->signer != signer || !slice_equal(known->data, data)))
        known = known->next;
    return known;
}

static struct signature *add_signature(const struct mint *description, struct mint_key *signer,
                                       struct slice data)
{
    struct signature *made = calloc(1, sizeof(*made));
    uint8_t *copy = malloc(data.len);
    mint_need(made != NULL && copy != NULL, "no memory");
    memcpy(copy, data.data, data.len);
    made->data = (struct slice){ copy, data.len };
    made->signer = signer;
    made->len = make_signature(description, signer, data, made->bytes, sizeof(made->bytes));
    made->next = signatures;
    signatures = made;
    return made;
}

size_t mint_sign(const struct mint *description, struct mint_key *signer, struct slice data,
                 uint8_t *out, size_t size)
{
    struct signature *signature = find_signature(signer, data);
    if (signature == NULL)
        signature = add_signature(description, signer, data);
    mint_need(signature->len <= size, "no room for a signature");
    memcpy(out, signature->bytes, signature->len);
    return signature->len;
}

static void free_signatures(void)
{
    while (signatures != NULL) {
        struct signature *next = signatures->next;
        free((void *)signatures->data.data);
        free(signatures);
        signatures = next;
    }
}

void mint_end(void)
{
    free_signatures();
    while (keys != NULL) {
        struct mint_key *next = keys->next;
        free_key(keys);
        keys = next;
    }
    if (rng_ready)
        wc_FreeRng(&rng);
    rng_ready = false;
}

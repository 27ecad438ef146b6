#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/ed448.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include "key.h"

#include <stdlib.h>
#include <string.h>

#include "keycrypt.h"
#include "pubkey.h"

/* ------------------------------------------------------------------------------------ reading */

int key_copy(struct slice der, struct secret *out, secsock_error *error)
{
    if (!secret_new(out, der.len))
        return error_memory(error);
    memcpy(out->data, der.data, der.len);
    return SECSOCK_OK;
}

static bool is_encrypted_pkcs8(const struct pem_block *block)
{
    return pem_label_is(block, "ENCRYPTED PRIVATE KEY");
}

static bool is_supported(const struct pem_block *block)
{
    return is_encrypted_pkcs8(block) || pem_label_is(block, "PRIVATE KEY") ||
           pem_label_is(block, "RSA PRIVATE KEY") || pem_label_is(block, "EC PRIVATE KEY");
}

static int open_encrypted(const struct pem_block *block, const char *text, struct secret *out,
                          secsock_error *error)
{
    struct password password;
    if (text == NULL)
        return error_set(error, SECSOCK_E_PASSWORD,
                         "the key is encrypted and no password was given");
    int result = password_begin(&password, text, error);
    if (result == SECSOCK_OK && is_encrypted_pkcs8(block))
        result = keycrypt_open_pkcs8(block->der, &password, out, error);
    else if (result == SECSOCK_OK)
        result = keycrypt_open_legacy(block, &password, out, error);
    password_end(&password);
    return result;
}

int key_read(const struct pem_block *block, const char *password, struct secret *out,
             secsock_error *error)
{
    int result;
    *out = (struct secret){ NULL, 0 };
    if (!is_supported(block))
        result =
            error_set(error, SECSOCK_E_UNSUPPORTED, "private keys of this kind are not supported");
    else if (is_encrypted_pkcs8(block) || block->headers.len > 0)
        result = open_encrypted(block, password, out, error);
    else
        result = key_copy(block->der, out, error);
    return result == SECSOCK_OK ? result : pem_prefix(block, error, result);
}

/* ---------------------------------------------------------------------------------- comparing */

/* A key that wolfCrypt has decoded is secret and large: it stands on the heap. */
union decoded {
    RsaKey rsa;
    ecc_key ec;
    ed25519_key ed25519;
    ed448_key ed448;
};

/* A comparison: 1 when the private `key` belongs to the public one, 0 when not, else wolfCrypt's
 * error. */
typedef int compare_fn(union decoded *decoded, struct slice key, const struct pubkey *theirs);

enum { LONGEST_MODULUS = RSA_MAX_SIZE / 8 };

static int compare_rsa(union decoded *decoded, struct slice key, const struct pubkey *theirs)
{
    RsaKey *rsa = &decoded->rsa;
    uint8_t exponent[LONGEST_MODULUS], modulus[LONGEST_MODULUS];
    word32 at = 0, exponent_len = sizeof(exponent), modulus_len = sizeof(modulus);
    int result = wc_InitRsaKey(rsa, NULL);
    if (result != 0)
        return result;
    result = wc_RsaPrivateKeyDecode(key.data, &at, rsa, (word32)key.len);
    if (result == 0)
        result = wc_RsaFlattenPublicKey(rsa, exponent, &exponent_len, modulus, &modulus_len);
    if (result == 0)
        result = slice_equal(theirs->modulus, (struct slice){ modulus, modulus_len }) &&
                 slice_equal(theirs->exponent, (struct slice){ exponent, exponent_len });
    wc_FreeRsaKey(rsa);
    return result;
}

static int curve_id(const struct pubkey *theirs)
{
    return wc_ecc_get_curve_id_from_oid(theirs->curve_oid.data, (word32)theirs->curve_oid.len);
}

/* The point that the private number yields, whatever public key stands beside it. */
static int compare_ec(union decoded *decoded, struct slice key, const struct pubkey *theirs)
{
    ecc_key *ec = &decoded->ec;
    uint8_t point[2 * MAX_ECC_BYTES + 1];
    word32 at = 0, len = sizeof(point);
    int result = wc_ecc_init(ec);
    if (result != 0)
        return result;
    result = wc_EccPrivateKeyDecode(key.data, &at, ec, (word32)key.len);
    if (result == 0)
        result = wc_ecc_make_pub(ec, NULL);
    if (result == 0)
        result = wc_ecc_export_x963(ec, point, &len);
    if (result == 0)
        result = wc_ecc_get_curve_id(ec->idx) == curve_id(theirs) &&
                 slice_equal(theirs->bytes, (struct slice){ point, len });
    wc_ecc_free(ec);
    return result;
}

static int compare_ed25519(union decoded *decoded, struct slice key, const struct pubkey *theirs)
{
    ed25519_key *ed = &decoded->ed25519;
    uint8_t derived[ED25519_PUB_KEY_SIZE];
    word32 at = 0;
    int result = wc_ed25519_init(ed);
    if (result != 0)
        return result;
    result = wc_Ed25519PrivateKeyDecode(key.data, &at, ed, (word32)key.len);
    if (result == 0)
        result = wc_ed25519_make_public(ed, derived, sizeof(derived));
    if (result == 0)
        result = slice_equal(theirs->bytes, (struct slice){ derived, sizeof(derived) });
    wc_ed25519_free(ed);
    return result;
}

static int compare_ed448(union decoded *decoded, struct slice key, const struct pubkey *theirs)
{
    ed448_key *ed = &decoded->ed448;
    uint8_t derived[ED448_PUB_KEY_SIZE];
    word32 at = 0;
    int result = wc_ed448_init(ed);
    if (result != 0)
        return result;
    result = wc_Ed448PrivateKeyDecode(key.data, &at, ed, (word32)key.len);
    if (result == 0)
        result = wc_ed448_make_public(ed, derived, sizeof(derived));
    if (result == 0)
        result = slice_equal(theirs->bytes, (struct slice){ derived, sizeof(derived) });
    wc_ed448_free(ed);
    return result;
}

static compare_fn *comparison(enum pubkey_kind kind)
{
    switch (kind) {
    case PUBKEY_RSA:
    case PUBKEY_RSA_PSS:
        return compare_rsa;
    case PUBKEY_EC:
        return compare_ec;
    case PUBKEY_ED25519:
        return compare_ed25519;
    case PUBKEY_ED448:
        return compare_ed448;
    case PUBKEY_OTHER:
        break;
    }
    return NULL;
}

/* The three forms are told apart by what follows the version: PKCS#8 has an algorithm there
 * (RFC 5958, section 2), PKCS#1 a modulus (RFC 8017, appendix A.1.2), SEC 1 the secret number
 * (RFC 5915, section 3). */
enum pubkey_kind key_kind(struct slice key)
{
    struct slice content, version, algorithm;
    if (!der_take(&key, DER_SEQUENCE, &content) || key.len != 0 || !der_integer(&content, &version))
        return PUBKEY_OTHER;
    if (der_next_is(content, DER_INTEGER))
        return PUBKEY_RSA;
    if (der_next_is(content, DER_OCTET_STRING))
        return PUBKEY_EC;
    return der_take_whole(&content, DER_SEQUENCE, &algorithm) ? pubkey_kind(algorithm)
                                                              : PUBKEY_OTHER;
}

static int compare(compare_fn *fn, struct slice key, const struct pubkey *theirs)
{
    union decoded *decoded = malloc(sizeof(*decoded));
    if (decoded == NULL)
        return MEMORY_E;
    int result = fn(decoded, key, theirs);
    secret_erase(decoded, sizeof(*decoded));
    free(decoded);
    return result;
}

int key_check(struct slice key, const struct x509 *cert, secsock_error *error)
{
    struct pubkey theirs;
    enum pubkey_kind kind = key_kind(key);
    compare_fn *fn = comparison(kind);
    pubkey_read(cert, &theirs);
    if (fn == NULL)
        return error_set(error, SECSOCK_E_FORMAT,
                         "the private key is malformed or of a kind that is not supported");
    if (comparison(theirs.kind) != fn)
        return error_set(error, SECSOCK_E_KEY_MISMATCH,
                         "the private key (%s) does not belong to the certificate (%s)",
                         pubkey_kind_name(kind), pubkey_kind_name(theirs.kind));
    /* wolfCrypt takes a number on another curve for one on the P curve of the same size. */
    if (theirs.kind == PUBKEY_EC && theirs.curve == CURVE_OTHER)
        return error_set(error, SECSOCK_E_UNSUPPORTED,
                         "the certificate has a key on a curve that is not supported");
    int result = compare(fn, key, &theirs);
    if (result == MEMORY_E)
        return error_memory(error);
    if (result < 0)
        return error_set(
            error, SECSOCK_E_FORMAT,
            "the private key (%s) is malformed, or not of a size or on a curve that is "
            "supported",
            pubkey_kind_name(kind));
    if (result == 0)
        return error_set(error, SECSOCK_E_KEY_MISMATCH,
                         "the private key does not belong to the certificate");
    return SECSOCK_OK;
}

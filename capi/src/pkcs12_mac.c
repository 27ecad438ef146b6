/* The MAC of a PFX file (RFC 7292, section 5.1; RFC 9579). */
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>

#include <string.h>

#include "oid.h"
#include "pbe.h"
#include "pkcs12_internal.h"

struct mac {
    struct kdf kdf;
    size_t key_len;
    int hash;
    struct slice value;
};

static const struct {
    const char *oid;
    enum wc_HashType hash;
} digests[] = {
    { "1.3.14.3.2.26", WC_HASH_TYPE_SHA },
    { "2.16.840.1.101.3.4.2.4", WC_HASH_TYPE_SHA224 },
    { "2.16.840.1.101.3.4.2.1", WC_HASH_TYPE_SHA256 },
    { "2.16.840.1.101.3.4.2.2", WC_HASH_TYPE_SHA384 },
    { "2.16.840.1.101.3.4.2.3", WC_HASH_TYPE_SHA512 },
};

static int malformed(secsock_error *error)
{
    return error_set(error, SECSOCK_E_FORMAT, "the MAC of the PFX file is malformed");
}

static int unsupported(struct slice oid, secsock_error *error)
{
    char text[64];
    oid_text(oid, text, sizeof(text));
    return error_set(error, SECSOCK_E_UNSUPPORTED,
                     "the PFX file has a MAC that is not supported (%s)", text);
}

/* PBMAC1-params (RFC 8018, appendix A.5): they must say how long the key is (RFC 9579,
 * section 5). What stands beside, of the older kind, means nothing then. */
static int read_pbmac1(struct mac *mac, struct slice rest, secsock_error *error)
{
    struct slice params, kdf, scheme, oid;
    int key_len;
    if (!der_take(&rest, DER_SEQUENCE, &params) || !der_take_whole(&params, DER_SEQUENCE, &kdf) ||
        !der_take_whole(&params, DER_SEQUENCE, &scheme) || !oid_algorithm(scheme, &oid, &rest))
        return malformed(error);
    int result = kdf_read_pbkdf2(&mac->kdf, kdf, &key_len, error);
    if (result != SECSOCK_OK)
        return result;
    if (!kdf_hmac_hash(oid, &mac->hash))
        return unsupported(oid, error);
    if (key_len < 20 || key_len > WC_MAX_DIGEST_SIZE) /* RFC 9579, section 4, and sense */
        return malformed(error);
    mac->key_len = (size_t)key_len;
    return SECSOCK_OK;
}

/* MacData's own salt and count. */
static int read_old(struct mac *mac, struct slice oid, struct slice rest, secsock_error *error)
{
    mac->kdf = (struct kdf){ .kind = KDF_PKCS12, .iterations = 1 };
    for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
        if (oid_is(oid, digests[i].oid))
            mac->hash = (int)digests[i].hash;
    }
    if (mac->hash == WC_HASH_TYPE_NONE)
        return unsupported(oid, error);
    mac->kdf.hash = mac->hash;
    mac->key_len = (size_t)wc_HashGetDigestSize((enum wc_HashType)mac->hash);
    if (!der_take(&rest, DER_OCTET_STRING, &mac->kdf.salt) ||
        (rest.len > 0 && !der_count(&rest, &mac->kdf.iterations)) || rest.len > 0 ||
        mac->kdf.iterations == 0)
        return malformed(error);
    return SECSOCK_OK;
}

static int read_mac(struct mac *mac, struct slice data, secsock_error *error)
{
    struct slice info, algorithm, oid, rest;
    *mac = (struct mac){ .hash = WC_HASH_TYPE_NONE };
    if (!der_take(&data, DER_SEQUENCE, &info) || !der_take_whole(&info, DER_SEQUENCE, &algorithm) ||
        !der_take(&info, DER_OCTET_STRING, &mac->value) || !oid_algorithm(algorithm, &oid, &rest))
        return malformed(error);
    return oid_is(oid, "1.2.840.113549.1.5.14") ? read_pbmac1(mac, rest, error)
                                                : read_old(mac, oid, data, error);
}

static int hmac(const struct mac *mac, const uint8_t *key, struct slice content, uint8_t *out,
                secsock_error *error)
{
    Hmac state;
    int result = wc_HmacInit(&state, NULL, INVALID_DEVID);
    if (result == 0) {
        result = wc_HmacSetKey(&state, mac->hash, key, (word32)mac->key_len);
        if (result == 0)
            result = wc_HmacUpdate(&state, content.data, (word32)content.len);
        if (result == 0)
            result = wc_HmacFinal(&state, out);
        wc_HmacFree(&state);
    }
    secret_erase(&state, sizeof(state));
    return result == 0 ? SECSOCK_OK : kdf_error(result, "there is no HMAC", error);
}

static int compute(const struct mac *mac, struct slice content, struct password *password,
                   uint8_t *out, secsock_error *error)
{
    uint8_t key[WC_MAX_DIGEST_SIZE];
    int result = kdf_derive(&mac->kdf, password, KDF_FOR_MAC, key, mac->key_len, error);
    if (result == SECSOCK_OK)
        result = hmac(mac, key, content, out, error);
    secret_erase(key, sizeof(key));
    return result;
}

/* In a time that tells nothing. */
static bool equal(struct slice a, const uint8_t *b, size_t len)
{
    unsigned differ = 0;
    if (a.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        differ |= (unsigned)(a.data[i] ^ b[i]);
    return differ == 0;
}

int pkcs12_mac_check(struct slice mac_data, struct slice content, struct password *password,
                     secsock_error *error)
{
    struct mac mac;
    uint8_t value[WC_MAX_DIGEST_SIZE];
    int result = read_mac(&mac, mac_data, error);
    if (result == SECSOCK_OK)
        result = compute(&mac, content, password, value, error);
    if (result != SECSOCK_OK)
        return result;
    size_t len = (size_t)wc_HashGetDigestSize((enum wc_HashType)mac.hash);
    return equal(mac.value, value, len)
               ? SECSOCK_OK
               : error_set(error, SECSOCK_E_PASSWORD, "the password is wrong, or the file damaged");
}

/* AlgorithmIdentifier */
static const struct slice sha256 = SLICE_OF(0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
                                            0x03, 0x04, 0x02, 0x01, 0x05, 0x00);

int pkcs12_mac_write(struct der_writer *w, struct slice content, const uint8_t *salt,
                     struct password *password, secsock_error *error)
{
    struct mac mac = {
        .kdf = { KDF_PKCS12, WC_HASH_TYPE_SHA256, { salt, PKCS12_MAC_SALT }, PBE_ITERATIONS },
        .key_len = WC_SHA256_DIGEST_SIZE,
        .hash = WC_HASH_TYPE_SHA256,
    };
    uint8_t value[WC_SHA256_DIGEST_SIZE] = { 0 };
    if (w->end != NULL) {
        int result = compute(&mac, content, password, value, error);
        if (result != SECSOCK_OK)
            return result;
    }
    size_t mark = w->len;
    der_write_integer(w, PBE_ITERATIONS);
    der_write_element(w, DER_OCTET_STRING, mac.kdf.salt);
    size_t info = w->len;
    der_write_element(w, DER_OCTET_STRING, (struct slice){ value, sizeof(value) });
    der_write(w, sha256);
    der_wrap(w, DER_SEQUENCE, info);
    der_wrap(w, DER_SEQUENCE, mark);
    return SECSOCK_OK;
}

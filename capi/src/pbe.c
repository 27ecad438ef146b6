#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>

#include "pbe.h"

#include <string.h>

#include "oid.h"

static const struct {
    const char *oid;
    struct cbc cipher;
} ciphers[] = {
    { "2.16.840.1.101.3.4.1.2", { CBC_AES, 16, 16 } },
    { "2.16.840.1.101.3.4.1.22", { CBC_AES, 24, 16 } },
    { "2.16.840.1.101.3.4.1.42", { CBC_AES, 32, 16 } },
    { "1.2.840.113549.3.7", { CBC_DES3, 24, 8 } },
};

/* RFC 7292, appendix C: all of them with SHA-1. Those with RC4 nobody has used. */
static const struct {
    const char *oid;
    struct cbc cipher;
} old_schemes[] = {
    { "1.2.840.113549.1.12.1.3", { CBC_DES3, 24, 8 } },
    { "1.2.840.113549.1.12.1.4", { CBC_DES3, 16, 8 } },
    { "1.2.840.113549.1.12.1.5", { CBC_RC2, 16, 8 } },
    { "1.2.840.113549.1.12.1.6", { CBC_RC2, 5, 8 } },
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ------------------------------------------------------------------------------------- reading */

static int read_cipher(struct pbe *pbe, struct slice identifier, secsock_error *error)
{
    struct slice oid, rest;
    if (!oid_algorithm(identifier, &oid, &rest))
        return kdf_malformed(error);
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        if (!oid_is(oid, ciphers[i].oid))
            continue;
        pbe->cipher = ciphers[i].cipher;
        bool fits =
            der_take(&rest, DER_OCTET_STRING, &pbe->iv) && pbe->iv.len == pbe->cipher.block_len;
        return fits ? SECSOCK_OK : kdf_malformed(error);
    }
    return kdf_unsupported(oid, error);
}

/* PBES2-params (RFC 8018, appendix A.4). */
static int read_pbes2(struct pbe *pbe, struct slice rest, secsock_error *error)
{
    struct slice params, kdf, cipher;
    int key_len;
    if (!der_take(&rest, DER_SEQUENCE, &params) || !der_take_whole(&params, DER_SEQUENCE, &kdf) ||
        !der_take_whole(&params, DER_SEQUENCE, &cipher))
        return kdf_malformed(error);
    int result = kdf_read_pbkdf2(&pbe->kdf, kdf, &key_len, error);
    if (result == SECSOCK_OK)
        result = read_cipher(pbe, cipher, error);
    if (result == SECSOCK_OK && key_len >= 0 && (size_t)key_len != pbe->cipher.key_len)
        result = kdf_malformed(error);
    return result;
}

/* pkcs-12PbeParams. */
static int read_old(struct pbe *pbe, struct slice rest, secsock_error *error)
{
    struct slice params;
    pbe->kdf.kind = KDF_PKCS12;
    pbe->kdf.hash = WC_HASH_TYPE_SHA;
    bool fits = der_take(&rest, DER_SEQUENCE, &params) &&
                der_take(&params, DER_OCTET_STRING, &pbe->kdf.salt) &&
                der_count(&params, &pbe->kdf.iterations) && pbe->kdf.iterations > 0;
    return fits ? SECSOCK_OK : kdf_malformed(error);
}

int pbe_read(struct pbe *pbe, struct slice identifier, secsock_error *error)
{
    struct slice oid, rest;
    *pbe = (struct pbe){ .iv = { NULL, 0 } };
    if (!oid_algorithm(identifier, &oid, &rest))
        return kdf_malformed(error);
    if (oid_is(oid, "1.2.840.113549.1.5.13"))
        return read_pbes2(pbe, rest, error);
    for (size_t i = 0; i < COUNT(old_schemes); i++) {
        if (oid_is(oid, old_schemes[i].oid)) {
            pbe->cipher = old_schemes[i].cipher;
            return read_old(pbe, rest, error);
        }
    }
    return kdf_unsupported(oid, error);
}

/* -------------------------------------------------------------------------------------- opening */

static int refusal(enum cbc_result result, secsock_error *error)
{
    switch (result) {
    case CBC_NO_MEMORY:
        return error_memory(error);
    case CBC_BAD_LENGTH:
        return error_set(error, SECSOCK_E_FORMAT, "what is encrypted has not the right length");
    case CBC_BAD_PADDING:
        return error_set(error, SECSOCK_E_PASSWORD, "the password is wrong");
    case CBC_OK:
    case CBC_FAILED:
        break;
    }
    return error_set(error, SECSOCK_E_INTERNAL, "the cipher failed");
}

/* In PKCS #12 its length may be indefinite. */
static bool is_sequence(struct slice text)
{
    struct slice content;
    if (text.len >= 2 && text.data[0] == DER_SEQUENCE && text.data[1] == 0x80)
        return true;
    return der_take(&text, DER_SEQUENCE, &content) && text.len == 0;
}

/* The key, and the IV that the text does not bring. */
static int derive(const struct pbe *pbe, struct password *password, uint8_t *key, uint8_t *iv,
                  secsock_error *error)
{
    int result = kdf_derive(&pbe->kdf, password, KDF_FOR_KEY, key, pbe->cipher.key_len, error);
    if (result == SECSOCK_OK && pbe->iv.len == 0)
        result = kdf_derive(&pbe->kdf, password, KDF_FOR_IV, iv, pbe->cipher.block_len, error);
    else if (result == SECSOCK_OK)
        memcpy(iv, pbe->iv.data, pbe->iv.len);
    return result;
}

int pbe_open_with(const struct cbc *cipher, const uint8_t *key, const uint8_t *iv,
                  struct slice text, struct secret *out, secsock_error *error)
{
    enum cbc_result result = cbc_open(cipher, key, iv, text, out);
    if (result == CBC_OK && !is_sequence(secret_slice(out))) {
        secret_free(out);
        result = CBC_BAD_PADDING; /* it looked right by chance */
    }
    return result == CBC_OK ? SECSOCK_OK : refusal(result, error);
}

int pbe_open(const struct pbe *pbe, struct slice text, struct password *password,
             struct secret *out, secsock_error *error)
{
    uint8_t key[CBC_LONGEST_KEY], iv[CBC_LONGEST_BLOCK];
    *out = (struct secret){ NULL, 0 };
    int result = derive(pbe, password, key, iv, error);
    if (result == SECSOCK_OK)
        result = pbe_open_with(&pbe->cipher, key, iv, text, out, error);
    secret_erase(key, sizeof(key));
    secret_erase(iv, sizeof(iv));
    return result;
}

/* ------------------------------------------------------------------------------------- writing */

static const struct cbc aes_256 = { CBC_AES, 32, 16 };

void pbe_choose(struct pbe *pbe, const struct pbe_seed *seed)
{
    *pbe = (struct pbe){
        .cipher = aes_256,
        .kdf = { KDF_PBKDF2, WC_HASH_TYPE_SHA256, { seed->salt, PBE_SALT }, PBE_ITERATIONS },
        .iv = { seed->iv, aes_256.block_len },
    };
}

void pbe_write_padding(struct der_writer *w, size_t len)
{
    w->len += cbc_sealed_len(&aes_256, len) - len;
}

int pbe_seal(const struct pbe *pbe, struct der_writer *w, size_t len, struct password *password,
             secsock_error *error)
{
    uint8_t key[CBC_LONGEST_KEY], iv[CBC_LONGEST_BLOCK];
    if (w->end == NULL)
        return SECSOCK_OK;
    int result = derive(pbe, password, key, iv, error);
    if (result == SECSOCK_OK) {
        enum cbc_result sealed = cbc_seal(&pbe->cipher, key, iv, w->end - w->len, len);
        result = sealed == CBC_OK ? SECSOCK_OK : refusal(sealed, error);
    }
    secret_erase(key, sizeof(key));
    return result;
}

/* 2.16.840.1.101.3.4.1.42, 1.2.840.113549.2.9, 1.2.840.113549.1.5.12, 1.2.840.113549.1.5.13 */
static const struct slice aes_256_cbc =
    SLICE_OF(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a);
static const struct slice hmac_sha256 =
    SLICE_OF(0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09, 0x05, 0x00);
static const struct slice pbkdf2 = SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c);
static const struct slice pbes2 = SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d);

void pbe_write(struct der_writer *w, const struct pbe *pbe)
{
    size_t start = w->len;
    der_write_element(w, DER_OCTET_STRING, pbe->iv);
    der_write_element(w, DER_OID, aes_256_cbc);
    der_wrap(w, DER_SEQUENCE, start);

    size_t kdf = w->len;
    der_write(w, hmac_sha256);
    der_write_integer(w, (unsigned)pbe->kdf.iterations);
    der_write_element(w, DER_OCTET_STRING, pbe->kdf.salt);
    der_wrap(w, DER_SEQUENCE, kdf);
    der_write_element(w, DER_OID, pbkdf2);
    der_wrap(w, DER_SEQUENCE, kdf);

    der_wrap(w, DER_SEQUENCE, start);
    der_write_element(w, DER_OID, pbes2);
    der_wrap(w, DER_SEQUENCE, start);
}

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include "keycrypt.h"

#include <string.h>

#include "base64.h"
#include "pbe.h"

int keycrypt_open_pkcs8(struct slice der, struct password *password, struct secret *out,
                        secsock_error *error)
{
    struct slice info, algorithm, text;
    struct pbe pbe;
    *out = (struct secret){ NULL, 0 };
    if (!der_take(&der, DER_SEQUENCE, &info) || der.len != 0 ||
        !der_take_whole(&info, DER_SEQUENCE, &algorithm) ||
        !der_take(&info, DER_OCTET_STRING, &text))
        return error_set(error, SECSOCK_E_FORMAT, "the encrypted key is malformed");
    int result = pbe_read(&pbe, algorithm, error);
    return result == SECSOCK_OK ? pbe_open(&pbe, text, password, out, error) : result;
}

/* ----------------------------------------------------------------------------------- legacy */

/* The ciphers by their names in DEK-Info. */
static const struct {
    const char *name;
    struct cbc cipher;
} ciphers[] = {
    { "AES-128-CBC", { CBC_AES, 16, 16 } },
    { "AES-192-CBC", { CBC_AES, 24, 16 } },
    { "AES-256-CBC", { CBC_AES, 32, 16 } },
    { "DES-EDE3-CBC", { CBC_DES3, 24, 8 } },
};

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
static bool take_dek_info(struct slice info, struct cbc *cipher, uint8_t *iv)
{
    info = trimmed(info);
    const uint8_t *comma = memchr(info.data, ',', info.len);
    if (comma == NULL)
        return false;
    struct slice name = { info.data, (size_t)(comma - info.data) };
    struct slice digits = { comma + 1, info.len - name.len - 1 };
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        if (strlen(ciphers[i].name) == name.len &&
            memcmp(ciphers[i].name, name.data, name.len) == 0) {
            *cipher = ciphers[i].cipher;
            return digits.len == 2 * cipher->block_len && hex_decode(iv, digits);
        }
    }
    return false;
}

int keycrypt_open_legacy(const struct pem_block *block, const struct password *password,
                         struct secret *out, secsock_error *error)
{
    enum { SALT = 8 }; /* the first octets of the IV */
    uint8_t key[CBC_LONGEST_KEY], iv[CBC_LONGEST_BLOCK];
    struct slice info;
    struct cbc cipher;
    *out = (struct secret){ NULL, 0 };
    if (!find_header(block->headers, "DEK-Info", &info))
        return error_set(error, SECSOCK_E_FORMAT, "it has no DEK-Info");
    if (!take_dek_info(info, &cipher, iv))
        return error_set(error, SECSOCK_E_UNSUPPORTED,
                         "its DEK-Info names no cipher that is supported");
    int result = wc_PBKDF1(key, password->text.data, (int)password->text.len, iv, SALT, 1,
                           (int)cipher.key_len, WC_HASH_TYPE_MD5);
    result = result == 0 ? pbe_open_with(&cipher, key, iv, block->der, out, error)
                         : kdf_error(result, "no key can be made of the password", error);
    secret_erase(key, sizeof(key));
    return result;
}

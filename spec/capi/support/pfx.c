#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/des3.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/pwdbased.h>
#include <wolfssl/wolfcrypt/rc2.h>

#include "pfx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 20, SALT = 8, BLOCK = 8 };

/* "secret" in UTF-16, with its zero. */
static const uint8_t password[] = "\0s\0e\0c\0r\0e\0t\0";
static const uint8_t salt[SALT] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "the PFX file cannot be made: %s\n", what);
    exit(1);
}

void pfx_begin(struct pfx *p)
{
    *p = (struct pfx){ .memory = malloc(LARGEST), .iterations = 2000 };
    need(p->memory != NULL, "memory");
    p->w.end = p->memory + LARGEST;
}

/* --------------------------------------------------------------------------------------- pieces */

static void put_oid(struct pfx *p, const char *bytes, size_t len)
{
    der_write_element(&p->w, DER_OID, (struct slice){ (const uint8_t *)bytes, len });
}

#define PUT_OID(p, bytes) put_oid((p), (bytes), sizeof(bytes) - 1)

#define PKCS_12 "\x2a\x86\x48\x86\xf7\x0d\x01\x0c"
#define PKCS_9  "\x2a\x86\x48\x86\xf7\x0d\x01\x09"
#define PKCS_7  "\x2a\x86\x48\x86\xf7\x0d\x01\x07"

static void put_wide(struct pfx *p, const char *text)
{
    size_t mark = p->w.len;
    for (size_t i = strlen(text); i > 0; i--) {
        const uint8_t wide[2] = { 0, (uint8_t)text[i - 1] };
        der_write(&p->w, (struct slice){ wide, sizeof(wide) });
    }
    der_wrap(&p->w, 0x1e, mark);
}

void pfx_attributes(struct pfx *p, unsigned id, const char *name, const char *provider)
{
    size_t set = p->w.len, mark = set;
    const uint8_t bytes[4] = { (uint8_t)id, 0, 0, 0 };
    if (provider != NULL) {
        put_wide(p, provider);
        der_wrap(&p->w, DER_SET, mark);
        PUT_OID(p, "\x2b\x06\x01\x04\x01\x82\x37\x11\x01");
        der_wrap(&p->w, DER_SEQUENCE, mark);
    }
    mark = p->w.len;
    if (name != NULL) {
        put_wide(p, name);
        der_wrap(&p->w, DER_SET, mark);
        PUT_OID(p, PKCS_9 "\x14");
        der_wrap(&p->w, DER_SEQUENCE, mark);
    }
    mark = p->w.len;
    if (id != 0) {
        der_write_element(&p->w, DER_OCTET_STRING, (struct slice){ bytes, sizeof(bytes) });
        der_wrap(&p->w, DER_SET, mark);
        PUT_OID(p, PKCS_9 "\x15");
        der_wrap(&p->w, DER_SEQUENCE, mark);
    }
    der_wrap(&p->w, DER_SET, set);
}

void pfx_cert(struct pfx *p, size_t mark)
{
    der_wrap(&p->w, DER_OCTET_STRING, mark);
    der_wrap(&p->w, DER_CONTEXT_CONSTRUCTED, mark);
    PUT_OID(p, PKCS_9 "\x16\x01");
    der_wrap(&p->w, DER_SEQUENCE, mark);
}

void pfx_bag(struct pfx *p, size_t mark, size_t value, enum pfx_kind kind)
{
    char oid[] = PKCS_12 "\x0a\x01\x01";
    oid[sizeof(oid) - 2] = (char)kind;
    der_wrap(&p->w, DER_CONTEXT_CONSTRUCTED, value);
    put_oid(p, oid, sizeof(oid) - 1);
    der_wrap(&p->w, DER_SEQUENCE, mark);
}

void pfx_data(struct pfx *p, size_t mark)
{
    der_wrap(&p->w, DER_OCTET_STRING, mark);
    der_wrap(&p->w, DER_CONTEXT_CONSTRUCTED, mark);
    PUT_OID(p, PKCS_7 "\x01");
    der_wrap(&p->w, DER_SEQUENCE, mark);
}

/* ----------------------------------------------------------------------------------- encryption */

/* wolfCrypt's own derivation: the library has another. Iterations past a million are only said. */
static void derive(const struct pfx *p, int purpose, uint8_t *out, int len)
{
    int iterations = p->iterations < 1000000 ? p->iterations : 1;
    need(wc_PKCS12_PBKDF(out, password, sizeof(password), salt, SALT, iterations, len, WC_SHA,
                         purpose) == 0,
         "the derivation");
}

static void des3(const struct pfx *p, uint8_t *text, size_t len)
{
    uint8_t key[24], iv[BLOCK];
    Des3 cipher;
    derive(p, 1, key, sizeof(key));
    derive(p, 2, iv, sizeof(iv));
    need(wc_Des3Init(&cipher, NULL, INVALID_DEVID) == 0 &&
             wc_Des3_SetKey(&cipher, key, iv, DES_ENCRYPTION) == 0 &&
             wc_Des3_CbcEncrypt(&cipher, text, text, (word32)len) == 0,
         "triple DES");
    wc_Des3Free(&cipher);
}

static void rc2(const struct pfx *p, uint8_t *text, size_t len)
{
    uint8_t key[5], iv[BLOCK];
    Rc2 cipher;
    derive(p, 1, key, sizeof(key));
    derive(p, 2, iv, sizeof(iv));
    need(wc_Rc2SetKey(&cipher, key, sizeof(key), iv, 40) == 0 &&
             wc_Rc2CbcEncrypt(&cipher, text, text, (word32)len) == 0,
         "RC2");
}

/* Replaces what was written since `mark` by itself encrypted, in an element of that tag behind the
 * algorithm, which is the one of that number. */
static void encrypt(struct pfx *p, size_t mark, uint8_t tag, char algorithm,
                    void (*cipher)(const struct pfx *p, uint8_t *text, size_t len))
{
    char oid[] = PKCS_12 "\x01\x01";
    size_t len = p->w.len - mark, padding = BLOCK - len % BLOCK;
    uint8_t *text = malloc(len + padding);
    need(text != NULL, "memory");
    memcpy(text, p->w.end - p->w.len, len);
    memset(text + len, (int)padding, padding);
    cipher(p, text, len + padding);
    p->w.len = mark;
    der_write_element(&p->w, tag, (struct slice){ text, len + padding });
    free(text);
    size_t parameters = p->w.len;
    der_write_integer(&p->w, (unsigned)p->iterations);
    der_write_element(&p->w, DER_OCTET_STRING, (struct slice){ salt, SALT });
    der_wrap(&p->w, DER_SEQUENCE, parameters);
    oid[sizeof(oid) - 2] = algorithm;
    put_oid(p, oid, sizeof(oid) - 1);
    der_wrap(&p->w, DER_SEQUENCE, parameters);
}

void pfx_shroud(struct pfx *p, size_t mark)
{
    encrypt(p, mark, DER_OCTET_STRING, 3, des3);
    der_wrap(&p->w, DER_SEQUENCE, mark);
}

void pfx_encrypt(struct pfx *p, size_t mark)
{
    encrypt(p, mark, DER_CONTEXT, 6, rc2);
    PUT_OID(p, PKCS_7 "\x01");
    der_wrap(&p->w, DER_SEQUENCE, mark);
    der_write_integer(&p->w, 0);
    der_wrap(&p->w, DER_SEQUENCE, mark);
    der_wrap(&p->w, DER_CONTEXT_CONSTRUCTED, mark);
    PUT_OID(p, PKCS_7 "\x06");
    der_wrap(&p->w, DER_SEQUENCE, mark);
}

/* ------------------------------------------------------------------------------------ the whole */

static void hmac(int hash, const uint8_t *key, size_t len, struct slice content, uint8_t *out)
{
    Hmac state;
    need(wc_HmacInit(&state, NULL, INVALID_DEVID) == 0 &&
             wc_HmacSetKey(&state, hash, key, (word32)len) == 0 &&
             wc_HmacUpdate(&state, content.data, (word32)content.len) == 0 &&
             wc_HmacFinal(&state, out) == 0,
         "the HMAC");
    wc_HmacFree(&state);
}

/* MacData over `content`: its end, a DigestInfo, and its head. */
static void put_old_mac(struct pfx *p, struct der_writer *w, struct slice content)
{
    static const uint8_t sha1[] = { 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 5, 0 };
    uint8_t key[WC_SHA_DIGEST_SIZE], value[WC_SHA_DIGEST_SIZE];
    derive(p, 3, key, sizeof(key));
    hmac(WC_SHA, key, sizeof(key), content, value);
    der_write_integer(w, (unsigned)p->iterations);
    der_write_element(w, DER_OCTET_STRING, (struct slice){ salt, SALT });
    size_t info = w->len;
    der_write_element(w, DER_OCTET_STRING, (struct slice){ value, sizeof(value) });
    der_write(w, (struct slice){ sha1, sizeof(sha1) });
    der_wrap(w, DER_SEQUENCE, info);
}

/* RFC 9579, section 4: the older salt and count are there, and mean nothing. */
static void put_pbmac1(struct pfx *p, struct der_writer *w, struct slice content)
{
    static const uint8_t hmac_sha256[] = { 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                           0x86, 0xf7, 0x0d, 0x02, 0x09, 5,    0 };
    static const uint8_t pbkdf2[] = { 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0c };
    static const uint8_t pbmac1[] = { 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0e };
    const struct slice scheme = { hmac_sha256, sizeof(hmac_sha256) };
    uint8_t key[WC_SHA256_DIGEST_SIZE], value[WC_SHA256_DIGEST_SIZE];
    need(wc_PBKDF2(key, (const uint8_t *)"secret", 6, salt, SALT, p->iterations, sizeof(key),
                   WC_SHA256) == 0,
         "PBKDF2");
    hmac(WC_SHA256, key, sizeof(key), content, value);
    der_write_integer(w, 1);
    der_write_element(w, DER_OCTET_STRING, (struct slice){ salt, SALT });
    size_t info = w->len;
    der_write_element(w, DER_OCTET_STRING, (struct slice){ value, sizeof(value) });
    size_t algorithm = w->len;
    der_write(w, scheme);
    size_t kdf = w->len;
    der_write(w, scheme);
    der_write_integer(w, sizeof(key));
    der_write_integer(w, (unsigned)p->iterations);
    der_write_element(w, DER_OCTET_STRING, (struct slice){ salt, SALT });
    der_wrap(w, DER_SEQUENCE, kdf);
    der_write(w, (struct slice){ pbkdf2, sizeof(pbkdf2) });
    der_wrap(w, DER_SEQUENCE, kdf);
    der_wrap(w, DER_SEQUENCE, algorithm);
    der_write(w, (struct slice){ pbmac1, sizeof(pbmac1) });
    der_wrap(w, DER_SEQUENCE, algorithm);
    der_wrap(w, DER_SEQUENCE, info);
}

struct slice pfx_finish(struct pfx *p, enum pfx_mac mac)
{
    uint8_t *memory = malloc(LARGEST), *out = malloc(LARGEST);
    need(memory != NULL && out != NULL, "memory");
    der_wrap(&p->w, DER_SEQUENCE, 0);
    struct der_writer w = { memory + LARGEST, 0 };
    if (mac == PFX_SHA1)
        put_old_mac(p, &w, der_written(&p->w));
    else if (mac == PFX_PBMAC1)
        put_pbmac1(p, &w, der_written(&p->w));
    if (mac != PFX_NO_MAC)
        der_wrap(&w, DER_SEQUENCE, 0);
    size_t mark = w.len;
    der_write(&w, der_written(&p->w));
    p->w = w;
    pfx_data(p, mark);
    der_write_integer(&p->w, 3);
    der_wrap(&p->w, DER_SEQUENCE, 0);
    struct slice file = der_written(&p->w);
    memcpy(out, file.data, file.len);
    free(memory);
    free(p->memory);
    return (struct slice){ out, file.len };
}

/* PFX files by hand: as Windows writes them, and as nobody should. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "key.h"
#include "mint.h"
#include "pfx.h"
#include "pfx_checks.h"
#include "pkcs12.h"
#include "pki.h"

/* ------------------------------------------------------------------------------------ by hand */

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint leaf = { .cn = "Leaf", .by = &root };

static struct slice server_key, rsa_key;

/* A key as PKCS #8 out of a PEM file. */
static struct slice key_of(const char *name)
{
    struct pem pem;
    struct pem_block block;
    struct secret key;
    struct slice text = read_file(name);
    pem_open(&pem, text, NULL);
    if (pem_next(&pem, &block, NULL) != 1 || pem_decode(&pem, &block, NULL) != SECSOCK_OK ||
        key_read(&block, NULL, &key, NULL) != SECSOCK_OK)
        exit(1);
    pem_close(&pem);
    free((void *)text.data);
    return secret_slice(&key);
}

static struct slice der_of(const char *name)
{
    secsock_cert *cert;
    size_t len;
    if (secsock_cert_load(&cert, pki_path(name), NULL, NULL) != SECSOCK_OK)
        exit(1);
    const void *der = secsock_cert_der(cert, &len);
    uint8_t *copy = malloc(len);
    memcpy(copy, der, len);
    secsock_cert_free(cert);
    return (struct slice){ copy, len };
}

static void put_cert(struct pfx *p, struct slice der, unsigned id)
{
    size_t mark = p->w.len;
    pfx_attributes(p, id, NULL, NULL);
    size_t value = p->w.len;
    der_write(&p->w, der);
    pfx_cert(p, value);
    pfx_bag(p, mark, value, PFX_CERT);
}

static void put_cert_file(struct pfx *p, const char *name, unsigned id)
{
    struct slice der = der_of(name);
    put_cert(p, der, id);
    free((void *)der.data);
}

static void put_key(struct pfx *p, struct slice key, unsigned id)
{
    size_t mark = p->w.len;
    pfx_attributes(p, id, "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}",
                   "Microsoft Software Key Storage Provider");
    size_t value = p->w.len;
    der_write(&p->w, key);
    pfx_shroud(p, value);
    pfx_bag(p, mark, value, PFX_SHROUDED_KEY);
}

static void end_safe(struct pfx *p, size_t mark, bool encrypted)
{
    der_wrap(&p->w, DER_SEQUENCE, mark);
    if (encrypted)
        pfx_encrypt(p, mark);
    else
        pfx_data(p, mark);
}

/* The key first, then the certificates, as Windows has it. */
static struct slice as_windows_does(void)
{
    struct pfx p;
    pfx_begin(&p);
    put_cert_file(&p, "ca.pem", 0);
    put_cert_file(&p, "int.pem", 0);
    put_cert_file(&p, "server.pem", 1);
    end_safe(&p, 0, true);
    size_t mark = p.w.len;
    put_key(&p, server_key, 1);
    end_safe(&p, mark, false);
    return pfx_finish(&p, PFX_SHA1);
}

static void reads_what_windows_writes(void)
{
    secsock_cert *cert;
    secsock_error error;
    struct slice pfx = as_windows_does();
    CHECK(from_pfx(&cert, pfx, "secret", &error) == SECSOCK_OK && is_whole(cert, 2) &&
              secsock_cert_friendly_name(cert) == NULL,
          "a file as Windows writes it; the name of the key is not the certificate's %s",
          error.message);
    secsock_cert_free(cert);
    free((void *)pfx.data);
}

static void reads_pbmac1(void)
{
    secsock_cert *cert;
    secsock_error error;
    struct pfx p;
    pfx_begin(&p);
    put_cert_file(&p, "server.pem", 1);
    put_key(&p, server_key, 1);
    end_safe(&p, 0, true);
    struct slice pfx = pfx_finish(&p, PFX_PBMAC1);
    CHECK(from_pfx(&cert, pfx, "secret", &error) == SECSOCK_OK && is_whole(cert, 0),
          "a file with PBMAC1 %s", error.message);
    secsock_cert_free(cert);
    CHECK(from_pfx(&cert, pfx, "Secret", &error) == SECSOCK_E_PASSWORD, "and a wrong password: %s",
          error.message);
    ((uint8_t *)pfx.data)[pfx.len / 3] ^= 1;
    CHECK(from_pfx(&cert, pfx, "secret", &error) == SECSOCK_E_PASSWORD,
          "and with a bit flipped: %s", error.message);
    free((void *)pfx.data);
}

/* Two identities; the file tells the issuers of neither, and one identifier is wrong. What is put
 * last stands first. */
static void matches_keys_and_certificates(void)
{
    struct cert_list list = { NULL, 0, 0 };
    struct pfx p;
    secsock_error error;
    secsock_cert *cert;
    pfx_begin(&p);
    put_cert_file(&p, "other-ca.pem", 7);
    put_cert_file(&p, "server.pem", 2);
    put_cert_file(&p, "rsa.pem", 1);
    put_cert_file(&p, "int.pem", 9);
    put_cert_file(&p, "server.pem", 2);
    put_key(&p, server_key, 7);
    put_key(&p, rsa_key, 1);
    end_safe(&p, 0, true);
    struct slice pfx = pfx_finish(&p, PFX_SHA1);
    int count = pkcs12_read(&list, pfx, "secret", &error);
    CHECK(count == 2 && error.code == SECSOCK_OK && list.count == 4, "two identities of four");
    if (count == 2) {
        CHECK(equal(secsock_cert_key_type(list.certs[0]), "RSA") && is_whole(list.certs[0], 1) &&
                  equal(secsock_cert_key_type(list.certs[1]), "EC") && is_whole(list.certs[1], 1),
              "in the order of their keys, with the issuer that they share and no other");
        CHECK(equal(secsock_cert_common_name(list.certs[2]), "Test Intermediate") &&
                  equal(secsock_cert_common_name(list.certs[3]), "Other Root") &&
                  !secsock_cert_has_private_key(list.certs[2]),
              "then the others in the order of the file");
    }
    cert_list_clear(&list);
    CHECK(from_pfx(&cert, pfx, "secret", &error) == SECSOCK_OK &&
              equal(secsock_cert_key_type(cert), "RSA"),
          "the first of them is the identity of the file");
    secsock_cert_free(cert);
    free((void *)pfx.data);
}

static int read_and_forget(struct slice pfx, const char *password, secsock_error *error)
{
    secsock_cert *cert;
    int rc = from_pfx(&cert, pfx, password, error);
    if ((rc == SECSOCK_OK) != (cert != NULL) || (rc < 0 && error->message[0] == '\0'))
        rc = SECSOCK_E_INTERNAL;
    secsock_cert_free(cert);
    return rc;
}

static void refuses_keys_without_certificates(void)
{
    struct pfx p;
    secsock_error error;
    pfx_begin(&p);
    put_cert_file(&p, "rsa.pem", 1);
    put_key(&p, server_key, 1);
    end_safe(&p, 0, false);
    struct slice pfx = pfx_finish(&p, PFX_SHA1);
    CHECK(read_and_forget(pfx, "secret", &error) == SECSOCK_E_KEY_MISMATCH &&
              strstr(error.message, "belongs to none of the 1 certificates"),
          "a key of nobody's: %s", error.message);
    free((void *)pfx.data);
    pfx_begin(&p);
    put_key(&p, server_key, 1);
    end_safe(&p, 0, false);
    pfx = pfx_finish(&p, PFX_SHA1);
    CHECK(read_and_forget(pfx, "secret", &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "there is no certificate"),
          "a key alone: %s", error.message);
    free((void *)pfx.data);
}

/* Of two keys that are wrong, each in its way, one is told about, and not half of either. */
static void tells_of_one_key(void)
{
    static const uint8_t bytes[] = { 0x30, 0x14, 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06,
                                     0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
                                     0x01, 0x01, 0x05, 0x00, 0x04, 0x00 };
    const struct slice keys[] = { server_key, { bytes, sizeof(bytes) }, server_key };
    for (size_t i = 0; i < 2; i++) {
        struct pfx p;
        secsock_error error;
        pfx_begin(&p);
        put_cert_file(&p, "rsa.pem", 1);
        put_key(&p, keys[i], 1);
        put_key(&p, keys[i + 1], 1);
        end_safe(&p, 0, false);
        struct slice pfx = pfx_finish(&p, true);
        int result = read_and_forget(pfx, "secret", &error);
        CHECK((result == SECSOCK_E_KEY_MISMATCH || result == SECSOCK_E_FORMAT) &&
                  error.code == result &&
                  (strstr(error.message, "malformed") != NULL) == (result == SECSOCK_E_FORMAT),
              "two keys that are wrong: %s", error.message);
        free((void *)pfx.data);
    }
}

/* Certificates that certify each other do not hold each other. */
static void survives_circles(void)
{
    static const struct mint other = { .cn = "Other", .ca = true };
    static const struct mint one = { .cn = "Root", .ca = true, .by = &other };
    static const struct mint two = { .cn = "Other", .ca = true, .by = &root };
    struct slice certs[] = { mint(&one), mint(&two), mint(&leaf) };
    struct cert_list list = { NULL, 0, 0 };
    struct pfx p;
    pfx_begin(&p);
    for (size_t i = 0; i < 3; i++)
        put_cert(&p, certs[i], 0);
    put_cert_file(&p, "self-signed.pem", 0);
    struct slice key = key_of("self-signed.key");
    put_key(&p, key, 0);
    end_safe(&p, 0, false);
    struct slice pfx = pfx_finish(&p, PFX_SHA1);
    CHECK(pkcs12_read(&list, pfx, "secret", NULL) == 1 && list.count == 4 &&
              is_whole(list.certs[0], 0),
          "certificates that certify each other, and one that certifies itself");
    cert_list_clear(&list);
    free((void *)pfx.data);
    free((void *)key.data);
    for (size_t i = 0; i < 3; i++)
        free((void *)certs[i].data);
}

/* -------------------------------------------------------------------------------------- limits */

static struct slice many(unsigned certs, unsigned keys)
{
    struct slice der = mint(&leaf);
    struct pfx p;
    pfx_begin(&p);
    p.iterations = 1;
    for (unsigned i = 0; i < certs; i++)
        put_cert(&p, der, 0);
    for (unsigned i = 0; i < keys; i++)
        put_key(&p, server_key, 0);
    end_safe(&p, 0, false);
    free((void *)der.data);
    return pfx_finish(&p, PFX_SHA1);
}

/* Safes within safes. */
static struct slice deep(unsigned depth)
{
    struct pfx p;
    pfx_begin(&p);
    put_cert_file(&p, "server.pem", 1);
    put_key(&p, server_key, 1);
    for (unsigned i = 0; i < depth; i++) {
        der_wrap(&p.w, DER_SEQUENCE, 0);
        pfx_bag(&p, 0, 0, PFX_SAFE);
    }
    end_safe(&p, 0, true);
    return pfx_finish(&p, PFX_SHA1);
}

static struct slice costly(bool mac)
{
    struct pfx p;
    pfx_begin(&p);
    put_cert_file(&p, "server.pem", 1);
    p.iterations = mac ? 2000 : 2000000000;
    end_safe(&p, 0, true);
    p.iterations = 2000000000;
    return pfx_finish(&p, mac ? PFX_SHA1 : PFX_NO_MAC);
}

static void check_limit(const char *what, struct slice pfx, int expected, const char *part)
{
    secsock_error error;
    int rc = read_and_forget(pfx, "secret", &error);
    CHECK(rc == expected && (part == NULL || strstr(error.message, part) != NULL), "%s: %s", what,
          error.message);
    free((void *)pfx.data);
}

static void keeps_to_its_limits(void)
{
    check_limit("512 certificates", many(512, 1), SECSOCK_E_KEY_MISMATCH, NULL);
    check_limit("513 certificates", many(513, 1), SECSOCK_E_LIMIT, "more than 512 certificates");
    check_limit("16 keys", many(1, 16), SECSOCK_E_KEY_MISMATCH, NULL);
    check_limit("17 keys", many(1, 17), SECSOCK_E_LIMIT, "more than 16 private keys");
    check_limit("four safes in one another", deep(4), SECSOCK_OK, NULL);
    check_limit("five safes in one another", deep(5), SECSOCK_E_LIMIT, "nested more than 4 deep");
    check_limit("a costly MAC", costly(true), SECSOCK_E_LIMIT, "more than 10000000 iterations");
    check_limit("a costly safe", costly(false), SECSOCK_E_LIMIT, "more than 10000000 iterations");
    uint8_t *huge = calloc(1, PKCS12_LIMIT + 1);
    memcpy(huge, "\x30\x83\x3f\xff\xfc\x02\x01\x03", 8);
    check_limit("a huge file", (struct slice){ huge, PKCS12_LIMIT + 1 }, SECSOCK_E_LIMIT, "4 MiB");
}

/* Other bags, and other kinds of certificates, are passed over. */
static void passes_over_other_bags(void)
{
    static const uint8_t null[] = { 5, 0 };
    struct pfx p;
    pfx_begin(&p);
    put_cert_file(&p, "server.pem", 1);
    put_key(&p, server_key, 1);
    for (unsigned kind = PFX_CRL; kind <= PFX_SECRET; kind++) {
        size_t mark = p.w.len;
        der_write(&p.w, (struct slice){ null, sizeof(null) });
        pfx_bag(&p, mark, mark, (enum pfx_kind)kind);
    }
    size_t mark = p.w.len;
    der_write(&p.w, server_key);
    pfx_bag(&p, mark, mark, PFX_KEY);
    end_safe(&p, 0, false);
    struct slice pfx = pfx_finish(&p, PFX_SHA1);
    check_limit("lists and secrets are passed over, and a bare key is taken", pfx, SECSOCK_OK,
                NULL);
}

/* -------------------------------------------------------------------------------------- hostile */

static void refuses_truncated_files(void)
{
    struct slice files[] = { read_file("pfx/modern.pfx"), read_file("pfx/bare.pfx"),
                             as_windows_does() };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        size_t wrong = 0, step = check_stride();
        secsock_error error;
        for (size_t len = 0; len < files[i].len; len += step) {
            uint8_t *cut = malloc(len > 0 ? len : 1);
            memcpy(cut, files[i].data, len);
            if (read_and_forget((struct slice){ cut, len }, "secret", &error) != SECSOCK_E_FORMAT)
                wrong++;
            if (len > 8 && strstr(error.message, "cut short") == NULL)
                wrong++;
            free(cut);
        }
        CHECK(wrong == 0, "a file cut after any of its %zu bytes: %s", files[i].len, error.message);
        free((void *)files[i].data);
    }
}

static bool is_plausible(int result)
{
    return result == SECSOCK_OK || result == SECSOCK_E_FORMAT || result == SECSOCK_E_PASSWORD ||
           result == SECSOCK_E_UNSUPPORTED || result == SECSOCK_E_LIMIT ||
           result == SECSOCK_E_NO_KEY || result == SECSOCK_E_KEY_MISMATCH;
}

/* Bit by bit, of a file that nothing protects, and of one that all does: what a MAC covers cannot
 * change unnoticed. */
static void survives_flipped_bits(void)
{
    struct slice bare = read_file("pfx/bare.pfx"), sealed = as_windows_does();
    size_t strange = 0, unnoticed = 0, step = 7 * check_stride();
    secsock_error error;
    for (size_t bit = 0; bit < 8 * bare.len; bit += step) {
        uint8_t *byte = (uint8_t *)bare.data + bit / 8;
        *byte ^= (uint8_t)(1 << bit % 8);
        strange += !is_plausible(read_and_forget(bare, NULL, &error));
        *byte ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(strange == 0, "a flipped bit is survived");
    for (size_t bit = 8 * 100; bit < 8 * (sealed.len - 100); bit += 10 * step) {
        uint8_t *byte = (uint8_t *)sealed.data + bit / 8;
        *byte ^= (uint8_t)(1 << bit % 8);
        unnoticed += read_and_forget(sealed, "secret", &error) == SECSOCK_OK;
        *byte ^= (uint8_t)(1 << bit % 8);
    }
    CHECK(unnoticed == 0, "and where there is a MAC it is noticed: %s", error.message);
    free((void *)bare.data);
    free((void *)sealed.data);
}

int main(void)
{
    server_key = key_of("server.key");
    rsa_key = key_of("rsa.key");
    reads_what_windows_writes();
    reads_pbmac1();
    matches_keys_and_certificates();
    refuses_keys_without_certificates();
    tells_of_one_key();
    survives_circles();
    keeps_to_its_limits();
    passes_over_other_bags();
    refuses_truncated_files();
    survives_flipped_bits();
    free((void *)server_key.data);
    free((void *)rsa_key.data);
    mint_end();
    return check_done();
}

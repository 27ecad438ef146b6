/* Certificates and keys leave in PEM and in PFX, and come back the same. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "check.h"
#include "mint.h"
#include "pki.h"

enum {
    CERT = SECSOCK_EXPORT_CERT,
    CHAIN = SECSOCK_EXPORT_CHAIN,
    KEY = SECSOCK_EXPORT_KEY,
    ALL = CERT | CHAIN | KEY,
    LARGE = 32768
};

static char room[LARGE];

static secsock_cert *load(const char *cert, const char *key)
{
    secsock_cert *identity = NULL;
    secsock_error error;
    int rc = key != NULL ? secsock_cert_load_identity(&identity, pki_path(cert), pki_path(key),
                                                      "secret", &error)
                         : secsock_cert_load(&identity, pki_path(cert), "secret", &error);
    if (rc != SECSOCK_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return identity;
}

static bool same_der(const secsock_cert *a, const secsock_cert *b)
{
    size_t a_len, b_len;
    const void *a_der = secsock_cert_der(a, &a_len), *b_der = secsock_cert_der(b, &b_len);
    return a_len == b_len && memcmp(a_der, b_der, a_len) == 0;
}

static bool same_chain(const secsock_cert *a, const secsock_cert *b)
{
    size_t i = 0;
    while (secsock_cert_chain(a, i) != NULL && secsock_cert_chain(b, i) != NULL &&
           same_der(secsock_cert_chain(a, i), secsock_cert_chain(b, i)))
        i++;
    return secsock_cert_chain(a, i) == NULL && secsock_cert_chain(b, i) == NULL;
}

/* ------------------------------------------------------------------------------------ and back */

static const struct {
    const char *cert, *key;
} identities[] = {
    { "server-chain.pem", "server.key" },
    { "server-chain.pem", "server-sec1.key" },
    { "rsa-chain.pem", "rsa.key" },
    { "rsa-chain.pem", "rsa-pkcs1.key" },
    { "rsa-pss-chain.pem", "rsa-pss.key" },
    { "p384-chain.pem", "p384.key" },
    { "p521-chain.pem", "p521.key" },
    { "ed25519-chain.pem", "ed25519.key" },
    { "ed448-chain.pem", "ed448.key" },
    { "pfx/legacy.pfx", NULL },
    { "pfx/named.pfx", NULL },
};

static void comes_back_from_pfx(const secsock_cert *cert, const char *name, const char *password)
{
    secsock_cert *back = NULL;
    secsock_error error = { .message = "" };
    int len = secsock_cert_export_pfx(cert, ALL, password, room, sizeof(room), &error);
    CHECK(len > 0 && secsock_cert_from_pfx(&back, room, (size_t)len, password, &error) == 0 &&
              same_der(cert, back) && same_chain(cert, back) && secsock_cert_has_private_key(back),
          "%s: as PFX with %s and back %s", name, password ? password : "no password",
          error.message);
    const char *named = secsock_cert_friendly_name(cert);
    CHECK(back != NULL && (named == NULL ? secsock_cert_friendly_name(back) == NULL
                                         : strcmp(named, secsock_cert_friendly_name(back)) == 0),
          "with its name: %s", named != NULL ? named : "none");
    secsock_cert_free(back);
}

static void comes_back_from_pem(const secsock_cert *cert, const char *name, const char *password)
{
    secsock_cert *back = NULL;
    secsock_error error = { .message = "" };
    int len = secsock_cert_export_pem(cert, ALL, password, room, sizeof(room), &error);
    CHECK(
        len > 0 && room[len] == '\0' && strlen(room) == (size_t)len &&
            strstr(room, password != NULL ? "BEGIN ENCRYPTED PRIVATE KEY" : "BEGIN PRIVATE KEY") &&
            secsock_cert_from_pem(&back, room, (size_t)len, password, &error) == SECSOCK_OK &&
            same_der(cert, back) && same_chain(cert, back) && secsock_cert_has_private_key(back),
        "%s: as PEM with %s and back %s", name, password ? password : "no password", error.message);
    secsock_cert_free(back);
}

static void every_identity_comes_back(void)
{
    for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i += check_stride()) {
        secsock_cert *cert = load(identities[i].cert, identities[i].key);
        const char *name = identities[i].key != NULL ? identities[i].key : identities[i].cert;
        comes_back_from_pfx(cert, name, i % 2 == 0 ? "Größe \xf0\x9f\x94\x91" : NULL);
        comes_back_from_pem(cert, name, "secret");
        comes_back_from_pem(cert, name, NULL);
        secsock_cert_free(cert);
    }
}

/* PKCS #1 and SEC 1 become what openssl makes of them. */
static void keys_become_pkcs8(void)
{
    static const struct {
        const char *cert, *old, *key;
    } cases[] = { { "rsa.pem", "rsa-pkcs1.key", "rsa.key" } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len;
        secsock_cert *cert = load(cases[i].cert, cases[i].old);
        char *expected = pki_read(cases[i].key, &len);
        int n = secsock_cert_export_pem(cert, KEY, NULL, room, sizeof(room), NULL);
        CHECK(n == (int)len && memcmp(room, expected, len) == 0, "%s becomes %s", cases[i].old,
              cases[i].key);
        free(expected);
        secsock_cert_free(cert);
    }
}

/* --------------------------------------------------------------------------------------- parts */

static unsigned count(const char *text, const char *part)
{
    unsigned n = 0;
    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        n++;
    }
    return n;
}

static void exports_what_is_asked_for(void)
{
    static const struct {
        int parts;
        unsigned certs, keys;
    } cases[] = {
        { CERT, 1, 0 },       { CHAIN, 2, 0 },       { KEY, 0, 1 }, { CERT | CHAIN, 3, 0 },
        { CERT | KEY, 1, 1 }, { CHAIN | KEY, 2, 1 }, { ALL, 3, 1 },
    };
    secsock_cert *cert = load("pfx/modern.pfx", NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int len = secsock_cert_export_pem(cert, cases[i].parts, NULL, room, sizeof(room), NULL);
        CHECK(len == (int)strlen(room) && count(room, "BEGIN CERTIFICATE") == cases[i].certs &&
                  count(room, "BEGIN PRIVATE KEY") == cases[i].keys,
              "%d is %u certificates and %u keys", cases[i].parts, cases[i].certs, cases[i].keys);
    }
    secsock_cert *back = NULL;
    secsock_error error;
    int len = secsock_cert_export_pfx(cert, CERT | KEY, "x", room, sizeof(room), NULL);
    CHECK(secsock_cert_from_pfx(&back, room, (size_t)len, "x", &error) == SECSOCK_OK &&
              secsock_cert_chain(back, 0) == NULL,
          "a PFX file without the issuers");
    secsock_cert_free(back);
    len = secsock_cert_export_pfx(cert, CERT | CHAIN, "x", room, sizeof(room), NULL);
    CHECK(secsock_cert_from_pfx(&back, room, (size_t)len, "x", &error) == SECSOCK_E_NO_KEY,
          "and one without the key: %s", error.message);
    secsock_cert_free(cert);
}

static void writes_all_or_nothing(void)
{
    secsock_cert *cert = load("server-chain.pem", "server.key");
    for (int pfx = 0; pfx < 2; pfx++) {
        int len = pfx ? secsock_cert_export_pfx(cert, ALL, "secret", NULL, 0, NULL)
                      : secsock_cert_export_pem(cert, ALL, "secret", NULL, 0, NULL);
        size_t enough = (size_t)len + (pfx ? 0 : 1);
        char *exact = malloc(enough);
        memset(exact, '#', enough);
        int again = pfx ? secsock_cert_export_pfx(cert, ALL, "secret", exact, enough - 1, NULL)
                        : secsock_cert_export_pem(cert, ALL, "secret", exact, enough - 1, NULL);
        size_t untouched = 0;
        while (untouched < enough && exact[untouched] == '#')
            untouched++;
        CHECK(len > 0 && again == len && untouched == enough,
              "a byte too little for %d, and nothing is written", len);
        again = pfx ? secsock_cert_export_pfx(cert, ALL, "secret", exact, enough, NULL)
                    : secsock_cert_export_pem(cert, ALL, "secret", exact, enough, NULL);
        CHECK(again == len && exact[0] == (pfx ? 0x30 : '-'), "what was said to suffice does");
        free(exact);
    }
    secsock_cert_free(cert);
}

static void is_encrypted_anew_each_time(void)
{
    static char other[LARGE];
    secsock_cert *cert = load("server.pem", "server.key");
    int len = secsock_cert_export_pem(cert, KEY, "secret", room, sizeof(room), NULL);
    int again = secsock_cert_export_pem(cert, KEY, "secret", other, sizeof(other), NULL);
    CHECK(len == again && memcmp(room, other, (size_t)len) != 0, "two exports differ");
    secsock_cert_free(cert);
}

/* ---------------------------------------------------------------------------------- permission */

static void refuses(const secsock_cert *cert, int parts, const char *password, int expected,
                    const char *why)
{
    secsock_error error;
    int pem = secsock_cert_export_pem(cert, parts, password, room, sizeof(room), &error);
    CHECK(pem == expected && error.code == pem && error.message[0] != '\0', "%s, in PEM: %s", why,
          error.message);
    int pfx = secsock_cert_export_pfx(cert, parts, password, room, sizeof(room), &error);
    CHECK(pfx == expected && error.code == pfx, "%s, in PFX: %s", why, error.message);
}

static void refuses_what_cannot_be(void)
{
    secsock_cert *cert = load("server.pem", NULL);
    secsock_error error;
    refuses(cert, ALL, NULL, SECSOCK_E_NO_KEY, "a key that is not there");
    refuses(cert, 0, NULL, SECSOCK_E_ARGUMENT, "nothing");
    refuses(cert, 8, NULL, SECSOCK_E_ARGUMENT, "what there is no word for");
    CHECK(secsock_cert_export_pfx(cert, CHAIN, NULL, NULL, 0, &error) == SECSOCK_E_ARGUMENT,
          "a PFX file without the certificate: %s", error.message);
    CHECK(!secsock_cert_is_exportable(cert), "without a key nothing is exportable");
    secsock_cert_free(cert);
    cert = load("server.pem", "server.key");
    CHECK(secsock_cert_export_pem(cert, KEY, "", NULL, 0, &error) == SECSOCK_E_ARGUMENT,
          "an empty password: %s", error.message);
    CHECK(secsock_cert_export_pfx(cert, ALL, "\xff", room, sizeof(room), &error) ==
              SECSOCK_E_PASSWORD,
          "a password that is no text: %s", error.message);
    secsock_cert_free(cert);
}

/* A certificate with an extension of 384 KiB, and as many like it as a chain may have. */
static secsock_cert *large_chain(void)
{
    enum { BYTES = 0x60000, LONGEST_CHAIN = 36 };
    static const char head[] = "308306000a06032a03040483060000";
    char *extension = malloc(strlen(head) + 2 * BYTES + 1);
    memcpy(extension, head, strlen(head));
    memset(extension + strlen(head), '0', 2 * BYTES);
    extension[strlen(head) + 2 * BYTES] = '\0';
    struct slice der = mint(&(struct mint){ .extensions = extension });
    secsock_cert *one = NULL, *chain = NULL;
    secsock_cert_from_der(&one, der.data, der.len, NULL);
    size_t len = strlen(secsock_cert_pem(one));
    char *text = malloc(LONGEST_CHAIN * len);
    for (size_t i = 0; i < LONGEST_CHAIN; i++)
        memcpy(text + i * len, secsock_cert_pem(one), len);
    secsock_cert_from_pem(&chain, text, LONGEST_CHAIN * len, NULL, NULL);
    secsock_cert_free(one);
    free(text);
    free((void *)der.data);
    free(extension);
    mint_end();
    return chain;
}

static void writes_nothing_too_large_to_be_read(void)
{
    secsock_cert *chain = large_chain();
    secsock_error error;
    CHECK(secsock_cert_export_pem(chain, CERT, NULL, NULL, 0, NULL) > 0 &&
              secsock_cert_export_pem(chain, CERT | CHAIN, NULL, NULL, 0, &error) ==
                  SECSOCK_E_LIMIT &&
              strstr(error.message, "16 MiB"),
          "a text that no file could hold: %s", error.message);
    CHECK(secsock_cert_export_pfx(chain, CERT, NULL, NULL, 0, NULL) > 0 &&
              secsock_cert_export_pfx(chain, CERT | CHAIN, NULL, NULL, 0, &error) ==
                  SECSOCK_E_LIMIT &&
              strstr(error.message, "4 MiB"),
          "a PFX file that nobody would read: %s", error.message);
    secsock_cert_free(chain);
}

static void *forbid(void *cert)
{
    secsock_cert_forbid_export(cert);
    return NULL;
}

static void keeps_what_it_is_told_to(void)
{
    secsock_cert *cert = load("server.pem", "server.key");
    secsock_cert *other = secsock_cert_ref(cert);
    pthread_t thread;
    CHECK(secsock_cert_is_exportable(cert) == 1, "a key may leave");
    pthread_create(&thread, NULL, forbid, other);
    pthread_join(thread, NULL);
    secsock_cert_free(other);
    CHECK(!secsock_cert_is_exportable(cert) && secsock_cert_has_private_key(cert),
          "until somebody forbids it");
    refuses(cert, ALL, "secret", SECSOCK_E_NOT_EXPORTABLE, "then it stays");
    CHECK(secsock_cert_export_pem(cert, CERT, NULL, NULL, 0, NULL) > 0,
          "the certificate may leave");
    secsock_cert_free(cert);
}

int main(void)
{
    every_identity_comes_back();
    keys_become_pkcs8();
    exports_what_is_asked_for();
    writes_all_or_nothing();
    is_encrypted_anew_each_time();
    refuses_what_cannot_be();
    writes_nothing_too_large_to_be_read();
    keeps_what_it_is_told_to();
    return check_done();
}

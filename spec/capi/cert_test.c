/* Certificates: loading them, and what they tell about themselves. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "check.h"
#include "name_text.h"
#include "oid.h"
#include "pki.h"

static secsock_cert *load(const char *name)
{
    secsock_cert *cert = NULL;
    secsock_error error;
    if (secsock_cert_load(&cert, pki_path(name), NULL, &error) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return cert;
}

static bool equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const char *shown(const char *text)
{
    return text != NULL ? text : "(none)";
}

#define CHECK_TEXT(actual, expected, what) \
    CHECK(equal((actual), (expected)), "%s is %s", (what), shown(actual))

/* ---------------------------------------------------------------------------------------- facts */

static const struct {
    const char *name;
    const char *(*get)(const secsock_cert *cert);
} openssl_facts[] = {
    { "serial", secsock_cert_serial },
    { "sha256", secsock_cert_sha256 },
    { "sha1", secsock_cert_sha1 },
    { "pin", secsock_cert_pin },
    { "subject_key_id", secsock_cert_subject_key_id },
    { "authority_key_id", secsock_cert_authority_key_id },
};

static void agrees_with_openssl(void)
{
    size_t len;
    char *facts = pki_read("server.facts", &len);
    secsock_cert *cert = load("server.pem");
    for (size_t i = 0; i < sizeof(openssl_facts) / sizeof(openssl_facts[0]); i++) {
        char line[128];
        snprintf(line, sizeof(line), "%s %s\n", openssl_facts[i].name,
                 shown(openssl_facts[i].get(cert)));
        CHECK(strstr(facts, line) != NULL, "openssl also says: %s %s", openssl_facts[i].name,
              shown(openssl_facts[i].get(cert)));
    }
    free(facts);
    char *pem = pki_read("server.pem", &len);
    CHECK(equal(secsock_cert_pem(cert), pem), "the PEM is, to the byte, that of openssl");
    free(pem);
    char *der = pki_read("server.der", &len);
    size_t der_len = 0;
    const void *mine = secsock_cert_der(cert, &der_len);
    CHECK(der_len == len && memcmp(mine, der, len) == 0, "and so is the DER");
    free(der);
    secsock_cert_free(cert);
}

static void tells_what_a_leaf_is(void)
{
    secsock_cert *cert = load("server-chain.pem");
    CHECK_TEXT(secsock_cert_subject(cert), "CN=mail.example,O=secsock", "the subject");
    CHECK_TEXT(secsock_cert_issuer(cert), "CN=Test Intermediate,O=secsock", "the issuer");
    CHECK_TEXT(secsock_cert_common_name(cert), "mail.example", "the common name");
    CHECK_TEXT(secsock_cert_key_type(cert), "EC", "the kind of key");
    CHECK_TEXT(secsock_cert_key_curve(cert), "P-256", "the curve");
    CHECK_TEXT(secsock_cert_signature_algorithm(cert), "ecdsa-with-SHA256", "the signature");
    CHECK_TEXT(secsock_cert_ext_key_usage(cert, 0), "serverAuth", "its purpose");
    CHECK(secsock_cert_ext_key_usage(cert, 1) == NULL, "it has no other");
    CHECK(secsock_cert_key_bits(cert) == 256, "the key has 256 bits");
    CHECK(secsock_cert_version(cert) == 3, "the version is 3");
    CHECK(secsock_cert_not_before(cert) == 1577836800, "it is valid from 2020-01-01");
    CHECK(secsock_cert_not_after(cert) == 2524607999, "it is valid to the end of 2049");
    CHECK(!secsock_cert_is_ca(cert) && secsock_cert_path_length(cert) == -1, "it is no CA");
    CHECK(secsock_cert_key_usage(cert) == 1, "its key is for digital signatures");
    CHECK(!secsock_cert_is_self_issued(cert), "it is not self-issued");
    CHECK(!secsock_cert_has_private_key(cert), "there is no private key with it");
    const secsock_cert *issuer = secsock_cert_chain(cert, 0);
    CHECK(issuer != NULL && secsock_cert_is_ca(issuer) && secsock_cert_path_length(issuer) == 0 &&
              secsock_cert_chain(cert, 1) == NULL,
          "its issuer is with it: a CA with a path length of 0");
    secsock_cert_free(cert);
}

static void tells_the_kinds_of_keys(void)
{
    static const struct {
        const char *file, *type, *curve, *signature;
        int bits;
    } cases[] = {
        { "rsa.pem", "RSA", NULL, "ecdsa-with-SHA256", 2048 },
        { "rsa-pss.pem", "RSA-PSS", NULL, "ecdsa-with-SHA256", 2048 },
        { "weak-key.pem", "RSA", NULL, "ecdsa-with-SHA256", 1024 },
        { "p384.pem", "EC", "P-384", "ecdsa-with-SHA256", 384 },
        { "p521.pem", "EC", "P-521", "ecdsa-with-SHA256", 521 },
        { "secp256k1.pem", "EC", "secp256k1", "ecdsa-with-SHA256", 256 },
        { "ed25519.pem", "Ed25519", NULL, "ecdsa-with-SHA256", 256 },
        { "ed448.pem", "Ed448", NULL, "ecdsa-with-SHA256", 456 },
        { "weak-signature.pem", "EC", "P-256", "ecdsa-with-SHA1", 256 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        secsock_cert *cert = load(cases[i].file);
        CHECK(equal(secsock_cert_key_type(cert), cases[i].type) &&
                  equal(secsock_cert_key_curve(cert), cases[i].curve) &&
                  equal(secsock_cert_signature_algorithm(cert), cases[i].signature) &&
                  secsock_cert_key_bits(cert) == cases[i].bits,
              "%s: %s of %d bits, %s", cases[i].file, shown(secsock_cert_key_type(cert)),
              secsock_cert_key_bits(cert), shown(secsock_cert_signature_algorithm(cert)));
        secsock_cert_free(cert);
    }
}

static void tells_alternative_names(void)
{
    static const struct {
        int kind;
        const char *text;
    } names[] = {
        { SECSOCK_SAN_DNS, "odd.example" },
        { SECSOCK_SAN_IP, "2001:db8::1" },
        { SECSOCK_SAN_IP, "2001:db8:0:1::1" },
        { SECSOCK_SAN_EMAIL, "who\\5cis@odd.example" },
        { SECSOCK_SAN_URI, "https://odd.example/path" },
        { SECSOCK_SAN_DIRECTORY, "CN=In a Directory,C=DE" },
    };
    secsock_cert *cert = load("odd-names.pem");
    size_t count = sizeof(names) / sizeof(names[0]);
    for (size_t i = 0; i < count; i++) {
        int kind = 0;
        const char *text = secsock_cert_san(cert, i, &kind);
        CHECK(equal(text, names[i].text) && kind == names[i].kind, "name %zu is %s", i,
              shown(text));
    }
    CHECK(secsock_cert_san(cert, count, NULL) == NULL, "names of other kinds are passed over");
    CHECK_TEXT(secsock_cert_ext_key_usage(cert, 1), "1.3.6.1.4.1.55555.1", "an unknown purpose");
    CHECK_TEXT(secsock_cert_subject(cert),
               "CN=\\ odd\\ ,1.2.3.4=#0c036f6464,OU=\\#one+OU=two \\\\ three,"
               "O=Gr\xC3\xB6\xC3\x9F"
               "e\\, \\\"Zahl\\\" \\<und\\> Zeichen\\;,DC=example",
               "the subject, escaped,");
    CHECK_TEXT(secsock_cert_common_name(cert), " odd ", "the common name, as it stands,");
    secsock_cert_free(cert);
}

/* The text of a name that consists of one CN of this type. */
static const char *value_text(uint8_t tag, const char *value, size_t len, bool whole)
{
    static char buffer[256];
    uint8_t der[128] = { 0x30, 0, 0x31, 0, 0x30, 0, 0x06, 3, 0x55, 4, 3, tag, (uint8_t)len };
    struct text text;
    struct x509_name_cursor cursor;
    struct x509_attribute attribute;
    memcpy(der + 13, value, len);
    der[1] = (uint8_t)(len + 11);
    der[3] = (uint8_t)(len + 9);
    der[5] = (uint8_t)(len + 7);
    struct slice name = { der, len + 13 };
    text_begin(&text, buffer, sizeof(buffer));
    x509_name_begin(&cursor, name);
    if (whole)
        name_text(&text, name);
    else if (x509_name_next(&cursor, &attribute))
        name_text_value(&text, &attribute);
    return text.len == strlen(buffer) ? buffer : "(wrong length)";
}

static void writes_values_of_every_type(void)
{
    static const struct {
        uint8_t tag;
        size_t len;
        const char *value, *whole, *plain;
    } cases[] = {
        { 0x0c, 4, "a\0b\n", "CN=a\\00b\\0a", "a\\00b\\0a" },
        { 0x0c, 6, "a,b+\"c", "CN=a\\,b\\+\\\"c", "a,b+\"c" },
        { 0x0c, 2, "\\#", "CN=\\\\#", "\\5c#" },
        { 0x0c, 1, " ", "CN=\\ ", " " },
        { 0x0c, 3, " x ", "CN=\\ x\\ ", " x " },
        { 0x0c, 0, "", "CN=", "" },
        { 0x0c, 2, "\xC3\xA9", "CN=\xC3\xA9", "\xC3\xA9" },
        { 0x0c, 2, "\xC3(", "CN=\\c3(", "\\c3(" },
        { 0x0c, 1, "\xC3", "CN=\\c3", "\\c3" },
        { 0x0c, 2, "\xC0\x80", "CN=\\c0\\80", "\\c0\\80" },
        { 0x0c, 3, "\xED\xA0\x80", "CN=\\ed\\a0\\80", "\\ed\\a0\\80" },
        { 0x0c, 4, "\xF0\x9F\x94\x91", "CN=\xF0\x9F\x94\x91", "\xF0\x9F\x94\x91" },
        { 0x0c, 4, "\xF5\x80\x80\x80", "CN=\\f5\\80\\80\\80", "\\f5\\80\\80\\80" },
        { 0x0c, 2, "\xC2\x85", "CN=\\c2\\85", "\\c2\\85" },
        { 0x13, 2, "a\xE9", "CN=a\\e9", "a\\e9" },
        { 0x14, 2, "a\xE9", "CN=a\xC3\xA9", "a\xC3\xA9" },
        { 0x1e, 4, "\0a\x20\xAC", "CN=a\xE2\x82\xAC", "a\xE2\x82\xAC" },
        { 0x1e, 3, "\0ab", "CN=a\\62", "a\\62" },
        { 0x1e, 2, "\xD8\x00", "CN=\\d8", "\\d8" },
        { 0x1c, 4, "\0\1\xF5\x11", "CN=\xF0\x9F\x94\x91", "\xF0\x9F\x94\x91" },
        { 0x04, 2, "Hi", "CN=#04024869", "#04024869" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *text = value_text(cases[i].tag, cases[i].value, cases[i].len, true);
        CHECK(equal(text, cases[i].whole), "a name of type %02x is written %s", cases[i].tag, text);
        text = value_text(cases[i].tag, cases[i].value, cases[i].len, false);
        CHECK(equal(text, cases[i].plain), "and its value alone %s", text);
    }
}

static void writes_object_identifiers(void)
{
    static const struct {
        size_t len;
        const char *der, *text;
    } cases[] = {
        { 3, "\x55\x04\x03", "2.5.4.3" },
        { 1, "\x27", "0.39" },
        { 1, "\x4f", "1.39" },
        { 2, "\x88\x37", "2.999" },
        { 6, "\x2a\x86\x48\x86\xf7\x0d", "1.2.840.113549" },
        { 10, "\x69\x83\xff\xff\xff\xff\xff\xff\xff\x7f", "2.25.288230376151711743" },
        { 12, "\x69\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "2.25.?" },
        { 0, "", "" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[32] = "", cut[6];
        struct slice oid = { (const uint8_t *)cases[i].der, cases[i].len };
        CHECK(oid_text(oid, text, sizeof(text)) == strlen(cases[i].text) &&
                  equal(text, cases[i].text) &&
                  oid_text(oid, cut, sizeof(cut)) == strlen(cases[i].text) &&
                  strncmp(cut, cases[i].text, 5) == 0 && strlen(cut) <= 5,
              "an object identifier is written \"%s\", and cut where there is no room", text);
    }
}

static void writes_an_absurdly_long_name_as_hex(void)
{
    enum { PARTS = 70, PART = 13 };
    static char buffer[4096];
    uint8_t der[4 + PARTS * PART] = { 0x30, 0x82, PARTS * PART >> 8, PARTS * PART & 0xFF };
    static const uint8_t part[PART] = { 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, 0x0c, 2, 'h', 'i' };
    struct text text;
    for (size_t i = 0; i < PARTS; i++)
        memcpy(der + 4 + i * PART, part, PART);
    text_begin(&text, buffer, sizeof(buffer));
    name_text(&text, (struct slice){ der, sizeof(der) });
    CHECK(strncmp(buffer, "#3082", 5) == 0 && text.len == 1 + 2 * sizeof(der),
          "a name of 70 parts is shown as hex");
}

/* -------------------------------------------------------------------------------------- loading */

static void loads_identities(void)
{
    static const struct {
        const char *cert, *key, *password;
        size_t issuers;
    } cases[] = {
        { "server.pem", "server.key", NULL, 0 },
        { "server-chain.pem", "server.key", NULL, 1 },
        { "server-all.pem", NULL, NULL, 1 },
        { "server-all.pem", "server-aes256.key", "secret", 1 },
        { "server-chain.pem", "server-sec1.key", NULL, 1 },
        { "rsa-chain.pem", "rsa-legacy.key", "secret", 1 },
        { "crlf.pem", "server.key", NULL, 0 },
        { "bom.pem", "server.key", NULL, 0 },
        { "ed25519-chain.pem", "ed25519.key", NULL, 1 },
        { "two-keys.pem", "server.key", NULL, 0 },
        { "server.der", "server-pbes1.key", "secret", 0 },
        { "pfx/modern.pfx", NULL, "secret", 2 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        secsock_cert *cert = NULL;
        secsock_error error = { .message = "" };
        int rc = secsock_cert_load_identity(&cert, pki_path(cases[i].cert),
                                            cases[i].key != NULL ? pki_path(cases[i].key) : NULL,
                                            cases[i].password, &error);
        CHECK(rc == SECSOCK_OK && secsock_cert_has_private_key(cert) && error.code == SECSOCK_OK &&
                  (cases[i].issuers == 0 || secsock_cert_chain(cert, cases[i].issuers - 1)) &&
                  secsock_cert_chain(cert, cases[i].issuers) == NULL,
              "%s with %s is an identity with %zu issuers%s", cases[i].cert,
              cases[i].key != NULL ? cases[i].key : "the key within", cases[i].issuers,
              error.message);
        secsock_cert_free(cert);
    }
}

static void refuses_bad_identities(void)
{
    static const struct {
        const char *cert, *key, *password;
        int code;
        const char *part;
    } cases[] = {
        { "absent.pem", NULL, NULL, SECSOCK_E_FILE, "absent.pem: No such file or directory" },
        { "trust", NULL, NULL, SECSOCK_E_FILE, "trust: Is a directory" },
        { "server.pem", "absent.key", NULL, SECSOCK_E_FILE, "absent.key: No such file" },
        { "server.pem", NULL, NULL, SECSOCK_E_NO_KEY, "server.pem: there is no private key" },
        { "server.pem", "ca.pem", NULL, SECSOCK_E_NO_KEY, "ca.pem: there is no private key" },
        { "server.pem", "garbage.pem", NULL, SECSOCK_E_NO_KEY, "garbage.pem: there is no private" },
        { "server.pem", "mismatched.key", NULL, SECSOCK_E_KEY_MISMATCH,
          "mismatched.key: the private key does not belong to the certificate" },
        { "server.pem", "rsa.key", NULL, SECSOCK_E_KEY_MISMATCH, "rsa.key: the private key (RSA)" },
        { "leaf-last.pem", "server.key", NULL, SECSOCK_E_KEY_MISMATCH,
          "the private key belongs to certificate 2 of 2, which must be the first" },
        { "server.pem", "server-aes256.key", NULL, SECSOCK_E_PASSWORD,
          "server-aes256.key: block 1 (ENCRYPTED PRIVATE KEY, line 1): the key is encrypted and "
          "no password was given" },
        { "server.pem", "server-aes256.key", "nonsense", SECSOCK_E_PASSWORD,
          "the password is wrong" },
        { "secp256k1.pem", "secp256k1.key", NULL, SECSOCK_E_UNSUPPORTED,
          "secp256k1.key: the certificate has a key on a curve that is not supported" },
        { "server.pem", "server-costly.key", "secret", SECSOCK_E_LIMIT, "iterations" },
        { "two-keys.pem", NULL, NULL, SECSOCK_E_FORMAT, "a second private key" },
        { "key-only.pem", NULL, NULL, SECSOCK_E_FORMAT,
          "key-only.pem: block 1 (PRIVATE KEY, line 1): not a certificate, and there is none" },
        { "request.pem", "server.key", NULL, SECSOCK_E_FORMAT, "(CERTIFICATE REQUEST, line 1)" },
        { "empty.pem", NULL, NULL, SECSOCK_E_FORMAT,
          "empty.pem: there is no certificate: it is "
          "empty" },
        { "garbage.pem", NULL, NULL, SECSOCK_E_FORMAT, "it is not PEM" },
        { "server.der", NULL, NULL, SECSOCK_E_NO_KEY, "server.der: there is no private key" },
        { "server.pem", "server.der", NULL, SECSOCK_E_NO_KEY,
          "server.der: there is no private key in PEM: it may be DER" },
        { "pfx/modern.pfx", "server.key", "secret", SECSOCK_E_FORMAT,
          "modern.pfx: it is a PFX file or a private key" },
        { "pfx/nokeys.pfx", NULL, "secret", SECSOCK_E_NO_KEY,
          "nokeys.pfx: there is no private key in the PFX file" },
        { "pfx/modern.pfx", NULL, "wrong", SECSOCK_E_PASSWORD, "modern.pfx: the password is " },
        { "bad-der.pem", NULL, NULL, SECSOCK_E_FORMAT,
          "bad-der.pem: block 1 (CERTIFICATE, line 1): " },
        { "bad-base64.pem", NULL, NULL, SECSOCK_E_FORMAT, "it is not valid base64" },
        { "no-end.pem", NULL, NULL, SECSOCK_E_FORMAT, "it has no END" },
        { "wrong-end.pem", NULL, NULL, SECSOCK_E_FORMAT, "its END does not match its BEGIN" },
        { "trusted.pem", NULL, NULL, SECSOCK_E_UNSUPPORTED,
          "(TRUSTED CERTIFICATE, line 1): certificates in this form are not supported" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        secsock_cert *cert = (secsock_cert *)&cases;
        secsock_error error;
        int rc = secsock_cert_load_identity(&cert, pki_path(cases[i].cert),
                                            cases[i].key != NULL ? pki_path(cases[i].key) : NULL,
                                            cases[i].password, &error);
        CHECK(rc == cases[i].code && cert == NULL && error.code == rc && error.alert == -1 &&
                  strstr(error.message, cases[i].part) && strstr(error.message, "secret") == NULL,
              "%s: %s", secsock_result_name(rc), error.message);
    }
}

static void loads_from_memory(void)
{
    size_t certs_len, key_len, der_len;
    char *certs = pki_read("server-chain.pem", &certs_len);
    char *key = pki_read("server-aes128.key", &key_len);
    char *der = pki_read("server.der", &der_len);
    secsock_cert *cert = NULL;
    secsock_error error;
    CHECK(secsock_cert_from_pem(&cert, certs, certs_len, NULL, &error) == SECSOCK_OK &&
              !secsock_cert_has_private_key(cert) && secsock_cert_chain(cert, 0) != NULL,
          "a PEM text is loaded");
    secsock_cert_free(cert);
    CHECK(secsock_cert_identity_from_pem(&cert, certs, certs_len, key, key_len, "secret", &error) ==
                  SECSOCK_OK &&
              secsock_cert_has_private_key(cert),
          "so is an identity");
    secsock_cert_free(cert);
    CHECK(secsock_cert_identity_from_pem(&cert, certs, certs_len, certs, certs_len, NULL, &error) ==
                  SECSOCK_E_NO_KEY &&
              cert == NULL && equal(error.message, "there is no private key"),
          "not without a key: %s", error.message);
    CHECK(secsock_cert_from_der(&cert, der, der_len, &error) == SECSOCK_OK &&
              equal(secsock_cert_common_name(cert), "mail.example"),
          "DER is loaded");
    secsock_cert_free(cert);
    for (size_t len = 0; len < der_len; len += 50)
        if (secsock_cert_from_der(&cert, der, len, &error) != SECSOCK_E_FORMAT || cert != NULL)
            CHECK(false, "DER cut after %zu bytes is refused", len);
    CHECK(error.code == SECSOCK_E_FORMAT && strstr(error.message, "not a certificate: ") != NULL,
          "DER that is cut short is refused: %s", error.message);
    CHECK(secsock_cert_from_der(&cert, der, der_len + 1, &error) == SECSOCK_E_FORMAT,
          "and so is DER with something behind it: %s", error.message);
    free(certs);
    free(key);
    free(der);
}

static void refuses_null(void)
{
    secsock_cert *cert = NULL;
    secsock_error error;
    CHECK(secsock_cert_load(NULL, "x", NULL, &error) == SECSOCK_E_ARGUMENT &&
              secsock_cert_load(&cert, NULL, NULL, &error) == SECSOCK_E_ARGUMENT &&
              secsock_cert_from_der(&cert, NULL, 0, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_cert_from_pem(&cert, NULL, 0, NULL, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_cert_identity_from_pem(&cert, "", 0, NULL, 0, NULL, NULL) ==
                  SECSOCK_E_ARGUMENT &&
              cert == NULL,
          "NULL is refused: %s", error.message);
    cert = load("server.pem");
    CHECK(!secsock_cert_matches(cert, NULL), "and is nobody's name");
    secsock_cert_free(cert);
    secsock_cert_free(NULL);
}

static void puts_issuers_in_order(void)
{
    secsock_cert *cert = load("misordered.pem");
    const secsock_cert *first = secsock_cert_chain(cert, 0), *second = secsock_cert_chain(cert, 1);
    CHECK(equal(secsock_cert_common_name(first), "Test Intermediate") &&
              equal(secsock_cert_common_name(second), "Test Root"),
          "the leaf's own issuer comes first, whatever the order in the file");
    secsock_cert_free(cert);
    cert = load("unrelated.pem");
    CHECK(equal(secsock_cert_common_name(secsock_cert_chain(cert, 0)), "Other Root"),
          "what issued nobody stays where it is");
    secsock_cert_free(cert);
}

static void limits_the_issuers(void)
{
    size_t len;
    char *one = pki_read("ca.pem", &len), *many = malloc(40 * len);
    for (size_t i = 0; i < 40; i++)
        memcpy(many + i * len, one, len);
    secsock_cert *cert = NULL;
    secsock_error error;
    CHECK(secsock_cert_from_pem(&cert, many, 36 * len, NULL, &error) == SECSOCK_OK,
          "35 issuers are loaded");
    secsock_cert_free(cert);
    CHECK(secsock_cert_from_pem(&cert, many, 37 * len, NULL, &error) == SECSOCK_E_LIMIT,
          "36 are not: %s", error.message);
    free(one);
    free(many);
}

/* -------------------------------------------------------------------------------------- sharing */

static void *ask(void *arg)
{
    const secsock_cert *cert = arg;
    secsock_cert *mine = secsock_cert_ref(cert);
    const char *pin = secsock_cert_pin(mine);
    secsock_cert_free(mine);
    return (void *)(uintptr_t)pin;
}

static void is_shared_by_threads(void)
{
    enum { THREADS = 8, ROUNDS = 50 };
    bool same = true;
    for (int round = 0; round < ROUNDS; round++) {
        secsock_cert *cert = load("server.pem");
        pthread_t threads[THREADS];
        void *answers[THREADS];
        for (size_t i = 0; i < THREADS; i++)
            pthread_create(&threads[i], NULL, ask, cert);
        for (size_t i = 0; i < THREADS; i++)
            pthread_join(threads[i], &answers[i]);
        for (size_t i = 0; i < THREADS; i++)
            same = same && answers[i] != NULL && answers[i] == answers[0];
        secsock_cert_free(cert);
    }
    CHECK(same, "threads that ask at the same time are given the same string");
}

int main(void)
{
    agrees_with_openssl();
    tells_what_a_leaf_is();
    tells_the_kinds_of_keys();
    tells_alternative_names();
    writes_values_of_every_type();
    writes_object_identifiers();
    writes_an_absurdly_long_name_as_hex();
    loads_identities();
    refuses_bad_identities();
    loads_from_memory();
    refuses_null();
    puts_issuers_in_order();
    limits_the_issuers();
    is_shared_by_threads();
    return check_done();
}

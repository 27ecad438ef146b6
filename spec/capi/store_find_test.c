/* Looking into stores: by everything there is, and what is no value to look for. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base64.h"
#include "cert.h"
#include "check.h"
#include "memory.h"
#include "mint.h"
#include "name_parse.h"
#include "name_text.h"
#include "oid.h"
#include "pki.h"
#include "store.h"

/* What is looked into, in this order; the server's has its key. */
static const char *const files[] = {
    "server.pem", "client.pem", "expired.pem",   "future.pem",
    "int.pem",    "ca.pem",     "odd-names.pem", "wrong-usage.pem"
};
enum { SERVER, CLIENT, EXPIRED, FUTURE, INT, CA, ODD, WRONG_USAGE, COUNT };

static secsock_store *store;

static const secsock_cert *the(size_t index)
{
    return secsock_store_cert(store, index);
}

static void fill(void)
{
    secsock_cert *server = NULL;
    store = secsock_store_new();
    if (secsock_cert_load_identity(&server, pki_path("server.pem"), pki_path("server.key"), NULL,
                                   NULL) != SECSOCK_OK ||
        secsock_store_add(store, server, NULL) != SECSOCK_OK)
        exit(1);
    for (size_t i = 1; i < COUNT; i++) {
        if (secsock_store_load_file(store, pki_path(files[i]), NULL) != 1)
            exit(1);
    }
    secsock_cert_free(server);
}

/* Which of them are found, as "0 2 5"; or the name of the result. */
static const char *find_valid(int by, const char *value, secsock_config *valid)
{
    static char text[64];
    secsock_store *found = NULL;
    secsock_error error;
    int result = secsock_store_find(store, by, value, valid, &found, &error);
    text[0] = '\0';
    if (result != SECSOCK_OK)
        return error.code == result && error.message[0] != '\0' && found == NULL
                   ? secsock_result_name(result)
                   : "an error without a sentence";
    for (size_t i = 0; i < secsock_store_count(found); i++) {
        size_t which = 0, len = strlen(text);
        while (the(which) != secsock_store_cert(found, i))
            which++;
        snprintf(text + len, sizeof(text) - len, i > 0 ? " %zu" : "%zu", which);
    }
    secsock_store_free(found);
    return text;
}

static void finds(int by, const char *value, const char *wanted, const char *what)
{
    const char *found = find_valid(by, value, NULL);
    CHECK(strcmp(found, wanted) == 0, "%s: %s finds \"%s\"", what,
          value != NULL ? value : "nothing", found);
}

static const char refused[] = "SECSOCK_E_ARGUMENT";

/* -------------------------------------------------------------------------------------- by what */

static void by_nothing(void)
{
    finds(SECSOCK_FIND_ANY, NULL, "0 1 2 3 4 5 6 7", "any");
    finds(SECSOCK_FIND_ANY, "x", refused, "any");
    finds(SECSOCK_FIND_PRIVATE_KEY, NULL, "0", "private key");
    finds(SECSOCK_FIND_PRIVATE_KEY, "", refused, "private key");
}

/* "a:b:c" in upper case from "abc…". */
static const char *dressed(const char *hex, const char *between)
{
    static char text[256];
    size_t len = 0;
    for (size_t i = 0; hex[i] != '\0'; i++) {
        if (i > 0 && i % 2 == 0)
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", between);
        text[len++] = hex[i] >= 'a' ? (char)(hex[i] - 'a' + 'A') : hex[i];
    }
    text[len] = '\0';
    return text;
}

static void by_thumbprint(void)
{
    enum { BY = SECSOCK_FIND_THUMBPRINT };
    finds(BY, secsock_cert_sha256(the(INT)), "4", "SHA-256");
    finds(BY, secsock_cert_sha1(the(INT)), "4", "SHA-1");
    finds(BY, dressed(secsock_cert_sha256(the(ODD)), ":"), "6", "with colons, in upper case");
    finds(BY, dressed(secsock_cert_sha1(the(ODD)), " "), "6", "with spaces, in upper case");
    finds(BY, "0000000000000000000000000000000000000000", "", "nobody's");
    finds(BY, "0000000000000000000000000000000000000000000000000000000000000000", "", "nobody's");
    finds(BY, secsock_cert_sha256(the(INT)) + 1, refused, "one digit short");
    finds(BY, "00", refused, "too short");
    finds(BY, ": :", refused, "no digits");
    finds(BY, "", refused, "empty");
    finds(BY, NULL, refused, "none");
    finds(BY, "x000000000000000000000000000000000000000", refused, "no hex");
}

static void by_names(void)
{
    enum { SUBJECT = SECSOCK_FIND_SUBJECT, ISSUER = SECSOCK_FIND_ISSUER };
    enum { SUBJECT_NAME = SECSOCK_FIND_SUBJECT_NAME, ISSUER_NAME = SECSOCK_FIND_ISSUER_NAME };
    finds(SUBJECT, "mail.EXAMPLE", "0 2 3 7", "a part in another case");
    finds(SUBJECT, "Test", "4 5", "a part");
    finds(SUBJECT, "Größe", "6", "a part beyond ASCII");
    finds(SUBJECT, "nobody", "", "nobody's");
    finds(SUBJECT, "", refused, "an empty part");
    finds(SUBJECT, NULL, refused, "no part");
    finds(ISSUER, "Test Root", "4 5", "a part of the issuer");
    finds(ISSUER, "CN=test intermediate,", "0 1 2 3 6 7", "a part of the issuer");
    finds(SUBJECT_NAME, "CN=Test Root,O=secsock", "5", "a name");
    finds(SUBJECT_NAME, " cn = test  ROOT , o=secsock ", "5", "a name, spaced");
    finds(SUBJECT_NAME, "2.5.4.3=\\54est\\20Root,O=#0c07736563736f636b", "5", "a name, escaped");
    finds(SUBJECT_NAME, "O=secsock,CN=Test Root", "", "a name in the wrong order");
    finds(SUBJECT_NAME, "CN=Test Root", "", "a part of a name");
    finds(SUBJECT_NAME, secsock_cert_subject(the(ODD)), "6", "an odd name");
    finds(ISSUER_NAME, "CN=Test Root,O=secsock", "4 5", "the issuer's name");
    finds(ISSUER_NAME, "CN=client,O=secsock", "", "the issuer's name");
}

static void by_names_of_wrong_form(void)
{
    static const char *const names[] = {
        "",        "Test Root",     "CN",
        "=x",      "CN=a,",         "CN=a+",
        ",CN=a",   "CN=a,,CN=b",    "XY=a",
        "1.=a",    "1.40=a",        "3.1=a",
        "01.2=a",  "CN=a\"b\"",     "CN=a;O=b",
        "CN=<a>",  "CN=a\\",        "CN=a\\x",
        "CN=a\\4", "CN=#",          "CN=#0",
        "CN=#0c",  "CN=#0c02",      "CN=#0c01",
        "CN=#zz",  "CN=#0c0161 61", "2.99999999999999999999=a",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        finds(SECSOCK_FIND_SUBJECT_NAME, names[i], refused, "no name");
    finds(SECSOCK_FIND_ISSUER_NAME, NULL, refused, "no name");
}

static void by_numbers(void)
{
    enum { SERIAL = SECSOCK_FIND_SERIAL, KEY_ID = SECSOCK_FIND_SUBJECT_KEY_ID };
    char longer[256];
    finds(SERIAL, secsock_cert_serial(the(CLIENT)), "1", "a serial");
    snprintf(longer, sizeof(longer), "000%s", dressed(secsock_cert_serial(the(CLIENT)), ":"));
    finds(SERIAL, longer, "1", "a serial with zeros in front");
    finds(SERIAL, "1", "", "a serial of one digit");
    finds(SERIAL, "0x1", refused, "no serial");
    finds(SERIAL, "", refused, "no serial");
    finds(KEY_ID, secsock_cert_subject_key_id(the(INT)), "4", "a key identifier");
    finds(KEY_ID, dressed(secsock_cert_subject_key_id(the(INT)), " "), "4", "a key identifier");
    finds(KEY_ID, "00", "", "a key identifier");
    finds(KEY_ID, "key", refused, "no key identifier");
}

static void by_peers(void)
{
    enum { BY = SECSOCK_FIND_NAME };
    finds(BY, "mail.example", "0 2 3 7", "a host");
    finds(BY, "one.WILD.example", "0 2 3 7", "a host under a wildcard");
    finds(BY, "two.one.wild.example", "", "a host too far under it");
    finds(BY, "127.0.0.1", "0 2 3 7", "an address");
    finds(BY, "2001:DB8::1", "6", "an address");
    finds(BY, "client@mail.example", "1", "a mailbox");
    finds(BY, "mail", "", "a host");
    finds(BY, "", refused, "no host");
    finds(BY, NULL, refused, "no host");
    finds(BY, "not a host", refused, "no host");
    finds(BY, "10.1", refused, "no address");
}

static void by_usage(void)
{
    enum { PURPOSE = SECSOCK_FIND_EXT_KEY_USAGE, USAGE = SECSOCK_FIND_KEY_USAGE };
    finds(PURPOSE, "serverAuth", "0 2 3 4 5 6", "a purpose");
    finds(PURPOSE, "CLIENTauth", "1 4 5", "a purpose");
    finds(PURPOSE, "1.3.6.1.5.5.7.3.3", "4 5 7", "a purpose in dots");
    finds(PURPOSE, "1.3.6.1.4.1.55555.1", "4 5 6", "a purpose in dots");
    finds(PURPOSE, "1.2.3.4", "4 5", "a purpose in dots");
    finds(PURPOSE, "everything", refused, "no purpose");
    finds(PURPOSE, "1..2", refused, "no purpose");
    finds(PURPOSE, NULL, refused, "no purpose");
    finds(USAGE, "keyCertSign", "4 5 6", "a usage");
    finds(USAGE, "DIGITALsignature", "0 1 2 3 6 7", "a usage");
    finds(USAGE, "everything", refused, "no usage");
    finds(USAGE, "", refused, "no usage");
}

static void by_time(void)
{
    enum { VALID = SECSOCK_FIND_TIME_VALID };
    enum { PAST = SECSOCK_FIND_TIME_EXPIRED, COMING = SECSOCK_FIND_TIME_NOT_YET };
    char text[32];
    finds(VALID, NULL, "0 1 4 5 6 7", "now");
    finds(PAST, NULL, "2", "now");
    finds(COMING, NULL, "3", "now");
    finds(VALID, "1625097600", "0 1 2 4 6 7", "in 2021"); /* 2021-07-01; ca was made today */
    finds(COMING, "-1", "0 1 2 3 4 5 6 7", "before 1970");
    finds(PAST, "9223372036854775799", "0 1 2 3 4 5 6 7", "at the end of time");
    snprintf(text, sizeof(text), "%lld", (long long)secsock_cert_not_after(the(EXPIRED)));
    finds(PAST, text, "", "in the last second");
    finds(VALID, text, "0 1 2 4 6 7", "in the last second");
    snprintf(text, sizeof(text), "%lld", (long long)secsock_cert_not_after(the(EXPIRED)) + 1);
    finds(PAST, text, "2", "in the second after");
    snprintf(text, sizeof(text), "%lld", (long long)secsock_cert_not_before(the(EXPIRED)));
    finds(COMING, text, "3 5", "in the first second");
    finds(VALID, "", refused, "no time");
    finds(VALID, "-", refused, "no time");
    finds(VALID, "noon", refused, "no time");
    finds(VALID, "1e9", refused, "no time");
    finds(VALID, "99999999999999999999", refused, "no time");
}

static void the_valid_ones(void)
{
    secsock_config *config = secsock_config_new();
    secsock_store *issuers = secsock_store_new();
    secsock_store_load_file(issuers, pki_path("int.pem"), NULL);
    secsock_config_trust_file(config, pki_path("ca.pem"));
    secsock_config_add_store(config, SECSOCK_STORE_CA, issuers);
    secsock_config_set_time(config, time(NULL) + 60);
    const char *found = find_valid(SECSOCK_FIND_NAME, "mail.example", config);
    CHECK(strcmp(found, "0 7") == 0, "neither the expired nor the future one is valid: %s", found);
    found = find_valid(SECSOCK_FIND_THUMBPRINT, secsock_cert_sha256(the(EXPIRED)), config);
    CHECK(strcmp(found, "") == 0, "whatever is looked for: %s", found);
    secsock_config_free(config);
    config = secsock_config_new();
    secsock_config_trust_file(config, pki_path("other-ca.pem"));
    found = find_valid(SECSOCK_FIND_ANY, NULL, config);
    CHECK(strcmp(found, "") == 0, "nobody is valid whose issuer is unknown: %s", found);
    secsock_config_free(config);
    secsock_store_free(issuers);
}

static void with_wrong_arguments(void)
{
    secsock_store *found = store;
    secsock_error error;
    finds(-1, NULL, refused, "by nothing there is");
    finds(SECSOCK_FIND_PRIVATE_KEY + 1, NULL, refused, "by nothing there is");
    CHECK(secsock_store_find(NULL, SECSOCK_FIND_ANY, NULL, NULL, &found, &error) ==
                  SECSOCK_E_ARGUMENT &&
              found == NULL &&
              secsock_store_find(store, SECSOCK_FIND_ANY, NULL, NULL, NULL, NULL) ==
                  SECSOCK_E_ARGUMENT,
          "no store, no place: %s", error.message);
}

static void in_what_was_found(void)
{
    secsock_store *first = NULL, *second = NULL;
    secsock_store_find(store, SECSOCK_FIND_SUBJECT, "mail", NULL, &first, NULL);
    secsock_store_find(first, SECSOCK_FIND_PRIVATE_KEY, NULL, NULL, &second, NULL);
    CHECK(secsock_store_count(first) == 4 && secsock_store_count(second) == 1 &&
              secsock_store_cert(second, 0) == the(SERVER) && secsock_store_role_of(second) == -1 &&
              secsock_store_add(second, the(CA), NULL) == SECSOCK_OK &&
              secsock_store_count(store) == COUNT,
          "what was found is a store of its own, keys included, to be looked into and changed");
    secsock_store_free(first);
    secsock_store_free(second);
}

/* ------------------------------------------------------------------------------ names and numbers */

/* Whether the text of a name is that of a Name again: of the same, or (where its string types are
 * others) of one with the same text. */
static bool comes_back(struct slice name)
{
    char text[2048], again[2048];
    struct text out;
    struct secret der;
    text_begin(&out, text, sizeof(text));
    name_text(&out, name);
    if (name_parse(text_slice(text), &der) != SECSOCK_OK)
        return false;
    text_begin(&out, again, sizeof(again));
    name_text(&out, secret_slice(&der));
    bool same = x509_name_valid(secret_slice(&der)) &&
                (x509_name_equal(secret_slice(&der), name) || strcmp(text, again) == 0);
    secret_free(&der);
    return same;
}

static void reads_what_names_are_written_as(void)
{
    secsock_store *system = NULL;
    size_t same = 0, count = 0;
    for (size_t i = 0; i < COUNT; i++)
        CHECK(comes_back(the(i)->x509.subject), "%s is read back", secsock_cert_subject(the(i)));
    secsock_store_system(&system, NULL);
    for (; system != NULL && count < secsock_store_count(system); count++)
        same += comes_back(secsock_store_cert(system, count)->x509.subject);
    CHECK(same == count && count > 50, "so are the names of the system's %zu anchors", count);
    secsock_store_free(system);
}

/* The type of an attribute is written out however long it is. */
static void writes_long_types_in_full(void)
{
    enum { ARCS = 100, LENGTH = 8 + ARCS };
    uint8_t der[6 + LENGTH] = {
        0x30, 4 + LENGTH, 0x31, 2 + LENGTH, 0x30, LENGTH, 6, 1 + ARCS, 0x2a
    };
    char buffer[512];
    struct text text;
    memset(der + 9, 7, ARCS);
    memcpy(der + 9 + ARCS,
           "\x0c\x03"
           "abc",
           5);
    text_begin(&text, buffer, sizeof(buffer));
    name_text(&text, (struct slice){ der, sizeof(der) });
    CHECK(text.len == 3 + 2 * ARCS + 12 && strlen(buffer) == text.len &&
              strcmp(buffer + text.len - 16, ".7.7=#0c03616263") == 0,
          "a type of 102 numbers is written in full: %s", buffer);
}

/* Names in the string types of old, which RFC 5280 compares by their octets: found by their text. */
static void finds_names_of_any_string_type(void)
{
    struct mint old = { .cn = "Old Name", .flaws = MINT_PRINTABLE };
    struct slice der = mint(&old);
    secsock_store *one = secsock_store_new(), *found = NULL;
    secsock_cert *cert = NULL;
    secsock_cert_from_der(&cert, der.data, der.len, NULL);
    /* From PrintableString to TeletexString, in the copy that the certificate has. */
    for (size_t i = 2; i + 8 <= cert->der_len; i++) {
        if (memcmp(cert->der + i, "Old Name", 8) == 0 && cert->der[i - 2] == DER_PRINTABLE_STRING)
            cert->der[i - 2] = 0x14;
    }
    secsock_store_add(one, cert, NULL);
    secsock_store_find(one, SECSOCK_FIND_SUBJECT_NAME, "cn=old name", NULL, &found, NULL);
    CHECK(found != NULL && secsock_store_count(found) == 1, "a TeletexString is found by its text");
    secsock_store_free(found);
    secsock_store_free(one);
    secsock_cert_free(cert);
    free((void *)der.data);
    mint_end();
}

static void survives_every_cut_and_change_of_a_name(void)
{
    const char *name = secsock_cert_subject(the(ODD));
    size_t len = strlen(name);
    unsigned odd = 0;
    for (size_t i = 0; i < len * 256; i += check_stride()) {
        char *copy = malloc(len + 1); /* exactly, so that an over-read is seen */
        struct secret der;
        memcpy(copy, name, len + 1);
        copy[i / 256] = (char)(i % 256);
        struct slice text = { (const uint8_t *)copy, i % 2 == 0 ? len : i / 256 };
        int result = name_parse(text, &der);
        if (result == SECSOCK_OK ? !x509_name_valid(secret_slice(&der)) : der.data != NULL)
            odd++;
        secret_free(&der);
        free(copy);
    }
    CHECK(odd == 0, "whatever a name is made of, it is read as a Name or refused");
}

static void encodes_object_identifiers(void)
{
    static const struct {
        const char *text, *hex;
    } table[] = {
        { "CN", "550403" },
        { "cn", "550403" },
        { "2.5.4.3", "550403" },
        { "serverauth", "2b06010505070301" },
        { "1.2.840.113549", "2a864886f70d" },
        { "2.999", "8837" },
        { "0.0", "00" },
        { "1.39", "4f" },
        { "2.18446744073709551599", "" },
        { "1", "" },
        { "1.", "" },
        { ".1", "" },
        { "1.40", "" },
        { "3.1", "" },
        { "1.02", "" },
        { "1.2.x", "" },
        { "", "" },
        { "CNN", "" },
        { "1.2 ", "" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        uint8_t der[32];
        char hex[65] = "";
        size_t len = oid_encode(text_slice(table[i].text), der, sizeof(der));
        hex_encode(hex, (struct slice){ der, len });
        hex[2 * len] = '\0';
        CHECK(strcmp(hex, table[i].hex) == 0, "\"%s\" is %s", table[i].text,
              len > 0 ? hex : "no object identifier");
        for (size_t room = 0; room < len; room++) {
            if (oid_encode(text_slice(table[i].text), der, room) != 0)
                CHECK(false, "it does not fit into %zu octets", room);
        }
    }
}

/* ---------------------------------------------------------------------------------------- memory */

static void survives_shortage_of_memory(int by, const char *value, secsock_config *valid)
{
    unsigned long n = 0, bad = 0;
    bool failed = true;
    while (failed) {
        secsock_store *found = NULL;
        secsock_error error = { .code = SECSOCK_OK };
        long before = memory_live();
        memory_fail(++n);
        int result = secsock_store_find(store, by, value, valid, &found, &error);
        failed = memory_failed() != 0;
        memory_fail(0);
        bad += (result == SECSOCK_OK) != (found != NULL) || error.code != result ||
               result != (failed ? SECSOCK_E_MEMORY : SECSOCK_OK);
        secsock_store_free(found);
        bad += memory_live() != before;
    }
    CHECK(bad == 0 && n > 1, "finding by %d: each of %lu allocations failed once", by, n - 1);
}

static void survives_shortage_of_memory_in_validation(void)
{
    secsock_config *config = secsock_config_new();
    secsock_config_trust_file(config, pki_path("ca.pem"));
    find_valid(SECSOCK_FIND_ANY, NULL, config); /* makes what a configuration has once */
    survives_shortage_of_memory(SECSOCK_FIND_SUBJECT_NAME, "CN=Test Intermediate,O=secsock",
                                config);
    secsock_config_free(config);
}

int main(void)
{
    fill();
    by_nothing();
    by_thumbprint();
    by_names();
    by_names_of_wrong_form();
    by_numbers();
    by_peers();
    by_usage();
    by_time();
    the_valid_ones();
    with_wrong_arguments();
    in_what_was_found();
    writes_long_types_in_full();
    reads_what_names_are_written_as();
    finds_names_of_any_string_type();
    survives_every_cut_and_change_of_a_name();
    encodes_object_identifiers();
    survives_shortage_of_memory(SECSOCK_FIND_THUMBPRINT, secsock_cert_sha256(the(INT)), NULL);
    survives_shortage_of_memory(SECSOCK_FIND_SUBJECT, "mail", NULL);
    survives_shortage_of_memory(SECSOCK_FIND_SUBJECT_NAME, "CN=nobody", NULL);
    survives_shortage_of_memory(SECSOCK_FIND_SERIAL, "12", NULL);
    survives_shortage_of_memory(SECSOCK_FIND_EXT_KEY_USAGE, "serverAuth", NULL);
    survives_shortage_of_memory(SECSOCK_FIND_NAME, "mail.example", NULL);
    survives_shortage_of_memory_in_validation();
    secsock_store_free(store);
    return check_done();
}

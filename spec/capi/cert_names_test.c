/* Certificates: the parts of their names, whom they are for, and in which form they come. */
#include <stdlib.h>
#include <string.h>

#include "cert_form.h"
#include "check.h"
#include "pki.h"
#include "secsock.h"

static secsock_cert *load(const char *name, const char *password)
{
    secsock_cert *cert = NULL;
    secsock_error error;
    if (secsock_cert_load(&cert, pki_path(name), password, &error) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return cert;
}

static void tells_the_parts_of_its_names(void)
{
    static const struct {
        const char *type, *value;
    } parts[] = {
        { "DC", "example" },  { "O", "Größe, \"Zahl\" <und> Zeichen;" },
        { "OU", "#one" },     { "OU", "two \\5c three" },
        { "1.2.3.4", "odd" }, { "CN", " odd " },
    };
    const size_t count = sizeof(parts) / sizeof(parts[0]);
    secsock_cert *cert = load("odd-names.pem", NULL);
    const char *type = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *value = secsock_cert_subject_part(cert, i, &type);
        CHECK(value != NULL && strcmp(value, parts[i].value) == 0 &&
                  strcmp(type, parts[i].type) == 0,
              "part %zu of the subject: %s, %s", i, type, value);
    }
    CHECK(secsock_cert_subject_part(cert, count, &type) == NULL &&
              secsock_cert_subject_part(cert, SIZE_MAX, NULL) == NULL,
          "there are %zu", count);
    CHECK(strcmp(secsock_cert_issuer_part(cert, 0, &type), "secsock") == 0 &&
              strcmp(type, "O") == 0 &&
              strcmp(secsock_cert_issuer_part(cert, 1, NULL), "Test Intermediate") == 0 &&
              secsock_cert_issuer_part(cert, 2, NULL) == NULL,
          "the issuer has two");
    CHECK(secsock_cert_friendly_name(cert) == NULL, "a friendly name is not in a certificate");
    secsock_cert_free(cert);
}

static void tells_whom_it_is_for(void)
{
    static const struct {
        const char *cert, *name;
        int matches;
    } cases[] = {
        { "server.pem", "mail.example", 1 },
        { "server.pem", "MAIL.example.", 1 },
        { "server.pem", "a.wild.example", 1 },
        { "server.pem", "a.b.wild.example", 0 },
        { "server.pem", "other.example", 0 },
        { "server.pem", "127.0.0.1", 1 },
        { "server.pem", "::1", 1 },
        { "server.pem", "127.0.0.2", 0 },
        { "server.pem", "", 0 },
        { "server.pem", "mail.example\n", 0 },
        { "client.pem", "client@mail.example", 1 },
        { "client.pem", "client@MAIL.example", 1 },
        { "client.pem", "Client@mail.example", 0 },
        { "client.pem", "mail.example", 0 },
        { "ca.pem", "Test Root", 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        secsock_cert *cert = load(cases[i].cert, NULL);
        CHECK(secsock_cert_matches(cert, cases[i].name) == cases[i].matches, "%s is %sfor %s",
              cases[i].cert, cases[i].matches ? "" : "not ", cases[i].name);
        secsock_cert_free(cert);
    }
}

/* Whatever the file is called. */
static void is_loaded_from_any_form(void)
{
    static const struct {
        const char *name;
        enum cert_form form;
        int has_key;
    } cases[] = {
        { "server.pem", CERT_FORM_PEM, 0 },     { "server-all.pem", CERT_FORM_PEM, 1 },
        { "crlf.pem", CERT_FORM_PEM, 0 },       { "bom.pem", CERT_FORM_PEM, 0 },
        { "server.der", CERT_FORM_DER, 0 },     { "pfx/modern.pfx", CERT_FORM_PFX, 1 },
        { "pfx/legacy.pfx", CERT_FORM_PFX, 1 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t len;
        char *bytes = pki_read(cases[i].name, &len);
        secsock_cert *cert = load(cases[i].name, "secret");
        CHECK(cert_form((struct slice){ (uint8_t *)bytes, len }) == cases[i].form &&
                  strcmp(secsock_cert_common_name(cert), "mail.example") == 0 &&
                  secsock_cert_has_private_key(cert) == cases[i].has_key,
              "%s is loaded as what it is", cases[i].name);
        secsock_cert_free(cert);
        free(bytes);
    }
}

static const struct {
    struct slice bytes;
    enum cert_form form;
} beginnings[] = {
    { { NULL, 0 }, CERT_FORM_PEM },
    { SLICE_OF(0x30), CERT_FORM_PEM },
    { SLICE_OF('0', ' ', 's', ':'), CERT_FORM_PEM },
    { SLICE_OF(0x30, 0x82), CERT_FORM_DER },
    { SLICE_OF(0x30, 0x82, 1, 0), CERT_FORM_DER },
    { SLICE_OF(0x30, 0x82, 1, 0, 0x30), CERT_FORM_DER },
    { SLICE_OF(0x30, 0x82, 1, 0, 0x02), CERT_FORM_PFX },
    { SLICE_OF(0x30, 0x80, 0x02), CERT_FORM_PFX },
    { SLICE_OF(0x30, 0xff, 0x02), CERT_FORM_DER },
};

static void forms_are_known_by_their_beginning(void)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
        wrong += cert_form(beginnings[i].bytes) != beginnings[i].form;
    CHECK(wrong == 0, "forms are known by their first bytes, however few there are");
}

int main(void)
{
    tells_the_parts_of_its_names();
    tells_whom_it_is_for();
    is_loaded_from_any_form();
    forms_are_known_by_their_beginning();
    return check_done();
}

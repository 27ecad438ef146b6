/* PFX files that OpenSSL writes, and what is said of those that cannot be read. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "password.h"
#include "pfx_checks.h"

static void reads_what_openssl_writes(void)
{
    static const struct {
        const char *name, *password;
    } cases[] = {
        { "modern", "secret" },
        { "legacy", "secret" },
        { "3des", "secret" },
        { "2key", "secret" },
        { "rc2-128", "secret" },
        { "aes-128", "secret" },
        { "aes-192", "secret" },
        { "open", "secret" },
        { "nomac", "secret" },
        { "bare", NULL },
        { "bare", "" },
        { "open-certs", "secret" },
        { "sha1", "secret" },
        { "sha224", "secret" },
        { "sha384", "secret" },
        { "sha512", "secret" },
        { "named", "secret" },
        { "rsa", "secret" },
        { "ed25519", "secret" },
        { "ed448", "secret" },
        { "empty", NULL },
        { "empty", "" },
        { "odd", "Größe \xf0\x9f\x94\x91" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[64];
        secsock_cert *cert;
        secsock_error error;
        snprintf(path, sizeof(path), "pfx/%s.pfx", cases[i].name);
        struct slice pfx = read_file(path);
        int rc = from_pfx(&cert, pfx, cases[i].password, &error);
        CHECK(rc == SECSOCK_OK && error.code == SECSOCK_OK && is_whole(cert, 2) &&
                  equal(secsock_cert_common_name(cert), "mail.example") &&
                  equal(secsock_cert_common_name(secsock_cert_chain(cert, 0)), "Test Intermediate"),
              "%s, with %s, is an identity with its issuers %s", path,
              cases[i].password != NULL ? cases[i].password : "no password", error.message);
        secsock_cert_free(cert);
        free((void *)pfx.data);
    }
}

static void tells_why_it_does_not_read(void)
{
    static const struct {
        const char *name, *password;
        int code;
        const char *part;
    } cases[] = {
        { "pfx/modern.pfx", "wrong", SECSOCK_E_PASSWORD, "the password is wrong" },
        { "pfx/modern.pfx", NULL, SECSOCK_E_PASSWORD, "has a password, and none was given" },
        { "pfx/modern.pfx", "", SECSOCK_E_PASSWORD, "has a password, and none was given" },
        { "pfx/modern.pfx", "secre\xff", SECSOCK_E_PASSWORD, "the password is not UTF-8" },
        { "pfx/legacy.pfx", "Secret", SECSOCK_E_PASSWORD, "the password is wrong" },
        { "pfx/nomac.pfx", "wrong", SECSOCK_E_PASSWORD, "the password is wrong" },
        { "pfx/nomac.pfx", NULL, SECSOCK_E_PASSWORD, "has a password, and none was given" },
        { "pfx/empty.pfx", "x", SECSOCK_E_PASSWORD, "the password is wrong" },
        { "pfx/bare.pfx", "secret", SECSOCK_E_PASSWORD, "is not protected by any" },
        { "pfx/nokeys.pfx", "secret", SECSOCK_E_NO_KEY, "there is no private key" },
        { "server.der", NULL, SECSOCK_E_FORMAT, "it is not a PFX file" },
        { "server.pem", NULL, SECSOCK_E_FORMAT, "it is not a PFX file" },
        { "empty.pem", NULL, SECSOCK_E_FORMAT, "it is not a PFX file" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        secsock_cert *cert;
        secsock_error error;
        struct slice pfx = read_file(cases[i].name);
        int rc = from_pfx(&cert, pfx, cases[i].password, &error);
        CHECK(rc == cases[i].code && cert == NULL && error.code == rc &&
                  strstr(error.message, cases[i].part) != NULL,
              "%s: %s: %s", cases[i].name, secsock_result_name(rc), error.message);
        free((void *)pfx.data);
    }
    secsock_cert *cert = NULL;
    char *long_one = malloc(PASSWORD_LONGEST + 2);
    secsock_error error;
    struct slice pfx = read_file("pfx/modern.pfx");
    memset(long_one, 'x', PASSWORD_LONGEST + 1);
    long_one[PASSWORD_LONGEST + 1] = '\0';
    CHECK(from_pfx(&cert, pfx, long_one, &error) == SECSOCK_E_LIMIT &&
              strstr(error.message, "4096"),
          "a password without end: %s", error.message);
    CHECK(secsock_cert_from_pfx(NULL, "", 0, NULL, &error) == SECSOCK_E_ARGUMENT &&
              secsock_cert_from_pfx(&cert, NULL, 0, NULL, NULL) == SECSOCK_E_ARGUMENT,
          "NULL is refused");
    free(long_one);
    free((void *)pfx.data);
}

static void reads_friendly_names(void)
{
    secsock_cert *cert;
    secsock_error error;
    struct slice pfx = read_file("pfx/named.pfx");
    from_pfx(&cert, pfx, "secret", &error);
    CHECK(equal(secsock_cert_friendly_name(cert), "Größe \"1\" \\5c Ω"), "the friendly name is %s",
          secsock_cert_friendly_name(cert));
    CHECK(secsock_cert_friendly_name(secsock_cert_chain(cert, 0)) == NULL, "its issuer has none");
    secsock_cert_free(cert);
    free((void *)pfx.data);
}

/* A PFX without keys is for stores. */
static void lists_certificates_without_keys(void)
{
    struct cert_list list = { NULL, 0, 0 };
    secsock_error error;
    struct slice pfx = read_file("pfx/nokeys.pfx");
    CHECK(pkcs12_read(&list, pfx, "secret", &error) == 0 && list.count == 3 &&
              equal(secsock_cert_common_name(list.certs[0]), "mail.example"),
          "its three certificates can be listed, in their order");
    cert_list_clear(&list);
    free((void *)pfx.data);
}

int main(void)
{
    reads_what_openssl_writes();
    tells_why_it_does_not_read();
    reads_friendly_names();
    lists_certificates_without_keys();
    return check_done();
}

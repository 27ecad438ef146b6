/* Filling stores: from files, folders, texts and PFX files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "home.h"
#include "mint.h"
#include "pki.h"
#include "store.h"

static bool begins(const secsock_error *error, const char *name, const char *rest)
{
    char start[600];
    snprintf(start, sizeof(start), "%s%s", pki_path(name), rest);
    return strncmp(error->message, start, strlen(start)) == 0;
}

static void loads_files_and_text(void)
{
    secsock_store *store = secsock_store_new();
    secsock_error error;
    size_t len;
    char *pem = pki_read("server-all.pem", &len);
    CHECK(secsock_store_load_file(store, pki_path("bundle.pem"), &error) == 2 &&
              secsock_store_count(store) == 2,
          "a file with two certificates, and text between them, adds two");
    CHECK(secsock_store_load_file(store, pki_path("ca.pem"), &error) == 1 &&
              secsock_store_count(store) == 2,
          "one that is already there is counted and not added");
    CHECK(secsock_store_load_pem(store, pem, len, &error) == 2 && secsock_store_count(store) == 4,
          "text adds its certificates; a private key in it is passed over");
    free(pem);
    secsock_store_free(store);
}

static void adds_all_or_nothing(void)
{
    static const char *const bad[] = { "bad-der.pem", "bad-base64.pem", "no-end.pem",
                                       "trusted.pem" };
    secsock_store *store = secsock_store_new();
    secsock_error error;
    size_t good_len, bad_len;
    char *good = pki_read("bundle.pem", &good_len);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *text = pki_read(bad[i], &bad_len), *both = malloc(good_len + bad_len);
        memcpy(both, good, good_len);
        memcpy(both + good_len, text, bad_len);
        CHECK(secsock_store_load_pem(store, both, good_len + bad_len, &error) < 0 &&
                  strstr(error.message, "block 3") && secsock_store_count(store) == 0,
              "two good certificates and a bad one: %s", error.message);
        free(text);
        free(both);
    }
    free(good);
    secsock_store_free(store);
}

static void tells_what_is_wrong(void)
{
    secsock_store *store = secsock_store_new();
    secsock_error error;
    CHECK(secsock_store_load_file(store, pki_path("key-only.pem"), &error) == SECSOCK_E_FORMAT &&
              begins(&error, "key-only.pem", ": block 1 (PRIVATE KEY, line 1): not a certificate"),
          "a file without a certificate: %s", error.message);
    CHECK(secsock_store_load_file(store, pki_path("empty.pem"), &error) == SECSOCK_E_FORMAT,
          "an empty file: %s", error.message);
    CHECK(secsock_store_load_file(store, pki_path("absent.pem"), &error) == SECSOCK_E_FILE &&
              error.sys_errno == ENOENT,
          "an absent file: %s", error.message);
    CHECK(secsock_store_load_pem(store, "x", 0, &error) == SECSOCK_E_FORMAT, "an empty text: %s",
          error.message);
    CHECK(secsock_store_load_file(store, NULL, &error) == SECSOCK_E_ARGUMENT &&
              secsock_store_load_dir(store, NULL, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_store_load_pem(store, NULL, 0, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_store_add(store, NULL, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_store_add(NULL, NULL, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_store_system(NULL, NULL) == SECSOCK_E_ARGUMENT,
          "NULL: %s", error.message);
    secsock_store_free(store);
}

/* -------------------------------------------------------------------------------------- folders */

static void loads_folders(void)
{
    secsock_store *store = secsock_store_new();
    secsock_error error;
    int found = secsock_store_load_dir(store, pki_path("trust"), &error);
    CHECK(found == 3 && secsock_store_count(store) == 2,
          "a folder gives its two certificates, one of them twice through a link; a key, a text, a "
          "folder and a dangling link are passed over");
    secsock_store_free(store);
}

static void tells_what_is_wrong_in_a_folder(void)
{
    secsock_store *store = secsock_store_new();
    secsock_error error;
    size_t len, bad_len;
    char *ca = pki_read("ca.pem", &len), *bad = pki_read("bad-der.pem", &bad_len);
    home_enter();
    CHECK(secsock_store_load_dir(store, home_folder, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "there is no certificate in the folder"),
          "a folder without a certificate: %s", error.message);
    home_write(home_path("a.pem"), ca, len);
    home_write(home_path("b.pem"), bad, bad_len);
    CHECK(secsock_store_load_dir(store, home_folder, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "/b.pem: block 1") && secsock_store_count(store) == 0,
          "a folder with a bad one: %s", error.message);
    home_write(home_path("b.pem"), "-----BEGIN CERTIFICATE----", 26);
    CHECK(secsock_store_load_dir(store, home_folder, &error) == 1,
          "what does not even name a certificate is passed over");
    home_write(home_path(".b.pem"), bad, bad_len);
    CHECK(secsock_store_load_dir(store, home_folder, &error) == 1,
          "and so is what somebody may still be writing: a name that begins with a dot");
    home_leave();
    CHECK(secsock_store_load_dir(store, home_folder, &error) == SECSOCK_E_FILE &&
              error.sys_errno == ENOENT,
          "an absent folder: %s", error.message);
    CHECK(secsock_store_load_dir(store, pki_path("ca.pem"), &error) == SECSOCK_E_FILE &&
              error.sys_errno == ENOTDIR,
          "a file in place of a folder: %s", error.message);
    free(ca);
    free(bad);
    secsock_store_free(store);
}

static void loads_der(void)
{
    secsock_store *store = secsock_store_new();
    secsock_error error;
    size_t len, version_1_len, request_len;
    char *der = pki_read("server.der", &len), *request = pki_read("request.pem", &request_len);
    struct mint description = { .flaws = MINT_VERSION_1 };
    struct slice version_1 = mint(&description);
    version_1_len = version_1.len;
    home_enter();
    CHECK(secsock_store_load_file(store, pki_path("server.der"), &error) == 1 &&
              secsock_store_count(store) == 1,
          "a file may be DER");
    CHECK(secsock_store_load_pem(store, der, len, &error) == SECSOCK_E_FORMAT, "a text may not: %s",
          error.message);
    home_write(home_path("a.cer"), der, len);
    home_write(home_path("b.cer"), (const char *)version_1.data, version_1_len);
    home_write(home_path("c.csr"), request, request_len);
    home_write(home_path("d.p12"), "0\x82\x01\x02\x02\x01\x03", 7);
    home_write(home_path("e.crl"), "0\x82\x01\x020\x81\x80\x02\x01\x01", 10);
    CHECK(secsock_store_load_dir(store, home_folder, &error) == 2 &&
              secsock_store_count(store) == 2,
          "a folder's too, of any version; other DER is passed over");
    size_t refused = 0;
    for (size_t cut = 10; cut < len; cut++) {
        home_write(home_path("a.cer"), der, cut);
        refused += secsock_store_load_dir(store, home_folder, &error) == SECSOCK_E_FORMAT &&
                   strstr(error.message, "/a.cer: not a certificate") != NULL;
    }
    CHECK(refused == len - 10, "one that is cut short is not passed over: %s", error.message);
    home_leave();
    free(der);
    free(request);
    free((void *)version_1.data);
    mint_end();
    secsock_store_free(store);
}

static void loads_pfx(void)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *identity = home_load("server-chain.pem", "server.key");
    secsock_error error;
    char pfx[16384];
    int parts = SECSOCK_EXPORT_CERT | SECSOCK_EXPORT_CHAIN | SECSOCK_EXPORT_KEY;
    int len = secsock_cert_export_pfx(identity, parts, "secret", pfx, sizeof(pfx), &error);
    home_enter();
    home_write(home_path("a.pfx"), pfx, (size_t)len);
    CHECK(secsock_store_load_pfx(store, home_path("a.pfx"), "secret", &error) == 2 &&
              secsock_store_count(store) == 2 &&
              secsock_cert_has_private_key(secsock_store_cert(store, 0)) &&
              !secsock_cert_has_private_key(secsock_store_cert(store, 1)),
          "a PFX file gives its certificates, and the key with the one that it belongs to");
    CHECK(secsock_store_load_pfx(store, home_path("a.pfx"), "wrong", &error) ==
                  SECSOCK_E_PASSWORD &&
              strstr(error.message, home_path("a.pfx")) == error.message &&
              secsock_store_count(store) == 2,
          "a wrong password is told: %s", error.message);
    CHECK(secsock_store_load_file(store, home_path("a.pfx"), &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "PFX"),
          "so is that it is no file of certificates: %s", error.message);
    home_write(home_path("a.pfx"), pfx, (size_t)len / 2);
    CHECK(secsock_store_load_pfx(store, home_path("a.pfx"), "secret", &error) == SECSOCK_E_FORMAT,
          "and that it is cut: %s", error.message);
    home_leave();
    CHECK(secsock_store_load_pfx(store, home_path("a.pfx"), "secret", &error) == SECSOCK_E_FILE &&
              error.sys_errno == ENOENT &&
              secsock_store_load_pfx(store, NULL, NULL, NULL) == SECSOCK_E_ARGUMENT,
          "or not there: %s", error.message);
    secsock_cert_free(identity);
    secsock_store_free(store);
}

int main(void)
{
    loads_files_and_text();
    adds_all_or_nothing();
    tells_what_is_wrong();
    loads_folders();
    tells_what_is_wrong_in_a_folder();
    loads_der();
    loads_pfx();
    return check_done();
}

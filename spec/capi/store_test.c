/* Sets of certificates: adding, loading, finding, the system's. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "pki.h"
#include "store.h"

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

static bool begins(const secsock_error *error, const char *name, const char *rest)
{
    char start[600];
    snprintf(start, sizeof(start), "%s%s", pki_path(name), rest);
    return strncmp(error->message, start, strlen(start)) == 0;
}

/* --------------------------------------------------------------------------------------- adding */

static void holds_each_certificate_once(void)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *ca = load("ca.pem"), *again = load("ca.pem"), *other = load("other-ca.pem");
    secsock_error error;
    CHECK(secsock_store_count(store) == 0 && secsock_store_cert(store, 0) == NULL,
          "a new store is empty");
    CHECK(secsock_store_add(store, ca, &error) == SECSOCK_OK &&
              secsock_store_add(store, again, &error) == SECSOCK_OK &&
              secsock_store_add(store, other, &error) == SECSOCK_OK &&
              secsock_store_count(store) == 2,
          "the same certificate is not added twice");
    CHECK(secsock_store_cert(store, 0) == ca && secsock_store_cert(store, 1) == other &&
              secsock_store_cert(store, 2) == NULL,
          "they are in the order of adding");
    secsock_cert_free(ca);
    secsock_cert_free(again);
    secsock_cert_free(other);
    CHECK(secsock_cert_is_ca(secsock_store_cert(store, 1)), "the store keeps them alive");
    secsock_store *mine = secsock_store_ref(store);
    secsock_store_free(store);
    CHECK(secsock_store_count(mine) == 2, "a reference keeps the store alive");
    secsock_store_free(mine);
    secsock_store_free(NULL);
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

static void does_not_change_once_frozen(void)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *ca = load("ca.pem");
    secsock_error error;
    store_freeze(store);
    CHECK(secsock_store_add(store, ca, &error) == SECSOCK_E_FROZEN &&
              secsock_store_load_file(store, pki_path("ca.pem"), NULL) == SECSOCK_E_FROZEN &&
              secsock_store_load_dir(store, pki_path("trust"), NULL) == SECSOCK_E_FROZEN &&
              secsock_store_load_pem(store, "x", 1, NULL) == SECSOCK_E_FROZEN &&
              secsock_store_count(store) == 0,
          "a frozen store does not change: %s", error.message);
    secsock_cert_free(ca);
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

static void write_file(const char *folder, const char *name, const char *text, size_t len)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(text, 1, len, file) != len || fclose(file) != 0)
        exit(1);
}

static void remove_file(const char *folder, const char *name)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    unlink(path);
}

static void tells_what_is_wrong_in_a_folder(void)
{
    char folder[] = "/tmp/secsock-store-XXXXXX";
    secsock_store *store = secsock_store_new();
    secsock_error error;
    size_t len, bad_len;
    char *ca = pki_read("ca.pem", &len), *bad = pki_read("bad-der.pem", &bad_len);
    if (mkdtemp(folder) == NULL)
        exit(1);
    CHECK(secsock_store_load_dir(store, folder, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "there is no certificate in the folder"),
          "a folder without a certificate: %s", error.message);
    write_file(folder, "a.pem", ca, len);
    write_file(folder, "b.pem", bad, bad_len);
    CHECK(secsock_store_load_dir(store, folder, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "/b.pem: block 1") && secsock_store_count(store) == 0,
          "a folder with a bad one: %s", error.message);
    write_file(folder, "b.pem", "-----BEGIN CERTIFICATE----", 26);
    CHECK(secsock_store_load_dir(store, folder, &error) == 1,
          "what does not even name a certificate is passed over");
    remove_file(folder, "a.pem");
    remove_file(folder, "b.pem");
    rmdir(folder);
    CHECK(secsock_store_load_dir(store, folder, &error) == SECSOCK_E_FILE &&
              error.sys_errno == ENOENT,
          "an absent folder: %s", error.message);
    CHECK(secsock_store_load_dir(store, pki_path("ca.pem"), &error) == SECSOCK_E_FILE &&
              error.sys_errno == ENOTDIR,
          "a file in place of a folder: %s", error.message);
    free(ca);
    free(bad);
    secsock_store_free(store);
}

/* -------------------------------------------------------------------------------------- finding */

static size_t count_found(const secsock_store *store, struct slice name)
{
    size_t cursor = 0, found = 0;
    while (store_find_subject(store, name, &cursor) != NULL)
        found++;
    return found;
}

/* O=secsock, CN=Test Root as UTF8String, and the same in other clothes (RFC 5280, section 7.1). */
static void finds_by_subject(void)
{
    static const char other_case[] = "0&1\x10"
                                     "0\x0e\x06\x03\x55\x04\x0a\x0c\x07SecSock"
                                     "1\x12"
                                     "0\x10\x06\x03\x55\x04\x03\x0c\x09TEST root";
    static const char printable[] = "0(1\x10"
                                    "0\x0e\x06\x03\x55\x04\x0a\x13\x07secsock"
                                    "1\x14"
                                    "0\x12\x06\x03\x55\x04\x03\x13\x0b Test  Root";
    static const char another[] = "0&1\x10"
                                  "0\x0e\x06\x03\x55\x04\x0a\x0c\x07secsock"
                                  "1\x12"
                                  "0\x10\x06\x03\x55\x04\x03\x0c\x09Test Ruth";
    struct slice names[] = {
        { (const uint8_t *)other_case, sizeof(other_case) - 1 },
        { (const uint8_t *)printable, sizeof(printable) - 1 },
        { (const uint8_t *)another, sizeof(another) - 1 },
    };
    secsock_store *store = secsock_store_new();
    CHECK(count_found(store, names[0]) == 0 && count_found(NULL, names[0]) == 0,
          "nothing is found in an empty store, nor in none");
    secsock_store_load_file(store, pki_path("bundle.pem"), NULL);
    CHECK(count_found(store, names[0]) == 1, "a subject is found whatever its case");
    CHECK(count_found(store, names[1]) == 1, "and whatever its string type and its spaces");
    CHECK(count_found(store, names[2]) == 0, "but not another one");
    secsock_store_free(store);
}

static void finds_every_certificate_of_a_subject(void)
{
    static const char *const leaves[] = { "server.pem",      "expired.pem", "future.pem",
                                          "wrong-usage.pem", "rsa.pem",     "p384.pem" };
    secsock_store *store = secsock_store_new();
    secsock_cert *server = load("server.pem"), *stranger = load("stranger.pem");
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
        secsock_store_load_file(store, pki_path(leaves[i]), NULL);
    CHECK(count_found(store, server->x509.subject) == 6, "six of the same subject are all found");
    CHECK(store_contains(store, server->x509.der) && !store_contains(store, stranger->x509.der) &&
              !store_contains(NULL, server->x509.der),
          "whether the store holds this very certificate is told");
    CHECK(!store_contains(store, (struct slice){ (const uint8_t *)"x", 1 }),
          "what is no certificate is in no store");
    secsock_cert_free(server);
    secsock_cert_free(stranger);
    secsock_store_free(store);
}

/* ----------------------------------------------------------------------------------- the system */

static void reads_the_first_bundle_there_is(void)
{
    secsock_store *store = NULL;
    secsock_error error;
    const char *paths[] = { "/nowhere/bundle.pem", pki_path("bundle.pem"), pki_path("ca.pem") };
    CHECK(store_from_first(&store, paths, 3, &error) == SECSOCK_OK &&
              secsock_store_count(store) == 2 &&
              secsock_store_load_file(store, pki_path("int.pem"), NULL) == SECSOCK_E_FROZEN,
          "the first bundle that exists is read, and frozen");
    secsock_store_free(store);
    store = NULL;
    CHECK(store_from_first(&store, paths, 1, &error) == SECSOCK_E_FILE && store == NULL &&
              error.sys_errno == ENOENT,
          "none at all: %s", error.message);
    paths[0] = pki_path("garbage.pem");
    CHECK(store_from_first(&store, paths, 3, &error) == SECSOCK_E_FORMAT && store == NULL &&
              begins(&error, "garbage.pem", ": "),
          "one that exists is not passed over: %s", error.message);
}

static void passes_over_bad_certificates_of_a_bundle(void)
{
    char folder[] = "/tmp/secsock-store-XXXXXX", path[64];
    secsock_store *store = NULL;
    secsock_error error;
    size_t len, bad_len;
    char *good = pki_read("bundle.pem", &len), *bad = pki_read("bad-der.pem", &bad_len);
    char *both = malloc(len + bad_len);
    memcpy(both, bad, bad_len);
    memcpy(both + bad_len, good, len);
    if (mkdtemp(folder) == NULL)
        exit(1);
    write_file(folder, "bundle", both, len + bad_len);
    snprintf(path, sizeof(path), "%s/bundle", folder);
    const char *paths[] = { path };
    CHECK(store_from_first(&store, paths, 1, &error) == SECSOCK_OK &&
              secsock_store_count(store) == 2,
          "a certificate that cannot be read does not spoil the others");
    secsock_store_free(store);
    remove_file(folder, "bundle");
    rmdir(folder);
    free(good);
    free(bad);
    free(both);
}

static void *system_store(void *arg)
{
    secsock_store *store = NULL;
    (void)arg;
    secsock_store_system(&store, NULL);
    secsock_store_free(store);
    return store;
}

static void shares_the_system_store(void)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    void *stores[THREADS];
    secsock_store *store = NULL;
    secsock_error error;
    bool same = true;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, system_store, NULL);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], &stores[i]);
    int rc = secsock_store_system(&store, &error);
    for (size_t i = 0; i < THREADS; i++)
        same = same && stores[i] == store;
    CHECK(rc == SECSOCK_OK && same && secsock_store_count(store) > 50,
          "the system's %zu anchors are read once and shared by all threads",
          store != NULL ? secsock_store_count(store) : 0);
    bool found = true;
    for (size_t i = 0; store != NULL && i < secsock_store_count(store); i++) {
        const secsock_cert *cert = secsock_store_cert(store, i);
        found = found && store_contains(store, cert->x509.der) &&
                count_found(store, cert->x509.subject) >= 1 && secsock_cert_subject(cert) &&
                secsock_cert_key_bits(cert) > 0;
    }
    CHECK(found, "each of them is found, and tells its subject");
    CHECK(secsock_store_load_file(store, pki_path("ca.pem"), &error) == SECSOCK_E_FROZEN,
          "nobody adds to them: %s", error.message);
    secsock_store_free(store);
}

int main(void)
{
    holds_each_certificate_once();
    loads_files_and_text();
    adds_all_or_nothing();
    tells_what_is_wrong();
    does_not_change_once_frozen();
    loads_folders();
    tells_what_is_wrong_in_a_folder();
    finds_by_subject();
    finds_every_certificate_of_a_subject();
    reads_the_first_bundle_there_is();
    passes_over_bad_certificates_of_a_bundle();
    shares_the_system_store();
    return check_done();
}

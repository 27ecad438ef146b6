/* Stores in folders: what is on the disk, and what else may be there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "home.h"
#include "pki.h"

enum { MY = SECSOCK_STORE_MY, ROOT = SECSOCK_STORE_ROOT };
enum { READ = SECSOCK_STORE_READ_ONLY, WRITE = SECSOCK_STORE_READ_WRITE };

static mode_t mode_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

/* -------------------------------------------------------------------------------------- layout */

static void keeps_each_certificate_in_its_file(void)
{
    static char text[65536];
    secsock_cert *server = home_load("server-chain.pem", "server.key"),
                 *ca = home_load("ca.pem", NULL);
    secsock_error error;
    home_enter();
    mode_t mask = umask(0);
    secsock_store *store = home_open(MY, WRITE);
    CHECK(mode_of(home_path("my")) == 0700 && home_files("my", false) == 0 &&
              secsock_store_count(store) == 0 && secsock_store_role_of(store) == MY,
          "a folder that is not there is made, for its owner alone");
    CHECK(secsock_store_add(store, server, &error) == SECSOCK_OK &&
              secsock_store_add(store, ca, &error) == SECSOCK_OK && home_files("my", false) == 2 &&
              home_files("my", true) == 0,
          "each certificate is one file, and nothing is left beside them");
    CHECK(mode_of(home_file("my", server)) == 0600 && mode_of(home_file("my", ca)) == 0600 &&
              mode_of(home_path("my/.lock")) == 0600,
          "files are for their owner alone, whatever the umask lets through");
    umask(mask);
    home_read(home_file("my", server), text, sizeof(text));
    CHECK(strncmp(text, secsock_cert_pem(server), strlen(secsock_cert_pem(server))) == 0 &&
              strstr(text, secsock_cert_pem(secsock_cert_chain(server, 0))) &&
              strstr(text, "-----BEGIN PRIVATE KEY-----"),
          "in PEM: the certificate, its issuer and its private key");
    home_read(home_file("my", ca), text, sizeof(text));
    CHECK(strcmp(text, secsock_cert_pem(ca)) == 0, "or the certificate alone");
    secsock_store_free(store);

    store = home_open(MY, READ);
    const secsock_cert *again = home_find(store, server);
    CHECK(secsock_store_count(store) == 2 && again != NULL && secsock_cert_has_private_key(again) &&
              secsock_cert_chain(again, 0) != NULL && secsock_cert_chain(again, 1) == NULL &&
              home_find(store, ca) != NULL,
          "all of it is there when the store is opened again");
    secsock_store_free(store);
    home_leave();
    secsock_cert_free(server);
    secsock_cert_free(ca);
}

static void has_a_folder_for_each_role(void)
{
    static const char *const names[] = { "my", "root", "ca", "disallowed" };
    secsock_cert *ca = home_load("ca.pem", NULL), *server = home_load("server.pem", "server.key");
    secsock_error error;
    bool good = true, alone = true;
    home_enter();
    for (int role = SECSOCK_STORE_MY; role <= SECSOCK_STORE_DISALLOWED; role++) {
        secsock_store *store = home_open(role, WRITE);
        good = good && secsock_store_count(store) == 0 && secsock_store_role_of(store) == role &&
               secsock_store_add(store, ca, &error) == SECSOCK_OK &&
               access(home_file(names[role], ca), F_OK) == 0;
        if (role != MY)
            secsock_cert_forbid_export(server);
        alone = alone && secsock_store_add(store, server, &error) == SECSOCK_OK &&
                home_sees(role, server) == (role == MY ? 2 : 1);
        secsock_store_free(store);
    }
    CHECK(good, "each role has a folder of its own");
    CHECK(alone, "and that of identities alone has their keys: %s", error.message);
    home_leave();
    secsock_cert_free(server);
    secsock_cert_free(ca);
}

static void is_opened_in_modes(void)
{
    secsock_cert *ca = home_load("ca.pem", NULL);
    secsock_store *store = NULL;
    secsock_error error;
    home_enter();
    CHECK(secsock_store_open(&store, home_folder, ROOT, READ, NULL, &error) == SECSOCK_OK &&
              secsock_store_count(store) == 0 && access(home_path("root"), F_OK) != 0,
          "read-only, a folder that is not there is an empty store and is not made");
    CHECK(secsock_store_add(store, ca, &error) == SECSOCK_E_FROZEN &&
              strstr(error.message, "read-only") &&
              secsock_store_remove(store, ca, &error) == SECSOCK_E_FROZEN,
          "which does not change: %s", error.message);
    secsock_store_free(store);
    for (int mode = READ; mode <= WRITE; mode++) {
        CHECK(secsock_store_open(&store, home_folder, ROOT, mode | SECSOCK_STORE_EXISTING, NULL,
                                 &error) == SECSOCK_E_FILE &&
                  store == NULL && error.sys_errno == ENOENT &&
                  strstr(error.message, home_path("root")) && access(home_path("root"), F_OK) != 0,
              "one that must exist and does not: %s", error.message);
    }
    secsock_store_free(home_open(ROOT, WRITE));
    store = home_open(ROOT, WRITE | SECSOCK_STORE_EXISTING);
    CHECK(secsock_store_add(store, ca, &error) == SECSOCK_OK && home_sees(ROOT, ca) == 1,
          "one that must exist and does is written to");
    secsock_store_free(store);
    store = home_open(ROOT, READ | SECSOCK_STORE_EXISTING);
    CHECK(secsock_store_count(store) == 1 &&
              secsock_store_load_file(store, pki_path("int.pem"), &error) == SECSOCK_E_FROZEN &&
              home_files("root", false) == 1,
          "and read only where nothing else was asked for");
    secsock_store_free(store);
    home_leave();
    secsock_cert_free(ca);
}

static void refuses_what_is_no_store(void)
{
    secsock_store *store = NULL;
    secsock_error error;
    home_enter();
    CHECK(
        secsock_store_open(NULL, home_folder, MY, READ, NULL, &error) == SECSOCK_E_ARGUMENT &&
            secsock_store_open(&store, NULL, MY, READ, NULL, NULL) == SECSOCK_E_ARGUMENT &&
            secsock_store_open(&store, "", MY, READ, NULL, NULL) == SECSOCK_E_ARGUMENT &&
            secsock_store_open(&store, home_folder, 4, READ, NULL, &error) == SECSOCK_E_ARGUMENT &&
            secsock_store_open(&store, home_folder, -1, READ, NULL, &error) == SECSOCK_E_ARGUMENT &&
            secsock_store_open(&store, home_folder, MY, 4, NULL, &error) == SECSOCK_E_ARGUMENT &&
            store == NULL,
        "no folder, no role, no mode: %s", error.message);
    home_write(home_path("my"), "x", 1);
    for (int mode = READ; mode <= WRITE; mode++)
        CHECK(secsock_store_open(&store, home_folder, MY, mode, NULL, &error) == SECSOCK_E_FILE &&
                  error.sys_errno == ENOTDIR && store == NULL,
              "a file in place of the folder: %s", error.message);
    CHECK(secsock_store_open(&store, home_path("my"), MY, WRITE, NULL, &error) == SECSOCK_E_FILE,
          "a file in place of its parent: %s", error.message);
    CHECK(secsock_store_open(&store, home_path("no/such"), MY, WRITE, NULL, &error) ==
                  SECSOCK_E_FILE &&
              error.sys_errno == ENOENT && strstr(error.message, "no/such"),
          "only the last folders are made: %s", error.message);
    home_leave();
}

static void stays_with_its_folder(void)
{
    secsock_cert *ca = home_load("ca.pem", NULL);
    secsock_error error;
    char before[512];
    home_enter();
    if (getcwd(before, sizeof(before)) == NULL || chdir(home_folder) != 0)
        exit(1);
    secsock_store *store = NULL;
    int opened = secsock_store_open(&store, ".", MY, WRITE, NULL, &error);
    if (chdir(before) != 0 || rename(home_path("my"), home_path("moved")) != 0)
        exit(1);
    CHECK(opened == SECSOCK_OK && secsock_store_add(store, ca, &error) == SECSOCK_OK &&
              access(home_file("moved", ca), F_OK) == 0,
          "a handle stays with its folder wherever that and the process go");
    secsock_store_free(store);
    home_leave();
    secsock_cert_free(ca);
}

/* ---------------------------------------------------------------------------------------- keys */

static void encrypts_keys(void)
{
    static char text[65536];
    secsock_cert *server = home_load("server.pem", "server.key"), *ca = home_load("ca.pem", NULL);
    secsock_store *store = NULL;
    secsock_error error;
    home_enter();
    CHECK(secsock_store_open(&store, home_folder, MY, WRITE, "secret", &error) == SECSOCK_OK &&
              secsock_store_add(store, server, &error) == SECSOCK_OK &&
              secsock_store_add(store, ca, &error) == SECSOCK_OK,
          "a store with a password is written to");
    secsock_store_free(store);
    home_read(home_file("my", server), text, sizeof(text));
    CHECK(strstr(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") &&
              !strstr(text, "-----BEGIN PRIVATE KEY-----"),
          "its keys are encrypted");
    CHECK(secsock_store_open(&store, home_folder, MY, READ, NULL, &error) == SECSOCK_E_PASSWORD &&
              store == NULL && strncmp(error.message, home_file("my", server), 64) == 0,
          "without the password it is not opened: %s", error.message);
    CHECK(secsock_store_open(&store, home_folder, MY, READ, "Secret", &error) ==
                  SECSOCK_E_PASSWORD &&
              store == NULL,
          "nor with a wrong one: %s", error.message);
    CHECK(secsock_store_open(&store, home_folder, MY, READ, "secret", &error) == SECSOCK_OK &&
              secsock_store_count(store) == 2 &&
              secsock_cert_has_private_key(home_find(store, server)),
          "with it the key is there");
    secsock_store_free(store);
    store = secsock_store_new();
    CHECK(secsock_store_load_dir(store, home_path("my"), &error) == 2 &&
              !secsock_cert_has_private_key(home_find(store, server)),
          "the certificates alone can be had without");
    secsock_store_free(store);
    home_leave();
    secsock_cert_free(server);
    secsock_cert_free(ca);
}

static void never_loses_a_key(void)
{
    secsock_cert *bare = home_load("server.pem", NULL),
                 *keyed = home_load("server.pem", "server.key");
    secsock_error error;
    home_enter();
    secsock_store *first = home_open(MY, WRITE), *second = home_open(MY, WRITE);
    secsock_store_add(first, bare, &error);
    CHECK(home_sees(MY, bare) == 1 && secsock_store_add(first, keyed, &error) == SECSOCK_OK &&
              home_sees(MY, bare) == 2 && secsock_store_count(first) == 1 &&
              secsock_cert_has_private_key(secsock_store_cert(first, 0)),
          "a certificate that is there without its key, and comes with it, has it from then on");
    CHECK(secsock_store_add(first, bare, &error) == SECSOCK_OK && home_sees(MY, bare) == 2 &&
              secsock_cert_has_private_key(secsock_store_cert(first, 0)),
          "and keeps it when it comes without");
    CHECK(secsock_store_count(second) == 0 &&
              secsock_store_add(second, bare, &error) == SECSOCK_OK && home_sees(MY, bare) == 2 &&
              secsock_store_count(second) == 1 &&
              secsock_cert_has_private_key(secsock_store_cert(second, 0)),
          "also when it comes from a writer that has not seen it yet, who gets it");
    CHECK(secsock_store_load_file(second, pki_path("server-all.pem"), &error) == 2 &&
              home_sees(MY, bare) == 2 && home_count(MY) == 2,
          "a file of certificates changes nothing about that");
    secsock_store_free(first);
    secsock_store_free(second);
    home_leave();
    secsock_cert_free(bare);
    secsock_cert_free(keyed);
}

static void does_not_replace_what_it_cannot_read(void)
{
    secsock_cert *bare = home_load("server.pem", NULL);
    secsock_cert *keyed = home_load("server.pem", "server.key");
    secsock_store *hidden = NULL;
    secsock_error error;
    home_enter();
    secsock_store *store = home_open(MY, WRITE);
    secsock_store_open(&hidden, home_folder, MY, WRITE, "secret", &error);
    secsock_store_add(hidden, keyed, &error);
    CHECK(secsock_store_add(store, bare, &error) == SECSOCK_E_PASSWORD &&
              strstr(error.message, home_file("my", bare)) == error.message &&
              secsock_store_count(store) == 0 && home_files("my", true) == 0,
          "a key under another password is not replaced by nothing: %s", error.message);
    home_write(home_file("my", bare), "damaged", 7);
    CHECK(secsock_store_add(store, keyed, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, home_file("my", bare)) == error.message &&
              secsock_store_remove(store, keyed, &error) == 1 &&
              secsock_store_add(store, keyed, &error) == SECSOCK_OK && home_sees(MY, keyed) == 2,
          "nor is a damaged file, which can be removed");
    secsock_store_free(hidden);
    secsock_store_free(store);
    home_leave();
    secsock_cert_free(bare);
    secsock_cert_free(keyed);
}

static void refuses_keys_that_may_not_leave(void)
{
    secsock_cert *locked = home_load("server.pem", "server.key"), *ca = home_load("ca.pem", NULL);
    secsock_error error;
    home_enter();
    secsock_store *store = home_open(MY, WRITE), *memory = secsock_store_new();
    secsock_cert_forbid_export(locked);
    CHECK(secsock_store_add(store, locked, &error) == SECSOCK_E_NOT_EXPORTABLE &&
              secsock_store_count(store) == 0 && home_files("my", false) == 0 &&
              home_files("my", true) == 0,
          "a key that may not be exported is not stored: %s", error.message);
    CHECK(secsock_store_add(memory, locked, &error) == SECSOCK_OK &&
              secsock_store_add(store, ca, &error) == SECSOCK_OK,
          "but kept in memory, and the store takes others");
    secsock_store_free(store);
    secsock_store_free(memory);
    home_leave();
    secsock_cert_free(locked);
    secsock_cert_free(ca);
}

/* ------------------------------------------------------------------------------------- removing */

static void removes_from_the_disk(void)
{
    secsock_cert *server = home_load("server.pem", "server.key"), *ca = home_load("ca.pem", NULL);
    secsock_error error;
    home_enter();
    secsock_store *first = home_open(MY, WRITE);
    secsock_store_add(first, server, &error);
    secsock_store_add(first, ca, &error);
    secsock_store *second = home_open(MY, WRITE);
    CHECK(secsock_store_remove(first, secsock_store_cert(first, 0), &error) == 1 &&
              secsock_store_count(first) == 1 && home_find(first, ca) != NULL &&
              home_sees(MY, server) == 0 && home_sees(MY, ca) == 1,
          "what is removed is gone from the disk, and the others are not");
    CHECK(secsock_store_remove(first, server, &error) == 0, "it is not removed twice");
    CHECK(secsock_store_count(second) == 2 && secsock_store_remove(second, server, &error) == 1 &&
              secsock_store_count(second) == 1,
          "a handle that still sees it removes it from its memory");
    secsock_store_add(second, server, &error);
    CHECK(secsock_store_count(first) == 1 && secsock_store_remove(first, server, &error) == 1 &&
              home_sees(MY, server) == 0,
          "and one that does not see it yet, from the disk");
    CHECK(home_find(second, server) != NULL &&
              secsock_store_add(second, server, &error) == SECSOCK_OK && home_sees(MY, server) == 2,
          "what is added is on the disk although the handle had it already");
    secsock_store_free(first);
    secsock_store_free(second);
    home_leave();
    secsock_cert_free(server);
    secsock_cert_free(ca);
}

static void removes_what_a_crash_has_left_of_it(void)
{
    secsock_cert *server = home_load("server.pem", "server.key");
    secsock_error error;
    char name[128];
    home_enter();
    secsock_store *store = home_open(MY, WRITE);
    snprintf(name, sizeof(name), "my/.%s.pem", secsock_cert_sha256(server));
    home_write(home_path(name), "half", 4);
    CHECK(secsock_store_remove(store, server, &error) == 0 && home_files("my", true) == 0,
          "a half that a crash has left goes with the certificate");
    secsock_store_free(store);
    home_leave();
    secsock_cert_free(server);
}

/* ------------------------------------------------------------------------ what else may be there */

static void passes_over_what_is_not_its_own(void)
{
    secsock_cert *ca = home_load("ca.pem", NULL);
    secsock_error error;
    home_enter();
    secsock_store *store = home_open(ROOT, WRITE);
    secsock_store_add(store, ca, &error);
    secsock_store_free(store);
    home_write(home_path("root/README"), "hello", 5);
    home_write(home_path("root/other.pem"), secsock_cert_pem(ca), 100);
    home_write(home_path("root/.half.pem"), secsock_cert_pem(ca), 100);
    char name[128];
    snprintf(name, sizeof(name), "root/%s.pem~", secsock_cert_sha256(ca));
    home_write(home_path(name), "an editor's", 11);
    snprintf(name, sizeof(name), "root/%064d.pem", 1);
    mkdir(home_path(name), 0700);
    snprintf(name, sizeof(name), "root/%064d.pem", 2);
    mkfifo(home_path(name), 0600);
    snprintf(name, sizeof(name), "root/%064d.pem", 3);
    CHECK(symlink("nowhere", home_path(name)) == 0 && home_count(ROOT) == 1 &&
              home_sees(ROOT, ca) == 1,
          "texts, halves, copies, folders, pipes and dangling links are passed over");
    home_leave();
    secsock_cert_free(ca);
}

static void follows_links_and_replaces_them(void)
{
    static char text[65536];
    secsock_cert *bare = home_load("server.pem", NULL),
                 *keyed = home_load("server.pem", "server.key");
    secsock_error error;
    home_enter();
    secsock_store_free(home_open(MY, WRITE));
    home_write(home_path("target"), secsock_cert_pem(bare), strlen(secsock_cert_pem(bare)));
    CHECK(symlink("../target", home_file("my", bare)) == 0 && home_sees(MY, bare) == 1,
          "a link counts as the file it leads to");
    secsock_store *store = home_open(MY, WRITE);
    home_read(home_path("target"), text, sizeof(text));
    CHECK(secsock_store_add(store, keyed, &error) == SECSOCK_OK && home_sees(MY, bare) == 2 &&
              strcmp(text, secsock_cert_pem(bare)) == 0,
          "but nothing is written through it: a file takes its place");
    secsock_store_free(store);
    home_leave();
    secsock_cert_free(bare);
    secsock_cert_free(keyed);
}

static void compares_names_with_contents(void)
{
    secsock_cert *ca = home_load("ca.pem", NULL), *other = home_load("other-ca.pem", NULL);
    secsock_store *store = NULL;
    secsock_error error;
    home_enter();
    secsock_store_free(home_open(ROOT, WRITE));
    home_write(home_file("root", ca), secsock_cert_pem(other), strlen(secsock_cert_pem(other)));
    CHECK(secsock_store_open(&store, home_folder, ROOT, READ, NULL, &error) == SECSOCK_E_FORMAT &&
              store == NULL && strstr(error.message, home_file("root", ca)) &&
              strstr(error.message, "another certificate"),
          "a file with another certificate than its name says: %s", error.message);
    home_leave();
    secsock_cert_free(ca);
    secsock_cert_free(other);
}

/* Cut at each byte: a store of it is refused, as long as the certificate is not whole. */
static void refuses_damaged_files(void)
{
    secsock_cert *ca = home_load("ca.pem", NULL);
    const char *pem = secsock_cert_pem(ca);
    secsock_store *store = NULL;
    secsock_error error;
    size_t whole = strlen(pem) - 1, refused = 0; /* the last newline may be missing */
    home_enter();
    secsock_store_free(home_open(ROOT, WRITE));
    for (size_t len = 0; len < whole; len++) {
        home_write(home_file("root", ca), pem, len);
        if (secsock_store_open(&store, home_folder, ROOT, READ, NULL, &error) == SECSOCK_E_FORMAT &&
            store == NULL && strstr(error.message, home_file("root", ca)))
            refused++;
        secsock_store_free(store);
    }
    CHECK(refused == whole, "a file cut short at any of %zu places is an error: %s", whole,
          error.message);
    home_leave();
    secsock_cert_free(ca);
}

int main(void)
{
    keeps_each_certificate_in_its_file();
    has_a_folder_for_each_role();
    is_opened_in_modes();
    refuses_what_is_no_store();
    stays_with_its_folder();
    encrypts_keys();
    never_loses_a_key();
    does_not_replace_what_it_cannot_read();
    refuses_keys_that_may_not_leave();
    removes_from_the_disk();
    removes_what_a_crash_has_left_of_it();
    passes_over_what_is_not_its_own();
    follows_links_and_replaces_them();
    compares_names_with_contents();
    refuses_damaged_files();
    return check_done();
}

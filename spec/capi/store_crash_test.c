/* Stores in folders, when something goes wrong in the middle of a change: each call to the disk that
 * fails, each point where a process may end, other writers at the same time, memory that is short. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cert_list.h"
#include "check.h"
#include "disk.h"
#include "home.h"
#include "memory.h"
#include "mint.h"
#include "pki.h"

enum { MY = SECSOCK_STORE_MY, ROOT = SECSOCK_STORE_ROOT };
enum { READ = SECSOCK_STORE_READ_ONLY, WRITE = SECSOCK_STORE_READ_WRITE };

/* What a change is about: a certificate with its key, or two others in a text. */
static secsock_cert *subject;
static char *two;
static size_t two_len;

/* Runs something in a process of its own, as nobody in particular if this one is root; whether it
 * returned true. What it allocates is its own affair. */
static bool elsewhere(bool (*run)(void), bool as_nobody)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (as_nobody && geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        _exit(run() ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/* --------------------------------------------------------------------------------- permissions */

static bool cannot_open(void)
{
    secsock_store *store = NULL;
    secsock_error error;
    return secsock_store_open(&store, home_folder, MY, READ, NULL, &error) == SECSOCK_E_FILE &&
           store == NULL && error.sys_errno == EACCES &&
           strstr(error.message, home_file("my", subject)) != NULL;
}

static bool cannot_change(void)
{
    secsock_store *store = NULL;
    secsock_error error;
    bool good = secsock_store_open(&store, home_folder, MY, WRITE, NULL, &error) == SECSOCK_OK &&
                secsock_store_load_file(store, home_path("bundle.pem"), &error) == SECSOCK_E_FILE &&
                error.sys_errno == EACCES && strstr(error.message, home_path("my")) != NULL &&
                secsock_store_count(store) == 1 &&
                secsock_store_remove(store, subject, &error) == SECSOCK_E_FILE &&
                error.sys_errno == EACCES && secsock_store_count(store) == 1;
    secsock_store_free(store);
    return good;
}

static bool cannot_make(void)
{
    secsock_store *store = NULL;
    secsock_error error;
    return secsock_store_open(&store, home_folder, ROOT, WRITE, NULL, &error) == SECSOCK_E_FILE &&
           store == NULL && error.sys_errno == EACCES &&
           strstr(error.message, home_path("root")) != NULL;
}

static void names_what_it_may_not_do(void)
{
    static char text[65536];
    secsock_error error;
    subject = home_load("server.pem", NULL);
    home_enter();
    secsock_store *store = home_open(MY, WRITE);
    secsock_store_add(store, subject, &error);
    secsock_store_free(store);
    home_write(home_path("bundle.pem"), text,
               home_read(pki_path("bundle.pem"), text, sizeof(text)));
    chmod(home_path("bundle.pem"), 0644);
    chmod(home_folder, 0555);
    chmod(home_path("my"), 0555);
    chmod(home_file("my", subject), 0);
    CHECK(elsewhere(cannot_open, true), "a file that may not be read is named with the reason");
    chmod(home_file("my", subject), 0444);
    CHECK(elsewhere(cannot_change, true) && home_files("my", false) == 1 &&
              home_files("my", true) == 0,
          "a folder that may not be written to is named, and nothing changes");
    CHECK(elsewhere(cannot_make, true), "so is one that may not be made");
    chmod(home_folder, 0700);
    chmod(home_path("my"), 0700);
    home_leave();
    secsock_cert_free(subject);
}

/* ---------------------------------------------------------------------------------- a full disk */

static bool meets_a_limit(void)
{
    struct rlimit limit = { 1024, 1024 }; /* one certificate fits, an identity does not */
    secsock_cert *ca = home_load("ca.pem", NULL);
    secsock_store *store = home_open(MY, WRITE);
    secsock_error error;
    signal(SIGXFSZ, SIG_IGN);
    bool good = setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                secsock_store_add(store, ca, &error) == SECSOCK_OK &&
                secsock_store_add(store, subject, &error) == SECSOCK_E_FILE &&
                error.sys_errno == EFBIG && strstr(error.message, secsock_cert_sha256(subject)) &&
                secsock_store_count(store) == 1;
    secsock_store_free(store);
    secsock_cert_free(ca);
    return good;
}

static void leaves_nothing_half_written(void)
{
    subject = home_load("server-chain.pem", "server.key");
    home_enter();
    CHECK(elsewhere(meets_a_limit, false) && home_files("my", false) == 1 &&
              home_files("my", true) == 0 && home_sees(MY, subject) == 0,
          "a file that does not fit is named with the reason, and nothing of it remains");
    home_leave();
    secsock_cert_free(subject);
}

/* One change of a store that holds server.pem without its key. */
typedef int change_fn(secsock_store *store, secsock_error *error);

static int add_two(secsock_store *store, secsock_error *error)
{
    int found = secsock_store_load_pem(store, two, two_len, error);
    return found < 0 ? found : SECSOCK_OK;
}

static int add_key(secsock_store *store, secsock_error *error)
{
    return secsock_store_add(store, subject, error);
}

static int remove_it(secsock_store *store, secsock_error *error)
{
    int removed = secsock_store_remove(store, subject, error);
    return removed == 1 ? SECSOCK_OK : removed;
}

static void prepare(void)
{
    secsock_cert *bare = home_load("server.pem", NULL);
    secsock_store *store = home_open(MY, WRITE);
    secsock_store_add(store, bare, NULL);
    secsock_store_free(store);
    secsock_cert_free(bare);
}

/* Whether a handle that is opened now sees the store as it was before a change, or after it. */
static bool is_before(void)
{
    return home_count(MY) == 1 && home_sees(MY, subject) == 1;
}

static bool is_after(change_fn *change)
{
    if (change == add_two)
        return home_count(MY) == 3 && home_sees(MY, subject) == 1;
    if (change == add_key)
        return home_count(MY) == 1 && home_sees(MY, subject) == 2;
    return home_count(MY) == 0;
}

/* Each call to the disk fails once. A failure is told and changes nothing, unless it comes when the
 * change has been made already and only cannot be called lasting; to repeat the change succeeds. */
static void survives_failures(change_fn *change, const char *what)
{
    unsigned long n = 0, bad = 0;
    bool failed = true;
    subject = home_load("server.pem", "server.key");
    while (failed) {
        secsock_error error = { .code = SECSOCK_OK };
        home_enter();
        prepare();
        secsock_store *store = home_open(MY, WRITE);
        disk_fail(++n, ENOSPC);
        int result = change(store, &error);
        failed = disk_failed() != 0;
        disk_fail(0, 0);
        if (failed && result != SECSOCK_OK) {
            bool named = result == SECSOCK_E_FILE && error.code == result &&
                         error.sys_errno == ENOSPC && strstr(error.message, home_path("my"));
            bool kept = secsock_store_count(store) == 1 &&
                        !secsock_cert_has_private_key(secsock_store_cert(store, 0));
            bool whole = is_before() || (change != add_two && is_after(change));
            if (!named || !kept || !whole || change(store, &error) != SECSOCK_OK)
                bad++;
        }
        if (!is_after(change) || home_files("my", true) != 0)
            bad++;
        secsock_store_free(store);
        home_leave();
    }
    CHECK(bad == 0 && n > 5, "%s: each of %lu calls to the disk failed once, and no harm was done",
          what, n - 1);
    secsock_cert_free(subject);
}

/* ------------------------------------------------------------------------------------- crashes */

/* The process ends in the place of each call to the disk. Whatever it leaves is what was there or
 * what was to be there, or of several certificates some; and the next writer is not hindered. */
static void survives_crashes(change_fn *change, const char *what)
{
    unsigned long n = 0, bad = 0;
    int status = 0;
    subject = home_load("server.pem", "server.key");
    do {
        home_enter();
        prepare();
        n++;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            secsock_store *store = home_open(MY, WRITE);
            disk_end(n);
            _exit(change(store, NULL) == SECSOCK_OK ? 0 : 1);
        }
        waitpid(child, &status, 0);
        bool some = change == add_two && home_sees(MY, subject) == 1 && home_count(MY) == 2;
        if (!is_before() && !some && !is_after(change))
            bad++;
        secsock_store *store = home_open(MY, WRITE);
        if (!is_after(change) && change(store, NULL) != SECSOCK_OK)
            bad++;
        if (!is_after(change))
            bad++;
        secsock_store_free(store);
        home_leave();
    } while (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK(bad == 0 && n > 5 && WIFEXITED(status) && WEXITSTATUS(status) == 0,
          "%s: a crash at each of %lu calls to the disk leaves whole files, and hinders nobody",
          what, n - 1);
    secsock_cert_free(subject);
}

/* ------------------------------------------------------------------------------------ two writers */

enum { WRITERS = 4, OWN = 12, SHARED = 4 };

/* Certificates that differ in their serial: some of each writer, some that all have, and one. */
static secsock_cert *minted[WRITERS * OWN + SHARED + 1];

static void mint_all(void)
{
    for (size_t i = 0; i < sizeof(minted) / sizeof(minted[0]); i++) {
        struct mint description = { .cn = "Writer", .variant = (unsigned)i };
        struct slice der = mint(&description);
        if (secsock_cert_from_der(&minted[i], der.data, der.len, NULL) != SECSOCK_OK)
            exit(1);
        free((void *)der.data);
    }
}

static void free_all(void)
{
    for (size_t i = 0; i < sizeof(minted) / sizeof(minted[0]); i++)
        secsock_cert_free(minted[i]);
    mint_end();
}

/* Adds its own and the shared ones, while it adds and removes the last one again and again. */
static int write_much(size_t writer)
{
    secsock_cert *last = minted[WRITERS * OWN + SHARED];
    secsock_store *store = home_open(ROOT, WRITE);
    int bad = 0;
    for (size_t i = 0; i < OWN; i++) {
        bad += secsock_store_add(store, minted[writer * OWN + i], NULL) != SECSOCK_OK;
        bad += secsock_store_add(store, minted[WRITERS * OWN + i % SHARED], NULL) != SECSOCK_OK;
        bad += secsock_store_add(store, last, NULL) != SECSOCK_OK;
        bad += secsock_store_remove(store, last, NULL) < 0;
    }
    secsock_store_free(store);
    return bad;
}

/* Opens the store again and again until all writers are done: none of this ever fails. */
static int read_until_done(const pid_t *writers)
{
    int bad = 0;
    size_t done = 0;
    while (done < WRITERS) {
        secsock_store *store = NULL;
        int status;
        bad += secsock_store_open(&store, home_folder, ROOT, READ, NULL, NULL) != SECSOCK_OK;
        secsock_store_free(store);
        if (waitpid(writers[done], &status, WNOHANG) == writers[done]) {
            bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
            done++;
        }
    }
    return bad;
}

static void lets_many_write_at_once(void)
{
    pid_t writers[WRITERS];
    mint_all();
    home_enter();
    secsock_store_free(home_open(ROOT, WRITE));
    fflush(stdout);
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        if (writers[i] == 0)
            _exit(write_much(i));
    }
    int bad = read_until_done(writers);
    CHECK(bad == 0, "%d writers add and remove, and a reader reads, and nothing ever fails",
          WRITERS);
    bool all = true;
    for (size_t i = 0; i < WRITERS * OWN + SHARED; i++)
        all = all && home_sees(ROOT, minted[i]) == 1;
    CHECK(all && home_count(ROOT) == WRITERS * OWN + SHARED && home_files("root", true) == 0,
          "no certificate is lost, and nothing else remains");
    home_leave();
    free_all();
}

/* --------------------------------------------------------------------------------------- memory */

static int open_and_change(change_fn *change, secsock_error *error)
{
    secsock_store *store = NULL;
    int result = secsock_store_open(&store, home_folder, MY, WRITE, NULL, error);
    if (result == SECSOCK_OK) {
        size_t before = secsock_store_count(store);
        result = change(store, error);
        if (result != SECSOCK_OK && secsock_store_count(store) != before)
            result = SECSOCK_E_INTERNAL;
    }
    secsock_store_free(store);
    return result;
}

static void survives_shortage_of_memory(change_fn *change, const char *what)
{
    unsigned long n = 0, bad = 0;
    bool failed = true;
    subject = home_load("server.pem", "server.key");
    while (failed) {
        secsock_error error = { .code = SECSOCK_OK };
        home_enter();
        prepare();
        long before = memory_live();
        memory_fail(++n);
        int result = open_and_change(change, &error);
        failed = memory_failed() != 0;
        memory_fail(0);
        if (memory_live() != before || error.code != result ||
            result != (failed ? SECSOCK_E_MEMORY : SECSOCK_OK) || home_files("my", true) != 0 ||
            !(failed ? is_before() : is_after(change)))
            bad++;
        home_leave();
    }
    CHECK(bad == 0 && n > 10, "%s: each of %lu allocations failed once, and nothing changed", what,
          n - 1);
    secsock_cert_free(subject);
}

int main(void)
{
    two = pki_read("bundle.pem", &two_len);
    names_what_it_may_not_do();
    leaves_nothing_half_written();
    survives_failures(add_two, "adding two");
    survives_failures(add_key, "adding a key");
    survives_failures(remove_it, "removing");
    survives_crashes(add_two, "adding two");
    survives_crashes(add_key, "adding a key");
    survives_crashes(remove_it, "removing");
    lets_many_write_at_once();
    survives_shortage_of_memory(add_two, "adding two");
    survives_shortage_of_memory(add_key, "adding a key");
    survives_shortage_of_memory(remove_it, "removing");
    free(two);
    return check_done();
}

/* Nothing secret is left in memory that was freed: keys as numbers and as text, passwords. */
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cert.h"
#include "check.h"
#include "home.h"
#include "memory.h"
#include "pki.h"
#include "settings.h"

#define PASSWORD "a password for erase_test"

enum { ALL = SECSOCK_EXPORT_CERT | SECSOCK_EXPORT_CHAIN | SECSOCK_EXPORT_KEY };

/* Where the secret number stands in server.key, and where a part of it that is whole in base64. The
 * number is looked for both ways, for it may be kept in words; the password in UTF-16 too. */
enum { NUMBER = 36, NUMBER_LEN = 32, IN_TEXT = 48, IN_TEXT_LEN = 15 };
static uint8_t number[NUMBER_LEN], reversed[NUMBER_LEN];
static char text[2 * IN_TEXT_LEN];
static uint8_t wide[2 * sizeof(PASSWORD)];

static char room[65536];

static void watch(void)
{
    secsock_cert *server = home_load("server-chain.pem", "server.key");
    const struct slice part = { server->key + IN_TEXT, IN_TEXT_LEN };
    memcpy(number, server->key + NUMBER, NUMBER_LEN);
    base64_encode(text, part, 0);
    for (size_t i = 0; i < NUMBER_LEN; i++)
        reversed[i] = number[NUMBER_LEN - 1 - i];
    for (size_t i = 0; i < sizeof(PASSWORD); i++)
        wide[2 * i + 1] = (uint8_t)PASSWORD[i];
    memory_watch(number, NUMBER_LEN);
    memory_watch(reversed, NUMBER_LEN);
    memory_watch(text, strlen(text));
    memory_watch(wide, sizeof(wide));
    memory_watch(PASSWORD, strlen(PASSWORD));
    secsock_cert_free(server);
}

static void finds_what_is_left(void)
{
    volatile char *left = malloc(64); /* else what is freed at once is not even written */
    for (size_t i = 0; text[i] != '\0'; i++)
        left[i] = text[i];
    free((void *)left);
    CHECK(memory_spilt() == 1 && memory_spilt() == 0, "what is not erased is found");
}

/* ---------------------------------------------------------------------------------------- scenes */

typedef int scene(void);

static int free_loaded(secsock_cert *cert, int result)
{
    secsock_cert_free(cert);
    return result;
}

static int load_plain(void)
{
    secsock_cert *cert = NULL;
    int result = secsock_cert_load_identity(&cert, pki_path("server-chain.pem"),
                                            pki_path("server.key"), NULL, NULL);
    return free_loaded(cert, result);
}

static int load_encrypted(void)
{
    secsock_cert *cert = NULL;
    int result = secsock_cert_load_identity(&cert, pki_path("server.pem"),
                                            pki_path("server-aes256.key"), "secret", NULL);
    return free_loaded(cert, result);
}

static int load_legacy_pfx(void)
{
    secsock_cert *cert = NULL;
    return free_loaded(cert, secsock_cert_load(&cert, pki_path("pfx/legacy.pfx"), "secret", NULL));
}

static int load_bare_pfx(void)
{
    secsock_cert *cert = NULL;
    int result = secsock_cert_load(&cert, pki_path("pfx/bare.pfx"), NULL, NULL);
    return free_loaded(cert, result);
}

static int export_text(void)
{
    secsock_cert *cert = NULL, *back = NULL;
    int result = secsock_cert_load_identity(&cert, pki_path("server-chain.pem"),
                                            pki_path("server.key"), NULL, NULL);
    if (result >= 0)
        result = secsock_cert_export_pem(cert, ALL, NULL, room, sizeof(room), NULL);
    if (result >= 0)
        result = secsock_cert_from_pem(&back, room, (size_t)result, NULL, NULL);
    secsock_cert_free(cert);
    return free_loaded(back, result);
}

static int export_encrypted(void)
{
    secsock_cert *cert = NULL, *back = NULL;
    int result = secsock_cert_load_identity(&cert, pki_path("server-chain.pem"),
                                            pki_path("server.key"), NULL, NULL);
    if (result >= 0)
        result = secsock_cert_export_pfx(cert, ALL, PASSWORD, room, sizeof(room), NULL);
    if (result >= 0)
        result = secsock_cert_from_pfx(&back, room, (size_t)result, PASSWORD, NULL);
    secsock_cert_free(back);
    back = NULL;
    if (result >= 0)
        result = secsock_cert_export_pem(cert, ALL, PASSWORD, room, sizeof(room), NULL);
    if (result >= 0)
        result = secsock_cert_from_pem(&back, room, (size_t)result, PASSWORD, NULL);
    secsock_cert_free(cert);
    return free_loaded(back, result);
}

/* Written by one handle, and read by another. */
static int keep(const char *password)
{
    secsock_cert *cert = NULL;
    secsock_store *store = NULL, *again = NULL;
    int result = secsock_cert_load_identity(&cert, pki_path("server-chain.pem"),
                                            pki_path("server.key"), NULL, NULL);
    home_enter();
    if (result >= 0)
        result = secsock_store_open(&store, home_folder, SECSOCK_STORE_MY, SECSOCK_STORE_READ_WRITE,
                                    password, NULL);
    if (result >= 0)
        result = secsock_store_add(store, cert, NULL);
    if (result >= 0)
        result = secsock_store_open(&again, home_folder, SECSOCK_STORE_MY, SECSOCK_STORE_READ_ONLY,
                                    password, NULL);
    secsock_store_free(store);
    secsock_store_free(again);
    home_leave();
    return free_loaded(cert, result);
}

static int keep_in_the_clear(void)
{
    return keep(NULL);
}

static int keep_encrypted(void)
{
    return keep(PASSWORD);
}

/* ------------------------------------------------------------------------ what is sent together */

static int silent(void *data, size_t size, void *arg)
{
    (void)data, (void)size, (void)arg;
    return SECSOCK_WANT_READ;
}

static int slow(const void *data, size_t len, void *arg)
{
    (void)data, (void)arg;
    return len < 5 ? (int)len : 5;
}

static int broken(const void *data, size_t len, void *arg)
{
    (void)data, (void)len, (void)arg;
    return SECSOCK_E_RESET;
}

static int clogged(const void *data, size_t len, void *arg)
{
    (void)data, (void)len, (void)arg;
    return SECSOCK_WANT_WRITE;
}

/* Gathers a password, and gives what becomes of it. */
static int gather(secsock_send_fn *send)
{
    secsock_config *config = settings_config(&(struct settings){ 0 });
    secsock *s = secsock_new(config);
    secsock_attach_callbacks(s, SECSOCK_CLIENT, silent, send, NULL);
    secsock_cork(s, 1);
    secsock_send(s, "AUTH ", 5);
    secsock_send(s, PASSWORD, sizeof(PASSWORD));
    int result = secsock_cork(s, 0);
    secsock_free(s);
    secsock_config_free(config);
    return result;
}

static void leaves_nothing_gathered(void)
{
    CHECK(gather(slow) == SECSOCK_OK && memory_spilt() == 0, "gathered and sent: nothing is left");
    CHECK(gather(broken) == SECSOCK_E_RESET && memory_spilt() == 0, "nor of what cannot be sent");
    CHECK(gather(clogged) == SECSOCK_WANT_WRITE && memory_spilt() == 0, "nor of what never is");
}

/* ---------------------------------------------------------------------------------------- checks */

static void leaves_nothing(scene *play, const char *what)
{
    int result = play();
    CHECK(result >= 0 && memory_spilt() == 0, "%s: nothing is left behind", what);
}

/* The same where memory is short, at every place in turn. */
static void never_leaves_anything(scene *play, const char *what)
{
    unsigned long n = 0;
    unsigned spilt = 0;
    int failed = 1;
    leaves_nothing(play, what);
    while (failed) {
        memory_fail(n += check_stride());
        play();
        failed = memory_failed();
        memory_fail(0);
        spilt += memory_spilt();
    }
    CHECK(spilt == 0, "nor when one of %lu allocations fails", n - 1);
}

static void leaves_nothing_of_what_it_refuses(void)
{
    secsock_cert *cert = NULL;
    int mismatch =
        secsock_cert_load_identity(&cert, pki_path("ca.pem"), pki_path("server.key"), NULL, NULL);
    int second = secsock_cert_load_identity(&cert, pki_path("server.pem"), pki_path("two-keys.pem"),
                                            NULL, NULL);
    int wrong = secsock_cert_load(&cert, pki_path("pfx/modern.pfx"), PASSWORD, NULL);
    CHECK(mismatch == SECSOCK_E_KEY_MISMATCH && second == SECSOCK_E_FORMAT &&
              wrong == SECSOCK_E_PASSWORD && memory_spilt() == 0,
          "keys and passwords that do not fit: nothing is left of them");
}

int main(void)
{
    watch();
    finds_what_is_left();
    never_leaves_anything(load_plain, "a key in the clear");
    never_leaves_anything(load_encrypted, "an encrypted key");
    never_leaves_anything(load_legacy_pfx, "a PFX file");
    never_leaves_anything(load_bare_pfx, "a PFX file in the clear");
    never_leaves_anything(export_text, "an export in the clear");
    never_leaves_anything(keep_in_the_clear, "a store in a folder");
    leaves_nothing(export_encrypted, "encrypted exports");
    leaves_nothing(keep_encrypted, "a store with a password");
    leaves_nothing_of_what_it_refuses();
    leaves_nothing_gathered();
    return check_done();
}

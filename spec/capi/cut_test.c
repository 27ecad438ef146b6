/* The end of the data is told apart from a cut: at every byte of a handshake, and after it. */
#include <string.h>

#include "check.h"
#include "engine_internal.h"
#include "pair.h"
#include "rig.h"
#include "settings.h"
#include "sock.h"

/* X25519 alone and one certificate keep the flights short. Both ends show it. */
static secsock_config *make_client(int version)
{
    return settings_config(&(struct settings){ .version = version,
                                               .identity = "self-signed",
                                               .trust = "self-signed.pem",
                                               .groups = "X25519",
                                               .no_resumption = true });
}

static secsock_config *make_server(void)
{
    return settings_config(&(struct settings){ .identity = "self-signed",
                                               .client_auth = SECSOCK_CLIENT_AUTH_REQUEST,
                                               .groups = "X25519",
                                               .no_resumption = true });
}

/* ------------------------------------------------------------------- during the handshake */

enum cut { CLOSED, BROKEN };

struct scene {
    secsock_role role; /* of the end whose peer goes away */
    int version;
    enum cut cut;
};

/* Gives the rig what the peer says, up to `left` bytes; how many are left to give. */
static size_t give(struct rig *rig, secsock *peer, size_t left)
{
    char bytes[4096];
    int n;
    while (left > 0 &&
           (n = secsock_drain(peer, bytes, left < sizeof bytes ? left : sizeof bytes)) > 0) {
        rig_put(rig, bytes, (size_t)n);
        left -= (size_t)n;
    }
    return left;
}

static size_t take(struct rig *rig, secsock *peer)
{
    char bytes[8192];
    size_t n = rig_take(rig, bytes, sizeof bytes);
    if (n > 0)
        secsock_feed(peer, bytes, n);
    return n;
}

static int step(secsock *s, const char *name)
{
    int state = secsock_get_state(s);
    if (state == SECSOCK_STATE_SECURE)
        return SECSOCK_OK;
    return secsock_upgrade(s, state == SECSOCK_STATE_PLAIN ? name : NULL);
}

/* A handshake in which the peer goes away after `length` bytes. False if it never says as many. */
static bool shake_hands(struct rig *rig, secsock *peer, const struct scene *scene, size_t length)
{
    const char *mine = scene->role == SECSOCK_CLIENT ? "mail.example" : NULL;
    const char *theirs = scene->role == SECSOCK_CLIENT ? NULL : "mail.example";
    size_t left = length, moved = 1;
    while (left > 0 && moved > 0) {
        step(rig->s, mine);
        moved = take(rig, peer);
        step(peer, theirs);
        size_t before = left;
        left = give(rig, peer, left);
        moved += before - left;
    }
    step(rig->s, mine);
    return left == 0;
}

static bool ends_in_error(struct rig *rig, const struct scene *scene)
{
    char byte;
    int want = scene->cut == CLOSED ? SECSOCK_E_TRUNCATED : SECSOCK_E_RESET;
    if (scene->cut == CLOSED)
        rig_end(rig);
    else
        rig_break(rig);
    int result = step(rig->s, NULL);
    if (result == SECSOCK_OK) /* its last byte was the last of the handshake */
        result = secsock_recv(rig->s, &byte, 1);
    return result == want && secsock_get_state(rig->s) == SECSOCK_STATE_FAILED &&
           secsock_recv(rig->s, &byte, 1) == want && secsock_last_error(rig->s)->message[0];
}

static void explain(size_t length, secsock *s)
{
    const secsock_error *error = secsock_last_error(s);
    printf("# after %zu bytes: %s, %s: %s\n", length, secsock_state_name(secsock_get_state(s)),
           secsock_result_name(error->code), error->message);
}

static void cut_everywhere(const struct scene *scene)
{
    secsock_config *client = make_client(scene->version), *server = make_server();
    size_t wrong = 0, longest = 0;
    bool said = true;
    for (size_t length = 0; said; length += check_stride()) {
        struct rig rig;
        secsock *peer = secsock_new(scene->role == SECSOCK_CLIENT ? server : client);
        secsock_attach_memory(peer,
                              scene->role == SECSOCK_CLIENT ? SECSOCK_SERVER : SECSOCK_CLIENT);
        rig_open(&rig, RIG_CALLBACKS, scene->role, scene->role == SECSOCK_CLIENT ? client : server);
        said = shake_hands(&rig, peer, scene, length);
        if (said)
            longest = length;
        if (said && !ends_in_error(&rig, scene) && wrong++ < 3)
            explain(length, rig.s);
        secsock_free(peer);
        rig_close(&rig);
    }
    CHECK(wrong == 0 && longest > 700,
          "TLS 1.%d: a peer that %s after any of its %zu bytes fails the upgrade of a %s",
          scene->version - TLS12 + 2, scene->cut == CLOSED ? "closes" : "resets", longest,
          scene->role == SECSOCK_CLIENT ? "client" : "server");
    secsock_config_free(client);
    secsock_config_free(server);
}

static void test_handshakes(void)
{
    for (int role = SECSOCK_CLIENT; role <= SECSOCK_SERVER; role++)
        for (int version = TLS12; version <= TLS13; version++)
            for (int cut = CLOSED; cut <= BROKEN; cut++) {
                struct scene scene = { (secsock_role)role, version, (enum cut)cut };
                cut_everywhere(&scene);
            }
}

/* ------------------------------------------------------------------------------ in pieces */

/* Byte by byte, with a call after each; how many bytes. */
static size_t trickle(secsock *from, secsock *to, const char *name)
{
    char byte;
    size_t moved = 0;
    while (secsock_drain(from, &byte, 1) == 1) {
        secsock_feed(to, &byte, 1);
        step(to, name);
        moved++;
    }
    return moved;
}

static void test_byte_by_byte(void)
{
    for (int version = TLS12; version <= TLS13; version++) {
        secsock_config *client = make_client(version), *server = make_server();
        struct pair pair;
        pair_open(&pair, client, server);
        secsock_upgrade(pair.client, "mail.example");
        while (trickle(pair.client, pair.server, NULL) + trickle(pair.server, pair.client, NULL))
            continue;
        CHECK(pair_talks(&pair), "TLS 1.%d: a handshake in segments of one byte succeeds",
              version - TLS12 + 2);
        secsock_send(pair.client, "slow", 4);
        char bytes[8], byte;
        int results = 0, n = 0;
        while (secsock_drain(pair.client, &byte, 1) == 1) {
            results += n == SECSOCK_WANT_READ;
            secsock_feed(pair.server, &byte, 1);
            n = secsock_recv(pair.server, bytes, sizeof bytes);
        }
        CHECK(n == 4 && memcmp(bytes, "slow", 4) == 0 && results > 20, "TLS 1.%d: so does data",
              version - TLS12 + 2);
        pair_close(&pair);
        secsock_config_free(client);
        secsock_config_free(server);
    }
}

/* ---------------------------------------------------------------------- the end of the data */

static struct pair pair;
static secsock_config *client_config, *server_config;
static int minor; /* of the TLS version */

static void open_secure(void)
{
    if (!pair_connect(&pair, client_config, server_config))
        pair_explain(&pair);
}

static void test_cut_after_data(void)
{
    char wire[256], bytes[64];
    size_t wrong = 0;
    int len = 1;
    for (int cut = 0; cut < len; cut++) {
        open_secure();
        pair_talks(&pair);
        secsock_send(pair.client, "first", 5);
        pair_move(pair.client, pair.server, 4096);
        secsock_send(pair.client, "second", 6);
        len = secsock_drain(pair.client, wire, sizeof wire);
        secsock_feed(pair.server, wire, (size_t)cut);
        secsock_feed(pair.server, NULL, 0);
        int first = secsock_recv(pair.server, bytes, sizeof bytes);
        int then = secsock_recv(pair.server, bytes, sizeof bytes);
        int last = secsock_recv(pair.server, bytes, sizeof bytes);
        wrong += first != 5 || then != SECSOCK_E_TRUNCATED || last != SECSOCK_E_TRUNCATED;
        pair_close(&pair);
    }
    CHECK(wrong == 0 && len > 20,
          "TLS 1.%d: what came whole is read, and a cut at any byte of the record behind it is "
          "E_TRUNCATED",
          minor);
}

static void test_orderly_end(void)
{
    char bytes[64];
    open_secure();
    secsock_send(pair.client, "last words", 10);
    CHECK(secsock_shutdown(pair.client) == SECSOCK_OK, "TLS 1.%d: close_notify is sent", minor);
    pair_move(pair.client, pair.server, 4096);
    secsock_feed(pair.server, NULL, 0);
    CHECK(secsock_recv(pair.server, bytes, sizeof bytes) == 10 &&
              secsock_recv(pair.server, bytes, sizeof bytes) == 0 &&
              secsock_recv_line(pair.server, bytes, sizeof bytes) == 0 &&
              secsock_peek(pair.server, bytes, sizeof bytes) == 0 &&
              secsock_last_error(pair.server)->code == SECSOCK_OK,
          "TLS 1.%d: behind close_notify there is 0, every time", minor);
    pair_close(&pair);
}

static void test_half_close(void)
{
    char bytes[64];
    open_secure();
    secsock_shutdown(pair.client);
    CHECK(secsock_send(pair.client, "more", 4) == SECSOCK_E_CLOSED &&
              secsock_get_state(pair.client) == SECSOCK_STATE_SECURE,
          "TLS 1.%d: after shutdown nothing can be sent", minor);
    pair_move(pair.client, pair.server, 4096);
    CHECK(secsock_recv(pair.server, bytes, sizeof bytes) == 0, "TLS 1.%d: the peer sees the end",
          minor);
    CHECK(pair_says(pair.server, pair.client, "an answer all the same"),
          "TLS 1.%d: and can still answer", minor);
    secsock_feed(pair.server, NULL, 0);
    CHECK(secsock_recv(pair.server, bytes, sizeof bytes) == 0 &&
              secsock_recv_line(pair.server, bytes, sizeof bytes) == 0 &&
              secsock_get_state(pair.server) == SECSOCK_STATE_SECURE,
          "TLS 1.%d: behind which the end is still the end, and not a cut", minor);
    size_t before = secsock_drainable(pair.client);
    CHECK(secsock_shutdown(pair.client) == SECSOCK_OK && secsock_drainable(pair.client) == before,
          "TLS 1.%d: shutting down again says nothing again", minor);
    secsock_shutdown(pair.server);
    CHECK(pair_hears(pair.server, pair.client) == 0, "TLS 1.%d: then that end ends too", minor);
    pair_close(&pair);
}

/* RFC 8446, section 6.1: "any data received after a closure alert has been received MUST be
 * ignored". Here it is data in a record of its own, a record that came before, sent again, and then
 * garbage. */
static void test_data_after_the_end(void)
{
    char wire[256], bytes[64];
    open_secure();
    secsock_send(pair.client, "once", 4);
    int len = secsock_drain(pair.client, wire, sizeof wire);
    secsock_feed(pair.server, wire, (size_t)len);
    secsock_shutdown(pair.client);
    bool added = wolfSSL_write(pair.client->engine.ssl, "more", 4) == 4;
    pair_move(pair.client, pair.server, 4096);
    secsock_feed(pair.server, wire, (size_t)len);
    secsock_feed(pair.server, "garbage", 7);
    CHECK(added && secsock_recv(pair.server, bytes, sizeof bytes) == 4 &&
              secsock_recv(pair.server, bytes, sizeof bytes) == 0 &&
              secsock_recv(pair.server, bytes, sizeof bytes) == 0 &&
              pair_says(pair.server, pair.client, "goodbye") &&
              secsock_recv(pair.server, bytes, sizeof bytes) == 0 &&
              secsock_peek(pair.server, bytes, sizeof bytes) == 0,
          "TLS 1.%d: what follows close_notify is not delivered", minor);
    pair_close(&pair);
}

static void test_close(void)
{
    char bytes[64];
    open_secure();
    secsock_close(pair.client);
    CHECK(pair_hears(pair.client, pair.server) == 0, "TLS 1.%d: closing sends close_notify", minor);
    CHECK(secsock_drain(pair.client, bytes, sizeof bytes) == SECSOCK_E_CLOSED,
          "TLS 1.%d: and there is nothing to drain behind it", minor);
    pair_close(&pair);
}

static void test_reset(void)
{
    char bytes[64];
    struct rig rig;
    int mine, theirs;
    secsock *peer = secsock_new(server_config);
    secsock_attach_memory(peer, SECSOCK_SERVER);
    rig_open(&rig, RIG_SOCKETPAIR, SECSOCK_CLIENT, client_config);
    rig_upgrade(&rig, peer, "mail.example", &mine, &theirs);
    secsock_send(rig.s, "unread", 6);
    rig_break(&rig);
    int first = secsock_recv(rig.s, bytes, sizeof bytes);
    CHECK(mine == SECSOCK_OK && first == SECSOCK_E_RESET &&
              secsock_recv(rig.s, bytes, sizeof bytes) == SECSOCK_E_RESET &&
              secsock_send(rig.s, "x", 1) == SECSOCK_E_RESET &&
              secsock_last_error(rig.s)->sys_errno != 0,
          "TLS 1.%d: a reset is E_RESET, for good", minor);
    secsock_free(peer);
    rig_close(&rig);
}

static void test_ends(void)
{
    for (int version = TLS12; version <= TLS13; version++) {
        minor = version - TLS12 + 2;
        client_config = make_client(version);
        server_config = make_server();
        test_cut_after_data();
        test_orderly_end();
        test_half_close();
        test_data_after_the_end();
        test_close();
        test_reset();
        secsock_config_free(client_config);
        secsock_config_free(server_config);
    }
}

/* -------------------------------------------------------------------------------- in the clear */

static void test_plain(void)
{
    char bytes[64];
    struct pair plain;
    secsock_config *config = make_server();
    pair_open(&plain, config, config);
    secsock_send(plain.client, "bye", 3);
    CHECK(secsock_send(plain.client, "", 0) == 0, "sending nothing is no end");
    secsock_shutdown(plain.client);
    CHECK(secsock_send(plain.client, "x", 1) == SECSOCK_E_CLOSED,
          "after shutdown nothing is sent in the clear");
    CHECK(secsock_drain(plain.client, bytes, sizeof bytes) == 3 &&
              secsock_drain(plain.client, bytes, sizeof bytes) == SECSOCK_E_CLOSED,
          "the end of the plaintext can be drained");
    secsock_feed(plain.server, "bye", 3);
    secsock_feed(plain.server, NULL, 0);
    CHECK(secsock_recv(plain.server, bytes, sizeof bytes) == 3 &&
              secsock_recv(plain.server, bytes, sizeof bytes) == 0 &&
              secsock_recv(plain.server, bytes, sizeof bytes) == 0,
          "a FIN in the clear is 0, every time");
    CHECK(secsock_feed(plain.server, "x", 1) == SECSOCK_E_CLOSED, "nothing can be fed behind it");
    pair_close(&plain);
    secsock_config_free(config);
}

int main(void)
{
    test_handshakes();
    test_byte_by_byte();
    test_ends();
    test_plain();
    return check_done();
}

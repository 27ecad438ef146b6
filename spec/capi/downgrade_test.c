/* Back to the clear, where it was allowed: both close_notify pass, and nothing gets across the
 * border in either direction. */
#include <string.h>

#include "check.h"
#include "engine_internal.h"
#include "pair.h"
#include "settings.h"
#include "sock.h"

static struct pair pair;
static secsock_config *client_config, *server_config;
static int minor; /* of the TLS version */

static void open_secure(bool allowed)
{
    pair_open(&pair, client_config, server_config);
    secsock_allow_downgrade(pair.client, allowed);
    secsock_allow_downgrade(pair.server, allowed);
    pair_upgrade(&pair, "mail.example");
    if (!pair_talks(&pair))
        pair_explain(&pair);
}

/* Both ends want it; whether both got it. */
static bool both_downgrade(void)
{
    int client = secsock_downgrade(pair.client);
    pair_move(pair.client, pair.server, 4096);
    int server = secsock_downgrade(pair.server);
    pair_move(pair.server, pair.client, 4096);
    if (client == SECSOCK_WANT_READ)
        client = secsock_downgrade(pair.client);
    return client == SECSOCK_OK && server == SECSOCK_OK;
}

static void test_there_and_back(void)
{
    char wire[64];
    open_secure(true);
    CHECK(both_downgrade() && secsock_get_state(pair.client) == SECSOCK_STATE_PLAIN &&
              secsock_get_state(pair.server) == SECSOCK_STATE_PLAIN,
          "TLS 1.%d: both ends are back in the clear", minor);
    CHECK(secsock_get_verdict(pair.client) == NULL && secsock_tls_version(pair.client) == 0 &&
              secsock_tls_cipher(pair.client) == NULL && secsock_own_cert(pair.server) == NULL,
          "TLS 1.%d: verdict and agreement are forgotten", minor);
    secsock_send(pair.client, "in the clear", 12);
    CHECK(secsock_drain(pair.client, wire, sizeof wire) == 12 && !memcmp(wire, "in the clear", 12),
          "TLS 1.%d: what is sent then is in the clear", minor);
    CHECK(pair_talks(&pair), "TLS 1.%d: in both directions", minor);
    for (int again = 0; again < 3; again++) {
        pair_upgrade(&pair, NULL);
        CHECK(pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK &&
                  pair_talks(&pair) && secsock_verdict_ok(secsock_get_verdict(pair.client)),
              "TLS 1.%d: they can upgrade again", minor);
        CHECK(both_downgrade() && pair_talks(&pair), "TLS 1.%d: and go back again", minor);
    }
    pair_close(&pair);
}

static void test_not_allowed(void)
{
    open_secure(false);
    size_t before = secsock_drainable(pair.client);
    CHECK(secsock_downgrade(pair.client) == SECSOCK_E_STATE &&
              secsock_drainable(pair.client) == before && pair_talks(&pair),
          "TLS 1.%d: where it was not allowed nothing happens", minor);
    CHECK(secsock_allow_downgrade(pair.client, 1) == SECSOCK_E_STATE,
          "TLS 1.%d: it cannot be allowed afterwards", minor);
    pair_close(&pair);
}

static bool is_dead(secsock *s, int error)
{
    char bytes[16];
    return secsock_get_state(s) == SECSOCK_STATE_FAILED &&
           secsock_recv(s, bytes, sizeof bytes) == error && secsock_send(s, "x", 1) == error &&
           secsock_downgrade(s) == error;
}

static void test_data_in_between(void)
{
    open_secure(true);
    int wants = secsock_downgrade(pair.client);
    CHECK(wants == SECSOCK_WANT_READ && secsock_get_state(pair.client) == SECSOCK_STATE_SECURE,
          "TLS 1.%d: it waits for the peer's close_notify", minor);
    CHECK(secsock_send(pair.client, "x", 1) == SECSOCK_E_STATE &&
              secsock_recv(pair.client, &(char){ 0 }, 1) == SECSOCK_E_STATE,
          "TLS 1.%d: in the meantime nothing can be sent or received", minor);
    secsock_send(pair.server, "one more thing", 14);
    pair_move(pair.server, pair.client, 4096);
    CHECK(secsock_downgrade(pair.client) == SECSOCK_E_PROTOCOL &&
              is_dead(pair.client, SECSOCK_E_PROTOCOL),
          "TLS 1.%d: protected data that still comes is the end", minor);
    pair_close(&pair);
}

static void test_unread_data(void)
{
    open_secure(true);
    secsock_send(pair.server, "unread", 6);
    pair_move(pair.server, pair.client, 4096);
    CHECK(secsock_downgrade(pair.client) == SECSOCK_E_PROTOCOL &&
              is_dead(pair.client, SECSOCK_E_PROTOCOL),
          "TLS 1.%d: protected data that was not read is not carried over", minor);
    pair_close(&pair);
}

static void test_cut(void)
{
    open_secure(true);
    secsock_downgrade(pair.client);
    secsock_feed(pair.client, NULL, 0);
    CHECK(secsock_downgrade(pair.client) == SECSOCK_E_TRUNCATED &&
              is_dead(pair.client, SECSOCK_E_TRUNCATED),
          "TLS 1.%d: a peer that closes instead is E_TRUNCATED", minor);
    pair_close(&pair);
}

/* Plaintext right behind close_notify, in one segment, is the peer's first in the clear. */
static void test_plaintext_behind(void)
{
    char wire[256], line[64];
    open_secure(true);
    secsock_downgrade(pair.client);
    pair_move(pair.client, pair.server, 4096);
    CHECK(secsock_downgrade(pair.server) == SECSOCK_OK, "TLS 1.%d: the server goes first", minor);
    secsock_send(pair.server, "220 clear\r\n", 11);
    int len = secsock_drain(pair.server, wire, sizeof wire);
    secsock_feed(pair.client, wire, (size_t)len);
    CHECK(secsock_downgrade(pair.client) == SECSOCK_OK &&
              secsock_recv(pair.client, line, sizeof line) == 11 &&
              memcmp(line, "220 clear\r\n", 11) == 0,
          "TLS 1.%d: plaintext behind its close_notify is read as such", minor);
    pair_close(&pair);
}

/* Plaintext that comes before close_notify is somebody else's. */
static void test_plaintext_before(void)
{
    open_secure(true);
    secsock_downgrade(pair.client);
    secsock_feed(pair.client, "220 clear\r\n", 11);
    int result = secsock_downgrade(pair.client);
    CHECK(result == SECSOCK_E_PROTOCOL && is_dead(pair.client, result),
          "TLS 1.%d: plaintext before its close_notify is the end", minor);
    pair_close(&pair);
}

/* The server, which has the client's close_notify, goes back to the clear, and then the client. */
static bool server_leads(void)
{
    return secsock_downgrade(pair.server) == SECSOCK_OK &&
           pair_move(pair.server, pair.client, 4096) > 0 &&
           secsock_downgrade(pair.client) == SECSOCK_OK && pair_talks(&pair);
}

static void test_after_half_close(void)
{
    open_secure(true);
    secsock_shutdown(pair.client);
    pair_move(pair.client, pair.server, 4096);
    CHECK(server_leads(), "TLS 1.%d: a close_notify that was sent before counts", minor);
    pair_close(&pair);
}

/* That the peer has ended is known already. */
static void test_after_its_end(void)
{
    char byte;
    open_secure(true);
    secsock_downgrade(pair.client);
    pair_move(pair.client, pair.server, 4096);
    CHECK(secsock_recv(pair.server, &byte, 1) == 0 && server_leads(),
          "TLS 1.%d: a close_notify that was read before counts", minor);
    pair_close(&pair);
}

/* So it is when this end has answered in between. */
static void test_after_an_answer(void)
{
    char byte;
    open_secure(true);
    secsock_shutdown(pair.client);
    pair_move(pair.client, pair.server, 4096);
    CHECK(secsock_recv(pair.server, &byte, 1) == 0 && pair_says(pair.server, pair.client, "bye") &&
              server_leads(),
          "TLS 1.%d: a close_notify that was answered with data counts", minor);
    pair_close(&pair);
}

/* A change of keys that the peer wants answered (RFC 8446, section 4.6.3) comes too late: an answer
 * behind close_notify would be read as plaintext. */
static void test_update_in_between(void)
{
    open_secure(true);
    secsock_downgrade(pair.client);
    bool updated = minor < 3 || wolfSSL_update_keys(pair.server->engine.ssl) == WOLFSSL_SUCCESS;
    pair_move(pair.server, pair.client, 4096);
    CHECK(updated && secsock_downgrade(pair.client) == SECSOCK_WANT_READ && both_downgrade() &&
              pair_talks(&pair),
          "TLS 1.%d: nothing follows close_notify, no answer of TLS's own either", minor);
    pair_close(&pair);
}

/* Both have said that they are done: nothing more is read or sent, whatever is called. */
static void ends_for_good(secsock *first, secsock *second, const char *who)
{
    char byte;
    secsock_shutdown(first);
    pair_move(first, second, 4096);
    CHECK(secsock_recv(second, &byte, 1) == 0 && secsock_shutdown(second) == SECSOCK_OK,
          "TLS 1.%d: the %s ends after its peer", minor, who);
    const char *cipher = secsock_tls_cipher(second);
    pair_move(second, first, 4096);
    CHECK(secsock_recv(second, &byte, 1) == 0 && secsock_peek(second, &byte, 1) == 0 &&
              secsock_shutdown(second) == SECSOCK_OK && cipher &&
              secsock_close(second) == SECSOCK_OK && secsock_drainable(second) == 0,
          "TLS 1.%d: that was the last word of the %s", minor, who);
}

static void test_ended_by_both(void)
{
    open_secure(true);
    ends_for_good(pair.client, pair.server, "server");
    pair_close(&pair);
    open_secure(true);
    ends_for_good(pair.server, pair.client, "client");
    pair_close(&pair);
}

static void test_states(void)
{
    secsock_config *config = settings_config(&(struct settings){ .identity = "server" });
    secsock *s = secsock_new(config);
    CHECK(secsock_downgrade(s) == SECSOCK_E_STATE, "a NEW socket is not downgraded");
    secsock_allow_downgrade(s, 1);
    secsock_attach_memory(s, SECSOCK_CLIENT);
    CHECK(secsock_downgrade(s) == SECSOCK_E_STATE, "a PLAIN one neither");
    secsock_upgrade(s, "mail.example");
    CHECK(secsock_downgrade(s) == SECSOCK_E_STATE, "an UPGRADING one neither");
    secsock_close(s);
    CHECK(secsock_downgrade(s) == SECSOCK_E_CLOSED, "a CLOSED one is closed");
    CHECK(secsock_downgrade(NULL) == SECSOCK_E_ARGUMENT, "no socket is a mistake");
    secsock_free(s);
    secsock_config_free(config);
}

int main(void)
{
    static void (*const tests[])(void) = {
        test_there_and_back,
        test_not_allowed,
        test_data_in_between,
        test_unread_data,
        test_cut,
        test_plaintext_behind,
        test_plaintext_before,
        test_after_half_close,
        test_after_its_end,
        test_after_an_answer,
        test_update_in_between,
        test_ended_by_both,
    };
    for (int version = TLS12; version <= TLS13; version++) {
        minor = version - TLS12 + 2;
        client_config = settings_config(&(struct settings){ .version = version });
        server_config = settings_config(&(struct settings){ .identity = "server" });
        for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
            tests[i]();
        secsock_config_free(client_config);
        secsock_config_free(server_config);
    }
    test_states();
    return check_done();
}

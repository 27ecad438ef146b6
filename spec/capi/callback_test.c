/* What the program's own callbacks may answer: nonsense, and the truth at a bad moment. */
#include <string.h>

#include "check.h"
#include "engine_internal.h"
#include "settings.h"
#include "sock.h"

static secsock_config *client_config, *server_config;
static secsock *server;     /* the far end, over memory */
static int receives, sends; /* what the callbacks answer, if not 0 */

static int from_server(void *bytes, size_t len, void *unused)
{
    (void)unused;
    if (receives != 0)
        return receives;
    int n = secsock_drain(server, bytes, len);
    return n > 0 ? n : SECSOCK_WANT_READ;
}

static int to_server(const void *bytes, size_t len, void *unused)
{
    (void)unused;
    return sends != 0 ? sends : secsock_feed(server, bytes, len);
}

static secsock *open_client(void)
{
    secsock *client = secsock_new(client_config);
    server = secsock_new(server_config);
    receives = sends = 0;
    secsock_attach_callbacks(client, SECSOCK_CLIENT, from_server, to_server, NULL);
    secsock_attach_memory(server, SECSOCK_SERVER);
    return client;
}

static void close_both(secsock *client)
{
    secsock_free(client);
    secsock_free(server);
}

static bool secure(secsock *client)
{
    secsock_upgrade(client, "mail.example");
    secsock_upgrade(server, NULL);
    return secsock_upgrade(client, NULL) == SECSOCK_OK &&
           secsock_upgrade(server, NULL) == SECSOCK_OK;
}

static bool failed(const secsock *s, int result)
{
    return result == SECSOCK_E_SYSTEM && secsock_get_state(s) == SECSOCK_STATE_FAILED &&
           secsock_last_error(s)->message[0] != '\0';
}

static void test_nonsense(int answer)
{
    char bytes[16];
    secsock *s = open_client();
    receives = answer == SECSOCK_WANT_READ ? SECSOCK_WANT_WRITE : answer;
    CHECK(failed(s, secsock_recv(s, bytes, sizeof bytes)), "receiving fails on %d", receives);
    close_both(s);
    s = open_client();
    sends = answer;
    CHECK(failed(s, secsock_send(s, "four", 4)), "sending fails on %d", answer);
    close_both(s);
    s = open_client();
    bool open = secure(s);
    sends = answer;
    CHECK(open && failed(s, secsock_send(s, "four", 4)), "so it does within TLS");
    close_both(s);
}

/* The answer to a KeyUpdate cannot be sent: that is no end of the data. */
static void test_closed_for_sending(void)
{
    char bytes[16];
    secsock *s = open_client();
    bool open = secure(s);
    bool updated = wolfSSL_update_keys(server->engine.ssl) == WOLFSSL_SUCCESS;
    sends = SECSOCK_E_CLOSED;
    int result = secsock_recv(s, bytes, sizeof bytes);
    CHECK(open && updated && result == SECSOCK_E_CLOSED &&
              secsock_get_state(s) == SECSOCK_STATE_FAILED,
          "a connection that is closed for sending is not taken for close_notify");
    close_both(s);
}

/* Receiving sends what was held up, and there is nothing to read. */
static void test_failing_while_receiving(void)
{
    char bytes[16];
    secsock *s = open_client();
    bool talks = secure(s) && secsock_send(server, "hello", 5) == 5 &&
                 secsock_recv(s, bytes, sizeof bytes) == 5;
    sends = SECSOCK_WANT_WRITE;
    bool held = secsock_send(s, "four", 4) == SECSOCK_WANT_WRITE;
    CHECK(talks && held && secsock_recv(s, bytes, sizeof bytes) == SECSOCK_WANT_READ,
          "receiving waits although a record is held up");
    sends = SECSOCK_E_SYSTEM;
    CHECK(failed(s, secsock_recv(s, bytes, sizeof bytes)),
          "and tells that it can never leave, instead of waiting on");
    close_both(s);
}

int main(void)
{
    client_config = settings_config(&(struct settings){ .version = TLS13 });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    test_nonsense(100000);
    test_nonsense(-9);
    test_nonsense(-4711);
    test_nonsense(SECSOCK_WANT_READ);
    test_closed_for_sending();
    test_failing_while_receiving();
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    return check_done();
}

/* Answers of TLS to the peer between data that leaves in parts: every byte arrives, once. */
#include <string.h>

#include "check.h"
#include "engine_internal.h"
#include "settings.h"
#include "sock.h"

enum { NO_LIMIT = 1 << 16 };

/* A client whose transport takes no more than `room` bytes, and a server over memory. */
static secsock *client, *server;
static size_t room;
static char data[4096];

static int to_server(const void *bytes, size_t len, void *unused)
{
    (void)unused;
    if (room == 0)
        return SECSOCK_WANT_WRITE;
    size_t taken = len < room ? len : room;
    room -= taken;
    return secsock_feed(server, bytes, taken);
}

static int from_server(void *bytes, size_t len, void *unused)
{
    (void)unused;
    int n = secsock_drain(server, bytes, len);
    return n > 0 ? n : SECSOCK_WANT_READ;
}

static bool open_both(void)
{
    secsock_config *mine = settings_config(&(struct settings){ .version = TLS13 });
    secsock_config *theirs = settings_config(&(struct settings){ .identity = "server" });
    client = secsock_new(mine);
    server = secsock_new(theirs);
    secsock_config_free(mine);
    secsock_config_free(theirs);
    secsock_attach_callbacks(client, SECSOCK_CLIENT, from_server, to_server, NULL);
    secsock_attach_memory(server, SECSOCK_SERVER);
    room = NO_LIMIT;
    secsock_upgrade(client, "mail.example");
    secsock_upgrade(server, NULL);
    secsock_upgrade(client, NULL);
    return secsock_upgrade(server, NULL) == SECSOCK_OK;
}

static void close_both(void)
{
    secsock_free(client);
    secsock_free(server);
}

/* The server changes its keys and wants the client's changed (RFC 8446, section 4.6.3). */
static bool hears_update(void)
{
    char bytes[16];
    return wolfSSL_update_keys(server->engine.ssl) == WOLFSSL_SUCCESS &&
           secsock_send(server, "hello", 5) == 5 && secsock_recv(client, bytes, sizeof bytes) == 5;
}

/* Whether `len` bytes of the data, and no more, arrive. */
static bool arrives(size_t len)
{
    char bytes[sizeof data];
    size_t got = 0;
    int n;
    while ((n = secsock_recv(server, bytes + got, sizeof bytes - got)) > 0)
        got += (size_t)n;
    return n == SECSOCK_WANT_READ && got == len && memcmp(bytes, data, len) == 0;
}

static void test_answer_takes_record_along(void)
{
    bool open = open_both();
    room = 100;
    bool held = secsock_send(client, data, 1000) == SECSOCK_WANT_WRITE;
    room = NO_LIMIT;
    CHECK(open && held && hears_update() && secsock_send(client, data, 1000) == 1000 &&
              arrives(1000),
          "a record that left along with an answer to the peer does not leave again");
    room = 3;
    bool stuck = hears_update();
    room = NO_LIMIT;
    CHECK(stuck && secsock_send(client, data, 2000) == 2000 && arrives(2000),
          "an answer that was held up is not counted as data");
    close_both();
}

static void test_shutdown_held_up(void)
{
    char byte;
    bool open = open_both();
    room = 3;
    int first = secsock_shutdown(client), again = secsock_shutdown(client);
    room = NO_LIMIT;
    int last = secsock_shutdown(client);
    CHECK(open && first == SECSOCK_WANT_WRITE && again == SECSOCK_WANT_WRITE &&
              last == SECSOCK_OK && secsock_recv(server, &byte, 1) == 0,
          "close_notify is sent when it has left whole");
    close_both();
}

/* What stands behind it in wolfSSL's buffer does not leave. */
static void test_update_behind_shutdown(void)
{
    char byte;
    bool open = open_both();
    room = 3;
    bool held = secsock_shutdown(client) == SECSOCK_WANT_WRITE;
    bool heard = hears_update();
    room = NO_LIMIT;
    uint64_t before = secsock_bytes(client, SECSOCK_WIRE_SENT);
    int last = secsock_shutdown(client);
    CHECK(open && held && heard && last == SECSOCK_OK &&
              secsock_bytes(client, SECSOCK_WIRE_SENT) - before == 24 - 3 &&
              secsock_recv(server, &byte, 1) == 0,
          "close_notify that is held up is the last that leaves");
    close_both();
}

int main(void)
{
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i % 23);
    test_answer_takes_record_along();
    test_shutdown_held_up();
    test_update_behind_shutdown();
    return check_done();
}

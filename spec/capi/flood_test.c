/* A peer that sends without end what gives the program nothing: a call comes back all the same, so
 * that it can look at its deadline. */
#include "engine_internal.h"

#include <string.h>

#include "buffer.h"
#include "check.h"
#include "settings.h"
#include "sock.h"

enum { FLOOD = 3 << 19 }; /* bytes */

/* What each end has sent and the other has not taken. */
static struct buffer to_client, to_server;

static int put(struct buffer *queue, const void *data, size_t len)
{
    return buffer_append(queue, data, len) == SECSOCK_OK ? (int)len : SECSOCK_E_RESET;
}

static int take(struct buffer *queue, void *data, size_t len)
{
    size_t n = buffer_take(queue, data, len);
    return n > 0 ? (int)n : SECSOCK_WANT_READ;
}

static int client_sends(const void *data, size_t len, void *arg)
{
    (void)arg;
    return put(&to_server, data, len);
}

static int client_receives(void *data, size_t len, void *arg)
{
    (void)arg;
    return take(&to_client, data, len);
}

static int server_sends(const void *data, size_t len, void *arg)
{
    (void)arg;
    return put(&to_client, data, len);
}

static int server_receives(void *data, size_t len, void *arg)
{
    (void)arg;
    return take(&to_server, data, len);
}

static bool shake_hands(secsock *client, secsock *server)
{
    int mine = SECSOCK_WANT_READ, theirs = SECSOCK_WANT_READ;
    for (int turns = 0; turns < 8 && (mine != SECSOCK_OK || theirs != SECSOCK_OK); turns++) {
        mine = mine == SECSOCK_OK ? mine : secsock_upgrade(client, "mail.example");
        theirs = theirs == SECSOCK_OK ? theirs : secsock_upgrade(server, NULL);
    }
    return mine == SECSOCK_OK && theirs == SECSOCK_OK;
}

/* Key updates (RFC 8446, section 4.6.3) are a few bytes each. */
static void flood(secsock *server)
{
    while (to_client.len < FLOOD && wolfSSL_update_keys(server->engine->ssl) == WOLFSSL_SUCCESS)
        ;
}

int main(void)
{
    char byte;
    secsock_config *client_config = settings_config(&(struct settings){ .version = TLS13 });
    secsock_config *server_config =
        settings_config(&(struct settings){ .version = TLS13, .identity = "server" });
    secsock *client = secsock_new(client_config), *server = secsock_new(server_config);
    secsock_attach_callbacks(client, SECSOCK_CLIENT, client_receives, client_sends, NULL);
    secsock_attach_callbacks(server, SECSOCK_SERVER, server_receives, server_sends, NULL);
    CHECK(shake_hands(client, server), "the connection is secure");
    flood(server);
    CHECK(to_client.len >= FLOOD, "there are %zu bytes of key updates", to_client.len);
    CHECK(secsock_recv(client, &byte, 1) == SECSOCK_WANT_READ && to_client.len > 0,
          "receiving comes back before it has taken them all");
    int calls = 1;
    while (to_client.len > 0 && secsock_recv(client, &byte, 1) == SECSOCK_WANT_READ)
        calls++;
    CHECK(to_client.len == 0 && calls < 10, "and takes the rest when called again");
    CHECK(secsock_send(server, "x", 1) == 1 && secsock_recv(client, &byte, 1) == 1 && byte == 'x',
          "what comes behind them arrives");
    secsock_free(client);
    secsock_free(server);
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    buffer_clear(&to_client);
    buffer_clear(&to_server);
    return check_done();
}

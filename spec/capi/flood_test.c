/* A peer that sends without end what gives the program nothing: a call comes back all the same, so
 * that it can look at its deadline; and of what nobody needs it takes no more than enough. */
#include "engine_internal.h"

#include <string.h>

#include "buffer.h"
#include "check.h"
#include "settings.h"
#include "sock.h"

enum { FLOOD = 1 << 16 }; /* bytes */

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

static secsock *client, *server;

static bool shake_hands(void)
{
    int mine = SECSOCK_WANT_READ, theirs = SECSOCK_WANT_READ;
    for (int turns = 0; turns < 8 && (mine != SECSOCK_OK || theirs != SECSOCK_OK); turns++) {
        mine = mine == SECSOCK_OK ? mine : secsock_upgrade(client, "mail.example");
        theirs = theirs == SECSOCK_OK ? theirs : secsock_upgrade(server, NULL);
    }
    return mine == SECSOCK_OK && theirs == SECSOCK_OK;
}

static void open_both(void)
{
    secsock_config *mine = settings_config(&(struct settings){ .version = TLS13 });
    secsock_config *theirs =
        settings_config(&(struct settings){ .version = TLS13, .identity = "server" });
    client = secsock_new(mine);
    server = secsock_new(theirs);
    secsock_config_free(mine);
    secsock_config_free(theirs);
    secsock_attach_callbacks(client, SECSOCK_CLIENT, client_receives, client_sends, NULL);
    secsock_attach_callbacks(server, SECSOCK_SERVER, server_receives, server_sends, NULL);
    CHECK(shake_hands(), "the connection is secure");
}

static void close_both(void)
{
    secsock_free(client);
    secsock_free(server);
    buffer_clear(&to_client);
    buffer_clear(&to_server);
}

static void test_tickets(void)
{
    char byte;
    open_both();
    while (wolfSSL_send_SessionTicket(server->engine.ssl) == WOLFSSL_SUCCESS)
        ; /* a ticket's number is a byte */
    CHECK(to_client.len > FLOOD, "there are %zu bytes of tickets", to_client.len);
    CHECK(secsock_recv(client, &byte, 1) == SECSOCK_WANT_READ && to_client.len > 0,
          "receiving comes back before it has taken them all");
    int calls = 1;
    while (to_client.len > 0 && secsock_recv(client, &byte, 1) == SECSOCK_WANT_READ)
        calls++;
    CHECK(to_client.len == 0 && calls < 10, "and takes the rest when called again");
    CHECK(secsock_send(server, "x", 1) == 1 && secsock_recv(client, &byte, 1) == 1 && byte == 'x',
          "what comes behind them arrives");
    close_both();
}

/* --------------------------------------------------------------------------- key updates */

enum { ENOUGH = 32 }; /* key updates in a row */

/* The server updates its key so often and wants the same of the client. */
static bool update(int count)
{
    int done = 0;
    while (done < count && wolfSSL_update_keys(server->engine.ssl) == WOLFSSL_SUCCESS)
        done++;
    return done == count;
}

/* A byte behind them arrives, and the client's answers do. */
static bool arrives(const char *byte)
{
    char heard = 0, nothing;
    return secsock_send(server, byte, 1) == 1 && secsock_recv(client, &heard, 1) == 1 &&
           heard == *byte && to_server.len > 0 &&
           secsock_recv(server, &nothing, 1) == SECSOCK_WANT_READ;
}

static void test_updates(void)
{
    char byte;
    open_both();
    CHECK(update(ENOUGH) && arrives("x"), "as many key updates as anybody needs are followed");
    CHECK(update(ENOUGH) && arrives("y"), "after data, as many again");
    CHECK(update(ENOUGH + 1) && secsock_recv(client, &byte, 1) == SECSOCK_E_LIMIT,
          "one more without data is too many");
    const secsock_error *error = secsock_last_error(client);
    CHECK(error->alert == 10 && !error->alert_received && strstr(error->message, "again and again"),
          "%s", error->message);
    CHECK(secsock_get_state(client) == SECSOCK_STATE_FAILED, "that ends the connection");
    CHECK(secsock_recv(server, &byte, 1) == SECSOCK_E_ALERT &&
              secsock_last_error(server)->alert == 10,
          "and the peer is told why: %s", secsock_last_error(server)->message);
    close_both();
}

int main(void)
{
    test_tickets();
    test_updates();
    return check_done();
}

/* A peer that keeps a connection busy with messages that give the program nothing. */
#include "engine_internal.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "settings.h"
#include "sock.h"
#include "tcp.h"

enum { LONGEST = 20000 }; /* milliseconds; a call that comes back needs a hundredth of it */

static atomic_bool enough, gave_up;

static void *shake_hands(void *server)
{
    return secsock_upgrade(server, NULL) == SECSOCK_OK ? server : NULL;
}

/* Sends key updates (RFC 8446, section 4.6.3), and takes the answers to them. */
static void *flood(void *arg)
{
    secsock *server = arg;
    char byte;
    int64_t end = tcp_now() + LONGEST;
    secsock_set_timeout(server, SECSOCK_TIMEOUT_ALL, 0);
    while (!atomic_load(&enough)) {
        wolfSSL_update_keys(server->engine->ssl);
        secsock_recv(server, &byte, 1);
        if (tcp_now() > end)
            atomic_store(&gave_up, true);
        if (atomic_load(&gave_up))
            break;
    }
    return NULL;
}

int main(void)
{
    int fds[2];
    char byte;
    secsock_config *client_config = settings_config(&(struct settings){ .version = TLS13 });
    secsock_config *server_config =
        settings_config(&(struct settings){ .version = TLS13, .identity = "server" });
    secsock *client = secsock_new(client_config), *server = secsock_new(server_config);
    tcp_pair(fds);
    secsock_attach(client, fds[0], SECSOCK_CLIENT);
    secsock_attach(server, fds[1], SECSOCK_SERVER);
    pthread_t thread = tcp_thread(shake_hands, server);
    CHECK(secsock_upgrade(client, "mail.example") == SECSOCK_OK, "the connection is secure");
    pthread_join(thread, NULL);
    secsock_set_timeout(client, SECSOCK_TIMEOUT_READ, 200);
    thread = tcp_thread(flood, server);
    CHECK(secsock_recv(client, &byte, 1) == SECSOCK_E_TIMEOUT,
          "receiving nothing but key updates runs out of time: %s",
          secsock_last_error(client)->message);
    CHECK(!atomic_load(&gave_up), "while they still come");
    atomic_store(&enough, true);
    pthread_join(thread, NULL);
    secsock_free(client);
    secsock_free(server);
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    return check_done();
}

/* What connections cost, as far as it can be counted: it is the same every time. Bounds that are no
 * equations leave room for another wolfSSL, not for another secsock. */
#include <string.h>
#include <sys/socket.h>

#include "calls.h"
#include "check.h"
#include "memory.h"
#include "settings.h"

enum { WARM = 4 };

/* Both ends of a connection over a local socket, where nothing is under way for long, and what the
 * calls for either cost. */
struct cost {
    size_t held, peak;
    unsigned long asked;
    struct calls calls;
};

struct end {
    secsock *s;
    struct cost cost, before;
};

static struct cost now(void)
{
    return (struct cost){ memory_held(), memory_most_held(), memory_asked(), calls_made() };
}

static void begin(struct end *end)
{
    memory_most_held();
    end->before = now();
}

static void stop(struct end *end)
{
    struct cost after = now(), *cost = &end->cost;
    size_t peak = cost->held + after.peak - end->before.held;
    cost->peak = peak > cost->peak ? peak : cost->peak;
    cost->held += after.held - end->before.held;
    cost->asked += after.asked - end->before.asked;
    cost->calls.send += after.calls.send - end->before.calls.send;
    cost->calls.recv += after.calls.recv - end->before.calls.recv;
    cost->calls.poll += after.calls.poll - end->before.calls.poll;
}

static void attach(struct end *end, secsock_config *config, int fd, secsock_role role)
{
    *end = (struct end){ 0 };
    begin(end);
    end->s = secsock_new(config);
    secsock_set_timeout(end->s, SECSOCK_TIMEOUT_ALL, 0);
    secsock_attach(end->s, fd, role);
    secsock_set_peername(end->s, "mail.example");
    stop(end);
}

static int upgrade(struct end *end)
{
    begin(end);
    int result = secsock_upgrade(end->s, NULL);
    stop(end);
    return result;
}

static int send_bytes(struct end *end, const void *data, size_t len)
{
    begin(end);
    int n = secsock_send(end->s, data, len);
    stop(end);
    return n;
}

static int receive_bytes(struct end *end, void *data, size_t size)
{
    begin(end);
    int n = secsock_recv(end->s, data, size);
    stop(end);
    return n;
}

/* Connected, the client's ticket taken in, nothing under way. */
static bool connect_ends(struct end *client, struct end *server, secsock_config *of_client,
                         secsock_config *of_server)
{
    int fds[2], near = SECSOCK_WANT_READ, far = SECSOCK_WANT_READ;
    char byte;
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    attach(client, of_client, fds[0], SECSOCK_CLIENT);
    attach(server, of_server, fds[1], SECSOCK_SERVER);
    for (int turn = 0; turn < 8 && (near != SECSOCK_OK || far != SECSOCK_OK); turn++) {
        near = near == SECSOCK_OK ? near : upgrade(client);
        far = far == SECSOCK_OK ? far : upgrade(server);
    }
    return near == SECSOCK_OK && far == SECSOCK_OK && send_bytes(server, "a", 1) == 1 &&
           receive_bytes(client, &byte, 1) == 1;
}

static void close_ends(struct end *client, struct end *server)
{
    secsock_free(client->s);
    secsock_free(server->s);
}

/* ------------------------------------------------------------------------------- handshakes */

static const struct scene {
    const char *what;
    int version;
    struct bounds {
        unsigned long allocations;
        size_t peak, idle;  /* bytes */
        struct calls calls; /* exactly */
    } client, server;
} scenes[] = {
    { "TLS 1.3", TLS13, { 210, 45056, 13056, { 2, 4, 0 } }, { 85, 34816, 11264, { 3, 3, 0 } } },
    { "TLS 1.2", TLS12, { 285, 48128, 11264, { 2, 6, 0 } }, { 70, 24576, 9728, { 3, 3, 0 } } },
};

static bool same(struct calls a, struct calls b)
{
    return a.send == b.send && a.recv == b.recv && a.poll == b.poll;
}

static void check_end(const char *what, const char *who, const struct cost *cost,
                      const struct bounds *bounds)
{
    CHECK(cost->asked <= bounds->allocations, "%s, %s: %lu allocations, at most %lu", what, who,
          cost->asked, bounds->allocations);
    CHECK(cost->peak <= bounds->peak, "%s, %s: %zu bytes in the handshake, at most %zu", what, who,
          cost->peak, bounds->peak);
    CHECK(cost->held <= bounds->idle, "%s, %s: %zu bytes when idle, at most %zu", what, who,
          cost->held, bounds->idle);
    CHECK(same(cost->calls, bounds->calls), "%s, %s: sends %u, receives %u, polls %u", what, who,
          cost->calls.send, cost->calls.recv, cost->calls.poll);
}

static void counts_connections(const struct scene *scene)
{
    struct end clients[WARM], servers[WARM], *client = &clients[WARM - 1],
                                             *server = &servers[WARM - 1];
    secsock_config *of_client =
        settings_config(&(struct settings){ .version = scene->version, .no_resumption = true });
    secsock_config *of_server =
        settings_config(&(struct settings){ .version = scene->version, .identity = "server" });
    bool connected = true;
    for (int i = 0; i < WARM; i++)
        connected = connected && connect_ends(&clients[i], &servers[i], of_client, of_server);
    if (CHECK(connected, "%s: connections", scene->what)) {
        check_end(scene->what, "client", &client->cost, &scene->client);
        check_end(scene->what, "server", &server->cost, &scene->server);
    }
    for (int i = 0; i < WARM; i++)
        close_ends(&clients[i], &servers[i]);
    secsock_config_free(of_client);
    secsock_config_free(of_server);
}

/* --------------------------------------------------------------------------------- records */

/* So many records are sent, then received, again and again, until what is read at once has become
 * what it takes. */
enum { SETTLED = 32 };

static const struct burst {
    const char *what;
    size_t size;
    unsigned count, sends, receives;
} bursts[] = {
    { "a small record", 64, 1, 1, 1 },
    { "eight small records", 64, 8, 8, 1 },
    { "four records of 1 KiB", 1024, 4, 4, 1 },
    { "a record of 16 KiB", 16384, 1, 1, 1 },
};

/* Whether all of them arrive. */
static bool carry(const struct burst *burst, struct end *from, struct end *to)
{
    static char bytes[16384];
    size_t left = burst->size * burst->count;
    from->cost = to->cost = (struct cost){ 0 };
    for (unsigned i = 0; i < burst->count; i++)
        send_bytes(from, bytes, burst->size);
    while (left > 0) {
        int n = receive_bytes(to, bytes, sizeof bytes);
        if (n <= 0)
            break;
        left -= (size_t)n;
    }
    return left == 0;
}

static void counts_records(const struct burst *burst, struct end *from, struct end *to)
{
    bool arrive = true;
    for (int i = 0; i < SETTLED; i++)
        arrive = arrive && carry(burst, from, to);
    CHECK(arrive, "%s: it arrives", burst->what);
    CHECK(from->cost.calls.send == burst->sends, "%s: sends %u", burst->what,
          from->cost.calls.send);
    CHECK(to->cost.calls.recv == burst->receives, "%s: receives %u", burst->what,
          to->cost.calls.recv);
    CHECK(from->cost.held == 0 && to->cost.held == 0,
          "%s: %zu bytes are kept, %zu at the other end", burst->what, from->cost.held,
          to->cost.held);
}

/* A connection that has nothing to read needs no room to read into. */
static void gives_room_back(struct end *from, struct end *to)
{
    char byte;
    counts_records(&bursts[0], from, to);
    size_t held = memory_held();
    int n = receive_bytes(to, &byte, 1);
    CHECK(n == SECSOCK_WANT_READ && memory_held() < held,
          "nothing to read: %d, %zu bytes, then %zu", n, held, memory_held());
}

int main(void)
{
    struct end client, server;
    secsock_config *of_client = settings_config(&(struct settings){ .version = TLS13 });
    secsock_config *of_server = settings_config(&(struct settings){ .identity = "server" });
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        counts_connections(&scenes[i]);
    if (CHECK(connect_ends(&client, &server, of_client, of_server), "a connection for records"))
        for (size_t i = 0; i < sizeof bursts / sizeof *bursts; i++)
            counts_records(&bursts[i], &client, &server);
    gives_room_back(&client, &server);
    close_ends(&client, &server);
    secsock_config_free(of_client);
    secsock_config_free(of_server);
    return check_done();
}

/* Memory that runs out lets nobody in who would be refused, and loses no descriptor: each allocation
 * fails once, in turn. allocation_test.c does the same to connections that succeed. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "memory.h"
#include "pair.h"
#include "settings.h"
#include "tcp.h"

/* ------------------------------------------------------------------------------- refusals */

static const struct scene {
    const char *name;
    struct settings client, server;
    secsock_role judge; /* the end that refuses */
    bool resumes;       /* the refusal comes with the second handshake, from a hook */
} scenes[] = {
    { "an expired server under TLS 1.2",
      { .version = TLS12 },
      { .identity = "expired" },
      SECSOCK_CLIENT,
      false },
    { "an expired server under TLS 1.3",
      { .version = TLS13 },
      { .identity = "expired" },
      SECSOCK_CLIENT,
      false },
    { "a server of another name", { 0 }, { .identity = "elsewhere" }, SECSOCK_CLIENT, false },
    { "a client without certificate under TLS 1.2",
      { .version = TLS12 },
      { .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE },
      SECSOCK_SERVER,
      false },
    { "a client without certificate under TLS 1.3",
      { .version = TLS13 },
      { .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE },
      SECSOCK_SERVER,
      false },
    { "an untrusted client",
      { .identity = "stranger" },
      { .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_VERIFY },
      SECSOCK_SERVER,
      false },
    { "a server that the hook refuses in a resumed handshake of TLS 1.2",
      { .version = TLS12 },
      { .identity = "server" },
      SECSOCK_CLIENT,
      true },
    { "a client that the hook refuses in a resumed handshake of TLS 1.3",
      { .identity = "client" },
      { .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE },
      SECSOCK_SERVER,
      true },
};

/* Whether the judging end has let its peer in, or has no word for why not. */
static bool lets_in(const struct scene *scene, const struct pair *pair)
{
    char byte;
    secsock *judge = scene->judge == SECSOCK_CLIENT ? pair->client : pair->server;
    const secsock_error *error = secsock_last_error(judge);
    bool silent = secsock_get_state(judge) == SECSOCK_STATE_FAILED && error->message[0] == '\0';
    return secsock_get_state(judge) == SECSOCK_STATE_SECURE || silent ||
           secsock_recv(judge, &byte, 1) > 0 || secsock_send(judge, "x", 1) > 0;
}

static bool is_let_in(const struct scene *scene, secsock_config *client, secsock_config *server)
{
    struct pair pair = { .client = secsock_new(client), .server = secsock_new(server) };
    struct judge judge = { .answer = SECSOCK_PROBLEM_REVOKED, .reason = "no longer" };
    bool let_in = false;
    if (pair.client && pair.server &&
        secsock_attach_memory(pair.client, SECSOCK_CLIENT) == SECSOCK_OK &&
        secsock_attach_memory(pair.server, SECSOCK_SERVER) == SECSOCK_OK) {
        if (scene->resumes)
            secsock_set_validate_hook(scene->judge == SECSOCK_CLIENT ? pair.client : pair.server,
                                      judge_hook, &judge);
        pair_upgrade(&pair, "mail.example");
        /* What is still in the clear does not count as let in: the name could not be set. */
        let_in = secsock_get_state(pair.client) != SECSOCK_STATE_PLAIN && lets_in(scene, &pair);
    }
    pair_close(&pair);
    return let_in;
}

/* One life in which the n-th allocation fails; false when there are not so many. */
static bool refuse_short(const struct scene *scene, unsigned long n, unsigned *let_in,
                         unsigned *leaks)
{
    struct pair pair;
    long before = memory_live();
    secsock_config *client = settings_config(&scene->client);
    secsock_config *server = settings_config(&scene->server);
    if (scene->resumes) {
        pair_connect(&pair, client, server);
        pair_talks(&pair);
        pair_close(&pair);
    }
    memory_fail(n);
    *let_in += is_let_in(scene, client, server);
    bool failed = memory_failed();
    memory_fail(0);
    secsock_config_free(client);
    secsock_config_free(server);
    *leaks += memory_live() != before;
    return failed;
}

static void check_scene(const struct scene *scene)
{
    unsigned let_in = 0, leaks = 0;
    unsigned long n = 0;
    refuse_short(scene, 0, &let_in, &leaks); /* what is allocated once for the process, now is */
    let_in = leaks = 0;
    refuse_short(scene, 0, &let_in, &leaks);
    CHECK(let_in + leaks == 0, "%s is refused", scene->name);
    while (refuse_short(scene, n + 1, &let_in, &leaks))
        n += check_stride();
    CHECK(n > 50 && let_in == 0, "%s is refused whichever of %lu allocations fails", scene->name,
          n);
    CHECK(leaks == 0, "%s: nothing is lost", scene->name);
}

/* --------------------------------------------------------------------------------- sockets */

static int port; /* where somebody listens */

/* Each begins anew, and gives the first result that is an error, or zero. */
typedef int operation(secsock *s);

static int do_connect(secsock *s)
{
    secsock_defer(s, 1);
    return secsock_connect(s, "localhost", port);
}

static int do_listen(secsock *s)
{
    return secsock_listen(s, "127.0.0.1", 0, 4);
}

static int do_attach(secsock *s)
{
    int fds[2] = { -1, -1 };
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
    close(fds[1]);
    int result = secsock_attach(s, fds[0], SECSOCK_SERVER);
    if (result != SECSOCK_OK)
        close(fds[0]);
    return result;
}

static int do_accept(secsock *s)
{
    secsock *guest = NULL;
    secsock_defer(s, 1);
    int result = secsock_listen(s, "127.0.0.1", 0, 4);
    if (result != SECSOCK_OK)
        return result;
    char address[64];
    int fd = tcp_connect(secsock_local_address(s, address, sizeof address));
    result = secsock_accept(s, &guest);
    secsock_free(guest);
    close(fd);
    return result;
}

static int do_read(secsock *s)
{
    char bytes[64];
    int result = secsock_attach_memory(s, SECSOCK_SERVER);
    if (result == SECSOCK_OK)
        result = secsock_feed(s, "line one\nline two\n", 18);
    if (result > 0)
        result = secsock_unread(s, "line zero\n", 10);
    if (result >= 0)
        result = secsock_peek(s, bytes, sizeof bytes);
    if (result >= 0)
        result = secsock_recv_line(s, bytes, sizeof bytes);
    if (result >= 0)
        result = secsock_send(s, "an answer", 9);
    return result;
}

static bool operate_short(operation *operate, bool server, unsigned long n, unsigned *untold,
                          unsigned *lost)
{
    int descriptors = tcp_descriptors();
    long before = memory_live();
    secsock_config *config = settings_config(
        &(struct settings){ .identity = server ? "server" : NULL, .trust = "ca.pem" });
    memory_fail(n);
    secsock *s = secsock_new(config);
    int result = s ? operate(s) : SECSOCK_E_MEMORY;
    bool failed = memory_failed();
    memory_fail(0);
    if (s && result < 0)
        *untold += result != SECSOCK_E_MEMORY || secsock_last_error(s)->code != SECSOCK_E_MEMORY ||
                   secsock_last_error(s)->message[0] == '\0';
    secsock_free(s);
    secsock_config_free(config);
    *lost += memory_live() != before || tcp_descriptors() != descriptors;
    return failed;
}

static void check_operation(operation *operate, bool server, const char *name)
{
    unsigned untold = 0, lost = 0;
    unsigned long n = 0;
    operate_short(operate, server, 0, &untold, &lost);
    untold = lost = 0;
    while (operate_short(operate, server, n + 1, &untold, &lost))
        n += check_stride();
    CHECK(n > 5 && untold == 0, "%s with memory short is E_MEMORY (%lu allocations)", name, n);
    CHECK(lost == 0, "%s with memory short loses neither memory nor descriptors", name);
}

static void test_sockets(void)
{
    int listener = tcp_listen("127.0.0.1", &port, 1024);
    tcp_resolve("localhost", "127.0.0.2,127.0.0.1");
    check_operation(do_connect, false, "connecting");
    check_operation(do_listen, true, "listening");
    check_operation(do_attach, true, "attaching");
    check_operation(do_accept, true, "accepting");
    check_operation(do_read, true, "reading in the clear");
    tcp_resolve(NULL, NULL);
    close(listener);
}

int main(void)
{
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        check_scene(&scenes[i]);
    test_sockets();
    return check_done();
}

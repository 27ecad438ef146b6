/* Over real TCP: connecting, listening, accepting, attaching, and what becomes of it when there is
 * nobody, or something that is no connection. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "settings.h"
#include "tcp.h"

static secsock_config *client_config, *server_config;

static void explain(const secsock *s)
{
    const secsock_error *error = secsock_last_error(s);
    printf("# %s, %s: %s\n", secsock_state_name(secsock_get_state(s)),
           secsock_result_name(error->code), error->message);
}

static secsock *new_client(void)
{
    secsock *s = secsock_new(client_config);
    secsock_set_peername(s, "mail.example");
    return s;
}

static bool says(secsock *from, secsock *to, const char *text)
{
    char bytes[64];
    int len = (int)strlen(text);
    return secsock_send(from, text, (size_t)len) == len &&
           secsock_recv(to, bytes, sizeof bytes) == len && memcmp(bytes, text, (size_t)len) == 0;
}

/* --------------------------------------------------------------------------------- at once */

/* A server that says back one line, in a thread of its own. */
static void *echo_line(void *listener)
{
    char line[64];
    secsock *s = NULL;
    int accepted = secsock_accept(listener, &s);
    if (accepted == SECSOCK_OK) {
        int n = secsock_recv_line(s, line, sizeof line);
        if (n > 0)
            secsock_send(s, line, (size_t)n);
        secsock_recv(s, line, sizeof line);
    }
    secsock_free(s);
    return accepted == SECSOCK_OK ? NULL : listener;
}

static void check_addresses(secsock *s, int port)
{
    char local[64], remote[64];
    int local_port = secsock_local_address(s, local, sizeof local);
    CHECK(secsock_remote_address(s, remote, sizeof remote) == port &&
              strcmp(remote, "127.0.0.1") == 0 && strcmp(local, "127.0.0.1") == 0 &&
              local_port > 0 && local_port != port,
          "both addresses can be asked for");
    CHECK(secsock_remote_address(s, remote, 4) == SECSOCK_E_ARGUMENT &&
              secsock_get_state(s) == SECSOCK_STATE_SECURE,
          "an address that does not fit is a mistake and does no harm");
}

static void test_at_once(void)
{
    char line[64];
    int port;
    void *failed;
    secsock *listener = tcp_listener(server_config, &port), *s = new_client();
    pthread_t thread = tcp_thread(echo_line, listener);
    CHECK(secsock_get_state(listener) == SECSOCK_STATE_LISTENING, "a listener is LISTENING");
    if (!CHECK(secsock_connect(s, "127.0.0.1", port) == SECSOCK_OK &&
                   secsock_get_state(s) == SECSOCK_STATE_SECURE,
               "connecting without deferring ends in SECURE"))
        explain(s);
    check_addresses(s, port);
    secsock_send(s, "hello\n", 6);
    CHECK(secsock_recv_line(s, line, sizeof line) == 6 && memcmp(line, "hello\n", 6) == 0,
          "and works");
    secsock_close(s);
    pthread_join(thread, &failed);
    CHECK(!failed, "accepting without deferring does, too");
    CHECK(secsock_fd(s) == -1 && secsock_close(s) == SECSOCK_OK, "closing twice is harmless");
    secsock_free(s);
    secsock_free(listener);
}

/* -------------------------------------------------------------------------------- deferred */

static void *serve_starttls(void *listener)
{
    char line[64];
    secsock *s = NULL;
    bool fine = secsock_accept(listener, &s) == SECSOCK_OK &&
                secsock_get_state(s) == SECSOCK_STATE_PLAIN &&
                secsock_send(s, "220 ready\r\n", 11) == 11 &&
                secsock_recv_line(s, line, sizeof line) == 10 &&
                secsock_send(s, "220 go ahead\r\n", 14) == 14 &&
                secsock_upgrade(s, NULL) == SECSOCK_OK && secsock_recv(s, line, sizeof line) == 4 &&
                secsock_send(s, "250 ok\r\n", 8) == 8 && secsock_recv(s, line, sizeof line) == 0;
    secsock_free(s);
    return fine ? NULL : listener;
}

static void test_deferred(void)
{
    char line[64];
    int port;
    void *failed;
    secsock *listener = tcp_listener(server_config, &port), *s = secsock_new(client_config);
    secsock_defer(listener, 1);
    secsock_defer(s, 1);
    pthread_t thread = tcp_thread(serve_starttls, listener);
    CHECK(secsock_connect(s, "127.0.0.1", port) == SECSOCK_OK &&
              secsock_get_state(s) == SECSOCK_STATE_PLAIN,
          "a deferred connection is PLAIN, and needs no name yet");
    CHECK(secsock_recv_line(s, line, sizeof line) == 11 &&
              secsock_send(s, "STARTTLS\r\n", 10) == 10 &&
              secsock_recv_line(s, line, sizeof line) == 14,
          "it speaks in the clear");
    if (!CHECK(secsock_upgrade(s, "mail.example") == SECSOCK_OK &&
                   secsock_get_state(s) == SECSOCK_STATE_SECURE,
               "and upgrades when it wants to"))
        explain(s);
    CHECK(secsock_send(s, "EHLO", 4) == 4 && secsock_recv_line(s, line, sizeof line) == 8,
          "and goes on protected");
    secsock_shutdown(s);
    pthread_join(thread, &failed);
    CHECK(!failed, "the server went along");
    secsock_free(s);
    secsock_free(listener);
}

/* ---------------------------------------------------------------------------- never waiting */

static int step(secsock *s, int (*go)(secsock *s))
{
    return secsock_get_state(s) == SECSOCK_STATE_SECURE ? SECSOCK_OK : go(s);
}

static int connect_port;

static int go_connect(secsock *s)
{
    return secsock_connect(s, "127.0.0.1", connect_port);
}

static int go_upgrade(secsock *s)
{
    return secsock_upgrade(s, NULL);
}

static void test_never_waiting(void)
{
    secsock *listener = tcp_listener(server_config, &connect_port), *client = new_client();
    secsock *server = NULL;
    int mine = SECSOCK_WANT_WRITE, theirs = SECSOCK_WANT_READ, wrong = 0, turns = 0;
    secsock_set_timeout(listener, SECSOCK_TIMEOUT_ALL, 0);
    secsock_set_timeout(client, SECSOCK_TIMEOUT_ALL, 0);
    CHECK(secsock_accept(listener, &server) == SECSOCK_WANT_READ && !server &&
              secsock_want(listener) == SECSOCK_WANT_READ,
          "a listener that must not wait wants to read");
    while ((mine != SECSOCK_OK || theirs != SECSOCK_OK) && turns++ < 10000) {
        mine = step(client, go_connect);
        wrong += secsock_want(client) != (mine == SECSOCK_OK ? 0 : mine);
        if (server)
            theirs = step(server, go_upgrade);
        else
            secsock_accept(listener, &server);
    }
    if (!CHECK(mine == SECSOCK_OK && theirs == SECSOCK_OK && wrong == 0,
               "both ends get there without ever waiting, and say what they want"))
        explain(client);
    CHECK(secsock_recv(client, &(char){ 0 }, 1) == SECSOCK_WANT_READ &&
              secsock_want(client) == SECSOCK_WANT_READ,
          "receiving wants to read");
    CHECK(secsock_send(client, "x", 1) == 1 && secsock_want(client) == 0, "sending wants nothing");
    secsock_free(server);
    secsock_free(client);
    secsock_free(listener);
}

/* -------------------------------------------------------------------------------- nobody there */

static void test_refused(void)
{
    int port = 0, fd = tcp_listen("127.0.0.1", &port, 1);
    close(fd);
    secsock *s = new_client();
    int result = secsock_connect(s, "127.0.0.1", port);
    const secsock_error *error = secsock_last_error(s);
    if (!CHECK(result == SECSOCK_E_SYSTEM && error->sys_errno == ECONNREFUSED &&
                   strstr(error->message, "127.0.0.1") && strstr(error->message, "refused") &&
                   secsock_get_state(s) == SECSOCK_STATE_FAILED && secsock_fd(s) == -1,
               "a connection that is refused is told with address and reason"))
        explain(s);
    secsock_free(s);
}

static void test_unknown_host(void)
{
    secsock *s = new_client();
    CHECK(secsock_connect(s, "no-such-host.invalid", 25) == SECSOCK_E_RESOLVE &&
              strstr(secsock_last_error(s)->message, "no-such-host.invalid") &&
              secsock_get_state(s) == SECSOCK_STATE_NEW,
          "a host without address is told by name");
    CHECK(secsock_connect(s, NULL, 25) == SECSOCK_E_ARGUMENT &&
              secsock_connect(s, "127.0.0.1", 0) == SECSOCK_E_ARGUMENT &&
              secsock_connect(s, "127.0.0.1", 65536) == SECSOCK_E_ARGUMENT &&
              secsock_get_state(s) == SECSOCK_STATE_NEW,
          "no host, and no port, are mistakes");
    secsock_free(s);
}

static void test_several_addresses(void)
{
    char address[64];
    int port = 0, fd = tcp_listen("127.0.0.3", &port, 1);
    secsock *s = secsock_new(client_config);
    secsock_defer(s, 1);
    tcp_resolve("mail.example", "127.0.0.2,127.0.0.3,127.0.0.4");
    CHECK(secsock_connect(s, "mail.example", port) == SECSOCK_OK &&
              secsock_remote_address(s, address, sizeof address) == port &&
              strcmp(address, "127.0.0.3") == 0,
          "the addresses of a host are tried in turn");
    CHECK(secsock_last_error(s)->code == SECSOCK_OK, "and those that failed are forgotten");
    secsock_free(s);
    s = secsock_new(client_config);
    secsock_defer(s, 1);
    tcp_resolve("mail.example", "127.0.0.2,127.0.0.4");
    CHECK(secsock_connect(s, "mail.example", port) == SECSOCK_E_SYSTEM &&
              strstr(secsock_last_error(s)->message, "127.0.0.4"),
          "when none will do, the last one is told");
    secsock_free(s);
    tcp_resolve(NULL, NULL);
    close(fd);
}

/* A listener whose queue is full takes no notice of those who knock. */
static void test_silent_address(void)
{
    int port = 0, open = tcp_listen("127.0.0.3", &port, 1);
    int silent = tcp_listen("127.0.0.2", &port, 0), knocking[4];
    secsock *waits = secsock_new(client_config), *never = secsock_new(client_config);
    for (size_t i = 0; i < sizeof knocking / sizeof *knocking; i++)
        knocking[i] = tcp_knock("127.0.0.2", port);
    tcp_resolve("mail.example", "127.0.0.2,127.0.0.3");
    secsock_defer(waits, 1);
    secsock_set_timeout(waits, SECSOCK_TIMEOUT_CONNECT, 1000);
    CHECK(secsock_connect(waits, "mail.example", port) == SECSOCK_OK,
          "an address that keeps silent leaves time for the next");
    secsock_defer(never, 1);
    secsock_set_timeout(never, SECSOCK_TIMEOUT_ALL, 0);
    int result, tries = 0;
    while ((result = secsock_connect(never, "mail.example", port)) == SECSOCK_WANT_WRITE &&
           tries++ < 100)
        usleep(50000);
    CHECK(result == SECSOCK_OK && tries > 1, "also where nothing waits");
    for (size_t i = 0; i < sizeof knocking / sizeof *knocking; i++)
        close(knocking[i]);
    secsock_free(waits);
    secsock_free(never);
    tcp_resolve(NULL, NULL);
    close(open);
    close(silent);
}

static void test_listening(void)
{
    int port;
    secsock *listener = tcp_listener(server_config, &port), *other = secsock_new(server_config);
    CHECK(secsock_listen(other, "127.0.0.1", port, 1) == SECSOCK_E_SYSTEM &&
              secsock_last_error(other)->sys_errno == EADDRINUSE &&
              secsock_get_state(other) == SECSOCK_STATE_NEW,
          "an address that is in use is told");
    CHECK(secsock_listen(other, "127.0.0.1", -1, 1) == SECSOCK_E_ARGUMENT &&
              secsock_listen(other, "127.0.0.1", 0, -1) == SECSOCK_E_ARGUMENT &&
              secsock_listen(other, "no-such-host.invalid", 0, 1) == SECSOCK_E_RESOLVE,
          "so are other mistakes");
    CHECK(secsock_listen(other, NULL, 0, 1) == SECSOCK_OK, "every address can be listened on");
    CHECK(secsock_listen(other, NULL, 0, 1) == SECSOCK_E_STATE &&
              secsock_send(other, "x", 1) == SECSOCK_E_STATE &&
              secsock_upgrade(other, NULL) == SECSOCK_E_STATE &&
              secsock_connect(other, "127.0.0.1", port) == SECSOCK_E_STATE,
          "a listener does nothing else");
    secsock_free(other);
    other = secsock_new(client_config);
    CHECK(secsock_listen(other, NULL, 0, 1) == SECSOCK_E_NO_KEY,
          "without an identity nobody listens");
    secsock_free(other);
    secsock_free(listener);
}

/* One bad guest does not end the party. */
static void test_listening_everywhere(void)
{
    static const char *const hosts[] = { "127.0.0.1", "::1" };
    secsock *listener = secsock_new(server_config);
    char address[64];
    secsock_defer(listener, 1);
    CHECK(secsock_listen(listener, NULL, 0, 4) == SECSOCK_OK, "every address can be listened on");
    int port = secsock_local_address(listener, address, sizeof address);
    size_t families = strcmp(address, "::") == 0 ? 2 : 1; /* a machine may have no IPv6 */
    for (size_t i = 0; i < families; i++) {
        secsock *client = secsock_new(client_config), *server = NULL;
        secsock_defer(client, 1);
        CHECK(secsock_connect(client, hosts[i], port) == SECSOCK_OK &&
                  secsock_accept(listener, &server) == SECSOCK_OK,
              "which takes connections to %s: %s", hosts[i], secsock_last_error(client)->message);
        secsock_free(client);
        secsock_free(server);
    }
    secsock_free(listener);
}

static void test_listener_goes_on(void)
{
    int port;
    void *failed;
    secsock *listener = tcp_listener(server_config, &port), *s = listener;
    int fd = tcp_connect(port);
    CHECK(write(fd, "GET / HTTP/1.0\r\n\r\n", 18) == 18, "somebody speaks HTTP");
    CHECK(secsock_accept(listener, &s) == SECSOCK_E_NOT_TLS && s == NULL &&
              secsock_last_error(listener)->code == SECSOCK_E_NOT_TLS &&
              strstr(secsock_last_error(listener)->message, "GET / HTTP/1.0") &&
              secsock_get_state(listener) == SECSOCK_STATE_LISTENING,
          "a guest that speaks no TLS is told, and the listener goes on");
    close(fd);
    fd = tcp_connect(port);
    tcp_reset(fd);
    CHECK(secsock_accept(listener, &s) < SECSOCK_E_ARGUMENT && s == NULL &&
              secsock_get_state(listener) == SECSOCK_STATE_LISTENING,
          "so it does when a guest breaks off");
    pthread_t thread = tcp_thread(echo_line, listener);
    s = new_client();
    CHECK(secsock_connect(s, "127.0.0.1", port) == SECSOCK_OK, "and welcomes the next one");
    secsock_free(s);
    pthread_join(thread, &failed);
    secsock_free(listener);
}

/* ---------------------------------------------------------------------------------- attaching */

static void check_wrong(int fd, int want, const char *what)
{
    bool open = fcntl(fd, F_GETFD) >= 0;
    secsock *s = secsock_new(client_config);
    CHECK(secsock_attach(s, fd, SECSOCK_CLIENT) == want && secsock_fd(s) == -1 &&
              secsock_get_state(s) == SECSOCK_STATE_NEW,
          "%s is refused", what);
    secsock_free(s);
    CHECK(open == (fcntl(fd, F_GETFD) >= 0), "%s is left alone", what);
}

static void test_wrong_descriptors(void)
{
    int pipes[2], udp = socket(AF_INET, SOCK_DGRAM, 0), port = 0;
    int unconnected = socket(AF_INET, SOCK_STREAM, 0);
    int listener = tcp_listen("127.0.0.1", &port, 1);
    CHECK(pipe(pipes) == 0 && udp >= 0, "there are descriptors of other kinds");
    check_wrong(-1, SECSOCK_E_SYSTEM, "no descriptor");
    check_wrong(9999, SECSOCK_E_SYSTEM, "a descriptor that is not open");
    check_wrong(pipes[0], SECSOCK_E_SYSTEM, "a pipe");
    check_wrong(udp, SECSOCK_E_ARGUMENT, "a datagram socket");
    check_wrong(listener, SECSOCK_E_ARGUMENT, "a listening socket");
    check_wrong(unconnected, SECSOCK_E_SYSTEM, "a socket without a connection");
    close(unconnected);
    close(pipes[0]);
    close(pipes[1]);
    close(udp);
    close(listener);
}

/* Whatever was tried, and set, before: no client without somebody to judge its peer. */
static void test_nobody_judges(void)
{
    int port = 0, listener = tcp_listen("127.0.0.1", &port, 4);
    secsock *s = secsock_new(server_config);
    secsock_attach(s, -1, SECSOCK_SERVER);
    CHECK(secsock_connect(s, "127.0.0.1", port) == SECSOCK_E_NO_PEERNAME && secsock_fd(s) == -1,
          "an attach as a server that failed does not excuse a client from a peer name");
    secsock_free(s);
    s = secsock_new(client_config);
    secsock_set_peername(s, "mail.example");
    secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL, 0);
    int result = secsock_connect(s, "127.0.0.1", port);
    bool waits = result == SECSOCK_WANT_WRITE && secsock_set_peername(s, NULL) == SECSOCK_OK;
    while (result == SECSOCK_WANT_WRITE)
        result = secsock_connect(s, "127.0.0.1", port);
    CHECK(waits && result == SECSOCK_E_NO_PEERNAME && secsock_bytes(s, SECSOCK_WIRE_SENT) == 0,
          "nor may the name be taken away while it connects");
    secsock_free(s);
    close(listener);
}

static void test_attached(void)
{
    int fds[2];
    tcp_pair(fds);
    secsock *client = secsock_new(client_config), *server = secsock_new(server_config);
    CHECK(secsock_attach(client, fds[0], (secsock_role)7) == SECSOCK_E_ARGUMENT &&
              secsock_get_state(client) == SECSOCK_STATE_NEW,
          "a role that is none is a mistake");
    CHECK(secsock_attach(client, fds[0], SECSOCK_CLIENT) == SECSOCK_OK &&
              secsock_attach(server, fds[1], SECSOCK_SERVER) == SECSOCK_OK &&
              secsock_get_state(server) == SECSOCK_STATE_PLAIN && secsock_fd(client) == fds[0],
          "a connected socket can be taken over");
    CHECK((fcntl(fds[0], F_GETFL) & O_NONBLOCK) && (fcntl(fds[0], F_GETFD) & FD_CLOEXEC),
          "it no longer blocks, and is not inherited");
    CHECK(secsock_attach(client, fds[1], SECSOCK_CLIENT) == SECSOCK_E_STATE, "but only once");
    CHECK(says(client, server, "in the clear"), "it speaks in the clear");
    secsock_unread(server, " world", 6);
    secsock_unread(server, "hello", 5);
    char bytes[16];
    CHECK(secsock_pending(server) == 11 && secsock_recv(server, bytes, sizeof bytes) == 11 &&
              memcmp(bytes, "hello world", 11) == 0,
          "what was given back is read first, the last first of all");
    secsock_free(client);
    CHECK(fcntl(fds[0], F_GETFD) < 0, "it is closed along with its secsock");
    CHECK(secsock_recv(server, bytes, sizeof bytes) == 0, "which the other end sees");
    secsock_free(server);
}

int main(void)
{
    int before = tcp_descriptors();
    client_config = settings_config(&(struct settings){ 0 });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    test_at_once();
    test_deferred();
    test_never_waiting();
    test_refused();
    test_unknown_host();
    test_several_addresses();
    test_silent_address();
    test_listening();
    test_listening_everywhere();
    test_listener_goes_on();
    test_wrong_descriptors();
    test_nobody_judges();
    test_attached();
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    CHECK(tcp_descriptors() == before, "no descriptor is left open");
    return check_done();
}

/* One deadline covers the whole of an operation, however slowly its peer drips; what ran out of
 * time has lost nothing. */
#include <arpa/inet.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "rig.h"
#include "settings.h"
#include "tcp.h"

/* Milliseconds. How late a call may come back nobody can know of another machine: what never does
 * is ended from outside, and what waits for the last drop is found out by there being more. */
enum { SHORT = 200, EARLY = 190, DRIP = 20 };

static secsock_config *client_config, *server_config;

static int64_t begun;

static bool took_its_time(void)
{
    int64_t took = tcp_now() - begun;
    if (took >= EARLY)
        return true;
    printf("# it took %lld ms\n", (long long)took);
    return false;
}

static secsock *client_on(int fd, int operations)
{
    secsock *s = secsock_new(client_config);
    secsock_set_peername(s, "mail.example");
    secsock_set_timeout(s, operations, SHORT);
    secsock_attach(s, fd, SECSOCK_CLIENT);
    begun = tcp_now();
    return s;
}

static bool timed_out(const secsock *s, int result)
{
    return result == SECSOCK_E_TIMEOUT && secsock_last_error(s)->code == SECSOCK_E_TIMEOUT &&
           strstr(secsock_last_error(s)->message, "200 ms") && secsock_want(s) == 0;
}

/* ------------------------------------------------------------------------------- dripping */

struct drip {
    int fd;
    const char *bytes;
    size_t len;
    atomic_bool waits; /* before the last byte */
    atomic_bool over;
};

/* Sends a byte now and then until it may not any more. */
static void *drip(void *arg)
{
    struct drip *drip = arg;
    for (size_t i = 0; i < drip->len; i++) {
        while (i + 1 == drip->len && drip->waits)
            usleep(DRIP * 1000);
        if (send(drip->fd, drip->bytes + i, 1, MSG_NOSIGNAL) != 1)
            break;
        usleep(DRIP * 1000);
    }
    drip->over = true;
    return NULL;
}

/* The beginning of a handshake record that is never complete. */
static void test_handshake(void)
{
    char hello[1000] = { 0x16, 0x03, 0x03, 0x10, 0x00, 0x02, 0x00, 0x0F, 0x7C, 0x03, 0x03 };
    int fds[2];
    tcp_pair(fds);
    struct drip dripping = { .fd = fds[1], .bytes = hello, .len = sizeof hello };
    secsock *s = client_on(fds[0], SECSOCK_TIMEOUT_HANDSHAKE);
    int result = secsock_upgrade(s, NULL);
    CHECK(timed_out(s, result) && took_its_time(),
          "a server that says nothing makes it run out of time");
    pthread_t thread = tcp_thread(drip, &dripping);
    begun = tcp_now();
    result = secsock_upgrade(s, NULL);
    CHECK(timed_out(s, result) && took_its_time() &&
              secsock_get_state(s) == SECSOCK_STATE_UPGRADING,
          "a server that drips its hello does not stretch the handshake");
    begun = tcp_now();
    result = secsock_upgrade(s, NULL);
    CHECK(timed_out(s, result) && took_its_time() && !dripping.over,
          "the upgrade may be repeated, with a new deadline");
    secsock_free(s);
    pthread_join(thread, NULL);
    close(fds[1]);
}

/* ------------------------------------------------------------------------- in the clear */

static void test_receiving(void)
{
    char bytes[64];
    int fds[2];
    tcp_pair(fds);
    secsock *s = client_on(fds[0], SECSOCK_TIMEOUT_READ);
    int result = secsock_recv(s, bytes, sizeof bytes);
    CHECK(timed_out(s, result) && took_its_time() && secsock_get_state(s) == SECSOCK_STATE_PLAIN,
          "a peer that says nothing makes recv run out of time");
    CHECK(write(fds[1], "late", 4) == 4 && secsock_recv(s, bytes, sizeof bytes) == 4 &&
              memcmp(bytes, "late", 4) == 0,
          "what comes later is not lost");
    begun = tcp_now();
    result = secsock_recv_line(s, bytes, sizeof bytes);
    CHECK(timed_out(s, result) && took_its_time(), "recv_line runs out of time as well");
    begun = tcp_now();
    result = secsock_peek(s, bytes, sizeof bytes);
    CHECK(timed_out(s, result) && took_its_time(), "so does peek");
    secsock_free(s);
    close(fds[1]);
}

/* Sends until nothing goes any more, and then runs out of time; how much went. The kernel may take
 * a little more after a pause. */
static size_t send_until_full(secsock *s, const char *data, size_t len)
{
    size_t sent = 0;
    int n;
    do {
        begun = tcp_now();
        n = secsock_send(s, data + sent, len - sent);
        sent += n > 0 ? (size_t)n : 0;
    } while (n > 0 && sent < len);
    CHECK(timed_out(s, n) && took_its_time(), "when a peer reads nothing, send runs out of time");
    return sent;
}

static void test_sending(void)
{
    static char much[16 * 1024 * 1024];
    int fds[2];
    tcp_pair(fds);
    secsock *s = client_on(fds[0], SECSOCK_TIMEOUT_WRITE);
    int sent = secsock_send(s, much, sizeof much);
    CHECK(sent > 0 && (size_t)sent < sizeof much && took_its_time(),
          "first, send tells of the part that went");
    size_t more = send_until_full(s, much, sizeof much);
    CHECK(secsock_get_state(s) == SECSOCK_STATE_PLAIN &&
              secsock_bytes(s, SECSOCK_BYTES_SENT) == (size_t)sent + more,
          "no byte is forgotten, and the connection goes on");
    secsock_free(s);
    close(fds[1]);
}

/* -------------------------------------------------------------------------- protected data */

struct ends {
    secsock *client, *server;
    int server_result;
};

static void *upgrade_server(void *arg)
{
    struct ends *ends = arg;
    ends->server_result = secsock_upgrade(ends->server, NULL);
    return NULL;
}

static void open_secure(struct ends *ends)
{
    int fds[2];
    tcp_pair(fds);
    *ends = (struct ends){ client_on(fds[0], SECSOCK_TIMEOUT_READ | SECSOCK_TIMEOUT_WRITE),
                           secsock_new(server_config), 0 };
    secsock_attach(ends->server, fds[1], SECSOCK_SERVER);
    pthread_t thread = tcp_thread(upgrade_server, ends);
    int result = secsock_upgrade(ends->client, NULL);
    pthread_join(thread, NULL);
    CHECK(result == SECSOCK_OK && ends->server_result == SECSOCK_OK, "both ends are SECURE");
}

/* Receives as long as something comes; whether it is what stands in `want`. */
static bool receive_same(secsock *s, const char *want, size_t *got)
{
    static char bytes[65536];
    bool same = true;
    int n;
    while ((n = secsock_recv(s, bytes, sizeof bytes)) > 0) {
        same = same && memcmp(bytes, want + *got, (size_t)n) == 0;
        *got += (size_t)n;
    }
    return same;
}

static void test_secure(void)
{
    static char much[16 * 1024 * 1024];
    struct ends ends;
    size_t got = 0;
    open_secure(&ends);
    begun = tcp_now();
    int result = secsock_recv(ends.client, much, sizeof much);
    CHECK(timed_out(ends.client, result) && took_its_time() &&
              secsock_get_state(ends.client) == SECSOCK_STATE_SECURE,
          "recv runs out of time in SECURE, which it stays");
    for (size_t i = 0; i < sizeof much; i++)
        much[i] = (char)(i * 7 >> 8);
    size_t sent = send_until_full(ends.client, much, sizeof much);
    secsock_set_timeout(ends.server, SECSOCK_TIMEOUT_READ, SHORT);
    bool same = receive_same(ends.server, much, &got);
    int more = secsock_send(ends.client, much + sent, 500000);
    same = receive_same(ends.server, much, &got) && same;
    CHECK(same && more == 500000 && got == sent + 500000,
          "no byte of what was sent before and after is lost, or comes twice");
    secsock_free(ends.client);
    secsock_free(ends.server);
}

/* A record that drips in is waited for no longer than the deadline, and not lost. */
static void test_dripping_record(void)
{
    char wire[256], bytes[64];
    int mine, theirs, tries = 0, result;
    struct rig rig;
    secsock *peer = secsock_new(server_config);
    secsock_attach_memory(peer, SECSOCK_SERVER);
    rig_open(&rig, RIG_SOCKETPAIR, SECSOCK_CLIENT, client_config);
    rig_upgrade(&rig, peer, "mail.example", &mine, &theirs);
    secsock_set_timeout(rig.s, SECSOCK_TIMEOUT_READ, SHORT);
    secsock_send(peer, "slow", 4);
    struct drip dripping = { .fd = rig.fd, .bytes = wire, .waits = true };
    dripping.len = (size_t)secsock_drain(peer, wire, sizeof wire);
    pthread_t thread = tcp_thread(drip, &dripping);
    begun = tcp_now();
    result = secsock_recv(rig.s, bytes, sizeof bytes);
    CHECK(timed_out(rig.s, result) && took_its_time(), "a record that drips in is not waited for");
    dripping.waits = false;
    while (result == SECSOCK_E_TIMEOUT && tries++ < 100)
        result = secsock_recv(rig.s, bytes, sizeof bytes);
    CHECK(result == 4 && memcmp(bytes, "slow", 4) == 0, "and is there in the end");
    pthread_join(thread, NULL);
    secsock_free(peer);
    rig_close(&rig);
}

/* A peer that takes its time over close_notify. */
static void test_downgrade(void)
{
    struct rig rig;
    int mine, theirs;
    secsock *peer = secsock_new(server_config);
    secsock_attach_memory(peer, SECSOCK_SERVER);
    rig_open(&rig, RIG_SOCKETPAIR, SECSOCK_CLIENT, client_config);
    secsock_allow_downgrade(rig.s, 1);
    secsock_allow_downgrade(peer, 1);
    rig_upgrade(&rig, peer, "mail.example", &mine, &theirs);
    secsock_set_timeout(rig.s, SECSOCK_TIMEOUT_HANDSHAKE, SHORT);
    begun = tcp_now();
    int result = secsock_downgrade(rig.s);
    CHECK(timed_out(rig.s, result) && took_its_time(), "downgrading runs out of time");
    rig_exchange(&rig, peer);
    secsock_downgrade(peer);
    rig_exchange(&rig, peer);
    CHECK(secsock_downgrade(rig.s) == SECSOCK_OK && secsock_get_state(rig.s) == SECSOCK_STATE_PLAIN,
          "and succeeds when it is repeated");
    secsock_free(peer);
    rig_close(&rig);
}

/* ------------------------------------------------------------------- connecting, accepting */

enum { GUESTS = 64 };

/* An address whose listener answers nobody any more, for its backlog is full. */
static int full_listener(const char *address, int *port, int guests[GUESTS])
{
    struct sockaddr_in in = { .sin_family = AF_INET };
    int listener = tcp_listen(address, port, 0);
    in.sin_port = htons((uint16_t)*port);
    inet_pton(AF_INET, address, &in.sin_addr);
    for (int i = 0; i < GUESTS; i++) {
        guests[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (connect(guests[i], (struct sockaddr *)&in, sizeof in) < 0)
            usleep(1000);
    }
    return listener;
}

static void send_home(int listener, const int guests[GUESTS])
{
    for (int i = 0; i < GUESTS; i++)
        close(guests[i]);
    close(listener);
}

static secsock *deferred_client(int timeout)
{
    secsock *s = secsock_new(client_config);
    secsock_defer(s, 1);
    secsock_set_timeout(s, SECSOCK_TIMEOUT_CONNECT, timeout);
    begun = tcp_now();
    return s;
}

static void test_connecting(void)
{
    char address[64];
    int guests[GUESTS], port = 0, full = full_listener("127.0.0.2", &port, guests);
    secsock *s = deferred_client(SHORT);
    int result = secsock_connect(s, "127.0.0.2", port);
    CHECK(timed_out(s, result) && took_its_time() && secsock_get_state(s) == SECSOCK_STATE_NEW,
          "an address that does not answer makes connect run out of time");
    begun = tcp_now();
    result = secsock_connect(s, "127.0.0.2", port);
    CHECK(timed_out(s, result) && took_its_time(), "it may be repeated");
    secsock_free(s);
    int good = tcp_listen("127.0.0.3", &port, 4);
    tcp_resolve("mail.example", "127.0.0.2,127.0.0.3");
    s = deferred_client(2 * SHORT);
    result = secsock_connect(s, "mail.example", port);
    CHECK(result == SECSOCK_OK && took_its_time() &&
              secsock_remote_address(s, address, sizeof address) == port &&
              strcmp(address, "127.0.0.3") == 0,
          "an address that does not answer leaves time for the next one");
    secsock_free(s);
    tcp_resolve("mail.example", "127.0.0.2,127.0.0.2,127.0.0.2");
    s = deferred_client(SHORT);
    result = secsock_connect(s, "mail.example", port);
    CHECK(timed_out(s, result) && took_its_time(), "one deadline covers all addresses");
    secsock_free(s);
    tcp_resolve(NULL, NULL);
    close(good);
    send_home(full, guests);
}

static void test_accepting(void)
{
    int port;
    secsock *listener = tcp_listener(server_config, &port), *s = listener;
    secsock_set_timeout(listener, SECSOCK_TIMEOUT_CONNECT | SECSOCK_TIMEOUT_HANDSHAKE, SHORT);
    begun = tcp_now();
    int result = secsock_accept(listener, &s);
    CHECK(timed_out(listener, result) && took_its_time() && s == NULL,
          "a listener to whom nobody comes runs out of time");
    int fd = tcp_connect(port);
    begun = tcp_now();
    result = secsock_accept(listener, &s);
    CHECK(timed_out(listener, result) && took_its_time() && s == NULL &&
              secsock_get_state(listener) == SECSOCK_STATE_LISTENING,
          "a guest that says nothing does not hold it up");
    close(fd);
    secsock_free(listener);
}

static void test_arguments(void)
{
    secsock *s = secsock_new(client_config);
    CHECK(secsock_set_timeout(NULL, SECSOCK_TIMEOUT_ALL, 1) == SECSOCK_E_ARGUMENT &&
              secsock_set_timeout(s, 0, 1) == SECSOCK_E_ARGUMENT &&
              secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL + 1, 1) == SECSOCK_E_ARGUMENT,
          "there are four kinds of operations, and no others");
    secsock_free(s);
}

int main(void)
{
    client_config = settings_config(&(struct settings){ 0 });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    test_handshake();
    test_receiving();
    test_sending();
    test_secure();
    test_dripping_record();
    test_downgrade();
    test_connecting();
    test_accepting();
    test_arguments();
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    return check_done();
}

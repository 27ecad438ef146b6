/* One deadline covers the whole of an operation, however slowly its peer drips; what ran out of
 * time has lost nothing. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "pair.h"
#include "settings.h"
#include "tcp.h"

/* Milliseconds. LATE leaves room for a busy machine, and is far from what dripping would take. */
enum { SHORT = 200, EARLY = 190, LATE = 2000, DRIP = 20 };

static secsock_config *client_config, *server_config;

static int64_t begun;

static bool in_time(void)
{
    int64_t took = tcp_now() - begun;
    if (took >= EARLY && took < LATE)
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
};

/* Sends a byte now and then until it may not any more. */
static void *drip(void *arg)
{
    struct drip *drip = arg;
    for (size_t i = 0; i < drip->len; i++) {
        if (send(drip->fd, drip->bytes + i, 1, MSG_NOSIGNAL) != 1)
            break;
        usleep(DRIP * 1000);
    }
    return NULL;
}

/* The beginning of a handshake record that is never complete in time. */
static void test_handshake(void)
{
    char hello[400] = { 0x16, 0x03, 0x03, 0x01, 0x7F, 0x02, 0x00, 0x01, 0x7B, 0x03, 0x03 };
    int fds[2];
    tcp_pair(fds);
    struct drip dripping = { fds[1], hello, sizeof hello };
    pthread_t thread = tcp_thread(drip, &dripping);
    secsock *s = client_on(fds[0], SECSOCK_TIMEOUT_HANDSHAKE);
    int result = secsock_upgrade(s, NULL);
    CHECK(timed_out(s, result) && in_time() &&
              secsock_get_state(s) == SECSOCK_STATE_UPGRADING,
          "a server that drips its hello does not stretch the handshake");
    begun = tcp_now();
    result = secsock_upgrade(s, NULL);
    CHECK(timed_out(s, result) && in_time(), "the upgrade may be repeated, with a new deadline");
    secsock_free(s);
    pthread_join(thread, NULL);
    close(fds[1]);
}

static void test_downgrade(void)
{
    CHECK(secsock_set_timeout(NULL, SECSOCK_TIMEOUT_ALL, 1) == SECSOCK_E_ARGUMENT,
          "no socket has no deadline");
    secsock *s = secsock_new(client_config);
    CHECK(secsock_set_timeout(s, 0, 1) == SECSOCK_E_ARGUMENT &&
              secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL + 1, 1) == SECSOCK_E_ARGUMENT,
          "there are four kinds of operations, and no others");
    secsock_free(s);
}

/* ------------------------------------------------------------------------- in the clear */

static void test_receiving(void)
{
    char bytes[64];
    int fds[2];
    tcp_pair(fds);
    secsock *s = client_on(fds[0], SECSOCK_TIMEOUT_READ);
    int result = secsock_recv(s, bytes, sizeof bytes);
    CHECK(timed_out(s, result) && in_time() && secsock_get_state(s) == SECSOCK_STATE_PLAIN,
          "a peer that says nothing makes recv run out of time");
    CHECK(write(fds[1], "late", 4) == 4 && secsock_recv(s, bytes, sizeof bytes) == 4 &&
              memcmp(bytes, "late", 4) == 0,
          "what comes later is not lost");
    begun = tcp_now();
    result = secsock_recv_line(s, bytes, sizeof bytes);
    CHECK(timed_out(s, result) && in_time(), "recv_line runs out of time as well");
    begun = tcp_now();
    result = secsock_peek(s, bytes, sizeof bytes);
    CHECK(timed_out(s, result) && in_time(), "so does peek");
    secsock_free(s);
    close(fds[1]);
}

static void test_sending(void)
{
    static char much[16 * 1024 * 1024];
    int fds[2];
    tcp_pair(fds);
    secsock *s = client_on(fds[0], SECSOCK_TIMEOUT_WRITE);
    int sent = secsock_send(s, much, sizeof much);
    CHECK(sent > 0 && (size_t)sent < sizeof much && in_time(),
          "a peer that reads nothing makes send give back what it got rid of");
    begun = tcp_now();
    int result = secsock_send(s, much, sizeof much);
    CHECK(timed_out(s, result) && in_time() && secsock_get_state(s) == SECSOCK_STATE_PLAIN &&
              secsock_bytes(s, SECSOCK_BYTES_SENT) == (uint64_t)sent,
          "then it runs out of time");
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
    *ends = (struct ends){ client_on(fds[0], SECSOCK_TIMEOUT_ALL), secsock_new(server_config), 0 };
    secsock_attach(ends->server, fds[1], SECSOCK_SERVER);
    pthread_t thread = tcp_thread(upgrade_server, ends);
    int result = secsock_upgrade(ends->client, NULL);
    pthread_join(thread, NULL);
    CHECK(result == SECSOCK_OK && ends->server_result == SECSOCK_OK, "both ends are SECURE");
}

static void test_secure(void)
{
    static char much[16 * 1024 * 1024], back[65536];
    struct ends ends;
    size_t got = 0;
    open_secure(&ends);
    begun = tcp_now();
    int result = secsock_recv(ends.client, back, sizeof back);
    CHECK(timed_out(ends.client, result) && in_time() &&
              secsock_get_state(ends.client) == SECSOCK_STATE_SECURE,
          "recv runs out of time in SECURE, which it stays");
    for (size_t i = 0; i < sizeof much; i++)
        much[i] = (char)(i * 7 >> 8);
    begun = tcp_now();
    int sent = secsock_send(ends.client, much, sizeof much);
    CHECK(sent > 0 && (size_t)sent < sizeof much && in_time(),
          "send gives back what it got rid of");
    result = secsock_send(ends.client, much + sent, sizeof much - (size_t)sent);
    CHECK(timed_out(ends.client, result), "and runs out of time");
    bool same = true;
    secsock_set_timeout(ends.server, SECSOCK_TIMEOUT_READ, SHORT);
    while (got < (size_t)sent && (result = secsock_recv(ends.server, back, sizeof back)) > 0) {
        same = same && memcmp(back, much + got, (size_t)result) == 0;
        got += (size_t)result;
    }
    int more = secsock_send(ends.client, much + sent, 1000000);
    while (more > 0 && got < (size_t)(sent + more) &&
           (result = secsock_recv(ends.server, back, sizeof back)) > 0) {
        same = same && memcmp(back, much + got, (size_t)result) == 0;
        got += (size_t)result;
    }
    CHECK(same && more > 0 && got == (size_t)(sent + more),
          "nothing is lost of what was sent before and after, and nothing sent twice");
    secsock_free(ends.client);
    secsock_free(ends.server);
}

/* A record that drips in is waited for no longer than the deadline, and then completed. */
static void test_dripping_record(void)
{
    char wire[256], bytes[64];
    int fds[2];
    struct pair pair;
    pair_open(&pair, client_config, server_config);
    tcp_pair(fds);
    secsock *s = client_on(fds[0], SECSOCK_TIMEOUT_READ);
    secsock_set_timeout(s, SECSOCK_TIMEOUT_HANDSHAKE, 0);
    while (secsock_get_state(s) != SECSOCK_STATE_SECURE) {
        secsock_upgrade(s, NULL);
        ssize_t n = recv(fds[1], wire, sizeof wire, MSG_DONTWAIT);
        if (n > 0)
            secsock_feed(pair.server, wire, (size_t)n);
        if (secsock_get_state(pair.server) != SECSOCK_STATE_SECURE)
            secsock_upgrade(pair.server, NULL);
        int out = secsock_drain(pair.server, wire, sizeof wire);
        if (out > 0 && send(fds[1], wire, (size_t)out, MSG_NOSIGNAL) != out)
            break;
    }
    ssize_t last = recv(fds[1], wire, sizeof wire, 0);
    secsock_feed(pair.server, wire, (size_t)last);
    pair.server_result = secsock_upgrade(pair.server, NULL);
    while (secsock_drain(pair.server, wire, sizeof wire) > 0)
        continue;
    pair_close(&pair);
    secsock_recv(s, bytes, sizeof bytes);
    secsock_free(s);
    close(fds[1]);
}

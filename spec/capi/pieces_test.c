/* Records come whole, in pieces, several at once and between answers of TLS, and are read by all
 * that reads, in any amounts: every byte is read, once, in order. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "engine_internal.h"
#include "pair.h"
#include "settings.h"
#include "sock.h"

enum { AMOUNT = 1 << 20, LARGEST = 5000 };

static uint8_t stream[AMOUNT];

/* Where the sender and the reader are in it. */
struct course {
    struct pair pair;
    size_t sent, got;
    unsigned random;
};

/* Up to `most`, from 1. */
static size_t pick(struct course *course, size_t most)
{
    course->random = course->random * 1103515245 + 12345;
    return 1 + (course->random >> 8) % most;
}

/* Some records, and now and then a change of keys that the other end has to answer (RFC 8446,
 * section 4.6.3). */
static bool send_some(struct course *course)
{
    for (size_t records = pick(course, 4); records > 0 && course->sent < AMOUNT; records--) {
        bool renews =
            pick(course, 8) == 1 && secsock_tls_version(course->pair.server) == SECSOCK_TLS_1_3;
        if (renews && wolfSSL_update_keys(course->pair.server->engine.ssl) != WOLFSSL_SUCCESS)
            return false;
        size_t left = AMOUNT - course->sent,
               len = pick(course, pick(course, 4) == 1 ? LARGEST : 80);
        len = len < left ? len : left;
        if (secsock_send(course->pair.server, stream + course->sent, len) != (int)len)
            return false;
        course->sent += len;
    }
    return true;
}

static bool is_next(const struct course *course, const void *bytes, int n)
{
    return n > 0 && (size_t)n <= course->sent - course->got &&
           memcmp(stream + course->got, bytes, (size_t)n) == 0;
}

/* Reads by one of the three calls until there is nothing more; what is peeked at stays. */
static bool read_what_came(struct course *course)
{
    static uint8_t bytes[LARGEST];
    for (;;) {
        size_t call = pick(course, 4), size = pick(course, pick(course, 2) == 1 ? 64 : LARGEST);
        secsock *client = course->pair.client;
        int n = call == 1   ? secsock_peek(client, bytes, size)
                : call == 2 ? secsock_recv_line(client, bytes, size)
                            : secsock_recv(client, bytes, size);
        if (n == SECSOCK_WANT_READ)
            return true;
        if (!is_next(course, bytes, n))
            return false;
        course->got += call == 1 ? 0 : (size_t)n;
    }
}

/* The sender's bytes reach the reader in pieces of up to `most`. */
static bool deliver(struct course *course, size_t most)
{
    while (secsock_drainable(course->pair.server) > 0) {
        uint8_t bytes[LARGEST];
        int n = secsock_drain(course->pair.server, bytes, pick(course, most));
        if (secsock_feed(course->pair.client, bytes, (size_t)n) != n || !read_what_came(course))
            return false;
    }
    return course->got == course->sent;
}

static bool run(struct course *course, size_t most)
{
    while (course->sent < AMOUNT) {
        if (!send_some(course) || !deliver(course, most))
            return false;
        /* The reader's answers; the sender reads them as it sends. */
        pair_move(course->pair.client, course->pair.server, AMOUNT);
        if (pair_hears(course->pair.client, course->pair.server) != SECSOCK_WANT_READ)
            return false;
    }
    return true;
}

static void test_pieces(int version, size_t most)
{
    secsock_config *client = settings_config(&(struct settings){ .version = version });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    struct course course = { .random = (unsigned)most };
    bool connected = pair_connect(&course.pair, client, server);
    if (!CHECK(connected && run(&course, most), "TLS %x in pieces of up to %zu bytes", version,
               most))
        pair_explain(&course.pair);
    pair_close(&course.pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

int main(void)
{
    static const size_t pieces[] = { 3, 100, 1000, LARGEST };
    bytes_fill(stream, sizeof(stream), 1);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        test_pieces(TLS13, pieces[i]);
        test_pieces(TLS12, pieces[i]);
    }
    return check_done();
}

/* Records come whole, in pieces, several at once and between messages of TLS, with padding or
 * without data, and are read by all that reads, in any amounts: every byte is read, once, in
 * order. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "engine_internal.h"
#include "memory.h"
#include "pair.h"
#include "settings.h"
#include "sock.h"

enum { AMOUNT = 1 << 20, LARGEST = 17000 };

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

/* Of what is still to be sent: so much of `most`. */
static size_t pick_data(struct course *course, size_t most)
{
    size_t left = AMOUNT - course->sent, len = pick(course, most);
    return len < left ? len : left;
}

/* ------------------------------------------------------------------- what secsock never sends */

/* wolfSSL's own: makes a record of anything. */
extern int BuildMessage(WOLFSSL *ssl, unsigned char *record, int size, const unsigned char *content,
                        int len, int type, int hashed, int only_size, int may_wait, int order);

static bool put_record(struct course *course, int type, const void *content, size_t len)
{
    uint8_t record[LARGEST];
    secsock *server = course->pair.server;
    int n = BuildMessage(server->engine.ssl, record, sizeof record, content, (int)len, type, 0, 0,
                         0, 0);
    return n > 0 && transport_send(&server->transport, record, (size_t)n) == n;
}

/* RFC 8446, section 5.1, and RFC 5246, section 6.2.1, allow records without data. */
static bool put_nothing(struct course *course)
{
    return put_record(course, RECORD_APPLICATION_DATA, "", 0);
}

/* RFC 8446, section 5.2: behind data and type there are zeros. BuildMessage() puts the last. */
static bool put_padded(struct course *course)
{
    uint8_t content[2000] = { 0 };
    size_t len = pick_data(course, 80);
    memcpy(content, stream + course->sent, len);
    content[len] = RECORD_APPLICATION_DATA;
    course->sent += len;
    return put_record(course, 0, content, len + pick(course, sizeof content - len));
}

/* Two tickets in one record (RFC 8446, sections 4.6.1 and 5.1). */
static bool put_tickets(struct course *course)
{
    static const uint8_t ticket[] = { 4, 0, 0, 18, 0, 0, 1, 0, 0, 0, 0,
                                      0, 1, 9, 0,  4, 1, 2, 3, 4, 0, 0 };
    uint8_t both[2 * sizeof ticket];
    memcpy(both, ticket, sizeof ticket);
    memcpy(both + sizeof ticket, ticket, sizeof ticket);
    return put_record(course, RECORD_HANDSHAKE, both, sizeof both);
}

/* The other end has to answer (RFC 8446, section 4.6.3). */
static bool renew_keys(struct course *course)
{
    return wolfSSL_update_keys(course->pair.server->engine.ssl) == WOLFSSL_SUCCESS;
}

static bool put_something_else(struct course *course)
{
    static bool (*const kinds[])(struct course *) = { put_nothing, put_padded, put_tickets,
                                                      renew_keys };
    bool any = secsock_tls_version(course->pair.server) == SECSOCK_TLS_1_3;
    return kinds[any ? pick(course, sizeof kinds / sizeof *kinds) - 1 : 0](course);
}

/* ------------------------------------------------------------------------------ the two ends */

/* Some records, and now and then one of another kind. */
static bool send_some(struct course *course)
{
    for (size_t records = pick(course, 4); records > 0 && course->sent < AMOUNT; records--) {
        if (pick(course, 4) == 1 && !put_something_else(course))
            return false;
        size_t len = pick_data(course, pick(course, 4) == 1 ? LARGEST : 80);
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

/* A record behind others, of which some allocation fails; false when there are not so many. It is
 * read all the same, or tells why not. */
static bool read_short(struct pair *pair, unsigned long n, unsigned *wrong)
{
    uint8_t bytes[1000];
    bool sent = pair_talks(pair) && secsock_send(pair->server, stream, sizeof bytes) == 1000 &&
                pair_move(pair->server, pair->client, LARGEST) > sizeof bytes;
    memory_fail(n);
    int got = secsock_recv(pair->client, bytes, sizeof bytes);
    bool failed = memory_failed();
    memory_fail(0);
    bool told = failed && got == SECSOCK_E_MEMORY &&
                secsock_get_state(pair->client) == SECSOCK_STATE_FAILED;
    *wrong += !sent || (!told && (got != 1000 || memcmp(bytes, stream, sizeof bytes) != 0));
    return failed;
}

static void test_shortage(void)
{
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    unsigned wrong = 0;
    unsigned long n = 0;
    for (bool failed = true; failed; n += failed) {
        struct pair pair;
        pair_connect(&pair, client, server);
        failed = read_short(&pair, n + 1, &wrong);
        pair_close(&pair);
    }
    CHECK(n > 0 && wrong == 0, "whichever of %lu allocations fails as a record is read", n);
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
    test_shortage();
    return check_done();
}

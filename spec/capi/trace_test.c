/* The trace hook: what it is told of, in which order, and that nobody is told who has not asked. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "memory.h"
#include "pair.h"
#include "settings.h"
#include "tcp.h"

enum { MOST = 65536 };

/* What one end tells: events, and the bytes of both directions. */
struct story {
    size_t count, received, sent;
    int events[256], states[256];
    bool told_nothing;  /* bytes without any, or other events with some */
    const void *socket; /* whose it is, if all were of one */
    bool mixed;
    unsigned char in[MOST], out[MOST];
};

static void note_bytes(unsigned char *to, size_t *count, const void *data, size_t len)
{
    if (*count + len <= MOST)
        memcpy(to + *count, data, len);
    *count += len;
}

static void note(secsock *s, int event, const void *data, size_t len, void *arg)
{
    struct story *story = arg;
    bool bytes = event == SECSOCK_TRACE_RECEIVED || event == SECSOCK_TRACE_SENT;
    if (bytes != (len > 0))
        story->told_nothing = true;
    if (event == SECSOCK_TRACE_RECEIVED)
        note_bytes(story->in, &story->received, data, len);
    if (event == SECSOCK_TRACE_SENT)
        note_bytes(story->out, &story->sent, data, len);
    story->mixed = story->mixed || (story->socket && story->socket != s);
    story->socket = s;
    if (bytes || story->count == sizeof(story->events) / sizeof(*story->events))
        return;
    story->states[story->count] = secsock_get_state(s);
    story->events[story->count++] = event;
}

/* Whether the events that have no bytes were these: states, or (negative) other events. */
static bool went(const struct story *story, const int *steps, size_t count)
{
    bool right = story->count == count && !story->told_nothing;
    for (size_t i = 0; right && i < count; i++)
        right = steps[i] < 0
                    ? story->events[i] == -steps[i]
                    : story->events[i] == SECSOCK_TRACE_STATE && story->states[i] == steps[i];
    return right;
}

#define WENT(story, ...) \
    went(story, (const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

enum {
    PLAIN = SECSOCK_STATE_PLAIN,
    UPGRADING = SECSOCK_STATE_UPGRADING,
    SECURE = SECSOCK_STATE_SECURE,
    CLOSED = SECSOCK_STATE_CLOSED,
    FAILED = SECSOCK_STATE_FAILED,
    VERDICT = -SECSOCK_TRACE_VERDICT,
    ENDED = -SECSOCK_TRACE_ENDED,
    PEER_ENDED = -SECSOCK_TRACE_PEER_ENDED,
    BROKEN = -SECSOCK_TRACE_BROKEN
};

static struct story mine, theirs;

static void open_traced(struct pair *pair, secsock_config *client, secsock_config *server)
{
    memset(&mine, 0, sizeof(mine));
    memset(&theirs, 0, sizeof(theirs));
    pair_open(pair, client, server);
    secsock_set_trace_hook(pair->client, note, &mine);
    secsock_set_trace_hook(pair->server, note, &theirs);
}

static bool same_bytes(void)
{
    return mine.sent == theirs.received && theirs.sent == mine.received && mine.sent <= MOST &&
           mine.received <= MOST && memcmp(mine.out, theirs.in, mine.sent) == 0 &&
           memcmp(mine.in, theirs.out, mine.received) == 0;
}

static void test_version(int version, const char *name)
{
    secsock_config *client = settings_config(&(struct settings){ .version = version });
    secsock_config *server =
        settings_config(&(struct settings){ .version = version, .identity = "server" });
    for (int turn = 0; turn < 2; turn++) {
        const char *how = turn ? "resumed" : "in full";
        struct pair pair;
        open_traced(&pair, client, server);
        CHECK(pair_says(pair.client, pair.server, "EHLO\r\n") && mine.sent == 6 &&
                  memcmp(mine.out, "EHLO\r\n", 6) == 0,
              "what is said in the clear is told, %s, %s", name, how);
        pair_upgrade(&pair, "mail.example");
        CHECK(pair_talks(&pair) && secsock_tls_resumed(pair.client) == turn, "and %s connects, %s",
              name, how);
        secsock_close(pair.client);
        pair_move(pair.client, pair.server, MOST);
        CHECK(same_bytes(), "what one end sends is what the other receives");
        CHECK(WENT(&mine, UPGRADING, VERDICT, SECURE, CLOSED), "a client tells its steps");
        CHECK(WENT(&theirs, UPGRADING, VERDICT, SECURE), "a server tells its steps");
        pair_close(&pair);
        CHECK(WENT(&theirs, UPGRADING, VERDICT, SECURE, CLOSED), "and that it is freed");
    }
    secsock_config_free(client);
    secsock_config_free(server);
}

static void tells_of_failures(void)
{
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    struct pair pair;
    open_traced(&pair, client, server);
    pair_upgrade(&pair, "other.example");
    CHECK(WENT(&mine, UPGRADING, VERDICT, FAILED), "a client that refuses its peer fails");
    CHECK(WENT(&theirs, UPGRADING, VERDICT, FAILED), "and so does the peer, once");
    pair_close(&pair);

    open_traced(&pair, client, server);
    secsock_shutdown(pair.client);
    secsock_feed(pair.server, NULL, 0);
    CHECK(WENT(&mine, ENDED) && WENT(&theirs, PEER_ENDED), "both tell of an end in the clear");
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

static int breaks_off(void *data, size_t len, void *arg)
{
    (void)data, (void)len, (void)arg;
    return SECSOCK_E_RESET;
}

static int takes(const void *data, size_t len, void *arg)
{
    (void)data, (void)arg;
    return (int)len;
}

static void tells_of_callbacks(void)
{
    static struct story story;
    char bytes[8];
    secsock *s = secsock_new(NULL);
    secsock_set_trace_hook(s, note, &story);
    secsock_attach_callbacks(s, SECSOCK_CLIENT, breaks_off, takes, NULL);
    secsock_unread(s, "early", 5);
    CHECK(story.received == 5 && memcmp(story.in, "early", 5) == 0,
          "what something else had received is told");
    CHECK(secsock_send(s, "word", 4) == 4 && story.sent == 4, "and what a callback takes");
    CHECK(secsock_recv(s, bytes, sizeof(bytes)) == 5 &&
              secsock_recv(s, bytes, sizeof(bytes)) == SECSOCK_E_RESET,
          "a connection breaks");
    CHECK(WENT(&story, PLAIN, BROKEN, FAILED), "and that is told");
    secsock_free(s);
}

static void is_for_those_who_ask(void)
{
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    struct pair pair;
    open_traced(&pair, client, server);
    secsock_set_trace_hook(pair.client, NULL, NULL);
    pair_upgrade(&pair, "mail.example");
    CHECK(pair_talks(&pair) && mine.count == 0 && mine.sent == 0,
          "a hook that was taken away is told nothing");
    CHECK(secsock_set_trace_hook(pair.client, note, &mine) == SECSOCK_E_STATE,
          "it is too late for one under TLS");
    CHECK(secsock_set_trace_hook(pair.server, NULL, NULL) == SECSOCK_OK,
          "never too late to take it away");
    CHECK(secsock_set_trace_hook(NULL, note, &mine) == SECSOCK_E_ARGUMENT, "there is a socket");
    size_t count = theirs.count;
    pair_close(&pair);
    CHECK(theirs.count == count, "then nothing more is told");
    secsock_config_free(client);
    secsock_config_free(server);
}

static void is_inherited(void)
{
    secsock_config *config = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    int port = 0;
    secsock *listener = tcp_listener(server, &port), *accepted = NULL, *client;
    memset(&mine, 0, sizeof(mine));
    memset(&theirs, 0, sizeof(theirs));
    CHECK(secsock_set_trace_hook(listener, note, &theirs) == SECSOCK_OK, "a listener takes a hook");
    client = secsock_new(config);
    secsock_set_trace_hook(client, note, &mine);
    pthread_t thread = tcp_visit(client, port);
    CHECK(secsock_accept(listener, &accepted) == SECSOCK_OK && theirs.socket == accepted &&
              !theirs.mixed && WENT(&theirs, PLAIN, UPGRADING, VERDICT, SECURE),
          "what it accepts has the hook too");
    secsock_free(accepted);
    pthread_join(thread, NULL);
    CHECK(WENT(&mine, PLAIN, UPGRADING, VERDICT, SECURE, PEER_ENDED) ||
              WENT(&mine, PLAIN, UPGRADING, VERDICT, SECURE),
          "over descriptors all is told, too");
    CHECK(same_bytes(), "and every byte");
    secsock_free(client);
    secsock_free(listener);
    secsock_config_free(config);
    secsock_config_free(server);
}

static void goes_back_to_the_clear(void)
{
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    struct pair pair;
    open_traced(&pair, client, server);
    secsock_allow_downgrade(pair.client, 1);
    secsock_allow_downgrade(pair.server, 1);
    pair_upgrade(&pair, "mail.example");
    secsock_downgrade(pair.client);
    pair_move(pair.client, pair.server, MOST);
    secsock_downgrade(pair.server);
    pair_move(pair.server, pair.client, MOST);
    secsock_downgrade(pair.client);
    CHECK(WENT(&mine, UPGRADING, VERDICT, SECURE, PLAIN) &&
              WENT(&theirs, UPGRADING, VERDICT, SECURE, PLAIN),
          "a downgrade is told");
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

/* A failure of the handshake is one, with the hook or without it, and leaves nothing behind. */
static void survives_shortage(void)
{
    secsock_config *client = settings_config(&(struct settings){ .no_resumption = true });
    secsock_config *server =
        settings_config(&(struct settings){ .identity = "server", .no_resumption = true });
    bool failed = true, well = true, lost = false;
    unsigned long n = 0;
    struct pair first; /* allocates what is allocated once */
    pair_connect(&first, client, server);
    pair_close(&first);
    for (; failed; n += check_stride()) {
        long before = memory_live();
        struct pair pair;
        open_traced(&pair, client, server);
        memory_fail(n + 1);
        pair_upgrade(&pair, "mail.example");
        failed = memory_failed();
        memory_fail(0);
        if (pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK)
            well = well && WENT(&mine, UPGRADING, VERDICT, SECURE) && same_bytes();
        pair_close(&pair);
        lost = lost || memory_live() != before;
    }
    CHECK(well && n > 20, "%lu allocations fail in turn, and all that succeeds is told", n);
    CHECK(!lost, "nothing is lost");
    secsock_config_free(client);
    secsock_config_free(server);
}

int main(void)
{
    test_version(TLS12, "TLS 1.2");
    test_version(TLS13, "TLS 1.3");
    tells_of_failures();
    tells_of_callbacks();
    is_for_those_who_ask();
    is_inherited();
    goes_back_to_the_clear();
    survives_shortage();
    return check_done();
}

/* The key log hook: which lines, when, and that nobody is told who has not asked. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "keylog.h"
#include "memory.h"
#include "pair.h"
#include "settings.h"
#include "tcp.h"

enum { LINES = 16 };

struct log {
    size_t count;
    char lines[LINES][KEYLOG_LINE];
};

static void note(secsock *s, const char *line, void *arg)
{
    struct log *log = arg;
    (void)s;
    if (log->count < LINES)
        snprintf(log->lines[log->count++], KEYLOG_LINE, "%s", line);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* What a line says, in one way only: "LABEL", 32 bytes and `secret` bytes in hex. */
static bool is_line(const char *line, const char *label, size_t secret)
{
    size_t len = strlen(label), at = len + 1;
    return strncmp(line, label, len) == 0 && line[len] == ' ' &&
           strspn(line + at, "0123456789abcdef") == 64 && line[at + 64] == ' ' &&
           strspn(line + at + 65, "0123456789abcdef") == 2 * secret &&
           line[at + 65 + 2 * secret] == '\0';
}

static bool is_1_2(const struct log *log)
{
    return log->count == 1 && is_line(log->lines[0], "CLIENT_RANDOM", 48);
}

static bool is_1_3(struct log *log, size_t secret)
{
    static const char *const labels[] = {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "EXPORTER_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0",
    };
    bool right = log->count == 5;
    qsort(log->lines, log->count, KEYLOG_LINE, compare);
    for (size_t i = 0; right && i < 5; i++)
        right = is_line(log->lines[i], labels[i], secret);
    return right;
}

static bool same(const struct log *a, const struct log *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++)
        equal = strcmp(a->lines[i], b->lines[i]) == 0;
    return equal;
}

static void writes_lines(void)
{
    uint8_t random[KEYLOG_RANDOM] = { 0x01, 0xAB }, secret[64] = { 0xFF };
    char line[KEYLOG_LINE];
    keylog_line(line, "LABEL", random, secret, 2);
    CHECK(strncmp(line, "LABEL 01ab0000", 14) == 0 && strcmp(line + 70, " ff00") == 0,
          "a line has a label, the random and the secret");
    keylog_line(line, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", random, secret, sizeof secret);
    CHECK(is_line(line, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", KEYLOG_SECRET_MOST),
          "a secret that is too long is cut off");
}

static void test_version(const struct settings *how, size_t secret)
{
    struct settings for_server = *how;
    for_server.identity = "server";
    for_server.groups = how->groups ? "P-256" : NULL;
    secsock_config *client = settings_config(how), *server = settings_config(&for_server);
    const char *name = how->version == TLS12 ? "TLS 1.2" : "TLS 1.3";
    for (int turn = 0; turn < 2; turn++) {
        struct log mine = { 0 }, theirs = { 0 };
        struct pair pair;
        pair_open(&pair, client, server);
        secsock_set_keylog_hook(pair.client, note, &mine);
        secsock_set_keylog_hook(pair.server, note, &theirs);
        pair_upgrade(&pair, "mail.example");
        CHECK(pair_talks(&pair) && secsock_tls_resumed(pair.client) == turn, "%s connects, %s",
              name, turn ? "resuming" : "for the first time");
        CHECK(how->version == TLS12 ? is_1_2(&mine) : is_1_3(&mine, secret),
              "a client of %s tells all its secrets once", name);
        CHECK(how->version == TLS12 ? is_1_2(&theirs) : is_1_3(&theirs, secret),
              "a server of %s does", name);
        CHECK(same(&mine, &theirs), "and both tell the same");
        pair_close(&pair);
    }
    secsock_config_free(client);
    secsock_config_free(server);
}

static void is_for_those_who_ask(void)
{
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    struct log log = { 0 };
    struct pair pair;
    pair_open(&pair, client, server);
    secsock_set_keylog_hook(pair.client, note, &log);
    secsock_set_keylog_hook(pair.client, NULL, NULL);
    pair_upgrade(&pair, "mail.example");
    CHECK(pair_talks(&pair) && log.count == 0, "a hook that was taken away is told nothing");
    CHECK(secsock_set_keylog_hook(pair.client, note, &log) == SECSOCK_E_STATE,
          "it is too late for one under TLS");
    CHECK(secsock_set_keylog_hook(NULL, note, &log) == SECSOCK_E_ARGUMENT, "there is a socket");
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

static void is_inherited(void)
{
    secsock_config *config = settings_config(&(struct settings){ .version = TLS13 });
    secsock_config *server =
        settings_config(&(struct settings){ .identity = "server", .version = TLS13 });
    struct log log = { 0 };
    int port = 0;
    secsock *listener = tcp_listener(server, &port), *accepted = NULL, *client;
    CHECK(secsock_set_keylog_hook(listener, note, &log) == SECSOCK_OK, "a listener takes a hook");
    client = secsock_new(config);
    pthread_t thread = tcp_visit(client, port);
    CHECK(secsock_accept(listener, &accepted) == SECSOCK_OK && is_1_3(&log, 32),
          "what it accepts has the hook too");
    secsock_free(accepted);
    pthread_join(thread, NULL);
    secsock_free(client);
    secsock_free(listener);
    secsock_config_free(config);
    secsock_config_free(server);
}

/* A failure of the handshake is one, with the hook or without it, and leaves nothing behind. */
static void survives_shortage(int version)
{
    secsock_config *client =
        settings_config(&(struct settings){ .version = version, .no_resumption = true });
    secsock_config *server = settings_config(
        &(struct settings){ .version = version, .identity = "server", .no_resumption = true });
    bool failed = true, well = true, lost = false;
    unsigned long n = 0;
    struct pair first; /* allocates what is allocated once */
    pair_connect(&first, client, server);
    pair_close(&first);
    for (; failed; n += check_stride()) {
        long before = memory_live();
        struct log log = { 0 };
        struct pair pair;
        pair_open(&pair, client, server);
        secsock_set_keylog_hook(pair.client, note, &log);
        secsock_set_keylog_hook(pair.server, note, &log);
        memory_fail(n + 1);
        pair_upgrade(&pair, "mail.example");
        failed = memory_failed();
        memory_fail(0);
        bool secure = pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK;
        well = well && (!secure || log.count == (version == TLS12 ? 2 : 10));
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
    writes_lines();
    test_version(&(struct settings){ .version = TLS12 }, 48);
    test_version(&(struct settings){ .version = TLS13, .ciphers = "TLS_AES_128_GCM_SHA256" }, 32);
    test_version(&(struct settings){ .version = TLS13, .ciphers = "TLS_AES_256_GCM_SHA384" }, 48);
    /* A second ClientHello has the random of the first. */
    test_version(&(struct settings){ .version = TLS13,
                                     .ciphers = "TLS_AES_128_GCM_SHA256",
                                     .groups = "X25519:P-256" },
                 32);
    is_for_those_who_ask();
    is_inherited();
    survives_shortage(TLS12);
    survives_shortage(TLS13);
    return check_done();
}

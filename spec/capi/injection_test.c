/* Plaintext that somebody put before the handshake is never taken for protected; and a failed
 * upgrade is the end of the connection. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "rig.h"
#include "settings.h"

static const char greeting[] = "220 ready\r\n";
static const char injected[] = "250 you are the administrator\r\n";

static secsock_config *client_config, *server_config;

static struct rig rig;

/* ------------------------------------------------------------------------------- what remains */

/* Every call that could move a byte says the same. */
static bool is_dead(secsock *s, int error)
{
    char bytes[64];
    return secsock_get_state(s) == SECSOCK_STATE_FAILED && secsock_upgrade(s, NULL) == error &&
           secsock_recv(s, bytes, sizeof bytes) == error &&
           secsock_recv_line(s, bytes, sizeof bytes) == error &&
           secsock_peek(s, bytes, sizeof bytes) == error && secsock_send(s, "x", 1) == error &&
           secsock_shutdown(s) == error && secsock_downgrade(s) == error &&
           secsock_unread(s, "x", 1) == error && secsock_pending(s) == 0 &&
           secsock_last_error(s)->code == error && secsock_last_error(s)->message[0] != '\0';
}

static bool says_nothing(void)
{
    char bytes[64];
    return rig_take(&rig, bytes, sizeof bytes) == 0;
}

static void explain(void)
{
    const secsock_error *error = secsock_last_error(rig.s);
    printf("# %s: %s\n", secsock_result_name(error->code), error->message);
}

/* ------------------------------------------------------------------------------------ clients */

enum segments {
    TOGETHER,     /* greeting and injection arrive in one piece */
    APART,        /* one after the other */
    AFTERWARDS,   /* the injection comes when the greeting was read */
    PEEKED,       /* the program has looked at it */
    GIVEN_BACK,   /* the program had read it by other means */
    BYTE_BY_BYTE, /* each byte by itself */
    WITH_THE_END, /* and then the peer closed */
    LIKE_TLS,     /* what is injected begins like a handshake */
    SEGMENT_KINDS
};

static const char *const segment_names[] = {
    "in one segment",  "in two segments", "after the greeting was read", "that was peeked at",
    "that was unread", "byte by byte",    "before the peer closed",      "that looks like TLS",
};

static void greet(void)
{
    char line[64];
    int n = secsock_recv_line(rig.s, line, sizeof line);
    CHECK(n == (int)strlen(greeting) && memcmp(line, greeting, (size_t)n) == 0,
          "the greeting is read, and no byte beyond it");
}

static void put_byte_by_byte(const char *text)
{
    for (; *text; text++)
        rig_put(&rig, text, 1);
}

static void inject(enum segments how)
{
    char both[128], look[8];
    snprintf(both, sizeof both, "%s%s", greeting, injected);
    if (how == TOGETHER || how == PEEKED || how == WITH_THE_END)
        rig_put(&rig, both, strlen(both));
    else if (how == BYTE_BY_BYTE)
        put_byte_by_byte(both);
    else
        rig_put(&rig, greeting, strlen(greeting));
    if (how == APART)
        rig_put(&rig, injected, strlen(injected));
    if (how == WITH_THE_END)
        rig_end(&rig);
    greet();
    if (how == AFTERWARDS)
        rig_put(&rig, injected, strlen(injected));
    if (how == GIVEN_BACK)
        secsock_unread(rig.s, injected, strlen(injected));
    if (how == PEEKED)
        CHECK(secsock_peek(rig.s, look, 3) == 3, "the injection can be seen in the clear");
    if (how == LIKE_TLS)
        rig_put(&rig, "\x16\x03\x03\x00\x31\x02", 6);
}

static void test_clients(void)
{
    for (int kind = 0; kind < RIG_KINDS; kind++)
        for (int how = 0; how < SEGMENT_KINDS; how++) {
            rig_open(&rig, (enum rig_kind)kind, SECSOCK_CLIENT, client_config);
            inject((enum segments)how);
            int result = secsock_upgrade(rig.s, "mail.example");
            if (!CHECK(result == SECSOCK_E_INJECTED && is_dead(rig.s, SECSOCK_E_INJECTED) &&
                           says_nothing(),
                       "a client over %s refuses plaintext %s", rig_names[kind],
                       segment_names[how]))
                explain();
            rig_close(&rig);
        }
}

/* What was read before the upgrade is gone and does no harm; what was sent is out before TLS. */
static void test_order(void)
{
    for (int kind = 0; kind < RIG_KINDS; kind++) {
        char wire[4096];
        rig_open(&rig, (enum rig_kind)kind, SECSOCK_CLIENT, client_config);
        rig_put(&rig, greeting, strlen(greeting));
        greet();
        secsock_send(rig.s, "STARTTLS\r\n", 10);
        int result = secsock_upgrade(rig.s, "mail.example");
        size_t len = rig_take(&rig, wire, sizeof wire);
        CHECK(result == SECSOCK_WANT_READ && len > 16 &&
                  memcmp(wire, "STARTTLS\r\n\x16\x03", 12) == 0,
              "over %s the plaintext leaves first, then the ClientHello", rig_names[kind]);
        rig_close(&rig);
    }
}

/* ------------------------------------------------------------------------------------ servers */

static const char command[] = "STARTTLS\r\n";
static const char pipelined[] = "MAIL FROM:<mallory@example>\r\n";

static void command_server(enum segments how)
{
    char both[128], line[64];
    snprintf(both, sizeof both, "%s%s", command, pipelined);
    if (how == BYTE_BY_BYTE)
        put_byte_by_byte(both);
    else
        rig_put(&rig, both, how == AFTERWARDS ? strlen(command) : strlen(both));
    if (how == WITH_THE_END)
        rig_end(&rig);
    int n = secsock_recv_line(rig.s, line, sizeof line);
    CHECK(n == (int)strlen(command), "the command is read, and no byte beyond it");
    if (how == AFTERWARDS)
        rig_put(&rig, pipelined, strlen(pipelined));
}

static void test_servers(void)
{
    static const enum segments ways[] = { TOGETHER, AFTERWARDS, BYTE_BY_BYTE, WITH_THE_END };
    for (int kind = 0; kind < RIG_KINDS; kind++)
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            rig_open(&rig, (enum rig_kind)kind, SECSOCK_SERVER, server_config);
            command_server(ways[i]);
            int result = secsock_upgrade(rig.s, NULL);
            if (!CHECK(result == SECSOCK_E_INJECTED && is_dead(rig.s, SECSOCK_E_INJECTED),
                       "a server over %s refuses commands behind STARTTLS %s", rig_names[kind],
                       segment_names[ways[i]]))
                explain();
            rig_close(&rig);
        }
}

/* A client that does not wait for the answer is in its right as far as TLS goes. */
static void test_pipelined_hello(bool byte_by_byte)
{
    for (int kind = 0; kind < RIG_KINDS; kind++) {
        char wire[8192], line[64];
        int mine, theirs;
        secsock *client = secsock_new(client_config);
        secsock_attach_memory(client, SECSOCK_CLIENT);
        rig_open(&rig, (enum rig_kind)kind, SECSOCK_SERVER, server_config);
        secsock_send(client, command, strlen(command));
        secsock_upgrade(client, "mail.example");
        size_t len = (size_t)secsock_drain(client, wire, sizeof wire);
        size_t singly = byte_by_byte ? 100 : 0;
        for (size_t i = 0; i < singly; i++)
            rig_put(&rig, wire + i, 1);
        rig_put(&rig, wire + singly, len - singly);
        int n = secsock_recv_line(rig.s, line, sizeof line);
        rig_upgrade(&rig, client, NULL, &mine, &theirs);
        secsock_send(client, "EHLO\r\n", 6);
        rig_exchange(&rig, client);
        CHECK(n == (int)strlen(command) && mine == SECSOCK_OK && theirs == SECSOCK_OK &&
                  secsock_recv(rig.s, line, sizeof line) == 6 && memcmp(line, "EHLO\r\n", 6) == 0,
              "over %s a ClientHello right behind STARTTLS%s is used", rig_names[kind],
              byte_by_byte ? ", byte by byte," : "");
        secsock_free(client);
        rig_close(&rig);
    }
}

/* --------------------------------------------------- data, then the end, then the handshake */

/* CVE-2023-40217: the connection is closed, so there is nobody to shake hands with, and the data
 * must not be read as if there had been. */
static void check_closed_early(enum rig_kind kind, secsock_role role, const char *data, int want)
{
    char line[64];
    rig_open(&rig, kind, role, role == SECSOCK_CLIENT ? client_config : server_config);
    rig_put(&rig, greeting, strlen(greeting));
    secsock_recv_line(rig.s, line, sizeof line);
    rig_put(&rig, data, strlen(data));
    rig_end(&rig);
    int result = secsock_upgrade(rig.s, role == SECSOCK_CLIENT ? "mail.example" : NULL);
    if (!CHECK(result == want && is_dead(rig.s, want),
               "a %s over %s whose peer %s and closes cannot upgrade",
               role == SECSOCK_CLIENT ? "client" : "server", rig_names[kind],
               *data ? "says something" : "says nothing"))
        explain();
    rig_close(&rig);
}

static void test_closed_early(void)
{
    for (int i = 0; i < RIG_KINDS; i++) {
        enum rig_kind kind = (enum rig_kind)i;
        const char *data = "DELETE / HTTP/1.1\r\n";
        check_closed_early(kind, SECSOCK_CLIENT, data, SECSOCK_E_INJECTED);
        check_closed_early(kind, SECSOCK_SERVER, data, SECSOCK_E_INJECTED);
        check_closed_early(kind, SECSOCK_CLIENT, "", SECSOCK_E_CLOSED);
        check_closed_early(kind, SECSOCK_SERVER, "", SECSOCK_E_TRUNCATED);
    }
}

/* ---------------------------------------------------------------------- during the handshake */

static void test_plaintext_instead_of_a_server_hello(void)
{
    for (int kind = 0; kind < RIG_KINDS; kind++) {
        rig_open(&rig, (enum rig_kind)kind, SECSOCK_CLIENT, client_config);
        int begun = secsock_upgrade(rig.s, "mail.example");
        rig_put(&rig, injected, strlen(injected));
        int result = secsock_upgrade(rig.s, NULL);
        if (!CHECK(begun == SECSOCK_WANT_READ && result == SECSOCK_E_NOT_TLS &&
                       is_dead(rig.s, SECSOCK_E_NOT_TLS),
                   "a client over %s refuses plaintext after its ClientHello", rig_names[kind]))
            explain();
        rig_close(&rig);
    }
}

/* The same in the middle of the peer's flight and after the handshake. */
static void test_plaintext_within_tls(void)
{
    char bytes[8192];
    for (int version = TLS12; version <= TLS13; version++) {
        struct pair pair;
        secsock_config *client = settings_config(&(struct settings){ .version = version });
        pair_open(&pair, client, server_config);
        secsock_upgrade(pair.client, "mail.example");
        pair_move(pair.client, pair.server, 4096);
        secsock_upgrade(pair.server, NULL);
        int len = secsock_drain(pair.server, bytes, sizeof bytes);
        secsock_feed(pair.client, bytes, 5 + ((size_t)(bytes[3] & 0xFF) << 8 | (bytes[4] & 0xFF)));
        secsock_feed(pair.client, injected, strlen(injected));
        int result = secsock_upgrade(pair.client, NULL);
        CHECK(len > 0 && result == SECSOCK_E_PROTOCOL && is_dead(pair.client, result),
              "TLS 1.%d: plaintext between two records is the end", version - TLS12 + 2);
        pair_close(&pair);
        pair_connect(&pair, client, server_config);
        secsock_feed(pair.client, injected, strlen(injected));
        result = secsock_recv(pair.client, bytes, sizeof bytes);
        CHECK(result == SECSOCK_E_PROTOCOL && is_dead(pair.client, result),
              "TLS 1.%d: plaintext after the handshake is the end", version - TLS12 + 2);
        pair_close(&pair);
        secsock_config_free(client);
    }
}

int main(void)
{
    client_config = settings_config(&(struct settings){ 0 });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    test_clients();
    test_order();
    test_servers();
    test_pipelined_hello(false);
    test_pipelined_hello(true);
    test_closed_early();
    test_plaintext_instead_of_a_server_hello();
    test_plaintext_within_tls();
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    return check_done();
}

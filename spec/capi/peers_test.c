/* Peers that speak something else, or TLS that is too old or broken; and alerts of every number. */
#include <string.h>

#include "check.h"
#include "rig.h"
#include "settings.h"

enum {
    NONE = -1,
    UNEXPECTED_MESSAGE = 10,
    RECORD_OVERFLOW = 22,
    HANDSHAKE_FAILURE = 40,
    ILLEGAL_PARAMETER = 47,
    DECODE_ERROR = 50,
    PROTOCOL_VERSION = 70
};

static secsock_config *client_config, *server_config;

/* ------------------------------------------------------------------------------ first words */

/* What a peer says first, what comes of it, and the alert that it is answered with. */
struct peer {
    const char *what, *bytes;
    size_t len;
    int result, alert;
};

#define SAYS(what, bytes, result, alert)             \
    {                                                \
        what, bytes, sizeof bytes - 1, result, alert \
    }

#define RANDOM "0123456789abcdef0123456789abcdef"

/* A ClientHello of this record version and version, with no extensions: what follows the random. */
#define OLD_HELLO(record, version) \
    "\x16\x03" record "\x00\x2d\x01\x00\x00\x29\x03" version RANDOM "\x00\x00\x02\xc0\x13\x01\x00"

static const struct peer servers[] = {
    SAYS("an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n", SECSOCK_E_NOT_TLS, NONE),
    SAYS("an SSH server", "SSH-2.0-OpenSSH_9.2\r\n", SECSOCK_E_NOT_TLS, NONE),
    SAYS("an SMTP server", "220 mail.example ESMTP\r\n", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a server that says zeros", "\0\0\0\0\0\0\0\0", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a server of SSL 2.0", "\x80\x0b\x04\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00",
         SECSOCK_E_NOT_TLS, NONE),
    SAYS("a record of an unknown type", "\xff\x03\x03\x00\x01z", SECSOCK_E_NOT_TLS, NONE),
    SAYS("application data", "\x17\x03\x03\x00\x01z", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a change_cipher_spec", "\x14\x03\x03\x00\x01\x01", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a heartbeat", "\x18\x03\x03\x00\x03\x01\x00\x00", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a server of TLS 1.0",
         "\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" RANDOM "\x00\xc0\x13\x00",
         SECSOCK_E_VERSION, PROTOCOL_VERSION),
    SAYS("a server of TLS 1.1",
         "\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02" RANDOM "\x00\xc0\x13\x00",
         SECSOCK_E_VERSION, PROTOCOL_VERSION),
    SAYS("a record that is too large", "\x16\x03\x03\x48\x01zzzzz", SECSOCK_E_PROTOCOL,
         RECORD_OVERFLOW),
    SAYS("a record without content", "\x16\x03\x03\x00\x00", SECSOCK_E_PROTOCOL, RECORD_OVERFLOW),
    SAYS("a message of 16 MB", "\x16\x03\x03\x00\x04\x02\xff\xff\xff", SECSOCK_E_PROTOCOL,
         DECODE_ERROR),
    SAYS("a ClientHello", "\x16\x03\x03\x00\x04\x01\x00\x00\x00", SECSOCK_E_PROTOCOL,
         UNEXPECTED_MESSAGE),
    SAYS("a Finished", "\x16\x03\x03\x00\x04\x14\x00\x00\x00", SECSOCK_E_PROTOCOL,
         UNEXPECTED_MESSAGE),
    SAYS("half an alert", "\x15\x03\x03\x00\x01\x02", SECSOCK_E_PROTOCOL, UNEXPECTED_MESSAGE),
};

static const struct peer clients[] = {
    SAYS("an HTTP client", "GET / HTTP/1.1\r\nHost: mail.example\r\n\r\n", SECSOCK_E_NOT_TLS, NONE),
    SAYS("an SSH client", "SSH-2.0-OpenSSH_9.2\r\n", SECSOCK_E_NOT_TLS, NONE),
    SAYS("an SMTP client", "EHLO client.example\r\n", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a client of SSL 2.0", "\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10zzzzzzzzzzzz" RANDOM,
         SECSOCK_E_NOT_TLS, NONE),
    SAYS("an alert", "\x15\x03\x01\x00\x02\x02\x46", SECSOCK_E_NOT_TLS, NONE),
    SAYS("application data", "\x17\x03\x03\x00\x01z", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a change_cipher_spec", "\x14\x03\x03\x00\x01\x01", SECSOCK_E_NOT_TLS, NONE),
    SAYS("a client of SSL 3.0", OLD_HELLO("\x00", "\x00"), SECSOCK_E_VERSION, PROTOCOL_VERSION),
    SAYS("a client of TLS 1.0", OLD_HELLO("\x01", "\x01"), SECSOCK_E_VERSION, PROTOCOL_VERSION),
    SAYS("a client of TLS 1.1", OLD_HELLO("\x01", "\x02"), SECSOCK_E_VERSION, PROTOCOL_VERSION),
    SAYS("a client of TLS 1.2 with old ciphers only", OLD_HELLO("\x01", "\x03"),
         SECSOCK_E_HANDSHAKE, HANDSHAKE_FAILURE),
    SAYS("a client that insists on compression",
         "\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03" RANDOM "\x00\x00\x02\xc0\x2b\x01\x01",
         SECSOCK_E_PROTOCOL, ILLEGAL_PARAMETER),
    SAYS("a client without ciphers",
         "\x16\x03\x01\x00\x2b\x01\x00\x00\x27\x03\x03" RANDOM "\x00\x00\x00\x01\x00",
         SECSOCK_E_PROTOCOL, DECODE_ERROR),
    SAYS("a ClientHello without content", "\x16\x03\x01\x00\x04\x01\x00\x00\x00",
         SECSOCK_E_PROTOCOL, DECODE_ERROR),
    SAYS("a ServerHello", "\x16\x03\x01\x00\x04\x02\x00\x00\x00", SECSOCK_E_PROTOCOL,
         UNEXPECTED_MESSAGE),
    SAYS("a record that is too large", "\x16\x03\x01\x48\x01zzzzz", SECSOCK_E_PROTOCOL,
         RECORD_OVERFLOW),
    SAYS("a record without content", "\x16\x03\x01\x00\x00", SECSOCK_E_PROTOCOL, RECORD_OVERFLOW),
    SAYS("a message of 16 MB", "\x16\x03\x01\x00\x04\x01\xff\xff\xff", SECSOCK_E_PROTOCOL,
         DECODE_ERROR),
};

static struct rig rig;

static void open_upgrading(enum rig_kind kind, secsock_role role)
{
    char hello[4096];
    rig_open(&rig, kind, role, role == SECSOCK_CLIENT ? client_config : server_config);
    secsock_upgrade(rig.s, role == SECSOCK_CLIENT ? "mail.example" : NULL);
    rig_take(&rig, hello, sizeof hello);
}

/* Whether what went out is this fatal alert in the clear, perhaps twice; or nothing. */
static bool answered_with(int alert)
{
    char wire[64];
    size_t len = rig_take(&rig, wire, sizeof wire);
    return alert == NONE ? len == 0
                         : len >= 7 && wire[0] == 0x15 && wire[5] == 2 && wire[6] == alert;
}

static bool refused(const struct peer *peer)
{
    char byte;
    const secsock_error *error = secsock_last_error(rig.s);
    int result = secsock_upgrade(rig.s, NULL);
    return result == peer->result && error->code == peer->result && error->alert == peer->alert &&
           !error->alert_received && error->message[0] &&
           secsock_get_state(rig.s) == SECSOCK_STATE_FAILED &&
           secsock_recv(rig.s, &byte, 1) == peer->result;
}

static void explain(void)
{
    const secsock_error *error = secsock_last_error(rig.s);
    printf("# %s, alert %d: %s\n", secsock_result_name(error->code), error->alert, error->message);
}

static void check_peer(const struct peer *peer, enum rig_kind kind, secsock_role role)
{
    open_upgrading(kind, role);
    rig_put(&rig, peer->bytes, peer->len);
    int result = secsock_upgrade(rig.s, NULL);
    if (!CHECK(result == peer->result && refused(peer) && answered_with(peer->alert),
               "a %s over %s meets %s: %s", role == SECSOCK_CLIENT ? "client" : "server",
               rig_names[kind], peer->what, secsock_result_name(peer->result)))
        explain();
    rig_close(&rig);
}

/* The same byte by byte, where the end may come before all of it is said. */
static void check_slow_peer(const struct peer *peer, secsock_role role)
{
    int result = SECSOCK_WANT_READ;
    open_upgrading(RIG_MEMORY, role);
    for (size_t i = 0; i < peer->len && result == SECSOCK_WANT_READ; i++) {
        rig_put(&rig, peer->bytes + i, 1);
        result = secsock_upgrade(rig.s, NULL);
    }
    if (!CHECK(result == peer->result && refused(peer), "so it does byte by byte"))
        explain();
    rig_close(&rig);
}

static void test_peers(const struct peer *peers, size_t count, secsock_role role)
{
    for (size_t i = 0; i < count; i++) {
        for (int kind = 0; kind < RIG_KINDS; kind++)
            check_peer(&peers[i], (enum rig_kind)kind, role);
        check_slow_peer(&peers[i], role);
    }
}

/* A first byte alone tells nothing of the version. */
static void test_other_version(void)
{
    static const struct peer peer =
        SAYS("a record of version 4.0", "\x16\x04\x00\x00\x01\x02", SECSOCK_E_NOT_TLS, NONE);
    for (int kind = 0; kind < RIG_KINDS; kind++) {
        check_peer(&peer, (enum rig_kind)kind, SECSOCK_CLIENT);
        check_peer(&peer, (enum rig_kind)kind, SECSOCK_SERVER);
    }
}

/* The error quotes what the peer said, as far as it can be printed. */
static void test_quoted(void)
{
    open_upgrading(RIG_MEMORY, SECSOCK_CLIENT);
    rig_put(&rig, "220 \x1b[31mred\x07\r\nsecond line", 25);
    secsock_upgrade(rig.s, NULL);
    const char *message = secsock_last_error(rig.s)->message;
    CHECK(strstr(message, "220 .[31mred.") && !strchr(message, '\x1b') && !strchr(message, '\n'),
          "what the peer said is quoted, its first line, without control characters");
    rig_close(&rig);
}

/* ------------------------------------------------------------------------------------- alerts */

enum { WARNING = 1, FATAL = 2, CLOSE_NOTIFY = 0 };

static int hear_alert(int level, int number)
{
    const unsigned char record[] = {
        0x15, 0x03, 0x03, 0, 2, (unsigned char)level, (unsigned char)number
    };
    rig_put(&rig, record, sizeof record);
    return secsock_upgrade(rig.s, NULL);
}

static void test_fatal_alerts(void)
{
    for (int number = 0; number < 256; number++) {
        int want = number == CLOSE_NOTIFY ? SECSOCK_E_CLOSED : SECSOCK_E_ALERT;
        open_upgrading(RIG_MEMORY, SECSOCK_CLIENT);
        int result = hear_alert(FATAL, number);
        const secsock_error *error = secsock_last_error(rig.s);
        bool told = number == CLOSE_NOTIFY || (error->alert == number && error->alert_received &&
                                               strstr(error->message, secsock_alert_name(number)));
        if (!CHECK(result == want && told && answered_with(NONE) &&
                       secsock_upgrade(rig.s, NULL) == want,
                   "the fatal alert %d (%s) ends the handshake and is told", number,
                   secsock_alert_name(number)))
            explain();
        rig_close(&rig);
    }
}

/* A warning may be passed over, but never leads anywhere. */
static void test_warnings(void)
{
    for (int number = 0; number < 256; number++) {
        open_upgrading(RIG_MEMORY, SECSOCK_CLIENT);
        int result = hear_alert(WARNING, number);
        if (result == SECSOCK_WANT_READ) {
            rig_end(&rig);
            result = secsock_upgrade(rig.s, NULL);
        }
        if (!CHECK(result < SECSOCK_E_ARGUMENT && secsock_get_state(rig.s) == SECSOCK_STATE_FAILED,
                   "the warning %d (%s) leads nowhere", number, secsock_alert_name(number)))
            explain();
        rig_close(&rig);
    }
}

static void test_floods(void)
{
    enum { FLOOD = 10000 };
    int result = SECSOCK_WANT_READ, count = 0;
    open_upgrading(RIG_MEMORY, SECSOCK_CLIENT);
    while (result == SECSOCK_WANT_READ && count++ < FLOOD)
        result = hear_alert(WARNING, 90);
    CHECK(result == SECSOCK_E_PROTOCOL && count < 100, "a flood of warnings is not endured");
    rig_close(&rig);
}

int main(void)
{
    client_config = settings_config(&(struct settings){ 0 });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    test_peers(servers, sizeof servers / sizeof *servers, SECSOCK_CLIENT);
    test_peers(clients, sizeof clients / sizeof *clients, SECSOCK_SERVER);
    test_other_version();
    test_quoted();
    test_fatal_alerts();
    test_warnings();
    test_floods();
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    return check_done();
}

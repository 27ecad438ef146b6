/* Small sends that leave together: when, in which order, and what becomes of them otherwise. */
#include <string.h>

#include "check.h"
#include "memory.h"
#include "settings.h"
#include "way.h"

enum { RECORD = 16384 };

static struct way there, back;
static struct end client, server;
static const char *mode;

static void open_both(secsock_config *mine, secsock_config *theirs)
{
    there.len = back.len = there.pieces = back.pieces = 0;
    there.broken = back.broken = there.opens = back.opens = false;
    there.room = back.room = SIZE_MAX;
    client = (struct end){ secsock_new(mine), &back, &there };
    server = (struct end){ secsock_new(theirs), &there, &back };
    secsock_attach_callbacks(client.s, SECSOCK_CLIENT, way_receive, way_send, &client);
    secsock_attach_callbacks(server.s, SECSOCK_SERVER, way_receive, way_send, &server);
    secsock_allow_downgrade(client.s, 1);
    secsock_allow_downgrade(server.s, 1);
}

static bool upgrade_both(void)
{
    int mine = SECSOCK_WANT_READ, theirs = SECSOCK_WANT_READ;
    for (int turns = 0; turns < 10 && (mine != SECSOCK_OK || theirs != SECSOCK_OK); turns++) {
        mine = mine == SECSOCK_OK ? mine : secsock_upgrade(client.s, "mail.example");
        theirs = theirs == SECSOCK_OK ? theirs : secsock_upgrade(server.s, NULL);
    }
    return mine == SECSOCK_OK && theirs == SECSOCK_OK;
}

static void close_both(void)
{
    secsock_free(client.s);
    secsock_free(server.s);
}

static bool says(struct end *end, const char *text)
{
    return secsock_send(end->s, text, strlen(text)) == (int)strlen(text);
}

/* Whether this is all that can be received. */
static bool hears(struct end *end, const char *text)
{
    char heard[256];
    size_t len = 0;
    for (int n = 1; n > 0; len += n > 0 ? (size_t)n : 0)
        n = secsock_recv(end->s, heard + len, sizeof heard - len);
    return len == strlen(text) && memcmp(heard, text, len) == 0;
}

static bool failed_with(struct end *end, int result, const char *words)
{
    const secsock_error *error = secsock_last_error(end->s);
    return result == error->code && strstr(error->message, words) != NULL;
}

/* ------------------------------------------------------------- with a connection that is there */

static void test_gathers(void)
{
    unsigned before = there.pieces;
    CHECK(secsock_cork(client.s, 1) == SECSOCK_OK, "%s: it is corked", mode);
    CHECK(says(&client, "one ") && says(&client, "two ") && says(&client, "three") &&
              there.pieces == before && hears(&server, ""),
          "%s: what is sent gathers", mode);
    CHECK(secsock_bytes(client.s, SECSOCK_BYTES_SENT) == 13, "%s: and counts as sent", mode);
    CHECK(secsock_cork(client.s, 1) == SECSOCK_OK && there.pieces == before,
          "%s: corking it again changes nothing", mode);
    CHECK(secsock_cork(client.s, 0) == SECSOCK_OK && there.pieces == before + 1 &&
              hears(&server, "one two three"),
          "%s: uncorked, it leaves in one piece", mode);
    CHECK(says(&client, "four") && there.pieces == before + 2 && hears(&server, "four"),
          "%s: and what is sent then at once", mode);
    CHECK(secsock_cork(client.s, 0) == SECSOCK_OK && there.pieces == before + 2,
          "%s: uncorking what holds nothing sends nothing", mode);
}

/* Pipelined questions are answered in one piece, and nobody waits for what is held back. */
static void test_before_waiting(void)
{
    char byte;
    unsigned before = back.pieces;
    secsock_cork(client.s, 1);
    secsock_cork(server.s, 1);
    says(&client, "ab");
    CHECK(secsock_recv(client.s, &byte, 1) == SECSOCK_WANT_READ,
          "%s: receiving sends, and says what it waits for", mode);
    CHECK(secsock_recv(server.s, &byte, 1) == 1 && byte == 'a' && says(&server, "A") &&
              secsock_recv(server.s, &byte, 1) == 1 && byte == 'b' && says(&server, "B") &&
              back.pieces == before,
          "%s: not where there is something to read", mode);
    CHECK(secsock_peek(server.s, &byte, 1) == SECSOCK_WANT_READ && back.pieces == before + 1 &&
              hears(&client, "AB"),
          "%s: but once there is not, looking ahead included", mode);
}

static void fill(char *bytes, size_t len, size_t place)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)((place + i) * 2654435761u >> 13);
}

/* Sends of many sizes, over a wire that takes little at a time and is read now and then. */
static void test_order(size_t most)
{
    static char data[3 * RECORD], wanted[3 * RECORD];
    size_t sent = 0, received = 0, total = 12 * RECORD + 5;
    bool same = true;
    secsock_cork(client.s, 1);
    for (size_t turn = 0; same && received < total && turn < 1000000; turn++) {
        size_t len = 1 + sent * 31 % (turn % 7 == 0 ? 2 * RECORD : 700);
        len = len < total - sent ? len : total - sent;
        there.room = most;
        fill(data, len, sent);
        int n = len > 0 ? secsock_send(client.s, data, len) : secsock_cork(client.s, 0);
        sent += n > 0 ? (size_t)n : 0;
        n = secsock_recv(server.s, data, sizeof data);
        if (n > 0) {
            fill(wanted, (size_t)n, received);
            same = memcmp(data, wanted, (size_t)n) == 0;
            received += (size_t)n;
        }
    }
    CHECK(same && received == total, "%s, %zu bytes at a time: all arrives, in order", mode, most);
    there.room = SIZE_MAX;
}

static void test_every_order(void)
{
    test_order(SIZE_MAX);
    test_order(20000);
    test_order(100);
}

static void test_full_records(void)
{
    static char data[RECORD];
    unsigned before = there.pieces;
    secsock_cork(client.s, 1);
    for (int i = 0; i < 3 * 256; i++)
        secsock_send(client.s, data, RECORD / 256);
    CHECK(there.pieces == before + 2, "%s: what there is no room for sends what was there", mode);
    secsock_cork(client.s, 0);
    CHECK(there.pieces == before + 3, "%s: a record at a time", mode);
}

static void test_clogged(void)
{
    static char data[3 * RECORD];
    char byte;
    secsock_cork(client.s, 1);
    there.room = 0;
    CHECK(secsock_send(client.s, data, sizeof data) == RECORD &&
              secsock_send(client.s, data, 1) == SECSOCK_WANT_WRITE,
          "%s: over a wire that takes nothing it takes a record and no more", mode);
    CHECK(secsock_recv(client.s, &byte, 1) == SECSOCK_WANT_WRITE &&
              secsock_cork(client.s, 0) == SECSOCK_WANT_WRITE &&
              secsock_want(client.s) == SECSOCK_WANT_WRITE,
          "%s: to receive, or to be uncorked, it must write", mode);
    CHECK(secsock_send(client.s, "x", 1) == SECSOCK_WANT_WRITE, "%s: nothing passes what waits",
          mode);
    there.room = SIZE_MAX;
    CHECK(secsock_cork(client.s, 0) == SECSOCK_OK && secsock_send(client.s, "x", 1) == 1,
          "%s: until it has left", mode);
    int received = 0;
    for (int n = 1; n > 0; received += n > 0 ? n : 0)
        n = secsock_recv(server.s, data + received, sizeof data - (size_t)received);
    CHECK(received == RECORD + 1 && data[RECORD] == 'x', "%s: and arrives", mode);
}

static void test_shutdown(void)
{
    char byte;
    secsock_cork(client.s, 1);
    says(&client, "bye");
    there.room = 0;
    CHECK(secsock_shutdown(client.s) == SECSOCK_WANT_WRITE, "%s: to end it must write", mode);
    there.room = SIZE_MAX;
    CHECK(secsock_shutdown(client.s) == SECSOCK_OK && hears(&server, "bye"),
          "%s: ending sends what has gathered", mode);
    if (secsock_get_state(server.s) == SECSOCK_STATE_SECURE)
        CHECK(secsock_recv(server.s, &byte, 1) == 0, "%s: and then close_notify", mode);
}

static void test_close(void)
{
    secsock_cork(client.s, 1);
    says(&client, "bye");
    CHECK(secsock_close(client.s) == SECSOCK_OK && hears(&server, "bye"),
          "%s: closing sends what has gathered", mode);
    CHECK(secsock_cork(client.s, 1) == SECSOCK_E_CLOSED, "%s: what is closed has no cork", mode);
}

/* What was gathered behind a record that is held up is lost: nobody may be told that it was all. */
static void test_close_cut(void)
{
    char bytes[8];
    if (secsock_get_state(client.s) != SECSOCK_STATE_SECURE)
        return;
    secsock_cork(client.s, 1);
    says(&client, "one");
    there.room = 0;
    CHECK(secsock_recv(client.s, bytes, 1) == SECSOCK_WANT_WRITE && says(&client, "two"),
          "%s: a record is held up, and more is gathered", mode);
    there.opens = true;
    secsock_close(client.s);
    int n;
    do
        n = secsock_recv(server.s, bytes, sizeof bytes);
    while (n > 0);
    CHECK(n < 0, "%s: what is lost in closing is not followed by close_notify", mode);
}

static void test_broken(void)
{
    secsock_cork(client.s, 1);
    says(&client, "twelve bytes");
    there.broken = true;
    CHECK(failed_with(&client, secsock_cork(client.s, 0), "12 gathered bytes were not sent: "),
          "%s: an error says what has not left", mode);
    CHECK(secsock_get_state(client.s) == SECSOCK_STATE_FAILED &&
              failed_with(&client, secsock_send(client.s, "x", 1), "12 gathered bytes") &&
              failed_with(&client, secsock_shutdown(client.s), "12 gathered bytes") &&
              failed_with(&client, secsock_cork(client.s, 1), "12 gathered bytes"),
          "%s: for ever", mode);
}

static const struct {
    const char *name;
    int version; /* 0: in the clear */
} modes[] = { { "plain", 0 }, { "TLS 1.2", TLS12 }, { "TLS 1.3", TLS13 } };

static void test_mode(int version)
{
    static void (*const tests[])(void) = {
        test_gathers,  test_before_waiting, test_every_order, test_full_records, test_clogged,
        test_shutdown, test_close,          test_close_cut,   test_broken,
    };
    secsock_config *mine = settings_config(&(struct settings){ .version = version });
    secsock_config *theirs = settings_config(&(struct settings){ .identity = "server" });
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        open_both(mine, theirs);
        if (version == 0 || CHECK(upgrade_both(), "%s: they meet", mode))
            tests[i]();
        close_both();
    }
    secsock_config_free(mine);
    secsock_config_free(theirs);
}

/* ----------------------------------------------------------------------- from one to the other */

static void test_around_tls(void)
{
    secsock_config *mine = settings_config(&(struct settings){ 0 });
    secsock_config *theirs = settings_config(&(struct settings){ .identity = "server" });
    open_both(mine, theirs);
    secsock_cork(client.s, 1);
    secsock_cork(server.s, 1);
    says(&client, "EHLO\r\n");
    says(&client, "STARTTLS\r\n");
    there.room = 0;
    CHECK(secsock_upgrade(client.s, "mail.example") == SECSOCK_WANT_WRITE &&
              secsock_get_state(client.s) == SECSOCK_STATE_PLAIN,
          "a handshake waits until what has gathered in the clear has left");
    there.room = 16;
    secsock_upgrade(client.s, "mail.example");
    CHECK(hears(&server, "EHLO\r\nSTARTTLS\r\n"), "it leaves before the ClientHello");
    says(&server, "220 ready\r\n");
    there.room = SIZE_MAX;
    secsock_upgrade(server.s, NULL);
    CHECK(hears(&client, ""), "the client's handshake is under way");
    secsock_free(client.s);
    secsock_free(server.s);

    open_both(mine, theirs);
    secsock_cork(client.s, 1);
    secsock_cork(server.s, 1);
    says(&server, "220 ready\r\n");
    CHECK(secsock_upgrade(server.s, NULL) == SECSOCK_WANT_READ && hears(&client, "220 ready\r\n") &&
              upgrade_both(),
          "so it is with a server");
    says(&client, "QUIT\r\n");
    CHECK(secsock_downgrade(client.s) == SECSOCK_WANT_READ && hears(&server, "QUIT\r\n") &&
              secsock_downgrade(server.s) == SECSOCK_OK &&
              secsock_downgrade(client.s) == SECSOCK_OK,
          "a downgrade sends what has gathered under TLS");
    CHECK(says(&client, "in the ") && says(&client, "clear") && there.len == 0 &&
              secsock_cork(client.s, 0) == SECSOCK_OK && hears(&server, "in the clear"),
          "and the cork stays on");
    close_both();
    secsock_config_free(mine);
    secsock_config_free(theirs);
}

static void test_failed_upgrade(void)
{
    secsock_config *config = settings_config(&(struct settings){ 0 });
    secsock *s = secsock_new(config);
    secsock_attach_memory(s, SECSOCK_CLIENT);
    secsock_set_peername(s, "mail.example");
    secsock_cork(s, 1);
    secsock_send(s, "STARTTLS", 8);
    memory_fail(1);
    CHECK(secsock_upgrade(s, NULL) == SECSOCK_E_MEMORY && memory_failed() &&
              secsock_get_state(s) == SECSOCK_STATE_FAILED,
          "an upgrade that lacks the memory to send what has gathered leads not back to the clear");
    memory_fail(0);
    secsock_free(s);
    secsock_config_free(config);
}

static void test_states(void)
{
    secsock_config *config = settings_config(&(struct settings){ .identity = "server" });
    secsock *s = secsock_new(config);
    CHECK(secsock_cork(NULL, 1) == SECSOCK_E_ARGUMENT, "no socket is a mistake");
    CHECK(secsock_cork(s, 1) == SECSOCK_OK && secsock_cork(s, 0) == SECSOCK_OK,
          "a NEW socket can be corked");
    secsock_listen(s, "127.0.0.1", 0, 1);
    CHECK(secsock_cork(s, 1) == SECSOCK_E_STATE, "a listener cannot");
    secsock_free(s);
    secsock_config_free(config);
}

int main(void)
{
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        mode = modes[i].name;
        test_mode(modes[i].version);
    }
    test_around_tls();
    test_failed_upgrade();
    test_states();
    return check_done();
}

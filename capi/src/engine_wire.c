/*
 * The wire as wolfSSL sees it: what it sends may be held back, and what it receives is looked at.
 *
 * A peer is judged outside of wolfSSL, between its last word and our next. The send callback holds
 * our flight back (it says that it would block) from the moment that the turn is ours; the caller
 * judges, then lets the flight go or sends an alert in its stead. The turn is ours:
 * - as a client, when the server has answered: from the first byte after the ClientHello that is
 *   not a second ClientHello (RFC 8446, section 4.1.4);
 * - as a server that asks for certificates, when the client has answered our request, or has shown
 *   a ticket, which holds the answer of an earlier handshake;
 * - as a server that asks for none, from our first byte on.
 *
 * What wolfSSL sends within a handshake is taken from it, record by record, and leaves when it
 * comes to read or has done its part: a flight in one piece. So wolfSSL never waits within a
 * flight, which some of its messages, a Certificate with a staple, do not survive.
 */
#include <string.h>

#include "engine_internal.h"
#include "error.h"

/* Whether the handshake has come so far that what we send next answers the peer. */
static bool is_settled(const struct engine *engine)
{
    return engine->keys || wolfSSL_version(engine->ssl) < TLS1_3_VERSION;
}

/* RFC 8446, section 4.1.3: a ServerHello with this random asks for another ClientHello. */
static bool is_retry_request(const unsigned char *record, size_t len)
{
    static const unsigned char random[] = { 0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11,
                                            0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
                                            0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E,
                                            0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C };
    enum { AT = RECORD_HEADER + 6 }; /* behind the headers of handshake and version */
    return len >= AT + sizeof(random) && record[0] == RECORD_HANDSHAKE &&
           memcmp(record + AT, random, sizeof(random)) == 0;
}

static bool must_hold(const struct engine *engine, const unsigned char *record, size_t len)
{
    if (engine->released || !engine->turn)
        return false;
    if (is_settled(engine))
        return true;
    return engine->context->role == SECSOCK_SERVER && record[0] != RECORD_CHANGE_CIPHER_SPEC &&
           !is_retry_request(record, len);
}

static int callback_failed(struct engine *engine, int result)
{
    engine->failure = result;
    return result == SECSOCK_E_RESET ? WOLFSSL_CBIO_ERR_CONN_RST : WOLFSSL_CBIO_ERR_GENERAL;
}

/* The answer of a client that has no certificate (RFC 5246, section 7.4.6). wolfSSL would send it
 * twice if it were told to wait with it: it is taken, and kept back here. */
static bool is_empty_certificate(const unsigned char *record, size_t len)
{
    static const unsigned char message[] = { 11, 0, 0, 3, 0, 0, 0 };
    return len == RECORD_HEADER + sizeof(message) && record[0] == RECORD_HANDSHAKE &&
           memcmp(record + RECORD_HEADER, message, sizeof(message)) == 0;
}

static int take(struct engine *engine, const void *data, size_t len)
{
    engine->unsent = 0;
    if (buffer_append(&engine->stash, data, len) != SECSOCK_OK)
        return callback_failed(engine, SECSOCK_E_MEMORY);
    engine->sent_any = true;
    return (int)len;
}

static int hold(struct engine *engine, const unsigned char *record, size_t len)
{
    if (is_empty_certificate(record, len)) {
        engine->kept = true;
        return take(engine, record, len);
    }
    engine->held = true;
    engine->held_len = len;
    memcpy(engine->head, record, len < sizeof(engine->head) ? len : sizeof(engine->head));
    return WOLFSSL_CBIO_ERR_WANT_WRITE;
}

static int send_stash(struct engine *engine)
{
    struct buffer *stash = &engine->stash;
    while (stash->len > 0) {
        int n = transport_send(engine->transport, buffer_bytes(stash), stash->len);
        if (n < 0)
            return n;
        buffer_consume(stash, (size_t)n);
    }
    return SECSOCK_OK;
}

int engine_flush_taken(struct engine *engine)
{
    int n = engine->kept ? SECSOCK_OK : send_stash(engine);
    if (n == SECSOCK_E_RESET) {
        engine->cut = true;
        return SECSOCK_OK;
    }
    if (result_failed(n))
        engine->failure = n;
    return n;
}

/* What did not leave. A peer that refuses sends an alert and closes. wolfSSL goes on as if the bytes
 * had left, and so comes to read the alert: see engine_sent(). */
static int not_sent(struct engine *engine, int result, size_t len)
{
    bool cut = result == SECSOCK_E_RESET;
    engine->unsent = cut ? 0 : len;
    if (cut) {
        engine->cut = true;
        return (int)len;
    }
    return result == SECSOCK_WANT_WRITE ? WOLFSSL_CBIO_ERR_WANT_WRITE
                                        : callback_failed(engine, result);
}

static int send_out(struct engine *engine, const void *data, size_t len)
{
    int n = transport_send(engine->transport, data, len);
    if (n < 0)
        return not_sent(engine, n, len);
    engine->unsent = len - (size_t)n;
    engine->sent_any = true;
    return n;
}

static int send_in_handshake(struct engine *engine, const char *data, size_t len)
{
    if (engine->log)
        engine_log_resumed(engine);
    /* A record that has left in part is no longer held: only its first bytes tell what it is. */
    if (engine->unsent > 0 && engine->unsent < len)
        len = engine->unsent;
    if (engine->unsent == 0 && must_hold(engine, (const unsigned char *)data, len))
        return hold(engine, (const unsigned char *)data, len);
    if (engine->skip > 0) {
        size_t skipped = engine->skip < len ? engine->skip : len;
        engine->skip -= skipped;
        return (int)skipped;
    }
    if (engine->corked)
        return take(engine, data, len);
    int result = send_stash(engine);
    return result == SECSOCK_OK ? send_out(engine, data, len) : not_sent(engine, result, len);
}

int engine_on_send(WOLFSSL *ssl, char *data, int size, void *arg)
{
    struct engine *engine = arg;
    (void)ssl;
    return engine->shaken ? send_out(engine, data, (size_t)size)
                          : send_in_handshake(engine, data, (size_t)size);
}

/* Behind close_notify, which wolfSSL may still hold, nothing leaves (RFC 8446, section 6.1). A peer
 * that goes back to the clear would take the answer to a change of keys for plaintext. */
int engine_on_send_late(WOLFSSL *ssl, char *data, int size, void *arg)
{
    struct engine *engine = arg;
    size_t len = (size_t)size;
    (void)ssl;
    if (engine->unsent == 0)
        return size;
    return send_out(engine, data, len < engine->unsent ? len : engine->unsent);
}

/* A peer that does not speak TLS is told apart by its first bytes, before wolfSSL sees them: a
 * handshake or alert record of major version 3 (RFC 8446, section 5.1). */
static bool looks_like_tls(struct engine *engine)
{
    const struct buffer *input = &engine->transport->input;
    const uint8_t *bytes = buffer_bytes(input);
    bool client = engine->context->role == SECSOCK_CLIENT;
    if ((bytes[0] == RECORD_HANDSHAKE || (client && bytes[0] == RECORD_ALERT)) &&
        (input->len < 2 || bytes[1] == 3))
        return true;
    engine->opening_len =
        input->len < sizeof(engine->opening) ? input->len : sizeof(engine->opening);
    memcpy(engine->opening, bytes, engine->opening_len);
    return false;
}

static int receive_first(struct engine *engine)
{
    int n = transport_fill(engine->transport);
    if (n <= 0)
        return n;
    if (!looks_like_tls(engine))
        return SECSOCK_E_NOT_TLS;
    engine->first_record = true;
    return n;
}

/* A peer can send messages without end that give the program nothing (tickets): now and then the
 * call must come back, and look at its deadline. */
static bool has_taken_enough(const struct engine *engine)
{
    enum { ENOUGH = 1 << 15 };
    return engine->taken > ENOUGH && engine->transport->input.len == 0;
}

/* Before a handshake reads: positive if it may. */
static int begin_receiving(struct engine *engine)
{
    if (!engine->released && engine->sent_any &&
        (engine->context->role == SECSOCK_CLIENT || is_settled(engine))) {
        engine->turn = true;
        engine->by_ticket = false;
    }
    int n = engine->corked ? engine_flush_taken(engine) : SECSOCK_OK;
    if (result_failed(n))
        return n;
    return engine->first_record ? 1 : receive_first(engine);
}

static int not_received(struct engine *engine, int n)
{
    if (n == SECSOCK_WANT_READ)
        return WOLFSSL_CBIO_ERR_WANT_READ;
    if (n == 0) {
        engine->failure = SECSOCK_E_TRUNCATED;
        return WOLFSSL_CBIO_ERR_CONN_CLOSE;
    }
    return callback_failed(engine, n);
}

int engine_on_receive(WOLFSSL *ssl, char *data, int size, void *arg)
{
    struct engine *engine = arg;
    (void)ssl;
    engine->drained = false;
    int n = engine->shaken ? 1 : begin_receiving(engine);
    if (n > 0 && has_taken_enough(engine))
        return WOLFSSL_CBIO_ERR_WANT_READ;
    if (n > 0)
        n = transport_receive(engine->transport, data, (size_t)size);
    if (n <= 0)
        return not_received(engine, n);
    engine->taken += (size_t)n;
    return n;
}

/*
 * wolfSSL asks for the header of a record and then for the rest. Where both are here it is given
 * them at once, which takes half as many steps. wolfSSL_inject() writes to where wolfSSL reads on,
 * and looks for room as if that were at the beginning of its buffer: the buffer must be empty.
 */
bool engine_give_record(struct engine *engine)
{
    struct transport *transport = engine->transport;
    if (!engine->drained)
        return true;
    int n = transport_fill(transport);
    if (n <= 0) {
        not_received(engine, n);
        return false;
    }
    size_t len = transport_record(transport);
    if (len > 0 &&
        wolfSSL_inject(engine->ssl, buffer_bytes(&transport->input), (int)len) == WOLFSSL_SUCCESS) {
        engine->taken += len;
        buffer_consume(&transport->input, len);
    }
    return true;
}

/* Bytes of the program: sending, receiving, closing; and memory transports. */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "handshake.h"
#include "watch.h"

static bool is_open(const secsock *s)
{
    return s->state == SECSOCK_STATE_PLAIN || (s->state == SECSOCK_STATE_SECURE && !s->downgrading);
}

/* What the transport answered in the clear, as a result of the call. */
static int plain_result(secsock *s, int result, const char *doing)
{
    if (!result_failed(result))
        return result;
    if (result == SECSOCK_E_MEMORY)
        return error_memory(&s->error);
    return sock_fail(s, error_errno(&s->error, result, s->transport.sys_errno, "%s", doing));
}

/* Whether nothing stands between the program's bytes and TLS: the usual case, in which a call is
 * little more than its record. */
static inline bool is_direct(const secsock *s)
{
    return s->state == SECSOCK_STATE_SECURE && s->error.code == SECSOCK_OK && !s->downgrading &&
           !s->write_closed && !s->corked && s->gathered.len == 0;
}

/* A failure of TLS ends the connection, want of memory within it too; a mistake of the caller does
 * not. */
static int secure_result(secsock *s, int result)
{
    bool fatal = result < SECSOCK_E_STATE;
    return fatal ? sock_fail(s, result) : result;
}

/* ---------------------------------------------------------------------------------- sending */

struct outgoing {
    const char *data;
    size_t len, sent;
};

static int send_some(secsock *s, const void *data, size_t len)
{
    if (s->state == SECSOCK_STATE_SECURE)
        return secure_result(s, engine_write(&s->engine, data, len, &s->error));
    return plain_result(s, transport_send(&s->transport, data, len), "sending");
}

/* The error says what has not left, for the calls that took it have said that all was well. */
int sock_flush(secsock *s, void *unused)
{
    (void)unused;
    while (s->gathered.len > 0) {
        size_t len = s->gathered.len;
        int n = send_some(s, buffer_bytes(&s->gathered), len);
        if (result_failed(n)) {
            char what[64];
            snprintf(what, sizeof(what), "%zu gathered bytes were not sent", len);
            return error_prefix(&s->error, n, what);
        }
        if (n < 0)
            return n;
        sock_let_go(s, (size_t)n);
    }
    return SECSOCK_OK;
}

/* Takes what there is room for in one record. Its memory is had at once, and holds nothing that has
 * begun to leave: so no byte is moved within it, and none is left behind where it was. */
static int gather(secsock *s, const char *data, size_t len)
{
    struct buffer *gathered = &s->gathered;
    bool leaves = gathered->start > 0 || gathered->len == LARGEST_FRAGMENT;
    int result = leaves ? sock_flush(s, NULL) : SECSOCK_OK;
    if (result != SECSOCK_OK)
        return result;
    size_t room = LARGEST_FRAGMENT - gathered->len;
    uint8_t *place = buffer_room(gathered, room);
    if (!place)
        return error_memory(&s->error);
    len = len < room ? len : room;
    memcpy(place, data, len);
    buffer_grow(gathered, len);
    return (int)len;
}

/* A sock_operation: sends until all is sent or nothing moves. */
static int send_step(secsock *s, void *args)
{
    struct outgoing *out = args;
    int n = s->corked ? SECSOCK_OK : sock_flush(s, NULL);
    while (n >= 0 && out->sent < out->len) {
        const char *data = out->data + out->sent;
        size_t left = out->len - out->sent;
        n = s->corked ? gather(s, data, left) : send_some(s, data, left);
        if (n > 0) {
            out->sent += (size_t)n;
            s->sent += (uint64_t)n;
        }
    }
    return n < 0 ? n : SECSOCK_OK;
}

/* How much was sent by a call that ends with this result, or why nothing was. */
static int sent_result(secsock *s, const struct outgoing *out, int result)
{
    sock_leave(s, result);
    if (result == SECSOCK_OK)
        return (int)out->sent;
    if (s->state == SECSOCK_STATE_FAILED || out->sent == 0)
        return result;
    error_clear(&s->error);
    return (int)out->sent;
}

/* Goes on with what a first attempt has begun, of which this was the result. */
static int send_on(secsock *s, const void *data, size_t len, int n)
{
    struct outgoing out = { data, len, n > 0 ? (size_t)n : 0 };
    s->sent += out.sent;
    n = n > 0 ? send_step(s, &out) : secure_result(s, n);
    return sent_result(s, &out, sock_run_on(s, SECSOCK_TIMEOUT_WRITE, send_step, &out, n));
}

/* One record at most, of a socket that is_direct(). */
static int send_record(secsock *s, const void *data, size_t len)
{
    int n = engine_write(&s->engine, data, len, &s->error);
    if (n != (int)len)
        return send_on(s, data, len, n);
    s->want = 0;
    s->sent += len;
    return n;
}

/* Of any socket. It is no part of secsock_send(), so that the code of the usual case lies within few
 * lines of the cache: the system's calls push them out between two records. */
__attribute__((noinline)) static int send_any(secsock *s, const void *data, size_t len)
{
    if (!s || (!data && len > 0))
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_open(s))
        return sock_wrong_state(s, "secsock_send");
    if (s->write_closed)
        return error_set(&s->error, SECSOCK_E_CLOSED, "sending after secsock_shutdown()");
    struct outgoing out = { data, (size_t)buffer_clip(len), 0 };
    return sent_result(s, &out, sock_run(s, SECSOCK_TIMEOUT_WRITE, send_step, &out));
}

int secsock_send(secsock *s, const void *data, size_t len)
{
    bool whole = s && data && len > 0 && len <= LARGEST_FRAGMENT && is_direct(s);
    return whole ? send_record(s, data, len) : send_any(s, data, len);
}

int secsock_cork(secsock *s, int on)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (s->state >= SECSOCK_STATE_CLOSED || s->state == SECSOCK_STATE_LISTENING)
        return sock_wrong_state(s, "secsock_cork");
    s->corked = on != 0;
    int result = s->corked ? SECSOCK_OK : sock_run(s, SECSOCK_TIMEOUT_WRITE, sock_flush, NULL);
    return sock_leave(s, result);
}

/* -------------------------------------------------------------------------------- receiving */

enum reading { BYTES, LINE, PEEK };

struct incoming {
    void *buffer;
    size_t size;
    enum reading what;
};

static int receive_plain(secsock *s, const struct incoming *in)
{
    size_t size = in->size;
    if (in->what != BYTES) {
        int n = transport_fill(&s->transport);
        if (n <= 0)
            return n;
        const uint8_t *bytes = buffer_bytes(&s->transport.input);
        const uint8_t *end = in->what == LINE ? memchr(bytes, '\n', (size_t)n) : NULL;
        size_t len = end ? (size_t)(end - bytes) + 1 : (size_t)n;
        size = size < len ? size : len;
        if (in->what == PEEK) {
            memcpy(in->buffer, bytes, size);
            return (int)size;
        }
    }
    return transport_receive(&s->transport, in->buffer, size);
}

typedef int engine_read_fn(struct engine *engine, void *buffer, size_t size, secsock_error *error);

static int receive_secure(secsock *s, const struct incoming *in)
{
    static engine_read_fn *const readers[] = { engine_read, engine_read_line, engine_peek };
    return readers[in->what](&s->engine, in->buffer, in->size, &s->error);
}

/* A sock_operation: the next bytes, as soon as there are any. Whoever waits for an answer has asked
 * all that there is to ask. */
static int receive_step(secsock *s, void *args)
{
    const struct incoming *in = args;
    int n = s->state == SECSOCK_STATE_PLAIN ? plain_result(s, receive_plain(s, in), "receiving")
                                            : secure_result(s, receive_secure(s, in));
    int flushed = n == SECSOCK_WANT_READ ? sock_flush(s, NULL) : SECSOCK_OK;
    return flushed == SECSOCK_OK ? n : flushed;
}

/* Goes on behind a first attempt. */
static int receive_on(secsock *s, struct incoming *in, int n)
{
    n = sock_run_on(s, SECSOCK_TIMEOUT_READ, receive_step, in, n);
    if (n > 0 && in->what != PEEK)
        s->received += (uint64_t)n;
    return sock_leave(s, n);
}

static int receive(secsock *s, void *buffer, size_t size, enum reading what, const char *call)
{
    struct incoming in = { buffer, size, what };
    if (!s || !buffer || size == 0)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_open(s))
        return sock_wrong_state(s, call);
    return receive_on(s, &in, receive_step(s, &in));
}

/* A first attempt has given no bytes, but n. Apart from receive_record(), which then needs no room
 * on the stack. */
static int receive_nothing(secsock *s, void *buffer, size_t size, int n)
{
    struct incoming in = { buffer, size, BYTES };
    return receive_on(s, &in, secure_result(s, n));
}

/* Of a socket that is_direct(). */
static int receive_record(secsock *s, void *buffer, size_t size)
{
    int n = engine_read(&s->engine, buffer, size, &s->error);
    if (n <= 0)
        return receive_nothing(s, buffer, size, n);
    s->want = 0;
    s->received += (uint64_t)n;
    return n;
}

int secsock_recv(secsock *s, void *buffer, size_t size)
{
    return s && buffer && size > 0 && is_direct(s)
               ? receive_record(s, buffer, size)
               : receive(s, buffer, size, BYTES, "secsock_recv");
}

int secsock_recv_line(secsock *s, void *buffer, size_t size)
{
    return receive(s, buffer, size, LINE, "secsock_recv_line");
}

int secsock_peek(secsock *s, void *buffer, size_t size)
{
    return receive(s, buffer, size, PEEK, "secsock_peek");
}

size_t secsock_pending(const secsock *s)
{
    if (s->state == SECSOCK_STATE_PLAIN)
        return s->transport.input.len;
    if (s->state != SECSOCK_STATE_SECURE)
        return 0;
    size_t decrypted = engine_pending(&s->engine);
    return decrypted > 0 ? decrypted : transport_record(&s->transport) > 0;
}

int secsock_unread(secsock *s, const void *data, size_t len)
{
    if (!s || (!data && len > 0))
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (s->state != SECSOCK_STATE_PLAIN)
        return sock_wrong_state(s, "secsock_unread");
    if (buffer_prepend(&s->transport.input, data, len) != SECSOCK_OK)
        return error_memory(&s->error);
    /* What came before the transport did; later it is what was received here, and recorded. */
    if (s->transport.received == 0)
        watch_unread(s, data, len);
    return SECSOCK_OK;
}

/* ---------------------------------------------------------------------------------- closing */

static int shutdown_step(secsock *s, void *unused)
{
    int result = sock_flush(s, unused);
    if (result != SECSOCK_OK)
        return result;
    if (s->state == SECSOCK_STATE_SECURE)
        return secure_result(s, engine_close_notify(&s->engine, &s->error));
    if (transport_finish(&s->transport) == SECSOCK_OK)
        return SECSOCK_OK;
    return plain_result(s, SECSOCK_E_SYSTEM, "closing for sending");
}

int secsock_shutdown(secsock *s)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_open(s))
        return sock_wrong_state(s, "secsock_shutdown");
    int result = sock_run(s, SECSOCK_TIMEOUT_WRITE, shutdown_step, NULL);
    if (result == SECSOCK_OK)
        s->write_closed = true;
    return sock_leave(s, result);
}

/* A sock_operation: our close_notify out, theirs in (RFC 5246, section 7.2.1). */
static int downgrade_step(secsock *s, void *unused)
{
    char byte;
    int result = sock_flush(s, unused);
    if (result != SECSOCK_OK)
        return result;
    result = engine_close_notify(&s->engine, &s->error);
    if (result == SECSOCK_OK)
        result = engine_read(&s->engine, &byte, 1, &s->error);
    if (result > 0)
        result = error_set(&s->error, SECSOCK_E_PROTOCOL,
                           "downgrading: the peer sent data where only its close_notify may come");
    if (result != SECSOCK_OK)
        return secure_result(s, result);
    handshake_forget(s);
    s->downgrading = s->write_closed = false;
    sock_become(s, SECSOCK_STATE_PLAIN);
    return SECSOCK_OK;
}

int secsock_downgrade(secsock *s)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (s->state != SECSOCK_STATE_SECURE)
        return sock_wrong_state(s, "secsock_downgrade");
    if (!s->may_downgrade)
        return error_set(&s->error, SECSOCK_E_STATE,
                         "downgrading was not allowed: see secsock_allow_downgrade()");
    s->downgrading = true;
    return sock_leave(s, sock_run(s, SECSOCK_TIMEOUT_HANDSHAKE, downgrade_step, NULL));
}

/* ----------------------------------------------------------------------------------- memory */

static int not_memory(secsock *s, const char *call)
{
    return error_set(&s->error, SECSOCK_E_STATE, "%s is for memory transports", call);
}

int secsock_feed(secsock *s, const void *data, size_t len)
{
    if (!s || (!data && len > 0) || (size_t)buffer_clip(len) != len)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!s->transport.memory)
        return not_memory(s, "secsock_feed");
    if (s->state == SECSOCK_STATE_CLOSED || s->state == SECSOCK_STATE_FAILED)
        return sock_wrong_state(s, "secsock_feed");
    if (s->transport.ended)
        return error_set(&s->error, SECSOCK_E_CLOSED, "feeding bytes after their end");
    if (transport_feed(&s->transport, data, len) != SECSOCK_OK)
        return error_memory(&s->error);
    return (int)len;
}

int secsock_drain(secsock *s, void *buffer, size_t size)
{
    if (!s || (!buffer && size > 0))
        return SECSOCK_E_ARGUMENT;
    if (!s->transport.memory)
        return not_memory(s, "secsock_drain");
    if (s->transport.output.len == 0 && s->transport.finished)
        return SECSOCK_E_CLOSED;
    return (int)buffer_take(&s->transport.output, buffer, (size_t)buffer_clip(size));
}

size_t secsock_drainable(const secsock *s)
{
    return s->transport.output.len;
}

#include "transport.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"

/* What is read ahead at once: at first enough for a flight of a handshake, behind it a few small
 * records; of a stream that fills it twice as much, up to two full records; where little comes less.
 * The memory for the least, which half a dozen small reads come down to, stays until there is nothing
 * to read. Requests of at least as much are read straight into the caller's memory. */
enum {
    AHEAD_LEAST = 1024,
    AHEAD_SETTLED = 2 * AHEAD_LEAST,
    AHEAD_FIRST = 8 * AHEAD_LEAST,
    AHEAD_MOST = 33 * AHEAD_LEAST
};

void transport_init(struct transport *t)
{
    *t = (struct transport){ .fd = -1, .input.keep = AHEAD_LEAST, .ahead = AHEAD_FIRST };
}

/* ----------------------------------------------------------------------------- descriptors */

static int descriptor_failed(struct transport *t)
{
    t->sys_errno = errno;
    return net_result(errno);
}

static int descriptor_receive(void *data, size_t len, void *arg)
{
    struct transport *t = arg;
    ssize_t n;
    do {
        n = recv(t->fd, data, len, MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n >= 0)
        return (int)n;
    return net_would_block(errno) ? SECSOCK_WANT_READ : descriptor_failed(t);
}

static int descriptor_send(const void *data, size_t len, void *arg)
{
    struct transport *t = arg;
    ssize_t n;
    do {
        n = send(t->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n >= 0)
        return (int)n;
    return net_would_block(errno) ? SECSOCK_WANT_WRITE : descriptor_failed(t);
}

void transport_set_fd(struct transport *t, int fd)
{
    t->fd = fd;
    transport_set_callbacks(t, descriptor_receive, descriptor_send, t);
}

/* ---------------------------------------------------------------------------------- memory */

/* What is fed goes straight into `input`; there is nothing behind it to read. */
static int memory_receive(void *data, size_t len, void *arg)
{
    (void)data, (void)len, (void)arg;
    return SECSOCK_WANT_READ;
}

static int memory_send(const void *data, size_t len, void *arg)
{
    struct transport *t = arg;
    int result = buffer_append(&t->output, data, len);
    return result < 0 ? result : (int)len;
}

void transport_set_memory(struct transport *t)
{
    t->memory = true;
    transport_set_callbacks(t, memory_receive, memory_send, t);
}

static void tell(struct transport *t, secsock_trace_event event, const void *data, size_t len)
{
    bool sent = event == SECSOCK_TRACE_SENT;
    if (t->recording)
        (sent ? recording_sent : recording_received)(t->recording, data, len);
    if (t->trace)
        t->trace(event, data, len, t->trace_arg);
}

/* Few instructions where nobody looks on: every byte comes through here. */
static inline void note_received(struct transport *t, const void *data, size_t len)
{
    t->received += len;
    if (t->recording || t->trace)
        tell(t, SECSOCK_TRACE_RECEIVED, data, len);
}

static inline void note_sent(struct transport *t, const void *data, size_t len)
{
    t->sent += len;
    if (t->recording || t->trace)
        tell(t, SECSOCK_TRACE_SENT, data, len);
}

static void trace(struct transport *t, secsock_trace_event event)
{
    if (t->trace)
        t->trace(event, NULL, 0, t->trace_arg);
}

static void end(struct transport *t)
{
    t->ended = true;
    recording_peer_ended(t->recording);
    trace(t, SECSOCK_TRACE_PEER_ENDED);
}

static void broken(struct transport *t)
{
    recording_broken(t->recording);
    trace(t, SECSOCK_TRACE_BROKEN);
}

int transport_feed(struct transport *t, const void *data, size_t len)
{
    int result = buffer_append(&t->input, data, len);
    if (result != SECSOCK_OK)
        return result;
    if (len == 0)
        end(t);
    else
        note_received(t, data, len);
    return SECSOCK_OK;
}

void transport_set_callbacks(struct transport *t, secsock_recv_fn *receive, secsock_send_fn *send,
                             void *arg)
{
    t->receive = receive;
    t->send = send;
    t->arg = arg;
}

/* -------------------------------------------------------------------------------- closing */

int transport_finish(struct transport *t)
{
    t->finished = true;
    recording_ended(t->recording);
    trace(t, SECSOCK_TRACE_ENDED);
    if (t->fd < 0 || shutdown(t->fd, SHUT_WR) == 0)
        return SECSOCK_OK;
    t->sys_errno = errno;
    return SECSOCK_E_SYSTEM;
}

/* Bytes that nobody has read, a ticket that followed the handshake perhaps, would make close()
 * reset the connection and the peer lose what is still on its way to it (RFC 2525, section
 * 2.17). */
static void discard_unread(int fd)
{
    char sink[4096];
    for (int rounds = 0; rounds < 16; rounds++)
        if (recv(fd, sink, sizeof(sink), MSG_DONTWAIT) <= 0)
            return;
}

void transport_close(struct transport *t)
{
    recording_close(t->recording);
    if (t->fd >= 0) {
        discard_unread(t->fd);
        close(t->fd);
    }
    buffer_clear(&t->input);
    t->fd = -1;
    t->ended = t->finished = true;
    t->receive = NULL;
    t->send = NULL;
}

void transport_free(struct transport *t)
{
    transport_close(t);
    buffer_clear(&t->output);
    recording_free(t->recording);
    t->recording = NULL;
}

/* -------------------------------------------------------------------------------- transfer */

/* What a callback has answered that is no count of bytes. Nonsense must be taken for a failure, not
 * for a count or for a reason to wait. */
static int answer(struct transport *t, int n, int waits)
{
    if (n == 0 || n == waits || n == SECSOCK_E_CLOSED || n == SECSOCK_E_RESET ||
        n == SECSOCK_E_MEMORY || n == SECSOCK_E_SYSTEM)
        return n;
    t->sys_errno = EINVAL;
    return SECSOCK_E_SYSTEM;
}

static bool is_count(int n, size_t most)
{
    return n > 0 && (size_t)n <= most;
}

static int read_nothing(struct transport *t, int n)
{
    n = answer(t, n, SECSOCK_WANT_READ);
    if (n == SECSOCK_E_CLOSED)
        n = 0;
    if (n == 0)
        end(t);
    if (n == SECSOCK_E_RESET)
        broken(t);
    return n;
}

/* One call of the source: bytes, 0 at the end, or a result. */
static int read_source(struct transport *t, void *data, size_t size)
{
    if (t->ended)
        return 0;
    if (!t->receive)
        return SECSOCK_E_CLOSED;
    size = (size_t)buffer_clip(size);
    int n = t->receive(data, size, t->arg);
    if (!is_count(n, size))
        return read_nothing(t, n);
    note_received(t, data, (size_t)n);
    return n;
}

void transport_settle(struct transport *t)
{
    t->ahead = AHEAD_SETTLED;
}

/* Less by little steps: a short read may be the end of what came in pieces. */
static void adapt(struct transport *t, size_t came)
{
    if (came == t->ahead)
        t->ahead = t->ahead < AHEAD_MOST / 2 ? t->ahead * 2 : AHEAD_MOST;
    else if (came < t->ahead / 4)
        t->ahead -= t->ahead / 8;
    if (t->ahead < AHEAD_LEAST)
        t->ahead = AHEAD_LEAST;
}

/* Reads ahead into the buffer, which is empty. */
static int refill(struct transport *t)
{
    uint8_t *room = buffer_room(&t->input, t->ahead);
    if (!room)
        return SECSOCK_E_MEMORY;
    int n = read_source(t, room, t->ahead);
    if (n > 0) {
        buffer_grow(&t->input, (size_t)n);
        adapt(t, (size_t)n);
    } else {
        buffer_clear(&t->input);
    }
    return n;
}

int transport_fill(struct transport *t)
{
    return t->input.len > 0 ? buffer_clip(t->input.len) : refill(t);
}

int transport_receive(struct transport *t, void *data, size_t size)
{
    if (t->input.len == 0) {
        if (size >= t->ahead)
            return read_source(t, data, size);
        int n = refill(t);
        if (n <= 0)
            return n;
    }
    return (int)buffer_take(&t->input, data, (size_t)buffer_clip(size));
}

static int send_nothing(struct transport *t, int n)
{
    n = answer(t, n, SECSOCK_WANT_WRITE);
    if (n == SECSOCK_E_RESET)
        broken(t);
    return n == 0 ? SECSOCK_WANT_WRITE : n;
}

int transport_send(struct transport *t, const void *data, size_t len)
{
    if (!t->send)
        return SECSOCK_E_CLOSED;
    len = (size_t)buffer_clip(len);
    int n = t->send(data, len, t->arg);
    if (!is_count(n, len))
        return send_nothing(t, n);
    note_sent(t, data, (size_t)n);
    return n;
}

size_t transport_record(const struct transport *t)
{
    enum { HEADER = 5 };
    if (t->input.len < HEADER)
        return 0;
    const uint8_t *record = buffer_bytes(&t->input);
    size_t len = HEADER + ((size_t)record[3] << 8 | record[4]);
    return t->input.len >= len ? len : 0;
}

bool transport_can_wait(const struct transport *t)
{
    return t->fd >= 0;
}

int transport_wait(struct transport *t, int want, int64_t deadline)
{
    int result = net_wait(t->fd, want, deadline);
    if (result == SECSOCK_E_SYSTEM)
        t->sys_errno = errno;
    return result;
}

/* Much data both ways at once, without ever waiting within a call: nothing is lost, doubled or out
 * of order, however little the transport takes at a time. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"
#include "settings.h"
#include "tcp.h"

enum { MB = 1024 * 1024, LARGEST = 40000 };

/* ------------------------------------------------------------------------------- what is sent */

/* The byte that stands at a place of the stream. Two streams differ by their salt. */
static unsigned char byte_at(size_t place, unsigned salt)
{
    return (unsigned char)((place * 2654435761u + salt * 77773u) >> 13);
}

static void fill(unsigned char *bytes, size_t len, size_t place, unsigned salt)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_at(place + i, salt);
}

static bool is_filled(const unsigned char *bytes, size_t len, size_t place, unsigned salt)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != byte_at(place + i, salt))
            return false;
    return true;
}

/* ------------------------------------------------------------------------------------ one end */

struct end {
    secsock *s;
    unsigned salt; /* of what it sends, 0 or 1; the other end's is the other one */
    size_t amount, sent, received;
    size_t chunk; /* being sent: repeated until it is through */
    bool wants_to_write, wrong;
    bool ended, over; /* what it sends; what it receives */
};

/* What a call said: whether it got anywhere. */
static bool take_note(struct end *end, int result)
{
    end->wants_to_write = result == SECSOCK_WANT_WRITE;
    end->wrong = end->wrong || result <= SECSOCK_E_ARGUMENT;
    return result > 0;
}

static bool finish(struct end *end)
{
    if (end->ended)
        return false;
    int result = secsock_shutdown(end->s);
    end->ended = result == SECSOCK_OK;
    return take_note(end, result) || end->ended;
}

static size_t next_chunk(const struct end *end)
{
    size_t len = 1 + (end->sent * 31 + end->salt * 977) % LARGEST, left = end->amount - end->sent;
    return len < left ? len : left;
}

static bool send_some(struct end *end)
{
    static unsigned char bytes[LARGEST];
    if (end->sent == end->amount)
        return finish(end);
    if (end->chunk == 0)
        end->chunk = next_chunk(end);
    fill(bytes, end->chunk, end->sent, end->salt);
    int n = secsock_send(end->s, bytes, end->chunk);
    if (!take_note(end, n))
        return false;
    end->sent += (size_t)n;
    end->chunk -= (size_t)n;
    return true;
}

static bool receive_some(struct end *end)
{
    static unsigned char bytes[LARGEST];
    size_t size = 1 + (end->received * 13 + end->salt) % sizeof bytes;
    if (end->over)
        return false;
    int n = secsock_recv(end->s, bytes, size);
    end->over = n == 0;
    end->wrong = end->wrong || n <= SECSOCK_E_ARGUMENT;
    if (n <= 0)
        return end->over;
    end->wrong = end->wrong || !is_filled(bytes, (size_t)n, end->received, 1 - end->salt);
    end->received += (size_t)n;
    return true;
}

/* ------------------------------------------------------------------------------- both at once */

static bool is_done(const struct end *end)
{
    return end->ended && end->over;
}

static bool wait_for(const struct end ends[2])
{
    struct pollfd pollers[2];
    for (int i = 0; i < 2; i++) {
        int events = (ends[i].over ? 0 : POLLIN) | (ends[i].wants_to_write ? POLLOUT : 0);
        pollers[i] = (struct pollfd){ .fd = secsock_fd(ends[i].s), .events = (short)events };
        if (secsock_pending(ends[i].s) > 0)
            return true;
    }
    return poll(pollers, 2, 30000) > 0;
}

static bool transfer(struct end ends[2])
{
    while (!is_done(&ends[0]) || !is_done(&ends[1])) {
        bool moved = false;
        for (int i = 0; i < 2; i++) {
            moved = send_some(&ends[i]) || moved;
            moved = receive_some(&ends[i]) || moved;
            if (ends[i].wrong)
                return false;
        }
        if (!moved && !wait_for(ends))
            return false;
    }
    return ends[0].received == ends[1].sent && ends[1].received == ends[0].sent;
}

/* -------------------------------------------------------------------------------------- scenes */

static const struct scene {
    const char *what;
    int version; /* 0: in the clear */
    size_t amount;
    int buffer; /* SO_SNDBUF, or 0; the kernel raises what is too small */
} scenes[] = {
    { "100 MB each way under TLS 1.3", TLS13, 100 * MB, 0 },
    { "10 MB each way under TLS 1.2", TLS12, 10 * MB, 0 },
    { "10 MB each way in the clear", 0, 10 * MB, 0 },
    { "1 MB each way under TLS 1.3 through a tiny buffer", TLS13, MB, 1 },
    { "1 MB each way under TLS 1.2 through a tiny buffer", TLS12, MB, 1 },
    { "1 MB each way in the clear through a tiny buffer", 0, MB, 1 },
};

static void attach(struct end *end, secsock_config *config, int fd, secsock_role role, int buffer)
{
    if (buffer)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    end->s = secsock_new(config);
    end->salt = role == SECSOCK_CLIENT;
    secsock_set_timeout(end->s, SECSOCK_TIMEOUT_ALL, 0);
    secsock_attach(end->s, fd, role);
}

static bool shake_hands(struct end ends[2])
{
    int client = secsock_upgrade(ends[0].s, "mail.example"), server = SECSOCK_WANT_READ;
    while (client > SECSOCK_E_ARGUMENT && server > SECSOCK_E_ARGUMENT) {
        if (server != SECSOCK_OK)
            server = secsock_upgrade(ends[1].s, NULL);
        if (client != SECSOCK_OK)
            client = secsock_upgrade(ends[0].s, NULL);
        if (client == SECSOCK_OK && server == SECSOCK_OK)
            return true;
    }
    return false;
}

static void play(const struct scene *scene)
{
    int fds[2];
    struct end ends[2] = { { .amount = scene->amount }, { .amount = scene->amount } };
    secsock_config *client = settings_config(&(struct settings){ .version = scene->version });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    tcp_pair(fds);
    attach(&ends[0], client, fds[0], SECSOCK_CLIENT, scene->buffer);
    attach(&ends[1], server, fds[1], SECSOCK_SERVER, scene->buffer);
    bool ready = !scene->version || shake_hands(ends);
    if (!CHECK(ready && transfer(ends), "%s", scene->what))
        for (int i = 0; i < 2; i++)
            printf("# sent %zu, received %zu, %s\n", ends[i].sent, ends[i].received,
                   secsock_last_error(ends[i].s)->message);
    CHECK(secsock_bytes(ends[0].s, SECSOCK_BYTES_SENT) == scene->amount &&
              secsock_bytes(ends[0].s, SECSOCK_BYTES_RECEIVED) == scene->amount &&
              secsock_bytes(ends[1].s, SECSOCK_WIRE_RECEIVED) ==
                  secsock_bytes(ends[0].s, SECSOCK_WIRE_SENT),
          "every byte was counted");
    for (int i = 0; i < 2; i++)
        secsock_free(ends[i].s);
    secsock_config_free(client);
    secsock_config_free(server);
}

int main(void)
{
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        play(&scenes[i]);
    return check_done();
}

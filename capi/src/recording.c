#include "recording.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "buffer.h"
#include "capture.h"
#include "packet.h"
#include "pcapng.h"

struct side {
    struct endpoint at;
    uint32_t next;  /* the sequence number of what it sends next */
    size_t unacked; /* bytes of it that the other has not acknowledged */
    bool ended;     /* it has sent its FIN */
};

struct recording {
    secsock_capture *capture;
    uint16_t port;                     /* that the server is shown with; 0: its own */
    char comment[PCAPNG_COMMENT_MOST]; /* of the next packet, or "" */
    bool v6;
    struct side here, there;
    bool begun, broken, over;
    bool held;
    struct buffer waiting; /* the packets that are held */
    uint8_t block[PCAPNG_PACKET_MOST];
};

struct recording *recording_new(secsock_capture *capture, int port)
{
    struct recording *recording = calloc(1, sizeof(*recording));
    if (!recording)
        return NULL;
    recording->capture = secsock_capture_ref(capture);
    recording->port = (uint16_t)port;
    return recording;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    recording_release(recording);
    secsock_capture_free(recording->capture);
    free(recording);
}

struct recording *recording_inherit(const struct recording *listener)
{
    return recording_new(listener->capture, listener->port);
}

/* ---------------------------------------------------------------------------------- packets */

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void put(struct recording *recording, size_t len)
{
    if (!recording->held)
        capture_write(recording->capture, recording->block, len);
    else if (buffer_append(&recording->waiting, recording->block, len) != SECSOCK_OK)
        capture_starve(recording->capture);
}

static struct side *other(struct recording *recording, const struct side *side)
{
    return side == &recording->here ? &recording->there : &recording->here;
}

/* A segment of one side, which acknowledges all that the other has sent. */
static void segment(struct recording *recording, struct side *from, unsigned flags,
                    const uint8_t *data, size_t len)
{
    struct side *to = other(recording, from);
    struct packet packet = {
        .v6 = recording->v6,
        .from = &from->at,
        .to = &to->at,
        .seq = from->next,
        .ack = flags & PACKET_ACK ? to->next : 0,
        .flags = flags,
        .data = data,
        .len = len,
    };
    bool ours = from == &recording->here;
    put(recording, pcapng_packet(&packet, ours ? PCAPNG_OUTBOUND : PCAPNG_INBOUND, now(),
                                 recording->comment, recording->block));
    recording->comment[0] = '\0';
    bool counts = flags & (PACKET_SYN | PACKET_FIN);
    from->next += (uint32_t)len + counts;
    from->unacked += len;
    to->unacked = 0;
}

static void move(struct recording *recording, struct side *from, const uint8_t *data, size_t len)
{
    while (len > 0) {
        size_t part = len < PACKET_DATA_MOST ? len : PACKET_DATA_MOST;
        if (from->unacked + part >= PACKET_WINDOW)
            segment(recording, other(recording, from), PACKET_ACK, NULL, 0);
        segment(recording, from, PACKET_PSH | PACKET_ACK, data, part);
        data += part;
        len -= part;
    }
}

/* ---------------------------------------------------------------------------------- the ends */

typedef int name_fn(int fd, struct sockaddr *address, socklen_t *len);

/* The address of one end of a descriptor: its family, or 0 when it is not of the Internet. IPv4
 * stays what it is within a socket for both (RFC 4291, section 2.5.5.2). */
static int find_endpoint(int fd, name_fn *name, struct endpoint *out)
{
    struct sockaddr_storage storage = { 0 };
    socklen_t len = sizeof(storage);
    if (fd < 0 || name(fd, (struct sockaddr *)&storage, &len) != 0)
        return 0;
    const struct sockaddr_in *in = (const struct sockaddr_in *)&storage;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&storage;
    if (storage.ss_family == AF_INET) {
        memcpy(out->address, &in->sin_addr, 4);
        out->port = ntohs(in->sin_port);
        return AF_INET;
    }
    if (storage.ss_family != AF_INET6)
        return 0;
    out->port = ntohs(in6->sin6_port);
    bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
    if (mapped)
        memcpy(out->address, in6->sin6_addr.s6_addr + 12, 4);
    else
        memcpy(out->address, &in6->sin6_addr, 16);
    return mapped ? AF_INET : AF_INET6;
}

/* What has no addresses has some of those that are for documentation (RFC 5737), and a port that is
 * nobody's. */
static void make_up_endpoints(struct recording *recording, struct side *client, struct side *server)
{
    enum { RESERVED_PORT = 49151, FIRST_PORT = 49152, PORTS = 16384 - 1 };
    unsigned number = capture_number(recording->capture) % PORTS;
    client->at = (struct endpoint){ { 192, 0, 2, 1 }, (uint16_t)(FIRST_PORT + number) };
    server->at = (struct endpoint){ { 192, 0, 2, 2 }, RESERVED_PORT };
}

/* Many programs know protocols by the server's port alone: that of the protocol is shown, and the
 * true one is said, where there is one. */
static void show_port(struct recording *recording, struct side *server, bool true_one)
{
    if (recording->port == 0 || recording->port == server->at.port)
        return;
    if (true_one)
        snprintf(recording->comment, sizeof(recording->comment), "the server's true port is %u",
                 server->at.port);
    server->at.port = recording->port;
}

void recording_begin(struct recording *recording, int fd, secsock_role role)
{
    if (!recording || recording->begun)
        return;
    struct side *here = &recording->here, *there = &recording->there;
    struct side *client = role == SECSOCK_CLIENT ? here : there, *server = other(recording, client);
    int family = find_endpoint(fd, getsockname, &here->at);
    bool found = family != 0 && find_endpoint(fd, getpeername, &there->at) == family;
    if (!found) {
        family = AF_INET;
        make_up_endpoints(recording, client, server);
    }
    show_port(recording, server, found);
    recording->v6 = family == AF_INET6;
    recording->begun = true;
    segment(recording, client, PACKET_SYN, NULL, 0);
    segment(recording, server, PACKET_SYN | PACKET_ACK, NULL, 0);
    segment(recording, client, PACKET_ACK, NULL, 0);
}

static bool goes_on(const struct recording *recording)
{
    return recording && recording->begun && !recording->over;
}

void recording_received(struct recording *recording, const void *data, size_t len)
{
    if (goes_on(recording))
        move(recording, &recording->there, data, len);
}

void recording_sent(struct recording *recording, const void *data, size_t len)
{
    if (goes_on(recording))
        move(recording, &recording->here, data, len);
}

static void finish(struct recording *recording, struct side *side)
{
    if (!goes_on(recording) || side->ended)
        return;
    segment(recording, side, PACKET_FIN | PACKET_ACK, NULL, 0);
    side->ended = true;
    if (!other(recording, side)->ended)
        return;
    segment(recording, other(recording, side), PACKET_ACK, NULL, 0);
    recording->over = true;
}

void recording_peer_ended(struct recording *recording)
{
    if (recording)
        finish(recording, &recording->there);
}

void recording_ended(struct recording *recording)
{
    if (recording)
        finish(recording, &recording->here);
}

void recording_broken(struct recording *recording)
{
    if (recording)
        recording->broken = true;
}

void recording_close(struct recording *recording)
{
    if (!recording)
        return;
    if (goes_on(recording) && recording->broken && !recording->there.ended) {
        segment(recording, &recording->there, PACKET_RST | PACKET_ACK, NULL, 0);
        recording->over = true;
    }
    finish(recording, &recording->here);
    recording_release(recording);
}

/* ---------------------------------------------------------------------------------- secrets */

void recording_hold(struct recording *recording)
{
    if (recording)
        recording->held = true;
}

void recording_release(struct recording *recording)
{
    if (!recording || !recording->held)
        return;
    recording->held = false;
    if (recording->waiting.len > 0)
        capture_write(recording->capture, buffer_bytes(&recording->waiting),
                      recording->waiting.len);
    buffer_clear(&recording->waiting);
}

bool recording_keeps_secrets(const struct recording *recording)
{
    return recording && capture_keeps_secrets(recording->capture);
}

void recording_secret(struct recording *recording, const char *line)
{
    capture_secret(recording->capture, line);
}

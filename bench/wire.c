#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "need.h"

/* ---------------------------------------------------------------------------------- memory */

struct pipe_bytes {
    size_t from, to;
    unsigned char bytes[1 << 17];
};

static struct pipe_bytes there, back;

void wire_empty(void)
{
    there.from = there.to = back.from = back.to = 0;
}

void wire_memory(struct wire *client, struct wire *server)
{
    wire_empty();
    *client = (struct wire){ -1, &back, &there };
    *server = (struct wire){ -1, &there, &back };
}

size_t wire_read(struct wire *wire, void *data, size_t size)
{
    struct pipe_bytes *in = wire->in;
    size_t len = in->to - in->from;
    if (len > size)
        len = size;
    memcpy(data, in->bytes + in->from, len);
    in->from += len;
    if (in->from == in->to)
        in->from = in->to = 0;
    return len;
}

size_t wire_write(struct wire *wire, const void *data, size_t len)
{
    struct pipe_bytes *out = wire->out;
    need(len <= sizeof(out->bytes) - out->to, "the wire in memory is full");
    memcpy(out->bytes + out->to, data, len);
    out->to += len;
    return len;
}

/* --------------------------------------------------------------------------------- sockets */

int wire_listen(int *port)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(in);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(fd >= 0 && bind(fd, (struct sockaddr *)&in, len) == 0 && listen(fd, 128) == 0 &&
             getsockname(fd, (struct sockaddr *)&in, &len) == 0,
         "no listener");
    *port = ntohs(in.sin_port);
    return fd;
}

static void no_delay(int fd)
{
    int on = 1;
    need(fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0, "no TCP");
}

void wire_connect(int listener, int port, struct wire *client, struct wire *server)
{
    struct sockaddr_in in = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port = htons((unsigned short)port) };
    *client = (struct wire){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
    no_delay(client->fd);
    need(connect(client->fd, (struct sockaddr *)&in, sizeof(in)) == 0 || errno == EINPROGRESS,
         "no connection");
    *server = (struct wire){ .fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) };
    no_delay(server->fd);
}

void wire_local(struct wire *client, struct wire *server)
{
    int ends[2];
    need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0,
         "no local socket");
    *client = (struct wire){ .fd = ends[0] };
    *server = (struct wire){ .fd = ends[1] };
}

void wire_close(struct wire *wire)
{
    if (wire->fd >= 0)
        close(wire->fd);
    wire->fd = -1;
}

void wire_send(struct wire *wire, const void *data, size_t len)
{
    need(send(wire->fd, data, len, MSG_NOSIGNAL) == (ssize_t)len, "sending in the clear");
}

size_t wire_receive(struct wire *wire, void *data, size_t size)
{
    ssize_t len = recv(wire->fd, data, size, 0);
    need(len > 0 || (len < 0 && errno == EAGAIN), "receiving in the clear");
    return len > 0 ? (size_t)len : 0;
}

void wire_wait(const struct wire *wire)
{
    struct pollfd poller = { .fd = wire->fd, .events = POLLIN };
    need(wire->fd >= 0 && poll(&poller, 1, 10000) == 1, "nothing comes");
}

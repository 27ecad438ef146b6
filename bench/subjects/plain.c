/* Sockets without TLS, read ahead: what no library that protects the same bytes can go below. */
#include <stdlib.h>
#include <string.h>

#include "need.h"
#include "subject.h"

struct connection {
    struct wire *wire;
    size_t from, to;
    unsigned char ahead[16384];
};

static const char *version(void)
{
    return "no TLS";
}

static void *new_context(const struct settings *settings)
{
    static char context;
    (void)settings;
    return &context;
}

static void free_context(void *context)
{
    (void)context;
}

static void *open_connection(void *context, struct wire *wire)
{
    struct connection *connection = malloc(sizeof(*connection));
    (void)context;
    need(connection != NULL, "no memory");
    connection->wire = wire;
    connection->from = connection->to = 0;
    return connection;
}

static enum shaken shake(void *connection)
{
    (void)connection;
    return SHAKE_DONE;
}

static void send_all(void *connection, const void *data, size_t len)
{
    wire_send(((struct connection *)connection)->wire, data, len);
}

static size_t receive(void *arg, void *data, size_t size)
{
    struct connection *connection = arg;
    if (connection->from == connection->to) {
        if (size >= sizeof(connection->ahead))
            return wire_receive(connection->wire, data, size);
        connection->from = 0;
        connection->to =
            wire_receive(connection->wire, connection->ahead, sizeof(connection->ahead));
    }
    size_t there = connection->to - connection->from, taken = size < there ? size : there;
    memcpy(data, connection->ahead + connection->from, taken);
    connection->from += taken;
    return taken;
}

const struct subject subject = {
    .name = "plain",
    .version = version,
    .new_context = new_context,
    .free_context = free_context,
    .open = open_connection,
    .shake = shake,
    .send = send_all,
    .receive = receive,
    .close = free,
};

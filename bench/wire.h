/*
 * What is between two ends: memory, a TCP connection over loopback, or a local socket. In memory
 * there is one wire for all, for one connection speaks at a time: an idle one has no buffer of the
 * benchmark's.
 */
#ifndef SECSOCK_BENCH_WIRE_H
#define SECSOCK_BENCH_WIRE_H

#include <stddef.h>

struct pipe_bytes;

/* One end. */
struct wire {
    int fd; /* -1: memory */
    struct pipe_bytes *in, *out;
};

/* Forgets what is on the wire in memory: the last words of a connection that is gone. */
void wire_empty(void);

/* The two ends of the wire in memory, empty. */
void wire_memory(struct wire *client, struct wire *server);

/* Memory: how many bytes were moved, 0 if none are there. Writing takes all. */
size_t wire_read(struct wire *wire, void *data, size_t size);
size_t wire_write(struct wire *wire, const void *data, size_t len);

/* A listener on 127.0.0.1, whose port goes to *port; a connection to it, and its other end, both
 * non-blocking and without Nagle's delay. */
int wire_listen(int *port);
void wire_connect(int listener, int port, struct wire *client, struct wire *server);
void wire_close(struct wire *wire);

/* The two ends of a local socket, non-blocking. */
void wire_local(struct wire *client, struct wire *server);

/* A descriptor's: in the clear, all of it; what there is, 0 for nothing; waits for something. */
void wire_send(struct wire *wire, const void *data, size_t len);
size_t wire_receive(struct wire *wire, void *data, size_t size);
void wire_wait(const struct wire *wire);

#endif

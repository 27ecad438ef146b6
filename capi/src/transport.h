/*
 * Bytes in and out: over a descriptor, the program's callbacks, or memory. Never waits, except in
 * transport_wait(). Reads ahead, so that a small record costs one system call and not two, and
 * holds what was read ahead in one buffer: there is no other place where unread bytes could hide.
 */
#ifndef SECSOCK_SRC_TRANSPORT_H
#define SECSOCK_SRC_TRANSPORT_H

#include <stdbool.h>

#include "buffer.h"
#include "recording.h"
#include "secsock.h"

/* Who looks on at what travels. Bytes come with what was received or sent. */
typedef void transport_trace_fn(secsock_trace_event event, const void *data, size_t len, void *arg);

/* What every record touches comes last: where there are many connections, each line of the cache is
 * fetched anew, and what other structures have of that follows. */
struct transport {
    struct buffer output; /* memory only: to be drained */
    void *trace_arg;
    int sys_errno; /* of the last failed system call */
    bool memory;   /* bytes are fed and drained */

    secsock_recv_fn *receive; /* where bytes come from; NULL while there is no transport */
    secsock_send_fn *send;
    void *arg;
    struct buffer input; /* read, or fed, but not used yet */
    size_t ahead;        /* how much is read at once */
    uint64_t received, sent;
    struct recording *recording; /* what travels is told to it; NULL: nobody looks on */
    transport_trace_fn *trace;   /* and to this, or NULL */
    int fd;                      /* -1 unless the transport is a descriptor */
    bool ended;                  /* the peer has closed; `input` may still hold bytes */
    bool finished;               /* this end sends no more */
};

void transport_init(struct transport *t);
void transport_set_fd(struct transport *t, int fd);
void transport_set_callbacks(struct transport *t, secsock_recv_fn *receive, secsock_send_fn *send,
                             void *arg);
void transport_set_memory(struct transport *t);

/* Memory only: what the peer sent; len 0 is its end. SECSOCK_OK or SECSOCK_E_MEMORY. */
int transport_feed(struct transport *t, const void *data, size_t len);

/* Tells the peer that nothing more comes. SECSOCK_OK or SECSOCK_E_SYSTEM. */
int transport_finish(struct transport *t);

/* Closes a descriptor; forgets what was read and not used, keeps what is to be drained. */
void transport_close(struct transport *t);

/* Gives everything up. */
void transport_free(struct transport *t);

/* The handshake is over. Records are small until they are seen to be large. */
void transport_settle(struct transport *t);

/* Up to `size` bytes: how many, 0 at the end, SECSOCK_WANT_READ, or an error. */
int transport_receive(struct transport *t, void *data, size_t size);

/* Up to `len` bytes: how many, SECSOCK_WANT_WRITE, or an error. */
int transport_send(struct transport *t, const void *data, size_t len);

/* Reads ahead once if nothing is held; the result is how many bytes are held then, 0 at the end,
 * or as transport_receive(). */
int transport_fill(struct transport *t);

/* How long the TLS record (RFC 8446, section 5.1) is that is held whole, with its header; 0: none. */
size_t transport_record(const struct transport *t);

/* Whether transport_wait() can do its work. */
bool transport_can_wait(const struct transport *t);

/* Waits until SECSOCK_WANT_READ or _WRITE may succeed: SECSOCK_OK, SECSOCK_E_TIMEOUT when
 * `deadline` (of clock_now(); negative: none) has passed, or SECSOCK_E_SYSTEM. */
int transport_wait(struct transport *t, int want, int64_t deadline);

#endif

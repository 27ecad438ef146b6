#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *const rig_names[RIG_KINDS] = { "memory", "callbacks", "a socket pair" };

/* --------------------------------------------------------------------------------- callbacks */

static size_t pull(struct rig_queue *queue, void *out, size_t size)
{
    size_t n = queue->len < size ? queue->len : size;
    memcpy(out, queue->bytes + queue->start, n);
    queue->start += n;
    queue->len -= n;
    return n;
}

static size_t push(struct rig_queue *queue, const void *data, size_t len)
{
    memmove(queue->bytes, queue->bytes + queue->start, queue->len);
    queue->start = 0;
    size_t room = sizeof queue->bytes - queue->len, n = len < room ? len : room;
    memcpy(queue->bytes + queue->len, data, n);
    queue->len += n;
    return n;
}

static int receive(void *data, size_t len, void *arg)
{
    struct rig *rig = arg;
    size_t n = pull(&rig->to, data, len);
    if (n == 0 && rig->to.broken)
        return SECSOCK_E_RESET;
    return n > 0 || rig->to.ended ? (int)n : SECSOCK_WANT_READ;
}

static int send_on(const void *data, size_t len, void *arg)
{
    struct rig *rig = arg;
    size_t n = push(&rig->from, data, len);
    return n > 0 ? (int)n : SECSOCK_WANT_WRITE;
}

/* ----------------------------------------------------------------------------------- the rig */

static void give_up(const char *why)
{
    printf("Bail out! %s\n", why);
    exit(1);
}

void rig_open(struct rig *rig, enum rig_kind kind, secsock_role role, secsock_config *config)
{
    int fds[2] = { -1, -1 };
    memset(rig, 0, sizeof *rig);
    rig->s = secsock_new(config);
    rig->kind = kind;
    secsock_set_timeout(rig->s, SECSOCK_TIMEOUT_ALL, 0);
    if (kind == RIG_MEMORY) {
        secsock_attach_memory(rig->s, role);
    } else if (kind == RIG_CALLBACKS) {
        secsock_attach_callbacks(rig->s, role, receive, send_on, rig);
    } else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0 ||
               secsock_attach(rig->s, fds[0], role) != SECSOCK_OK) {
        give_up("there is no socket pair");
    }
    rig->fd = fds[1];
}

void rig_close(struct rig *rig)
{
    secsock_free(rig->s);
    if (rig->fd >= 0)
        close(rig->fd);
}

void rig_put(struct rig *rig, const void *data, size_t len)
{
    if (rig->kind == RIG_MEMORY)
        secsock_feed(rig->s, data, len);
    else if (rig->kind == RIG_CALLBACKS)
        push(&rig->to, data, len);
    else if (send(rig->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len)
        give_up("the socket pair is full");
}

void rig_end(struct rig *rig)
{
    if (rig->kind == RIG_MEMORY)
        secsock_feed(rig->s, NULL, 0);
    else if (rig->kind == RIG_CALLBACKS)
        rig->to.ended = true;
    else
        shutdown(rig->fd, SHUT_WR);
}

/* A socket of a pair that is closed over unread bytes breaks the connection off. */
void rig_break(struct rig *rig)
{
    rig->to.broken = true;
    if (rig->fd >= 0) {
        close(rig->fd);
        rig->fd = -1;
    }
}

size_t rig_take(struct rig *rig, void *buffer, size_t size)
{
    ssize_t n;
    if (rig->kind == RIG_MEMORY)
        n = secsock_drain(rig->s, buffer, size);
    else if (rig->kind == RIG_CALLBACKS)
        return pull(&rig->from, buffer, size);
    else
        n = recv(rig->fd, buffer, size, MSG_DONTWAIT);
    return n > 0 ? (size_t)n : 0;
}

size_t rig_exchange(struct rig *rig, secsock *peer)
{
    char bytes[8192];
    size_t moved = 0, taken;
    int n;
    while ((taken = rig_take(rig, bytes, sizeof bytes)) > 0) {
        secsock_feed(peer, bytes, taken);
        moved += taken;
    }
    while ((n = secsock_drain(peer, bytes, sizeof bytes)) > 0) {
        rig_put(rig, bytes, (size_t)n);
        moved += (size_t)n;
    }
    return moved;
}

/* The name is what a client expects, once. */
static int go_on(secsock *s, const char *name)
{
    bool begins = secsock_get_state(s) == SECSOCK_STATE_PLAIN;
    if (secsock_get_state(s) == SECSOCK_STATE_SECURE)
        return SECSOCK_OK;
    return secsock_upgrade(s, begins && secsock_get_role(s) == SECSOCK_CLIENT ? name : NULL);
}

void rig_upgrade(struct rig *rig, secsock *peer, const char *name, int *mine, int *theirs)
{
    do {
        *mine = go_on(rig->s, name);
        *theirs = go_on(peer, name);
    } while (rig_exchange(rig, peer) > 0);
}

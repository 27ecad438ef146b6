/* How a socket gets its transport: connecting, or attaching what the program has. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "handshake.h"
#include "watch.h"

/* --------------------------------------------------------------------------------- connect */

static int connect_failed(secsock *s, int sys_errno)
{
    char text[64] = "?";
    struct sockaddr_storage address = { 0 };
    memcpy(&address, s->attempt->ai_addr, s->attempt->ai_addrlen);
    int port = net_address_text(&address, s->attempt->ai_addrlen, text, sizeof(text));
    return error_errno(&s->error, SECSOCK_E_SYSTEM, sys_errno, "connecting to %s port %d", text,
                       port);
}

/* The address that was tried will not do. SECSOCK_OK if there is another. */
static int try_next(secsock *s, int sys_errno)
{
    int result = connect_failed(s, sys_errno);
    if (s->connecting >= 0)
        close(s->connecting);
    s->connecting = -1;
    s->attempt = s->attempt->ai_next;
    return s->attempt ? SECSOCK_OK : result;
}

static void connected(secsock *s)
{
    transport_set_fd(&s->transport, s->connecting);
    s->connecting = -1;
    sock_abandon(s);
    error_clear(&s->error);
    watch_begin(s);
    sock_become(s, SECSOCK_STATE_PLAIN);
}

/* How long a socket that never waits gives an address that keeps silent, if there is another. */
enum { PATIENCE = 2000 };

/* How the attempt at one address stands: 0 when it is connected, EINPROGRESS, or why it failed. */
static int attempt(secsock *s, bool writable)
{
    if (s->connecting < 0) {
        s->attempted = clock_now();
        int result = net_connect(&s->connecting, s->attempt);
        if (result == SECSOCK_WANT_WRITE)
            return EINPROGRESS;
        return result == SECSOCK_OK ? 0 : errno;
    }
    int ready = writable ? SECSOCK_OK : net_wait(s->connecting, SECSOCK_WANT_WRITE, 0);
    if (ready == SECSOCK_OK)
        return net_connected(s->connecting);
    if (ready != SECSOCK_E_TIMEOUT)
        return errno;
    bool patient = !s->attempt->ai_next || clock_now() - s->attempted < PATIENCE;
    return patient ? EINPROGRESS : ETIMEDOUT;
}

/* Tries what addresses are left, as far as that goes without waiting. */
static int connect_step(secsock *s, bool writable)
{
    int failed;
    while ((failed = attempt(s, writable)) != 0) {
        if (failed == EINPROGRESS)
            return SECSOCK_WANT_WRITE;
        writable = false;
        int result = try_next(s, failed);
        if (result != SECSOCK_OK)
            return result;
    }
    connected(s);
    return SECSOCK_OK;
}

/* An address that does not answer must not use up the time of those after it. */
static int64_t attempt_deadline(const secsock *s, int64_t deadline)
{
    int64_t left = 0;
    for (const struct addrinfo *a = s->attempt; a; a = a->ai_next)
        left++;
    return deadline < 0 || left < 2 ? deadline : clock_now() + (deadline - clock_now()) / left;
}

static int connect_waiting(secsock *s, int timeout)
{
    int64_t deadline = clock_deadline(timeout);
    int result = connect_step(s, false);
    while (result == SECSOCK_WANT_WRITE && timeout != 0) {
        int64_t until = attempt_deadline(s, deadline);
        int waited = net_wait(s->connecting, SECSOCK_WANT_WRITE, until);
        if (waited == SECSOCK_E_SYSTEM)
            return error_errno(&s->error, SECSOCK_E_SYSTEM, errno, "waiting for the connection");
        if (waited == SECSOCK_E_TIMEOUT && until == deadline)
            return error_set(&s->error, SECSOCK_E_TIMEOUT, "not connected within %d ms", timeout);
        if (waited == SECSOCK_E_TIMEOUT)
            result =
                try_next(s, ETIMEDOUT) == SECSOCK_OK ? connect_step(s, false) : SECSOCK_E_SYSTEM;
        else
            result = connect_step(s, true);
    }
    return result;
}

static int begin_connect(secsock *s, const char *host, int port)
{
    if (!host || port < 1 || port > 65535)
        return error_set(&s->error, SECSOCK_E_ARGUMENT,
                         "connecting takes a host and a port from 1 to 65535");
    s->role = SECSOCK_CLIENT; /* an attach or listen that failed may have left the other */
    int result = s->deferred ? SECSOCK_OK : handshake_check_name(s);
    if (result == SECSOCK_OK)
        result = sock_take_role(s, SECSOCK_CLIENT);
    if (result == SECSOCK_OK)
        result = net_resolve(&s->addresses, host, port, &s->error);
    s->attempt = s->addresses;
    return result;
}

static int open_connection(secsock *s, const char *host, int port)
{
    int result = s->addresses ? SECSOCK_OK : begin_connect(s, host, port);
    if (result != SECSOCK_OK)
        return result;
    result = connect_waiting(s, sock_timeout(s, SECSOCK_TIMEOUT_CONNECT));
    if (!result_failed(result) || result == SECSOCK_E_TIMEOUT)
        return result;
    sock_abandon(s);
    return sock_fail(s, result);
}

int secsock_connect(secsock *s, const char *host, int port)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    int result = SECSOCK_OK;
    bool upgrading = s->state == SECSOCK_STATE_UPGRADING && !s->deferred;
    if (s->state != SECSOCK_STATE_NEW && !upgrading)
        return sock_wrong_state(s, "secsock_connect");
    if (!upgrading) {
        result = open_connection(s, host, port);
        if (result == SECSOCK_OK && !s->deferred)
            result = handshake_check_name(s); /* it may have been taken away in between */
        if (result == SECSOCK_OK && !s->deferred)
            result = handshake_begin(s);
    }
    if (result == SECSOCK_OK && !s->deferred)
        result = sock_run(s, SECSOCK_TIMEOUT_HANDSHAKE, handshake_step, NULL);
    return sock_leave(s, result);
}

/* ---------------------------------------------------------------------------------- attach */

static int attached(secsock *s)
{
    watch_begin(s);
    sock_become(s, SECSOCK_STATE_PLAIN);
    return SECSOCK_OK;
}

static int begin_attach(secsock *s, secsock_role role, const char *call)
{
    sock_enter(s);
    if (s->state != SECSOCK_STATE_NEW || s->addresses)
        return sock_wrong_state(s, call);
    if (role != SECSOCK_CLIENT && role != SECSOCK_SERVER)
        return error_set(&s->error, SECSOCK_E_ARGUMENT, "%s: %d is no role", call, (int)role);
    return sock_take_role(s, role);
}

int secsock_attach(secsock *s, int fd, secsock_role role)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    int result = begin_attach(s, role, "secsock_attach");
    if (result != SECSOCK_OK)
        return result;
    int type = 0, listens = 0;
    socklen_t len = sizeof(type);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0)
        return error_errno(&s->error, SECSOCK_E_SYSTEM, errno, "descriptor %d", fd);
    if (type != SOCK_STREAM || listens)
        return error_set(&s->error, SECSOCK_E_ARGUMENT,
                         "descriptor %d is not a connected stream socket", fd);
    struct sockaddr_storage peer;
    len = sizeof(peer);
    if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0 || net_adopt(fd) != SECSOCK_OK)
        return error_errno(&s->error, SECSOCK_E_SYSTEM, errno, "descriptor %d", fd);
    transport_set_fd(&s->transport, fd);
    return attached(s);
}

int secsock_attach_callbacks(secsock *s, secsock_role role, secsock_recv_fn *receive,
                             secsock_send_fn *send, void *arg)
{
    if (!s || !receive || !send)
        return SECSOCK_E_ARGUMENT;
    int result = begin_attach(s, role, "secsock_attach_callbacks");
    if (result != SECSOCK_OK)
        return result;
    transport_set_callbacks(&s->transport, receive, send, arg);
    return attached(s);
}

int secsock_attach_memory(secsock *s, secsock_role role)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    int result = begin_attach(s, role, "secsock_attach_memory");
    if (result != SECSOCK_OK)
        return result;
    transport_set_memory(&s->transport);
    return attached(s);
}

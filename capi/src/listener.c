/* Listening for connections, and accepting them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "watch.h"

/* On the first address that will do, those of one family only. */
static int listen_on(secsock *s, const struct addrinfo *addresses, int family, int backlog)
{
    int result = SECSOCK_E_SYSTEM;
    for (const struct addrinfo *a = addresses; a && result != SECSOCK_OK; a = a->ai_next)
        if (a->ai_family == family)
            result = net_listen(&s->listener, a, backlog);
    return result;
}

/* IPv6 first where every address is meant: its socket serves both families. */
static int listen_anywhere(secsock *s, const struct addrinfo *addresses, bool every, int backlog)
{
    int first = every ? AF_INET6 : addresses->ai_family;
    int result = listen_on(s, addresses, first, backlog);
    if (result != SECSOCK_OK)
        result = listen_on(s, addresses, first == AF_INET ? AF_INET6 : AF_INET, backlog);
    return result;
}

int secsock_listen(secsock *s, const char *host, int port, int backlog)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (s->state != SECSOCK_STATE_NEW || s->addresses)
        return sock_wrong_state(s, "secsock_listen");
    if (port < 0 || port > 65535 || backlog < 0)
        return error_set(
            &s->error, SECSOCK_E_ARGUMENT,
            "listening takes a port from 0 to 65535 and a backlog that is not negative");
    int result = sock_take_role(s, SECSOCK_SERVER);
    if (result != SECSOCK_OK)
        return result;
    struct addrinfo *addresses = NULL;
    result = net_resolve(&addresses, host, port, &s->error);
    if (result != SECSOCK_OK)
        return result;
    errno = EADDRNOTAVAIL;
    result = listen_anywhere(s, addresses, host == NULL, backlog);
    if (result == SECSOCK_OK)
        sock_become(s, SECSOCK_STATE_LISTENING);
    else
        error_errno(&s->error, result, errno, "listening on %s port %d", host ? host : "*", port);
    freeaddrinfo(addresses);
    return result;
}

static int wait_for_connection(secsock *listener, int *fd)
{
    int timeout = sock_timeout(listener, SECSOCK_TIMEOUT_CONNECT);
    int64_t deadline = clock_deadline(timeout);
    for (;;) {
        int result = net_accept(fd, listener->listener);
        if (result == SECSOCK_WANT_READ && timeout != 0)
            result = net_wait(listener->listener, SECSOCK_WANT_READ, deadline);
        else if (result != SECSOCK_E_SYSTEM)
            return result;
        if (result == SECSOCK_E_TIMEOUT)
            return error_set(&listener->error, result, "no connection within %d ms", timeout);
        if (result != SECSOCK_OK)
            return error_errno(&listener->error, result, errno, "accepting a connection");
    }
}

static secsock *inherit(const secsock *listener, int fd)
{
    secsock *s = secsock_new(listener->config);
    if (!s || watch_inherit(s, listener) != SECSOCK_OK) {
        secsock_free(s);
        return NULL;
    }
    transport_set_fd(&s->transport, fd);
    s->context = listener->context;
    s->role = SECSOCK_SERVER;
    s->hook = listener->hook;
    s->hook_arg = listener->hook_arg;
    s->may_downgrade = listener->may_downgrade;
    memcpy(s->timeouts, listener->timeouts, sizeof(s->timeouts));
    watch_begin(s);
    sock_become(s, SECSOCK_STATE_PLAIN);
    return s;
}

int secsock_accept(secsock *listener, secsock **out)
{
    if (!listener || !out)
        return SECSOCK_E_ARGUMENT;
    *out = NULL;
    sock_enter(listener);
    if (listener->state != SECSOCK_STATE_LISTENING)
        return sock_wrong_state(listener, "secsock_accept");
    int fd = -1;
    int result = wait_for_connection(listener, &fd);
    if (result != SECSOCK_OK)
        return sock_leave(listener, result);
    secsock *s = inherit(listener, fd);
    if (!s) {
        close(fd);
        return error_memory(&listener->error);
    }
    bool upgrades = !listener->deferred && sock_timeout(s, SECSOCK_TIMEOUT_CONNECT) != 0;
    if (upgrades)
        result = secsock_upgrade(s, NULL);
    if (!result_failed(result)) {
        *out = s;
        return SECSOCK_OK;
    }
    listener->error = s->error;
    secsock_free(s);
    return result;
}

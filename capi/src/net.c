#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "error.h"

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_deadline(int timeout)
{
    return timeout < 0 ? -1 : clock_now() + timeout;
}

bool net_would_block(int sys_errno)
{
    return sys_errno == EAGAIN || sys_errno == EWOULDBLOCK || sys_errno == EINPROGRESS;
}

int net_result(int sys_errno)
{
    bool broken = sys_errno == ECONNRESET || sys_errno == EPIPE || sys_errno == ECONNABORTED;
    return broken ? SECSOCK_E_RESET : SECSOCK_E_SYSTEM;
}

/* For poll(): at most a minute at a time, which also keeps the number within an int. */
static int slice_until(int64_t deadline)
{
    enum { LONGEST = 60000 };
    if (deadline < 0)
        return LONGEST;
    int64_t left = deadline - clock_now();
    if (left < 0)
        return 0;
    return left < LONGEST ? (int)left : LONGEST;
}

int net_wait(int fd, int want, int64_t deadline)
{
    struct pollfd poller = { .fd = fd, .events = want == SECSOCK_WANT_READ ? POLLIN : POLLOUT };
    for (;;) {
        int ready = poll(&poller, 1, slice_until(deadline));
        if (ready > 0)
            return SECSOCK_OK;
        if (ready < 0 && errno != EINTR)
            return SECSOCK_E_SYSTEM;
        if (deadline >= 0 && clock_now() >= deadline)
            return SECSOCK_E_TIMEOUT;
    }
}

int net_resolve(struct addrinfo **out, const char *host, int port, secsock_error *error)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_NUMERICSERV | (host ? AI_ADDRCONFIG : AI_PASSIVE) };
    char service[16];
    snprintf(service, sizeof(service), "%d", port);
    int failed = getaddrinfo(host, service, &hints, out);
    if (failed && host) {
        /* AI_ADDRCONFIG hides addresses of families that only the loopback interface has. */
        hints.ai_flags = AI_NUMERICSERV;
        failed = getaddrinfo(host, service, &hints, out);
    }
    if (!failed)
        return SECSOCK_OK;
    *out = NULL;
    if (failed == EAI_MEMORY)
        return error_memory(error);
    return error_set(error, SECSOCK_E_RESOLVE, "no address for \"%s\": %s", host ? host : "*",
                     failed == EAI_SYSTEM ? strerror(errno) : gai_strerror(failed));
}

static int new_socket(const struct addrinfo *address)
{
    int type = address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
    return socket(address->ai_family, type, address->ai_protocol);
}

/* Small messages of a dialogue must not wait for an acknowledgement of the ones before. */
static void no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int close_keeping_errno(int *fd)
{
    int saved = errno;
    close(*fd);
    *fd = -1;
    errno = saved;
    return SECSOCK_E_SYSTEM;
}

int net_connect(int *fd, const struct addrinfo *address)
{
    *fd = new_socket(address);
    if (*fd < 0)
        return SECSOCK_E_SYSTEM;
    no_delay(*fd);
    int failed = connect(*fd, address->ai_addr, address->ai_addrlen);
    if (!failed)
        return SECSOCK_OK;
    /* An interrupted connect goes on by itself, as one that is in progress does. */
    if (errno == EINPROGRESS || errno == EINTR)
        return SECSOCK_WANT_WRITE;
    return close_keeping_errno(fd);
}

int net_connected(int fd)
{
    int failed = 0;
    socklen_t len = sizeof(failed);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) < 0)
        return errno;
    return failed;
}

int net_listen(int *fd, const struct addrinfo *address, int backlog)
{
    int on = 1, off = 0;
    *fd = new_socket(address);
    if (*fd < 0)
        return SECSOCK_E_SYSTEM;
    if (address->ai_family == AF_INET6)
        setsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(*fd, address->ai_addr, address->ai_addrlen) < 0 || listen(*fd, backlog) < 0)
        return close_keeping_errno(fd);
    return SECSOCK_OK;
}

/* What befell a connection before it was accepted is not the listener's failure: accept(2). */
static bool is_of_connection(int sys_errno)
{
    static const int passing[] = { EINTR,     ECONNABORTED, ENETDOWN,     EPROTO,     ENOPROTOOPT,
                                   EHOSTDOWN, ENONET,       EHOSTUNREACH, ENETUNREACH };
    for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
        if (passing[i] == sys_errno)
            return true;
    return false;
}

int net_accept(int *fd, int listener)
{
    do
        *fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    while (*fd < 0 && is_of_connection(errno));
    if (*fd < 0)
        return net_would_block(errno) ? SECSOCK_WANT_READ : SECSOCK_E_SYSTEM;
    no_delay(*fd);
    return SECSOCK_OK;
}

int net_adopt(int fd)
{
    int status = fcntl(fd, F_GETFL), flags = fcntl(fd, F_GETFD);
    if (status < 0 || flags < 0 || fcntl(fd, F_SETFL, status | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
        return SECSOCK_E_SYSTEM;
    return SECSOCK_OK;
}

int net_address_text(const struct sockaddr_storage *address, socklen_t len, char *buffer,
                     size_t size)
{
    char service[16];
    if (address->ss_family != AF_INET && address->ss_family != AF_INET6) {
        snprintf(buffer, size, "local");
        return 0;
    }
    if (getnameinfo((const struct sockaddr *)address, len, buffer, (socklen_t)size, service,
                    sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return SECSOCK_E_ARGUMENT;
    int port = 0;
    sscanf(service, "%d", &port);
    return port;
}

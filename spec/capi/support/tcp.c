#include "tcp.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

static void need(bool fine, const char *what)
{
    if (fine)
        return;
    perror(what);
    printf("Bail out! %s\n", what);
    exit(1);
}

/* --------------------------------------------------------------------------------- sockets */

static struct sockaddr_in loopback(const char *address, int port)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    need(inet_pton(AF_INET, address, &in.sin_addr) == 1, address);
    return in;
}

static int new_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(fd >= 0, "socket");
    return fd;
}

int tcp_listen(const char *address, int *port, int backlog)
{
    struct sockaddr_in in = loopback(address, *port);
    socklen_t len = sizeof in;
    int fd = new_socket(), on = 1;
    need(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0, "SO_REUSEADDR");
    need(bind(fd, (struct sockaddr *)&in, len) == 0, "bind");
    need(listen(fd, backlog) == 0, "listen");
    need(getsockname(fd, (struct sockaddr *)&in, &len) == 0, "getsockname");
    *port = ntohs(in.sin_port);
    return fd;
}

int tcp_accept(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    need(fd >= 0, "accept");
    return fd;
}

int tcp_knock(const char *address, int port)
{
    struct sockaddr_in in = loopback(address, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    need(fd >= 0, "socket");
    need(connect(fd, (struct sockaddr *)&in, sizeof in) == 0 || errno == EINPROGRESS, "connect");
    return fd;
}

int tcp_connect(int port)
{
    struct sockaddr_in in = loopback("127.0.0.1", port);
    int fd = new_socket();
    need(connect(fd, (struct sockaddr *)&in, sizeof in) == 0, "connect");
    return fd;
}

void tcp_pair(int fds[2])
{
    int port = 0, listener = tcp_listen("127.0.0.1", &port, 1);
    fds[0] = tcp_connect(port);
    fds[1] = tcp_accept(listener);
    close(listener);
}

void tcp_reset(int fd)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };
    need(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0, "SO_LINGER");
    close(fd);
}

secsock *tcp_listener(secsock_config *config, int *port)
{
    char address[64];
    secsock *s = secsock_new(config);
    need(secsock_listen(s, "127.0.0.1", 0, 16) == SECSOCK_OK, secsock_last_error(s)->message);
    *port = secsock_local_address(s, address, sizeof address);
    return s;
}

/* ---------------------------------------------------------------------------------- process */

int64_t tcp_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

pthread_t tcp_thread(void *(*run)(void *arg), void *arg)
{
    pthread_t thread;
    need(pthread_create(&thread, NULL, run, arg) == 0, "pthread_create");
    return thread;
}

static void *be_visitor(void *arg)
{
    secsock *client = arg;
    char byte;
    secsock_upgrade(client, "mail.example");
    secsock_recv(client, &byte, 1);
    return NULL;
}

pthread_t tcp_visit(secsock *client, int port)
{
    secsock_defer(client, 1);
    need(secsock_connect(client, "127.0.0.1", port) == SECSOCK_OK, "secsock_connect");
    return tcp_thread(be_visitor, client);
}

int tcp_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    need(folder != NULL, "/proc/self/fd");
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* --------------------------------------------------------------------------------- resolver */

static const char *known_host, *known_addresses;

void tcp_resolve(const char *host, const char *addresses)
{
    known_host = host;
    known_addresses = addresses;
}

/* What the linker makes of calls to this function, and its own name behind it. */
int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out);

/* One list of the lists that each address has. */
static int resolve_all(const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    char addresses[256];
    snprintf(addresses, sizeof addresses, "%s", known_addresses);
    *out = NULL;
    for (char *one = strtok(addresses, ","); one; one = strtok(NULL, ",")) {
        int failed = __real_getaddrinfo(one, service, hints, out);
        if (failed)
            return failed;
        while (*out)
            out = &(*out)->ai_next;
    }
    return 0;
}

int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out)
{
    if (memory_refuses())
        return EAI_MEMORY;
    if (host && known_host && strcmp(host, known_host) == 0)
        return resolve_all(service, hints, out);
    return __real_getaddrinfo(host, service, hints, out);
}

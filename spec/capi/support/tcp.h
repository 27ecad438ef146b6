/* Loopback TCP, and names that resolve to what a test wants. What fails here ends the test. */
#ifndef SECSOCK_SPEC_TCP_H
#define SECSOCK_SPEC_TCP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "secsock.h"

/* A plain listener on an address of 127/8 and a port (0: any), whose backlog is `backlog`; the port
 * that it has. */
int tcp_listen(const char *address, int *port, int backlog);

int tcp_accept(int listener);
int tcp_connect(int port);

/* A descriptor that has begun to connect, and is not waited for. */
int tcp_knock(const char *address, int port);

/* Two connected ends. */
void tcp_pair(int fds[2]);

/* Closes in such a way that the other end is reset. */
void tcp_reset(int fd);

/* A secsock that listens on 127.0.0.1; its port. */
secsock *tcp_listener(secsock_config *config, int *port);

/* Milliseconds of a clock that only goes forward. */
int64_t tcp_now(void);

/* A thread that must start. */
pthread_t tcp_thread(void *(*run)(void *arg), void *arg);

/* A client that connects to a port of 127.0.0.1 and, in a thread of its own, upgrades as one of
 * mail.example and awaits the end. */
pthread_t tcp_visit(secsock *client, int port);

/* How many descriptors this process has open. */
int tcp_descriptors(void);

/* From now on `host` has these addresses ("127.0.0.2,127.0.0.3"); NULL: what the system says. */
void tcp_resolve(const char *host, const char *addresses);

#endif

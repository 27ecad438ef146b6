/* TCP: addresses, connecting, listening, waiting. Everything here is non-blocking but net_wait()
 * and the resolver. Failures leave their cause in errno. */
#ifndef SECSOCK_SRC_NET_H
#define SECSOCK_SRC_NET_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "secsock.h"

/* Milliseconds of a clock that only goes forward. */
int64_t clock_now(void);

/* The moment in that clock when `timeout` milliseconds from now are over; negative: never. */
int64_t clock_deadline(int timeout);

bool net_would_block(int sys_errno);

/* The result for an errno of a connection: SECSOCK_E_RESET or SECSOCK_E_SYSTEM. */
int net_result(int sys_errno);

/* Waits for SECSOCK_WANT_READ or _WRITE: SECSOCK_OK, SECSOCK_E_TIMEOUT or SECSOCK_E_SYSTEM. */
int net_wait(int fd, int want, int64_t deadline);

/* Resolves a host (NULL: any address, to listen on) and a port. SECSOCK_E_RESOLVE says why in
 * *error. The caller frees *out with freeaddrinfo(). */
int net_resolve(struct addrinfo **out, const char *host, int port, secsock_error *error);

/* A descriptor that is connecting to `address`: done (SECSOCK_OK) or on its way
 * (SECSOCK_WANT_WRITE, then net_connected() tells). SECSOCK_E_SYSTEM otherwise, with *fd -1. */
int net_connect(int *fd, const struct addrinfo *address);

/* How a connect ended: 0 or an errno. */
int net_connected(int fd);

/* A descriptor that listens, or SECSOCK_E_SYSTEM. */
int net_listen(int *fd, const struct addrinfo *address, int backlog);

/* The next connection, SECSOCK_WANT_READ or SECSOCK_E_SYSTEM. */
int net_accept(int *fd, int listener);

/* Makes a descriptor of the program's fit for use: non-blocking and close-on-exec. */
int net_adopt(int fd);

/* An address as text into `buffer`; the result is the port. */
int net_address_text(const struct sockaddr_storage *address, socklen_t len, char *buffer,
                     size_t size);

#endif

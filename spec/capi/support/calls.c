#include "calls.h"

#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>

static atomic_uint sends, receives, polls;

struct calls calls_made(void)
{
    return (struct calls){ atomic_load(&sends), atomic_load(&receives), atomic_load(&polls) };
}

/* What the linker makes of calls to these functions, and their own names behind it. */
ssize_t __real_send(int fd, const void *data, size_t len, int flags);
ssize_t __real_recv(int fd, void *data, size_t size, int flags);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
ssize_t __wrap_send(int fd, const void *data, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t size, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);

ssize_t __wrap_send(int fd, const void *data, size_t len, int flags)
{
    atomic_fetch_add(&sends, 1);
    return __real_send(fd, data, len, flags);
}

ssize_t __wrap_recv(int fd, void *data, size_t size, int flags)
{
    atomic_fetch_add(&receives, 1);
    return __real_recv(fd, data, size, flags);
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    atomic_fetch_add(&polls, 1);
    return __real_poll(fds, count, timeout);
}

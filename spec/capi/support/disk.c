#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_ulong calls, doomed;
static int error_given;
static bool ends, failed;

static void arm(unsigned long n, int error, bool end)
{
    error_given = error;
    ends = end;
    failed = false;
    atomic_store(&doomed, n > 0 ? atomic_load(&calls) + n : 0);
}

void disk_fail(unsigned long n, int error)
{
    arm(n, error, false);
}

void disk_end(unsigned long n)
{
    arm(n, 0, true);
}

int disk_failed(void)
{
    return failed;
}

/* Counts a call; whether it is the one. */
static bool is_doomed(void)
{
    if (atomic_fetch_add(&calls, 1) + 1 != atomic_load(&doomed))
        return false;
    failed = true;
    errno = error_given;
    return true;
}

static bool refuses(void)
{
    if (!is_doomed())
        return false;
    if (ends)
        raise(SIGKILL);
    return true;
}

/* What the linker makes of calls to these functions, and their own names behind it. */
int __real_openat(int folder, const char *name, int flags, ...);
int __real_mkdir(const char *path, mode_t mode);
ssize_t __real_write(int fd, const void *data, size_t len);
int __real_fsync(int fd);
int __real_renameat(int folder, const char *name, int to_folder, const char *to_name);
int __real_unlinkat(int folder, const char *name, int flags);
int __real_flock(int fd, int operation);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_mkdir(const char *path, mode_t mode);
ssize_t __wrap_write(int fd, const void *data, size_t len);
int __wrap_fsync(int fd);
int __wrap_renameat(int folder, const char *name, int to_folder, const char *to_name);
int __wrap_unlinkat(int folder, const char *name, int flags);
int __wrap_flock(int fd, int operation);

int __wrap_openat(int folder, const char *name, int flags, ...)
{
    mode_t mode = 0;
    va_list args;
    va_start(args, flags);
    if ((flags & O_CREAT) != 0)
        mode = va_arg(args, mode_t);
    va_end(args);
    return refuses() ? -1 : __real_openat(folder, name, flags, mode);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    return refuses() ? -1 : __real_mkdir(path, mode);
}

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
    if (!is_doomed())
        return __real_write(fd, data, len);
    if (ends && __real_write(fd, data, len / 2) >= 0)
        raise(SIGKILL);
    return -1;
}

int __wrap_fsync(int fd)
{
    return refuses() ? -1 : __real_fsync(fd);
}

int __wrap_renameat(int folder, const char *name, int to_folder, const char *to_name)
{
    return refuses() ? -1 : __real_renameat(folder, name, to_folder, to_name);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
    return refuses() ? -1 : __real_unlinkat(folder, name, flags);
}

int __wrap_flock(int fd, int operation)
{
    return refuses() ? -1 : __real_flock(fd, operation);
}

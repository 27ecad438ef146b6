#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Until `size` bytes or the end of the file. Returns how many, or -1 with errno. */
static ssize_t read_fully(int fd, uint8_t *data, size_t size)
{
    size_t have = 0;
    while (have < size) {
        ssize_t n = read(fd, data + have, size - have);
        if (n == 0)
            break;
        if (n > 0)
            have += (size_t)n;
        else if (errno != EINTR)
            return -1;
    }
    return (ssize_t)have;
}

static int check(int fd, const char *path, size_t *size, secsock_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return error_errno(error, SECSOCK_E_FILE, errno, "cannot examine %s", path);
    if (S_ISDIR(status.st_mode))
        return error_errno(error, SECSOCK_E_FILE, EISDIR, "cannot read %s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, SECSOCK_E_FILE, "cannot read %s: it is not a regular file", path);
    if (status.st_size > FILE_LIMIT)
        return error_set(error, SECSOCK_E_LIMIT, "%s is larger than %d MiB", path,
                         FILE_LIMIT / (1024 * 1024));
    *size = (size_t)status.st_size;
    return SECSOCK_OK;
}

static int slurp(int fd, const char *path, struct secret *out, secsock_error *error)
{
    size_t size = 0;
    int result = check(fd, path, &size, error);
    if (result != SECSOCK_OK)
        return result;
    if (!secret_new(out, size + 1))
        return error_memory(error);
    ssize_t n = read_fully(fd, out->data, out->len);
    if (n < 0)
        result = error_errno(error, SECSOCK_E_FILE, errno, "cannot read %s", path);
    else if ((size_t)n > size)
        result = error_set(error, SECSOCK_E_FILE, "%s grew while it was read", path);
    if (result == SECSOCK_OK)
        out->len = (size_t)n;
    else
        secret_free(out);
    return result;
}

int file_read_at(int folder, const char *name, const char *path, struct secret *out,
                 secsock_error *error)
{
    *out = (struct secret){ NULL, 0 };
    int fd;
    do {
        /* O_NONBLOCK: a FIFO must not hold up the opening. */
        fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return error_errno(error, SECSOCK_E_FILE, errno, "cannot open %s", path);
    int result = slurp(fd, path, out, error);
    close(fd);
    return result;
}

int file_read(const char *path, struct secret *out, secsock_error *error)
{
    return file_read_at(AT_FDCWD, path, path, out, error);
}

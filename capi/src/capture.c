#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "pcapng.h"
#include "secret.h"

struct secsock_capture {
    atomic_uint references, connections;
    bool secrets;
    char *path;

    pthread_mutex_t lock; /* of what follows */
    int fd;               /* -1 once the capture has ended */
    off_t length;         /* of the blocks that are whole */
    secsock_error error;  /* why it ended before its time */
};

/* ----------------------------------------------------------------------------------- writing */

static int write_fully(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

static void end(secsock_capture *capture)
{
    if (capture->fd >= 0)
        close(capture->fd);
    capture->fd = -1;
}

/* A block that is there in part is taken back, so that the file can be read as far as it goes. */
static void write_failed(secsock_capture *capture, int sys_errno)
{
    error_errno(&capture->error, SECSOCK_E_FILE, sys_errno,
                "the capture has ended: cannot write %s", capture->path);
    if (ftruncate(capture->fd, capture->length) != 0)
        error_prefix(&capture->error, SECSOCK_E_FILE, "its last packet is damaged");
    end(capture);
}

void capture_write(secsock_capture *capture, const void *blocks, size_t len)
{
    pthread_mutex_lock(&capture->lock);
    if (capture->fd >= 0) {
        if (write_fully(capture->fd, blocks, len) == 0)
            capture->length += (off_t)len;
        else
            write_failed(capture, errno);
    }
    pthread_mutex_unlock(&capture->lock);
}

void capture_secret(secsock_capture *capture, const char *line)
{
    uint8_t block[PCAPNG_SECRET_MOST];
    capture_write(capture, block, pcapng_secret(line, block));
    secret_erase(block, sizeof(block));
}

void capture_starve(secsock_capture *capture)
{
    pthread_mutex_lock(&capture->lock);
    if (capture->fd >= 0) {
        error_set(&capture->error, SECSOCK_E_MEMORY, "the capture %s has ended: out of memory",
                  capture->path);
        end(capture);
    }
    pthread_mutex_unlock(&capture->lock);
}

bool capture_keeps_secrets(const secsock_capture *capture)
{
    return capture->secrets;
}

unsigned capture_number(secsock_capture *capture)
{
    return atomic_fetch_add(&capture->connections, 1);
}

/* -------------------------------------------------------------------------------- life cycle */

/* Never over something that is there: it may be another capture, or somebody's who may read it. */
static int create(secsock_capture *capture, secsock_error *error)
{
    do {
        capture->fd =
            openat(AT_FDCWD, capture->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    } while (capture->fd < 0 && errno == EINTR);
    if (capture->fd < 0)
        return error_errno(error, SECSOCK_E_FILE, errno, "cannot create %s", capture->path);
    uint8_t head[PCAPNG_HEAD_MOST];
    capture_write(capture, head, pcapng_head(capture->secrets, head));
    return secsock_capture_status(capture, error);
}

int secsock_capture_open(secsock_capture **out, const char *path, int what, secsock_error *error)
{
    if (!out)
        return SECSOCK_E_ARGUMENT;
    *out = NULL;
    if (!path || (what != SECSOCK_CAPTURE_WIRE && what != SECSOCK_CAPTURE_SECRETS))
        return error_set(error, SECSOCK_E_ARGUMENT, "a path, and what is to be captured");
    secsock_capture *capture = calloc(1, sizeof(*capture));
    if (!capture)
        return error_memory(error);
    capture->references = 1;
    capture->secrets = what == SECSOCK_CAPTURE_SECRETS;
    capture->fd = -1;
    pthread_mutex_init(&capture->lock, NULL);
    int result = (capture->path = strdup(path)) ? create(capture, error) : error_memory(error);
    if (result == SECSOCK_OK)
        *out = capture;
    else
        secsock_capture_free(capture);
    return result;
}

secsock_capture *secsock_capture_ref(secsock_capture *capture)
{
    atomic_fetch_add(&capture->references, 1);
    return capture;
}

void secsock_capture_free(secsock_capture *capture)
{
    if (!capture || atomic_fetch_sub(&capture->references, 1) != 1)
        return;
    end(capture);
    pthread_mutex_destroy(&capture->lock);
    free(capture->path);
    free(capture);
}

int secsock_capture_status(secsock_capture *capture, secsock_error *error)
{
    pthread_mutex_lock(&capture->lock);
    int result = capture->error.code;
    if (error && result != SECSOCK_OK)
        *error = capture->error;
    else
        error_clear(error);
    pthread_mutex_unlock(&capture->lock);
    return result;
}

/* Some file systems tell only now that what was written has no room (close(2)). */
int secsock_capture_close(secsock_capture *capture, secsock_error *error)
{
    pthread_mutex_lock(&capture->lock);
    if (capture->fd >= 0 && close(capture->fd) != 0)
        error_errno(&capture->error, SECSOCK_E_FILE, errno, "closing %s", capture->path);
    capture->fd = -1;
    pthread_mutex_unlock(&capture->lock);
    return secsock_capture_status(capture, error);
}

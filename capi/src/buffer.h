/* A queue of bytes: appended at the end, consumed from the front. */
#ifndef SECSOCK_SRC_BUFFER_H
#define SECSOCK_SRC_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "secsock.h"

struct buffer {
    uint8_t *data; /* NULL while there is nothing to hold */
    size_t start;  /* of the bytes held */
    size_t len;    /* how many are held */
    size_t capacity;
    size_t keep; /* memory of up to so many bytes stays when the last byte goes */
};

/* Makes room for `len` more bytes at the end: SECSOCK_OK, or SECSOCK_E_MEMORY; then nothing has
 * changed. */
int buffer_reserve(struct buffer *buffer, size_t len);

/* That room, to be taken into use by buffer_grow(); NULL when memory is short. */
static inline uint8_t *buffer_room(struct buffer *buffer, size_t len)
{
    size_t end = buffer->start + buffer->len;
    if (len > buffer->capacity - end && buffer_reserve(buffer, len) != SECSOCK_OK)
        return NULL;
    return buffer->data + buffer->start + buffer->len;
}

static inline void buffer_grow(struct buffer *buffer, size_t len)
{
    buffer->len += len;
}

/* SECSOCK_OK or SECSOCK_E_MEMORY; then nothing has changed. */
int buffer_append(struct buffer *buffer, const void *data, size_t len);
int buffer_prepend(struct buffer *buffer, const void *data, size_t len);

static inline const uint8_t *buffer_bytes(const struct buffer *buffer)
{
    return buffer->data + buffer->start;
}

/* Forgets what is held, and gives the memory back in any case. */
void buffer_clear(struct buffer *buffer);

/* Drops bytes from the front; the memory is given back with the last of them, unless it is little
 * enough to `keep`. */
static inline void buffer_consume(struct buffer *buffer, size_t len)
{
    buffer->start += len;
    buffer->len -= len;
    if (buffer->len > 0)
        return;
    buffer->start = 0;
    if (buffer->capacity > buffer->keep)
        buffer_clear(buffer);
}

/* How many of `len` bytes a call moves whose result is an int. */
static inline int buffer_clip(size_t len)
{
    enum { MOST = 1 << 30 };
    return len < MOST ? (int)len : MOST;
}

/* Moves up to `size` bytes out; returns how many. */
static inline size_t buffer_take(struct buffer *buffer, void *out, size_t size)
{
    size_t taken = buffer->len < size ? buffer->len : size;
    if (taken > 0) {
        memcpy(out, buffer_bytes(buffer), taken);
        buffer_consume(buffer, taken);
    }
    return taken;
}

#endif

#include "buffer.h"

#include <stdlib.h>

enum { SMALLEST_CAPACITY = 512 };

int buffer_reserve(struct buffer *buffer, size_t len)
{
    size_t needed = buffer->len + len;
    if (needed < len)
        return SECSOCK_E_MEMORY;
    if (buffer->start + needed <= buffer->capacity)
        return SECSOCK_OK;
    if (needed <= buffer->capacity) {
        memmove(buffer->data, buffer->data + buffer->start, buffer->len);
        buffer->start = 0;
        return SECSOCK_OK;
    }
    size_t capacity = buffer->capacity * 2;
    if (capacity < needed)
        capacity = needed;
    if (capacity < SMALLEST_CAPACITY)
        capacity = SMALLEST_CAPACITY;
    uint8_t *data = malloc(capacity);
    if (!data)
        return SECSOCK_E_MEMORY;
    if (buffer->len > 0)
        memcpy(data, buffer_bytes(buffer), buffer->len);
    free(buffer->data);
    buffer->data = data;
    buffer->start = 0;
    buffer->capacity = capacity;
    return SECSOCK_OK;
}

int buffer_append(struct buffer *buffer, const void *data, size_t len)
{
    if (len == 0)
        return SECSOCK_OK;
    uint8_t *room = buffer_room(buffer, len);
    if (!room)
        return SECSOCK_E_MEMORY;
    memcpy(room, data, len);
    buffer->len += len;
    return SECSOCK_OK;
}

int buffer_prepend(struct buffer *buffer, const void *data, size_t len)
{
    if (len == 0)
        return SECSOCK_OK;
    if (buffer_reserve(buffer, len) != SECSOCK_OK)
        return SECSOCK_E_MEMORY;
    uint8_t *front = buffer->data + buffer->start;
    memmove(front + len, front, buffer->len);
    memcpy(front, data, len);
    buffer->len += len;
    return SECSOCK_OK;
}

void buffer_clear(struct buffer *buffer)
{
    free(buffer->data);
    buffer->data = NULL;
    buffer->start = buffer->len = buffer->capacity = 0;
}

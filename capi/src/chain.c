#include "chain.h"

#include <stdlib.h>
#include <string.h>

/* A copy of `bytes` at *at, which moves behind it. */
static struct slice put(uint8_t **at, struct slice bytes)
{
    struct slice copy = { *at, bytes.len };
    if (bytes.len > 0)
        memcpy(*at, bytes.data, bytes.len);
    *at += bytes.len;
    return copy;
}

struct chain *chain_new(const struct slice *certs, size_t count, struct slice staple)
{
    size_t bytes = staple.len;
    for (size_t i = 0; i < count; i++)
        bytes += certs[i].len;
    struct chain *chain = malloc(sizeof(*chain) + count * sizeof(*certs) + bytes);
    if (!chain)
        return NULL;
    atomic_init(&chain->refs, 1);
    chain->count = count;
    uint8_t *at = (uint8_t *)(chain->certs + count);
    for (size_t i = 0; i < count; i++)
        chain->certs[i] = put(&at, certs[i]);
    chain->staple = put(&at, staple);
    return chain;
}

struct chain *chain_ref(struct chain *chain)
{
    if (chain)
        atomic_fetch_add(&chain->refs, 1);
    return chain;
}

void chain_free(struct chain *chain)
{
    if (chain && atomic_fetch_sub(&chain->refs, 1) == 1)
        free(chain);
}

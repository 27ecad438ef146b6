#include "chain.h"

#include <stdlib.h>
#include <string.h>

struct chain *chain_new(const struct slice *certs, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += certs[i].len;
    struct chain *chain = malloc(sizeof(*chain) + count * sizeof(*certs) + bytes);
    if (!chain)
        return NULL;
    atomic_init(&chain->refs, 1);
    chain->count = count;
    uint8_t *at = (uint8_t *)(chain->certs + count);
    for (size_t i = 0; i < count; i++) {
        memcpy(at, certs[i].data, certs[i].len);
        chain->certs[i] = (struct slice){ at, certs[i].len };
        at += certs[i].len;
    }
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

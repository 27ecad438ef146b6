#include "chain.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "secsock.h"

/* One reference, and room for so many bytes, which begins at *at; or NULL. */
static struct chain *allocate(size_t count, size_t bytes, uint8_t **at)
{
    struct chain *chain = malloc(sizeof(*chain) + count * sizeof(*chain->certs) + bytes);
    if (!chain)
        return NULL;
    atomic_init(&chain->refs, 1);
    chain->staple = (struct slice){ 0 };
    chain->count = count;
    *at = (uint8_t *)(chain->certs + count);
    return chain;
}

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
    uint8_t *at;
    struct chain *chain = allocate(count, bytes, &at);
    if (!chain)
        return NULL;
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

/* -------------------------------------------------------------------------------- messages */

/* A vector, behind its length of so many octets (RFC 8446, section 3.4). */
static bool take_vector(struct slice *in, size_t octets, struct slice *content)
{
    size_t len = 0;
    if (in->len < octets)
        return false;
    for (size_t i = 0; i < octets; i++)
        len = len << 8 | in->data[i];
    if (in->len - octets < len)
        return false;
    *content = (struct slice){ in->data + octets, len };
    *in = (struct slice){ content->data + len, in->len - octets - len };
    return true;
}

static bool take_entry(struct slice *list, bool extended, struct slice *cert,
                       struct slice *extensions)
{
    *extensions = (struct slice){ 0 };
    return take_vector(list, 3, cert) && (!extended || take_vector(list, 2, extensions));
}

struct slice chain_read_staple(struct slice status)
{
    enum { OCSP = 1 };
    struct slice response, nothing = { 0 };
    if (status.len == 0 || status.data[0] != OCSP)
        return nothing;
    status = (struct slice){ status.data + 1, status.len - 1 };
    return take_vector(&status, 3, &response) && status.len == 0 ? response : nothing;
}

static struct slice find_staple(struct slice extensions)
{
    enum { STATUS_REQUEST = 5 };
    struct slice nothing = { 0 };
    while (extensions.len > 2) {
        struct slice content, rest = { extensions.data + 2, extensions.len - 2 };
        int type = extensions.data[0] << 8 | extensions.data[1];
        if (!take_vector(&rest, 2, &content))
            return nothing;
        if (type == STATUS_REQUEST)
            return chain_read_staple(content);
        extensions = rest;
    }
    return nothing;
}

int chain_read(struct chain **out, struct slice message, bool extended)
{
    struct slice context, list, cert, extensions;
    size_t count = 0;
    *out = NULL;
    if ((extended && !take_vector(&message, 1, &context)) || !take_vector(&message, 3, &list) ||
        message.len > 0)
        return SECSOCK_E_FORMAT;
    for (struct slice rest = list; rest.len > 0; count++)
        if (!take_entry(&rest, extended, &cert, &extensions))
            return SECSOCK_E_FORMAT;
    uint8_t *at;
    struct chain *chain = allocate(count, list.len, &at);
    if (!chain)
        return SECSOCK_E_MEMORY;
    for (size_t i = 0; i < count && take_entry(&list, extended, &cert, &extensions); i++) {
        chain->certs[i] = put(&at, cert);
        if (i == 0)
            chain->staple = put(&at, find_staple(extensions));
    }
    *out = chain;
    return SECSOCK_OK;
}

#include "chain.h"

#include <stdlib.h>
#include <string.h>

/* With one reference and room for so many certificates, or NULL. */
static struct chain *allocate(size_t count)
{
    const size_t each = sizeof(struct slice) + sizeof(secsock_cert *);
    struct chain *chain = calloc(1, sizeof(*chain) + count * each);
    if (!chain)
        return NULL;
    atomic_init(&chain->refs, 1);
    chain->parsed = (secsock_cert **)(chain->certs + count);
    chain->count = count;
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
    if (!chain || atomic_fetch_sub(&chain->refs, 1) != 1)
        return;
    for (size_t i = 0; i < chain->count; i++)
        secsock_cert_free(chain->parsed[i]);
    free(chain->unparsed);
    free((void *)chain->staple.data);
    free(chain);
}

int chain_set_staple(struct chain *chain, struct slice response)
{
    uint8_t *copy = NULL;
    if (response.len > 0 && !(copy = malloc(response.len)))
        return SECSOCK_E_MEMORY;
    if (copy)
        memcpy(copy, response.data, response.len);
    free((void *)chain->staple.data);
    chain->staple = (struct slice){ copy, response.len };
    return SECSOCK_OK;
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

/* Parses a certificate, whose bytes are the object's then. One that cannot be read stays as it is,
 * and so does what is beyond every chain that is meant to be read. */
static int parse(struct chain *chain, size_t index)
{
    enum { PARSED_MOST = 64 };
    const char *why;
    struct slice *der = &chain->certs[index];
    int result =
        index < PARSED_MOST ? cert_make(&chain->parsed[index], *der, &why) : SECSOCK_E_FORMAT;
    if (result == SECSOCK_OK)
        *der = chain->parsed[index]->x509.der;
    return result == SECSOCK_E_MEMORY ? result : SECSOCK_OK;
}

/* Copies what was not parsed. */
static int keep_unparsed(struct chain *chain)
{
    size_t bytes = 0;
    for (size_t i = 0; i < chain->count; i++)
        bytes += chain->parsed[i] ? 0 : chain->certs[i].len;
    if (bytes > 0 && !(chain->unparsed = malloc(bytes)))
        return SECSOCK_E_MEMORY;
    uint8_t *at = chain->unparsed;
    for (size_t i = 0; i < chain->count; i++) {
        struct slice *der = &chain->certs[i];
        if (der->len == 0)
            der->data = NULL;
        if (chain->parsed[i] || der->len == 0)
            continue;
        der->data = memcpy(at, der->data, der->len);
        at += der->len;
    }
    return SECSOCK_OK;
}

static int fill(struct chain *chain, struct slice list, bool extended)
{
    struct slice extensions;
    int result = SECSOCK_OK;
    for (size_t i = 0; i < chain->count && result == SECSOCK_OK; i++) {
        take_entry(&list, extended, &chain->certs[i], &extensions);
        result = parse(chain, i);
        if (i == 0 && result == SECSOCK_OK)
            result = chain_set_staple(chain, find_staple(extensions));
    }
    return result == SECSOCK_OK ? keep_unparsed(chain) : result;
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
    struct chain *chain = allocate(count);
    int result = chain ? fill(chain, list, extended) : SECSOCK_E_MEMORY;
    if (result == SECSOCK_OK)
        *out = chain;
    else
        chain_free(chain);
    return result;
}

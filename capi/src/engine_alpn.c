/* Application protocols (RFC 7301). */
#include <string.h>

#include "engine_internal.h"

/* The first name of a list with commas, and how long it is. NULL at the end of the list. */
static char *first_name(char *list, size_t *len)
{
    *len = list ? strcspn(list, ",") : 0;
    return list;
}

static char *next_name(char *name, size_t *len)
{
    return first_name(name[*len] == ',' ? name + *len + 1 : NULL, len);
}

static bool has_name(char *list, const char *wanted, size_t wanted_len)
{
    size_t len;
    for (char *name = first_name(list, &len); name; name = next_name(name, &len))
        if (len == wanted_len && memcmp(name, wanted, len) == 0)
            return true;
    return false;
}

static int use(WOLFSSL *ssl, char *list, size_t len)
{
    int used = wolfSSL_UseALPN(ssl, list, (unsigned)len, WOLFSSL_ALPN_FAILED_ON_MISMATCH);
    return used == WOLFSSL_SUCCESS ? SECSOCK_OK : SECSOCK_E_MEMORY;
}

int engine_offer_protocols(struct engine *engine)
{
    char *ours = engine->context->alpn;
    return ours ? use(engine->ssl, ours, strlen(ours)) : SECSOCK_OK;
}

/* Section 3.2: the server's preference counts. wolfSSL goes by the client's, so it is told of no
 * more than the one to choose; or of all, to refuse a client that has none of them. */
static int choose(WOLFSSL *ssl, char *ours, char *theirs)
{
    size_t len;
    for (char *name = first_name(ours, &len); name; name = next_name(name, &len))
        if (has_name(theirs, name, len))
            return use(ssl, name, len);
    return use(ssl, ours, strlen(ours));
}

int engine_choose_protocol(struct engine *engine)
{
    char *ours = engine->context->alpn, *theirs = NULL;
    unsigned short len;
    if (!ours)
        return SECSOCK_OK;
    int listed = wolfSSL_ALPN_GetPeerProtocol(engine->ssl, &theirs, &len);
    if (listed == BUFFER_ERROR) /* the client names none */
        return SECSOCK_OK;
    int result = listed == WOLFSSL_SUCCESS ? choose(engine->ssl, ours, theirs) : SECSOCK_E_MEMORY;
    wolfSSL_ALPN_FreePeerProtocol(engine->ssl, &theirs);
    return result;
}

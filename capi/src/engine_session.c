/* Resumption: what a client keeps and offers, and the tickets of a server. */
#include <string.h>

#include "engine_internal.h"

static void release_session(void *session)
{
    wolfSSL_SESSION_free(session);
}

/* A copy, for wolfSSL goes on changing the original. */
static void remember(struct engine *engine, WOLFSSL_SESSION *session)
{
    struct chain *chain = engine_chain(engine);
    WOLFSSL_SESSION *copy = engine->key && chain ? wolfSSL_SESSION_dup(session) : NULL;
    if (copy)
        session_remember(engine->context->sessions, engine->key, copy, release_session, chain);
}

/* Under TLS 1.2 it comes before the handshake has ended, and waits for engine_finish(). Returns 0:
 * no reference was kept. */
int engine_on_session(WOLFSSL *ssl, WOLFSSL_SESSION *session)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    if (engine_version(engine) >= SECSOCK_TLS_1_3)
        remember(engine, session);
    return 0;
}

static bool seal_ticket(struct engine *engine, struct session_cache *cache, struct ticket *ticket)
{
    unsigned generation = engine_resumed(engine) ? engine->generation + 1 : 0;
    return session_seal(cache, ticket, engine_chain(engine), generation);
}

/* wolfSSL opens every ticket of a ClientHello before it settles on one, and does not tell on which:
 * whoever showed somebody else's beside its own would be taken for that. No more than one opens on
 * a connection; that one again, after a HelloRetryRequest. */
static bool open_ticket(struct engine *engine, struct session_cache *cache, struct ticket *ticket)
{
    if (engine->opened && memcmp(engine->ticket, ticket->iv, TICKET_IV) != 0)
        return false;
    chain_free(engine->remembered);
    if (!session_open(cache, ticket, &engine->remembered, &engine->generation))
        return false;
    engine->opened = true;
    memcpy(engine->ticket, ticket->iv, TICKET_IV);
    if (!engine->turn)
        engine->by_ticket = true;
    engine->turn = true;
    return true;
}

int engine_on_ticket(WOLFSSL *ssl, unsigned char name[WOLFSSL_TICKET_NAME_SZ],
                     unsigned char iv[WOLFSSL_TICKET_IV_SZ],
                     unsigned char mac[WOLFSSL_TICKET_MAC_SZ], int sealing, unsigned char *text,
                     int len, int *out_len, void *cache)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    struct ticket ticket = { name, iv, mac, text, (size_t)len };
    if (sealing) {
        if (*out_len < len + TICKET_DIGEST || !seal_ticket(engine, cache, &ticket))
            return WOLFSSL_TICKET_RET_FATAL;
        *out_len = len + TICKET_DIGEST;
        return WOLFSSL_TICKET_RET_OK;
    }
    if (len < TICKET_DIGEST)
        return WOLFSSL_TICKET_RET_REJECT;
    ticket.len -= TICKET_DIGEST;
    *out_len = (int)ticket.len;
    return open_ticket(engine, cache, &ticket) ? WOLFSSL_TICKET_RET_OK : WOLFSSL_TICKET_RET_REJECT;
}

/* A session that cannot be used any more means a full handshake, no failure. */
void engine_offer_session(struct engine *engine)
{
    WOLFSSL_SESSION *session =
        session_recall(engine->context->sessions, engine->key, &engine->remembered);
    if (session)
        wolfSSL_set_session(engine->ssl, session);
    wolfSSL_SESSION_free(session);
}

/* A handshake that was tampered with leaves nothing to resume. A session of TLS 1.2 that was
 * resumed may be again, and the server need not renew its ticket. */
static void keep_session(struct engine *engine)
{
    WOLFSSL_SESSION *session = wolfSSL_get1_session(engine->ssl);
    if (session)
        remember(engine, session);
    wolfSSL_SESSION_free(session);
}

static int send_ticket(struct engine *engine, secsock_error *error)
{
    static const char doing[] = "sending a session ticket failed";
    int sent = wolfSSL_send_SessionTicket(engine->ssl);
    int result = sent == WOLFSSL_SUCCESS ? SECSOCK_OK : engine_result(engine, sent, doing, error);
    /* What could not be sent yet leaves with the first data. */
    if (result == SECSOCK_WANT_WRITE)
        result = SECSOCK_OK;
    return engine_sent(engine, result, doing, error);
}

/* wolfSSL's own: it would keep these for requests that come after a handshake, of which secsock
 * offers none. */
extern void FreeHandshakeHashes(WOLFSSL *ssl);

static void forget_handshake(struct engine *engine)
{
    FreeHandshakeHashes(engine->ssl);
    engine_forget_question(engine);
}

int engine_finish(struct engine *engine, secsock_error *error)
{
    bool server = engine->context->role == SECSOCK_SERVER;
    bool has_tickets = engine_version(engine) >= SECSOCK_TLS_1_3;
    int result = SECSOCK_OK;
    engine_end_keylog(engine);
    if (engine->context->sessions && server && has_tickets)
        result = send_ticket(engine, error);
    else if (engine->context->sessions && !server && !has_tickets)
        keep_session(engine);
    forget_handshake(engine);
    transport_settle(engine->transport);
    engine->shaken = true;
    return result;
}

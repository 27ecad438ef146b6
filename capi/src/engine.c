/*
 * One connection's TLS: its handshake, and the callbacks by which wolfSSL sees the world.
 *
 * A peer is judged outside of wolfSSL, between its last word and our next. The send callback holds
 * our flight back (it says that it would block) from the moment that the turn is ours; the caller
 * judges, then lets the flight go or sends an alert in its stead. The turn is ours:
 * - as a client, when the server has answered: from the first byte after the ClientHello that is
 *   not a second ClientHello (RFC 8446, section 4.1.4);
 * - as a server that asks for certificates, when the client has answered our request, or has shown
 *   a ticket, which holds the answer of an earlier handshake;
 * - as a server that asks for none, from our first byte on.
 */
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"
#include "error.h"

enum {
    RECORD_CHANGE_CIPHER_SPEC = 20,
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_HEADER = 5
};

/* ------------------------------------------------------------------------------ life cycle */

/* 1.3 tells of its handshake keys: what is sent after them answers the peer's flight. */
static int on_secret(WOLFSSL *ssl, int id, const unsigned char *secret, int len, void *arg)
{
    struct engine *engine = arg;
    (void)ssl, (void)secret, (void)len;
    if (id == CLIENT_HANDSHAKE_TRAFFIC_SECRET || id == SERVER_HANDSHAKE_TRAFFIC_SECRET)
        engine->keys = true;
    return 0;
}

static int offer_shares(struct engine *engine)
{
    for (size_t i = 0; i < 2; i++) {
        const struct group *group = engine->context->shares[i];
        int set = group ? wolfSSL_UseKeyShare(engine->ssl, group->number) : WOLFSSL_SUCCESS;
        if (set != WOLFSSL_SUCCESS && set != BAD_FUNC_ARG) /* the latter: TLS 1.2 only */
            return SECSOCK_E_MEMORY;
    }
    return SECSOCK_OK;
}

/* A session that cannot be used any more means a full handshake, no failure. */
static void offer_session(struct engine *engine)
{
    WOLFSSL_SESSION *session =
        session_recall(engine->context->sessions, engine->key, &engine->remembered);
    if (session)
        wolfSSL_set_session(engine->ssl, session);
    wolfSSL_SESSION_free(session);
}

static int set_up_client(struct engine *engine, const char *sni, const char *key)
{
    if (sni && wolfSSL_UseSNI(engine->ssl, WOLFSSL_SNI_HOST_NAME, sni,
                              (unsigned short)strlen(sni)) != WOLFSSL_SUCCESS)
        return SECSOCK_E_MEMORY;
    if (key && engine->context->sessions) {
        if (!(engine->key = strdup(key)))
            return SECSOCK_E_MEMORY;
        offer_session(engine);
    }
    return offer_shares(engine);
}

static int set_up(struct engine *engine, const char *sni, const char *key)
{
    struct engine_context *context = engine->context;
    if (!(engine->ssl = wolfSSL_new(context->ctx)))
        return SECSOCK_E_MEMORY;
    wolfSSL_SetIOReadCtx(engine->ssl, engine);
    wolfSSL_SetIOWriteCtx(engine->ssl, engine);
    wolfSSL_SetCertCbCtx(engine->ssl, engine);
    wolfSSL_set_tls13_secret_cb(engine->ssl, on_secret, engine);
    if (context->alpn &&
        wolfSSL_UseALPN(engine->ssl, context->alpn, (unsigned)strlen(context->alpn),
                        WOLFSSL_ALPN_FAILED_ON_MISMATCH) != WOLFSSL_SUCCESS)
        return SECSOCK_E_MEMORY;
    return context->role == SECSOCK_CLIENT ? set_up_client(engine, sni, key) : SECSOCK_OK;
}

int engine_new(struct engine **out, struct engine_context *context, struct transport *transport,
               const char *sni, const char *key, secsock_error *error)
{
    *out = NULL;
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return error_memory(error);
    engine->context = context;
    engine->transport = transport;
    engine->turn = context->role == SECSOCK_SERVER && !context->asks;
    if (set_up(engine, sni, key) != SECSOCK_OK) {
        engine_free(engine);
        return error_memory(error);
    }
    *out = engine;
    return SECSOCK_OK;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    wolfSSL_free(engine->ssl);
    chain_free(engine->sent);
    chain_free(engine->remembered);
    buffer_clear(&engine->stash);
    free(engine->key);
    free(engine);
}

/* ------------------------------------------------------------------------------- transport */

/* Whether the handshake has come so far that what we send next answers the peer. */
static bool is_settled(const struct engine *engine)
{
    return engine->keys || wolfSSL_version(engine->ssl) < TLS1_3_VERSION;
}

/* RFC 8446, section 4.1.3: a ServerHello with this random asks for another ClientHello. */
static bool is_retry_request(const unsigned char *record, size_t len)
{
    static const unsigned char random[] = { 0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11,
                                            0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
                                            0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E,
                                            0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C };
    enum { AT = RECORD_HEADER + 6 }; /* behind the headers of handshake and version */
    return len >= AT + sizeof random && record[0] == RECORD_HANDSHAKE &&
           memcmp(record + AT, random, sizeof random) == 0;
}

static bool must_hold(const struct engine *engine, const unsigned char *record, size_t len)
{
    if (engine->released || !engine->turn)
        return false;
    if (is_settled(engine))
        return true;
    return engine->context->role == SECSOCK_SERVER && record[0] != RECORD_CHANGE_CIPHER_SPEC &&
           !is_retry_request(record, len);
}

static int callback_failed(struct engine *engine, int result)
{
    engine->failure = result;
    return result == SECSOCK_E_RESET ? WOLFSSL_CBIO_ERR_CONN_RST : WOLFSSL_CBIO_ERR_GENERAL;
}

/* The answer of a client that has no certificate (RFC 5246, section 7.4.6). wolfSSL would send it
 * twice if it were told to wait with it: it is taken, and kept back here. */
static bool is_empty_certificate(const unsigned char *record, size_t len)
{
    static const unsigned char message[] = { 11, 0, 0, 3, 0, 0, 0 };
    return len == RECORD_HEADER + sizeof message && record[0] == RECORD_HANDSHAKE &&
           memcmp(record + RECORD_HEADER, message, sizeof message) == 0;
}

static int hold(struct engine *engine, const unsigned char *record, size_t len)
{
    if (is_empty_certificate(record, len))
        return buffer_append(&engine->stash, record, len) == SECSOCK_OK
                   ? (int)len
                   : callback_failed(engine, SECSOCK_E_MEMORY);
    engine->held = true;
    engine->held_len = len;
    memcpy(engine->head, record, len < sizeof engine->head ? len : sizeof engine->head);
    return WOLFSSL_CBIO_ERR_WANT_WRITE;
}

static int send_stash(struct engine *engine)
{
    struct buffer *stash = &engine->stash;
    while (stash->len > 0) {
        int n = transport_send(engine->transport, buffer_bytes(stash), stash->len);
        if (n < 0)
            return n;
        buffer_consume(stash, (size_t)n);
    }
    return SECSOCK_OK;
}

int engine_on_send(WOLFSSL *ssl, char *data, int size, void *arg)
{
    struct engine *engine = arg;
    size_t len = (size_t)size;
    (void)ssl;
    if (must_hold(engine, (const unsigned char *)data, len))
        return hold(engine, (const unsigned char *)data, len);
    if (engine->skip > 0) {
        size_t skipped = engine->skip < len ? engine->skip : len;
        engine->skip -= skipped;
        return (int)skipped;
    }
    int n = send_stash(engine);
    if (n == SECSOCK_OK)
        n = transport_send(engine->transport, data, len);
    if (n > 0) {
        engine->sent_any = true;
        return n;
    }
    return n == SECSOCK_WANT_WRITE ? WOLFSSL_CBIO_ERR_WANT_WRITE : callback_failed(engine, n);
}

/* A peer that does not speak TLS is told apart by its first bytes, before wolfSSL sees them: a
 * handshake or alert record of major version 3 (RFC 8446, section 5.1). */
static bool looks_like_tls(struct engine *engine)
{
    const struct buffer *input = &engine->transport->input;
    const uint8_t *bytes = buffer_bytes(input);
    bool client = engine->context->role == SECSOCK_CLIENT;
    if ((bytes[0] == RECORD_HANDSHAKE || (client && bytes[0] == RECORD_ALERT)) &&
        (input->len < 2 || bytes[1] == 3))
        return true;
    engine->opening_len = input->len < sizeof engine->opening ? input->len : sizeof engine->opening;
    memcpy(engine->opening, bytes, engine->opening_len);
    return false;
}

static int receive_first(struct engine *engine)
{
    int n = transport_fill(engine->transport);
    if (n <= 0)
        return n;
    if (!looks_like_tls(engine))
        return SECSOCK_E_NOT_TLS;
    engine->first_record = true;
    return n;
}

int engine_on_receive(WOLFSSL *ssl, char *data, int size, void *arg)
{
    struct engine *engine = arg;
    (void)ssl;
    if (engine->sent_any && (engine->context->role == SECSOCK_CLIENT || is_settled(engine))) {
        engine->turn = true;
        engine->by_ticket = false;
    }
    int n = engine->first_record ? 1 : receive_first(engine);
    if (n > 0)
        n = transport_receive(engine->transport, data, (size_t)size);
    if (n > 0)
        return n;
    if (n == SECSOCK_WANT_READ)
        return WOLFSSL_CBIO_ERR_WANT_READ;
    if (n == 0) {
        engine->failure = SECSOCK_E_TRUNCATED;
        return WOLFSSL_CBIO_ERR_CONN_CLOSE;
    }
    return callback_failed(engine, n);
}

/* ------------------------------------------------------------------------------- handshake */

static int drive(struct engine *engine, secsock_error *error)
{
    engine->held = false;
    int done = engine->context->role == SECSOCK_CLIENT ? wolfSSL_connect(engine->ssl)
                                                       : wolfSSL_accept(engine->ssl);
    if (done == WOLFSSL_SUCCESS)
        return SECSOCK_OK;
    return engine_result(engine, done, "the TLS handshake failed", error);
}

/* A server that asks for certificates holds its ServerHello when a ticket was shown. If the ticket
 * did not do, the client has yet to answer the request that this flight brings. */
static bool turn_was_early(const struct engine *engine)
{
    return engine->held && engine->by_ticket && !engine_resumed(engine);
}

/* wolfSSL has failed while holding: what is held is its alert, which the peer may have. */
static void let_alert_go(struct engine *engine)
{
    if (engine->held && engine->held_len <= sizeof engine->head)
        transport_send(engine->transport, engine->head, engine->held_len);
    engine->held = false;
}

static enum engine_step next_step(const struct engine *engine, int result)
{
    if (engine->released)
        return ENGINE_GOES_ON;
    if (result <= SECSOCK_E_ARGUMENT)
        return engine->certificate_failed ? ENGINE_TELL : ENGINE_GOES_ON;
    return result == SECSOCK_OK || engine->held ? ENGINE_JUDGE : ENGINE_GOES_ON;
}

int engine_handshake(struct engine *engine, enum engine_step *step, secsock_error *error)
{
    int result = drive(engine, error);
    while (turn_was_early(engine)) {
        engine->turn = engine->by_ticket = false;
        result = drive(engine, error);
    }
    if (result <= SECSOCK_E_ARGUMENT)
        let_alert_go(engine);
    *step = next_step(engine, result);
    return result;
}

void engine_release(struct engine *engine)
{
    engine->released = true;
}

/*
 * What is held stands before the alert in wolfSSL's buffer. It is dropped where it is a message in
 * the clear, as is the alert then. A change_cipher_spec goes out instead: under TLS 1.3 it means
 * nothing (RFC 8446, section D.4), under TLS 1.2 the alert after it is encrypted.
 */
void engine_reject(struct engine *engine, int alert)
{
    engine->released = true;
    buffer_clear(&engine->stash);
    if (engine->held && engine->head[0] != RECORD_CHANGE_CIPHER_SPEC)
        engine->skip = engine->held_len;
    engine_send_alert(engine, alert);
}

/* A session of TLS 1.2 that was resumed may be again, and the server need not renew its ticket. */
static void keep_session(struct engine *engine)
{
    WOLFSSL_SESSION *session = wolfSSL_get1_session(engine->ssl);
    if (session)
        engine_on_session(engine->ssl, session);
    wolfSSL_SESSION_free(session);
}

static int send_ticket(struct engine *engine, secsock_error *error)
{
    int sent = wolfSSL_send_SessionTicket(engine->ssl);
    if (sent == WOLFSSL_SUCCESS)
        return SECSOCK_OK;
    int result = engine_result(engine, sent, "sending a session ticket failed", error);
    /* What could not be sent yet leaves with the first data. */
    return result == SECSOCK_WANT_WRITE ? SECSOCK_OK : result;
}

int engine_finish(struct engine *engine, secsock_error *error)
{
    bool server = engine->context->role == SECSOCK_SERVER;
    bool has_tickets = engine_version(engine) >= SECSOCK_TLS_1_3;
    if (!engine->context->sessions)
        return SECSOCK_OK;
    if (server && has_tickets)
        return send_ticket(engine, error);
    if (!server && !has_tickets && engine_resumed(engine))
        keep_session(engine);
    return SECSOCK_OK;
}

bool engine_resumed(const struct engine *engine)
{
    return wolfSSL_session_reused(engine->ssl) == 1;
}

struct chain *engine_chain(const struct engine *engine)
{
    return engine_resumed(engine) ? engine->remembered : engine->sent;
}

bool engine_presented(const struct engine *engine)
{
    bool asked = engine->context->role == SECSOCK_SERVER || engine->asked;
    return asked && !engine_resumed(engine);
}

/* --------------------------------------------------------------------------- certificates */

int engine_on_request(WOLFSSL *ssl, void *unused)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    (void)unused;
    engine->asked = true;
    return 1;
}

/* Errors of trust and of use are for validate() to see and to judge; errors of form are fatal. Of
 * an intermediate nothing but a missing issuer is passed over: wolfSSL would add it, with any
 * other error overridden, to the certificates that all connections share. */
static bool is_judged_elsewhere(int problem, int depth)
{
    static const int any[] = { 0, ASN_NO_SIGNER_E, ASN_SELF_SIGNED_E };
    static const int leaf[] = { ASN_BEFORE_DATE_E,  ASN_AFTER_DATE_E,  ASN_PATHLEN_INV_E,
                                KEYUSE_SIGNATURE_E, KEYUSE_ENCIPHER_E, EXTKEYUSE_AUTH_E,
                                RSA_KEY_SIZE_E,     ECC_KEY_SIZE_E };
    for (size_t i = 0; i < sizeof any / sizeof *any; i++)
        if (problem == any[i])
            return true;
    for (size_t i = 0; depth == 0 && i < sizeof leaf / sizeof *leaf; i++)
        if (problem == leaf[i])
            return true;
    return false;
}

static int capture(struct engine *engine, const WOLFSSL_X509_STORE_CTX *store)
{
    struct slice certs[MAX_CHAIN_DEPTH];
    size_t count = 0;
    for (int i = 0; i < store->totalCerts && count < MAX_CHAIN_DEPTH; i++)
        certs[count++] = (struct slice){ store->certs[i].buffer, store->certs[i].length };
    engine->sent = chain_new(certs, count);
    return engine->sent ? SECSOCK_OK : SECSOCK_E_MEMORY;
}

/* May be called more than once, for every certificate: the first call sees them all. */
int engine_on_verify(int verified, WOLFSSL_X509_STORE_CTX *store)
{
    struct engine *engine = store->userCtx;
    (void)verified;
    bool seen = engine->sent || store->totalCerts == 0;
    if (!seen && capture(engine, store) != SECSOCK_OK) {
        engine->failure = SECSOCK_E_MEMORY;
        return 0;
    }
    if (is_judged_elsewhere(store->error, store->error_depth))
        return 1;
    engine->certificate_failed = true;
    return 0;
}

/* ------------------------------------------------------------------------------ resumption */

static void release_session(void *session)
{
    wolfSSL_SESSION_free(session);
}

/* A copy, for wolfSSL goes on changing the original. Returns 0: no reference was kept. */
int engine_on_session(WOLFSSL *ssl, WOLFSSL_SESSION *session)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    struct chain *chain = engine_chain(engine);
    WOLFSSL_SESSION *copy = engine->key && chain ? wolfSSL_SESSION_dup(session) : NULL;
    if (copy)
        session_remember(engine->context->sessions, engine->key, copy, release_session, chain);
    return 0;
}

static bool seal_ticket(struct engine *engine, struct session_cache *cache, struct ticket *ticket)
{
    unsigned generation = engine_resumed(engine) ? engine->generation + 1 : 0;
    return session_seal(cache, ticket, engine_chain(engine), generation);
}

/* wolfSSL opens one ticket after the other until it takes one: the last is the one in use. */
static bool open_ticket(struct engine *engine, struct session_cache *cache, struct ticket *ticket)
{
    chain_free(engine->remembered);
    if (!session_open(cache, ticket, &engine->remembered, &engine->generation))
        return false;
    engine->by_ticket = engine->context->asks && !engine->turn;
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

/* One connection's TLS: its life and its handshake. */
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"
#include "error.h"

/* ------------------------------------------------------------------------------ life cycle */

/* 1.3 tells of its handshake keys: what is sent after them answers the peer's flight. A server has
 * ended its own flight before a certificate can answer it. */
static int on_secret(WOLFSSL *ssl, int id, const unsigned char *secret, int len, void *arg)
{
    struct engine *engine = arg;
    int own = engine->context->role == SECSOCK_CLIENT ? CLIENT_HANDSHAKE_TRAFFIC_SECRET
                                                      : SERVER_TRAFFIC_SECRET;
    (void)ssl;
    if (id == own && len > 0 && len <= SECRET_MOST) {
        memcpy(engine->secret, secret, (size_t)len);
        engine->secret_len = (size_t)len;
    }
    if (id == CLIENT_HANDSHAKE_TRAFFIC_SECRET || id == SERVER_HANDSHAKE_TRAFFIC_SECRET)
        engine->keys = true;
    engine_log_traffic(engine, id, secret, (size_t)len);
    return 0;
}

static int offer_shares(struct engine *engine)
{
    for (size_t i = 0; i < 2; i++) {
        const struct group *group = engine->context->shares[i];
        int set = group ? wolfSSL_UseKeyShare(engine->ssl, group->number) : WOLFSSL_SUCCESS;
        if (set != WOLFSSL_SUCCESS && set != BAD_FUNC_ARG) /* the latter: it resumes TLS 1.2 */
            return SECSOCK_E_MEMORY;
    }
    return SECSOCK_OK;
}

static int set_up_client(struct engine *engine, const char *sni, const char *key)
{
    if (sni && wolfSSL_UseSNI(engine->ssl, WOLFSSL_SNI_HOST_NAME, sni,
                              (unsigned short)strlen(sni)) != WOLFSSL_SUCCESS)
        return SECSOCK_E_MEMORY;
    if (key && engine->context->sessions) {
        if (!(engine->key = strdup(key)))
            return SECSOCK_E_MEMORY;
        engine_offer_session(engine);
    }
    int result = engine_offer_protocols(engine);
    return result == SECSOCK_OK ? offer_shares(engine) : result;
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
    return context->role == SECSOCK_CLIENT ? set_up_client(engine, sni, key) : SECSOCK_OK;
}

int engine_init(struct engine *engine, struct engine_context *context, struct transport *transport,
                const char *sni, const char *key, secsock_error *error)
{
    bool turn = context->role == SECSOCK_SERVER && !context->asks;
    *engine = (struct engine){ .context = context, .transport = transport, .turn = turn };
    if (set_up(engine, sni, key) == SECSOCK_OK)
        return SECSOCK_OK;
    engine_free(engine);
    return error_memory(error);
}

void engine_free(struct engine *engine)
{
    wolfSSL_free(engine->ssl);
    secret_erase(engine->secret, sizeof(engine->secret));
    chain_free(engine->sent);
    chain_free(engine->remembered);
    buffer_clear(&engine->stash);
    free(engine->key);
    *engine = (struct engine){ 0 };
}

/* ------------------------------------------------------------------------------- handshake */

static int drive(struct engine *engine, secsock_error *error)
{
    static const char doing[] = "the TLS handshake failed";
    engine->held = false;
    engine->taken = 0;
    engine->corked = true;
    int done = engine->context->role == SECSOCK_CLIENT ? wolfSSL_connect(engine->ssl)
                                                       : wolfSSL_accept(engine->ssl);
    engine->corked = false;
    int result = done == WOLFSSL_SUCCESS ? SECSOCK_OK : engine_result(engine, done, doing, error);
    int flushed = engine_flush_taken(engine);
    if (flushed != SECSOCK_OK && !result_failed(result))
        result = flushed == SECSOCK_WANT_WRITE ? flushed : engine_result(engine, -1, doing, error);
    return engine_sent(engine, result, doing, error);
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
    if (engine->held && engine->held_len <= sizeof(engine->head))
        transport_send(engine->transport, engine->head, engine->held_len);
    engine->held = false;
}

static enum engine_step next_step(const struct engine *engine, int result)
{
    if (engine->released)
        return ENGINE_GOES_ON;
    if (result_failed(result))
        return engine->sent ? ENGINE_TELL : ENGINE_GOES_ON;
    return result == SECSOCK_OK || engine->held ? ENGINE_JUDGE : ENGINE_GOES_ON;
}

int engine_handshake(struct engine *engine, enum engine_step *step, secsock_error *error)
{
    int result = drive(engine, error);
    while (turn_was_early(engine)) {
        engine->turn = engine->by_ticket = false;
        result = drive(engine, error);
    }
    *step = next_step(engine, result);
    if (result_failed(result) && !engine->certificate_failed)
        let_alert_go(engine);
    return result;
}

void engine_release(struct engine *engine)
{
    engine->released = true;
    engine->kept = false;
    secret_erase(engine->secret, sizeof(engine->secret));
}

/*
 * What is held stands before the alert in wolfSSL's buffer. It is dropped where it is a message in
 * the clear, as is the alert then. A change_cipher_spec goes out instead: under TLS 1.3 it means
 * nothing (RFC 8446, section D.4), under TLS 1.2 the alert after it is encrypted. An encrypted
 * message never goes out, and takes wolfSSL's alert along.
 */
void engine_reject(struct engine *engine, int alert)
{
    engine->released = true;
    if (engine->kept)
        buffer_clear(&engine->stash);
    engine->kept = false;
    if (engine->held && engine->head[0] == RECORD_APPLICATION_DATA) {
        engine->skip = SIZE_MAX;
        engine_alert_instead(engine, alert);
        return;
    }
    if (engine->held && engine->head[0] != RECORD_CHANGE_CIPHER_SPEC)
        engine->skip = engine->held_len;
    engine_send_alert(engine, alert);
}

bool engine_certificate_failed(const struct engine *engine)
{
    return engine->certificate_failed;
}

bool engine_resumed(const struct engine *engine)
{
    return wolfSSL_session_reused(engine->ssl) == 1;
}

struct chain *engine_chain(const struct engine *engine)
{
    if (engine_resumed(engine))
        return engine->remembered;
    return engine->sent && engine->sent->count > 0 ? engine->sent : NULL;
}

bool engine_presented(const struct engine *engine)
{
    bool asked = engine->context->role == SECSOCK_SERVER || engine->asked;
    return asked && !engine_resumed(engine);
}

/* -------------------------------------------------------------------- the peer's requests */

int engine_on_request(WOLFSSL *ssl, void *unused)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    (void)unused;
    engine->asked = true;
    return 1;
}

int engine_on_vain_request(WOLFSSL *ssl, WOLFSSL_X509 **cert, WOLFSSL_EVP_PKEY **key)
{
    (void)cert;
    (void)key;
    engine_on_request(ssl, NULL);
    return 0; /* there is none still */
}

/* Building what all connections of one role and configuration share. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "accelerator.h"
#include "config.h"
#include "engine_internal.h"
#include "error.h"

/* wolfSSL's own state for the process; a start that failed for want of memory is tried again. */
static bool start(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool started;
    pthread_mutex_lock(&lock);
    if (!started && wolfSSL_Init() == WOLFSSL_SUCCESS && engine_start_random()) {
        accelerator_register();
        started = true;
    }
    bool result = started;
    pthread_mutex_unlock(&lock);
    return result;
}

/* The names of the cipher suites as wolfSSL wants them; the caller frees. */
static char *cipher_list(const secsock_config *config)
{
    size_t len = 1;
    for (size_t i = 0; i < config->cipher_count; i++)
        len += strlen(config->ciphers[i]->wolfssl_name) + 1;
    char *list = malloc(len), *end = list;
    if (!list)
        return NULL;
    *end = '\0';
    for (size_t i = 0; i < config->cipher_count; i++) {
        if (i > 0)
            *end++ = ':';
        end = stpcpy(end, config->ciphers[i]->wolfssl_name);
    }
    return list;
}

static int set_versions(WOLFSSL_CTX *ctx, const secsock_config *config, secsock_error *error)
{
    int lowest = config->lowest == SECSOCK_TLS_1_3 ? WOLFSSL_TLSV1_3 : WOLFSSL_TLSV1_2;
    if (wolfSSL_CTX_SetMinVersion(ctx, lowest) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_set_max_proto_version(ctx, config->highest) != WOLFSSL_SUCCESS)
        return error_set(error, SECSOCK_E_UNSUPPORTED, "these TLS versions are not available");
    return SECSOCK_OK;
}

static int set_ciphers(WOLFSSL_CTX *ctx, const secsock_config *config, secsock_error *error)
{
    char *list = cipher_list(config);
    if (!list)
        return error_memory(error);
    int set = wolfSSL_CTX_set_cipher_list(ctx, list);
    free(list);
    if (set != WOLFSSL_SUCCESS)
        return error_memory(error); /* every name is of our own list */
    return SECSOCK_OK;
}

/* By name, for that disables all other groups: under TLS 1.2 a server would use any that wolfSSL
 * knows. */
static int set_groups(struct engine_context *context, const secsock_config *config,
                      secsock_error *error)
{
    enum { LONGEST = sizeof "SecP384r1MLKEM1024" };
    char list[GROUPS_MOST * LONGEST], *end = list;
    for (size_t i = 0; i < config->group_count; i++) {
        if (i > 0)
            *end++ = ':';
        end = stpcpy(end, config->groups[i]->name);
    }
    if (wolfSSL_CTX_set1_groups_list(context->ctx, list) != WOLFSSL_SUCCESS)
        return error_memory(error); /* every name is of our own list */
    /* Before TLS 1.3 wolfSSL would make key shares all the same, and tell nobody. */
    if (config->highest < SECSOCK_TLS_1_3)
        return SECSOCK_OK;
    /* A hybrid group is not known everywhere yet: a share for the second choice as well spares a
     * round trip with a peer that lacks it (RFC 8446, section 4.1.4). */
    context->shares[0] = config->groups[0];
    if (config->group_count > 1 && strstr(config->groups[0]->name, "MLKEM"))
        context->shares[1] = config->groups[1];
    return SECSOCK_OK;
}

/* The identity's certificates in one PEM text, as wolfSSL takes a chain; the caller frees. */
static char *chain_text(const secsock_cert *identity)
{
    size_t len = 1;
    for (size_t i = 0; i <= identity->chain_len; i++) {
        const char *pem = secsock_cert_pem(i == 0 ? identity : identity->chain[i - 1]);
        if (!pem)
            return NULL;
        len += strlen(pem);
    }
    char *text = malloc(len), *end = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i <= identity->chain_len; i++)
        end = stpcpy(end, secsock_cert_pem(i == 0 ? identity : identity->chain[i - 1]));
    return text;
}

/* What wolfSSL's own reader has against a certificate: 0 or an error number. */
static int unreadable(const secsock_cert *cert)
{
    DecodedCert decoded;
    wc_InitDecodedCert(&decoded, cert->der, (word32)cert->der_len, NULL);
    int failed = wc_ParseCert(&decoded, CERT_TYPE, NO_VERIFY, NULL);
    wc_FreeDecodedCert(&decoded);
    return failed;
}

/* wolfSSL has not taken the identity, and does not tell why: for want of memory if not because it
 * cannot read one of the certificates. */
static int explain_identity(const secsock_cert *identity, secsock_error *error)
{
    for (size_t i = 0; i <= identity->chain_len; i++) {
        const secsock_cert *cert = i == 0 ? identity : identity->chain[i - 1];
        int failed = unreadable(cert);
        if (failed != 0 && failed != MEMORY_E)
            return error_set(error, SECSOCK_E_UNSUPPORTED, "wolfSSL cannot read %s: %s",
                             secsock_cert_subject(cert), wc_GetErrorString(failed));
    }
    return error_memory(error);
}

static int set_identity(WOLFSSL_CTX *ctx, const secsock_cert *identity, secsock_error *error)
{
    if (!identity)
        return SECSOCK_OK;
    char *text = chain_text(identity);
    if (!text)
        return error_memory(error);
    int set = wolfSSL_CTX_use_certificate_chain_buffer(ctx, (const unsigned char *)text,
                                                       (long)strlen(text));
    free(text);
    if (set == WOLFSSL_SUCCESS)
        set = wolfSSL_CTX_use_PrivateKey_buffer(ctx, identity->key, (long)identity->key_len,
                                                WOLFSSL_FILETYPE_ASN1);
    return set == WOLFSSL_SUCCESS ? SECSOCK_OK : explain_identity(identity, error);
}

static int set_resumption(struct engine_context *context, secsock_error *error)
{
    WOLFSSL_CTX *ctx = context->ctx;
    if (!context->sessions) {
        wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_OFF);
        wolfSSL_CTX_NoTicketTLSv12(ctx);
        wolfSSL_CTX_no_ticket_TLSv13(ctx);
        return SECSOCK_OK;
    }
    /* Sessions are ours to keep; wolfSSL's own cache is one for the whole process. */
    if (context->role == SECSOCK_CLIENT) {
        wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_NO_INTERNAL);
        wolfSSL_CTX_sess_set_new_cb(ctx, engine_on_session);
        return wolfSSL_CTX_UseSessionTicket(ctx) == WOLFSSL_SUCCESS ? SECSOCK_OK
                                                                    : error_memory(error);
    }
    /* Without a session ID, too: with one, wolfSSL's clients think that their ticket was taken. */
    wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_OFF);
    wolfSSL_CTX_set_TicketEncCb(ctx, engine_on_ticket);
    wolfSSL_CTX_set_TicketEncCtx(ctx, context->sessions);
    /* Under TLS 1.3 the ticket waits until the peer has been judged: see engine_finish(). */
    wolfSSL_CTX_set_num_tickets(ctx, 0);
    return SECSOCK_OK;
}

/* Nothing is left to wolfSSL's defaults, which differ by version and build. No trust anchor is
 * loaded: wolfSSL parses certificates and proves possession of keys, and validate() judges. */
static int set_up(struct engine_context *context, const secsock_config *config,
                  secsock_error *error)
{
    WOLFSSL_CTX *ctx = context->ctx;
    bool verifies = context->role == SECSOCK_CLIENT || context->asks;
    wolfSSL_CTX_set_verify(ctx, verifies ? WOLFSSL_VERIFY_PEER : WOLFSSL_VERIFY_NONE,
                           engine_on_verify);
    wolfSSL_CTX_set_msg_callback(ctx, engine_on_message);
    wolfSSL_CTX_clear_mode(ctx, WOLFSSL_MODE_AUTO_RETRY);
    wolfSSL_CTX_SetIORecv(ctx, engine_on_receive);
    wolfSSL_CTX_SetIOSend(ctx, engine_on_send);
    if (context->role == SECSOCK_SERVER)
        wolfSSL_CTX_set_servername_callback(ctx, engine_on_hello);
    else if (config->identity)
        wolfSSL_CTX_set_cert_cb(ctx, engine_on_request, NULL);
    else /* the other callback would be taken for a promise of an identity */
        wolfSSL_CTX_set_client_cert_cb(ctx, engine_on_vain_request);
    int result = set_versions(ctx, config, error);
    if (result == SECSOCK_OK)
        result = set_ciphers(ctx, config, error);
    if (result == SECSOCK_OK)
        result = set_groups(context, config, error);
    if (result == SECSOCK_OK)
        result = set_identity(ctx, config->identity, error);
    if (result == SECSOCK_OK)
        result = engine_set_stapling(context, error);
    if (result == SECSOCK_OK)
        result = set_resumption(context, error);
    if (result == SECSOCK_OK && config->alpn && !(context->alpn = strdup(config->alpn)))
        result = error_memory(error);
    return result;
}

int engine_context_new(struct engine_context **out, const secsock_config *config, secsock_role role,
                       secsock_error *error)
{
    *out = NULL;
    if (!start())
        return error_memory(error);
    struct engine_context *context = calloc(1, sizeof(*context));
    if (!context)
        return error_memory(error);
    context->role = role;
    context->sessions = config->resumption ? config->sessions : NULL;
    context->identity = config->identity;
    context->staple = secret_slice(&config->staple);
    context->accelerates = config->acceleration;
    context->device =
        config->acceleration && accelerator_available() ? ACCELERATOR_DEVICE : INVALID_DEVID;
    context->asks = role == SECSOCK_SERVER && config->client_auth != SECSOCK_CLIENT_AUTH_NONE;
    context->ctx =
        wolfSSL_CTX_new(role == SECSOCK_CLIENT ? wolfTLS_client_method() : wolfTLS_server_method());
    int result = context->ctx ? set_up(context, config, error) : error_memory(error);
    if (result == SECSOCK_OK)
        *out = context;
    else
        engine_context_free(context);
    return result;
}

void engine_context_free(struct engine_context *context)
{
    if (!context)
        return;
    wolfSSL_CTX_free(context->ctx);
    free(context->alpn);
    free(context);
}

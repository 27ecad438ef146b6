/*
 * What the peer shows of itself, for validate() to judge. It is taken from the messages as they
 * come, before wolfSSL reads any certificate: what wolfSSL cannot read is judged all the same. That
 * wolfSSL can read it is a condition besides, and no judgement.
 */
#include "engine_internal.h"

#include "error.h"

/* ---------------------------------------------------------------------------------- showing */

/* What is broken, wolfSSL refuses too; and after the judgement nobody shows anything any more. */
static int take_certificates(struct engine *engine, struct slice message, bool extended)
{
    if (engine->sent || engine->released)
        return SECSOCK_OK;
    int result = chain_read(&engine->sent, message, extended);
    return result == SECSOCK_E_MEMORY ? engine->failure = result : SECSOCK_OK;
}

static void take_status(struct engine *engine, struct slice message)
{
    if (!engine->sent || engine->released)
        return;
    int result = chain_set_staple(engine->sent, chain_read_staple(message));
    if (result != SECSOCK_OK)
        engine->failure = result;
}

/* Before TLS 1.3 wolfSSL tells of messages. */
void engine_on_message(int written, int version, int type, const void *bytes, size_t len,
                       WOLFSSL *ssl, void *unused)
{
    enum { CERTIFICATE = 11, CERTIFICATE_STATUS = 22, HEADER = 4 };
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    const unsigned char *message = bytes;
    (void)version;
    (void)unused;
    if (written || type != RECORD_HANDSHAKE || len < HEADER)
        return;
    struct slice body = { message + HEADER, len - HEADER };
    if (message[0] == CERTIFICATE)
        take_certificates(engine, body, false);
    else if (message[0] == CERTIFICATE_STATUS)
        take_status(engine, body);
}

/* ---------------------------------------------------------------------------------- reading */

/* Errors of trust and of use are for validate() to see and to judge; errors of form are fatal. Of
 * an intermediate nothing but a missing issuer is passed over, and that it signs certificates
 * without being a CA: wolfSSL would add a CA, with any other error overridden, to the certificates
 * that all connections share. */
static bool is_judged_elsewhere(int problem, int depth)
{
    static const int any[] = { 0, ASN_NO_SIGNER_E, ASN_SELF_SIGNED_E, KEYUSAGE_E };
    static const int leaf[] = { ASN_BEFORE_DATE_E,  ASN_AFTER_DATE_E,  ASN_PATHLEN_INV_E,
                                KEYUSE_SIGNATURE_E, KEYUSE_ENCIPHER_E, EXTKEYUSE_AUTH_E,
                                RSA_KEY_SIZE_E,     ECC_KEY_SIZE_E };
    for (size_t i = 0; i < sizeof(any) / sizeof(*any); i++)
        if (problem == any[i])
            return true;
    for (size_t i = 0; depth == 0 && i < sizeof(leaf) / sizeof(*leaf); i++)
        if (problem == leaf[i])
            return true;
    return false;
}

bool engine_shown_too_many(const struct engine *engine)
{
    return engine->sent && engine->sent->count > MAX_CHAIN_DEPTH;
}

/* Of such a certificate wolfSSL has nothing to say that is to be passed over, but who signed it: it
 * is used as it says that it may be, and everybody knows what it marks as critical. */
static bool is_plain(const struct x509 *x509, bool leaf)
{
    enum { KNOWN = 1 << X509_BASIC_CONSTRAINTS | 1 << X509_KEY_USAGE };
    int use = leaf ? KEY_USAGE_DIGITAL_SIGNATURE : KEY_USAGE_KEY_CERT_SIGN;
    return (x509->critical & ~(uint32_t)KNOWN) == 0 && x509->unknown_critical.data == NULL &&
           (x509->key_usage == -1 || (x509->key_usage & use) != 0) && (leaf || x509->is_ca);
}

/* A client shows a certificate if it was asked for one and not else (RFC 8446, section 4.4.2;
 * RFC 5246, section 7.4.6). */
static bool is_wanted(const struct engine *engine)
{
    return engine->context->role == SECSOCK_CLIENT || engine->context->asks;
}

static bool is_answered_beforehand(const struct engine *engine)
{
    const struct chain *chain = engine->sent;
    if (!is_wanted(engine) || !chain || chain->count == 0 || engine_shown_too_many(engine))
        return false;
    for (size_t i = 0; i < chain->count; i++)
        if (!chain->parsed[i] || !is_plain(&chain->parsed[i]->x509, i == 0))
            return false;
    return true;
}

/*
 * Before TLS 1.3 wolfSSL tells of messages; under it not: the linker puts this before wolfSSL's own
 * reader of the Certificate message (--wrap), which a file of TLS 1.3 calls in another file.
 *
 * For the callback wolfSSL makes a copy of each certificate that it asks about, two of the leaf,
 * which takes as long as to judge it. Where the answers are known beforehand it reads without
 * asking; what it cannot read is fatal all the same.
 */
int __real_ProcessPeerCerts(WOLFSSL *ssl, unsigned char *input, word32 *at, word32 len);
int __wrap_ProcessPeerCerts(WOLFSSL *ssl, unsigned char *input, word32 *at, word32 len);
int __wrap_ProcessPeerCerts(WOLFSSL *ssl, unsigned char *input, word32 *at, word32 len)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    struct slice message = { input + *at, len };
    bool first = !engine->sent && !engine->released;
    if (take_certificates(engine, message, true) != SECSOCK_OK ||
        engine_expect_staple(engine) != SECSOCK_OK)
        return MEMORY_E;
    if (!first || !is_answered_beforehand(engine))
        return __real_ProcessPeerCerts(ssl, input, at, len);
    wolfSSL_set_verify(ssl, WOLFSSL_VERIFY_NONE, NULL);
    int failed = __real_ProcessPeerCerts(ssl, input, at, len);
    wolfSSL_set_verify(ssl, WOLFSSL_VERIFY_PEER, engine_on_verify);
    engine->leaf_taken = failed == 0;
    return failed;
}

/* wolfSSL would take a certificate that is not wanted, and ask for no proof that it is the
 * client's. */
static int refuse_unasked(struct engine *engine)
{
    engine_send_alert(engine, ALERT_UNEXPECTED_MESSAGE);
    engine->failure = SECSOCK_E_PROTOCOL;
    return 0;
}

/* May be called more than once for each certificate, the leaf last. */
int engine_on_verify(int verified, WOLFSSL_X509_STORE_CTX *store)
{
    struct engine *engine = store->userCtx;
    (void)verified;
    if (!is_wanted(engine))
        return refuse_unasked(engine);
    if (!engine->sent)
        return 0;
    bool passed =
        !engine_shown_too_many(engine) && is_judged_elsewhere(store->error, store->error_depth);
    if (!passed)
        engine->certificate_failed = true;
    else if (store->error_depth == 0)
        engine->leaf_taken = true;
    return passed;
}

/* The callback does not hear of every certificate that cannot be read. But from the message on to
 * the leaf's success wolfCrypt has nothing else to do than to read them. */
void engine_note_failure(struct engine *engine, int number)
{
    bool of_crypto = (number <= WC_SPAN1_FIRST_E && number >= WC_SPAN1_LAST_E) ||
                     (number <= WC_SPAN2_FIRST_E && number >= WC_SPAN2_LAST_E);
    if (of_crypto && engine->sent && !engine->leaf_taken)
        engine->certificate_failed = true;
}

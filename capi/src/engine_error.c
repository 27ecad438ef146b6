/* What went wrong within TLS: wolfSSL's error numbers and alerts as results and sentences. */
#include <stdio.h>
#include <string.h>

#include "engine_internal.h"
#include "error.h"

static const struct cause {
    int number; /* wolfSSL's */
    int result;
    int alert; /* sent if wolfSSL has sent none */
    const char *text;
} causes[] = {
    { VERSION_ERROR, SECSOCK_E_VERSION, ALERT_PROTOCOL_VERSION, "no TLS version in common" },
    { WOLFSSL_ERROR_SYSCALL, SECSOCK_E_HANDSHAKE, ALERT_HANDSHAKE_FAILURE,
      "no cipher suite or group in common" }, /* its word for MATCH_SUITE_ERROR */
    { UNSUPPORTED_SUITE, SECSOCK_E_HANDSHAKE, ALERT_HANDSHAKE_FAILURE,
      "the peer chose a cipher suite that was not offered" },
    { BAD_KEY_SHARE_DATA, SECSOCK_E_HANDSHAKE, ALERT_HANDSHAKE_FAILURE,
      "no key exchange group in common" },
    { KEY_SHARE_ERROR, SECSOCK_E_HANDSHAKE, ALERT_HANDSHAKE_FAILURE,
      "no key exchange group in common" },
    { ECC_CURVE_ERROR, SECSOCK_E_HANDSHAKE, ALERT_HANDSHAKE_FAILURE,
      "no key exchange group in common" },
    { INVALID_PARAMETER, SECSOCK_E_PROTOCOL, ALERT_HANDSHAKE_FAILURE,
      "the peer sent an invalid parameter" },
    { UNKNOWN_ALPN_PROTOCOL_NAME_E, SECSOCK_E_HANDSHAKE, ALERT_NO_APPLICATION_PROTOCOL,
      "no application protocol in common" },
    { NO_CERT_ERROR, SECSOCK_E_NO_CERTIFICATE, ALERT_HANDSHAKE_FAILURE,
      "the peer sent no certificate" },
    { NO_PEER_CERT, SECSOCK_E_NO_CERTIFICATE, ALERT_HANDSHAKE_FAILURE,
      "the peer sent no certificate" },
    { OUT_OF_ORDER_E, SECSOCK_E_PROTOCOL, ALERT_UNEXPECTED_MESSAGE,
      "the peer sent a message out of turn" },
    { UNKNOWN_RECORD_TYPE, SECSOCK_E_PROTOCOL, ALERT_UNEXPECTED_MESSAGE,
      "the peer sent something that is not a TLS record" },
    { UNKNOWN_HANDSHAKE_TYPE, SECSOCK_E_PROTOCOL, ALERT_UNEXPECTED_MESSAGE,
      "the peer sent an unknown handshake message" },
    { MAX_CHAIN_ERROR, SECSOCK_E_LIMIT, ALERT_HANDSHAKE_FAILURE,
      "the peer sent more certificates than this end takes" },
};

static const struct cause *find_cause(int number)
{
    for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++)
        if (causes[i].number == number)
            return &causes[i];
    return NULL;
}

/* Bytes that a person can read, for the sentence about a peer that speaks no TLS. */
static void quote(const struct engine *engine, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < engine->opening_len && n + 1 < size; i++) {
        unsigned char c = engine->opening[i];
        if (c == '\r' || c == '\n')
            break;
        out[n++] = c >= ' ' && c < 127 ? (char)c : '.';
    }
    out[n] = '\0';
}

static void note_alert(secsock_error *error, int alert, int received)
{
    if (!error)
        return;
    error->alert = alert;
    error->alert_received = received;
}

/* What a callback of ours has refused, with an alert of its own. */
static const struct cause refusals[] = {
    { 0, SECSOCK_E_PROTOCOL, ALERT_UNEXPECTED_MESSAGE,
      "the client sent a certificate that it was not asked for" },
    { 0, SECSOCK_E_VERSION, ALERT_INAPPROPRIATE_FALLBACK,
      "the client came down from a version that both ends speak, as if it had failed" },
    { 0, SECSOCK_E_LIMIT, ALERT_UNEXPECTED_MESSAGE,
      "the peer changes its key again and again, with no data in between" },
};

static bool was_refused(const struct engine *engine, const char *doing, secsock_error *error)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        if (refusals[i].result != engine->failure)
            continue;
        error_set(error, engine->failure, "%s: %s", doing, refusals[i].text);
        note_alert(error, refusals[i].alert, 0);
        return true;
    }
    return false;
}

/* A callback of ours has failed, and knows better than wolfSSL why. */
static int callback_failed(struct engine *engine, const char *doing, secsock_error *error)
{
    char text[sizeof(engine->opening) + 1];
    if (was_refused(engine, doing, error))
        return engine->failure;
    switch (engine->failure) {
    case SECSOCK_E_MEMORY:
        return error_memory(error);
    case SECSOCK_E_NOT_TLS:
        quote(engine, text, sizeof(text));
        return error_set(error, SECSOCK_E_NOT_TLS,
                         "%s: the peer does not speak TLS, it said \"%s\"", doing, text);
    case SECSOCK_E_TRUNCATED:
        return error_set(error, SECSOCK_E_TRUNCATED,
                         "%s: the peer closed the connection without close_notify", doing);
    case SECSOCK_E_RESET:
        return error_errno(error, SECSOCK_E_RESET, engine->transport->sys_errno,
                           "%s: the peer broke off the connection", doing);
    default:
        return error_errno(error, engine->failure, engine->transport->sys_errno, "%s", doing);
    }
}

/* What the peer has against the certificate that this end has shown. */
static const struct complaint {
    int alert;
    const char *text;
} complaints[] = {
    { ALERT_BAD_CERTIFICATE, "it finds something wrong with it" },
    { ALERT_UNSUPPORTED_CERTIFICATE, "it cannot use one of this kind" },
    { ALERT_CERTIFICATE_REVOKED, "it is revoked" },
    { ALERT_CERTIFICATE_EXPIRED, "it has expired or is not valid yet" },
    { ALERT_CERTIFICATE_UNKNOWN, "it does not say why" },
    { ALERT_UNKNOWN_CA, "it does not trust its issuer" },
    { ALERT_ACCESS_DENIED, "it grants it no access" },
    { ALERT_BAD_CERTIFICATE_STATUS_RESPONSE,
      "it does not accept the OCSP response that is stapled to it" },
};

static const char *find_complaint(int alert)
{
    for (size_t i = 0; i < sizeof(complaints) / sizeof(*complaints); i++)
        if (complaints[i].alert == alert)
            return complaints[i].text;
    return NULL;
}

/* Whether the server has asked this end for a certificate in vain. */
static bool is_without(const struct engine *engine)
{
    return engine->asked && !engine->context->identity;
}

/* Before TLS 1.3 there was no alert of its own for a certificate that is missing; under 1.3 it
 * comes when the client's handshake has ended (RFC 8446, section 4.4.2.4). */
static bool is_of_missing_certificate(int alert)
{
    return alert == ALERT_CERTIFICATE_REQUIRED || alert == ALERT_HANDSHAKE_FAILURE ||
           alert == ALERT_BAD_CERTIFICATE;
}

/* A server under TLS 1.3 of which the client lacks every group asks it for one of them all the
 * same; the client refuses that (RFC 8446, section 4.1.4). */
static bool is_of_retry_request(const struct engine *engine, int alert)
{
    bool retries = engine->context->role == SECSOCK_SERVER && engine->sent_any && !engine->keys &&
                   wolfSSL_version(engine->ssl) >= TLS1_3_VERSION;
    return retries && (alert == ALERT_ILLEGAL_PARAMETER || alert == ALERT_HANDSHAKE_FAILURE);
}

static int alert_received(const struct engine *engine, int alert, const char *doing,
                          secsock_error *error)
{
    int result = SECSOCK_E_ALERT;
    bool client = engine->context->role == SECSOCK_CLIENT;
    const char *name = secsock_alert_name(alert), *complaint = find_complaint(alert);
    const char *subject = engine_presented(engine) && engine->context->identity
                              ? secsock_cert_subject(engine->context->identity)
                              : NULL;
    if (is_of_retry_request(engine, alert))
        result = error_set(error, SECSOCK_E_HANDSHAKE,
                           "%s: no key exchange group in common (alert %s)", doing, name);
    else if (is_without(engine) && is_of_missing_certificate(alert))
        error_set(error, SECSOCK_E_ALERT,
                  "%s: the server requires a client certificate, and this end offered none "
                  "(alert %s)",
                  doing, name);
    else if (complaint && subject)
        error_set(error, SECSOCK_E_ALERT, "%s: the %s refused the certificate of %s: %s (alert %s)",
                  doing, client ? "server" : "client", subject, complaint, name);
    else
        error_set(error, SECSOCK_E_ALERT, "%s: the peer sent the alert %s%s", doing, name,
                  is_without(engine) ? "; it had asked for a client certificate, and this end "
                                       "offered none"
                                     : "");
    note_alert(error, alert, 1);
    return result;
}

/* Once a version is agreed on, a record of another one is no question of versions any more. And of
 * too many certificates wolfSSL says only that something is wrong with their message. */
static const struct cause *find_cause_now(struct engine *engine, int number)
{
    if (number == VERSION_ERROR && wolfSSL_is_init_finished(engine->ssl))
        number = UNKNOWN_RECORD_TYPE;
    if (engine->certificate_failed && engine_shown_too_many(engine))
        number = MAX_CHAIN_ERROR;
    return find_cause(number);
}

/* TLS itself has failed. The peer is told, by an alert of ours if wolfSSL has sent none. */
static int tls_failed(struct engine *engine, int number, const char *doing, secsock_error *error)
{
    engine_note_failure(engine, number);
    const struct cause *cause = find_cause_now(engine, number);
    WOLFSSL_ALERT_HISTORY alerts;
    wolfSSL_get_alert_history(engine->ssl, &alerts);
    int alert = alerts.last_tx.code;
    if (alert < 0) {
        alert = cause ? cause->alert : ALERT_DECODE_ERROR;
        engine_send_alert(engine, alert);
    }
    if (cause)
        error_set(error, cause->result, "%s: %s", doing, cause->text);
    else
        error_set(error, SECSOCK_E_PROTOCOL, "%s: %s (wolfSSL %d)", doing,
                  wolfSSL_ERR_reason_error_string((unsigned long)number), number);
    note_alert(error, alert, 0);
    return cause ? cause->result : SECSOCK_E_PROTOCOL;
}

int engine_failed(struct engine *engine, int number, const char *doing, secsock_error *error)
{
    WOLFSSL_ALERT_HISTORY alerts;
    bool waits = engine->failure == 0; /* else the number may be that of an earlier call */
    if (waits && number == WOLFSSL_ERROR_WANT_READ)
        return SECSOCK_WANT_READ;
    if (waits && number == WOLFSSL_ERROR_WANT_WRITE)
        return SECSOCK_WANT_WRITE;
    wolfSSL_get_alert_history(engine->ssl, &alerts);
    /* The history holds what wolfSSL refused as well: under TLS 1.3 an alert in clear where all is
     * encrypted. Within a handshake OpenSSL sends such; after it one is anybody's, and neither an
     * end of the data nor the peer's refusal. */
    bool sent_by_peer = number != PARSE_ERROR || !wolfSSL_is_init_finished(engine->ssl);
    int code = alerts.last_rx.code;
    if (sent_by_peer && alerts.last_rx.level == LEVEL_FATAL && code != ALERT_CLOSE_NOTIFY)
        return alert_received(engine, code, doing, error);
    if (number == WOLFSSL_ERROR_ZERO_RETURN || (sent_by_peer && code == ALERT_CLOSE_NOTIFY))
        return error_set(error, SECSOCK_E_CLOSED, "%s: the peer closed the connection", doing);
    if (engine->failure != 0)
        return callback_failed(engine, doing, error);
    if (number == MEMORY_E)
        return error_memory(error);
    return tls_failed(engine, number, doing, error);
}

int engine_result(struct engine *engine, int returned, const char *doing, secsock_error *error)
{
    return engine_failed(engine, wolfSSL_get_error(engine->ssl, returned), doing, error);
}

int engine_sent(struct engine *engine, int result, const char *doing, secsock_error *error)
{
    char byte;
    if (!engine->cut || result == SECSOCK_E_ALERT)
        return result;
    int n = wolfSSL_peek(engine->ssl, &byte, 1);
    if (n <= 0 && engine_result(engine, n, doing, error) == SECSOCK_E_ALERT)
        return SECSOCK_E_ALERT;
    engine->failure = SECSOCK_E_RESET;
    return callback_failed(engine, doing, error);
}

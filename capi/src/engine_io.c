/* Protected data in and out, and what was agreed on. */
#include <string.h>

#include "engine_internal.h"
#include "error.h"

/* wolfSSL's own, as SendAlert() is: there is no public call that only sends what it holds. */
extern int SendBuffered(WOLFSSL *ssl);

/* -------------------------------------------------------------------------------- reading */

static const char receiving[] = "receiving failed";

/* RFC 8446, section 6.1: only close_notify ends the data. wolfSSL forgets it when something is
 * sent, and would read on. */
static int read_result(struct engine *engine, int returned, secsock_error *error)
{
    if (returned > 0)
        return returned;
    int result = engine_result(engine, returned, receiving, error);
    if (result != SECSOCK_E_CLOSED || engine->failure != 0)
        return result;
    error_clear(error);
    engine->ended = true;
    return 0;
}

/* Whether there may be anything to read. An answer of wolfSSL's own to the peer, which could not
 * leave at once, need not wait for the program to send something. */
static bool begin_reading(struct engine *engine)
{
    engine->taken = 0;
    if (engine->unsent > 0)
        SendBuffered(engine->ssl);
    return !engine->ended;
}

int engine_read(struct engine *engine, void *buffer, size_t size, secsock_error *error)
{
    if (!begin_reading(engine))
        return 0;
    if (!engine_give_record(engine))
        return engine_failed(engine, WOLFSSL_ERROR_WANT_READ, receiving, error);
    int n = wolfSSL_read(engine->ssl, buffer, buffer_clip(size));
    engine->drained = n > 0 && wolfSSL_pending(engine->ssl) == 0;
    if (n <= 0)
        return read_result(engine, n, error);
    engine->updates = 0;
    return n;
}

/* wolfSSL's peek, unlike its read, stops after a ticket, though what follows it may be here. */
int engine_peek(struct engine *engine, void *buffer, size_t size, secsock_error *error)
{
    int n;
    if (!begin_reading(engine))
        return 0;
    do
        n = read_result(engine, wolfSSL_peek(engine->ssl, buffer, buffer_clip(size)), error);
    while (n == SECSOCK_WANT_READ && transport_record(engine->transport) > 0);
    return n;
}

int engine_read_line(struct engine *engine, void *buffer, size_t size, secsock_error *error)
{
    int n = engine_peek(engine, buffer, size, error);
    if (n <= 0)
        return n;
    const char *end = memchr(buffer, '\n', (size_t)n);
    size_t len = end ? (size_t)(end - (const char *)buffer) + 1 : (size_t)n;
    return engine_read(engine, buffer, len, error);
}

size_t engine_pending(const struct engine *engine)
{
    return (size_t)wolfSSL_pending(engine->ssl);
}

/* -------------------------------------------------------------------------------- writing */

/* What one of wolfSSL's own functions that send has answered. */
static int sending_result(struct engine *engine, int failed, const char *doing,
                          secsock_error *error)
{
    if (failed == WANT_WRITE)
        return SECSOCK_WANT_WRITE;
    return failed ? engine_failed(engine, failed, doing, error) : SECSOCK_OK;
}

/* Sends what wolfSSL still holds. */
static int flush(struct engine *engine, const char *doing, secsock_error *error)
{
    int failed = engine->unsent > 0 ? SendBuffered(engine->ssl) : 0;
    return sending_result(engine, failed, doing, error);
}

static const char sending[] = "sending failed";

static int give_record(struct engine *engine, const void *data, size_t len, secsock_error *error)
{
    int n = wolfSSL_write(engine->ssl, data, (int)len);
    int result = n > 0 ? n : engine_result(engine, n, sending, error);
    engine->unflushed = result == SECSOCK_WANT_WRITE ? len : 0;
    engine->updates = 0;
    return engine->cut ? engine_sent(engine, result, sending, error) : result;
}

/* A record that could not leave whole is encrypted already: the same bytes must come again, for
 * wolfSSL goes on where it was. It takes whatever it holds for that record, but may hold an answer
 * to the peer instead, or have sent the record along with such an answer. */
static int repeat_record(struct engine *engine, const void *data, size_t len, secsock_error *error)
{
    if (engine->unflushed > len)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "sending: the bytes of the send that was interrupted must come first");
    len = engine->unflushed;
    if (engine->unsent > 0)
        return give_record(engine, data, len, error);
    engine->unflushed = 0;
    return engine_sent(engine, (int)len, sending, error);
}

static int write_record(struct engine *engine, const void *data, size_t len, secsock_error *error)
{
    if (engine->unflushed > 0)
        return repeat_record(engine, data, len, error);
    int result = flush(engine, sending, error);
    return result == SECSOCK_OK ? give_record(engine, data, len, error)
                                : engine_sent(engine, result, sending, error);
}

static int write_records(struct engine *engine, const void *data, size_t len, secsock_error *error)
{
    const char *bytes = data;
    size_t total = (size_t)buffer_clip(len), sent = 0;
    while (sent < total) {
        size_t left = total - sent;
        int n = write_record(engine, bytes + sent,
                             left < LARGEST_FRAGMENT ? left : LARGEST_FRAGMENT, error);
        if (n < 0)
            return result_failed(n) || sent == 0 ? n : (int)sent;
        sent += (size_t)n;
    }
    return (int)sent;
}

int engine_write(struct engine *engine, const void *data, size_t len, secsock_error *error)
{
    bool simple =
        len > 0 && len <= LARGEST_FRAGMENT && engine->unsent == 0 && engine->unflushed == 0;
    return simple ? give_record(engine, data, len, error) : write_records(engine, data, len, error);
}

int engine_close_notify(struct engine *engine, secsock_error *error)
{
    static const char doing[] = "sending close_notify failed";
    int result = engine->notified
                     ? flush(engine, doing, error)
                     : sending_result(engine, engine_send_close_notify(engine), doing, error);
    return engine_sent(engine, result, doing, error);
}

/* ----------------------------------------------------------------------------------- facts */

int engine_version(const struct engine *engine)
{
    return wolfSSL_version(engine->ssl);
}

const char *engine_cipher(const struct engine *engine)
{
    int number = wolfSSL_get_current_cipher_suite(engine->ssl);
    const struct suite *suite = suite_by_number((unsigned)number);
    return suite ? suite->name : NULL;
}

const char *engine_group(const struct engine *engine)
{
    const char *name = wolfSSL_get_curve_name(engine->ssl);
    const struct group *group = name ? group_find(name, strlen(name)) : NULL;
    return group ? group->name : name;
}

/* wolfSSL tells of the peer's signature by two numbers; RFC 8446, section 4.2.3 has one. */
static const struct scheme {
    int type, hash;
    unsigned number;
} schemes[] = {
    { WC_NID_rsaEncryption, WC_NID_sha256, 0x0401 },
    { WC_NID_rsaEncryption, WC_NID_sha384, 0x0501 },
    { WC_NID_rsaEncryption, WC_NID_sha512, 0x0601 },
    { WC_NID_X9_62_id_ecPublicKey, WC_NID_sha256, 0x0403 },
    { WC_NID_X9_62_id_ecPublicKey, WC_NID_sha384, 0x0503 },
    { WC_NID_X9_62_id_ecPublicKey, WC_NID_sha512, 0x0603 },
    { WC_NID_rsassaPss, WC_NID_sha256, 0x0804 },
    { WC_NID_rsassaPss, WC_NID_sha384, 0x0805 },
    { WC_NID_rsassaPss, WC_NID_sha512, 0x0806 },
};

const char *engine_signature(const struct engine *engine)
{
    int type = 0, hash = 0;
    if (engine_resumed(engine) || !engine->sent ||
        wolfSSL_get_peer_signature_type_nid(engine->ssl, &type) != WOLFSSL_SUCCESS)
        return NULL;
    if (type == WC_NID_ED25519)
        return signature_scheme_name(0x0807);
    if (type == WC_NID_ED448)
        return signature_scheme_name(0x0808);
    if (wolfSSL_get_peer_signature_nid(engine->ssl, &hash) != WOLFSSL_SUCCESS)
        return NULL;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (schemes[i].type == type && schemes[i].hash == hash)
            return signature_scheme_name(schemes[i].number);
    return NULL;
}

const char *engine_alpn(const struct engine *engine)
{
    char *name = NULL;
    unsigned short len = 0;
    if (wolfSSL_ALPN_GetProtocol(engine->ssl, &name, &len) != WOLFSSL_SUCCESS || len == 0)
        return NULL;
    return name;
}

const char *engine_sni(const struct engine *engine)
{
    return wolfSSL_get_servername(engine->ssl, WOLFSSL_SNI_HOST_NAME);
}

/* Alerts that are sent by us, and not by wolfSSL of its own accord. */
#include <wolfssl/options.h> /* before all its other headers */

#include <wolfssl/wolfcrypt/kdf.h>

#include <string.h>

#include "engine_internal.h"

/* Exists in every static build of wolfSSL, though in none of its public headers. */
extern int SendAlert(WOLFSSL *ssl, int severity, int type);

void engine_send_alert(struct engine *engine, int alert)
{
    SendAlert(engine->ssl, LEVEL_FATAL, alert);
}

/* wolfSSL_shutdown() makes a new connection of one that both have ended: it would forget what was
 * agreed on, and to read from it would be to shake hands again. */
int engine_send_close_notify(struct engine *engine)
{
    int failed = SendAlert(engine->ssl, LEVEL_WARNING, ALERT_CLOSE_NOTIFY);
    engine->notified = failed == 0 || failed == WANT_WRITE;
    if (engine->notified)
        wolfSSL_SSLSetIOSend(engine->ssl, engine_on_send_late);
    return failed;
}

/* ---------------------------------------------------------------------- in a record's place */

/*
 * Under TLS 1.3 what wolfSSL holds may be the first record of new keys: a client's after a
 * HelloRetryRequest, for its change_cipher_spec has gone out before the second ClientHello; a
 * server's, which is wolfSSL's own alert over certificates that it cannot read. An alert behind it
 * would have the wrong number, or other keys altogether: ours takes its place.
 */

enum { NONCE = 12, LONGEST_KEY = 32, HEADER = RECORD_HEADER, INNER = 3, TAG = 16 };

/* RFC 8446, appendix B.4. */
static const struct cipher {
    int suite, digest, kind; /* the latter: a secsock_aead_kind */
    word32 key_len;
} ciphers[] = {
    { 0x1301, WC_SHA256, SECSOCK_AEAD_AES_128_GCM, 16 },
    { 0x1302, WC_SHA384, SECSOCK_AEAD_AES_256_GCM, 32 },
    { 0x1303, WC_SHA256, SECSOCK_AEAD_CHACHA20_POLY1305, 32 },
};

static const struct cipher *find_cipher(const struct engine *engine)
{
    int suite = wolfSSL_get_current_cipher_suite(engine->ssl);
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(*ciphers); i++)
        if (ciphers[i].suite == suite)
            return &ciphers[i];
    return NULL;
}

/* RFC 8446, section 7.3. */
static bool expand(const struct engine *engine, int digest, const char *label, unsigned char *out,
                   word32 len)
{
    static const unsigned char protocol[] = { 't', 'l', 's', '1', '3', ' ' };
    return wc_Tls13_HKDF_Expand_Label(out, len, engine->secret, (word32)engine->secret_len,
                                      protocol, sizeof(protocol), (const unsigned char *)label,
                                      (word32)strlen(label), NULL, 0, digest) == 0;
}

/* RFC 8446, section 5.2. The number of the record is 0, so that the nonce is the IV. */
static bool seal(const struct engine *engine, unsigned char *record)
{
    unsigned char key[LONGEST_KEY], nonce[NONCE], *inner = record + HEADER;
    const struct cipher *cipher = find_cipher(engine);
    bool sealed = cipher && expand(engine, cipher->digest, "key", key, cipher->key_len) &&
                  expand(engine, cipher->digest, "iv", nonce, NONCE) &&
                  secsock_seal(cipher->kind, key, cipher->key_len, nonce, NONCE, record, HEADER,
                               inner, INNER, inner, INNER + TAG, NULL) == INNER + TAG;
    secret_erase(key, sizeof(key));
    secret_erase(nonce, sizeof(nonce));
    return sealed;
}

void engine_alert_instead(struct engine *engine, int alert)
{
    unsigned char record[HEADER + INNER + TAG] = { RECORD_APPLICATION_DATA, 3, 3, 0, INNER + TAG };
    unsigned char *inner = record + HEADER;
    inner[0] = LEVEL_FATAL;
    inner[1] = (unsigned char)alert;
    inner[2] = RECORD_ALERT;
    if (seal(engine, record))
        transport_send(engine->transport, record, sizeof(record));
}

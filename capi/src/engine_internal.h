/* What the files of the engine share. Nobody else includes this. */
#ifndef SECSOCK_SRC_ENGINE_INTERNAL_H
#define SECSOCK_SRC_ENGINE_INTERNAL_H

#include <wolfssl/options.h> /* before all its other headers */

#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#include "engine.h"
#include "secret.h"
#include "session.h"
#include "suites.h"

#if defined(OPENSSL_COMPATIBLE_DEFAULTS) || !defined(WOLFSSL_ALWAYS_VERIFY_CB) || \
    !defined(HAVE_SECRET_CALLBACK)
#error "wolfSSL was built with options that secsock cannot work with: see script/bootstrap"
#endif

struct engine_context {
    WOLFSSL_CTX *ctx;
    struct session_cache *sessions; /* the configuration's; NULL without resumption */
    secsock_role role;
    bool asks;                     /* a server that asks for client certificates */
    bool accelerates;              /* where there is an accelerator */
    int device;                    /* of wolfCrypt that gets the keys; INVALID_DEVID for none */
    const struct group *shares[2]; /* for which a ClientHello brings key shares */
    char *alpn;
    const secsock_cert *identity; /* the configuration's, or NULL; */
    struct slice staple;          /* and what a server staples to it; may be empty */
};

/* Before the first connection, one thread at a time: false when there are no random numbers. */
bool engine_start_random(void);

/* Callbacks of wolfSSL, each given its engine. */
int engine_on_receive(WOLFSSL *ssl, char *data, int size, void *arg);
int engine_on_send(WOLFSSL *ssl, char *data, int size, void *arg);
int engine_on_send_late(WOLFSSL *ssl, char *data, int size, void *arg);
int engine_on_verify(int verified, WOLFSSL_X509_STORE_CTX *store);
void engine_on_message(int written, int version, int type, const void *bytes, size_t len,
                       WOLFSSL *ssl, void *unused);
int engine_on_hello(WOLFSSL *ssl, int *alert, void *unused);
int engine_on_request(WOLFSSL *ssl, void *unused);
int engine_on_vain_request(WOLFSSL *ssl, WOLFSSL_X509 **cert, WOLFSSL_EVP_PKEY **key);
int engine_on_session(WOLFSSL *ssl, WOLFSSL_SESSION *session);
int engine_on_ticket(WOLFSSL *ssl, unsigned char name[WOLFSSL_TICKET_NAME_SZ],
                     unsigned char iv[WOLFSSL_TICKET_IV_SZ],
                     unsigned char mac[WOLFSSL_TICKET_MAC_SZ], int sealing, unsigned char *text,
                     int len, int *out_len, void *cache);

enum { LEVEL_WARNING = 1, LEVEL_FATAL = 2 }; /* of an alert: the latter ends the connection */

enum {
    RECORD_CHANGE_CIPHER_SPEC = 20,
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_APPLICATION_DATA = 23,
    RECORD_HEADER = 5
};

/* Whether the peer has shown more certificates than wolfSSL takes. */
bool engine_shown_too_many(const struct engine *engine);

/* wolfSSL has failed with this number: notes whether it is over the peer's certificates. */
void engine_note_failure(struct engine *engine, int number);

/* Stapled OCSP responses: a server's own, and what a client does with those of servers. */
int engine_set_stapling(struct engine_context *context, secsock_error *error);

/* Has wolfSSL take the one that has come with a server's certificates, if any. SECSOCK_OK or
 * SECSOCK_E_MEMORY. */
int engine_expect_staple(struct engine *engine);

/* The handshake is over: what there is to take it need not be kept. */
void engine_forget_question(struct engine *engine);

/* Sends what was taken from wolfSSL: SECSOCK_OK, SECSOCK_WANT_WRITE or a failure. */
int engine_flush_taken(struct engine *engine);

/* Gives wolfSSL the next record, if it is here whole and wolfSSL holds nothing. False: nor is
 * anything here, or the transport has failed. */
bool engine_give_record(struct engine *engine);

/* Offers the session that is remembered for the client's key, if any. */
void engine_offer_session(struct engine *engine);

/* A client's application protocols. SECSOCK_OK or SECSOCK_E_MEMORY. */
int engine_offer_protocols(struct engine *engine);

/* A server's choice among those of the client, if both have some. Likewise. */
int engine_choose_protocol(struct engine *engine);

/* Sends close_notify behind what wolfSSL holds: 0, or an error of wolfSSL's, as SendBuffered(). */
int engine_send_close_notify(struct engine *engine);

/* Sends a fatal alert, as far as it can be sent: behind what wolfSSL holds, or in place of it. */
void engine_send_alert(struct engine *engine, int alert);
void engine_alert_instead(struct engine *engine, int alert);

/* Tells a secret of TLS 1.3, by wolfSSL's number, if somebody wants to know; and, which is only for
 * those who do, that of a session resumed under TLS 1.2. */
void engine_log_traffic(struct engine *engine, int id, const unsigned char *secret, size_t len);
void engine_log_resumed(struct engine *engine);

/* All has been told. */
void engine_end_keylog(struct engine *engine);

/* Turns what a wolfSSL call has left into a result of ours: SECSOCK_WANT_* or, set in *error, a
 * failure. `doing` begins the sentence. */
int engine_result(struct engine *engine, int returned, const char *doing, secsock_error *error);

/* The same of the number of an error. */
int engine_failed(struct engine *engine, int number, const char *doing, secsock_error *error);

/* The result of a call that has sent something: `result`, unless the connection was found broken.
 * Then it is the alert by which the peer ended it, if there is one, or SECSOCK_E_RESET. */
int engine_sent(struct engine *engine, int result, const char *doing, secsock_error *error);

#endif

/*
 * TLS itself: the only place that calls wolfSSL's TLS functions. An engine drives one connection
 * over a transport and never waits. It captures what certificates the peer sends and holds back
 * this end's next flight until it is told that the peer has been judged; it judges nobody.
 */
#ifndef SECSOCK_SRC_ENGINE_H
#define SECSOCK_SRC_ENGINE_H

#include <stdbool.h>

#include "cert.h"
#include "chain.h"
#include "session.h"
#include "transport.h"

/* What all connections of one role and configuration share. Immutable once made. */
struct engine_context;

int engine_context_new(struct engine_context **out, const secsock_config *config, secsock_role role,
                       secsock_error *error);
void engine_context_free(struct engine_context *context);

struct engine;

/* Makes an engine over `transport`, which must outlive it. For clients, each may be NULL: `sni`, the
 * name to send, and `key`, what the session is to be remembered and found by. */
int engine_init(struct engine *engine, struct engine_context *context, struct transport *transport,
                const char *sni, const char *key, secsock_error *error);

/* Gives everything up; all of it is zero then, as before. */
void engine_free(struct engine *engine);

/* From now on, before the handshake, each of its secrets is told as a line of a key log (keylog.h),
 * from within wolfSSL, as soon as it is made. */
typedef void engine_log_fn(const char *line, void *arg);
void engine_set_keylog(struct engine *engine, engine_log_fn *log, void *arg);

/* ------------------------------------------------------------------------------- handshake */

enum engine_step {
    ENGINE_GOES_ON, /* no verdict is due: the result of engine_handshake() stands */
    ENGINE_JUDGE,   /* the peer must be judged now, then engine_release() or engine_reject() */
    ENGINE_TELL,    /* the handshake has failed with the peer's certificates seen: judge to tell */
};

/* Goes on with the handshake as far as it gets: SECSOCK_OK when nothing is left to do,
 * SECSOCK_WANT_*, or an error, set in *error. Which of these counts depends on *step. */
int engine_handshake(struct engine *engine, enum engine_step *step, secsock_error *error);

/* Alerts that the library chooses or looks for (RFC 8446, section 6). */
enum alert {
    ALERT_CLOSE_NOTIFY = 0,
    ALERT_UNEXPECTED_MESSAGE = 10,
    ALERT_BAD_RECORD_MAC = 20,
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_BAD_CERTIFICATE = 42,
    ALERT_UNSUPPORTED_CERTIFICATE = 43,
    ALERT_CERTIFICATE_REVOKED = 44,
    ALERT_CERTIFICATE_EXPIRED = 45,
    ALERT_CERTIFICATE_UNKNOWN = 46,
    ALERT_ILLEGAL_PARAMETER = 47,
    ALERT_UNKNOWN_CA = 48,
    ALERT_ACCESS_DENIED = 49,
    ALERT_DECODE_ERROR = 50,
    ALERT_PROTOCOL_VERSION = 70,
    ALERT_INTERNAL_ERROR = 80,
    ALERT_INAPPROPRIATE_FALLBACK = 86,
    ALERT_BAD_CERTIFICATE_STATUS_RESPONSE = 113,
    ALERT_CERTIFICATE_REQUIRED = 116,
    ALERT_NO_APPLICATION_PROTOCOL = 120
};

/* Lets this end's next flight go. */
void engine_release(struct engine *engine);

/* Ends the handshake with a fatal alert instead of it, as far as the alert can be sent. */
void engine_reject(struct engine *engine, int alert);

/* After the handshake: a server gives, and a client keeps, what it takes to resume. */
int engine_finish(struct engine *engine, secsock_error *error);

/* What the peer sent, or showed in the handshake that this one resumes; NULL for nothing. */
struct chain *engine_chain(const struct engine *engine);
bool engine_resumed(const struct engine *engine);

/* Whether it is the peer's certificates over which the handshake has failed. */
bool engine_certificate_failed(const struct engine *engine);

/* Whether this end showed its identity. */
bool engine_presented(const struct engine *engine);

/* ------------------------------------------------------------------------------------ data */

enum { LARGEST_FRAGMENT = 16384 }; /* of data in a record (RFC 8446, section 5.1) */

/* How many bytes, SECSOCK_WANT_*, or an error. engine_read() gives 0 after close_notify. */
int engine_read(struct engine *engine, void *buffer, size_t size, secsock_error *error);
int engine_read_line(struct engine *engine, void *buffer, size_t size, secsock_error *error);
int engine_peek(struct engine *engine, void *buffer, size_t size, secsock_error *error);
int engine_write(struct engine *engine, const void *data, size_t len, secsock_error *error);

/* Sends close_notify. SECSOCK_OK once it is on its way, also when repeated. */
int engine_close_notify(struct engine *engine, secsock_error *error);

/* Decrypted bytes that wait to be read. */
size_t engine_pending(const struct engine *engine);

/* ----------------------------------------------------------------------------------- facts */

int engine_version(const struct engine *engine); /* a secsock_tls */
const char *engine_cipher(const struct engine *engine);
const char *engine_group(const struct engine *engine);
const char *engine_signature(const struct engine *engine);
const char *engine_alpn(const struct engine *engine);
const char *engine_sni(const struct engine *engine);

/* ------------------------------------------------------------------------------ its insides */

enum { SECRET_MOST = 48 }; /* as long as SHA-384 makes them */

/* It is shown for the socket to have it within: nobody else looks at its members. What every record
 * touches comes first, behind what it touches of the transport and the socket. */
struct engine {
    struct WOLFSSL *ssl;
    struct transport *transport;
    size_t unflushed; /* length of the data that wolfSSL has encrypted but not sent whole */
    size_t unsent;    /* of what wolfSSL gave us to send: what it still holds */
    size_t taken;     /* bytes read in this call */
    unsigned updates; /* of the peer's key, since data went either way */
    int failure;      /* what a callback found, as a secsock_result, or 0 */
    bool drained;     /* wolfSSL holds nothing: what it has asked for was data, and is read */
    bool ended;       /* the peer's close_notify has been read: what follows it never is */
    bool shaken;      /* the handshake is over: nothing stands between wolfSSL and the wire */
    bool cut;         /* the peer takes no more bytes; it may have said why */
    bool notified;    /* our close_notify is sent, or among what wolfSSL holds */

    struct engine_context *context;
    char *key; /* what a client's session is remembered by, or NULL */

    /* Holding back. Our next flight is held from our `turn` on until `released`. */
    bool sent_any, turn, keys, released;
    bool by_ticket;         /* it is our turn only if the ticket shown does */
    bool held;              /* the last thing wolfSSL wanted to send is held */
    unsigned char head[64]; /* of what is held: all of it where it is an alert */
    size_t held_len;
    struct buffer stash; /* taken from wolfSSL, goes out before what it sends next */
    bool corked;         /* wolfSSL is in a handshake: what it sends goes there */
    bool kept;           /* and stays: it is a client's empty Certificate */
    size_t skip;         /* of what wolfSSL sends next: dropped unsent */

    unsigned char secret[SECRET_MOST]; /* under TLS 1.3, of the first record that is held back */
    size_t secret_len;

    engine_log_fn *log; /* to whom secrets are told, or NULL */
    void *log_arg;
    bool logged; /* the master secret has been, under TLS 1.2 */

    struct TLSX **extensions; /* wolfSSL's, to which it has added a staple's; else NULL */

    bool asked;                      /* a client was asked for its certificate */
    struct chain *sent;              /* what the peer sent in this handshake */
    struct chain *remembered;        /* of the session that may be resumed */
    unsigned generation;             /* of that session's ticket, */
    unsigned char ticket[TICKET_IV]; /* which is known by its nonce, */
    bool opened;                     /* once a server has opened it */
    bool leaf_taken;                 /* the verify callback has passed the peer's own */
    bool certificate_failed;         /* wolfSSL cannot go on with what was shown */
    bool first_record;               /* the peer's first record has been looked at */
    unsigned char opening[32];       /* the peer's first bytes, when they are not TLS */
    size_t opening_len;
};

#endif

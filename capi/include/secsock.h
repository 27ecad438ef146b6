/*
 * secsock: deferred-handshake TLS sockets.
 *
 * Connect in the clear, upgrade when ready, and know exactly whom you are talking to.
 *
 * This header is the manual of the C API. A client that speaks a STARTTLS protocol does this:
 *
 *     secsock *s = secsock_new(NULL);             // the default settings: the system's trust
 *     secsock_set_peername(s, "mail.example");    // whom we mean to talk to
 *     secsock_set_validate_hook(s, judge, arg);   // optional: our own judge of the verdict
 *     secsock_defer(s, 1);                        // no handshake in secsock_connect()
 *     secsock_connect(s, "mail.example", 25);     // plain TCP
 *     ... secsock_send() and secsock_recv_line() speak the protocol in the clear ...
 *     secsock_upgrade(s, NULL);                   // TLS: handshake, validation, hook
 *     ... secsock_send() and secsock_recv() are protected now ...
 *     secsock_close(s);
 *     secsock_free(s);
 *
 * CONTENTS. Each part begins with a line that bears its title:
 *
 *     constants               results, states, problems, and what settings can be
 *     types                   the six handles, errors, callbacks
 *     the library itself      versions, features, the names of numbers
 *     configurations          what many sockets share: TLS, trust, rules, revocation, identity
 *     sockets                 connect, listen, attach, upgrade, send, receive, close
 *     asking about a socket   its state, its errors, what was agreed on
 *     looking on              key logs, traces, captures for Wireshark
 *     verdicts                what validation found out about a peer
 *     validation by itself    the same of files and of memory, without a connection
 *     certificates            load, ask, export
 *     keys                    make, sign, agree, digest, seal: what certificates and TLS stand on
 *     stores                  collect, keep in folders, find
 *
 * RESULTS. A function that returns int returns zero or a count on success and a negative
 * secsock_result otherwise. SECSOCK_WANT_READ, SECSOCK_WANT_WRITE and SECSOCK_WANT_VERDICT are
 * not errors: the call could not finish without waiting; repeat the same call when what it wants
 * has come. Every other negative result is an error, described by secsock_last_error() of a socket,
 * by secsock_config_last_error() of a configuration, and by *error elsewhere (error may be NULL).
 *
 * STATES. A connection is in one secsock_state at a time:
 *
 *     NEW -> PLAIN -> UPGRADING -> SECURE -> CLOSED
 *              ^______________________|     (secsock_downgrade(), where it was allowed)
 *     any -> FAILED                         (terminal: no byte is read or written afterwards)
 *
 * A call made in a state where it is not legal changes nothing and returns SECSOCK_E_STATE, or
 * SECSOCK_E_CLOSED in CLOSED, or in FAILED the error that has ended the connection. The comment of
 * each function names the states in which it is legal; none named means any.
 *
 * POINTERS. Strings are NUL-terminated UTF-8 and are copied when they go in. What a function
 * returns as a const pointer is borrowed: its comment says how long it lives. Handles are freed
 * by the matching _free function, which accepts NULL. Nowhere else is NULL a handle, unless the
 * comment of the function says so.
 *
 * THREADS. A secsock is used by one thread at a time. Different sockets may be used by different
 * threads at once, also when they share a configuration. Configurations (once frozen),
 * certificates, stores (once used by a configuration) and verdicts are immutable and may be
 * shared freely, and so may captures; reference counts are atomic. There is no global state that a
 * caller could see.
 *
 * BINDINGS. Once the lines that begin with '#' are dropped, this file is C declarations and nothing
 * else, as LuaJIT's ffi.cdef() and its like read them. C++ includes it within extern "C" { }.
 *
 * BLOCKING. A call that may wait says so. How long is set by secsock_set_timeout(): one deadline
 * covers the whole operation. A timeout of 0 makes every call on a socket non-blocking. What reads
 * or writes files waits for the disk, however long that takes.
 */
#ifndef SECSOCK_H
#define SECSOCK_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* ------------------------------------------------------------------------------- constants */

enum {
    SECSOCK_ABI_VERSION = 1, /* of this header; see secsock_abi_version() */
    SECSOCK_NOW = -1         /* see secsock_config_set_time() */
};

/* The results of functions that return int. */
typedef enum secsock_result {
    SECSOCK_OK = 0,

    SECSOCK_WANT_READ = -1,    /* call again when the transport is readable */
    SECSOCK_WANT_WRITE = -2,   /* call again when the transport is writable */
    SECSOCK_WANT_VERDICT = -3, /* call again after secsock_decide() */

    SECSOCK_E_ARGUMENT = -10,       /* an argument is NULL, out of range or contradictory */
    SECSOCK_E_STATE = -11,          /* the call is not legal in this state */
    SECSOCK_E_MEMORY = -12,         /* an allocation failed */
    SECSOCK_E_SYSTEM = -13,         /* a system call failed: see sys_errno */
    SECSOCK_E_RESOLVE = -14,        /* the host name has no address */
    SECSOCK_E_TIMEOUT = -15,        /* the deadline passed; the call may be repeated */
    SECSOCK_E_CLOSED = -16,         /* this end, or the peer in an orderly way, has closed */
    SECSOCK_E_RESET = -17,          /* the peer broke the connection off */
    SECSOCK_E_TRUNCATED = -18,      /* the TLS stream ended without close_notify */
    SECSOCK_E_INJECTED = -19,       /* plaintext arrived where only TLS may follow */
    SECSOCK_E_NO_PEERNAME = -20,    /* a client upgrade with neither peer name nor hook */
    SECSOCK_E_REJECTED = -21,       /* the peer's certificates were refused: see the verdict */
    SECSOCK_E_NO_CERTIFICATE = -22, /* the peer sent no certificate although it must */
    SECSOCK_E_ALERT = -23,          /* the peer sent a fatal alert */
    SECSOCK_E_NOT_TLS = -24,        /* what the peer sent is not TLS */
    SECSOCK_E_VERSION = -25,        /* no TLS version in common */
    SECSOCK_E_PROTOCOL = -26,       /* the peer broke the rules of TLS */
    SECSOCK_E_HANDSHAKE = -27,      /* no cipher, group or signature in common */
    SECSOCK_E_FILE = -30,           /* a file cannot be read or written: see sys_errno */
    SECSOCK_E_FORMAT = -31,         /* the data is not what it should be */
    SECSOCK_E_PASSWORD = -32,       /* encrypted, and the password missing or wrong */
    SECSOCK_E_NO_KEY = -33,         /* a certificate without the private key it needs here */
    SECSOCK_E_KEY_MISMATCH = -34,   /* the private key does not belong to the certificate */
    SECSOCK_E_UNSUPPORTED = -35,    /* this build cannot do that */
    SECSOCK_E_FROZEN = -36,         /* the configuration or store can no longer change */
    SECSOCK_E_LIMIT = -37,          /* a limit against hostile input was reached */
    SECSOCK_E_INTERNAL = -38,       /* a defect of secsock or wolfSSL */
    SECSOCK_E_NOT_EXPORTABLE = -39  /* the private key may not leave its certificate */
} secsock_result;

typedef enum secsock_state {
    SECSOCK_STATE_NEW = 0,       /* no transport yet, or a connect under way */
    SECSOCK_STATE_LISTENING = 1, /* a listener */
    SECSOCK_STATE_PLAIN = 2,     /* connected, bytes travel in the clear */
    SECSOCK_STATE_UPGRADING = 3, /* handshake begun: no application byte moves */
    SECSOCK_STATE_SECURE = 4,    /* connected, authenticated, encrypted */
    SECSOCK_STATE_CLOSED = 5,    /* secsock_close() was called */
    SECSOCK_STATE_FAILED = 6     /* an error ended the connection */
} secsock_state;

typedef enum secsock_role { SECSOCK_CLIENT = 0, SECSOCK_SERVER = 1 } secsock_role;

/* Protocol versions by their number on the wire (RFC 8446, section 4.2.1). */
typedef enum secsock_tls { SECSOCK_TLS_1_2 = 0x0303, SECSOCK_TLS_1_3 = 0x0304 } secsock_tls;

/* What a server does about client certificates. */
typedef enum secsock_client_auth {
    SECSOCK_CLIENT_AUTH_NONE = 0,    /* none is asked for */
    SECSOCK_CLIENT_AUTH_REQUEST = 1, /* asked for; problems are reported in the verdict but do
                                        not end the handshake unless a hook says so */
    SECSOCK_CLIENT_AUTH_VERIFY = 2,  /* asked for; one that is sent must be valid */
    SECSOCK_CLIENT_AUTH_REQUIRE = 3  /* asked for; one must be sent and be valid. That one is
                                        sent is enforced whatever a hook answers */
} secsock_client_auth;

/* The answers of a validation hook: one of these, or a secsock_problem, which rejects the peer
 * and is the reason. Zero is the harmless one; any number that is none of them rejects. */
typedef enum secsock_answer {
    SECSOCK_FOLLOW = 0,    /* as the verdict says: accepted when it holds no problem */
    SECSOCK_ACCEPT = 1000, /* accepted, whatever problems the verdict holds */
    SECSOCK_PENDING = 1001 /* undecided: secsock_decide() will tell */
} secsock_answer;

/* Everything that can be wrong with a peer. The set grows; the names are stable. */
typedef enum secsock_problem {
    SECSOCK_PROBLEM_REJECTED = 1,            /* rejected: refused by the program's hook */
    SECSOCK_PROBLEM_NO_CERTIFICATE = 2,      /* no_certificate: none was sent */
    SECSOCK_PROBLEM_MALFORMED = 3,           /* malformed: not a well-formed certificate */
    SECSOCK_PROBLEM_EXPIRED = 4,             /* expired */
    SECSOCK_PROBLEM_NOT_YET_VALID = 5,       /* not_yet_valid */
    SECSOCK_PROBLEM_ISSUER_UNKNOWN = 6,      /* issuer_unknown: no path to a trust anchor */
    SECSOCK_PROBLEM_SELF_SIGNED = 7,         /* self_signed: and not a trust anchor */
    SECSOCK_PROBLEM_NAME_MISMATCH = 8,       /* name_mismatch: issued for somebody else */
    SECSOCK_PROBLEM_NAME_UNCHECKED = 9,      /* name_unchecked: no peer name was set */
    SECSOCK_PROBLEM_BAD_SIGNATURE = 10,      /* bad_signature: not signed by its issuer */
    SECSOCK_PROBLEM_WRONG_USAGE = 11,        /* wrong_usage: key usage or extended key usage */
    SECSOCK_PROBLEM_NOT_A_CA = 12,           /* not_a_ca: it issues but may not */
    SECSOCK_PROBLEM_PATH_TOO_LONG = 13,      /* path_too_long: a path length constraint */
    SECSOCK_PROBLEM_NAME_CONSTRAINT = 14,    /* name_constraint: outside an issuer's names */
    SECSOCK_PROBLEM_UNKNOWN_CRITICAL = 15,   /* unknown_critical: a critical extension */
    SECSOCK_PROBLEM_WEAK_KEY = 16,           /* weak_key */
    SECSOCK_PROBLEM_WEAK_SIGNATURE = 17,     /* weak_signature: MD5, SHA-1 */
    SECSOCK_PROBLEM_REVOKED = 18,            /* revoked */
    SECSOCK_PROBLEM_REVOCATION_UNKNOWN = 19, /* revocation_unknown */
    SECSOCK_PROBLEM_DISALLOWED = 20,         /* disallowed: in a store of distrusted ones */
    SECSOCK_PROBLEM_POLICY = 21,             /* policy: certificate policies */
    SECSOCK_PROBLEM_PROFILE = 22,            /* profile: its form breaks the rules of one */
    SECSOCK_PROBLEM_UNSUPPORTED = 23,        /* unsupported: what this build cannot read or check */
    SECSOCK_PROBLEM_TOO_COMPLEX = 24,        /* too_complex: the work budget ran out */
    SECSOCK_PROBLEM_NOT_PINNED = 25          /* not_pinned: no key of the path was asked for */
} secsock_problem;

typedef enum secsock_name_result {
    SECSOCK_NAME_UNCHECKED = 0, /* no peer name was set, or the peer sent no certificate */
    SECSOCK_NAME_MATCHED = 1,
    SECSOCK_NAME_MISMATCHED = 2
} secsock_name_result;

/* What a certificate is to be used for (RFC 5280, section 4.2.1.12). */
typedef enum secsock_purpose {
    SECSOCK_PURPOSE_ANY = 0,
    SECSOCK_PURPOSE_SERVER = 1, /* it is a TLS server's */
    SECSOCK_PURPOSE_CLIENT = 2  /* it is a TLS client's */
} secsock_purpose;

/*
 * The rules that certificates are held to. PRIVATE is RFC 5280 in full: what section 6 checks along
 * a path, and the form that sections 4.1 and 4.2 give to each certificate; besides, RSA keys of
 * 2048 bits at least, keys on P-256, P-384, P-521 and those of Ed25519 and Ed448, no MD5 and no
 * SHA-1, and names in the subject alternative names alone. WEBPKI is the same and what the
 * CA/Browser Forum's Baseline Requirements let a machine see: the purposes and names of a server's
 * certificate, its kind of key, no wildcard right below a public suffix.
 *
 * AUTO is WEBPKI while only the system's anchors are trusted. Else it is PRIVATE, but forgives what
 * private issuers often leave out and validation does not use (key identifiers, the mark "critical"
 * of constraints), serial numbers that are not positive, underscores in names and dates in the
 * wrong form. Where the system's anchors are among those that are trusted, the form of an anchor's
 * own certificate is of no account in either, save that of its name constraints.
 */
typedef enum secsock_profile {
    SECSOCK_PROFILE_AUTO = 0, /* the default */
    SECSOCK_PROFILE_PRIVATE = 1,
    SECSOCK_PROFILE_WEBPKI = 2
} secsock_profile;

/* When it counts against a peer that nobody says whether it is revoked. That it is revoked counts
 * always. */
typedef enum secsock_revocation {
    SECSOCK_REVOCATION_SOFT = 0, /* the default: never, unless the certificate itself demands a
                                     stapled response (RFC 7633) */
    SECSOCK_REVOCATION_LEAF = 1, /* the peer's own certificate must be known to be good */
    SECSOCK_REVOCATION_CHAIN = 2 /* and each of its issuers below the trust anchor */
} secsock_revocation;

/* What is known about one certificate's revocation. */
typedef enum secsock_revocation_status {
    SECSOCK_STATUS_UNKNOWN = 0,
    SECSOCK_STATUS_GOOD = 1,
    SECSOCK_STATUS_REVOKED = 2
} secsock_revocation_status;

/* What a store is for, as on Windows. */
typedef enum secsock_store_role {
    SECSOCK_STORE_MY = 0,   /* identities: certificates with their private keys */
    SECSOCK_STORE_ROOT = 1, /* trust anchors */
    SECSOCK_STORE_CA = 2,   /* intermediate issuers, to build paths with; trusted for nothing */
    SECSOCK_STORE_DISALLOWED = 3 /* certificates that no path may contain */
} secsock_store_role;

/* How a folder is opened as a store; add SECSOCK_STORE_EXISTING to one of the others. */
typedef enum secsock_store_mode {
    SECSOCK_STORE_READ_ONLY = 0,  /* a folder that is not there is an empty store */
    SECSOCK_STORE_READ_WRITE = 1, /* a folder that is not there is made */
    SECSOCK_STORE_EXISTING = 2    /* a folder that is not there is SECSOCK_E_FILE */
} secsock_store_mode;

/* What secsock_store_find() looks at, and what `value` is then. Text is compared without regard to
 * the case of ASCII letters; whole names as RFC 5280, section 7.1, has it, so that their string
 * types, how they are spaced and how they are escaped are of no account. In hex, spaces and ':' may
 * stand between the digits. */
typedef enum secsock_find {
    SECSOCK_FIND_ANY = 0,            /* every certificate; NULL */
    SECSOCK_FIND_THUMBPRINT = 1,     /* SHA-1 or SHA-256 in hex */
    SECSOCK_FIND_SUBJECT = 2,        /* a part of what secsock_cert_subject() returns */
    SECSOCK_FIND_SUBJECT_NAME = 3,   /* the whole subject, RFC 4514 */
    SECSOCK_FIND_ISSUER = 4,         /* a part of what secsock_cert_issuer() returns */
    SECSOCK_FIND_ISSUER_NAME = 5,    /* the whole issuer, RFC 4514 */
    SECSOCK_FIND_SERIAL = 6,         /* hex; zeros in front are of no account */
    SECSOCK_FIND_SUBJECT_KEY_ID = 7, /* hex */
    SECSOCK_FIND_NAME = 8,          /* a host, an address or a mailbox that it is issued for, by the
                                       rules that peers are judged by (RFC 9525) */
    SECSOCK_FIND_EXT_KEY_USAGE = 9, /* a purpose that it allows: "serverAuth", or an OID in dots;
                                       one without the extension allows all */
    SECSOCK_FIND_KEY_USAGE = 10,    /* "digitalSignature", "keyCertSign", ...: likewise */
    SECSOCK_FIND_TIME_VALID = 11,   /* a moment in seconds since 1970, in decimal; NULL: now */
    SECSOCK_FIND_TIME_EXPIRED = 12,
    SECSOCK_FIND_TIME_NOT_YET = 13,
    SECSOCK_FIND_PRIVATE_KEY = 14 /* those that have theirs; NULL */
} secsock_find;

/* What secsock_cert_export_pem() and _pfx() put in; add them. */
typedef enum secsock_export {
    SECSOCK_EXPORT_CERT = 1,
    SECSOCK_EXPORT_CHAIN = 2, /* the issuers that are sent along */
    SECSOCK_EXPORT_KEY = 4    /* the private key */
} secsock_export;

/* Operations with a deadline of their own; add them to set several at once. */
typedef enum secsock_timeout {
    SECSOCK_TIMEOUT_CONNECT = 1,   /* connect, accept */
    SECSOCK_TIMEOUT_HANDSHAKE = 2, /* upgrade, downgrade */
    SECSOCK_TIMEOUT_READ = 4,      /* recv, recv_line */
    SECSOCK_TIMEOUT_WRITE = 8,     /* send, shutdown */
    SECSOCK_TIMEOUT_ALL = 15
} secsock_timeout;

/* Kinds of subject alternative names, by their tag in RFC 5280, section 4.2.1.6. */
typedef enum secsock_san {
    SECSOCK_SAN_EMAIL = 1,
    SECSOCK_SAN_DNS = 2,
    SECSOCK_SAN_DIRECTORY = 4,
    SECSOCK_SAN_URI = 6,
    SECSOCK_SAN_IP = 7
} secsock_san;

/* What a capture file holds. */
typedef enum secsock_capture_content {
    SECSOCK_CAPTURE_WIRE = 0,   /* what travels, encrypted where it is */
    SECSOCK_CAPTURE_SECRETS = 1 /* and the TLS secrets, so that all of it can be read */
} secsock_capture_content;

/* Counters of a connection, see secsock_bytes(). */
typedef enum secsock_counter {
    SECSOCK_BYTES_RECEIVED = 0, /* handed to the program by secsock_recv() and its like */
    SECSOCK_BYTES_SENT = 1,     /* taken from the program by secsock_send() */
    SECSOCK_WIRE_RECEIVED = 2,  /* read from the transport */
    SECSOCK_WIRE_SENT = 3       /* written to the transport */
} secsock_counter;

/* What secsock_list() can enumerate. */
typedef enum secsock_list_kind {
    SECSOCK_LIST_VERSIONS = 0, /* "TLSv1.3", "TLSv1.2" */
    SECSOCK_LIST_CIPHERS = 1,  /* IANA names, in the order of preference */
    SECSOCK_LIST_GROUPS = 2,   /* "X25519MLKEM768", "X25519", "P-256", ... in that order */
    SECSOCK_LIST_FEATURES = 3, /* what secsock_has_feature() answers 1 to */
    SECSOCK_LIST_PROBLEMS = 4  /* the names of problems: "rejected", "no_certificate", ... */
} secsock_list_kind;

/* Kinds of private keys. */
typedef enum secsock_key_kind {
    SECSOCK_KEY_P256 = 1,
    SECSOCK_KEY_P384 = 2,
    SECSOCK_KEY_P521 = 3,
    SECSOCK_KEY_ED25519 = 4,
    SECSOCK_KEY_ED448 = 5,
    SECSOCK_KEY_RSA_2048 = 6,
    SECSOCK_KEY_RSA_3072 = 7,
    SECSOCK_KEY_RSA_4096 = 8
} secsock_key_kind;

/* Ways to sign, by their number on the wire (RFC 8446, section 4.2.3; RFC 5246, section 7.4.1.4.1).
 * ECDSA goes with every curve. The insecure ones are for certificates that are to be refused. */
typedef enum secsock_scheme {
    SECSOCK_SCHEME_RSA_SHA256 = 0x0401,
    SECSOCK_SCHEME_RSA_SHA384 = 0x0501,
    SECSOCK_SCHEME_RSA_SHA512 = 0x0601,
    SECSOCK_SCHEME_RSA_PSS_SHA256 = 0x0804, /* the salt is as long as the digest */
    SECSOCK_SCHEME_RSA_PSS_SHA384 = 0x0805,
    SECSOCK_SCHEME_RSA_PSS_SHA512 = 0x0806,
    SECSOCK_SCHEME_ECDSA_SHA256 = 0x0403,
    SECSOCK_SCHEME_ECDSA_SHA384 = 0x0503,
    SECSOCK_SCHEME_ECDSA_SHA512 = 0x0603,
    SECSOCK_SCHEME_ED25519 = 0x0807,
    SECSOCK_SCHEME_ED448 = 0x0808,
    SECSOCK_SCHEME_INSECURE_RSA_MD5 = 0x0101,
    SECSOCK_SCHEME_INSECURE_RSA_SHA1 = 0x0201,
    SECSOCK_SCHEME_INSECURE_ECDSA_SHA1 = 0x0203
} secsock_scheme;

/* Digests, by their number on the wire (RFC 5246, section 7.4.1.4.1). */
typedef enum secsock_digest_kind {
    SECSOCK_DIGEST_SHA1 = 2, /* for identifiers alone, not to sign */
    SECSOCK_DIGEST_SHA256 = 4,
    SECSOCK_DIGEST_SHA384 = 5,
    SECSOCK_DIGEST_SHA512 = 6
} secsock_digest_kind;

/* Ciphers that protect bytes from being read and from being changed (AEAD, RFC 5116). Each takes a
 * nonce of 12 bytes, and adds a tag of 16. */
typedef enum secsock_aead_kind {
    SECSOCK_AEAD_AES_128_GCM = 1,      /* a key of 16 bytes */
    SECSOCK_AEAD_AES_256_GCM = 2,      /* of 32 */
    SECSOCK_AEAD_CHACHA20_POLY1305 = 3 /* of 32 */
} secsock_aead_kind;

/* ----------------------------------------------------------------------------------- types */

typedef struct secsock secsock;                 /* one socket: a connection or a listener */
typedef struct secsock_config secsock_config;   /* settings that many sockets share */
typedef struct secsock_cert secsock_cert;       /* a certificate, perhaps with its key */
typedef struct secsock_store secsock_store;     /* a set of certificates */
typedef struct secsock_verdict secsock_verdict; /* what validation found out about a peer */
typedef struct secsock_capture secsock_capture; /* a file that records what travels */

/*
 * What went wrong. The message is one line for people and says what, where and why; it is empty
 * only when code is SECSOCK_OK.
 */
typedef struct secsock_error {
    int code;           /* a secsock_result */
    int sys_errno;      /* errno where a system call failed, else 0 */
    int alert;          /* number of the TLS alert (RFC 8446, section 6), or -1 */
    int alert_received; /* 1 when the peer sent that alert, 0 when this end did */
    char message[496];  /* NUL-terminated, shortened where it must be */
} secsock_error;

/*
 * A validation hook. Called once per handshake, on success and on failure, for full and resumed
 * handshakes alike, from within secsock_upgrade() (or the connect or accept that upgrades), on
 * the thread that made that call. The verdict is borrowed: keep it with secsock_verdict_ref().
 * Returns a secsock_answer, or a secsock_problem to reject; `return secsock_decide(s, problem,
 * "why")` adds a sentence. The hook may ask the socket anything; it must not free the socket,
 * close it or do I/O on it. It may not accept what this end could not parse at all or wolfSSL
 * cannot read, nor a missing certificate under SECSOCK_CLIENT_AUTH_REQUIRE: then it runs to be
 * told.
 */
typedef int secsock_validate_hook(secsock *s, const secsock_verdict *verdict, void *arg);

/*
 * A key log hook: called with each secret of a handshake as soon as it is made, from within the
 * call that drives the handshake. The line is one of NSS's key log format without an end of line:
 * "CLIENT_RANDOM ..." under TLS 1.2, under TLS 1.3 one for each of CLIENT_ and
 * SERVER_HANDSHAKE_TRAFFIC_SECRET, CLIENT_ and SERVER_TRAFFIC_SECRET_0 and EXPORTER_SECRET. Who has
 * these lines can read, and forge, what the connection protects. They are erased behind the hook,
 * which must not call anything on the socket.
 */
typedef void secsock_keylog_hook(secsock *s, const char *line, void *arg);

/* What a trace hook is told of. */
typedef enum secsock_trace_event {
    SECSOCK_TRACE_RECEIVED = 1,   /* these bytes have come over the transport */
    SECSOCK_TRACE_SENT = 2,       /* these have left by it */
    SECSOCK_TRACE_PEER_ENDED = 3, /* the peer sends no more */
    SECSOCK_TRACE_ENDED = 4,      /* this end has said that it sends no more */
    SECSOCK_TRACE_BROKEN = 5,     /* the peer has broken the connection off */
    SECSOCK_TRACE_STATE = 6,      /* secsock_get_state() is another */
    SECSOCK_TRACE_VERDICT = 7     /* the peer was judged: secsock_get_verdict() */
} secsock_trace_event;

/*
 * A trace hook: called with each secsock_trace_event as it happens, from within the call on the
 * socket that it happens in, secsock_free() too, on its thread. The bytes, which only what was
 * received and sent has, are those on the wire: borrowed for the call, in the clear in PLAIN, and
 * TLS records (RFC 8446, section 5.1) in whichever pieces later. It may ask the socket anything and
 * must not do anything else to it.
 */
typedef void secsock_trace_hook(secsock *s, int event, const void *data, size_t len, void *arg);

/*
 * Transport callbacks. Each moves up to len bytes and returns how many (> 0), or
 * SECSOCK_WANT_READ (receive) or SECSOCK_WANT_WRITE (send) when it would have to wait,
 * SECSOCK_E_RESET when the connection broke, SECSOCK_E_CLOSED or (receive) 0 at its end. Any other
 * answer is SECSOCK_E_SYSTEM with the errno EINVAL.
 * Called only from within calls on their socket; must not call back into it.
 */
typedef int secsock_recv_fn(void *data, size_t len, void *arg);
typedef int secsock_send_fn(const void *data, size_t len, void *arg);

/* ------------------------------------------------------------------------- the library itself */

/* The ABI of the library that is loaded. It can serve a program that was compiled against
 * SECSOCK_ABI_VERSION when it is at least that number: functions are only ever added. */
int secsock_abi_version(void);

/* "0.1.0"; static. */
const char *secsock_version(void);

/* The version of the wolfSSL inside, such as "5.9.2"; static. */
const char *secsock_wolfssl_version(void);

/* 1 when this build, on this machine, can do what is named, else 0. Names: "tls1.2", "tls1.3",
 * "x25519mlkem768", "ed25519", "ed448", "chacha20", "resumption", "aes_hardware" (the CPU has
 * AES instructions), "accelerated_aes_gcm" and "accelerated_chacha20" (see
 * secsock_config_set_acceleration()), "keylog", "capture". Unknown names answer 0. */
int secsock_has_feature(const char *name);

/* The index-th entry (from 0) of a list, static, or NULL past its end. */
const char *secsock_list(secsock_list_kind kind, size_t index);

/* The name of a result ("SECSOCK_E_TRUNCATED") and a sentence for it; static, never NULL. */
const char *secsock_result_name(int result);
const char *secsock_result_text(int result);

/* "PLAIN", "SECURE", ...; static, never NULL. */
const char *secsock_state_name(int state);

/* The name of an alert in RFC 8446's words ("bad_certificate"), "unknown" for others; static. */
const char *secsock_alert_name(int alert);

/* The stable name of a problem ("name_mismatch"), a sentence, the section that problems of this
 * kind come from unless a verdict knows a closer one, and the number of the alert it is answered
 * with (RFC 8446, section 6.2). Strings are static, and those of an unknown number are "unknown".
 */
const char *secsock_problem_name(int problem);
const char *secsock_problem_text(int problem);
const char *secsock_problem_section(int problem);
int secsock_problem_alert(int problem);

/* ---------------------------------------------------------------------------- configurations */

/*
 * Settings that many sockets share. Set them, then give the configuration to secsock_new(): the
 * first socket that connects, listens or attaches freezes it, and later changes return
 * SECSOCK_E_FROZEN. The defaults: TLS 1.2 and 1.3; groups X25519MLKEM768, X25519, P-256 and on;
 * AES-128-GCM first where the CPU has AES instructions, else ChaCha20-Poly1305; trust in the
 * system's anchors; no identity; no client certificates asked for; resumption on.
 *
 * Every setter returns SECSOCK_OK or an error, described by secsock_config_last_error(), and
 * changes nothing when it fails. None of them blocks, except on the disk. A configuration is
 * built by one thread; once frozen it may be shared between threads.
 *
 * It remembers a few hundred signatures of certificates that were good, of peers with whom nothing
 * was wrong, and does not check these again. All else about a peer is judged anew each time.
 */

/* A new configuration with one reference, or NULL when memory is short. */
secsock_config *secsock_config_new(void);

/* One reference more; returns its argument. */
secsock_config *secsock_config_ref(secsock_config *config);

/* One reference less; the last one frees. Accepts NULL. */
void secsock_config_free(secsock_config *config);

/* The last error of a setter; borrowed, until the next call on the configuration. */
const secsock_error *secsock_config_last_error(const secsock_config *config);

/* ----------------------------------------------------------------------- configurations: TLS */

/* The lowest and the highest protocol version; secsock_tls values. One for which there is no
 * cipher suite or no group among those set is not offered; when that leaves none, the first use of
 * the configuration fails with SECSOCK_E_ARGUMENT. */
int secsock_config_set_versions(secsock_config *config, int lowest, int highest);

/* The cipher suites, by IANA name, in the order of preference, with ':' between them
 * (secsock_list() has them all). An unknown name is refused and named in the error. */
int secsock_config_set_ciphers(secsock_config *config, const char *names);

/* The key exchange groups, likewise. */
int secsock_config_set_groups(secsock_config *config, const char *names);

/* Application protocols (RFC 7301), in the order of preference, with ',' between them
 * ("h2,http/1.1"). A server that has some and finds none in common refuses with the alert
 * no_application_protocol. NULL or "" for none. */
int secsock_config_set_alpn(secsock_config *config, const char *protocols);

/* What a server does about client certificates; a secsock_client_auth. */
int secsock_config_set_client_auth(secsock_config *config, int mode);

/* Session resumption with tickets (RFC 8446, section 2.2; RFC 5077), 1 or 0. A client remembers
 * the sessions of this configuration by peer name; both ends remember the peer's certificates
 * and judge them afresh. */
int secsock_config_set_resumption(secsock_config *config, int on);

/* Whether AES-GCM and ChaCha20 are left to the faster code of Intel's ipsec-mb library, 1 (which
 * they are unless set) or 0. It takes effect where the features "accelerated_aes_gcm" and
 * "accelerated_chacha20" are there: in a build with that library, on a CPU with VAES and AVX-512,
 * once it has agreed with wolfSSL's own code in a test that the first use makes; and, for AES-GCM,
 * for connections with much to protect: from 4 KiB on in a direction, for which the connection then
 * has 1 KB of memory more. What is on the wire is the same. */
int secsock_config_set_acceleration(secsock_config *config, int on);

/* --------------------------------------------------------------------- configurations: trust */

/* Trust anchors, added to those there are. The first one added replaces the system's, unless
 * secsock_config_trust_system() asks for these too, or secsock_store_system()'s store is added,
 * which is the same. A file (PEM or DER) or text (PEM) holds one or more certificates; a folder is
 * read whole, files of other kinds in it, and those whose names begin with a dot, are passed over.
 * An input without a single certificate is SECSOCK_E_FORMAT, and so is a malformed one. A store is
 * used as by secsock_config_add_store(). */
int secsock_config_trust_file(secsock_config *config, const char *path);
int secsock_config_trust_dir(secsock_config *config, const char *path);
int secsock_config_trust_pem(secsock_config *config, const void *pem, size_t len);
int secsock_config_trust_store(secsock_config *config, const secsock_store *store);
int secsock_config_trust_system(secsock_config *config);

/* Trusts in a key: base64 of the SHA-256 of its SubjectPublicKeyInfo, as secsock_cert_pin() gives
 * it. A certificate with this key, sent by the peer, is a trust anchor, whoever signed it; all
 * other checks stay. The first one replaces the system's anchors, as one added above does.
 * SECSOCK_E_FORMAT when it is no such digest. */
int secsock_config_trust_pin(secsock_config *config, const char *pin);

/* Asks for a key besides: the path to the anchor must contain one of the keys so named (RFC 7469,
 * section 2.6), else the peer has the problem not_pinned. The form is that of
 * secsock_config_trust_pin(). */
int secsock_config_require_pin(secsock_config *config, const char *pin);

/* Puts the certificates of a store to the use of a secsock_store_role. ROOT is
 * secsock_config_trust_store(); an empty store is SECSOCK_E_FORMAT there. CA adds issuers that
 * paths may be built with. DISALLOWED adds certificates of which a path must hold none. MY takes
 * the identity from the store: of the certificates with private keys one that is valid at the
 * configuration's time, of several the one issued last; without any it is SECSOCK_E_NO_KEY. A store
 * that was opened in one role cannot be used in another (SECSOCK_E_ARGUMENT). The configuration
 * keeps a reference; the store is immutable from then on. */
int secsock_config_add_store(secsock_config *config, int role, const secsock_store *store);

/* --------------------------------------------------------------------- configurations: rules */

/* The rules that peers' certificates are held to; a secsock_profile. */
int secsock_config_set_profile(secsock_config *config, int profile);

/* The most intermediate certificates that a path may have between the peer's and the anchor,
 * self-issued ones not counted (RFC 5280, section 6.1.4); -1, the default: no limit of its own. */
int secsock_config_set_max_depth(secsock_config *config, int intermediates);

/* The moment that certificates are judged at, in seconds since 1970 UTC: for machines without a
 * clock, for looking at old evidence, for tests. SECSOCK_NOW, the default: the system's clock, read
 * anew for each peer. */
int secsock_config_set_time(secsock_config *config, int64_t seconds);

/* The public suffixes, the names right below which no wildcard may stand, from a file in the form
 * of publicsuffix.org's list; path NULL: from the system's. with_private 1 takes in its second
 * section, of the names that somebody owns and lets others use ("github.io"). Without this, the
 * first section of the system's list holds for WEBPKI, where the system has one, and for PRIVATE
 * none: then a wildcard may not stand right below a single label. SECSOCK_E_FORMAT when it is no
 * such list, SECSOCK_E_FILE when it cannot be read. */
int secsock_config_set_suffixes(secsock_config *config, const char *path, int with_private);

/* ---------------------------------------------------------------- configurations: revocation */

/* Certificate revocation lists (RFC 5280, section 5), PEM or DER, added to those there are; they
 * are copied. A file or text may hold several; a folder is read whole, files of other kinds in it,
 * and those whose names begin with a dot, are passed over. An input without a single list is
 * SECSOCK_E_FORMAT, and so is a malformed one; a list that is no longer or not yet valid, and a
 * delta list (section 5.2.4), is taken and says nothing. Nothing is ever fetched. */
int secsock_config_add_crl(secsock_config *config, const void *data, size_t len);
int secsock_config_add_crl_file(secsock_config *config, const char *path);
int secsock_config_add_crl_dir(secsock_config *config, const char *path);

/* What it counts for that nobody says whether a certificate is revoked; a secsock_revocation. */
int secsock_config_set_revocation(secsock_config *config, int mode);

/* ------------------------------------------------------------------ configurations: identity */

/* The certificate, key and issuers that this end presents. It must hold a private key
 * (SECSOCK_E_NO_KEY otherwise). The configuration keeps a reference. NULL for none. */
int secsock_config_set_identity(secsock_config *config, secsock_cert *identity);

/* The same, from files, as secsock_cert_load_identity() reads them. */
int secsock_config_identity_file(secsock_config *config, const char *cert_path,
                                 const char *key_path, const char *password);

/* A server's OCSP response (RFC 6960, DER) about its identity, to be stapled to the handshake where
 * a client asks for one (RFC 6066, section 8; RFC 8446, section 4.4.2.1). It is copied; NULL for
 * none. It is not compared with the identity. SECSOCK_E_FORMAT when it is none, SECSOCK_E_LIMIT
 * when it has more than the 16,380 bytes that clients take. A client needs no setting: it asks
 * every server. */
int secsock_config_set_staple(secsock_config *config, const void *response, size_t len);
int secsock_config_staple_file(secsock_config *config, const char *path);

/* What is questionable about the identity though not refused: the index-th warning's
 * secsock_problem, or 0 past the end, and in *text (text may be NULL) a sentence, borrowed until
 * the identity changes. That it is expired or not yet valid is judged by the system's clock at the
 * moment of the call. What matters to a server alone (no host among the names, no serverAuth among
 * the purposes) or to a client alone is told once it is known which of them the configuration is
 * for: after its first use, or, of a server, once client certificates are asked for. */
int secsock_config_warning(secsock_config *config, size_t index, const char **text);

/* ----------------------------------------------------------------------------------- sockets */

/* A new socket in the state NEW, or NULL when memory is short. It keeps a reference to the
 * configuration; NULL means the defaults. */
secsock *secsock_new(secsock_config *config);

/* Closes and frees. Never blocks: what could not be sent at once is lost. Accepts NULL. */
void secsock_free(secsock *s);

/* The name that the peer's certificate must be issued for: a DNS name (in A-labels, RFC 9525), an
 * IP address, or, of a client who is a person, a mailbox ("joe@example.org"). A DNS name is also
 * sent as SNI, the others never are (RFC 6066, section 3). NULL clears it. Legal in NEW and
 * PLAIN. */
int secsock_set_peername(secsock *s, const char *name);

/* The peer name as set, or NULL; borrowed, until it is set again. */
const char *secsock_peername(const secsock *s);

/* The judge of the peer's certificates, NULL for none: then the verdict must be free of
 * problems. What a listener has is inherited by the connections that it accepts. Legal in NEW,
 * PLAIN and LISTENING. */
int secsock_set_validate_hook(secsock *s, secsock_validate_hook *hook, void *arg);

/* 1: secsock_connect() and secsock_accept() leave the connection in the clear until
 * secsock_upgrade(). 0, the default: they upgrade at once. Legal in NEW and LISTENING. */
int secsock_defer(secsock *s, int on);

/* 1 allows secsock_downgrade() on this socket. Legal in NEW, LISTENING and PLAIN. */
int secsock_allow_downgrade(secsock *s, int on);

/* The time in milliseconds that the operations named (secsock_timeout values, added up) may
 * take, each counted anew from the start of each call. Negative: without end, the default. 0:
 * never wait, but return SECSOCK_WANT_READ, _WRITE or _VERDICT. Otherwise a call that runs out
 * of time returns SECSOCK_E_TIMEOUT, loses nothing and may be repeated. */
int secsock_set_timeout(secsock *s, int operations, int milliseconds);

/*
 * Opens a TCP connection: resolves the host (this part is the system's and has its own time
 * limits), tries its addresses in turn under one deadline (where nothing waits, an address that
 * keeps silent is given up for the next after two seconds, when the call is repeated), and upgrades
 * unless deferred. With neither peer name nor hook an upgrade at once is refused
 * (SECSOCK_E_NO_PEERNAME) before anything is sent. Legal in NEW, and again after a SECSOCK_WANT_*;
 * may block.
 */
int secsock_connect(secsock *s, const char *host, int port);

/* Listens on a TCP address; host NULL means every address, port 0 a free one (see
 * secsock_local_address()). The configuration must hold an identity (SECSOCK_E_NO_KEY). Legal in
 * NEW. */
int secsock_listen(secsock *s, const char *host, int port, int backlog);

/*
 * The next connection of a listener, with the listener's configuration, hook, timeouts and
 * permissions; the caller frees it. Upgraded, unless the listener defers, its connect timeout is
 * 0, or its hook answers later: then the handshake is driven by secsock_upgrade() on the new
 * socket, so that no slow peer holds a non-blocking listener up. When a handshake fails or runs
 * out of time, *out is NULL and the listener's secsock_last_error() tells why; the listener goes
 * on. Legal in LISTENING; may block.
 */
int secsock_accept(secsock *listener, secsock **out);

/* Takes over a connected stream socket, in the state PLAIN. From success on the descriptor
 * belongs to s, which closes it; it is made non-blocking and close-on-exec. Whatever was read
 * from it before is nobody's: pass it to secsock_unread(). Legal in NEW. */
int secsock_attach(secsock *s, int fd, secsock_role role);

/* The same over the program's own transport. arg and the callbacks must live as long as s. Wait
 * until they would not block is the program's job: such a socket never blocks. Legal in NEW. */
int secsock_attach_callbacks(secsock *s, secsock_role role, secsock_recv_fn *receive,
                             secsock_send_fn *send, void *arg);

/* The same over memory: secsock_feed() brings what the peer sent, secsock_drain() takes what it
 * is to be sent. Such a socket never blocks. Legal in NEW. */
int secsock_attach_memory(secsock *s, secsock_role role);

/* Brings bytes that came from the peer; they are copied. With len 0 the peer has closed. Returns
 * how many were taken: all of them, or an error. Memory transport only. */
int secsock_feed(secsock *s, const void *data, size_t len);

/* Takes up to size bytes that are to go to the peer; returns how many, 0 for none yet,
 * SECSOCK_E_CLOSED when there will be none: this end has closed, or ended its plaintext. Memory
 * transport only; legal in every state, for the alert of a FAILED connection is drained too. */
int secsock_drain(secsock *s, void *buffer, size_t size);

/* How many bytes secsock_drain() would give. */
size_t secsock_drainable(const secsock *s);

/* Gives back plaintext that something else had read from the descriptor: the next thing read,
 * and subject to the rules of secsock_upgrade(). Copied. Legal in PLAIN. */
int secsock_unread(secsock *s, const void *data, size_t len);

/*
 * Turns the connection into TLS: does the handshake, validates the peer's certificates, asks the
 * hook. Plaintext that secsock_send() took has left before. name, if not NULL, is set as the peer
 * name first. As a client: any plaintext that has arrived and was not read is an attack or a
 * mistake (SECSOCK_E_INJECTED), for the server has nothing to say before the ClientHello. As a
 * server: what has arrived must be the beginning of a TLS handshake, and is used as such.
 *
 * SECSOCK_OK means SECURE: authenticated and encrypted. Any error but SECSOCK_E_TIMEOUT,
 * SECSOCK_E_STATE, SECSOCK_E_ARGUMENT and SECSOCK_E_NO_PEERNAME is the end of the connection
 * (FAILED). Under TLS 1.3 a client is SECURE before the server has seen its certificate: that it is
 * refused, or missed, is then the SECSOCK_E_ALERT of the first secsock_recv(), in a sentence. Legal
 * in PLAIN, and in UPGRADING to go on; may block.
 */
int secsock_upgrade(secsock *s, const char *name);

/* Answers for a hook: `answer` as from a secsock_validate_hook, `reason` (may be NULL) a
 * sentence that becomes part of the error. After SECSOCK_PENDING it decides, and the upgrade
 * goes on when it is called again. Inside a hook it records the reason. Returns `answer`, or
 * SECSOCK_E_STATE when there is nothing to decide. */
int secsock_decide(secsock *s, int answer, const char *reason);

/* Sends len bytes, in the clear in PLAIN, protected in SECURE. A blocking socket sends all or
 * fails; a non-blocking one may send fewer. After SECSOCK_WANT_* repeat with the same bytes. A
 * SECSOCK_E_TIMEOUT after a part was sent returns the count of that part instead. */
int secsock_send(secsock *s, const void *data, size_t len);

/*
 * 1: what secsock_send() takes gathers from now on, up to one record (16,384 bytes), and many small
 * messages leave as one: one record, one segment, one system call. 0, the default, sends what has
 * gathered, and from then on everything at once; may block, and is repeated after SECSOCK_WANT_*.
 * In PLAIN and SECURE alike, what has gathered also leaves, always before what comes after it,
 *  - when more is sent than there is room for,
 *  - when receiving finds nothing to read and would wait: whoever waits for an answer has said all,
 *  - before a handshake, the close_notify of secsock_downgrade() or _shutdown(), and a FIN,
 *  - in secsock_close(), as far as that can be without waiting.
 * Where it cannot leave at once, that call gives SECSOCK_WANT_WRITE or waits, and nothing is lost.
 * An error says how many bytes, sent before as far as the program was told, have not left.
 * Legal in NEW, PLAIN, UPGRADING and SECURE, and lasts.
 */
int secsock_cork(secsock *s, int on);

/* Receives up to size bytes, as soon as there are any; returns how many. 0 is the end of the
 * data: close_notify in SECURE, a FIN in PLAIN; a TLS stream that just stops is
 * SECSOCK_E_TRUNCATED. size must not be 0. Legal in PLAIN and SECURE; may block. */
int secsock_recv(secsock *s, void *buffer, size_t size);

/* The same, but never a byte beyond the first '\n', which is included. A result that does not
 * end in '\n' is a part of a line that has not come whole yet, or does not fit. */
int secsock_recv_line(secsock *s, void *buffer, size_t size);

/* What secsock_recv() would give, which stays there to be received. */
int secsock_peek(secsock *s, void *buffer, size_t size);

/* Says that this end sends no more: close_notify in SECURE, a FIN in PLAIN. Receiving goes on.
 * Legal in PLAIN and SECURE; may block. */
int secsock_shutdown(secsock *s);

/* Ends TLS and goes back to the clear on the same connection: sends close_notify and waits for
 * the peer's (RFC 5246, section 7.2.1; RFC 8446, section 6.1). SECSOCK_E_STATE unless
 * secsock_allow_downgrade(). Data that the peer sends protected in the meantime is an error
 * (SECSOCK_E_PROTOCOL). From SECURE to PLAIN, forgetting the verdict; may block. */
int secsock_downgrade(secsock *s);

/* Sends what has gathered and close_notify if that can be done at once, closes the transport. What
 * secsock_cork(s, 0) was not asked to send before may be lost; under TLS the peer can tell, for
 * then it gets no close_notify. Never blocks; always SECSOCK_OK; harmless when repeated. */
int secsock_close(secsock *s);

/* -------------------------------------------------------------------- asking about a socket */

int secsock_get_state(const secsock *s); /* a secsock_state */
int secsock_get_role(const secsock *s);  /* a secsock_role; CLIENT while NEW */

/* What the last call needed when it returned SECSOCK_WANT_*, else 0. */
int secsock_want(const secsock *s);

/* How many bytes secsock_recv() can give without reading from the transport; at least 1 when it can
 * go on with what is there, 0 when it cannot. An event loop must ask before it waits: what is held
 * here does not make the descriptor readable. */
size_t secsock_pending(const secsock *s);

/* The descriptor, to wait on, or -1. Remains the socket's. */
int secsock_fd(const secsock *s);

/* The last error; its code is SECSOCK_OK when the last call on s succeeded. A FAILED socket
 * keeps the error that ended it. Borrowed, until the next call on s. */
const secsock_error *secsock_last_error(const secsock *s);

/* The local and the remote address as text ("127.0.0.1", "::1"), into buffer, and the port as
 * the result. */
int secsock_local_address(secsock *s, char *buffer, size_t size);
int secsock_remote_address(secsock *s, char *buffer, size_t size);

/* A counter; a secsock_counter says which. */
uint64_t secsock_bytes(const secsock *s, int counter);

/* What was agreed on, once SECURE; NULL or 0 before. Strings are borrowed and live as long as the
 * connection stays SECURE. The group is NULL without a key exchange, the signature (the peer's
 * scheme, RFC 8446, section 4.2.3) where the peer made none; the SNI is what was sent or received;
 * it and the ALPN are NULL for none. */
int secsock_tls_version(const secsock *s);              /* a secsock_tls */
const char *secsock_tls_version_name(const secsock *s); /* "TLSv1.3" */
const char *secsock_tls_cipher(const secsock *s);       /* IANA name */
const char *secsock_tls_group(const secsock *s);        /* "X25519MLKEM768" */
const char *secsock_tls_signature(const secsock *s);    /* "ecdsa_secp256r1_sha256" */
const char *secsock_tls_alpn(const secsock *s);
const char *secsock_tls_sni(const secsock *s);
int secsock_tls_resumed(const secsock *s); /* 1 or 0 */

/* The verdict of the last handshake, from the moment the hook is called on, or NULL; borrowed,
 * until the socket is freed, downgraded or upgraded again. */
const secsock_verdict *secsock_get_verdict(const secsock *s);

/* The identity that this end presented in the handshake, or NULL; borrowed, like the verdict. */
const secsock_cert *secsock_own_cert(const secsock *s);

/* The configuration of a socket; borrowed, as long as the socket lives. */
secsock_config *secsock_get_config(const secsock *s);

/* -------------------------------------------------------------------------------- looking on */

/* Tells the secrets of this socket's handshakes to a hook; NULL, the default: to nobody. What a
 * listener has is inherited by the connections that it accepts. Legal in NEW, PLAIN and LISTENING;
 * NULL always. */
int secsock_set_keylog_hook(secsock *s, secsock_keylog_hook *hook, void *arg);

/* Tells what happens on this socket to a hook; NULL, the default: to nobody. What a listener has is
 * inherited by the connections that it accepts, `arg` included, on whichever threads they are used.
 * Legal in NEW, PLAIN and LISTENING; NULL always. */
int secsock_set_trace_hook(secsock *s, secsock_trace_hook *hook, void *arg);

/*
 * A capture file shows connections to Wireshark, tshark and their like (pcapng): everything that
 * travels over a socket's transport, in the clear and under TLS, with the moments at which it did.
 * The packets around it are made up. With SECSOCK_CAPTURE_SECRETS it holds the key log as well
 * (in Decryption Secrets Blocks), by which they show what is protected, without further ado.
 *
 * Many sockets may share one file, also of different threads; both ends of the same TCP connection
 * may not, they would seem to send everything twice.
 */

/* Creates the file, for its owner alone (0600); what: a secsock_capture_content. One that is there
 * already is never written to: SECSOCK_E_FILE with the errno EEXIST. On success *out has one
 * reference. Blocks on the disk, as do calls on sockets that are captured. */
int secsock_capture_open(secsock_capture **out, const char *path, int what, secsock_error *error);

/* One reference more, and one less; the last one closes the file. Each socket has its own. */
secsock_capture *secsock_capture_ref(secsock_capture *capture);
void secsock_capture_free(secsock_capture *capture);

/* SECSOCK_OK, or why nothing is recorded any more (SECSOCK_E_FILE: a full disk, SECSOCK_E_MEMORY),
 * in *error too. No connection fails for that: the file ends behind the last packet that went into
 * it. Thread-safe. */
int secsock_capture_status(secsock_capture *capture, secsock_error *error);

/* Ends the capture, whatever its sockets go on to do, and closes the file. The result is the last
 * status. A handshake under way is in the file only up to where it began: end its socket's part
 * first, by secsock_set_capture(s, NULL, 0). Thread-safe. */
int secsock_capture_close(secsock_capture *capture, secsock_error *error);

/*
 * Records the connection in a capture from now on, NULL: no longer. port: what the server is shown
 * with, for many programs know protocols by it, 25 or 143; where that is not its true one, a comment
 * on the first packet tells that. 0: the true one. A transport without addresses (memory, callbacks,
 * a local socket) is shown between 192.0.2.1, the client, and 192.0.2.2, whose port is nobody's
 * unless said. What a listener has is inherited by the connections that it accepts. Legal
 * in NEW, PLAIN and LISTENING; ending it always.
 */
int secsock_set_capture(secsock *s, secsock_capture *capture, int port);

/* ---------------------------------------------------------------------------------- verdicts */

/* One reference more, to keep a verdict beyond its socket; returns its argument. */
secsock_verdict *secsock_verdict_ref(const secsock_verdict *verdict);
void secsock_verdict_free(secsock_verdict *verdict);

/* 1 when no problem was found. */
int secsock_verdict_ok(const secsock_verdict *verdict);

/* The problems: those of the peer as a whole first, then the path's from the leaf to the anchor,
 * then those of what else was sent. Which problem (a secsock_problem, 0 past the end); the
 * certificate it concerns, or NULL; a sentence with the particulars; and the section of the very
 * rule that is broken: "RFC 5280, 4.2.1.1", or "BR 7.1.2.7.10" where it is one of the CA/Browser
 * Forum's Baseline Requirements. Each problem is told of a certificate once for each such section,
 * with all its reasons in the sentence. All borrowed, as long as the verdict lives; NULL past the
 * end. */
size_t secsock_verdict_problem_count(const secsock_verdict *verdict);
int secsock_verdict_problem(const secsock_verdict *verdict, size_t index);
const secsock_cert *secsock_verdict_problem_cert(const secsock_verdict *verdict, size_t index);
const char *secsock_verdict_problem_text(const secsock_verdict *verdict, size_t index);
const char *secsock_verdict_problem_section(const secsock_verdict *verdict, size_t index);

/* The number of the alert that answers this problem: secsock_problem_alert(), unless its section
 * has another for it. -1 past the end. */
int secsock_verdict_problem_alert(const secsock_verdict *verdict, size_t index);

/* 1 when the verdict holds this problem, on any certificate. */
int secsock_verdict_has(const secsock_verdict *verdict, int problem);

/* The certificates that the peer sent, in its order, the leaf at 0; one that could not be read is
 * left out, and is the problem malformed. And the best path from the leaf to (if it was found) the
 * trust anchor, empty where the leaf could not be read. NULL past the end; borrowed, as long as the
 * verdict. */
size_t secsock_verdict_chain_count(const secsock_verdict *verdict);
const secsock_cert *secsock_verdict_chain(const secsock_verdict *verdict, size_t index);
size_t secsock_verdict_path_count(const secsock_verdict *verdict);
const secsock_cert *secsock_verdict_path(const secsock_verdict *verdict, size_t index);

/* The name that was asked for, or NULL; and how it compared: a secsock_name_result. */
const char *secsock_verdict_peername(const secsock_verdict *verdict);
int secsock_verdict_name_result(const secsock_verdict *verdict);

/* What is known about the revocation of the path's index-th certificate; a
 * secsock_revocation_status. Of a trust anchor, and past the end, nothing is. */
int secsock_verdict_revocation(const secsock_verdict *verdict, size_t index);

/* 1 when the handshake resumed a session: the certificates are those of the original one. */
int secsock_verdict_resumed(const secsock_verdict *verdict);

/* The moment that validity was judged at, in seconds since 1970 UTC. */
int64_t secsock_verdict_time(const secsock_verdict *verdict);

/* The chain as a tree, each certificate's problems beneath it, for people: writes at most size
 * bytes with the NUL, returns the length that the whole text has (like snprintf). */
int secsock_verdict_explain(const secsock_verdict *verdict, char *buffer, size_t size);

/* -------------------------------------------------------------------- validation by itself */

/*
 * Judges a chain as the handshake does: with the anchors, stores, pins, lists, profile, depth and
 * time of the configuration (NULL: the defaults), which it freezes. No socket is needed and nothing
 * is fetched.
 *
 * purpose: a secsock_purpose. peername: as for secsock_set_peername(), or NULL: then name_unchecked
 * is reported of a server. chain: the peer's certificate, then others in any order, as PEM text or
 * as DER, one after the other; what cannot be read of it is a problem in the verdict, not an error,
 * and that it is empty is the problem no_certificate. ocsp: a response about the first of them that
 * came along, in DER, or NULL.
 *
 * SECSOCK_OK whatever the verdict says; *verdict is the caller's to free. Otherwise *verdict is
 * NULL: SECSOCK_E_ARGUMENT, SECSOCK_E_MEMORY, or SECSOCK_E_FILE when the system's anchors are
 * wanted and cannot be read. Thread-safe. Blocks for no longer than the computation takes, and on
 * the disk where the system's anchors are read for the first time.
 */
int secsock_validate(secsock_config *config, int purpose, const char *peername, const void *chain,
                     size_t chain_len, const void *ocsp, size_t ocsp_len, secsock_verdict **verdict,
                     secsock_error *error);

/* The same on files: the chain, and the response that came with it (ocsp_path, or NULL). One that
 * cannot be read at all is SECSOCK_E_FILE. Blocks on the disk. */
int secsock_validate_file(secsock_config *config, int purpose, const char *peername,
                          const char *chain_path, const char *ocsp_path, secsock_verdict **verdict,
                          secsock_error *error);

/* ------------------------------------------------------------------------------ certificates */

/*
 * Immutable and reference-counted; any thread may ask them anything. Loaders copy what they are
 * given, and set *out to a new handle with one reference, or to NULL and fill *error (which may be
 * NULL). PEM text (RFC 7468) may hold other things between the blocks. What is no certificate or
 * key that can be used is SECSOCK_E_FORMAT, or SECSOCK_E_UNSUPPORTED where it is known for what it
 * is; a key of another certificate SECSOCK_E_KEY_MISMATCH; an encrypted one without its password
 * SECSOCK_E_PASSWORD; more than 35 issuers SECSOCK_E_LIMIT. Those that take a path block on the
 * disk; an unreadable file is SECSOCK_E_FILE.
 */

/* The first certificate of a PEM text, with those after it as the issuers to send along (put in
 * the order in which they certify one another), and with its private key if one is there.
 * password: for an encrypted key (PKCS #8, or OpenSSL's older form), else NULL. */
int secsock_cert_from_pem(secsock_cert **out, const void *pem, size_t len, const char *password,
                          secsock_error *error);

/* One certificate in DER. */
int secsock_cert_from_der(secsock_cert **out, const void *der, size_t len, secsock_error *error);

/*
 * The identity in a PFX file (PKCS #12, RFC 7292): the certificate that its private key belongs to,
 * with those of the others as issuers that lead up from it. Of several keys the first that has its
 * certificate in the file. password: UTF-8; NULL and "" are tried as either. A wrong one is
 * SECSOCK_E_PASSWORD (which cannot be told from a damaged file), a truncated file SECSOCK_E_FORMAT,
 * one without a private key SECSOCK_E_NO_KEY (secsock_store_load_pfx() takes it), one whose keys
 * are not of its certificates SECSOCK_E_KEY_MISMATCH. SECSOCK_E_LIMIT: more than 4 MiB, 512
 * certificates, 16 keys, or ten million iterations in all.
 *
 * Read is what OpenSSL and Windows write, now and of old, in DER or BER: PBES2 with AES or triple
 * DES; SHA-1 with triple DES or RC2; a MAC of SHA-1 or SHA-2, or PBMAC1 (RFC 9579). Without a MAC
 * a file is taken if no password is given, or if something in it could not be read without it.
 */
int secsock_cert_from_pfx(secsock_cert **out, const void *pfx, size_t len, const char *password,
                          secsock_error *error);

/* A certificate of its parts: certificates in DER, one after the other, the issuers behind it, and
 * its private key in DER (PKCS #8, PKCS #1 or SEC 1), or NULL. */
int secsock_cert_assemble(secsock_cert **out, const void *certs, size_t certs_len, const void *key,
                          size_t key_len, secsock_error *error);

/* One of the three on a file, whichever it is by its content. A password that is not needed is
 * passed over. */
int secsock_cert_load(secsock_cert **out, const char *path, const char *password,
                      secsock_error *error);

/* An identity: certificates from one PEM text (leaf first), the private key from another, without
 * which it is SECSOCK_E_NO_KEY. */
int secsock_cert_identity_from_pem(secsock_cert **out, const void *certs, size_t certs_len,
                                   const void *key, size_t key_len, const char *password,
                                   secsock_error *error);

/* The same from files; key_path NULL: the key is in the same file, which may be a PFX file. With a
 * key_path the certificate may be in DER, too; the key is in PEM. */
int secsock_cert_load_identity(secsock_cert **out, const char *cert_path, const char *key_path,
                               const char *password, secsock_error *error);

/* One reference more, which it returns, and one less; the last one frees, and erases the key. */
secsock_cert *secsock_cert_ref(const secsock_cert *cert);
void secsock_cert_free(secsock_cert *cert);

/* ----------------------------------------------------------------------- certificates: facts */

/* Facts. Strings and bytes are borrowed and live as long as the certificate. Names are RFC 4514
 * text, most specific part first; numbers of serials are hex without separators. In texts a
 * backslash and two hex digits stand for what is not printable. Strings are made when the first of
 * them is asked for: should memory be short then, each is NULL, and the numbers that go with them
 * (the size of the key) are 0. */
const char *secsock_cert_subject(const secsock_cert *cert);
const char *secsock_cert_issuer(const secsock_cert *cert);
const char *secsock_cert_common_name(const secsock_cert *cert); /* or NULL */
const char *secsock_cert_serial(const secsock_cert *cert);
int secsock_cert_version(const secsock_cert *cert);        /* 1, 2, 3 */
int64_t secsock_cert_not_before(const secsock_cert *cert); /* seconds since 1970 */
int64_t secsock_cert_not_after(const secsock_cert *cert);  /* seconds since 1970 */
int secsock_cert_is_ca(const secsock_cert *cert);
int secsock_cert_path_length(const secsock_cert *cert); /* -1: no limit */
int secsock_cert_is_self_issued(const secsock_cert *cert);
int secsock_cert_has_private_key(const secsock_cert *cert);

/* The name that a PFX file gives to it, or NULL. */
const char *secsock_cert_friendly_name(const secsock_cert *cert);

/* Subject and issuer in parts, as the certificate has them: the index-th attribute's value and, in
 * *type (may be NULL), its type ("CN", "O", ..., else the OID in dots); NULL past the end. */
const char *secsock_cert_subject_part(const secsock_cert *cert, size_t index, const char **type);
const char *secsock_cert_issuer_part(const secsock_cert *cert, size_t index, const char **type);

/* 1 when it is issued for this host, address or mailbox, by the rules that peers are judged by
 * (RFC 9525; RFC 5280, section 4.2.1.6), but without a list of public suffixes. */
int secsock_cert_matches(const secsock_cert *cert, const char *name);

/* The key: "EC", "RSA", "RSA-PSS", "Ed25519", "Ed448" (else the OID in dots), its size in bits (0
 * when unknown), its curve ("P-256") or NULL; the algorithm of the issuer's signature
 * ("ecdsa-with-SHA256"). */
const char *secsock_cert_key_type(const secsock_cert *cert);
int secsock_cert_key_bits(const secsock_cert *cert);
const char *secsock_cert_key_curve(const secsock_cert *cert);
const char *secsock_cert_signature_algorithm(const secsock_cert *cert);

/* Key usage: the bits of RFC 5280, section 4.2.1.3, digitalSignature being bit 0; -1: absent. */
int secsock_cert_key_usage(const secsock_cert *cert);

/* Extended key usage: the index-th purpose ("serverAuth", else the OID in dots), NULL past the
 * end. */
const char *secsock_cert_ext_key_usage(const secsock_cert *cert, size_t index);

/* Subject alternative names: the index-th name as text and, in *kind (may be NULL), its
 * secsock_san; NULL past the end. Names of other kinds are not counted. */
const char *secsock_cert_san(const secsock_cert *cert, size_t index, int *kind);

/* Lower-case hex: SHA-256 of the certificate, SHA-1 of it, and of key identifiers (NULL where
 * the certificate has none). */
const char *secsock_cert_sha256(const secsock_cert *cert);
const char *secsock_cert_sha1(const secsock_cert *cert);
const char *secsock_cert_subject_key_id(const secsock_cert *cert);
const char *secsock_cert_authority_key_id(const secsock_cert *cert);

/* The pin of the public key: base64 of the SHA-256 of the SubjectPublicKeyInfo (RFC 7469). */
const char *secsock_cert_pin(const secsock_cert *cert);

/* The encodings; len may be NULL. */
const void *secsock_cert_der(const secsock_cert *cert, size_t *len);
const char *secsock_cert_pem(const secsock_cert *cert);

/* The issuers that an identity sends along, the leaf's own at 0; NULL past the end. */
const secsock_cert *secsock_cert_chain(const secsock_cert *cert, size_t index);

/* ---------------------------------------------------------------------- certificates: export */

/*
 * Exports what `parts` (secsock_export values, added) names: as PEM text with a NUL behind it,
 * first the certificates, then the key as PKCS #8; or as a PFX file, of which the certificate must
 * be part. With a password the key, in a PFX file everything, is encrypted (PBES2: PBKDF2 with
 * HMAC-SHA-256 and 100,000 iterations, AES-256-CBC; the MAC of a PFX file is HMAC-SHA-256 with as
 * many); without one a PEM key is in the clear, and a PFX file is protected by the empty password,
 * which is to say not at all. For PEM the empty password is SECSOCK_E_ARGUMENT.
 *
 * Writes nothing unless all of it fits; returns the length that it has (without the NUL): ask with
 * size 0, which costs little, then erase the buffer when it is done with. SECSOCK_E_NO_KEY where a
 * key is named and there is none, SECSOCK_E_NOT_EXPORTABLE where it may not be exported,
 * SECSOCK_E_LIMIT where it would be more than can be read again: 16 MiB of text, 4 MiB of PFX.
 */
int secsock_cert_export_pem(const secsock_cert *cert, int parts, const char *password, char *buffer,
                            size_t size, secsock_error *error);
int secsock_cert_export_pfx(const secsock_cert *cert, int parts, const char *password, void *buffer,
                            size_t size, secsock_error *error);

/* Forbids that the private key be exported or stored, for good, in all that share the handle. */
void secsock_cert_forbid_export(secsock_cert *cert);

/* 1 when there is a private key that may be exported. */
int secsock_cert_is_exportable(const secsock_cert *cert);

/* ------------------------------------------------------------------------------------- keys */

/*
 * What certificates are made of, and TLS: keys, signatures, digests. A private key is PKCS #8 (RFC
 * 5958) in DER, in memory of the caller, who erases it. Each function writes to `out` and returns
 * how many bytes; nothing but an error comes of a buffer that is too small (SECSOCK_E_LIMIT). 4,096
 * bytes are enough for whatever is made here, but for what is sealed. What goes in is borrowed for
 * the call. Thread-safe.
 */

/* A new private key; a secsock_key_kind. With a seed (NULL for none) it follows from the seed and
 * is as secret as that: for tests that repeat. SECSOCK_E_UNSUPPORTED: RSA from a seed. */
int secsock_key_generate(int kind, const void *seed, size_t seed_len, void *out, size_t size,
                         secsock_error *error);

/* Its SubjectPublicKeyInfo (RFC 5280, section 4.1), in DER. */
int secsock_key_public(const void *key, size_t len, void *out, size_t size, secsock_error *error);

/* A signature as certificates carry it; a secsock_scheme, which must be one for this kind of key
 * (SECSOCK_E_ARGUMENT). */
int secsock_key_sign(const void *key, size_t len, int scheme, const void *data, size_t data_len,
                     void *out, size_t size, secsock_error *error);

/* A digest of data; a secsock_digest_kind. */
int secsock_digest(int kind, const void *data, size_t len, void *out, size_t size,
                   secsock_error *error);

/* The HMAC of data (RFC 2104) by a secsock_digest_kind, with a key, which may be empty. */
int secsock_hmac(int kind, const void *key, size_t key_len, const void *data, size_t len, void *out,
                 size_t size, secsock_error *error);

/* The secret of two keys on one curve, this one's and that whose public half is an uncompressed
 * point (RFC 8446, sections 4.2.8.2 and 7.4.2). A point that is not on the curve is
 * SECSOCK_E_FORMAT. */
int secsock_key_agree(const void *key, size_t len, const void *point, size_t point_len, void *out,
                      size_t size, secsock_error *error);

/* Seals bytes, with others (`about`) that are only to be kept from change; the tag stands behind
 * them. A secsock_aead_kind. The same nonce must not be used with a key again: it takes all
 * protection from both. `len` bytes become 16 more, in `out`, which may be where they are. */
int secsock_seal(int kind, const void *key, size_t key_len, const void *nonce, size_t nonce_len,
                 const void *about, size_t about_len, const void *data, size_t len, void *out,
                 size_t size, secsock_error *error);

/* The same bytes again, 16 fewer, in `out`, which may be where they are. SECSOCK_E_FORMAT: they are
 * not what was sealed so; then none is in `out`. */
int secsock_unseal(int kind, const void *key, size_t key_len, const void *nonce, size_t nonce_len,
                   const void *about, size_t about_len, const void *data, size_t len, void *out,
                   size_t size, secsock_error *error);

/* ------------------------------------------------------------------------------------ stores */

/* A set of certificates, empty and in memory; NULL when memory is short. Each is held once: of one
 * that is added again, the handle that has the private key is kept, else the one that has issuers.
 * A store is built by one thread, then shared. References are counted: one more, which is returned,
 * and one less; the last one frees. */
secsock_store *secsock_store_new(void);
secsock_store *secsock_store_ref(const secsock_store *store);
void secsock_store_free(secsock_store *store);

/* The system's trust anchors, read once per process and shared; one reference more, to be freed.
 * SECSOCK_E_FILE when they are nowhere to be found. */
int secsock_store_system(secsock_store **out, secsock_error *error);

/* Adds; the store keeps a reference. Files may be PEM or DER, a folder's too; private keys in them
 * are passed over, those in a PFX file (of which secsock_cert_from_pfx() tells the rest) are kept.
 * Loading returns how many certificates were found, those already there included, and adds all or
 * none; that none was found is SECSOCK_E_FORMAT. A store that a configuration uses is immutable
 * (SECSOCK_E_FROZEN), and so are the system's and one that was opened read-only. Loading blocks on
 * the disk, and so does adding to a store that is in a folder. */
int secsock_store_add(secsock_store *store, const secsock_cert *cert, secsock_error *error);
int secsock_store_load_file(secsock_store *store, const char *path, secsock_error *error);
int secsock_store_load_dir(secsock_store *store, const char *path, secsock_error *error);
int secsock_store_load_pem(secsock_store *store, const void *pem, size_t len, secsock_error *error);
int secsock_store_load_pfx(secsock_store *store, const char *path, const char *password,
                           secsock_error *error);

/*
 * Opens the store of one role in a folder, as Windows keeps a user's: the files of folder/my,
 * folder/root, folder/ca or folder/disallowed (a secsock_store_role says which), one certificate in
 * each, in PEM, with its issuers where it has them and, in folder/my alone, with its private key. A
 * file is named by the SHA-256 of its certificate and ".pem"; files of other names are passed over,
 * and one that holds another certificate than its name says, or that cannot be read, is an error.
 * mode: secsock_store_mode values. password: what private keys are encrypted with; NULL: in the
 * clear. A folder with an encrypted key is not opened without its password (SECSOCK_E_PASSWORD): a
 * key that is there would seem to be missing, and could be replaced. To see its certificates alone,
 * give folder/my to secsock_store_load_dir().
 *
 * What is added or removed afterwards is on the disk when the call returns: files are written aside
 * and put in place whole, for their owner alone (0600), so that neither another writer nor a loss
 * of power leaves half of one. Writers wait for one another, without a deadline. A change that
 * fails (SECSOCK_E_FILE: a full disk, a lack of permission) changes nothing, unless it is the very
 * last step that fails, to have it outlast a loss of power; and folder/my does not take a
 * certificate whose key may not be exported (SECSOCK_E_NOT_EXPORTABLE). A handle sees what was
 * there when it was opened and what it changed itself. *out is NULL after an error, and otherwise
 * the caller's to free. Blocks on the disk.
 */
int secsock_store_open(secsock_store **out, const char *folder, int role, int mode,
                       const char *password, secsock_error *error);

/* The secsock_store_role that it was opened in, or -1. */
int secsock_store_role_of(const secsock_store *store);

/* Removes a certificate, compared by its DER, from the store and from its folder, with its key.
 * Returns 1, or 0 when it was not there. */
int secsock_store_remove(secsock_store *store, const secsock_cert *cert, secsock_error *error);

/* Sets *out to a new store, in memory, of those that match, perhaps of none; looking into that one
 * narrows it down. The caller frees it. by: a secsock_find, which says what `value` is; a value of
 * the wrong form is SECSOCK_E_ARGUMENT. valid: NULL, or a configuration, which it freezes: then
 * only certificates in which secsock_validate() finds no problem with it, for any purpose and
 * without a name; the issuers that a certificate holds are part of its chain. */
int secsock_store_find(const secsock_store *store, int by, const char *value, secsock_config *valid,
                       secsock_store **out, secsock_error *error);

/* How many certificates it holds. */
size_t secsock_store_count(const secsock_store *store);

/* The index-th certificate, in the order of adding, NULL past the end; borrowed, until the store is
 * changed or freed. */
const secsock_cert *secsock_store_cert(const secsock_store *store, size_t index);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

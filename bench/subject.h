/*
 * A subject: a TLS library as the works see it. Each is a program of its own, for their symbols
 * collide; what a program does to be measured is the same in all (works.c).
 *
 * Every client verifies the server's chain against one CA and its host name, every server that asks
 * for certificates verifies those. `check` in works.c holds each subject to that.
 */
#ifndef SECSOCK_BENCH_SUBJECT_H
#define SECSOCK_BENCH_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "wire.h"

enum suite { AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305 };

/* What one end is set to. Files are PEM. */
struct settings {
    bool server;
    int version;           /* 12 or 13, the only one */
    enum suite suite;      /* the only one */
    const char *group;     /* the only one: "X25519", "P-256", "X25519MLKEM768" */
    const char *trust;     /* file of the CA */
    const char *name;      /* a client's: the host that it means */
    const char *chain_pem; /* files of the identity, or NULL */
    const char *key_pem;
    bool asks;    /* a server that requires certificates */
    bool resumes; /* a client that offers the session of the connection before */
    bool system;  /* a client that trusts in the system's anchors instead */
};

enum { LONGEST_CHAIN = 64 };

/* What is judged without a connection. */
struct judged {
    const char *chain; /* file: the leaf, then its issuers, in DER */
    const char *roots; /* file, */
    size_t most_roots; /* of which so many, from the first, are trusted */
    const char *name;
    long long time; /* seconds since 1970 */
};

/* That time, of the chain that is being judged: for libraries with one clock for all, as time(). */
time_t judged_clock(time_t *out);

enum shaken { SHAKE_FAILED = -1, SHAKE_WAITS = 0, SHAKE_DONE = 1 };

struct subject {
    const char *name;
    const char *(*version)(void);

    /* NULL where it cannot do what is set. It keeps no settings, but their strings. */
    void *(*new_context)(const struct settings *settings);
    void (*free_context)(void *context);

    /* A connection, which does not own the wire; its handshake, to be called again while it waits;
     * whether it resumed a session. */
    void *(*open)(void *context, struct wire *wire);
    enum shaken (*shake)(void *connection);
    bool (*resumed)(void *connection);

    /* Sends all, receives what is there: how many bytes, 0 for none. They end the program when they
     * fail. Where `speaks_plain` they work before the handshake too, in the clear. */
    void (*send)(void *connection, const void *data, size_t len);
    size_t (*receive)(void *connection, void *data, size_t size);
    bool speaks_plain;
    void (*close)(void *connection);

    /* Judges a chain from its DER to the answer; ends the program unless it is good. */
    void *(*new_judge)(const struct judged *judged);
    void (*judge)(void *judge);
};

extern const struct subject subject;

#endif

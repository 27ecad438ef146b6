/* Where a work is done: the settings of both ends made from its description, and pairs of
 * connections that shake hands and talk, both ends in this thread. */
#ifndef SECSOCK_BENCH_STAGE_H
#define SECSOCK_BENCH_STAGE_H

#include "material.h"
#include "need.h"
#include "subject.h"

/* What a connection is like. */
struct scene {
    int version;
    const char *group;
    enum suite suite;
    const char *identity; /* the server's */
    bool mutual, resumes;
    bool tcp, local; /* the kind of socket; neither: memory */
};

struct pair {
    struct wire client_wire, server_wire;
    void *client, *server;
};

struct stage {
    struct scene scene;
    void *client, *server;    /* contexts */
    int listener, port;       /* over TCP */
    struct pair pair, *pairs; /* one connection, or as many as `size` */
    size_t size;              /* what the work is told: of a record, a chain, ... */
    size_t turn;              /* how often it was done, where it is another one each time */
};

/* What the client of a scene is set to. */
struct settings stage_client(const struct scene *scene);

/* Makes the contexts; false where the subject cannot do the scene. */
bool stage_open(struct stage *stage, const struct scene *scene);

/* The context of another server or client, which has been ready for a connection before: what a
 * subject puts off until the first is no part of any. */
void *stage_new_server(const struct scene *scene, const char *identity);
void *stage_new_client(const struct scene *scene, const char *identity);

/* A connection between these contexts, in the clear where there is a descriptor. */
void pair_open(struct pair *pair, const struct stage *stage, void *client, void *server);
void pair_close(struct pair *pair);

/* The handshake: true when both ends are done, false when one has failed. */
bool pair_shake(struct pair *pair);

/* Receives exactly `len` bytes. */
void pair_receive(void *connection, struct wire *wire, void *data, size_t len);

/* A whole connection: made, its hands shaken, and the server has told the client one byte, so that
 * the client has seen whatever ticket there is. */
void stage_connect(struct stage *stage, struct pair *pair);

#endif

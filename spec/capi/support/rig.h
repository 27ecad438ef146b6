/* One socket over any kind of transport, with the far end in the hands of the test. */
#ifndef SECSOCK_SPEC_RIG_H
#define SECSOCK_SPEC_RIG_H

#include <stdbool.h>

#include "secsock.h"

enum rig_kind { RIG_MEMORY, RIG_CALLBACKS, RIG_SOCKETPAIR, RIG_KINDS };

struct rig_queue {
    char bytes[65536];
    size_t start, len;
    bool ended, broken;
};

struct rig {
    secsock *s;
    enum rig_kind kind;
    int fd;                    /* of the far end, with a socket pair */
    struct rig_queue to, from; /* with callbacks */
};

extern const char *const rig_names[RIG_KINDS];

/* A socket in PLAIN that never waits. */
void rig_open(struct rig *rig, enum rig_kind kind, secsock_role role, secsock_config *config);
void rig_close(struct rig *rig);

/* What the far end sends, and that it ends. */
void rig_put(struct rig *rig, const void *data, size_t len);
void rig_end(struct rig *rig);

/* Breaks the connection off behind what was put. With callbacks or a socket pair. */
void rig_break(struct rig *rig);

/* What the socket has sent to the far end; how many bytes. */
size_t rig_take(struct rig *rig, void *buffer, size_t size);

/* Moves what each has for the other between the rig and a socket over memory. */
size_t rig_exchange(struct rig *rig, secsock *peer);

/* Upgrades both by turns until neither can go on: the results are what they ended with. The one
 * that is a client expects `name`. */
void rig_upgrade(struct rig *rig, secsock *peer, const char *name, int *mine, int *theirs);

#endif

/*
 * Sessions that may be resumed, and with each the chain that the peer showed in the original
 * handshake: a resumed handshake is judged by it. A client remembers its sessions by peer name; a
 * server seals them into tickets (RFC 5077, RFC 8446 section 4.6.1), which it alone can open.
 */
#ifndef SECSOCK_SRC_SESSION_H
#define SECSOCK_SRC_SESSION_H

#include <stdbool.h>

#include "ticket.h"

struct session_cache;

/* NULL when memory is short. */
struct session_cache *session_cache_new(void);
void session_cache_free(struct session_cache *cache);

/* Remembers what a client needs to resume, whatever that is: takes `state` over, to be freed by
 * `release`, and keeps a reference to `chain`. When memory is short it is forgotten at once: the
 * next handshake is a full one. */
void session_remember(struct session_cache *cache, const char *key, void *state,
                      void (*release)(void *state), struct chain *chain);

/* Takes it out, to be used once (RFC 8446, appendix C.4): the state and *chain are the caller's to
 * free. NULL when there is none. */
void *session_recall(struct session_cache *cache, const char *key, struct chain **chain);

/* Seals a ticket, whose text has room for the digest behind it. */
bool session_seal(struct session_cache *cache, struct ticket *ticket, struct chain *chain,
                  unsigned generation);

/* Opens a ticket. *chain (NULL for a peer without certificates) is the caller's to free. False when
 * it is not of ours, too old, or its chain no longer known: then a full handshake follows. */
bool session_open(struct session_cache *cache, struct ticket *ticket, struct chain **chain,
                  unsigned *generation);

#endif

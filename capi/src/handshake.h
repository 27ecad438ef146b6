/* From PLAIN to SECURE. The only place where a peer is judged and where the hook runs. */
#ifndef SECSOCK_SRC_HANDSHAKE_H
#define SECSOCK_SRC_HANDSHAKE_H

#include "sock.h"

/* Whether a client could tell whom it talks to: it has a peer name or a hook. */
int handshake_check_name(secsock *s);

/* PLAIN to UPGRADING: looks for plaintext that must not be there, and makes the engine. */
int handshake_begin(secsock *s);

/* A sock_operation: goes on until SECURE, SECSOCK_WANT_* or FAILED. */
int handshake_step(secsock *s, void *unused);

/* Forgets a handshake and its verdict, on the way back to PLAIN. */
void handshake_forget(secsock *s);

#endif

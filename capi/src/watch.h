/* Those who look on at a connection: a key log hook, a trace hook, a capture. */
#ifndef SECSOCK_SRC_WATCH_H
#define SECSOCK_SRC_WATCH_H

#include "sock.h"

/* The socket has a transport: begins to record. */
void watch_begin(secsock *s);

/* Bytes have come by another way than the transport. */
void watch_unread(secsock *s, const void *data, size_t len);

/* A handshake begins: its keys are told to whoever wants them. */
void watch_keys(secsock *s);

/* An accepted connection is watched as its listener is. SECSOCK_OK or SECSOCK_E_MEMORY. */
int watch_inherit(secsock *s, const secsock *listener);

#endif

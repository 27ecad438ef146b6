/*
 * One connection in a capture: what travels over its transport, as TCP segments. It makes up the
 * headers, for what it is told is what the transport moved, not what the network did; the times are
 * true. Everything accepts NULL, for a connection that is not recorded.
 */
#ifndef SECSOCK_SRC_RECORDING_H
#define SECSOCK_SRC_RECORDING_H

#include <stdbool.h>

#include "secsock.h"

struct recording;

/* `port`: that the server is to be shown with, or 0. NULL when memory is short. */
struct recording *recording_new(secsock_capture *capture, int port);
void recording_free(struct recording *recording);

/* One more, for a connection that a listener has accepted. NULL when memory is short. */
struct recording *recording_inherit(const struct recording *listener);

/* The connection stands: over a descriptor, or over something else (-1). */
void recording_begin(struct recording *recording, int fd, secsock_role role);

/* What was received or sent; that the peer, or this end, sends no more; and that the peer has
 * broken the connection off, which shows once no byte of it is left to be read. */
void recording_received(struct recording *recording, const void *data, size_t len);
void recording_sent(struct recording *recording, const void *data, size_t len);
void recording_peer_ended(struct recording *recording);
void recording_ended(struct recording *recording);
void recording_broken(struct recording *recording);

/* This end has closed the connection. */
void recording_close(struct recording *recording);

/* A secret must stand in the file before the packets that it decrypts, but is known only after they
 * have been received. From recording_hold() to recording_release(), packets wait and secrets do
 * not. */
void recording_hold(struct recording *recording);
void recording_release(struct recording *recording);
bool recording_keeps_secrets(const struct recording *recording);
void recording_secret(struct recording *recording, const char *line);

#endif

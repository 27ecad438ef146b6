/* A capture file, which the recordings of several connections share, in several threads perhaps. */
#ifndef SECSOCK_SRC_CAPTURE_H
#define SECSOCK_SRC_CAPTURE_H

#include <stdbool.h>

#include "keylog.h"
#include "secsock.h"

/* Adds finished blocks, or the block of one line of a key log. What fails ends the whole capture:
 * one with a hole in it would show a connection that never was. */
void capture_write(secsock_capture *capture, const void *blocks, size_t len);
void capture_secret(secsock_capture *capture, const char *line);

/* The same, for want of memory. */
void capture_starve(secsock_capture *capture);

/* Whether it is to hold secrets. */
bool capture_keeps_secrets(const secsock_capture *capture);

/* A number for a connection that no other one in the file has. */
unsigned capture_number(secsock_capture *capture);

#endif

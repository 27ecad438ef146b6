/* Files, read whole. */
#ifndef SECSOCK_SRC_FILE_H
#define SECSOCK_SRC_FILE_H

#include "error.h"
#include "secret.h"

/* Reads a regular file of at most FILE_LIMIT bytes, which may hold a private key. The error names
 * the path and the reason: SECSOCK_E_FILE, SECSOCK_E_LIMIT, SECSOCK_E_MEMORY. */
int file_read(const char *path, struct secret *out, secsock_error *error);

/* The same for a file in an open folder; `path` is what the error calls it. */
int file_read_at(int folder, const char *name, const char *path, struct secret *out,
                 secsock_error *error);

/* A bundle of all public trust anchors takes a quarter of a megabyte. */
enum { FILE_LIMIT = 16 * 1024 * 1024 };

#endif

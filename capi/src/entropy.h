/* Random bytes. */
#ifndef SECSOCK_SRC_ENTROPY_H
#define SECSOCK_SRC_ENTROPY_H

#include "error.h"

int entropy_fill(void *out, size_t len, secsock_error *error);

#endif

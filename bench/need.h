/* What a benchmark cannot go on without. */
#ifndef SECSOCK_BENCH_NEED_H
#define SECSOCK_BENCH_NEED_H

#include <stdbool.h>

/* Ends the program, saying what failed, unless `good`. */
void need(bool good, const char *what);

#endif

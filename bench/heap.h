/*
 * What a program has of the heap, as far as it was started with heap.so (LD_PRELOAD), which stands
 * between it and the C library's malloc. Without that these functions are not there: test for NULL.
 */
#ifndef SECSOCK_BENCH_HEAP_H
#define SECSOCK_BENCH_HEAP_H

#include <stddef.h>

struct heap {
    size_t live;  /* bytes in use, as malloc() rounds them, */
    size_t peak;  /* and their most since heap_begin() */
    size_t asked; /* how many allocations there were */
};

__attribute__((weak)) void heap_begin(void);
__attribute__((weak)) struct heap heap_now(void);

#endif

/*
 * Scarce memory. The linker wraps malloc and its kin in every C test: what secsock and
 * wolfSSL allocate is counted, and can be refused.
 */
#ifndef SECSOCK_SPEC_MEMORY_H
#define SECSOCK_SPEC_MEMORY_H

#include <stddef.h>

/* How many allocations there were, and how many of them are not freed. */
unsigned long memory_asked(void);
long memory_live(void);

/* How many bytes those hold; but for what scandir() made. */
size_t memory_held(void);

/* The most that they have held at once since this was last asked. */
size_t memory_most_held(void);

/* From now on the n-th allocation fails, once; 0: none does. */
void memory_fail(unsigned long n);

/* Whether it has failed since. */
int memory_failed(void);

/* From now on what is freed is looked through for these bytes too (a few such may be named), which
 * must stay; and how often they were found there since the last time that this was asked. */
void memory_watch(const void *bytes, size_t len);
unsigned memory_spilt(void);

/* Counts an allocation that something else makes; whether it is to fail. */
int memory_refuses(void);

#endif

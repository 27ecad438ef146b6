/* The files that a benchmark works with: see material.lua and real.lua, which make them. */
#ifndef SECSOCK_BENCH_MATERIAL_H
#define SECSOCK_BENCH_MATERIAL_H

#include <stddef.h>

/* The folder that they are in. */
extern const char *material;

/* A file in it: NAME and what comes behind that. It lasts as long as the program. */
const char *material_file(const char *name, const char *ending);

/* The certificates of a file, in DER, one after the other, at most `most` of them: ends[i] is where
 * the i-th ends. Returns how many. The bytes are the caller's to free. */
size_t read_ders(const char *path, unsigned char **out, size_t *ends, size_t most);

#endif

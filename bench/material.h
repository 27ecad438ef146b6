/* The files that a benchmark works with: see material.lua and real.lua, which make them. */
#ifndef SECSOCK_BENCH_MATERIAL_H
#define SECSOCK_BENCH_MATERIAL_H

#include <stddef.h>

/* The folder that they are in. */
extern const char *material;

/* A file in it: NAME and what comes behind that. It lasts as long as the program. */
const char *material_file(const char *name, const char *ending);

/* The certificates of a file, in DER, one after the other. */
struct ders {
    unsigned char *bytes;
    size_t *ends, count; /* where each ends; how many there are */
};

/* At most `most` of them, at least one. */
struct ders ders_read(const char *path, size_t most);
const unsigned char *ders_at(const struct ders *ders, size_t index, size_t *len);
void ders_free(struct ders *ders);

#endif

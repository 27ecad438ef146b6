/*
 * What the fuzz targets have in common. Each is a spec/capi/fuzz_NAME.c; script/fuzz builds and
 * runs them.
 */
#ifndef SECSOCK_SPEC_FUZZ_H
#define SECSOCK_SPEC_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "der.h"

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room, unsigned seed);

/* What has to hold whatever the input is: unless it does, the run ends as with a crash. */
#define FUZZ_CHECK(condition) fuzz_check((condition), __FILE__, __LINE__, #condition)

static inline void fuzz_check(bool holds, const char *file, int line, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    abort();
}

/* Whether `inner` lies within `outer`, as what was read has to lie within its input. */
bool fuzz_within(struct slice inner, struct slice outer);

/* Whether a text, which may be NULL, is printable UTF-8 in one line; or in many. */
bool fuzz_is_line(const char *text);
bool fuzz_is_text(const char *text);

/* The input as a string, to be freed: up to its first NUL. */
char *fuzz_string(struct slice bytes);

/* Puts an element into `out`: its header and these contents, one after the other. Returns the
 * length, which the caller knows to fit. */
size_t fuzz_element(uint8_t *out, uint8_t tag, const struct slice *contents, size_t count);

#endif

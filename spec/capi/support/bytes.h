/* Bytes for ciphers to work on. */
#ifndef SECSOCK_SPEC_BYTES_H
#define SECSOCK_SPEC_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that look like nothing in particular, and are the same in every run. */
void bytes_fill(uint8_t *bytes, size_t len, uint32_t seed);

bool bytes_are(const uint8_t *bytes, size_t len, uint8_t value);

#endif

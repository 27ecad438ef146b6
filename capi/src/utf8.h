/* Characters in UTF-8 (RFC 3629). */
#ifndef SECSOCK_SRC_UTF8_H
#define SECSOCK_SRC_UTF8_H

#include "der.h"

#define UTF8_INVALID UINT32_MAX

/* Takes the next character off the front of `string`, which must not be empty; UTF8_INVALID, and
 * one byte taken, for what is none. */
uint32_t utf8_next(struct slice *string);

/* Returns how many bytes the character has. */
size_t utf8_encode(uint32_t c, uint8_t out[4]);

#endif

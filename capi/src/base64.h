/* Base64 (RFC 4648, section 4), and hex. */
#ifndef SECSOCK_SRC_BASE64_H
#define SECSOCK_SRC_BASE64_H

#include <stdbool.h>

#include "der.h"

/* How much room the decoding of `len` characters needs at most, and the encoding of `len` bytes
 * in lines of `width` (0: in one, without newlines), without a NUL. */
size_t base64_decoded_room(size_t len);
size_t base64_encoded_len(size_t len, size_t width);

/* Decodes into `out` and sets *len. Strict: the padding must be there and the bits that it leaves
 * over be zero; only white space may stand between. */
bool base64_decode(uint8_t *out, size_t *len, struct slice text);

/* Space and the characters from TAB to CR. */
bool base64_is_blank(uint8_t c);

/* Encodes; each line, when there are lines, ends in '\n'. No NUL is written. */
void base64_encode(char *out, struct slice data, size_t width);

/* Lower-case hex: two characters for each byte. No NUL is written. */
void hex_encode(char *out, struct slice data);

/* Decodes an even number of digits of either case into len / 2 bytes. */
bool hex_decode(uint8_t *out, struct slice text);

#endif

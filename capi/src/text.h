/* Text that is put together piece by piece into memory that the caller owns. */
#ifndef SECSOCK_SRC_TEXT_H
#define SECSOCK_SRC_TEXT_H

#include "der.h"

struct text {
    char *buffer; /* always NUL-terminated, unless size is 0 */
    size_t size;
    size_t len; /* of the whole text, also of what did not fit */
};

void text_begin(struct text *text, char *buffer, size_t size);

__attribute__((format(printf, 2, 3))) void text_add(struct text *text, const char *format, ...);

/* Adds bytes that came from a peer: what is not printable ASCII becomes \xx. */
void text_add_bytes(struct text *text, struct slice bytes);

/* Adds an IP address of 4 or 16 bytes; others as bytes. */
void text_add_ip(struct text *text, struct slice bytes);

/* Makes a string one line of UTF-8: what is neither printable nor UTF-8 becomes '?'. */
void text_tidy(char *string);

/* Whether two texts are the same but for the case of ASCII letters, whatever the locale. */
bool text_same(struct slice a, struct slice b);

/* Whether a part occurs in a text, compared likewise. */
bool text_contains(struct slice text, struct slice part);

/* A string as a slice, without its NUL. */
struct slice text_slice(const char *string);

/* Whether these are ASCII characters, NUL not among them. */
bool text_is_ascii(struct slice text);

#endif

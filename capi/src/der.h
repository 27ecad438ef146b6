/*
 * A strict reader of DER (X.690): what it accepts is canonical and lies within its input.
 *
 * A reader is a slice of what has not been read yet. Each der_… function takes one element off
 * its front and returns true, or returns false when the input is not what was asked for; after
 * that the reader is of no use. Nothing is copied: what is found points into the input.
 */
#ifndef SECSOCK_SRC_DER_H
#define SECSOCK_SRC_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to somebody else. */
struct slice {
    const uint8_t *data;
    size_t len;
};

/* A slice of constant bytes, for tables at file scope. */
#define SLICE_OF(...)                                                              \
    {                                                                              \
        (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) \
    }

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_PRINTABLE_STRING = 0x13,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0x80,            /* plus the number: [n], primitive */
    DER_CONTEXT_CONSTRUCTED = 0xa0 /* plus the number: [n], constructed */
};

bool slice_equal(struct slice a, struct slice b);

/* One element of any kind: its tag, its content, and the whole of it with its header. Tags of
 * more than one byte and lengths that are indefinite or not minimal are refused. `content` and
 * `whole` may be NULL. */
bool der_any(struct slice *in, uint8_t *tag, struct slice *content, struct slice *whole);

/* Whether the next element has this tag. */
bool der_next_is(struct slice in, uint8_t tag);

/* The content of the next element, which must have this tag. */
bool der_take(struct slice *in, uint8_t tag, struct slice *content);

/* The same, with its header. */
bool der_take_whole(struct slice *in, uint8_t tag, struct slice *whole);

/* The content of the next element if it has this tag; else *content is { NULL, 0 }. */
bool der_optional(struct slice *in, uint8_t tag, struct slice *content);

/* FALSE is 00 and TRUE is ff (X.690, section 11.1). */
bool der_boolean(struct slice *in, bool *value);

/* The content of an INTEGER in the fewest octets (X.690, section 8.3.2). */
bool der_integer(struct slice *in, struct slice *content);

/* An INTEGER or the content of one, not negative; one that is too large becomes INT_MAX. */
bool der_count(struct slice *in, int *value);
bool der_count_content(struct slice content, int *value);

/* The octets of a BIT STRING, or of the content of one, and how many bits of the last are not used:
 * these are zero. */
bool der_bit_string(struct slice *in, struct slice *bits, unsigned *unused);
bool der_bit_string_content(struct slice content, struct slice *bits, unsigned *unused);

/* The content of an OBJECT IDENTIFIER whose every arc is in the fewest octets. */
bool der_oid(struct slice *in, struct slice *content);
bool der_oid_content(struct slice content);

/* UTCTime or GeneralizedTime as RFC 5280, section 4.1.2.5, wants them: with seconds, in Zulu
 * time, no fraction. Seconds since 1970; *tag (may be NULL) tells which it was. */
bool der_time(struct slice *in, int64_t *seconds, uint8_t *tag);

/* Whether every constructed element within is made of well-formed elements, down to `depth`. */
bool der_well_formed(struct slice in, unsigned depth);

#endif

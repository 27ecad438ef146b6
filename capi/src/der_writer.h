/*
 * Writing DER (X.690), from the end to the beginning: what an element holds is written before its
 * header, so that its length is known by then.
 *
 *     struct der_writer w = { NULL, 0 };      // counts only; with `end` set it writes
 *     size_t mark = w.len;
 *     der_write_integer(&w, 3);
 *     der_wrap(&w, DER_SEQUENCE, mark);       // w.len is what it takes
 */
#ifndef SECSOCK_SRC_DER_WRITER_H
#define SECSOCK_SRC_DER_WRITER_H

#include "der.h"

struct der_writer {
    uint8_t *end; /* of memory that is large enough; NULL to count */
    size_t len;   /* of what was written, which is what stands before `end` */
};

/* Puts bytes in front of what was written. */
void der_write(struct der_writer *w, struct slice bytes);

/* Puts a header in front of what was written since w->len was `mark`. */
void der_wrap(struct der_writer *w, uint8_t tag, size_t mark);

/* A whole element. */
void der_write_element(struct der_writer *w, uint8_t tag, struct slice content);
void der_write_integer(struct der_writer *w, unsigned value);

/* What was written; { NULL, len } while counting. */
struct slice der_written(const struct der_writer *w);

#endif

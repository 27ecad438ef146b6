/* Object identifiers by name. */
#ifndef SECSOCK_SRC_OID_H
#define SECSOCK_SRC_OID_H

#include "der.h"

/* The name of an attribute type ("CN"), a kind of key ("EC"), a curve ("P-256"), a signature
 * algorithm or a purpose; NULL for others. Static. `oid` is the content of the element. */
const char *oid_name(struct slice oid);

/* Whether it is the one written so ("1.3.101.112"). */
bool oid_is(struct slice oid, const char *dotted);

/* "1.2.840.113549", with a '?' for a number beyond 64 bits; cut to `size` with the NUL. Returns the
 * length that the whole has. */
size_t oid_text(struct slice oid, char *buffer, size_t size);

/* The other way: the content of the element for a name that oid_name() gives, in either case, or
 * for numbers in dots. Returns its length; 0 when the text is neither, or it does not fit. */
size_t oid_encode(struct slice text, uint8_t *out, size_t size);

/* The algorithm of an AlgorithmIdentifier (given whole), and what follows it: its parameters. */
bool oid_algorithm(struct slice identifier, struct slice *oid, struct slice *parameters);

#endif

/* BER (X.690) made DER, so that there need not be two readers. */
#ifndef SECSOCK_SRC_BER_H
#define SECSOCK_SRC_BER_H

#include "secret.h"

enum ber_result { BER_OK, BER_MALFORMED, BER_CUT, BER_TOO_DEEP, BER_NO_MEMORY };

enum { BER_MOST_DEPTH = 32 };

/* Copies one element, which must be all there is: lengths become definite and minimal, OCTET
 * STRINGs in pieces become one. BER_CUT: the input ends before the element does. */
enum ber_result ber_to_der(struct secret *out, struct slice in);

#endif

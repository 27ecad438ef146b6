/* Internationalised labels as DNS spells them. */
#ifndef SECSOCK_SRC_PUNYCODE_H
#define SECSOCK_SRC_PUNYCODE_H

#include "der.h"

enum { PUNYCODE_LABEL_SIZE = 63 };

/* The A-label of a label in UTF-8 that is normalised already ("公司" to "xn--55qx5d"); one in
 * ASCII stays as it is, in lower case. False when it is not UTF-8 or becomes too long. */
bool punycode_label(struct slice utf8, uint8_t out[PUNYCODE_LABEL_SIZE], size_t *len);

#endif

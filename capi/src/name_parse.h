/* Distinguished names from text. */
#ifndef SECSOCK_SRC_NAME_PARSE_H
#define SECSOCK_SRC_NAME_PARSE_H

#include "secret.h"

/* The Name, in DER, that a text is the RFC 4514 form of; spaces may stand around ',', '+' and '='.
 * Values are UTF8Strings, unless their DER is given ("#0c0161"); the attributes of one part ("a+b")
 * are not sorted. What name_text() writes can be read here. SECSOCK_OK, SECSOCK_E_FORMAT, or
 * SECSOCK_E_MEMORY. */
int name_parse(struct slice text, struct secret *der);

#endif

/* Pins: digests of public keys (RFC 7469, section 2.4). */
#ifndef SECSOCK_SRC_PIN_H
#define SECSOCK_SRC_PIN_H

#include <stdbool.h>

#include "der.h"

enum { PIN_SIZE = 32 };

struct pin_list {
    uint8_t (*digests)[PIN_SIZE]; /* SHA-256 of the SubjectPublicKeyInfo */
    size_t count;
};

/* Adds a pin in base64. SECSOCK_OK, SECSOCK_E_FORMAT or SECSOCK_E_MEMORY. */
int pin_list_add(struct pin_list *list, const char *pin);
void pin_list_clear(struct pin_list *list);

/* Whether the digest of this SubjectPublicKeyInfo, given whole, is in the list (NULL: none is). */
bool pin_list_holds(const struct pin_list *list, struct slice spki);

#endif

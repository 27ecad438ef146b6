/* Session tickets (RFC 5077, section 4): sealing and opening, and the keys for it. */
#ifndef SECSOCK_SRC_TICKET_H
#define SECSOCK_SRC_TICKET_H

#include <stdbool.h>
#include <stdint.h>

#include "chain.h"

enum {
    TICKET_NAME = 16,   /* names the key */
    TICKET_IV = 16,     /* 12 of them the nonce, the rest the generation */
    TICKET_MAC = 32,    /* the first 16 of them */
    TICKET_DIGEST = 32, /* of the chain: sealed behind the text */
    TICKET_KEY = 32,
    TICKET_LIFETIME = 3600,  /* seconds for which a key seals; for as long again it opens */
    TICKET_GENERATIONS = 200 /* resumptions in a row before a full handshake is due: wolfSSL
                                counts them in one byte and fails when that is full */
};

/* A ticket as it goes over the wire. */
struct ticket {
    unsigned char *name, *iv, *mac;
    unsigned char *text; /* sealed and opened in place, with the digest behind it */
    size_t len;          /* of the text, without the digest */
};

struct ticket_key {
    unsigned char name[TICKET_NAME];
    unsigned char secret[TICKET_KEY];
    int64_t made; /* in seconds of a clock that only goes forward; 0: no key yet */
};

struct ticket_keys {
    struct ticket_key current, previous;
};

/* Both make and change keys as time goes by; false when that or the sealing fails, and for a
 * ticket that is not of these keys. */
bool ticket_seal(struct ticket_keys *keys, struct ticket *ticket, unsigned generation);
bool ticket_open(struct ticket_keys *keys, struct ticket *ticket, unsigned *generation);
void ticket_keys_erase(struct ticket_keys *keys);

#endif

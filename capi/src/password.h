/* A password in the forms that key derivations want, and the work that it may cause. */
#ifndef SECSOCK_SRC_PASSWORD_H
#define SECSOCK_SRC_PASSWORD_H

#include "error.h"
#include "secret.h"

enum {
    PASSWORD_LONGEST = 4096,
    /* A few seconds' work; common tools ask for 1 to 1,000,000. */
    PASSWORD_MOST_ITERATIONS = 10 * 1000 * 1000
};

struct password {
    struct slice text;  /* as given, which must stay */
    struct secret wide; /* as a BMPString that ends in two zero octets (RFC 7292, appendix B.1) */
    bool is_text;       /* whether it is UTF-8: else there is no `wide` */
    int iterations;     /* how many may still be made */
};

/* SECSOCK_OK, SECSOCK_E_LIMIT, SECSOCK_E_MEMORY. */
int password_begin(struct password *password, const char *text, secsock_error *error);
void password_end(struct password *password);

/* Makes `wide` that of no password, to which some take the empty one: no octets at all. */
void password_widen_to_nothing(struct password *password);

/* Takes `iterations` from what may still be made, or is SECSOCK_E_LIMIT. */
int password_spend(struct password *password, int iterations, secsock_error *error);

#endif

/* The cipher suites and key exchange groups that secsock offers, by name and number. */
#ifndef SECSOCK_SRC_SUITES_H
#define SECSOCK_SRC_SUITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct suite {
    uint16_t number;          /* on the wire */
    const char *name;         /* IANA's */
    const char *wolfssl_name; /* as wolfSSL_CTX_set_cipher_list() wants it */
    int version;              /* the secsock_tls it belongs to */
};

struct group {
    uint16_t number; /* on the wire, RFC 8446, section 4.2.7; wolfSSL numbers them alike */
    const char *name;
    const char *iana_name;
    int version; /* the secsock_tls from which on it can be used */
};

enum { SUITES_MOST = 9, GROUPS_MOST = 7 };

/* In the order of preference on this CPU; NULL past the end. */
const struct suite *suite_at(size_t index);
const struct group *group_at(size_t index);

/* By name (as long as given), and by number; NULL when there is none. Case does not matter; a
 * group is also found by IANA's name for it ("secp256r1"). */
const struct suite *suite_find(const char *name, size_t len);
const struct group *group_find(const char *name, size_t len);
const struct suite *suite_by_number(unsigned number);
const struct group *group_by_number(unsigned number);

/* The name of a signature scheme (RFC 8446, section 4.2.3), or NULL. */
const char *signature_scheme_name(unsigned number);

/* Whether AES-GCM runs on instructions of this CPU, so that it is the fastest cipher. */
bool suites_aes_hardware(void);

#endif

/* What the files of PKCS #12 share. */
#ifndef SECSOCK_SRC_PKCS12_INTERNAL_H
#define SECSOCK_SRC_PKCS12_INTERNAL_H

#include "der_writer.h"
#include "password.h"
#include "pkcs12.h"

enum { PKCS12_MOST_HELD = 256 };

/* Beside what they stand for: the attributes, empty where they are missing. */
struct pkcs12_attributes {
    struct slice local_key_id;  /* the same for a key and its certificate */
    struct slice friendly_name; /* a BMPString */
};

struct pkcs12_cert {
    struct slice der;
    struct pkcs12_attributes attributes;
};

struct pkcs12_key {
    struct slice der; /* PKCS #8, in the clear */
    struct pkcs12_attributes attributes;
};

/* A file that was opened. */
struct pkcs12 {
    struct password password;
    bool has_mac;
    bool was_encrypted; /* at least in part */
    struct pkcs12_cert certs[PKCS12_MOST_CERTS];
    size_t cert_count;
    struct pkcs12_key keys[PKCS12_MOST_KEYS];
    size_t key_count;
    struct secret held[PKCS12_MOST_HELD]; /* what the slices point into */
    size_t held_count;
};

/* Opens the file with the password that is there: everything else is filled in. */
int pkcs12_open(struct pkcs12 *file, struct slice pfx, secsock_error *error);

/* Puts keys, certificates and issuers together; see pkcs12_read(). */
int pkcs12_match(const struct pkcs12 *file, struct cert_list *out, secsock_error *error);

/* Checks MacData (the content of its SEQUENCE) over the content that it protects. */
int pkcs12_mac_check(struct slice mac_data, struct slice content, struct password *password,
                     secsock_error *error);

/* Writes MacData, HMAC-SHA-256 over `content`; while `w` only counts, nothing is computed. */
enum { PKCS12_MAC_SALT = 16 };
int pkcs12_mac_write(struct der_writer *w, struct slice content, const uint8_t *salt,
                     struct password *password, secsock_error *error);

#endif

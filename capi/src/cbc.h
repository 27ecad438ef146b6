/* Block ciphers in CBC mode, padded as RFC 8018, section 6.1.1, says. */
#ifndef SECSOCK_SRC_CBC_H
#define SECSOCK_SRC_CBC_H

#include "secret.h"

enum cbc_algorithm { CBC_AES, CBC_DES3, CBC_RC2 };

enum { CBC_LONGEST_KEY = 32, CBC_LONGEST_BLOCK = 16 };

struct cbc {
    enum cbc_algorithm algorithm;
    size_t key_len; /* triple DES may have two keys, and RC2 one of any length */
    size_t block_len;
};

enum cbc_result { CBC_OK, CBC_BAD_LENGTH, CBC_BAD_PADDING, CBC_NO_MEMORY, CBC_FAILED };

enum cbc_result cbc_open(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv,
                         struct slice text, struct secret *out);

/* How long `len` bytes become, with their padding. */
size_t cbc_sealed_len(const struct cbc *cbc, size_t len);

/* Encrypts in place what stands in the first `len` bytes of cbc_sealed_len() ones. AES alone. */
enum cbc_result cbc_seal(const struct cbc *cbc, const uint8_t *key, const uint8_t *iv,
                         uint8_t *text, size_t len);

#endif

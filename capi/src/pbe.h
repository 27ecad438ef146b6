/*
 * Encryption with a password: that of PKCS #8 and PKCS #12.
 *
 * Read are PBES2 (RFC 8018, section 6.2: PBKDF2 with HMAC of SHA-1 or SHA-2, then AES or triple DES
 * in CBC mode) and the older schemes of PKCS #12 (RFC 7292, appendix C: SHA-1, then triple DES with
 * two or three keys, or RC2 with 40 or 128 bits). Written is PBES2 with PBKDF2, HMAC-SHA-256 and
 * AES-256.
 */
#ifndef SECSOCK_SRC_PBE_H
#define SECSOCK_SRC_PBE_H

#include "cbc.h"
#include "der_writer.h"
#include "kdf.h"

struct pbe {
    struct cbc cipher;
    struct kdf kdf;
    struct slice iv; /* empty: it is derived, too */
};

/* From an AlgorithmIdentifier (given whole), into which it then points. SECSOCK_E_UNSUPPORTED names
 * the algorithm. */
int pbe_read(struct pbe *pbe, struct slice identifier, secsock_error *error);

/* Decrypts something that must be a SEQUENCE, which is how most wrong passwords show:
 * SECSOCK_E_PASSWORD, also where the text was damaged. */
int pbe_open(const struct pbe *pbe, struct slice text, struct password *password,
             struct secret *out, secsock_error *error);

/* The same with a key that is there already. */
int pbe_open_with(const struct cbc *cipher, const uint8_t *key, const uint8_t *iv,
                  struct slice text, struct secret *out, secsock_error *error);

/* ------------------------------------------------------------------------------------- writing */

enum { PBE_ITERATIONS = 100000, PBE_SALT = 16 };

/* What is drawn at random to encrypt once. */
struct pbe_seed {
    uint8_t salt[PBE_SALT];
    uint8_t iv[CBC_LONGEST_BLOCK];
};

/* The scheme to write with. */
void pbe_choose(struct pbe *pbe, const struct pbe_seed *seed);

/* Three steps: the room that the padding of `len` bytes takes, behind them; the bytes; and then
 * their encryption in place, which does nothing while `w` only counts. */
void pbe_write_padding(struct der_writer *w, size_t len);
int pbe_seal(const struct pbe *pbe, struct der_writer *w, size_t len, struct password *password,
             secsock_error *error);

/* Its AlgorithmIdentifier. */
void pbe_write(struct der_writer *w, const struct pbe *pbe);

#endif

/*
 * AES-GCM by code of wider vectors than wolfCrypt's: that of Intel's ipsec-mb library, in builds
 * that have it, on CPUs with the instructions. To wolfCrypt it is a device, to which the keys of a
 * connection may be given; what the device does not do falls back to wolfCrypt's own code.
 */
#ifndef SECSOCK_SRC_ACCELERATOR_H
#define SECSOCK_SRC_ACCELERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ACCELERATOR_DEVICE = 0x5EC50C }; /* its number among wolfCrypt's devices */

/* A key is expanded, which takes time and memory, for the record with which so many bytes have been
 * protected by it. The keys of a handshake hardly ever see so many. */
enum { ACCELERATOR_WORTH = 4096 };

/* Whether it is there, of use on this CPU, and agrees with wolfCrypt. Thread-safe; only the first
 * call takes time. */
bool accelerator_available(void);

/* Whether the CPU has VAES and the AVX-512 that the library is written for; false in a build without
 * the library. */
bool accelerator_has_instructions(void);

/* Makes it known to wolfCrypt, after wolfSSL_Init(); one thread at a time. */
void accelerator_register(void);

/* The functions of the library for one length of keys, and a test of them against wolfCrypt. */
struct gcm_key_data;
struct gcm_context_data;
typedef void gcm_crypt_fn(const struct gcm_key_data *key, struct gcm_context_data *context,
                          uint8_t *out, const uint8_t *in, uint64_t len, const uint8_t *nonce,
                          const uint8_t *aad, uint64_t aad_len, uint8_t *tag, uint64_t tag_len);
struct gcm_code {
    unsigned key_len;
    void (*expand)(const void *key, void *round_keys);
    void (*precompute)(struct gcm_key_data *key); /* powers of the hash key */
    gcm_crypt_fn *seal, *open;                    /* open() leaves it to the caller to compare */
};
const struct gcm_code *accelerator_code(size_t key_len); /* NULL in a build without */
bool accelerator_agrees(const struct gcm_code *code);

#endif

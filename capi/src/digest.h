/* Digests that certificates, lists and keys are known by; the others are public. */
#ifndef SECSOCK_SRC_DIGEST_H
#define SECSOCK_SRC_DIGEST_H

#include "der.h"

enum { DIGEST_SHA1_SIZE = 20, DIGEST_SHA256_SIZE = 32 };

/* False when memory is short. SHA-1 names things and proves nothing. */
bool digest_sha1(struct slice data, uint8_t out[DIGEST_SHA1_SIZE]);
bool digest_sha256(struct slice data, uint8_t out[DIGEST_SHA256_SIZE]);

/* Of several things, each with its length before it: where one ends and the next begins counts. */
bool digest_sha256_all(const struct slice *parts, size_t count, uint8_t out[DIGEST_SHA256_SIZE]);

#endif

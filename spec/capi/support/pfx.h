/*
 * PFX files for tests, put together from their parts, as der_writer.h does it: what stands last is
 * written first. Everything is under the password "secret", by the old means of SHA-1.
 *
 *     pfx_begin(&p);
 *     mark = p.w.len;
 *     pfx_attributes(&p, 1, NULL, NULL);
 *     value = p.w.len;
 *     der_write(&p.w, key), pfx_shroud(&p, value), pfx_bag(&p, mark, value, PFX_SHROUDED_KEY);
 *     der_wrap(&p.w, DER_SEQUENCE, mark), pfx_data(&p, mark);
 *     file = pfx_finish(&p, PFX_SHA1);
 */
#ifndef SECSOCK_SPEC_PFX_H
#define SECSOCK_SPEC_PFX_H

#include "der_writer.h"

enum pfx_kind { PFX_KEY = 1, PFX_SHROUDED_KEY, PFX_CERT, PFX_CRL, PFX_SECRET, PFX_SAFE };

struct pfx {
    uint8_t *memory;
    struct der_writer w;
    int iterations; /* 2000, as Windows has them */
};

void pfx_begin(struct pfx *p);

/* A SET of attributes: localKeyId as four octets, if not 0, and, as Windows puts them there, a
 * friendly name and the name of the provider of the key, or NULL. In ASCII. */
void pfx_attributes(struct pfx *p, unsigned id, const char *name, const char *provider);

/* Each makes something of what was written since `mark`: an EncryptedPrivateKeyInfo under triple
 * DES, a certificate's CertBag, a bag (whose value was written since `value`), a ContentInfo encrypted with RC2 of 40 bits, one in the
 * clear. */
void pfx_shroud(struct pfx *p, size_t mark);
void pfx_cert(struct pfx *p, size_t mark);
void pfx_bag(struct pfx *p, size_t mark, size_t value, enum pfx_kind kind);
void pfx_encrypt(struct pfx *p, size_t mark);
void pfx_data(struct pfx *p, size_t mark);

/* The file, with its MAC, if any: HMAC-SHA-1 of old, or PBMAC1 (RFC 9579) with PBKDF2 and
 * HMAC-SHA-256; to be freed. */
enum pfx_mac { PFX_NO_MAC, PFX_SHA1, PFX_PBMAC1 };
struct slice pfx_finish(struct pfx *p, enum pfx_mac mac);

#endif

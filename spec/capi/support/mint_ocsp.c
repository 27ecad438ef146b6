#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>

#include "mint_ocsp.h"

#include <stdlib.h>

#include "mint_internal.h"

static const struct mint *issuer_of(const struct mint *cert)
{
    return cert->by != NULL ? cert->by : cert;
}

static void put_time(struct mint_out *out, const char *time, unsigned flaws)
{
    bool utc = (flaws & MINT_OCSP_UTC_TIME) != 0;
    mint_put_time(out, time, utc ? 0 : MINT_GENERALIZED_TIME);
}

static void put_hash(struct mint_out *out, const struct mint_out *data, bool sha256, bool wrong)
{
    uint8_t digest[WC_MAX_DIGEST_SIZE];
    enum wc_HashType type = sha256 ? WC_HASH_TYPE_SHA256 : WC_HASH_TYPE_SHA;
    word32 len = sha256 ? 32 : 20;
    mint_need(wc_Hash(type, data->bytes, (word32)data->len, digest, len) == 0, "no digest");
    digest[0] ^= wrong ? 1 : 0;
    mint_put_element(out, DER_OCTET_STRING, digest, len);
}

static void put_cert_id(struct mint_out *out, const struct mint_ocsp *d, const struct mint *cert)
{
    static struct mint_out data;
    const struct mint *issuer = issuer_of(cert);
    size_t start = out->len;
    mint_put_hex(out, (d->flaws & MINT_OCSP_STRANGE_DIGEST) != 0 ? "3007 06052b0e030218"
                      : d->sha256                                ? "300b 0609608648016503040201"
                                                                 : "3009 06052b0e03021a 0500");
    data.len = 0;
    mint_put_name(&data, cert->issuer_cn != NULL ? cert->issuer_cn : mint_cn(issuer), 0);
    put_hash(out, &data, d->sha256, (d->flaws & MINT_OCSP_NAME_HASH) != 0);
    data.len = 0;
    mint_put_key_bits(&data, mint_key_of(issuer));
    put_hash(out, &data, d->sha256, (d->flaws & MINT_OCSP_KEY_HASH) != 0);
    mint_put_serial(out, cert);
    mint_wrap(out, DER_SEQUENCE, start);
}

static void put_status(struct mint_out *out, const struct mint_ocsp *d)
{
    size_t start = out->len;
    uint8_t reason = (uint8_t)d->reason;
    if (d->status == OCSP_REVOKED) {
        put_time(out, "20260101000000Z", d->flaws);
        size_t explicit_reason = out->len;
        if (reason != 0) {
            mint_put_element(out, DER_ENUMERATED, &reason, 1);
            mint_wrap(out, 0xa0, explicit_reason);
        }
        mint_wrap(out, 0xa1, start);
    } else {
        mint_put_hex(out, d->status == OCSP_GOOD ? "8000" : "8200");
    }
}

/* An extension at [1], critical or not. */
static void put_extension(struct mint_out *out, bool critical)
{
    mint_put_hex(out, critical ? "a111 300f 300d 06032a0305 0101ff 0403020101"
                               : "a10e 300c 300a 06032a0306 0403020101");
}

static void put_answer(struct mint_out *out, const struct mint_ocsp *d, const struct mint *cert)
{
    size_t start = out->len;
    put_cert_id(out, d, cert);
    put_status(out, d);
    put_time(out, d->from != NULL ? d->from : "20260101000000Z", d->flaws);
    if (d->to == NULL || d->to[0] != '\0') {
        size_t next = out->len;
        put_time(out, d->to != NULL ? d->to : "20260201000000Z", d->flaws);
        mint_wrap(out, 0xa0, next);
    }
    if ((d->flaws & MINT_OCSP_ANSWER_CRITICAL) != 0)
        put_extension(out, true);
    mint_wrap(out, DER_SEQUENCE, start);
}

static void put_responder(struct mint_out *out, const struct mint_ocsp *d, const struct mint *by)
{
    static struct mint_out data;
    size_t start = out->len;
    bool strange = (d->flaws & MINT_OCSP_STRANGE_RESPONDER) != 0;
    if (d->by_name) {
        mint_put_name(out, strange ? "Stranger" : mint_cn(by), 0);
        mint_wrap(out, 0xa1, start);
        return;
    }
    data.len = 0;
    mint_put_key_bits(&data, mint_key_of(by));
    put_hash(out, &data, false, strange);
    mint_wrap(out, 0xa2, start);
}

static void put_data(struct mint_out *out, const struct mint_ocsp *d, const struct mint *by)
{
    size_t start = out->len;
    if ((d->flaws & MINT_OCSP_VERSION) != 0)
        mint_put_hex(out, "a003 020100");
    put_responder(out, d, by);
    put_time(out, d->produced != NULL ? d->produced : "20260101000000Z", d->flaws);
    size_t answers = out->len;
    for (unsigned i = 0; d->others != NULL && i <= d->repeated; i++)
        put_answer(out, d, d->others);
    if ((d->flaws & MINT_OCSP_NO_ANSWER) == 0)
        put_answer(out, d, d->cert);
    mint_wrap(out, DER_SEQUENCE, answers);
    if ((d->flaws & (MINT_OCSP_CRITICAL | MINT_OCSP_NOT_CRITICAL)) != 0)
        put_extension(out, (d->flaws & MINT_OCSP_CRITICAL) != 0);
    mint_wrap(out, DER_SEQUENCE, start);
}

static void put_delegates(struct mint_out *out, const struct mint_ocsp *d)
{
    size_t start = out->len;
    for (size_t i = 0; i < MINT_DELEGATES && d->delegates[i] != NULL; i++) {
        struct slice der = mint(d->delegates[i]);
        mint_put(out, der.data, der.len);
        free((void *)der.data);
    }
    if (out->len == start)
        return;
    mint_wrap(out, DER_SEQUENCE, start);
    mint_wrap(out, 0xa0, start);
}

/* A BasicOCSPResponse. */
static void put_basic(struct mint_out *out, const struct mint_ocsp *d)
{
    const struct mint *by = d->by != NULL ? d->by : issuer_of(d->cert);
    const struct mint signing = { .by = by, .digest = d->digest, .flaws = d->signing_flaws };
    put_data(out, d, by);
    mint_put_signature(out, &signing);
    put_delegates(out, d);
    mint_wrap(out, DER_SEQUENCE, 0);
}

struct slice mint_ocsp(const struct mint_ocsp *d)
{
    static struct mint_out out, basic;
    uint8_t outer = (uint8_t)d->outer;
    out.len = basic.len = 0;
    mint_put_element(&out, DER_ENUMERATED, &outer, 1);
    size_t bytes = out.len;
    if (outer == 0) {
        put_basic(&basic, d);
        mint_put_hex(&out, (d->flaws & MINT_OCSP_STRANGE_TYPE) != 0 ? "06092b0601050507300102"
                                                                    : "06092b0601050507300101");
        mint_put_element(&out, DER_OCTET_STRING, basic.bytes, basic.len);
        mint_wrap(&out, DER_SEQUENCE, bytes);
        mint_wrap(&out, 0xa0, bytes);
    }
    return mint_finish(&out, d->signing_flaws);
}

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>

#include "ocsp.h"

#include "crl.h"
#include "oid.h"

/* Responses have some kilobytes; more is not worth reading. */
enum { LARGEST = 256 * 1024, DEPTH = 16 };

static const struct slice basic_response =
    SLICE_OF(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01);

/* ------------------------------------------------------------------------------- the outer part */

/* Section 4.2.1: what a responder says that gives no answer. */
static const char *status_flaw(uint8_t status)
{
    static const char *const flaws[] = {
        NULL,
        "its responder found the request malformed",
        "its responder had an error of its own",
        "its responder asks to try later",
        "it has a status that does not exist",
        "its responder wants requests to be signed",
        "its responder refused to answer",
    };
    return status < sizeof(flaws) / sizeof(flaws[0]) ? flaws[status] : flaws[4];
}

/* The content of an element that is all of `in`. */
static bool only(struct slice in, uint8_t tag, struct slice *content)
{
    return der_take(&in, tag, content) && in.len == 0;
}

/* An optional element [number] with one element of this tag in it, explicitly: its content. */
static bool optional(struct slice *in, unsigned number, uint8_t tag, struct slice *content)
{
    struct slice outer;
    if (!der_optional(in, (uint8_t)(DER_CONTEXT_CONSTRUCTED + number), &outer))
        return false;
    *content = outer;
    return outer.data == NULL || only(outer, tag, content);
}

/* Down to the BasicOCSPResponse. */
static const char *unwrap(struct slice der, struct slice *basic)
{
    struct slice response, status, bytes, type, octets;
    if (der.len > LARGEST)
        return "it is larger than any response";
    if (!only(der, DER_SEQUENCE, &response) || !der_take(&response, DER_ENUMERATED, &status) ||
        status.len != 1)
        return "it is not an OCSPResponse";
    if (status.data[0] != 0)
        return status_flaw(status.data[0]);
    if (!optional(&response, 0, DER_SEQUENCE, &bytes) || bytes.data == NULL || response.len != 0 ||
        !der_oid(&bytes, &type) || !only(bytes, DER_OCTET_STRING, &octets))
        return "it is not an OCSPResponse";
    if (!slice_equal(type, basic_response))
        return "it is of a type that is not understood";
    if (!only(octets, DER_SEQUENCE, basic))
        return "it is not a BasicOCSPResponse";
    return der_well_formed(*basic, DEPTH) ? NULL : "it is not well-formed DER";
}

/* ---------------------------------------------------------------------------------- its answers */

static bool take_time(struct slice *in, int64_t *out)
{
    uint8_t tag;
    return der_time(in, out, &tag) && tag == DER_GENERALIZED_TIME;
}

static bool take_optional_time(struct slice *in, unsigned number, bool *there, int64_t *out)
{
    struct slice outer;
    if (!der_optional(in, (uint8_t)(DER_CONTEXT_CONSTRUCTED + number), &outer))
        return false;
    *there = outer.data != NULL;
    return !*there || (take_time(&outer, out) && outer.len == 0);
}

/* Extensions at [1], none of which are understood: whether one is critical. */
static bool take_extensions(struct slice *in, bool *critical)
{
    struct slice extensions;
    struct x509_extension ext;
    *critical = false;
    if (!optional(in, 1, DER_SEQUENCE, &extensions))
        return false;
    while (extensions.len > 0) {
        if (!x509_next_extension(&extensions, &ext))
            return false;
        *critical |= ext.critical;
    }
    return true;
}

static bool take_cert_id(struct slice *in, struct ocsp_single *out)
{
    struct slice id, algorithm, parameters;
    return der_take(in, DER_SEQUENCE, &id) && der_take_whole(&id, DER_SEQUENCE, &algorithm) &&
           oid_algorithm(algorithm, &out->digest, &parameters) &&
           der_take(&id, DER_OCTET_STRING, &out->name_hash) &&
           der_take(&id, DER_OCTET_STRING, &out->key_hash) && der_integer(&id, &out->serial) &&
           id.len == 0;
}

static bool read_revoked(struct slice info, struct ocsp_single *out)
{
    struct slice reason;
    if (!take_time(&info, &out->revoked_at) ||
        !der_optional(&info, DER_CONTEXT_CONSTRUCTED + 0, &reason) || info.len != 0)
        return false;
    return reason.data == NULL || (crl_take_reason(&reason, &out->reason) && reason.len == 0);
}

static bool take_status(struct slice *in, struct ocsp_single *out)
{
    struct slice content;
    uint8_t tag;
    out->reason = CRL_REASON_ABSENT;
    if (!der_any(in, &tag, &content, NULL))
        return false;
    switch (tag) {
    case DER_CONTEXT + 0:
        out->status = OCSP_GOOD;
        return content.len == 0;
    case DER_CONTEXT_CONSTRUCTED + 1:
        out->status = OCSP_REVOKED;
        return read_revoked(content, out);
    case DER_CONTEXT + 2:
        out->status = OCSP_UNKNOWN;
        return content.len == 0;
    default:
        return false;
    }
}

bool ocsp_next(struct slice *responses, struct ocsp_single *out)
{
    struct slice content;
    *out = (struct ocsp_single){ .status = OCSP_UNKNOWN };
    return responses->len > 0 && der_take(responses, DER_SEQUENCE, &content) &&
           take_cert_id(&content, out) && take_status(&content, out) &&
           take_time(&content, &out->this_update) &&
           take_optional_time(&content, 0, &out->has_next_update, &out->next_update) &&
           take_extensions(&content, &out->unknown_critical) && content.len == 0;
}

/* --------------------------------------------------------------------------------- ResponseData */

static bool take_responder(struct slice *in, struct ocsp *out)
{
    struct slice by_name;
    if (!der_next_is(*in, DER_CONTEXT_CONSTRUCTED + 1))
        return optional(in, 2, DER_OCTET_STRING, &out->responder_key) &&
               out->responder_key.data != NULL;
    return der_take(in, DER_CONTEXT_CONSTRUCTED + 1, &by_name) &&
           der_take_whole(&by_name, DER_SEQUENCE, &out->responder_name) && by_name.len == 0 &&
           x509_name_valid(out->responder_name);
}

static const char *read_data(struct slice data, struct ocsp *out)
{
    struct slice rest;
    struct ocsp_single single;
    bool critical;
    /* Version 1 is the DEFAULT, which DER never encodes, and there is no other. */
    if (der_next_is(data, DER_CONTEXT_CONSTRUCTED + 0))
        return "its version is not 1";
    if (!take_responder(&data, out))
        return "its responder is malformed";
    if (!take_time(&data, &out->produced_at))
        return "its producedAt is malformed";
    if (!der_take(&data, DER_SEQUENCE, &out->responses) || out->responses.len == 0)
        return "its answers are malformed";
    for (rest = out->responses; rest.len > 0;) {
        if (!ocsp_next(&rest, &single))
            return "its answers are malformed";
    }
    if (!take_extensions(&data, &critical) || data.len != 0)
        return "its extensions are malformed";
    if (critical)
        out->flaw = "it has a critical extension that is not understood";
    return NULL;
}

const char *ocsp_parse(struct ocsp *out, struct slice der)
{
    struct slice basic, data;
    *out = (struct ocsp){ .flaw = NULL };
    const char *why = unwrap(der, &basic);
    if (why != NULL)
        return why;
    if (!x509_take_signed(&basic, &out->tbs, &out->sig_alg, &out->signature) ||
        !optional(&basic, 0, DER_SEQUENCE, &out->certs) || basic.len != 0)
        return "it is not a BasicOCSPResponse";
    if (!only(out->tbs, DER_SEQUENCE, &data))
        return "it is not a BasicOCSPResponse";
    return read_data(data, out);
}

const char *ocsp_flaw(struct slice response)
{
    struct ocsp ocsp;
    const char *why = ocsp_parse(&ocsp, response);
    return why != NULL ? why : ocsp.flaw;
}

/* ------------------------------------------------------------------------------------- matching */

static bool is_digest_of(struct slice expected, enum wc_HashType type, struct slice data)
{
    uint8_t found[WC_MAX_DIGEST_SIZE];
    int len = wc_HashGetDigestSize(type);
    return len > 0 && expected.len == (size_t)len &&
           wc_Hash(type, data.data, (word32)data.len, found, (word32)len) == 0 &&
           slice_equal(expected, (struct slice){ found, (size_t)len });
}

bool ocsp_is_about(const struct ocsp_single *single, const struct x509 *x509,
                   const struct x509 *issuer)
{
    enum wc_HashType type;
    if (!slice_equal(single->serial, x509->serial))
        return false;
    if (oid_is(single->digest, "1.3.14.3.2.26"))
        type = WC_HASH_TYPE_SHA;
    else if (oid_is(single->digest, "2.16.840.1.101.3.4.2.1"))
        type = WC_HASH_TYPE_SHA256;
    else
        return false;
    return is_digest_of(single->name_hash, type, x509->issuer) &&
           is_digest_of(single->key_hash, type, issuer->key);
}

bool ocsp_is_responder(const struct ocsp *ocsp, const struct x509 *x509)
{
    if (ocsp->responder_name.data != NULL)
        return x509_name_equal(ocsp->responder_name, x509->subject);
    return is_digest_of(ocsp->responder_key, WC_HASH_TYPE_SHA, x509->key);
}

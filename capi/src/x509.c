#include "x509.h"

#include <string.h>

/* Deeper than any certificate or list goes, extensions aside: these are opaque at this level. */
enum { DEPTH = 12 };

static bool parse_version(struct slice *tbs, int *version)
{
    struct slice explicit_version;
    if (!der_optional(tbs, DER_CONTEXT_CONSTRUCTED + 0, &explicit_version))
        return false;
    *version = 1;
    if (explicit_version.data == NULL)
        return true;
    if (!der_count(&explicit_version, version) || explicit_version.len != 0)
        return false;
    /* 0 is version 1, the DEFAULT, which DER never encodes (X.690, section 11.5). */
    if (*version != 1 && *version != 2)
        return false;
    *version += 1;
    return true;
}

static bool parse_algorithm(struct slice whole)
{
    struct slice content, oid;
    uint8_t tag;
    if (!der_take(&whole, DER_SEQUENCE, &content) || !der_oid(&content, &oid))
        return false;
    return content.len == 0 || (der_any(&content, &tag, NULL, NULL) && content.len == 0);
}

bool x509_take_signed(struct slice *content, struct slice *tbs, struct slice *algorithm,
                      struct slice *signature)
{
    unsigned unused;
    return der_take_whole(content, DER_SEQUENCE, tbs) &&
           der_take_whole(content, DER_SEQUENCE, algorithm) && parse_algorithm(*algorithm) &&
           der_bit_string(content, signature, &unused) && unused == 0;
}

const char *x509_open(struct slice der, const char *otherwise, struct slice *tbs,
                      struct slice *algorithm, struct slice *signature, struct slice *fields)
{
    struct slice content, rest;
    if (!der_take(&der, DER_SEQUENCE, &content))
        return "it is not a DER SEQUENCE";
    if (der.len != 0)
        return "bytes follow its end";
    if (!der_well_formed(content, DEPTH))
        return "it is not well-formed DER";
    if (!x509_take_signed(&content, tbs, algorithm, signature) || content.len != 0)
        return otherwise;
    rest = *tbs;
    return der_take(&rest, DER_SEQUENCE, fields) ? NULL : otherwise;
}

static bool parse_validity(struct slice *tbs, struct x509 *out)
{
    static const int64_t year_2050 = 2524608000;
    struct slice validity;
    uint8_t before, after;
    if (!der_take(tbs, DER_SEQUENCE, &validity) ||
        !der_time(&validity, &out->not_before, &before) ||
        !der_time(&validity, &out->not_after, &after) || validity.len != 0)
        return false;
    out->odd_time_form = (before == DER_GENERALIZED_TIME && out->not_before < year_2050) ||
                         (after == DER_GENERALIZED_TIME && out->not_after < year_2050);
    return true;
}

static bool parse_spki(struct slice *tbs, struct x509 *out)
{
    struct slice whole, content;
    unsigned unused;
    if (!der_take_whole(tbs, DER_SEQUENCE, &whole))
        return false;
    out->spki = whole;
    return der_take(&whole, DER_SEQUENCE, &content) &&
           der_take_whole(&content, DER_SEQUENCE, &out->key_alg) && parse_algorithm(out->key_alg) &&
           der_bit_string(&content, &out->key, &unused) && unused == 0 && content.len == 0;
}

/* issuerUniqueID and subjectUniqueID: of no use, but their place is fixed. */
static bool skip_unique_ids(struct slice *tbs, struct x509 *out)
{
    for (uint8_t number = 1; number <= 2; number++) {
        struct slice id;
        if (!der_optional(tbs, (uint8_t)(DER_CONTEXT + number), &id) ||
            (id.data != NULL && out->version == 1))
            return false;
        out->has_unique_ids |= id.data != NULL;
    }
    return true;
}

static const char *parse_optional_part(struct slice *tbs, struct x509 *out)
{
    struct slice explicit_extensions;
    if (!skip_unique_ids(tbs, out))
        return "its unique identifiers are malformed";
    if (!der_optional(tbs, DER_CONTEXT_CONSTRUCTED + 3, &explicit_extensions) || tbs->len != 0)
        return "it has parts that no certificate has";
    if (explicit_extensions.data == NULL)
        return NULL;
    if (out->version != 3)
        return "it has extensions but is not of version 3";
    if (!der_take(&explicit_extensions, DER_SEQUENCE, &out->extensions) ||
        explicit_extensions.len != 0 || out->extensions.len == 0)
        return "its extensions are malformed";
    return x509_parse_extensions(out);
}

static const char *parse_tbs(struct slice tbs, struct x509 *out)
{
    if (!parse_version(&tbs, &out->version))
        return "its version is not 1, 2 or 3";
    if (!der_integer(&tbs, &out->serial))
        return "its serial number is malformed";
    if (!der_take_whole(&tbs, DER_SEQUENCE, &out->signed_alg))
        return "its signature algorithm is malformed";
    if (!der_take_whole(&tbs, DER_SEQUENCE, &out->issuer) || !x509_name_valid(out->issuer))
        return "its issuer is malformed";
    if (!parse_validity(&tbs, out))
        return "its validity is malformed";
    if (!der_take_whole(&tbs, DER_SEQUENCE, &out->subject) || !x509_name_valid(out->subject))
        return "its subject is malformed";
    if (!parse_spki(&tbs, out))
        return "its public key is malformed";
    return parse_optional_part(&tbs, out);
}

const char *x509_parse(struct x509 *out, struct slice der)
{
    struct slice tbs;
    memset(out, 0, sizeof(*out));
    out->der = der;
    out->path_length = -1;
    out->key_usage = -1;
    out->require_explicit_policy = -1;
    out->inhibit_policy_mapping = -1;
    out->inhibit_any_policy = -1;

    const char *why =
        x509_open(der, "it is not a Certificate", &out->tbs, &out->sig_alg, &out->signature, &tbs);
    if (why == NULL)
        why = parse_tbs(tbs, out);
    if (why != NULL)
        return why;
    /* RFC 5280, section 4.1.1.2; what is not signed could otherwise be exchanged. */
    if (!slice_equal(out->signed_alg, out->sig_alg))
        return "its two signature algorithms differ";
    out->issuer_hash = x509_name_hash(out->issuer);
    out->subject_hash = x509_name_hash(out->subject);
    return NULL;
}

bool x509_has(const struct x509 *x509, enum x509_ext ext)
{
    return (x509->present >> ext & 1) != 0;
}

bool x509_is_critical(const struct x509 *x509, enum x509_ext ext)
{
    return (x509->critical >> ext & 1) != 0;
}

bool x509_is_self_issued(const struct x509 *x509)
{
    return x509->subject_hash == x509->issuer_hash && x509_name_equal(x509->subject, x509->issuer);
}

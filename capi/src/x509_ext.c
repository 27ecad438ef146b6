/* The extensions of a certificate (RFC 5280, section 4.2): their structure, not their merits. */
#include "x509_point.h"

#include <string.h>

static enum x509_ext identify(struct slice oid)
{
    static const uint8_t ce[] = { 0x55, 0x1d };                               /* id-ce, 2.5.29 */
    static const uint8_t pe[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01 }; /* id-pe */
    static const struct {
        uint8_t arc;
        enum x509_ext id;
    } in_ce[] = {
        { 35, X509_AUTHORITY_KEY_ID },   { 14, X509_SUBJECT_KEY_ID },
        { 15, X509_KEY_USAGE },          { 32, X509_POLICIES },
        { 33, X509_POLICY_MAPPINGS },    { 17, X509_SUBJECT_ALT_NAME },
        { 18, X509_ISSUER_ALT_NAME },    { 9, X509_SUBJECT_DIRECTORY_ATTRIBUTES },
        { 19, X509_BASIC_CONSTRAINTS },  { 30, X509_NAME_CONSTRAINTS },
        { 36, X509_POLICY_CONSTRAINTS }, { 37, X509_EXT_KEY_USAGE },
        { 54, X509_INHIBIT_ANY_POLICY }, { 46, X509_FRESHEST_CRL },
        { 31, X509_CRL_POINTS },
    };
    if (oid.len == sizeof(ce) + 1 && memcmp(oid.data, ce, sizeof(ce)) == 0) {
        for (size_t i = 0; i < sizeof(in_ce) / sizeof(in_ce[0]); i++) {
            if (in_ce[i].arc == oid.data[sizeof(ce)])
                return in_ce[i].id;
        }
    }
    if (oid.len == sizeof(pe) + 1 && memcmp(oid.data, pe, sizeof(pe)) == 0) {
        if (oid.data[sizeof(pe)] == 1)
            return X509_AUTHORITY_INFO_ACCESS;
        if (oid.data[sizeof(pe)] == 11)
            return X509_SUBJECT_INFO_ACCESS;
        if (oid.data[sizeof(pe)] == 24)
            return X509_TLS_FEATURE;
    }
    return X509_UNKNOWN;
}

bool x509_next_extension(struct slice *extensions, struct x509_extension *out)
{
    struct slice content;
    out->critical = false;
    out->spelled_default = false;
    if (extensions->len == 0 || !der_take(extensions, DER_SEQUENCE, &content) ||
        !der_oid(&content, &out->oid))
        return false;
    if (der_next_is(content, DER_BOOLEAN)) {
        if (!der_boolean(&content, &out->critical))
            return false;
        out->spelled_default = !out->critical;
    }
    out->id = identify(out->oid);
    return der_take(&content, DER_OCTET_STRING, &out->value) && content.len == 0;
}

bool x509_next_name(struct slice *names, struct x509_general_name *out)
{
    /* Whether the choice is constructed: otherName, x400Address, directoryName, ediPartyName. */
    static const bool constructed[] = { true, false, false, true, true, true, false, false, false };
    struct slice content;
    uint8_t tag;
    unsigned number;

    if (names->len == 0 || !der_any(names, &tag, &content, NULL))
        return false;
    number = tag & 0x1fu;
    if ((tag & 0xc0) != DER_CONTEXT || number >= sizeof(constructed) / sizeof(constructed[0]) ||
        ((tag & 0x20) != 0) != constructed[number])
        return false;
    out->kind = (enum x509_name_kind)number;
    out->value = content;
    return true;
}

static bool check_name(const struct x509_general_name *name)
{
    switch (name->kind) {
    case X509_DIRECTORY:
        return x509_name_valid(name->value); /* a CHOICE is tagged explicitly: it is within */
    case X509_REGISTERED_ID:
        return der_oid_content(name->value);
    default:
        return true;
    }
}

bool x509_names_valid(struct slice names)
{
    struct x509_general_name name;
    if (names.len == 0)
        return false;
    while (names.len > 0) {
        if (!x509_next_name(&names, &name) || !check_name(&name))
            return false;
    }
    return true;
}

/* The content of a value that is one SEQUENCE and nothing else. */
static bool sequence(struct slice value, struct slice *content)
{
    return der_take(&value, DER_SEQUENCE, content) && value.len == 0;
}

static bool is_alt_name(struct slice value)
{
    struct slice names;
    return sequence(value, &names) && x509_names_valid(names);
}

static bool parse_subject_alt_name(struct slice value, struct x509 *out)
{
    out->san = value;
    return is_alt_name(value);
}

static bool parse_issuer_alt_name(struct slice value, struct x509 *out)
{
    (void)out;
    return is_alt_name(value);
}

static bool parse_authority_key_id(struct slice value, struct x509 *out)
{
    struct slice content, issuer, serial;
    if (!sequence(value, &content) ||
        !der_optional(&content, DER_CONTEXT + 0, &out->authority_key_id) ||
        !der_optional(&content, DER_CONTEXT_CONSTRUCTED + 1, &issuer) ||
        !der_optional(&content, DER_CONTEXT + 2, &serial) || content.len != 0)
        return false;
    out->authority_issuer = issuer.data != NULL;
    out->authority_serial = serial.data != NULL;
    return !out->authority_issuer || x509_names_valid(issuer);
}

static bool parse_subject_key_id(struct slice value, struct x509 *out)
{
    return der_take(&value, DER_OCTET_STRING, &out->subject_key_id) && value.len == 0;
}

static bool parse_key_usage(struct slice value, struct x509 *out)
{
    struct slice bits;
    unsigned unused;
    if (!der_bit_string(&value, &bits, &unused) || value.len != 0 || bits.len > 2)
        return false;
    out->key_usage = 0;
    for (unsigned bit = 0; bit < bits.len * 8; bit++) {
        if ((bits.data[bit / 8] >> (7 - bit % 8) & 1) != 0)
            out->key_usage |= 1 << bit;
    }
    /* X.690, section 11.2.2: the last bit of a named bit list is a one. */
    if (bits.len > 0 && (bits.data[bits.len - 1] >> unused & 1) == 0)
        out->spelled_default = true;
    return true;
}

static bool parse_basic_constraints(struct slice value, struct x509 *out)
{
    struct slice content;
    if (!sequence(value, &content))
        return false;
    out->has_basic_constraints = true;
    if (der_next_is(content, DER_BOOLEAN)) {
        if (!der_boolean(&content, &out->is_ca))
            return false;
        out->spelled_default |= !out->is_ca;
    }
    if (content.len > 0 && !der_count(&content, &out->path_length))
        return false;
    return content.len == 0;
}

static bool parse_ext_key_usage(struct slice value, struct x509 *out)
{
    struct slice content, oid;
    out->ext_key_usage = value;
    if (!sequence(value, &content) || content.len == 0)
        return false;
    while (content.len > 0) {
        if (!der_oid(&content, &oid))
            return false;
    }
    return true;
}

static bool check_subtrees(struct slice subtrees)
{
    while (subtrees.len > 0) {
        struct slice subtree;
        struct x509_general_name base;
        if (!der_take(&subtrees, DER_SEQUENCE, &subtree) || !x509_next_name(&subtree, &base) ||
            !check_name(&base) || !der_well_formed(subtree, 1))
            return false;
    }
    return true;
}

static bool parse_name_constraints(struct slice value, struct x509 *out)
{
    struct slice content, permitted, excluded;
    out->name_constraints = value;
    return sequence(value, &content) &&
           der_optional(&content, DER_CONTEXT_CONSTRUCTED + 0, &permitted) &&
           der_optional(&content, DER_CONTEXT_CONSTRUCTED + 1, &excluded) && content.len == 0 &&
           check_subtrees(permitted) && check_subtrees(excluded);
}

static bool check_qualifiers(struct slice information)
{
    struct slice qualifiers;
    if (information.len == 0)
        return true;
    if (!sequence(information, &qualifiers) || qualifiers.len == 0)
        return false;
    while (qualifiers.len > 0) {
        struct slice qualifier, oid;
        uint8_t tag;
        if (!der_take(&qualifiers, DER_SEQUENCE, &qualifier) || !der_oid(&qualifier, &oid) ||
            !der_any(&qualifier, &tag, NULL, NULL) || qualifier.len != 0)
            return false;
    }
    return true;
}

static bool parse_policies(struct slice value, struct x509 *out)
{
    struct slice content;
    out->policies = value;
    if (!sequence(value, &content) || content.len == 0)
        return false;
    while (content.len > 0) {
        struct slice information, oid;
        if (!der_take(&content, DER_SEQUENCE, &information) || !der_oid(&information, &oid) ||
            !check_qualifiers(information))
            return false;
    }
    return true;
}

static bool parse_policy_mappings(struct slice value, struct x509 *out)
{
    struct slice content;
    out->policy_mappings = value;
    if (!sequence(value, &content) || content.len == 0)
        return false;
    while (content.len > 0) {
        struct slice mapping, from, to;
        if (!der_take(&content, DER_SEQUENCE, &mapping) || !der_oid(&mapping, &from) ||
            !der_oid(&mapping, &to) || mapping.len != 0)
            return false;
    }
    return true;
}

static bool parse_policy_constraints(struct slice value, struct x509 *out)
{
    struct slice content, require, inhibit;
    return sequence(value, &content) && der_optional(&content, DER_CONTEXT + 0, &require) &&
           der_optional(&content, DER_CONTEXT + 1, &inhibit) && content.len == 0 &&
           (require.data == NULL || der_count_content(require, &out->require_explicit_policy)) &&
           (inhibit.data == NULL || der_count_content(inhibit, &out->inhibit_policy_mapping));
}

static bool parse_inhibit_any_policy(struct slice value, struct x509 *out)
{
    return der_count(&value, &out->inhibit_any_policy) && value.len == 0;
}

/* authorityInfoAccess and subjectInfoAccess. */
static bool is_access(struct slice value)
{
    struct slice content;
    if (!sequence(value, &content) || content.len == 0)
        return false;
    while (content.len > 0) {
        struct slice description, method;
        struct x509_general_name location;
        if (!der_take(&content, DER_SEQUENCE, &description) || !der_oid(&description, &method) ||
            !x509_next_name(&description, &location) || !check_name(&location) ||
            description.len != 0)
            return false;
    }
    return true;
}

static bool parse_authority_access(struct slice value, struct x509 *out)
{
    out->authority_info_access = value;
    return is_access(value);
}

static bool parse_subject_access(struct slice value, struct x509 *out)
{
    (void)out;
    return is_access(value);
}

/* Section 4.2.1.13, and the same in freshestCRL */
static bool parse_crl_points(struct slice value, struct x509 *out)
{
    out->crl_points = value;
    return x509_points_valid(value);
}

static bool parse_freshest_crl(struct slice value, struct x509 *out)
{
    (void)out;
    return x509_points_valid(value);
}

/* RFC 7633, section 4: numbers of TLS extensions. */
static bool parse_tls_feature(struct slice value, struct x509 *out)
{
    enum { STATUS_REQUEST = 5 };
    struct slice content;
    int feature;
    if (!sequence(value, &content))
        return false;
    while (content.len > 0) {
        if (!der_count(&content, &feature))
            return false;
        out->must_staple |= feature == STATUS_REQUEST;
    }
    return true;
}

/* Whether the content of an extension is what its OID promises; for those that matter here. */
static const struct {
    bool (*parse)(struct slice value, struct x509 *out);
    const char *malformed;
} parsers[X509_EXT_COUNT] = {
    [X509_AUTHORITY_KEY_ID] = { parse_authority_key_id, "its authorityKeyIdentifier is malformed" },
    [X509_SUBJECT_KEY_ID] = { parse_subject_key_id, "its subjectKeyIdentifier is malformed" },
    [X509_KEY_USAGE] = { parse_key_usage, "its keyUsage is malformed" },
    [X509_POLICIES] = { parse_policies, "its certificatePolicies are malformed" },
    [X509_POLICY_MAPPINGS] = { parse_policy_mappings, "its policyMappings are malformed" },
    [X509_SUBJECT_ALT_NAME] = { parse_subject_alt_name, "its subjectAltName is malformed" },
    [X509_ISSUER_ALT_NAME] = { parse_issuer_alt_name, "its issuerAltName is malformed" },
    [X509_BASIC_CONSTRAINTS] = { parse_basic_constraints, "its basicConstraints are malformed" },
    [X509_NAME_CONSTRAINTS] = { parse_name_constraints, "its nameConstraints are malformed" },
    [X509_POLICY_CONSTRAINTS] = { parse_policy_constraints, "its policyConstraints are malformed" },
    [X509_EXT_KEY_USAGE] = { parse_ext_key_usage, "its extKeyUsage is malformed" },
    [X509_INHIBIT_ANY_POLICY] = { parse_inhibit_any_policy, "its inhibitAnyPolicy is malformed" },
    [X509_AUTHORITY_INFO_ACCESS] = { parse_authority_access,
                                     "its authorityInfoAccess is malformed" },
    [X509_SUBJECT_INFO_ACCESS] = { parse_subject_access, "its subjectInfoAccess is malformed" },
    [X509_FRESHEST_CRL] = { parse_freshest_crl, "its freshestCRL is malformed" },
    [X509_CRL_POINTS] = { parse_crl_points, "its cRLDistributionPoints are malformed" },
    [X509_TLS_FEATURE] = { parse_tls_feature, "its TLS feature extension is malformed" },
};

/* NULL, or why not. */
static const char *parse_one(const struct x509_extension *ext, struct x509 *out)
{
    out->spelled_default |= ext->spelled_default;
    if (ext->id == X509_UNKNOWN) {
        if (ext->critical && out->unknown_critical.data == NULL)
            out->unknown_critical = ext->oid;
        return NULL;
    }
    out->present |= 1u << ext->id;
    out->critical |= (ext->critical ? 1u : 0u) << ext->id;
    if (parsers[ext->id].parse == NULL || parsers[ext->id].parse(ext->value, out))
        return NULL;
    return parsers[ext->id].malformed;
}

static bool contains(const struct slice *oids, unsigned count, struct slice oid)
{
    for (unsigned i = 0; i < count; i++) {
        if (slice_equal(oids[i], oid))
            return true;
    }
    return false;
}

const char *x509_parse_extensions(struct x509 *out)
{
    enum { MOST = 64 }; /* keeps the search for duplicates cheap; certificates have about ten */
    struct slice rest = out->extensions;
    struct slice seen[MOST];
    const char *why = NULL;
    for (unsigned count = 0; why == NULL && rest.len > 0; count++) {
        struct x509_extension ext;
        if (!x509_next_extension(&rest, &ext))
            return "its extensions are malformed";
        if (count == MOST)
            return "it has more than 64 extensions";
        if (contains(seen, count, ext.oid))
            return "it has the same extension twice";
        seen[count] = ext.oid;
        why = parse_one(&ext, out);
    }
    return why;
}

struct slice x509_san_names(const struct x509 *x509)
{
    struct slice value = x509->san;
    struct slice names = { NULL, 0 };
    if (value.data != NULL && !der_take(&value, DER_SEQUENCE, &names))
        names = (struct slice){ NULL, 0 };
    return names;
}

struct slice x509_purposes(const struct x509 *x509)
{
    struct slice value = x509->ext_key_usage;
    struct slice purposes = { NULL, 0 };
    if (value.data != NULL && !der_take(&value, DER_SEQUENCE, &purposes))
        purposes = (struct slice){ NULL, 0 };
    return purposes;
}

bool x509_has_purpose(const struct x509 *x509, struct slice oid)
{
    struct slice rest = x509_purposes(x509);
    struct slice found;
    while (rest.len > 0 && der_oid(&rest, &found)) {
        if (slice_equal(found, oid))
            return true;
    }
    return false;
}

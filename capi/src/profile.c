#include "profile.h"

#include <string.h>

#include "cert.h"
#include "constraints.h"
#include "peername.h"
#include "policy.h"
#include "text.h"
#include "uri.h"
#include "utf8.h"

void profile_broken(struct report *report, const char *section, const char *what)
{
    report_add(report, SECSOCK_PROBLEM_PROFILE, section, "%s", what);
}

bool profile_is_anchor(enum profile_role role)
{
    return role == ROLE_ANCHOR || role == ROLE_PINNED;
}

bool profile_is_leaf(enum profile_role role)
{
    return role == ROLE_LEAF || role == ROLE_PINNED;
}

/* Section 4.1.2.2. Issuers that are anchors are known by more than that: many in use have 0. */
static void check_serial(const struct validation *in, const struct x509 *x509,
                         enum profile_role role, struct report *report)
{
    enum { LONGEST = 20 };
    struct slice serial = x509->serial;
    if (serial.len > LONGEST)
        profile_broken(report, "RFC 5280, 4.1.2.2", "its serial number is longer than 20 octets");
    if (role == ROLE_ANCHOR || in->forgives_omissions)
        return;
    if (serial.data[0] >= 0x80)
        profile_broken(report, "RFC 5280, 4.1.2.2", "its serial number is negative");
    else if (serial.len == 1 && serial.data[0] == 0)
        profile_broken(report, "RFC 5280, 4.1.2.2", "its serial number is zero");
}

static bool is_utf8(struct slice text)
{
    while (text.len > 0)
        if (utf8_next(&text) == UTF8_INVALID)
            return false;
    return true;
}

static void check_name(struct slice name, const char *section, const char *what,
                       struct report *report)
{
    struct x509_name_cursor cursor;
    struct x509_attribute attribute;
    bool is_text = true;
    x509_name_begin(&cursor, name);
    while (is_text && x509_name_next(&cursor, &attribute))
        is_text = attribute.tag != DER_UTF8_STRING || is_utf8(attribute.value);
    if (!is_text)
        profile_broken(report, section, what);
}

/* Sections 4.1.2.4 to 4.1.2.6; X.690, sections 11.2.2 and 11.5 */
static void check_fields(const struct validation *in, const struct x509 *x509,
                         struct report *report)
{
    bool no_subject = x509_name_is_empty(x509->subject);
    if (x509_name_is_empty(x509->issuer))
        profile_broken(report, "RFC 5280, 4.1.2.4", "its issuer is empty");
    check_name(x509->issuer, "RFC 5280, 4.1.2.4", "its issuer has a UTF8String that is not UTF-8",
               report);
    check_name(x509->subject, "RFC 5280, 4.1.2.6", "its subject has a UTF8String that is not UTF-8",
               report);
    if (no_subject && x509->is_ca)
        profile_broken(report, "RFC 5280, 4.1.2.6", "it is a CA without a name");
    if (no_subject && !x509_is_critical(x509, X509_SUBJECT_ALT_NAME))
        profile_broken(report, "RFC 5280, 4.1.2.6",
                       "its subject is empty and it has no critical subjectAltName");
    if (x509->odd_time_form && !in->forgives_omissions)
        profile_broken(report, "RFC 5280, 4.1.2.5",
                       "it gives a date before 2050 as GeneralizedTime");
    if (x509->spelled_default)
        profile_broken(report, "X.690, 11.5", "it spells out a default that DER leaves out");
}

/* Whether a certificate is signed with its own key. Where that cannot be told its names decide. */
static bool is_self_signed(struct report *report)
{
    enum signature_result result = cert_own_signature(report->cert);
    if (result == SIGNATURE_NO_MEMORY)
        report->result = SECSOCK_E_MEMORY;
    return result == SIGNATURE_GOOD ||
           (result == SIGNATURE_UNSUPPORTED && x509_is_self_issued(&report->cert->x509));
}

/* Section 4.2.1.1: who vouches for itself need not say who does, and may not name another. */
static void check_authority_key_id(const struct validation *in, const struct x509 *x509,
                                   enum profile_role role, struct report *report)
{
    struct slice authority = x509->authority_key_id, subject = x509->subject_key_id;
    if (x509->authority_issuer != x509->authority_serial)
        profile_broken(report, "RFC 5280, 4.2.1.1",
                       "its authorityKeyIdentifier has an issuer or a serial number alone");
    if (authority.data == NULL && !in->forgives_omissions &&
        (role == ROLE_CA || !is_self_signed(report)))
        profile_broken(report, "RFC 5280, 4.2.1.1", "it has no authorityKeyIdentifier");
    if (role == ROLE_ANCHOR && authority.data != NULL && subject.data != NULL &&
        !slice_equal(authority, subject) && is_self_signed(report))
        profile_broken(report, "RFC 5280, 4.2.1.1",
                       "it is self-signed, but its two key identifiers differ");
}

/* Sections 4.2.1.2, 4.2.1.3 and 4.2.1.9 */
static void check_ca(const struct validation *in, const struct x509 *x509, struct report *report)
{
    bool signs = x509->key_usage == -1 || (x509->key_usage & KEY_USAGE_KEY_CERT_SIGN) != 0;
    if (x509->key_usage == 0)
        profile_broken(report, "RFC 5280, 4.2.1.3", "its keyUsage allows nothing");
    if (x509->key_usage > 0 && signs && !x509->is_ca)
        profile_broken(report, "RFC 5280, 4.2.1.9",
                       "its keyUsage has keyCertSign, but it is no CA");
    if (x509->path_length >= 0 && !(x509->is_ca && signs))
        profile_broken(report, "RFC 5280, 4.2.1.9",
                       "it has a path length, but is no CA that signs certificates");
    if (!x509->is_ca || in->forgives_omissions)
        return;
    if (!x509_is_critical(x509, X509_BASIC_CONSTRAINTS))
        profile_broken(report, "RFC 5280, 4.2.1.9",
                       "it is a CA, but its basicConstraints are not critical");
    if (x509->subject_key_id.data == NULL)
        profile_broken(report, "RFC 5280, 4.2.1.2", "it is a CA without a subjectKeyIdentifier");
}

/* What must be marked critical, and what must not. */
static void check_criticality(const struct validation *in, const struct x509 *x509,
                              struct report *report)
{
    static const struct {
        enum x509_ext ext;
        bool critical;
        const char *section;
        const char *otherwise;
    } rules[] = {
        { X509_AUTHORITY_KEY_ID, false, "RFC 5280, 4.2.1.1",
          "its authorityKeyIdentifier is critical" },
        { X509_SUBJECT_KEY_ID, false, "RFC 5280, 4.2.1.2", "its subjectKeyIdentifier is critical" },
        { X509_SUBJECT_DIRECTORY_ATTRIBUTES, false, "RFC 5280, 4.2.1.8",
          "its subjectDirectoryAttributes are critical" },
        { X509_FRESHEST_CRL, false, "RFC 5280, 4.2.1.15", "its freshestCRL is critical" },
        { X509_AUTHORITY_INFO_ACCESS, false, "RFC 5280, 4.2.2.1",
          "its authorityInfoAccess is critical" },
        { X509_SUBJECT_INFO_ACCESS, false, "RFC 5280, 4.2.2.2",
          "its subjectInfoAccess is critical" },
        { X509_POLICY_CONSTRAINTS, true, "RFC 5280, 4.2.1.11",
          "its policyConstraints are not critical" },
        { X509_INHIBIT_ANY_POLICY, true, "RFC 5280, 4.2.1.14",
          "its inhibitAnyPolicy is not critical" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (x509_has(x509, rules[i].ext) &&
            x509_is_critical(x509, rules[i].ext) != rules[i].critical &&
            !(rules[i].critical && in->forgives_omissions))
            profile_broken(report, rules[i].section, rules[i].otherwise);
    }
}

static const char *name_flaw(const struct validation *in, const struct x509_general_name *name)
{
    switch (name->kind) {
    case X509_DNS:
        if (!peername_is_dns(name->value, true))
            return "a DNS name in it is none";
        return in->forgives_omissions || memchr(name->value.data, '_', name->value.len) == NULL
                   ? NULL
                   : "a DNS name in it has an underscore";
    case X509_IP:
        return name->value.len == 4 || name->value.len == 16 ? NULL : "an IP address in it is none";
    case X509_URI:
        if (!uri_is_absolute(name->value))
            return "a URI in it is none";
        return text_is_ascii(name->value) ? NULL : "a URI in it is not of ASCII characters";
    case X509_EMAIL:
        if (name->value.len == 0)
            return "an e-mail address in it is empty";
        return text_is_ascii(name->value) ? NULL
                                          : "an e-mail address in it is not of ASCII characters";
    default:
        return NULL;
    }
}

/* Section 4.2.1.6 */
static void check_alt_names(const struct validation *in, const struct x509 *x509,
                            struct report *report)
{
    struct slice names = x509_san_names(x509);
    struct x509_general_name name;
    const char *flaw = NULL;
    while (flaw == NULL && x509_next_name(&names, &name))
        flaw = name_flaw(in, &name);
    if (flaw != NULL)
        report_add(report, SECSOCK_PROBLEM_PROFILE, "RFC 5280, 4.2.1.6",
                   "its subjectAltName is wrong: %s", flaw);
}

/* Section 4.2.1.10. The web bears constraints that are not critical (Baseline Requirements,
 * section 7.1.2.10.8). */
static void check_constraints(const struct validation *in, const struct x509 *x509,
                              struct report *report)
{
    bool lax = in->profile == PROFILE_WEBPKI || in->forgives_omissions;
    const char *flaw;
    if (!x509_has(x509, X509_NAME_CONSTRAINTS))
        return;
    if (!x509->is_ca)
        profile_broken(report, "RFC 5280, 4.2.1.10", "it has nameConstraints, but is no CA");
    if (!lax && !x509_is_critical(x509, X509_NAME_CONSTRAINTS))
        profile_broken(report, "RFC 5280, 4.2.1.10", "its nameConstraints are not critical");
    flaw = constraints_flaw(x509);
    if (flaw != NULL)
        report_add(report, SECSOCK_PROBLEM_PROFILE, "RFC 5280, 4.2.1.10", "its nameConstraints %s",
                   flaw);
}

/* A policy, and in *rest what qualifies it. */
static bool next_policy(struct slice *policies, struct slice *oid, struct slice *rest)
{
    return policies->len > 0 && der_take(policies, DER_SEQUENCE, rest) && der_oid(rest, oid);
}

/* What a policy may be qualified with: a pointer to a statement, or a notice to users. */
static const struct slice qualifier_cps = SLICE_OF(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x01);
static const struct slice qualifier_notice =
    SLICE_OF(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x02);

static bool is_understood(struct slice rest)
{
    struct slice qualifiers = { NULL, 0 }, qualifier, oid;
    if (rest.len > 0 && !der_take(&rest, DER_SEQUENCE, &qualifiers))
        return false;
    while (qualifiers.len > 0) {
        if (!der_take(&qualifiers, DER_SEQUENCE, &qualifier) || !der_oid(&qualifier, &oid) ||
            !(slice_equal(oid, qualifier_cps) || slice_equal(oid, qualifier_notice)))
            return false;
    }
    return true;
}

/* Section 4.2.1.4 */
static void check_policies(const struct x509 *x509, struct report *report)
{
    struct slice value = x509->policies;
    struct slice policies = { NULL, 0 }, rest;
    struct slice seen[POLICY_MOST + 1];
    unsigned count = 0;
    bool twice = false, strange = false;
    if (value.data != NULL && !der_take(&value, DER_SEQUENCE, &policies))
        return;
    while (count <= POLICY_MOST && next_policy(&policies, &seen[count], &rest)) {
        for (unsigned i = 0; i < count; i++)
            twice |= slice_equal(seen[i], seen[count]);
        strange |= !is_understood(rest);
        count++;
    }
    if (twice)
        profile_broken(report, "RFC 5280, 4.2.1.4", "it asserts the same policy twice");
    if (count > POLICY_MOST)
        profile_broken(report, "RFC 5280, 4.2.1.4", "it asserts more policies than are processed");
    if (strange && x509_is_critical(x509, X509_POLICIES))
        report_add(report, SECSOCK_PROBLEM_UNKNOWN_CRITICAL, "RFC 5280, 4.2.1.4",
                   "its certificatePolicies are critical and qualified in a way not understood");
}

/* Sections 4.2.1.5 and 4.2.1.11 */
static void check_policy_rules(const struct x509 *x509, struct report *report)
{
    if (x509_has(x509, X509_POLICY_MAPPINGS) && !x509->is_ca)
        profile_broken(report, "RFC 5280, 4.2.1.5", "it has policyMappings, but is no CA");
    if (x509_has(x509, X509_POLICY_CONSTRAINTS) && x509->require_explicit_policy == -1 &&
        x509->inhibit_policy_mapping == -1)
        profile_broken(report, "RFC 5280, 4.2.1.11", "its policyConstraints are empty");
}

void profile_check(const struct validation *in, const struct x509 *x509, const struct pubkey *key,
                   enum profile_role role, struct report *report)
{
    check_constraints(in, x509, report);
    if (role == ROLE_ANCHOR && in->vetted_anchors)
        return;
    check_serial(in, x509, role, report);
    check_fields(in, x509, report);
    check_authority_key_id(in, x509, role, report);
    check_ca(in, x509, report);
    check_criticality(in, x509, report);
    check_alt_names(in, x509, report);
    check_policies(x509, report);
    check_policy_rules(x509, report);
    if (in->profile == PROFILE_WEBPKI)
        profile_check_web(in, x509, key, role, report);
}

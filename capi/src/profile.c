#include "profile.h"

#include <string.h>

#include "constraints.h"
#include "peername.h"
#include "policy.h"
#include "signature.h"

static void broken(struct report *report, const char *what)
{
    report_add(report, SECSOCK_PROBLEM_PROFILE, "%s", what);
}

bool profile_is_anchor(enum profile_role role)
{
    return role == ROLE_ANCHOR || role == ROLE_PINNED;
}

bool profile_is_leaf(enum profile_role role)
{
    return role == ROLE_LEAF || role == ROLE_PINNED;
}

/* Section 4.1.2.2. Anchors are known by more than their number: many in use have the number 0. */
static void check_serial(const struct x509 *x509, enum profile_role role, struct report *report)
{
    enum { LONGEST = 20 };
    struct slice serial = x509->serial;
    if (profile_is_anchor(role))
        return;
    if (serial.data[0] >= 0x80)
        broken(report, "its serial number is negative");
    else if (serial.len == 1 && serial.data[0] == 0)
        broken(report, "its serial number is zero");
    if (serial.len > LONGEST)
        broken(report, "its serial number is longer than 20 octets");
}

/* Sections 4.1.2.4 to 4.1.2.6; X.690, sections 11.2.2 and 11.5 */
static void check_fields(const struct x509 *x509, struct report *report)
{
    bool no_subject = x509_name_is_empty(x509->subject);
    if (x509_name_is_empty(x509->issuer))
        broken(report, "its issuer is empty");
    if (no_subject && x509->is_ca)
        broken(report, "it is a CA without a name");
    if (no_subject && !x509_is_critical(x509, X509_SUBJECT_ALT_NAME))
        broken(report, "its subject is empty and it has no critical subjectAltName");
    if (x509->odd_time_form)
        broken(report, "it gives a date before 2050 as GeneralizedTime");
    if (x509->spelled_default)
        broken(report, "it spells out a default that DER leaves out");
}

/* Whether a certificate vouches for itself. An anchor that does not name itself as its issuer
 * may yet be signed with its own key. */
static bool is_self_signed(const struct x509 *x509, const struct pubkey *key,
                           enum profile_role role)
{
    if (role == ROLE_CA)
        return false;
    return x509_is_self_issued(x509) ||
           (profile_is_anchor(role) &&
            signature_verify(x509->sig_alg, x509->tbs, x509->signature, key) == SIGNATURE_GOOD);
}

/* Section 4.2.1.1 */
static void check_authority_key_id(const struct validation *in, const struct x509 *x509,
                                   const struct pubkey *key, enum profile_role role,
                                   struct report *report)
{
    if (x509->authority_issuer != x509->authority_serial)
        broken(report, "its authorityKeyIdentifier has an issuer or a serial number alone");
    if (x509->authority_key_id.data == NULL && !in->forgives_omissions &&
        !is_self_signed(x509, key, role))
        broken(report, "it has no authorityKeyIdentifier");
}

/* Sections 4.2.1.2, 4.2.1.3 and 4.2.1.9 */
static void check_ca(const struct validation *in, const struct x509 *x509, struct report *report)
{
    bool signs = x509->key_usage == -1 || (x509->key_usage & KEY_USAGE_KEY_CERT_SIGN) != 0;
    if (x509->key_usage == 0)
        broken(report, "its keyUsage allows nothing");
    if (x509->key_usage > 0 && signs && !x509->is_ca)
        broken(report, "its keyUsage has keyCertSign, but it is no CA");
    if (x509->path_length >= 0 && !(x509->is_ca && signs))
        broken(report, "it has a path length, but is no CA that signs certificates");
    if (!x509->is_ca || in->forgives_omissions)
        return;
    if (!x509_is_critical(x509, X509_BASIC_CONSTRAINTS))
        broken(report, "it is a CA, but its basicConstraints are not critical");
    if (x509->subject_key_id.data == NULL)
        broken(report, "it is a CA without a subjectKeyIdentifier");
}

/* What must be marked critical, and what must not. */
static void check_criticality(const struct x509 *x509, struct report *report)
{
    static const struct {
        enum x509_ext ext;
        bool critical;
        const char *otherwise;
    } rules[] = {
        { X509_AUTHORITY_KEY_ID, false, "its authorityKeyIdentifier is critical" },
        { X509_SUBJECT_KEY_ID, false, "its subjectKeyIdentifier is critical" },
        { X509_SUBJECT_DIRECTORY_ATTRIBUTES, false, "its subjectDirectoryAttributes are critical" },
        { X509_FRESHEST_CRL, false, "its freshestCRL is critical" },
        { X509_AUTHORITY_INFO_ACCESS, false, "its authorityInfoAccess is critical" },
        { X509_SUBJECT_INFO_ACCESS, false, "its subjectInfoAccess is critical" },
        { X509_POLICY_CONSTRAINTS, true, "its policyConstraints are not critical" },
        { X509_INHIBIT_ANY_POLICY, true, "its inhibitAnyPolicy is not critical" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (x509_has(x509, rules[i].ext) &&
            x509_is_critical(x509, rules[i].ext) != rules[i].critical)
            broken(report, rules[i].otherwise);
    }
}

static const char *name_flaw(const struct x509_general_name *name)
{
    switch (name->kind) {
    case X509_DNS:
        if (!peername_is_dns(name->value, true))
            return "a DNS name in it is none";
        return memchr(name->value.data, '_', name->value.len) == NULL
                   ? NULL
                   : "a DNS name in it has an underscore";
    case X509_IP:
        return name->value.len == 4 || name->value.len == 16 ? NULL : "an IP address in it is none";
    case X509_EMAIL:
    case X509_URI:
        return name->value.len > 0 ? NULL : "a name in it is empty";
    default:
        return NULL;
    }
}

/* Section 4.2.1.6 */
static void check_alt_names(const struct x509 *x509, struct report *report)
{
    struct slice names = x509_san_names(x509);
    struct x509_general_name name;
    const char *flaw = NULL;
    while (flaw == NULL && x509_next_name(&names, &name))
        flaw = name_flaw(&name);
    if (flaw != NULL)
        report_add(report, SECSOCK_PROBLEM_PROFILE, "its subjectAltName is wrong: %s", flaw);
}

/* Section 4.2.1.10. The web bears constraints that are not critical (Baseline Requirements,
 * section 7.1.2.10.8). */
static void check_constraints(const struct x509 *x509, bool web, struct report *report)
{
    const char *flaw;
    if (!x509_has(x509, X509_NAME_CONSTRAINTS))
        return;
    if (!x509->is_ca)
        broken(report, "it has nameConstraints, but is no CA");
    if (!web && !x509_is_critical(x509, X509_NAME_CONSTRAINTS))
        broken(report, "its nameConstraints are not critical");
    flaw = constraints_flaw(x509);
    if (flaw != NULL)
        report_add(report, SECSOCK_PROBLEM_PROFILE, "its nameConstraints %s", flaw);
}

static bool next_policy(struct slice *policies, struct slice *oid)
{
    struct slice information;
    return policies->len > 0 && der_take(policies, DER_SEQUENCE, &information) &&
           der_oid(&information, oid);
}

/* Section 4.2.1.4 */
static void check_policies(const struct x509 *x509, struct report *report)
{
    struct slice value = x509->policies;
    struct slice policies = { NULL, 0 }, oid, other;
    unsigned count = 0;
    bool twice = false;
    if (value.data != NULL && !der_take(&value, DER_SEQUENCE, &policies))
        return;
    while (next_policy(&policies, &oid) && ++count <= POLICY_MOST) {
        struct slice later = policies;
        while (next_policy(&later, &other))
            twice |= slice_equal(oid, other);
    }
    if (twice)
        broken(report, "it asserts the same policy twice");
    if (count > POLICY_MOST)
        broken(report, "it asserts more policies than are processed");
}

/* Sections 4.2.1.5 and 4.2.1.11 */
static void check_policy_rules(const struct x509 *x509, struct report *report)
{
    if (x509_has(x509, X509_POLICY_MAPPINGS) && !x509->is_ca)
        broken(report, "it has policyMappings, but is no CA");
    if (x509_has(x509, X509_POLICY_CONSTRAINTS) && x509->require_explicit_policy == -1 &&
        x509->inhibit_policy_mapping == -1)
        broken(report, "its policyConstraints are empty");
}

void profile_check(const struct validation *in, const struct x509 *x509, const struct pubkey *key,
                   enum profile_role role, struct report *report)
{
    bool web = in->profile == PROFILE_WEBPKI;
    check_constraints(x509, web, report);
    if (role == ROLE_ANCHOR && in->vetted_anchors)
        return;
    check_serial(x509, role, report);
    check_fields(x509, report);
    check_authority_key_id(in, x509, key, role, report);
    check_ca(in, x509, report);
    check_criticality(x509, report);
    check_alt_names(x509, report);
    check_policies(x509, report);
    check_policy_rules(x509, report);
    if (web)
        profile_check_web(in, x509, key, role, report);
}

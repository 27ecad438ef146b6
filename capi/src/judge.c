#include "judge.h"

#include "civil.h"
#include "constraints.h"
#include "name_text.h"
#include "oid.h"
#include "policy.h"

enum { RSA_LEAST = 2048, RSA_MOST = 8192 };

enum profile_role judge_role(const struct path *path, size_t index)
{
    bool anchor = path->end == PATH_ANCHORED && index + 1 == path->count;
    if (index == 0)
        return anchor ? ROLE_PINNED : ROLE_LEAF;
    return anchor ? ROLE_ANCHOR : ROLE_CA;
}

bool judge_holds(const secsock_store *store, const struct x509 *x509)
{
    const secsock_cert *cert;
    size_t cursor = 0;
    while ((cert = store_find_subject(store, x509->subject, x509->subject_hash, &cursor)) != NULL) {
        if (slice_equal(cert->x509.der, x509->der))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------- a certificate by itself */

/* Section 4.1.2.5: both ends are part of the time it is valid for. */
static void check_time(const struct validation *in, const struct x509 *x509, struct report *report)
{
    char when[CIVIL_TEXT_SIZE], span[CIVIL_TEXT_SIZE];
    if (in->time > x509->not_after) {
        civil_text(x509->not_after, when);
        civil_span_text(in->time - x509->not_after, span);
        report_add(report, SECSOCK_PROBLEM_EXPIRED, NULL, "expired on %s, %s ago", when, span);
    }
    if (in->time < x509->not_before) {
        civil_text(x509->not_before, when);
        civil_span_text(x509->not_before - in->time, span);
        report_add(report, SECSOCK_PROBLEM_NOT_YET_VALID, NULL, "not valid before %s, in %s", when,
                   span);
    }
}

static void check_rsa(const struct pubkey *key, struct report *report)
{
    if (key->bits < RSA_LEAST)
        report_add(report, SECSOCK_PROBLEM_WEAK_KEY, NULL,
                   "its RSA key has %d bits, %d are the least", key->bits, RSA_LEAST);
    if (key->bits > RSA_MOST)
        report_add(report, SECSOCK_PROBLEM_UNSUPPORTED, NULL,
                   "its RSA key has %d bits, %d are the most", key->bits, RSA_MOST);
    if ((key->exponent.data[key->exponent.len - 1] & 1) == 0 ||
        (key->exponent.len == 1 && key->exponent.data[0] < 3))
        report_add(report, SECSOCK_PROBLEM_WEAK_KEY, "RFC 8017, 3.1",
                   "the exponent of its RSA key is even or 1");
}

static void check_ec(const struct pubkey *key, struct report *report)
{
    char oid[64];
    const char *name;
    if (key->explicit_curve)
        report_add(report, SECSOCK_PROBLEM_PROFILE, "RFC 5480, 2.1.1",
                   "its key spells out a curve and does not name it");
    if (key->explicit_curve || key->curve != CURVE_OTHER)
        return;
    name = oid_name(key->curve_oid);
    oid_text(key->curve_oid, oid, sizeof(oid));
    report_add(report, SECSOCK_PROBLEM_WEAK_KEY, "RFC 8446, 4.2.3",
               "its key is on the curve %s, not on P-256, P-384 or P-521",
               name != NULL ? name : oid);
}

static void check_key(const struct x509 *x509, const struct pubkey *key, struct report *report)
{
    struct slice oid = { NULL, 0 }, parameters;
    char text[64];
    if (key->malformed) {
        report_add(report, SECSOCK_PROBLEM_MALFORMED, "RFC 5280, 4.1.2.7",
                   "its public key is malformed");
        return;
    }
    switch (key->kind) {
    case PUBKEY_RSA:
    case PUBKEY_RSA_PSS:
        check_rsa(key, report);
        break;
    case PUBKEY_EC:
        check_ec(key, report);
        break;
    case PUBKEY_OTHER:
        oid_algorithm(x509->key_alg, &oid, &parameters);
        oid_text(oid, text, sizeof(text));
        report_add(report, SECSOCK_PROBLEM_UNSUPPORTED, "RFC 5280, 4.1.2.7",
                   "its key is of a kind (%s) %s", text, "that cannot be used here");
        break;
    case PUBKEY_ED25519:
    case PUBKEY_ED448:
        break;
    }
}

/* Nobody needs to forge the signature of a trust anchor, or is helped by its strength. */
static void check_digest(const struct x509 *x509, struct report *report)
{
    const char *digest = signature_digest(x509->sig_alg);
    if (signature_digest_is_broken(digest))
        report_add(report, SECSOCK_PROBLEM_WEAK_SIGNATURE, NULL, "it is signed with %s", digest);
}

static void check_critical(const struct x509 *x509, struct report *report)
{
    char oid[64];
    if (x509->unknown_critical.data == NULL)
        return;
    oid_text(x509->unknown_critical, oid, sizeof(oid));
    report_add(report, SECSOCK_PROBLEM_UNKNOWN_CRITICAL, NULL,
               "its extension %s is critical and not understood", oid);
}

static bool allows(const struct x509 *x509, struct slice purpose)
{
    return !x509_has(x509, X509_EXT_KEY_USAGE) || x509_has_purpose(x509, purpose) ||
           x509_has_purpose(x509, profile_any_purpose);
}

/* Section 4.2.1.12. An issuer that has it issues for these purposes alone, which is what every
 * other validator makes of it, although the RFC is silent. */
static void check_purpose(const struct validation *in, const struct x509 *x509, bool leaf,
                          struct report *report)
{
    bool server = in->purpose != PURPOSE_CLIENT;
    if (in->purpose == PURPOSE_ANY ||
        allows(x509, server ? profile_server_auth : profile_client_auth))
        return;
    report_add(report, SECSOCK_PROBLEM_WRONG_USAGE, NULL, "%s %s (extKeyUsage)",
               leaf ? "may not be used by a" : "may not issue certificates for a",
               server ? "server" : "client");
}

/* RFC 8446, section 4.4.2.2: the key of a peer signs. That of a CA which serves as a peer does. */
static void check_leaf_usage(const struct x509 *x509, struct report *report)
{
    int signs = KEY_USAGE_DIGITAL_SIGNATURE | (x509->is_ca ? KEY_USAGE_KEY_CERT_SIGN : 0);
    if (x509->key_usage >= 0 && (x509->key_usage & signs) == 0)
        report_add(report, SECSOCK_PROBLEM_WRONG_USAGE, "RFC 8446, 4.4.2.2",
                   "its key may not be used for digital signatures (keyUsage)");
}

static void check_ca(const struct x509 *x509, struct report *report)
{
    if (!x509->is_ca)
        report_add(
            report, SECSOCK_PROBLEM_NOT_A_CA, NULL, "it issues certificates, but is no CA (%s)",
            x509->has_basic_constraints ? "basicConstraints say so" : "it has no basicConstraints");
    if (x509->key_usage >= 0 && (x509->key_usage & KEY_USAGE_KEY_CERT_SIGN) == 0)
        report_add(report, SECSOCK_PROBLEM_WRONG_USAGE, "RFC 5280, 4.2.1.3",
                   "its key may not be used to sign certificates (keyUsage)");
}

void judge_cert(const struct validation *in, const struct pubkey *key, enum profile_role role,
                struct report *report)
{
    const struct x509 *x509 = &report->cert->x509;
    bool leaf = profile_is_leaf(role);
    if (judge_holds(in->disallowed, x509))
        report_add(report, SECSOCK_PROBLEM_DISALLOWED, NULL,
                   "it is in the store of distrusted ones");
    check_time(in, x509, report);
    check_key(x509, key, report);
    if (!profile_is_anchor(role))
        check_digest(x509, report);
    check_critical(x509, report);
    check_purpose(in, x509, leaf, report);
    if (!leaf)
        check_ca(x509, report);
    else if (in->purpose != PURPOSE_ANY)
        check_leaf_usage(x509, report);
    profile_check(in, x509, key, role, report);
}

/* ------------------------------------------------------------------------------------ a path */

static void check_signature(const struct link *link, const struct link *issuer,
                            struct report *report)
{
    char name[NAME_TEXT_SIZE], oid_buffer[64];
    struct slice oid = { NULL, 0 }, parameters;
    if (link->signature == SIGNATURE_BAD)
        report_add(report, SECSOCK_PROBLEM_BAD_SIGNATURE, NULL,
                   "it was not signed with the key of %s",
                   name_in_words(issuer->cert->x509.subject, name));
    if (link->signature != SIGNATURE_UNSUPPORTED)
        return;
    oid_algorithm(link->cert->x509.sig_alg, &oid, &parameters);
    oid_text(oid, oid_buffer, sizeof(oid_buffer));
    report_add(report, SECSOCK_PROBLEM_UNSUPPORTED, "RFC 5280, 4.1.1.2",
               "its signature (%s) by the key of %s cannot be checked here",
               oid_name(oid) != NULL ? oid_name(oid) : oid_buffer,
               name_in_words(issuer->cert->x509.subject, name));
}

/* Section 4.2.1.2: the issuer's own identifier is what its certificates are to carry. */
static void check_key_ids(const struct x509 *x509, const struct x509 *issuer, struct report *report)
{
    if (x509->authority_key_id.data != NULL && issuer->subject_key_id.data != NULL &&
        !slice_equal(x509->authority_key_id, issuer->subject_key_id))
        report_add(report, SECSOCK_PROBLEM_PROFILE, "RFC 5280, 4.2.1.1",
                   "its authorityKeyIdentifier is not its issuer's subjectKeyIdentifier");
}

/* How many more CAs may stand below, from the anchor on; self-issued ones are not counted. */
struct depth {
    int left; /* -1: no limit */
    const struct x509 *limited_by;
};

/* Section 6.1.4 (l) and (m), for one CA after the other from the anchor down. */
static void check_depth(struct depth *depth, const struct x509 *ca, bool anchor,
                        struct report *report)
{
    char name[NAME_TEXT_SIZE];
    bool counts = !anchor && !x509_is_self_issued(ca);
    if (counts && depth->left == 0)
        report_add(report, SECSOCK_PROBLEM_PATH_TOO_LONG, NULL, "no CA may stand here: %s %s",
                   depth->limited_by != NULL ? name_in_words(depth->limited_by->subject, name)
                                             : "the depth",
                   depth->limited_by != NULL ? "limits the path" : "is limited");
    if (counts && depth->left > 0)
        depth->left--;
    if (ca->path_length >= 0 && (depth->left < 0 || ca->path_length < depth->left))
        *depth = (struct depth){ ca->path_length, ca };
}

static void report_constraint(enum constraints_result result, const struct x509 *ca,
                              const struct x509_general_name *name, struct report *report)
{
    static const char *const why[] = {
        [CONSTRAINTS_EXCLUDED] = "excludes",
        [CONSTRAINTS_NOT_PERMITTED] = "does not permit",
        [CONSTRAINTS_UNCLEAR] = "constrains in a way that cannot be checked",
    };
    char issuer[NAME_TEXT_SIZE], buffer[NAME_TEXT_SIZE];
    struct text text;
    if (result == CONSTRAINTS_TOO_COMPLEX) {
        report_add(report, SECSOCK_PROBLEM_TOO_COMPLEX, NULL,
                   "there are too many names and name constraints to compare");
        return;
    }
    text_begin(&text, buffer, sizeof(buffer));
    if (name->kind == X509_DIRECTORY)
        name_text(&text, name->value);
    else if (name->kind == X509_IP)
        text_add_ip(&text, name->value);
    else
        text_add_bytes(&text, name->value);
    report_add(report, SECSOCK_PROBLEM_NAME_CONSTRAINT, NULL, "issued for %s, which %s %s", buffer,
               name_in_words(ca->subject, issuer), why[result]);
}

/* Section 6.1.3 (b) and (c), of one certificate against each CA above it. */
static void check_constraints(const struct path *path, size_t index, size_t *work,
                              struct report *report)
{
    const struct x509 *x509 = &path->links[index].cert->x509;
    if (index > 0 && x509_is_self_issued(x509))
        return;
    for (size_t i = path->count - 1; i > index; i--) {
        const struct x509 *ca = &path->links[i].cert->x509;
        struct x509_general_name name;
        enum constraints_result result;
        if (!x509_has(ca, X509_NAME_CONSTRAINTS))
            continue;
        result = constraints_check(ca, x509, work, &name);
        if (result != CONSTRAINTS_MET)
            report_constraint(result, ca, &name, report);
    }
}

/* RFC 7469, section 2.6 */
static void check_pins(const struct path *path, struct report *report)
{
    for (size_t i = 0; i < path->count; i++) {
        if (path->links[i].pinned)
            return;
    }
    report->cert = NULL;
    report_add(report, SECSOCK_PROBLEM_NOT_PINNED, NULL,
               "none of the %zu keys on its path is one that was asked for", path->count);
}

void judge_path(const struct validation *in, const struct path *path, size_t *work,
                struct report *report)
{
    struct depth depth = { in->limit_intermediates ? in->max_intermediates : -1, NULL };
    bool anchored = path->end == PATH_ANCHORED;
    struct policy_state policies;
    policy_begin(&policies, path->count - (anchored ? 1 : 0), work);
    for (size_t i = path->count; i-- > 0;) {
        const struct link *link = &path->links[i];
        bool anchor = anchored && i + 1 == path->count;
        report->cert = link->cert;
        if (i + 1 < path->count) {
            check_signature(link, link + 1, report);
            check_key_ids(&link->cert->x509, &link[1].cert->x509, report);
            check_constraints(path, i, work, report);
        }
        if (i > 0)
            check_depth(&depth, &link->cert->x509, anchor, report);
        if (!anchor)
            policy_step(&policies, &link->cert->x509, i == 0, report);
    }
    if (in->required_pins != NULL)
        check_pins(path, report);
}

/* The CA/Browser Forum's Baseline Requirements for TLS server certificates; sections are theirs.
 * Only what tells a certificate that no public CA should have issued, and what a machine can see.
 */
#include "profile.h"

#include <string.h>

#include "peername.h"
#include "signature.h"
#include "text.h"

#define PURPOSE(...) SLICE_OF(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, __VA_ARGS__)

const struct slice profile_server_auth = PURPOSE(1);
const struct slice profile_client_auth = PURPOSE(2);
const struct slice profile_any_purpose = SLICE_OF(0x55, 0x1d, 0x25, 0x00);

/* Sections 6.1.5 and 6.1.6 */
static void check_key(const struct pubkey *key, struct report *report)
{
    if (key->kind == PUBKEY_RSA && key->bits % 8 != 0)
        report_add(report, SECSOCK_PROBLEM_PROFILE, "BR 6.1.5",
                   "its RSA key has %d bits, which is no multiple of 8", key->bits);
    if (key->kind != PUBKEY_RSA && key->kind != PUBKEY_EC)
        profile_broken(report, "BR 6.1.5", "its key is neither RSA nor on a NIST curve");
}

/* Section 7.1.3.2 */
static void check_signature(const struct x509 *x509, struct report *report)
{
    const char *digest = signature_digest(x509->sig_alg);
    if (digest != NULL && strcmp(digest, "SHA-224") == 0)
        profile_broken(report, "BR 7.1.3.2", "it is signed with SHA-224");
}

/* Sections 7.1.2.1.3 and 7.1.2.11.1; profile_check() sees to the rest. */
static void check_authority_key_id(const struct x509 *x509, enum profile_role role,
                                   struct report *report)
{
    if (x509->authority_issuer || x509->authority_serial)
        profile_broken(report, "BR 7.1.2.11.1",
                       "its authorityKeyIdentifier names a certificate and not only a key");
    if (role == ROLE_ANCHOR && x509_has(x509, X509_AUTHORITY_KEY_ID) &&
        x509->authority_key_id.data == NULL)
        profile_broken(report, "BR 7.1.2.1.3", "its authorityKeyIdentifier has no keyIdentifier");
}

/* Section 7.1.2.1 and the like; 7.1: a serial number has 64 random bits at least. That it is below
 * 2^24 happens to one in 2^40 that do. */
static void check_fields(const struct x509 *x509, enum profile_role role, struct report *report)
{
    enum { SHORTEST = 4 };
    if (x509->version != 3)
        profile_broken(report, "BR 7.1.1", "it is not of version 3");
    if (x509->has_unique_ids)
        profile_broken(report, "BR 7.1.2", "it has unique identifiers beside its names");
    if (!profile_is_anchor(role) && x509->serial.len < SHORTEST)
        profile_broken(report, "BR 7.1", "its serial number is too short to be random");
    if (x509_is_critical(x509, X509_CRL_POINTS))
        profile_broken(report, "BR 7.1.2.11.2", "its cRLDistributionPoints are critical");
}

/* Sections 7.1.2.1.2 and 7.1.2.10: what is asked of CAs. */
static void check_ca(const struct x509 *x509, enum profile_role role, struct report *report)
{
    if (!x509_has(x509, X509_KEY_USAGE))
        profile_broken(report, "BR 7.1.2.10.7", "it is a CA without keyUsage");
    if (role == ROLE_ANCHOR && x509_is_self_issued(x509) && x509_has(x509, X509_EXT_KEY_USAGE))
        profile_broken(report, "BR 7.1.2.1.2", "it is a root with an extKeyUsage");
}

static const struct {
    struct slice oid;
    const char *text;
} forbidden[] = {
    { PURPOSE(3), "its extKeyUsage has codeSigning" },
    { PURPOSE(4), "its extKeyUsage has emailProtection" },
    { PURPOSE(8), "its extKeyUsage has timeStamping" },
    { PURPOSE(9), "its extKeyUsage has OCSPSigning" },
};

/* Section 7.1.2.7.10 */
static void check_purposes(const struct x509 *x509, struct report *report)
{
    if (!x509_has(x509, X509_EXT_KEY_USAGE))
        profile_broken(report, "BR 7.1.2.7.10", "it has no extKeyUsage");
    if (x509_is_critical(x509, X509_EXT_KEY_USAGE))
        profile_broken(report, "BR 7.1.2.7.10", "its extKeyUsage is critical");
    if (x509_has_purpose(x509, profile_any_purpose))
        profile_broken(report, "BR 7.1.2.7.10", "its extKeyUsage has anyExtendedKeyUsage");
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
        if (x509_has_purpose(x509, forbidden[i].oid))
            profile_broken(report, "BR 7.1.2.7.10", forbidden[i].text);
    }
}

/* RFC 5890, section 2.3.1: "--" in the third place is kept for A-labels. */
static bool has_reserved_label(struct slice name)
{
    for (size_t start = 0, i = 0; i <= name.len; i++) {
        if (i < name.len && name.data[i] != '.')
            continue;
        if (i - start >= 4 && memcmp(name.data + start + 2, "--", 2) == 0 &&
            ((name.data[start] | 0x20) != 'x' || (name.data[start + 1] | 0x20) != 'n'))
            return true;
        start = i + 1;
    }
    return false;
}

/* Section 7.1.2.7.12: no names but of hosts. */
static void check_alt_names(const struct x509 *x509, struct report *report)
{
    struct slice names = x509_san_names(x509);
    struct x509_general_name name;
    bool others = false, reserved = false;
    if (!x509_has(x509, X509_SUBJECT_ALT_NAME))
        profile_broken(report, "BR 7.1.2.7.12", "it has no subjectAltName");
    if (x509_is_critical(x509, X509_SUBJECT_ALT_NAME) && !x509_name_is_empty(x509->subject))
        profile_broken(report, "BR 7.1.2.7.12",
                       "its subjectAltName is critical although it has a subject");
    while (x509_next_name(&names, &name)) {
        others |= name.kind != X509_DNS && name.kind != X509_IP;
        reserved |= name.kind == X509_DNS && has_reserved_label(name.value);
    }
    if (others)
        profile_broken(report, "BR 7.1.2.7.12",
                       "its subjectAltName holds names that are not of hosts");
    if (reserved)
        profile_broken(report, "BR 7.1.2.7.12",
                       "its subjectAltName holds a name with \"--\" where only A-labels have it");
}

/* Whether the common name repeats one of the names of subjectAltName, an address as text. */
static bool is_alt_name(const struct x509 *x509, struct slice common_name)
{
    struct slice names = x509_san_names(x509);
    struct x509_general_name name;
    char address[64];
    struct text text;
    while (x509_next_name(&names, &name)) {
        if (name.kind == X509_DNS && slice_equal(name.value, common_name))
            return true;
        if (name.kind != X509_IP)
            continue;
        text_begin(&text, address, sizeof(address));
        text_add_ip(&text, name.value);
        if (slice_equal((struct slice){ (const uint8_t *)address, strlen(address) }, common_name))
            return true;
    }
    return false;
}

/* Section 7.1.4.3 */
static void check_common_name(const struct x509 *x509, struct report *report)
{
    static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
    struct x509_name_cursor cursor;
    struct x509_attribute attribute;
    unsigned count = 0;
    bool strange = false;
    x509_name_begin(&cursor, x509->subject);
    while (x509_name_next(&cursor, &attribute)) {
        if (!slice_equal(attribute.type, (struct slice){ common_name, sizeof(common_name) }))
            continue;
        if (++count == 1) /* one is allowed, so that the work is bounded */
            strange = !is_alt_name(x509, attribute.value);
    }
    if (strange)
        profile_broken(report, "BR 7.1.4.3", "its common name is none of its subjectAltNames");
    if (count > 1)
        profile_broken(report, "BR 7.1.4.3", "it has more than one common name");
}

static void check_leaf(const struct x509 *x509, struct report *report)
{
    if (x509->is_ca)
        profile_broken(report, "BR 7.1.2.7.8", "it is a CA, which no peer may be");
    if (x509->key_usage > 0 && (x509->key_usage & KEY_USAGE_CRL_SIGN) != 0)
        profile_broken(report, "BR 7.1.2.7.11",
                       "its key may sign revocation lists, which no peer's may");
    check_purposes(x509, report);
    check_alt_names(x509, report);
    check_common_name(x509, report);
}

void profile_check_web(const struct validation *in, const struct x509 *x509,
                       const struct pubkey *key, enum profile_role role, struct report *report)
{
    check_fields(x509, role, report);
    check_key(key, report);
    check_authority_key_id(x509, role, report);
    if (!profile_is_anchor(role))
        check_signature(x509, report);
    if (!profile_is_leaf(role))
        check_ca(x509, role, report);
    else if (in->purpose != PURPOSE_CLIENT)
        check_leaf(x509, report);
}

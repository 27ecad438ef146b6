/* validate(): what is wrong with a peer's certificates, all of it, each with the right one. */
#include "example_run.h"

static const struct mint root = MINT(.cn = "Root", .ca = true);
static const struct mint stranger = MINT(.cn = "Stranger", .ca = true, .number = 1);
static const struct mint inter = MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2);
static const struct mint leaf = MINT(.by = &inter, .number = 3);

/* One intermediate and a leaf under it, the first of them special. */
static const struct mint inter_expired = MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2,
                                              .to = "20250101000000Z", .variant = 1);
static const struct mint inter_no_ca = MINT(.cn = "Inter", .by = &root, .number = 2, .eku = "");
static const struct mint inter_short =
    MINT(.cn = "Inter", .by = &root, .ca = true, .cas_below = 1, .number = 2);
static const struct mint lower = MINT(.cn = "Lower", .by = &inter_short, .ca = true, .number = 4);
static const struct mint renewed = MINT(.cn = "Inter", .by = &inter_short, .ca = true, .number = 5);
static const struct mint inter_client =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .eku = "client");
static const struct mint inter_crl_only =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .usage = 1 << 6);
static const struct mint inter_by_stranger =
    MINT(.cn = "Inter", .by = &stranger, .ca = true, .number = 2, .variant = 2);
static const struct mint inter_rekeyed =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 6, .variant = 3);
static const struct mint inter_no_ids =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 6, .variant = 4, .flaws = MINT_NO_SKI);
static const struct mint inter_sha1 =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .digest = MINT_SHA1);
static const struct mint inter_printable =
    MINT(.cn = "  iNTER ", .by = &root, .ca = true, .number = 2, .flaws = MINT_PRINTABLE);
static const struct mint root_sha1 = MINT(.cn = "Root", .ca = true, .digest = MINT_SHA1);
static const struct mint self_plain =
    MINT(.cn = "Self", .number = 7, .flaws = MINT_NO_SKI | MINT_NO_AKI);
static const struct mint self_other =
    MINT(.cn = "Self", .number = 8, .flaws = MINT_NO_SKI | MINT_NO_AKI);
static const struct mint self_weak = MINT(.kind = MINT_RSA_1024);
static const struct mint root_rsa = MINT(.cn = "Root", .ca = true, .kind = MINT_RSA);
static const struct mint root_quaint =
    MINT(.cn = "Root", .ca = true, .flaws = MINT_NO_SKI | MINT_BASIC_NOT_CRITICAL);
static const struct mint root_expired = MINT(.cn = "Root", .ca = true, .to = "20250101000000Z");
static const struct mint root_policy = MINT(.cn = "Root", .ca = true);
static const struct mint inter_policy = MINT(.cn = "Inter", .by = &root_policy, .ca = true,
                                             .number = 2, .policies = "1", .explicit_policy = 1);
static const struct mint inter_any = MINT(.cn = "Inter", .by = &root_policy, .ca = true,
                                          .number = 2, .policies = "*", .explicit_policy = 1);

/* Names within limits. */
static const struct mint ca_dns = MINT(.cn = "Root", .ca = true, .constraints = "+dns:example");
static const struct mint ca_no_dns =
    MINT(.cn = "Root", .ca = true, .constraints = "-dns:a.example");
static const struct mint ca_ip =
    MINT(.cn = "Root", .ca = true, .constraints = "+ip:0a000000ff000000");
static const struct mint ca_dir = MINT(.cn = "Root", .ca = true, .constraints = "+dir:Leaf");
static const struct mint ca_email =
    MINT(.cn = "Root", .ca = true, .constraints = "+email:a.example");
static const struct mint ca_uri = MINT(.cn = "Root", .ca = true, .constraints = "-uri:.a.example");
static const struct mint ca_other =
    MINT(.cn = "Root", .ca = true, .constraints = "-other:06032a0304");
static const struct mint ca_odd = MINT(.cn = "Root", .ca = true, .constraints = "+dns:.example");
static const struct mint ca_lax = MINT(.cn = "Root", .ca = true, .constraints = "+dns:example",
                                       .flaws = MINT_CONSTRAINTS_NOT_CRITICAL);

/* Two CAs that have certified each other, and nobody else them. */
static const struct mint ring_b = MINT(.cn = "B", .ca = true, .number = 11, .issuer_cn = "A");
static const struct mint ring_a = MINT(.cn = "A", .by = &ring_b, .ca = true, .number = 10);
static const struct mint ring_c = MINT(.cn = "B", .by = &ring_a, .ca = true, .number = 11);

static const struct mint self = MINT(.cn = "Self", .number = 7);
static const struct mint self_ca =
    MINT(.cn = "Self", .number = 7, .ca = true, .san = "dns:a.example");

static const struct example paths[] = {
    { "a good chain is good", CHAIN(&leaf, &inter), ANCHORS(&root), SERVER, .want = "",
      .path = "Leaf Inter Root" },
    { "the root may be sent", CHAIN(&leaf, &inter, &root), ANCHORS(&root), SERVER, .want = "",
      .path = "Leaf Inter Root" },
    { "the order of what is sent does not matter", CHAIN(&leaf, &root, &inter), ANCHORS(&root),
      SERVER, .want = "", .path = "Leaf Inter Root" },
    { "nor do duplicates", CHAIN(&leaf, &leaf, &inter, &inter), ANCHORS(&root), SERVER, .want = "",
      .path = "Leaf Inter Root" },
    { "nor do certificates of others", CHAIN(&leaf, &stranger, &self, &inter), ANCHORS(&root),
      SERVER, .want = "", .path = "Leaf Inter Root" },
    { "an intermediate of our own completes a chain", CHAIN(&leaf), ANCHORS(&root), .extra = &inter,
      SERVER, .want = "", .path = "Leaf Inter Root" },
    { "an intermediate may be the anchor", CHAIN(&leaf), ANCHORS(&inter), SERVER, .want = "",
      .path = "Leaf Inter" },
    { "a leaf may be the anchor", CHAIN(&self), ANCHORS(&self), SERVER, .want = "",
      .path = "Self" },
    { "also one that is marked a CA", CHAIN(&self_ca), ANCHORS(&self_ca), SERVER, .want = "",
      .path = "Self" },
    { "a leaf that another CA issued may be the anchor", CHAIN(&leaf), ANCHORS(&leaf), SERVER,
      .want = "", .path = "Leaf" },
    { "an anchor as leaf is still issued for one name only", CHAIN(&self), ANCHORS(&self),
      .name = "b", SERVER, .want = "name_mismatch@Self" },
};

static const struct example trust[] = {
    { "nothing sent is one problem", NOTHING, ANCHORS(&root), SERVER, .want = "no_certificate@-" },
    { "without an anchor the issuer is unknown", CHAIN(&leaf, &inter), ANCHORS(&stranger), SERVER,
      .want = "issuer_unknown@Inter", .path = "Leaf Inter" },
    { "without any anchor too", CHAIN(&leaf, &inter), NOTHING, SERVER,
      .want = "issuer_unknown@Inter" },
    { "a missing intermediate leaves the leaf's issuer unknown", CHAIN(&leaf), ANCHORS(&root),
      SERVER, .want = "issuer_unknown@Leaf", .path = "Leaf" },
    { "a root that is sent but not an anchor is told apart", CHAIN(&leaf, &inter, &root),
      ANCHORS(&stranger), SERVER, .want = "issuer_unknown@Root", .path = "Leaf Inter Root" },
    { "a self-signed leaf is told apart", CHAIN(&self), ANCHORS(&root), SERVER,
      .want = "self_signed@Self" },
    { "an anchor of its name with another key changes nothing about that", CHAIN(&self_plain),
      ANCHORS(&self_other), SERVER, .want = "self_signed@Self" },
    { "three things wrong are three problems",
      CHAIN(LEAF(.by = &inter, .to = "20251221120000Z"), &inter), ANCHORS(&stranger),
      .name = "b.example", SERVER, .want = "expired@Leaf name_mismatch@Leaf issuer_unknown@Inter" },
    { "the name is checked whatever else is wrong", CHAIN(&self), NOTHING, .name = "b.example",
      SERVER, .want = "self_signed@Self name_mismatch@Self" },
    { "a server without a name to check is a problem", CHAIN(&leaf, &inter), ANCHORS(&root),
      .name = "", SERVER, .want = "name_unchecked@Leaf" },
    { "a client needs none", CHAIN(LEAF(.by = &inter, .eku = "client"), &inter), ANCHORS(&root),
      .name = "", .purpose = PURPOSE_CLIENT, .want = "" },
    { "a name that is none is a problem", CHAIN(&leaf, &inter), ANCHORS(&root), .name = "*.example",
      SERVER, .want = "name_mismatch@Leaf" },
    { "the common name is never looked at",
      CHAIN(LEAF(.by = &inter, .cn = "a.example", .san = ""), &inter), ANCHORS(&root), SERVER,
      .want = "name_mismatch@a.example" },
};

static const struct example times[] = {
    { "an expired intermediate is reported", CHAIN(&leaf, &inter_expired), ANCHORS(&root), SERVER,
      .want = "expired@Inter" },
    { "unless another way round it exists", CHAIN(&leaf, &inter_expired, &inter), ANCHORS(&root),
      SERVER, .want = "", .path = "Leaf Inter Root" },
    { "a certificate is valid until its last second",
      CHAIN(LEAF(.by = &inter, .to = "20260102120000Z"), &inter), ANCHORS(&root), SERVER,
      .want = "" },
    { "and not one second more", CHAIN(LEAF(.by = &inter, .to = "20260102115959Z"), &inter),
      ANCHORS(&root), SERVER, .want = "expired@Leaf" },
    { "it is valid from its first second",
      CHAIN(LEAF(.by = &inter, .from = "20260102120000Z"), &inter), ANCHORS(&root), SERVER,
      .want = "" },
    { "and not one second before", CHAIN(LEAF(.by = &inter, .from = "20260102120001Z"), &inter),
      ANCHORS(&root), SERVER, .want = "not_yet_valid@Leaf" },
    { "an anchor expires too", CHAIN(LEAF(.by = &root_expired)), ANCHORS(&root_expired), SERVER,
      .want = "expired@Root" },
};

static const struct example issuers[] = {
    { "a cross-signed intermediate leads to the anchor that is known",
      CHAIN(&leaf, &inter_by_stranger, &inter), ANCHORS(&root), SERVER, .want = "",
      .path = "Leaf Inter Root" },
    { "whichever that is", CHAIN(&leaf, &inter, &inter_by_stranger), ANCHORS(&stranger), SERVER,
      .want = "", .path = "Leaf Inter Stranger" },
    { "an intermediate of the same name with another key is passed over",
      CHAIN(&leaf, &inter_rekeyed, &inter), ANCHORS(&root), SERVER, .want = "" },
    { "alone it is not the issuer", CHAIN(&leaf, &inter_rekeyed), ANCHORS(&root), SERVER,
      .want = "issuer_unknown@Leaf", .path = "Leaf" },
    { "without key identifiers it signed badly", CHAIN(&leaf, &inter_no_ids), ANCHORS(&root),
      SERVER, .want = "bad_signature@Leaf profile@Inter" },
    { "a bit turned in the leaf's signature",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_BAD_SIGNATURE), &inter), ANCHORS(&root), SERVER,
      .want = "bad_signature@Leaf" },
    { "CAs that certify each other lead nowhere", CHAIN(LEAF(.by = &ring_a), &ring_a, &ring_c),
      ANCHORS(&root), SERVER, .want = "issuer_unknown@B", .path = "Leaf A B" },
};

static const struct example limits[] = {
    { "an issuer must be a CA", CHAIN(&leaf, &inter_no_ca), ANCHORS(&root), SERVER,
      .want = "not_a_ca@Inter wrong_usage@Inter" },
    { "and may sign certificates", CHAIN(&leaf, &inter_crl_only), ANCHORS(&root), SERVER,
      .want = "wrong_usage@Inter" },
    { "and for this purpose", CHAIN(&leaf, &inter_client), ANCHORS(&root), SERVER,
      .want = "wrong_usage@Inter" },
    { "a path longer than allowed names the CA that is too many",
      CHAIN(LEAF(.by = &lower), &lower, &inter_short), ANCHORS(&root), SERVER,
      .want = "path_too_long@Lower" },
    { "a self-issued CA does not count", CHAIN(LEAF(.by = &renewed), &renewed, &inter_short),
      ANCHORS(&root), SERVER, .want = "" },
    { "our own limit counts alike", CHAIN(&leaf, &inter), ANCHORS(&root), .depth = 1, SERVER,
      .want = "path_too_long@Inter" },
    { "and allows what it allows", CHAIN(&leaf, &inter), ANCHORS(&root), .depth = 2, SERVER,
      .want = "" },
};

static const struct example purposes[] = {
    { "a leaf for code signing is none for servers",
      CHAIN(LEAF(.by = &inter, .eku = "code"), &inter), ANCHORS(&root), SERVER,
      .want = "wrong_usage@Leaf" },
    { "a client's is none for servers", CHAIN(LEAF(.by = &inter, .eku = "client"), &inter),
      ANCHORS(&root), SERVER, .want = "wrong_usage@Leaf" },
    { "any purpose will do", CHAIN(LEAF(.by = &inter, .eku = "any"), &inter), ANCHORS(&root),
      SERVER, .want = "" },
    { "none stated too", CHAIN(LEAF(.by = &inter, .eku = ""), &inter), ANCHORS(&root), SERVER,
      .want = "" },
    { "who asks for no purpose gets any", CHAIN(LEAF(.by = &inter, .eku = "code"), &inter),
      ANCHORS(&root), .purpose = PURPOSE_ANY, .want = "" },
    { "a key that may not sign is of no use", CHAIN(LEAF(.by = &inter, .usage = 1 << 2), &inter),
      ANCHORS(&root), SERVER, .want = "wrong_usage@Leaf" },
};

static const struct example strengths[] = {
    { "a weak key of the leaf", CHAIN(LEAF(.by = &inter, .kind = MINT_RSA_1024), &inter),
      ANCHORS(&root), SERVER, .want = "weak_key@Leaf" },
    { "a weak key of an anchor", CHAIN(&self_weak), ANCHORS(&self_weak), SERVER,
      .want = "weak_key@Leaf" },
    { "a curve that is not listed", CHAIN(LEAF(.by = &inter, .kind = MINT_SECP256K1), &inter),
      ANCHORS(&root), SERVER, .want = "weak_key@Leaf" },
    { "a curve that is spelled out", CHAIN(LEAF(.by = &inter, .kind = MINT_EXPLICIT), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
    { "SHA-1 under the leaf", CHAIN(LEAF(.by = &inter, .digest = MINT_SHA1), &inter),
      ANCHORS(&root), SERVER, .want = "weak_signature@Leaf" },
    { "SHA-1 under an intermediate", CHAIN(&leaf, &inter_sha1), ANCHORS(&root), SERVER,
      .want = "weak_signature@Inter" },
    { "SHA-1 under the anchor itself is of no account", CHAIN(&leaf, &inter), ANCHORS(&root_sha1),
      SERVER, .want = "" },
    { "MD5", CHAIN(LEAF(.by = &root_rsa, .digest = MINT_MD5)), ANCHORS(&root_rsa), SERVER,
      .want = "weak_signature@Leaf" },
};

static const struct example oddities[] = {
    { "a critical extension that is not known",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_UNKNOWN_CRITICAL), &inter), ANCHORS(&root), SERVER,
      .want = "unknown_critical@Leaf" },
    { "in a certificate that is not used it is of no account",
      CHAIN(&leaf, &inter, LEAF(.by = &inter, .cn = "Other", .flaws = MINT_UNKNOWN_CRITICAL)),
      ANCHORS(&root), SERVER, .want = "" },
    { "bytes that are no certificate, beside a good chain",
      CHAIN(&leaf, &inter, LEAF(.by = &inter, .flaws = MINT_TRAILING_BYTE)), ANCHORS(&root), SERVER,
      .want = "malformed@-" },
    { "or in place of the leaf", CHAIN(LEAF(.by = &inter, .flaws = MINT_TWICE), &inter),
      ANCHORS(&root), SERVER, .want = "malformed@-", .path = "" },
    { "names compare whatever their case, spaces and string type", CHAIN(&leaf, &inter_printable),
      ANCHORS(&root), SERVER, .want = "", .path = "Leaf   iNTER  Root" },
    { "a disallowed leaf", CHAIN(&leaf, &inter), ANCHORS(&root), .disallowed = &leaf, SERVER,
      .want = "disallowed@Leaf" },
    { "a disallowed intermediate", CHAIN(&leaf, &inter), ANCHORS(&root), .disallowed = &inter,
      SERVER, .want = "disallowed@Inter" },
    { "a disallowed anchor", CHAIN(&leaf, &inter), ANCHORS(&root), .disallowed = &root, SERVER,
      .want = "disallowed@Root" },
    { "round a disallowed intermediate another way is found",
      CHAIN(&leaf, &inter_by_stranger, &inter), ANCHORS(&root, &stranger), .disallowed = &inter,
      SERVER, .want = "", .path = "Leaf Inter Stranger" },
};

static const struct example constraints[] = {
    { "a name within what the CA permits", CHAIN(LEAF(.by = &ca_dns)), ANCHORS(&ca_dns), SERVER,
      .want = "" },
    { "a name without", CHAIN(LEAF(.by = &ca_dns, .san = "dns:a.example dns:a.elsewhere")),
      ANCHORS(&ca_dns), SERVER, .want = "name_constraint@Leaf" },
    { "a name that it excludes", CHAIN(LEAF(.by = &ca_no_dns)), ANCHORS(&ca_no_dns), SERVER,
      .want = "name_constraint@Leaf" },
    { "a wildcard that stands for it too", CHAIN(LEAF(.by = &ca_no_dns, .san = "dns:*.example")),
      ANCHORS(&ca_no_dns), .name = "b.example", SERVER,
      .want = "name_constraint@Leaf name_mismatch@Leaf" },
    { "an address in the permitted range", CHAIN(LEAF(.by = &ca_ip, .san = "ip:0a010203")),
      ANCHORS(&ca_ip), .name = "10.1.2.3", SERVER, .want = "" },
    { "an address elsewhere", CHAIN(LEAF(.by = &ca_ip, .san = "ip:0b010203")), ANCHORS(&ca_ip),
      .name = "11.1.2.3", SERVER, .want = "name_constraint@Leaf" },
    { "a range for IPv4 permits no IPv6",
      CHAIN(LEAF(.by = &ca_ip, .san = "ip:0a010203000000000000000000000000")), ANCHORS(&ca_ip),
      .name = "a01:203::", SERVER, .want = "name_constraint@Leaf" },
    { "a subject that is permitted", CHAIN(LEAF(.by = &ca_dir)), ANCHORS(&ca_dir), SERVER,
      .want = "" },
    { "a subject that is not", CHAIN(LEAF(.by = &ca_dir, .cn = "Loaf")), ANCHORS(&ca_dir), SERVER,
      .want = "name_constraint@Loaf" },
    { "a mailbox on the permitted host",
      CHAIN(LEAF(.by = &ca_email, .san = "dns:a.example email:x@A.EXAMPLE")), ANCHORS(&ca_email),
      SERVER, .want = "" },
    { "a mailbox on another",
      CHAIN(LEAF(.by = &ca_email, .san = "dns:a.example email:x@b.a.example")), ANCHORS(&ca_email),
      SERVER, .want = "name_constraint@Leaf" },
    { "a URI below an excluded host",
      CHAIN(LEAF(.by = &ca_uri, .san = "dns:a.example uri:ftp://u:p@b.a.example:21/x")),
      ANCHORS(&ca_uri), SERVER, .want = "name_constraint@Leaf" },
    { "a URI on the host itself is not below it",
      CHAIN(LEAF(.by = &ca_uri, .san = "dns:a.example uri:https://a.example/")), ANCHORS(&ca_uri),
      SERVER, .want = "" },
    { "a kind of name that cannot be compared",
      CHAIN(LEAF(.by = &ca_other, .san = "dns:a.example other:06032a0304")), ANCHORS(&ca_other),
      SERVER, .want = "name_constraint@Leaf" },
    { "a constraint that is malformed is the CA's problem", CHAIN(LEAF(.by = &ca_odd)),
      ANCHORS(&ca_odd), SERVER, .want = "name_constraint@Leaf profile@Root" },
    { "constraints must be critical", CHAIN(LEAF(.by = &ca_lax)), ANCHORS(&ca_lax), SERVER,
      .want = "profile@Root" },
    { "but not on the web", CHAIN(LEAF(.by = &ca_lax, .cn = "")), ANCHORS(&ca_lax), SERVER,
      .profile = PROFILE_WEBPKI, .want = "" },
    { "constraints are for CAs", CHAIN(LEAF(.by = &inter, .constraints = "+dns:example"), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
};

static const struct example policies[] = {
    { "a policy that holds from the CA on",
      CHAIN(LEAF(.by = &inter_policy, .policies = "2 1"), &inter_policy), ANCHORS(&root_policy),
      SERVER, .want = "" },
    { "a policy that does not", CHAIN(LEAF(.by = &inter_policy, .policies = "2"), &inter_policy),
      ANCHORS(&root_policy), SERVER, .want = "policy@Leaf" },
    { "a policy is required", CHAIN(LEAF(.by = &inter_policy), &inter_policy),
      ANCHORS(&root_policy), SERVER, .want = "policy@Leaf" },
    { "the CA may allow any", CHAIN(LEAF(.by = &inter_any, .policies = "2"), &inter_any),
      ANCHORS(&root_policy), SERVER, .want = "" },
};

static const struct example rules[] = {
    { "a leaf without authorityKeyIdentifier",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_NO_AKI), &inter), ANCHORS(&root), SERVER,
      .want = "profile@Leaf" },
    { "or with somebody else's", CHAIN(LEAF(.by = &inter, .flaws = MINT_STRANGE_AKI), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
    { "a serial number of zero", CHAIN(LEAF(.by = &inter, .flaws = MINT_SERIAL_ZERO), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
    { "a negative one", CHAIN(LEAF(.by = &inter, .flaws = MINT_SERIAL_NEGATIVE), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
    { "one of 21 octets", CHAIN(LEAF(.by = &inter, .flaws = MINT_SERIAL_LONG), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
    { "a default spelled out", CHAIN(LEAF(.by = &inter, .flaws = MINT_SPELLED_DEFAULT), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
    { "GeneralizedTime before 2050",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_GENERALIZED_TIME), &inter), ANCHORS(&root), SERVER,
      .want = "profile@Leaf" },
    { "GeneralizedTime after 2050", CHAIN(LEAF(.by = &inter, .to = "20500101000000Z"), &inter),
      ANCHORS(&root), SERVER, .want = "" },
    { "an anchor of an old form", CHAIN(&leaf, &inter), ANCHORS(&root_quaint), SERVER,
      .want = "profile@Root" },
    { "that a root program took in", CHAIN(&leaf, &inter), ANCHORS(&root_quaint), SERVER,
      .vetted = true, .want = "" },
    { "and that has expired", CHAIN(&leaf, &inter), ANCHORS(&root_expired), SERVER, .vetted = true,
      .want = "expired@Root" },
    { "a certificate of version 1", CHAIN(LEAF(.by = &inter, .flaws = MINT_VERSION_1), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf name_mismatch@Leaf" },
    { "an authorityInfoAccess that is critical",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_CRITICAL_POISON), &inter), ANCHORS(&root), SERVER,
      .want = "profile@Leaf" },
    { "a leaf that may sign certificates and is no CA",
      CHAIN(LEAF(.by = &inter, .usage = 1 | 1 << 5), &inter), ANCHORS(&root), SERVER,
      .want = "profile@Leaf" },
    { "an underscore in a name",
      CHAIN(LEAF(.by = &inter, .san = "dns:a.example dns:a_b.example"), &inter), ANCHORS(&root),
      SERVER, .want = "profile@Leaf" },
};

static const struct example web[] = {
    { "on the web a common name repeats a name",
      CHAIN(LEAF(.by = &inter, .cn = "a.example"), &inter), ANCHORS(&root), SERVER,
      .profile = PROFILE_WEBPKI, .want = "" },
    { "or there is none", CHAIN(LEAF(.by = &inter, .cn = ""), &inter), ANCHORS(&root), SERVER,
      .profile = PROFILE_WEBPKI, .want = "" },
    { "else it is a problem", CHAIN(&leaf, &inter), ANCHORS(&root), SERVER,
      .profile = PROFILE_WEBPKI, .want = "profile@Leaf" },
    { "on the web the purpose is stated", CHAIN(LEAF(.by = &inter, .cn = "", .eku = ""), &inter),
      ANCHORS(&root), SERVER, .profile = PROFILE_WEBPKI, .want = "profile@" },
    { "any purpose is not one", CHAIN(LEAF(.by = &inter, .cn = "", .eku = "any server"), &inter),
      ANCHORS(&root), SERVER, .profile = PROFILE_WEBPKI, .want = "profile@" },
    { "a peer is no CA",
      CHAIN(LEAF(.by = &inter, .cn = "", .san = "dns:a.example", .ca = true, .eku = "server",
                 .usage = 1),
            &inter),
      ANCHORS(&root), SERVER, .profile = PROFILE_WEBPKI, .want = "profile@" },
    { "Ed25519 is not for the web",
      CHAIN(LEAF(.by = &inter, .cn = "", .kind = MINT_ED25519), &inter), ANCHORS(&root), SERVER,
      .profile = PROFILE_WEBPKI, .want = "profile@" },
};

/* Signatures of every kind, good and bad. */
static void signatures(void)
{
    static const struct {
        const char *name;
        enum mint_kind kind;
        enum mint_digest digest;
    } table[] = {
        { "ECDSA with P-256 and SHA-256", MINT_P256, MINT_SHA256 },
        { "ECDSA with P-256 and SHA-512", MINT_P256, MINT_SHA512 },
        { "ECDSA with P-384", MINT_P384, MINT_SHA384 },
        { "ECDSA with P-521", MINT_P521, MINT_SHA512 },
        { "Ed25519", MINT_ED25519, MINT_SHA256 },
        { "Ed448", MINT_ED448, MINT_SHA256 },
        { "RSA PKCS #1 with SHA-256", MINT_RSA, MINT_SHA256 },
        { "RSA PKCS #1 with SHA-384", MINT_RSA, MINT_SHA384 },
        { "RSA PKCS #1 with SHA-512", MINT_RSA, MINT_SHA512 },
        { "RSA PSS", MINT_RSA, MINT_PSS },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct mint ca = MINT(.cn = "Root", .ca = true, .kind = table[i].kind, .number = 20);
        struct mint peer = MINT(.by = &ca, .number = 3, .digest = table[i].digest);
        struct example example = { table[i].name, CHAIN(&peer), ANCHORS(&ca), SERVER, .want = "" };
        example_run(&example);
        peer.flaws = MINT_BAD_SIGNATURE;
        example.want = "bad_signature@Leaf";
        example_run(&example);
    }
}

int main(void)
{
    EXAMPLES(paths);
    EXAMPLES(trust);
    EXAMPLES(times);
    EXAMPLES(issuers);
    EXAMPLES(limits);
    EXAMPLES(purposes);
    EXAMPLES(strengths);
    EXAMPLES(oddities);
    EXAMPLES(constraints);
    EXAMPLES(policies);
    EXAMPLES(rules);
    EXAMPLES(web);
    signatures();
    mint_end();
    return check_done();
}

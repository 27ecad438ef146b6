/* The form of certificates: RFC 5280, sections 4.1 and 4.2, and on the web the CA/Browser Forum's
 * Baseline Requirements, on every certificate of a path that they hold for. */
#include "example_run.h"

static const struct mint root = MINT(.cn = "Root", .ca = true);
static const struct mint inter = MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2);

/* Anchors and key identifiers. */
static const struct mint root_other_aki = MINT(.cn = "Root", .ca = true, .flaws = MINT_STRANGE_AKI);
static const struct mint root_no_aki = MINT(.cn = "Root", .ca = true, .flaws = MINT_NO_AKI);
static const struct mint old_root = MINT(.cn = "Root", .ca = true, .number = 9);
static const struct mint root_by_old = MINT(.cn = "Root", .by = &old_root, .ca = true);
static const struct mint root_by_old_no_aki =
    MINT(.cn = "Root", .by = &old_root, .ca = true, .flaws = MINT_NO_AKI);
static const struct mint cross_no_aki =
    MINT(.cn = "Cross", .by = &old_root, .ca = true, .flaws = MINT_NO_AKI);
static const struct mint root_long_serial =
    MINT(.cn = "Root", .ca = true, .flaws = MINT_SERIAL_LONG);
static const struct mint root_zero_serial =
    MINT(.cn = "Root", .ca = true, .flaws = MINT_SERIAL_ZERO);
static const struct mint self_zero_serial = MINT(.cn = "", .flaws = MINT_SERIAL_ZERO);

static const struct example anchors[] = {
    { "a self-signed anchor names itself or nobody", CHAIN(LEAF(.by = &root_other_aki)),
      ANCHORS(&root_other_aki), SERVER, .want = "profile@Root" },
    { "it may name nobody", CHAIN(LEAF(.by = &root_no_aki)), ANCHORS(&root_no_aki), SERVER,
      .want = "" },
    { "also on the web", CHAIN(LEAF(.by = &root_no_aki, .cn = "")), ANCHORS(&root_no_aki), WEB,
      .want = "" },
    { "an anchor with a new key, signed with its old one, names that",
      CHAIN(LEAF(.by = &root_by_old)), ANCHORS(&root_by_old), SERVER, .want = "" },
    { "and has to", CHAIN(LEAF(.by = &root_by_old_no_aki)), ANCHORS(&root_by_old_no_aki), SERVER,
      .want = "profile@Root" },
    { "so has an anchor that another CA signed", CHAIN(LEAF(.by = &cross_no_aki)),
      ANCHORS(&cross_no_aki), SERVER, .want = "profile@Cross" },
    { "where omissions are forgiven it need not", CHAIN(LEAF(.by = &cross_no_aki)),
      ANCHORS(&cross_no_aki), SERVER, .forgives = true, .want = "" },
    { "an anchor's serial number has 20 octets at most", CHAIN(LEAF(.by = &root_long_serial)),
      ANCHORS(&root_long_serial), SERVER, .want = "profile@Root" },
    { "it may be zero", CHAIN(LEAF(.by = &root_zero_serial)), ANCHORS(&root_zero_serial), SERVER,
      .want = "" },
    { "but not a peer's that is an anchor", CHAIN(&self_zero_serial), ANCHORS(&self_zero_serial),
      SERVER, .want = "profile@" },
};

/* Extensions in hex. Lengths are by hand: what is wrong with them is to be what is said. */
#define POLICIES_CPS                                                                   \
    "3024 0603551d20 0101ff 041a 3018 3016 06032a0301 300f 300d 06082b06010505070201 " \
    "160161"
#define POLICIES_ODD_CRITICAL \
    "301e 0603551d20 0101ff 0414 3012 3010 06032a0301 3009 3007 06032a0309 0500"
#define POLICIES_ODD      "301b 0603551d20 0414 3012 3010 06032a0301 3009 3007 06032a0309 0500"
#define CRITICAL_SKI      "3010 0603551d0e 0101ff 0406 0404deadbeef"
#define INHIBIT_LAX       "300a 0603551d36 0403 020100"
#define CONSTRAINTS_LAX   "300c 0603551d24 0405 3003 800109"
#define CONSTRAINTS_EMPTY "300c 0603551d24 0101ff 0402 3000"
#define NO_PURPOSE        "3009 0603551d25 0402 3000"
#define ODD_BOOLEAN       "300c 0603551d37 010101 0403 020100"
#define CRITICAL_POINTS   "3016 0603551d1f 0101ff 040c 300a 3008 a006 a004 8602 753a"
#define AKI_WITH_ISSUER                                                                  \
    "3028 0603551d23 0421 301f 80040badc0de a110 a40e 300c 310a 3008 06032a0304 0c0161 " \
    "8205 1020304050"

static const struct mint inter_lax_inhibit =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .extensions = INHIBIT_LAX);
static const struct mint inter_lax_constraints =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .extensions = CONSTRAINTS_LAX);
static const struct mint inter_empty_constraints =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .extensions = CONSTRAINTS_EMPTY);
static const struct mint inter_lax_names =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .constraints = "+dns:example",
         .flaws = MINT_CONSTRAINTS_NOT_CRITICAL);

static const struct mint latin = MINT(.cn = "M\xfcller", .by = &root, .ca = true, .number = 2);

static const struct example forms[] = {
    { "a name is in UTF-8", CHAIN(LEAF(.by = &inter, .cn = "M\xc3\xbcller"), &inter),
      ANCHORS(&root), SERVER, .want = "" },
    { "it is where it says so", CHAIN(LEAF(.by = &latin), &latin), ANCHORS(&root), SERVER,
      .want = "profile@Leaf profile@M\\fcller" },
    { "unique identifiers are read", CHAIN(LEAF(.by = &inter, .flaws = MINT_UNIQUE_ID), &inter),
      ANCHORS(&root), SERVER, .want = "" },
    { "a subjectKeyIdentifier is not critical",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_NO_SKI, .extensions = CRITICAL_SKI), &inter),
      ANCHORS(&root), SERVER, .want = "profile@Leaf" },
    { "inhibitAnyPolicy is", CHAIN(LEAF(.by = &inter_lax_inhibit), &inter_lax_inhibit),
      ANCHORS(&root), SERVER, .want = "profile@Inter" },
    { "so are policyConstraints", CHAIN(LEAF(.by = &inter_lax_constraints), &inter_lax_constraints),
      ANCHORS(&root), SERVER, .want = "profile@Inter" },
    { "where omissions are forgiven they need not be",
      CHAIN(LEAF(.by = &inter_lax_constraints), &inter_lax_constraints), ANCHORS(&root), SERVER,
      .forgives = true, .want = "" },
    { "nor nameConstraints", CHAIN(LEAF(.by = &inter_lax_names), &inter_lax_names), ANCHORS(&root),
      SERVER, .forgives = true, .want = "" },
    { "which hold all the same",
      CHAIN(LEAF(.by = &inter_lax_names, .san = "dns:a.elsewhere"), &inter_lax_names),
      ANCHORS(&root), .name = "", .forgives = true, .want = "name_constraint@Leaf" },
    { "policyConstraints are not empty",
      CHAIN(LEAF(.by = &inter_empty_constraints), &inter_empty_constraints), ANCHORS(&root), SERVER,
      .want = "profile@Inter" },
    { "nor is extKeyUsage", CHAIN(LEAF(.by = &inter, .eku = "", .extensions = NO_PURPOSE), &inter),
      ANCHORS(&root), SERVER, .want = "malformed@-" },
    { "TRUE is ff", CHAIN(LEAF(.by = &inter, .extensions = ODD_BOOLEAN), &inter), ANCHORS(&root),
      SERVER, .want = "malformed@-" },
    { "a critical policy may refer to a statement",
      CHAIN(LEAF(.by = &inter, .extensions = POLICIES_CPS), &inter), ANCHORS(&root), SERVER,
      .want = "" },
    { "but not to what nobody understands",
      CHAIN(LEAF(.by = &inter, .extensions = POLICIES_ODD_CRITICAL), &inter), ANCHORS(&root),
      SERVER, .want = "unknown_critical@Leaf" },
    { "one that is not critical may", CHAIN(LEAF(.by = &inter, .extensions = POLICIES_ODD), &inter),
      ANCHORS(&root), SERVER, .want = "" },
    { "a serial number of zero is borne with where omissions are",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_SERIAL_ZERO), &inter), ANCHORS(&root), SERVER,
      .forgives = true, .want = "" },
    { "so is a negative one", CHAIN(LEAF(.by = &inter, .flaws = MINT_SERIAL_NEGATIVE), &inter),
      ANCHORS(&root), SERVER, .forgives = true, .want = "" },
    { "and GeneralizedTime before 2050",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_GENERALIZED_TIME), &inter), ANCHORS(&root), SERVER,
      .forgives = true, .want = "" },
    { "and an underscore in a name", CHAIN(LEAF(.by = &inter, .san = "dns:a_b.example"), &inter),
      ANCHORS(&root), .name = "a_b.example", .forgives = true, .want = "" },
    { "but no long serial number", CHAIN(LEAF(.by = &inter, .flaws = MINT_SERIAL_LONG), &inter),
      ANCHORS(&root), SERVER, .forgives = true, .want = "profile@Leaf" },
    { "the two algorithms are the same",
      CHAIN(LEAF(.by = &inter, .flaws = MINT_TWO_ALGORITHMS), &inter), ANCHORS(&root), SERVER,
      .want = "malformed@-" },
};

#define NAMES(names) \
    CHAIN(LEAF(.by = &inter, .san = "dns:a.example " names), &inter), ANCHORS(&root)

static const struct example names[] = {
    { "a URI has a scheme", NAMES("uri:a.example/x"), SERVER, .want = "profile@Leaf" },
    { "and something behind it", NAMES("uri:urn:"), SERVER, .want = "profile@Leaf" },
    { "a URI need not have an authority", NAMES("uri:urn:uuid:1"), SERVER, .want = "" },
    { "a URI is of ASCII characters", NAMES("uri:x://\xc3\xa9"), SERVER, .want = "profile@Leaf" },
    { "an e-mail address is not empty", NAMES("email:"), SERVER, .want = "profile@Leaf" },
    { "it is of ASCII characters", NAMES("email:\xc3\xa9@a.example"), SERVER,
      .want = "profile@Leaf" },
    { "a DNS name is no address", NAMES("dns:127.0.0.1"), SERVER, .want = "profile@Leaf" },
    { "and not empty", NAMES("dns:"), SERVER, .want = "profile@Leaf" },
    { "and does not end with a dot", NAMES("dns:b.example."), SERVER, .want = "profile@Leaf" },
    { "nor has one in front", NAMES("dns:.b.example"), SERVER, .want = "profile@Leaf" },
    { "nor two in a row", NAMES("dns:b..example"), SERVER, .want = "profile@Leaf" },
    { "a wildcard is a whole label", NAMES("dns:b*.example"), SERVER, .want = "profile@Leaf" },
    { "the first", NAMES("dns:b.*.example"), SERVER, .want = "profile@Leaf" },
    { "and once", NAMES("dns:*.*.example"), SERVER, .want = "profile@Leaf" },
    { "an IP address has 4 octets or 16", NAMES("ip:7f0000"), SERVER, .want = "profile@Leaf" },
    { "a name may be a single label", NAMES("dns:b"), SERVER, .want = "" },
};

static const struct mint root_no_usage = MINT(.cn = "Root", .ca = true, .usage = -1);
static const struct mint root_purpose = MINT(.cn = "Root", .ca = true, .eku = "server");
static const struct mint inter_purpose =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .eku = "server");
static const struct mint inter_no_usage =
    MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2, .usage = -1);

/* A good peer on the web, and what is special about it. */
#define PEER(...) LEAF(.by = &inter, .cn = "", __VA_ARGS__)

static const struct example web[] = {
    { "a CA states what its key is for, on the web", CHAIN(PEER(.variant = 0), &inter_no_usage),
      ANCHORS(&root), WEB, .want = "profile@Inter" },
    { "elsewhere it need not", CHAIN(PEER(.variant = 0), &inter_no_usage), ANCHORS(&root), SERVER,
      .want = "" },
    { "so does a root", CHAIN(LEAF(.by = &root_no_usage, .cn = "")), ANCHORS(&root_no_usage), WEB,
      .want = "profile@Root" },
    { "unless a root program took it in", CHAIN(LEAF(.by = &root_no_usage, .cn = "")),
      ANCHORS(&root_no_usage), WEB, .vetted = true, .want = "" },
    { "a root has no purpose", CHAIN(LEAF(.by = &root_purpose, .cn = "")), ANCHORS(&root_purpose),
      WEB, .want = "profile@Root" },
    { "elsewhere it may", CHAIN(LEAF(.by = &root_purpose)), ANCHORS(&root_purpose), SERVER,
      .want = "" },
    { "an intermediate that is an anchor may, too", CHAIN(PEER(.variant = 0)),
      ANCHORS(&inter_purpose), WEB, .want = "" },
    { "unique identifiers are not for the web", CHAIN(PEER(.flaws = MINT_UNIQUE_ID), &inter),
      ANCHORS(&root), WEB, .want = "profile@" },
    { "a serial number is random", CHAIN(PEER(.flaws = MINT_SERIAL_SHORT), &inter), ANCHORS(&root),
      WEB, .want = "profile@" },
    { "a private one need not be", CHAIN(PEER(.flaws = MINT_SERIAL_SHORT), &inter), ANCHORS(&root),
      SERVER, .want = "" },
    { "a peer signs no revocation lists", CHAIN(PEER(.usage = 1 | 1 << 6), &inter), ANCHORS(&root),
      WEB, .want = "profile@" },
    { "it is none of a client or of code alone", CHAIN(PEER(.eku = "server code"), &inter),
      ANCHORS(&root), WEB, .want = "profile@" },
    { "it may be a client's as well", CHAIN(PEER(.eku = "server client"), &inter), ANCHORS(&root),
      WEB, .want = "" },
    { "its extKeyUsage is not critical", CHAIN(PEER(.flaws = MINT_EKU_CRITICAL), &inter),
      ANCHORS(&root), WEB, .want = "profile@" },
    { "its subjectAltName is not critical beside a subject",
      CHAIN(LEAF(.by = &inter, .cn = "a.example", .flaws = MINT_SAN_CRITICAL), &inter),
      ANCHORS(&root), WEB, .want = "profile@a.example" },
    { "it is issued for hosts alone", CHAIN(PEER(.san = "dns:a.example email:a@a.example"), &inter),
      ANCHORS(&root), WEB, .want = "profile@" },
    { "two hyphens begin no label but an A-label",
      CHAIN(PEER(.san = "dns:a.example dns:ab--c.example"), &inter), ANCHORS(&root), WEB,
      .want = "profile@" },
    { "in which they may be", CHAIN(PEER(.san = "dns:a.example dns:XN--nxasmq6b.example"), &inter),
      ANCHORS(&root), WEB, .want = "" },
    { "elsewhere in a label too", CHAIN(PEER(.san = "dns:a.example dns:abc--d.example"), &inter),
      ANCHORS(&root), WEB, .want = "" },
    { "its authorityKeyIdentifier names no certificate",
      CHAIN(PEER(.flaws = MINT_NO_AKI, .extensions = AKI_WITH_ISSUER), &inter), ANCHORS(&root), WEB,
      .want = "profile@" },
    { "its cRLDistributionPoints are not critical",
      CHAIN(PEER(.extensions = CRITICAL_POINTS), &inter), ANCHORS(&root), WEB, .want = "profile@" },
    { "elsewhere they may be", CHAIN(PEER(.extensions = CRITICAL_POINTS), &inter), ANCHORS(&root),
      SERVER, .want = "" },
};

int main(void)
{
    EXAMPLES(anchors);
    EXAMPLES(forms);
    EXAMPLES(names);
    EXAMPLES(web);
    mint_end();
    return check_done();
}

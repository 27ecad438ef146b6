/* Name constraints (RFC 5280, section 4.2.1.10): every kind of name within and without. */
#include <stdlib.h>

#include "example_run.h"

/* What a CA is constrained to, what it issued, and what is wrong then. */
struct row {
    const char *sentence, *constraints, *names, *want;
};

#define OUTSIDE "name_constraint@Leaf"

static const struct row dns[] = {
    { "zero labels may be added", "+dns:a.example", "dns:a.example", "" },
    { "or several", "+dns:a.example", "dns:d.c.b.a.example", "" },
    { "but whole ones", "+dns:a.example", "dns:ba.example", OUTSIDE },
    { "case is of no account", "+dns:A.Example", "dns:b.a.eXAMPLE", "" },
    { "a parent is not within", "+dns:a.example", "dns:example", OUTSIDE },
    { "one of several subtrees will do", "+dns:b.example +dns:a.example", "dns:a.example", "" },
    { "each name has to be in one", "+dns:a.example", "dns:a.example dns:b.example", OUTSIDE },
    { "an empty subtree holds every name", "+dns:", "dns:a.example", "" },
    { "and excludes every name", "-dns:", "dns:a.example", OUTSIDE },
    { "but no other kind", "-dns:", "ip:7f000001", "" },
    { "what is excluded stays so if permitted", "+dns:example -dns:a.example", "dns:b.a.example",
      OUTSIDE },
    { "beside it is well", "+dns:example -dns:a.example", "dns:b.example", "" },
    { "a wildcard is within its parent", "+dns:example", "dns:*.example", "" },
    { "and in no single name", "+dns:a.example", "dns:*.example", OUTSIDE },
    { "a wildcard may stand for what is excluded", "-dns:a.example", "dns:*.example", OUTSIDE },
    { "and for what lies above", "-dns:example", "dns:*.a.example", OUTSIDE },
    { "but not for what is deeper", "-dns:b.a.example", "dns:*.example", "" },
    { "nor for what is elsewhere", "-dns:a.example", "dns:*.other", "" },
    { "a name that is none is in no subtree", "+dns:example", "dns:.a.example",
      "profile@Leaf name_constraint@Leaf" },
    { "a dot in front is for URIs alone", "+dns:.example", "dns:a.example",
      "name_constraint@Leaf profile@Root" },
    { "a wildcard is no constraint", "-dns:*.example", "ip:7f000001", "profile@Root" },
};

static const struct row ip[] = {
    { "an address within", "+ip:0a000000ff000000", "ip:0affffff", "" },
    { "an address without", "+ip:0a000000ff000000", "ip:0b000000", OUTSIDE },
    { "a single address", "+ip:0a000001ffffffff", "ip:0a000002", OUTSIDE },
    { "a range that ends within an octet", "+ip:0a000000fffffe00", "ip:0a0001ff", "" },
    { "and right behind it", "+ip:0a000000fffffe00", "ip:0a000200", OUTSIDE },
    { "all of IPv4", "+ip:0000000000000000", "ip:01020304", "" },
    { "which has no IPv6", "+ip:0000000000000000", "ip:00000000000000000000ffff01020304", OUTSIDE },
    { "none of IPv4", "-ip:0000000000000000", "ip:01020304", OUTSIDE },
    { "but IPv6", "-ip:0000000000000000", "ip:00000000000000000000000000000001", "" },
    { "an IPv6 prefix", "+ip:20010db8000000000000000000000000ffffffff000000000000000000000000",
      "ip:20010db8000000000000000000000001", "" },
    { "and without", "+ip:20010db8000000000000000000000000ffffffff000000000000000000000000",
      "ip:20010db9000000000000000000000001", OUTSIDE },
    { "a mask with a hole", "+ip:0a000000ff00ff00", "dns:a.example", "profile@Root" },
    { "an address without a mask", "+ip:0a000000", "ip:0a000000",
      "name_constraint@Leaf profile@Root" },
    { "a range is no address", "+ip:0a000000ff000000", "ip:0a000000ff000000",
      "profile@Leaf name_constraint@Leaf" },
};

/* A SmtpUTF8Mailbox: an e with an accent, "@a.example"; and one in an OCTET STRING. */
#define UTF8_MAILBOX "other:06082b06010505070809a00e0c0cc3a940612e6578616d706c65"
#define UTF8_BROKEN  "other:06082b06010505070809a00e040cc3a940612e6578616d706c65"

static const struct row email[] = {
    { "any mailbox on a host", "+email:a.example", "email:x@A.Example", "" },
    { "but on no host below it", "+email:a.example", "email:x@b.a.example", OUTSIDE },
    { "with a dot on those below", "+email:.a.example", "email:x@c.b.a.example", "" },
    { "and not on the host itself", "+email:.a.example", "email:x@a.example", OUTSIDE },
    { "one mailbox", "+email:x@a.example", "email:x@A.example", "" },
    { "in its case", "+email:x@a.example", "email:X@a.example", OUTSIDE },
    { "and no other", "+email:x@a.example", "email:y@a.example", OUTSIDE },
    { "a quoted mailbox", "+email:a.example", "email:\"x@y\\\"\"@a.example", "" },
    { "quotes hide nothing", "-email:x@a.example", "email:\"\\x\"@a.example", OUTSIDE },
    { "nor is what they hold the host", "+email:a.example", "email:\"x@a.example\"@b.example",
      OUTSIDE },
    { "quotes without an end", "+email:a.example", "email:\"x@a.example", OUTSIDE },
    { "a dot at the end", "+email:a.example", "email:x.@a.example", OUTSIDE },
    { "two dots", "-email:b.example", "email:x..y@a.example", OUTSIDE },
    { "dots between", "+email:a.example", "email:x.y.z@a.example", "" },
    { "no host", "+email:a.example", "email:x@", OUTSIDE },
    { "no at sign", "+email:a.example", "email:a.example", OUTSIDE },
    { "an address in brackets", "+email:a.example", "email:x@[127.0.0.1]", OUTSIDE },
    { "a host that is none", "+email:a..example", "dns:a.example", "profile@Root" },
    { "a mailbox in UTF-8", "+email:a.example", UTF8_MAILBOX, "" },
    { "on another host", "+email:b.example", UTF8_MAILBOX, OUTSIDE },
    { "on an excluded host", "-email:a.example", UTF8_MAILBOX, OUTSIDE },
    { "one that is malformed", "-email:b.example", UTF8_BROKEN, OUTSIDE },
    { "without such constraints none is looked at", "-dns:b.example", UTF8_BROKEN, "" },
};

static const struct row uri[] = {
    { "a host", "+uri:a.example", "uri:https://A.example/b", "" },
    { "not one below it", "+uri:a.example", "uri:https://b.a.example/", OUTSIDE },
    { "with a dot those below", "+uri:.a.example", "uri:ldap://u:p@b.a.example:389/c?d#e", "" },
    { "and not the host itself", "+uri:.a.example", "uri:https://a.example", OUTSIDE },
    { "who logs in is not the host", "+uri:a.example", "uri:https://a.example@b.example/",
      OUTSIDE },
    { "nor is what follows it", "+uri:a.example", "uri:https://b.example?@a.example", OUTSIDE },
    { "no authority", "-uri:a.example", "uri:urn:x:b.example", OUTSIDE },
    { "one that comes late", "+uri:a.example", "uri:data:x://a.example/", OUTSIDE },
    { "an IPv4 address", "-uri:a.example", "uri:https://127.0.0.1/", OUTSIDE },
    { "an IPv6 address", "-uri:a.example", "uri:https://[::1]/", OUTSIDE },
    { "no host", "-uri:a.example", "uri:file:///etc", OUTSIDE },
    { "unless nothing constrains it", "-dns:b.example", "uri:file:///etc", "" },
    { "a host that is none", "-uri:https://a.example", "dns:a.example", "profile@Root" },
};

static const struct row directory[] = {
    { "the subject itself", "+dir:Leaf", "dns:a.example", "" },
    { "whatever its case", "+dir:LEAF", "dns:a.example", "" },
    { "another", "+dir:Loaf", "dns:a.example", OUTSIDE },
    { "an excluded one", "-dir:leaf", "dns:a.example", OUTSIDE },
    { "a directory name beside the subject", "+dir:Leaf", "dns:a.example dir:Other", OUTSIDE },
    { "an excluded one beside it", "-dir:Other", "dns:a.example dir:oTHER", OUTSIDE },
    { "an empty subtree holds every name", "+dir:", "dns:a.example dir:Other", "" },
};

static const struct row unsupported[] = {
    { "an otherName", "-other:06032a0304", "dns:a.example other:06032a0305", OUTSIDE },
    { "an x400Address", "+x400:3000", "dns:a.example x400:3000", OUTSIDE },
    { "a registeredID", "+id:2a03", "dns:a.example id:2a03", OUTSIDE },
    { "without such names they are of no account", "-other:06032a0304 +x400:3000 +id:2a03",
      "dns:a.example", "" },
    { "nor are such names without them", "-dns:b.example",
      "dns:a.example other:06032a0305 x400:3000 id:2a03", "" },
};

#define ROWS(rows) run_rows((rows), sizeof(rows) / sizeof((rows)[0]))

static void run_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mint ca = { .cn = "Root", .ca = true, .constraints = rows[i].constraints };
        const struct mint leaf = { .by = &ca, .san = rows[i].names, .number = 3 };
        const struct example example = {
            rows[i].sentence, { &leaf }, { &ca }, .name = "", .want = rows[i].want
        };
        example_run(&example);
    }
}

/* What no words describe: minimum, empty constraints, an empty list, NULL for a list. */
static const struct mint root_minimum =
    MINT(.cn = "Root", .ca = true,
         .extensions = "301c 0603551d1e 0101ff 0412 3010 a00e 300c 82076578616d706c65 800101");
static const struct mint root_empty =
    MINT(.cn = "Root", .ca = true, .extensions = "300c 0603551d1e 0101ff 0402 3000");
static const struct mint root_empty_list =
    MINT(.cn = "Root", .ca = true, .extensions = "300e 0603551d1e 0101ff 0404 3002 a000");
static const struct mint root = MINT(.cn = "Root", .ca = true);
static const struct mint inter_null = MINT(.cn = "Inter", .by = &root, .ca = true, .number = 2,
                                           .extensions = "3012 0603551d1e 0101ff 0408 3006 a0020500"
                                                         "a100");

/* Constraints of several CAs, and on CAs. */
static const struct mint root_example =
    MINT(.cn = "Root", .ca = true, .constraints = "+dns:example");
static const struct mint inter_narrow = MINT(.cn = "Inter", .by = &root_example, .ca = true,
                                             .number = 2, .constraints = "+dns:a.example");
static const struct mint inter_wide =
    MINT(.cn = "Inter", .by = &root_example, .ca = true, .number = 2,
         .constraints = "+dns:example +dns:elsewhere");
static const struct mint inter_named =
    MINT(.cn = "Inter", .by = &root_example, .ca = true, .number = 2, .san = "dns:x.elsewhere");
static const struct mint renewed_named =
    MINT(.cn = "Root", .by = &root_example, .ca = true, .number = 2, .san = "dns:x.elsewhere");
static const struct mint root_no_inter =
    MINT(.cn = "Root", .ca = true, .constraints = "-dir:Inter");
static const struct mint inter_unwanted =
    MINT(.cn = "Inter", .by = &root_no_inter, .ca = true, .number = 2);
static const struct mint self_outside =
    MINT(.cn = "Self", .ca = true, .san = "dns:a.example", .constraints = "+dns:b.example");

static const struct mint root_email =
    MINT(.cn = "Root", .ca = true, .constraints = "+email:a.example");

static const struct example paths[] = {
    { "without subjectAltName an address in the subject is constrained",
      CHAIN(LEAF(.by = &root_email, .san = "", .email = "x@b.example")), ANCHORS(&root_email),
      .name = "", .want = "name_constraint@Leaf" },
    { "or permitted", CHAIN(LEAF(.by = &root_email, .san = "", .email = "x@a.example")),
      ANCHORS(&root_email), .name = "", .want = "" },
    { "with one it is of no account", CHAIN(LEAF(.by = &root_email, .email = "x@b.example")),
      ANCHORS(&root_email), .name = "", .want = "" },
    { "minimum is refused", CHAIN(LEAF(.by = &root_minimum)), ANCHORS(&root_minimum), SERVER,
      .want = "profile@Root" },
    { "constraints may not be empty", CHAIN(LEAF(.by = &root_empty)), ANCHORS(&root_empty), SERVER,
      .want = "profile@Root" },
    { "nor may a list of them", CHAIN(LEAF(.by = &root_empty_list)), ANCHORS(&root_empty_list),
      SERVER, .want = "profile@Root" },
    { "or be something else", CHAIN(LEAF(.by = &inter_null), &inter_null), ANCHORS(&root), SERVER,
      .want = "malformed@- issuer_unknown@Leaf" },
    { "a CA below may narrow",
      CHAIN(LEAF(.by = &inter_narrow, .san = "dns:b.example"), &inter_narrow),
      ANCHORS(&root_example), .name = "", .want = "name_constraint@Leaf" },
    { "but not widen", CHAIN(LEAF(.by = &inter_wide, .san = "dns:b.elsewhere"), &inter_wide),
      ANCHORS(&root_example), .name = "", .want = "name_constraint@Leaf" },
    { "what both permit is well", CHAIN(LEAF(.by = &inter_wide), &inter_wide),
      ANCHORS(&root_example), SERVER, .want = "" },
    { "the names of a CA are constrained", CHAIN(LEAF(.by = &inter_named), &inter_named),
      ANCHORS(&root_example), SERVER, .want = "name_constraint@Inter" },
    { "those of a self-issued one are not", CHAIN(LEAF(.by = &renewed_named), &renewed_named),
      ANCHORS(&root_example), SERVER, .want = "", .path = "Leaf Root Root" },
    { "nor does it lift what is above it",
      CHAIN(LEAF(.by = &renewed_named, .san = "dns:x.elsewhere"), &renewed_named),
      ANCHORS(&root_example), .name = "", .want = "name_constraint@Leaf" },
    { "so is its subject", CHAIN(LEAF(.by = &inter_unwanted), &inter_unwanted),
      ANCHORS(&root_no_inter), SERVER, .want = "name_constraint@Inter" },
    { "an anchor is not subject to its own", CHAIN(&self_outside), ANCHORS(&self_outside), SERVER,
      .want = "" },
};

/* Much, but honest: a thousand names under a hundred constraints. */
static void many_names(void)
{
    enum { NAMES = 1000, CONSTRAINTS = 100, EACH = 24 };
    char *constraints = malloc(CONSTRAINTS * EACH), *names = malloc(NAMES * EACH);
    size_t a = (size_t)snprintf(constraints, EACH, "+dns:example"), b = 0;
    for (int i = 1; i < CONSTRAINTS; i++)
        a += (size_t)snprintf(constraints + a, EACH, " -dns:x%d.example", i);
    for (int i = 0; i < NAMES; i++)
        b += (size_t)snprintf(names + b, EACH, "%sdns:y%d.example", i > 0 ? " " : "", i);
    const struct mint ca = { .cn = "Root", .ca = true, .constraints = constraints };
    const struct mint leaf = { .by = &ca, .san = names, .number = 3 };
    const struct example example = { "a thousand names under a hundred constraints",
                                     { &leaf },
                                     { &ca },
                                     .name = "y999.example",
                                     .purpose = PURPOSE_SERVER,
                                     .want = "" };
    example_run(&example);
    free(constraints);
    free(names);
}

int main(void)
{
    ROWS(dns);
    ROWS(ip);
    ROWS(email);
    ROWS(uri);
    ROWS(directory);
    ROWS(unsupported);
    EXAMPLES(paths);
    many_names();
    mint_end();
    return check_done();
}

/* Whom a certificate is issued for (RFC 9525), and public suffixes. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "mint.h"
#include "peername.h"
#include "punycode.h"
#include "secsock.h"
#include "suffix.h"

static void kinds(void)
{
    static const struct {
        const char *name;
        enum peername_kind kind;
        size_t ip_len;
    } table[] = {
        { "mail.example", PEERNAME_DNS, 0 },
        { "mail.example.", PEERNAME_DNS, 0 },
        { "localhost", PEERNAME_DNS, 0 },
        { "MAIL.Example", PEERNAME_DNS, 0 },
        { "xn--bcher-kva.example", PEERNAME_DNS, 0 },
        { "under_score.example", PEERNAME_DNS, 0 },
        { "1.2.3.example", PEERNAME_DNS, 0 },
        { "0x1.example", PEERNAME_DNS, 0 },
        { "127.0.0.1", PEERNAME_IP, 4 },
        { "::1", PEERNAME_IP, 16 },
        { "2001:DB8::1", PEERNAME_IP, 16 },
        { "::ffff:127.0.0.1", PEERNAME_IP, 16 },
        { "", PEERNAME_INVALID, 0 },
        { ".", PEERNAME_INVALID, 0 },
        { "..", PEERNAME_INVALID, 0 },
        { ".example", PEERNAME_INVALID, 0 },
        { "mail..example", PEERNAME_INVALID, 0 },
        { "mail.example..", PEERNAME_INVALID, 0 },
        { "*.example.com", PEERNAME_INVALID, 0 },
        { "-mail.example", PEERNAME_INVALID, 0 },
        { "mail-.example", PEERNAME_INVALID, 0 },
        { "mail example", PEERNAME_INVALID, 0 },
        { "mail.example:25", PEERNAME_INVALID, 0 },
        { "user@mail.example", PEERNAME_EMAIL, 0 },
        { "User+box@MAIL.example", PEERNAME_EMAIL, 0 },
        { "user@localhost", PEERNAME_EMAIL, 0 },
        { "@mail.example", PEERNAME_INVALID, 0 },
        { "user@", PEERNAME_INVALID, 0 },
        { "@", PEERNAME_INVALID, 0 },
        { "a@b@mail.example", PEERNAME_INVALID, 0 },
        { "a user@mail.example", PEERNAME_INVALID, 0 },
        { "user@mail.example.", PEERNAME_INVALID, 0 },
        { "user@*.example", PEERNAME_INVALID, 0 },
        { "user@127.0.0.1", PEERNAME_INVALID, 0 },
        { "user\x7f@mail.example", PEERNAME_INVALID, 0 },
        { "b\xc3\xbc"
          "cher@mail.example",
          PEERNAME_INVALID, 0 },
        { "b\xc3\xbc"
          "cher.example",
          PEERNAME_INVALID, 0 },
        { "[::1]", PEERNAME_INVALID, 0 },
        { "fe80::1%eth0", PEERNAME_INVALID, 0 },
        { "127.0.0.1.", PEERNAME_INVALID, 0 },
        { "127.1", PEERNAME_INVALID, 0 },
        { "192.168.001.001", PEERNAME_INVALID, 0 },
        { "256.1.1.1", PEERNAME_INVALID, 0 },
        { "0x7f000001", PEERNAME_INVALID, 0 },
        { "2130706433", PEERNAME_INVALID, 0 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        uint8_t ip[16];
        size_t len = 0;
        CHECK(peername_classify(table[i].name, ip, &len) == table[i].kind && len == table[i].ip_len,
              "\"%s\" is %s", table[i].name,
              table[i].kind == PEERNAME_DNS     ? "a DNS name"
              : table[i].kind == PEERNAME_IP    ? "an address"
              : table[i].kind == PEERNAME_EMAIL ? "a mailbox"
                                                : "none of them");
    }
}

static void long_names(void)
{
    char name[300];
    memset(name, 'a', sizeof(name));
    for (size_t i = 63; i < sizeof(name); i += 64)
        name[i] = '.';
    name[253] = '\0';
    CHECK(peername_classify(name, NULL, NULL) == PEERNAME_DNS, "253 characters are a DNS name");
    name[253] = 'a';
    name[254] = '\0';
    CHECK(peername_classify(name, NULL, NULL) == PEERNAME_INVALID, "254 characters are none");
    memset(name, 'a', 64);
    strcpy(name + 64, ".example");
    CHECK(peername_classify(name, NULL, NULL) == PEERNAME_INVALID,
          "a label of 64 characters is none");
}

static const struct match {
    const char *san;
    const char *name;
    bool matches;
} matches[] = {
    { "dns:mail.example", "mail.example", true },
    { "dns:mail.example", "MAIL.EXAMPLE", true },
    { "dns:Mail.Example", "mail.example", true },
    { "dns:mail.example", "mail.example.", true },
    { "dns:a.example dns:b.example dns:mail.example", "mail.example", true },
    { "dns:localhost", "localhost", true },
    { "dns:mail.example", "example", false },
    { "dns:mail.example", "www.mail.example", false },
    { "dns:mail.example", "xmail.example", false },
    { "dns:mail.example.", "mail.example", false },
    { "dns:.mail.example", "mail.example", false },
    { "", "mail.example", false },
    /* "*" is the whole of the left-most label, and stands for exactly one. */
    { "dns:*.b.example", "a.b.example", true },
    { "dns:*.b.example", "A.B.EXAMPLE", true },
    { "dns:*.b.example", "a.b.example.", true },
    { "dns:*.b.example", "xn--bcher-kva.b.example", true },
    { "dns:*.b.example", "b.example", false },
    { "dns:*.b.example", "c.a.b.example", false },
    { "dns:*.b.example", "a.c.example", false },
    { "dns:*a.b.example", "aa.b.example", false },
    { "dns:a*.b.example", "aa.b.example", false },
    { "dns:a.*.example", "a.b.example", false },
    { "dns:*.*.example", "a.b.example", false },
    { "dns:xn--*-1b3c148a.example.com", "xn--bliss-1b3c148a.example.com", false },
    { "dns:*", "localhost", false },
    { "dns:*.", "localhost.", false },
    { "dns:*.com", "example.com", false },
    { "dns:*.example", "mail.example", false },
    { "dns:*.co.uk", "example.co.uk", true },
    /* Addresses are compared by their bytes, and with addresses alone. */
    { "ip:7f000001", "127.0.0.1", true },
    { "ip:00000000000000000000000000000001", "::1", true },
    { "ip:00000000000000000000000000000001", "0:0:0:0:0:0:0:1", true },
    { "ip:7f000002", "127.0.0.1", false },
    { "ip:00000000000000000000ffff7f000001", "127.0.0.1", false },
    { "ip:00000000000000000000ffff7f000001", "::ffff:127.0.0.1", true },
    { "ip:7f000001ff000000", "127.0.0.1", false },
    { "dns:127.0.0.1", "127.0.0.1", false },
    { "dns:*.0.0.1", "127.0.0.1", false },
    { "ip:7f000001", "localhost", false },
    /* Of a mailbox only the host is without regard to case. */
    { "email:user@mail.example", "user@mail.example", true },
    { "email:user@MAIL.example", "user@mail.EXAMPLE", true },
    { "email:User@mail.example", "user@mail.example", false },
    { "email:user@mail.example", "other@mail.example", false },
    { "email:user@mail.example", "user@example", false },
    { "email:user@mail.example", "a.user@mail.example", false },
    { "email:@mail.example", "user@mail.example", false },
    { "email:mail.example", "user@mail.example", false },
    { "email:user@*.example", "user@mail.example", false },
    { "dns:mail.example", "user@mail.example", false },
    { "uri:mailto:user@mail.example", "user@mail.example", false },
    /* Other kinds of names are for other uses. */
    { "uri:https://mail.example/", "mail.example", false },
    { "email:user@mail.example", "mail.example", false },
    { "dir:mail.example", "mail.example", false },
    /* Names that are no reference for anything. */
    { "dns:*.b.example", "*.b.example", false },
    { "dns:mail.example", "", false },
};

static bool is_issued_for(const char *san, const char *name, const struct suffix_list *suffixes,
                          size_t work)
{
    const struct mint description = { .cn = name[0] != '\0' ? name : "none", .san = san };
    struct slice der = mint(&description);
    struct x509 x509;
    bool is = x509_parse(&x509, der) == NULL && peername_matches(&x509, name, suffixes, &work);
    free((void *)der.data);
    return is;
}

static void matching(void)
{
    for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
        const struct match *m = &matches[i];
        CHECK(is_issued_for(m->san, m->name, NULL, 100) == m->matches,
              "a certificate for \"%s\" is %sfor \"%s\", whatever its common name", m->san,
              m->matches ? "" : "not ", m->name);
    }
    CHECK(!is_issued_for("dns:a.example dns:b.example", "b.example", NULL, 1),
          "a name that is not reached within the work allowed does not match");
}

static void listing(void)
{
    static const struct {
        const char *san, *text;
    } table[] = {
        { "", "" },
        { "email:a@b", "a@b" },
        { "uri:https://a.example/", "" },
        { "dns:a.example", "a.example" },
        { "dns:a.example dns:*.b.example", "a.example and *.b.example" },
        { "dns:a email:x@y ip:7f000001 ip:00000000000000000000000000000001",
          "a, x@y, 127.0.0.1 and ::1" },
        { "dns:a dns:b dns:c dns:d dns:e", "a, b, c, d and e" },
        { "dns:a dns:b dns:c dns:d dns:e dns:f", "a, b, c, d and 2 more" },
        { "dns:a\nb\x01\xff", "a\\0ab\\01\\ff" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct mint description = { .cn = "a", .san = table[i].san };
        struct slice der = mint(&description);
        struct x509 x509;
        char text[100] = "?";
        if (x509_parse(&x509, der) == NULL)
            peername_list(&x509, text, sizeof(text));
        CHECK(strcmp(text, table[i].text) == 0, "the names of certificate %zu are \"%s\"", i,
              table[i].text);
        free((void *)der.data);
    }
}

static const char suffix_text[] = "// a list\n"
                                  "// ===BEGIN ICANN DOMAINS===\n"
                                  "com\n"
                                  "uk\n"
                                  "co.uk\r\n"
                                  "  \n"
                                  "*.ck and what follows a space\n"
                                  "!www.ck\n"
                                  "\xe5\x85\xac\xe5\x8f\xb8.cn\n"
                                  "// ===END ICANN DOMAINS===\n"
                                  "// ===BEGIN PRIVATE DOMAINS===\n"
                                  "s3.example.com\n"
                                  "// ===END PRIVATE DOMAINS===";

static void suffixes(void)
{
    static const struct {
        const char *name;
        bool public, with_private;
    } table[] = {
        { "com", true, true },           { "anything", true, true },
        { "co.uk", true, true },         { "CO.UK", true, true },
        { "example.com", false, false }, { "x.co.uk", false, false },
        { "a.ck", true, true },          { "ck", true, true },
        { "www.ck", false, false },      { "b.a.ck", false, false },
        { "xn--55qx5d.cn", true, true }, { "s3.example.com", false, true },
    };
    struct suffix_list *icann, *all;
    CHECK(suffix_list_new(&icann, suffix_text, strlen(suffix_text), false) == SECSOCK_OK,
          "a list of public suffixes is read");
    CHECK(suffix_list_new(&all, suffix_text, strlen(suffix_text), true) == SECSOCK_OK,
          "and one with its private section");
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice name = { (const uint8_t *)table[i].name, strlen(table[i].name) };
        CHECK(suffix_is_public(icann, name) == table[i].public, "%s is %s public suffix",
              table[i].name, table[i].public ? "a" : "no");
        CHECK(suffix_is_public(all, name) == table[i].with_private,
              "%s is %s public suffix, private ones included", table[i].name,
              table[i].with_private ? "a" : "no");
    }
    CHECK(!is_issued_for("dns:*.co.uk", "example.co.uk", icann, 100),
          "no wildcard stands right below a public suffix");
    CHECK(is_issued_for("dns:*.example.co.uk", "www.example.co.uk", icann, 100),
          "one stands further below");
    suffix_list_free(icann);
    suffix_list_free(all);
    CHECK(suffix_list_new(&all, "// nothing\n", 11, true) == SECSOCK_E_FORMAT && all == NULL,
          "a list without a rule is refused");
    CHECK(suffix_list_new(&all, "a..b\n", 5, true) == SECSOCK_E_FORMAT && all == NULL,
          "so is a rule that is no name");
    suffix_list_free(NULL);
}

/* RFC 3492, section 7.1, and labels in use. */
static void punycode(void)
{
    static const struct {
        const char *utf8, *label;
    } table[] = {
        { "example", "example" },
        { "EXAMPLE", "example" },
        { "b\xc3\xbc"
          "cher",
          "xn--bcher-kva" },
        { "\xe5\x85\xac\xe5\x8f\xb8", "xn--55qx5d" },
        { "\xd8\xa7\xd9\x84\xd8\xb3\xd8\xb9\xd9\x88\xd8\xaf\xd9\x8a\xd8\xa9", "xn--mgberp4a5d4ar" },
        { "Pro\xc4\x8dprost\xc4\x9bnemluv\xc3\xad\xc4\x8d"
          "esky",
          "xn--proprostnemluvesky-uyb24dma41a" },
        { "\xf0\x9f\x98\x80", "xn--e28h" },
        { "\xff", NULL },
        { "\xc3", NULL },
        { "\xe5\x85", NULL },
        { "\xc0\x80", NULL },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice utf8 = { (const uint8_t *)table[i].utf8, strlen(table[i].utf8) };
        uint8_t label[PUNYCODE_LABEL_SIZE];
        size_t len = 0;
        bool good = punycode_label(utf8, label, &len);
        CHECK(table[i].label == NULL ? !good
                                     : good && len == strlen(table[i].label) &&
                                           memcmp(label, table[i].label, len) == 0,
              "label %zu becomes %s", i, table[i].label != NULL ? table[i].label : "nothing");
    }
}

int main(void)
{
    kinds();
    long_names();
    matching();
    listing();
    suffixes();
    punycode();
    mint_end();
    return check_done();
}

#include "constraints.h"

#include <string.h>

#include "mailbox.h"
#include "peername.h"
#include "uri.h"

static struct slice after(struct slice text, size_t count)
{
    return (struct slice){ text.data + count, text.len - count };
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool host_equal(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    }
    return true;
}

/* Whether `name` is `base` with labels added to its left: at least one where `below`. */
static bool host_within(struct slice name, struct slice base, bool below)
{
    if (base.len == 0)
        return true;
    if (name.len <= base.len)
        return !below && host_equal(name, base);
    return name.data[name.len - base.len - 1] == '.' &&
           host_equal(after(name, name.len - base.len), base);
}

static bool is_wildcard(struct slice name)
{
    return name.len > 2 && name.data[0] == '*';
}

/* ------------------------------------------------------------------- the kinds of names, each */

/*
 * Whether a name is within a subtree. An excluded subtree is also met by a wildcard that stands
 * for a name in it: for that the base may be one label longer than the wildcard's own.
 */
static bool dns_within(struct slice name, struct slice base, bool excluded)
{
    if (host_within(name, base, false))
        return true;
    if (!excluded || !is_wildcard(name))
        return false;
    const uint8_t *dot = memchr(base.data, '.', base.len);
    return dot != NULL && host_equal(after(base, (size_t)(dot - base.data)), after(name, 1));
}

static bool ip_within(struct slice address, struct slice base)
{
    if (base.len != 2 * address.len)
        return false;
    for (size_t i = 0; i < address.len; i++) {
        if (((address.data[i] ^ base.data[i]) & base.data[address.len + i]) != 0)
            return false;
    }
    return true;
}

/* A base is a mailbox, a host, or with a dot in front every host below it. */
static bool email_within(struct slice mailbox, struct slice base)
{
    struct slice local, host, base_local, base_host;
    if (base.len == 0)
        return true;
    if (!mailbox_split(mailbox, &local, &host))
        return false;
    if (base.data[0] == '.')
        return host_within(host, after(base, 1), true);
    if (mailbox_split(base, &base_local, &base_host))
        return mailbox_local_equal(local, base_local) && host_equal(host, base_host);
    return host_equal(host, base);
}

static bool uri_within(struct slice uri, struct slice base)
{
    struct slice host;
    if (base.len == 0)
        return true;
    if (!uri_host(uri, &host))
        return false;
    return base.data[0] == '.' ? host_within(host, after(base, 1), true) : host_equal(host, base);
}

static bool is_within(const struct x509_general_name *name, struct slice base, bool excluded)
{
    switch (name->kind) {
    case X509_DNS:
        return dns_within(name->value, base, excluded);
    case X509_IP:
        return ip_within(name->value, base);
    case X509_EMAIL:
        return email_within(name->value, base);
    case X509_URI:
        return uri_within(name->value, base);
    default:
        return name->kind == X509_DIRECTORY && x509_name_within(name->value, base);
    }
}

/* Whether a name can be compared with constraints of its kind at all. */
static bool is_comparable(const struct x509_general_name *name)
{
    struct slice local, host;
    switch (name->kind) {
    case X509_DNS:
        return peername_is_dns(name->value, true);
    case X509_IP:
        return name->value.len == 4 || name->value.len == 16;
    case X509_EMAIL:
        return mailbox_split(name->value, &local, &host);
    case X509_URI:
        return uri_host(name->value, &host);
    default:
        return name->kind == X509_DIRECTORY;
    }
}

/* --------------------------------------------------------------------------------- the checks */

struct subtrees {
    struct slice permitted; /* contents of GeneralSubtrees */
    struct slice excluded;
};

static struct subtrees read_constraints(const struct x509 *issuer)
{
    struct slice value = issuer->name_constraints;
    struct slice content = { NULL, 0 };
    struct subtrees subtrees = { { NULL, 0 }, { NULL, 0 } };
    if (value.data != NULL && der_take(&value, DER_SEQUENCE, &content)) {
        der_optional(&content, DER_CONTEXT_CONSTRUCTED + 0, &subtrees.permitted);
        der_optional(&content, DER_CONTEXT_CONSTRUCTED + 1, &subtrees.excluded);
    }
    return subtrees;
}

/* Takes a GeneralSubtree off the front: its base, and what stands behind it. */
static bool next_subtree(struct slice *subtrees, struct x509_general_name *base, struct slice *rest)
{
    return subtrees->len > 0 && der_take(subtrees, DER_SEQUENCE, rest) &&
           x509_next_name(rest, base);
}

struct check {
    struct subtrees subtrees;
    size_t *work;
};

/* Pays for looking at so many octets of names; false when the work does not suffice. */
static bool spend(const struct check *check, size_t octets)
{
    enum { OCTETS_OF_A_COMPARISON = 32 };
    size_t price = 1 + octets / OCTETS_OF_A_COMPARISON;
    bool enough = price <= *check->work;
    *check->work = enough ? *check->work - price : 0;
    return enough;
}

enum search { FOUND, NOT_FOUND, NONE_OF_KIND, EXHAUSTED };

static enum search search(const struct check *check, struct slice subtrees, bool excluded,
                          const struct x509_general_name *name)
{
    enum search result = NONE_OF_KIND;
    struct x509_general_name base;
    struct slice rest;
    while (next_subtree(&subtrees, &base, &rest)) {
        if (!spend(check, base.kind == name->kind ? base.value.len + name->value.len : 0))
            return EXHAUSTED;
        if (base.kind != name->kind)
            continue;
        result = NOT_FOUND;
        if (is_within(name, base.value, excluded))
            return FOUND;
    }
    return result;
}

static enum constraints_result check_name(const struct check *check,
                                          const struct x509_general_name *name)
{
    enum search excluded = search(check, check->subtrees.excluded, true, name);
    enum search permitted = search(check, check->subtrees.permitted, false, name);
    if (excluded == EXHAUSTED || permitted == EXHAUSTED)
        return CONSTRAINTS_TOO_COMPLEX;
    if (excluded == NONE_OF_KIND && permitted == NONE_OF_KIND)
        return CONSTRAINTS_MET;
    if (!is_comparable(name))
        return CONSTRAINTS_UNCLEAR;
    if (excluded == FOUND)
        return CONSTRAINTS_EXCLUDED;
    return permitted == NOT_FOUND ? CONSTRAINTS_NOT_PERMITTED : CONSTRAINTS_MET;
}

/* Names in the subject: the whole of it, and without subjectAltName its e-mail addresses. */
static enum constraints_result check_subject(const struct check *check, const struct x509 *subject,
                                             struct x509_general_name *name)
{
    static const uint8_t email_address[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01 };
    enum constraints_result result;
    struct x509_name_cursor cursor;
    struct x509_attribute attribute;
    if (x509_name_is_empty(subject->subject))
        return CONSTRAINTS_MET;
    *name = (struct x509_general_name){ X509_DIRECTORY, subject->subject };
    result = check_name(check, name);
    if (x509_has(subject, X509_SUBJECT_ALT_NAME))
        return result;
    x509_name_begin(&cursor, subject->subject);
    while (result == CONSTRAINTS_MET && x509_name_next(&cursor, &attribute)) {
        if (!slice_equal(attribute.type, (struct slice){ email_address, sizeof(email_address) }))
            continue;
        *name = (struct x509_general_name){ X509_EMAIL, attribute.value };
        result = check_name(check, name);
    }
    return result;
}

static const struct slice smtp_utf8_mailbox =
    SLICE_OF(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x09);

/* RFC 9598, section 6: constraints of e-mail addresses hold for a SmtpUTF8Mailbox, which is an
 * otherName, as well. One that is malformed becomes an address that cannot be compared. */
static bool read_smtp_utf8_mailbox(struct x509_general_name *name)
{
    struct slice content = name->value, oid, value, mailbox;
    if (name->kind != X509_OTHER_NAME || !der_oid(&content, &oid) ||
        !slice_equal(oid, smtp_utf8_mailbox))
        return false;
    if (der_take(&content, DER_CONTEXT_CONSTRUCTED + 0, &value) &&
        der_take(&value, DER_UTF8_STRING, &mailbox) && value.len == 0 && content.len == 0)
        *name = (struct x509_general_name){ X509_EMAIL, mailbox };
    else
        *name = (struct x509_general_name){ X509_EMAIL, { NULL, 0 } };
    return true;
}

enum constraints_result constraints_check(const struct x509 *issuer, const struct x509 *subject,
                                          size_t *work, struct x509_general_name *name)
{
    struct check check = { read_constraints(issuer), work };
    struct slice names = x509_san_names(subject);
    enum constraints_result result = check_subject(&check, subject, name);
    while (result == CONSTRAINTS_MET && x509_next_name(&names, name)) {
        result = check_name(&check, name);
        if (result == CONSTRAINTS_MET && read_smtp_utf8_mailbox(name))
            result = check_name(&check, name);
    }
    return result;
}

/* ----------------------------------------------------------------- the constraints themselves */

/* RFC 4632: ones, then zeros. */
static bool is_mask(struct slice mask)
{
    bool ended = false;
    for (size_t i = 0; i < mask.len * 8; i++) {
        bool bit = (mask.data[i / 8] >> (7 - i % 8) & 1) != 0;
        if (bit && ended)
            return false;
        ended = !bit;
    }
    return true;
}

static bool is_host_base(struct slice base)
{
    return base.len == 0 || peername_is_dns(base.data[0] == '.' ? after(base, 1) : base, false);
}

static const char *base_flaw(const struct x509_general_name *base)
{
    struct slice local, host;
    struct slice value = base->value;
    switch (base->kind) {
    case X509_DNS:
        return value.len == 0 || peername_is_dns(value, false)
                   ? NULL
                   : "constrain DNS names by what is none";
    case X509_IP:
        return (value.len == 8 || value.len == 32) && is_mask(after(value, value.len / 2))
                   ? NULL
                   : "constrain IP addresses by what is no range of them";
    case X509_EMAIL:
        return mailbox_split(value, &local, &host) || is_host_base(value)
                   ? NULL
                   : "constrain e-mail addresses by what is neither one nor a host";
    case X509_URI:
        return is_host_base(value) ? NULL : "constrain URIs by what is no host";
    default:
        return NULL;
    }
}

static const char *subtrees_flaw(struct slice subtrees)
{
    const char *flaw = NULL;
    struct x509_general_name base;
    struct slice rest;
    if (subtrees.data != NULL && subtrees.len == 0)
        return "hold an empty list";
    while (flaw == NULL && next_subtree(&subtrees, &base, &rest))
        flaw = rest.len > 0 ? "use minimum or maximum" : base_flaw(&base);
    return flaw;
}

const char *constraints_flaw(const struct x509 *issuer)
{
    struct subtrees subtrees = read_constraints(issuer);
    const char *flaw = subtrees_flaw(subtrees.permitted);
    if (subtrees.permitted.data == NULL && subtrees.excluded.data == NULL)
        return "are empty";
    return flaw != NULL ? flaw : subtrees_flaw(subtrees.excluded);
}

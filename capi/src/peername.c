#include "peername.h"

#include <arpa/inet.h>
#include <string.h>

#include "mailbox.h"
#include "suffix.h"
#include "text.h"

enum { LONGEST_NAME = 253, LONGEST_LABEL = 63 }; /* RFC 1035, section 2.3.4, as text */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_label_char(uint8_t c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
}

static bool is_label(struct slice label)
{
    if (label.len == 0 || label.len > LONGEST_LABEL || label.data[0] == '-' ||
        label.data[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        if (!is_label_char(label.data[i]))
            return false;
    }
    return true;
}

/* Takes the label before the first dot, and that dot, off the front. */
static struct slice next_label(struct slice *name)
{
    const uint8_t *dot = memchr(name->data, '.', name->len);
    size_t len = dot != NULL ? (size_t)(dot - name->data) : name->len;
    struct slice label = { name->data, len };
    size_t taken = dot != NULL ? len + 1 : len;
    name->data += taken;
    name->len -= taken;
    return label;
}

/* Whether resolvers may take a name with this last label for an IPv4 address. */
static bool is_number(struct slice label)
{
    bool hex = label.len > 2 && label.data[0] == '0' && lower(label.data[1]) == 'x';
    for (size_t i = hex ? 2 : 0; i < label.len; i++) {
        uint8_t c = lower(label.data[i]);
        if (!is_digit(c) && !(hex && c >= 'a' && c <= 'f'))
            return false;
    }
    return true;
}

bool peername_is_dns(struct slice name, bool wildcard)
{
    struct slice label = { NULL, 0 };
    if (name.len == 0 || name.len > LONGEST_NAME || name.data[name.len - 1] == '.')
        return false;
    if (wildcard && name.len > 2 && memcmp(name.data, "*.", 2) == 0)
        next_label(&name);
    while (name.len > 0) {
        label = next_label(&name);
        if (!is_label(label))
            return false;
    }
    return !is_number(label);
}

/* A name without the dot that makes it absolute. */
static struct slice reference(const char *name)
{
    struct slice dns = { (const uint8_t *)name, strlen(name) };
    if (dns.len > 0 && dns.data[dns.len - 1] == '.')
        dns.len--;
    return dns;
}

static enum peername_kind classify_text(const char *name)
{
    struct slice mailbox = { (const uint8_t *)name, strlen(name) }, local, host;
    if (peername_is_dns(reference(name), false))
        return PEERNAME_DNS;
    return text_is_ascii(mailbox) && mailbox_split(mailbox, &local, &host) ? PEERNAME_EMAIL
                                                                           : PEERNAME_INVALID;
}

enum peername_kind peername_classify(const char *name, uint8_t ip[16], size_t *ip_len)
{
    uint8_t bytes[16];
    size_t len = 0;
    if (inet_pton(AF_INET, name, bytes) == 1)
        len = 4;
    else if (inet_pton(AF_INET6, name, bytes) == 1)
        len = 16;
    if (len == 0)
        return classify_text(name);
    if (ip != NULL)
        memcpy(ip, bytes, len);
    if (ip_len != NULL)
        *ip_len = len;
    return PEERNAME_IP;
}

static bool dns_equal(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    }
    return true;
}

/* RFC 9525, section 6.3: "*" stands for exactly one label, and only for the left-most. */
static bool dns_matches(struct slice presented, struct slice wanted,
                        const struct suffix_list *suffixes)
{
    if (!peername_is_dns(presented, true))
        return false;
    if (presented.data[0] != '*')
        return dns_equal(presented, wanted);
    next_label(&presented);
    next_label(&wanted);
    return dns_equal(presented, wanted) && !suffix_is_public(suffixes, presented);
}

/* RFC 5280, section 4.2.1.6, and RFC 5321, section 2.4 */
static bool email_matches(struct slice presented, struct slice wanted)
{
    struct slice local, host, wanted_local, wanted_host;
    return mailbox_split(presented, &local, &host) &&
           mailbox_split(wanted, &wanted_local, &wanted_host) &&
           mailbox_local_equal(local, wanted_local) && dns_equal(host, wanted_host);
}

bool peername_matches(const struct x509 *x509, const char *name, const struct suffix_list *suffixes,
                      size_t *work)
{
    struct slice names = x509_san_names(x509);
    struct slice wanted = reference(name);
    struct x509_general_name san;
    uint8_t ip[16];
    size_t ip_len = 0;
    enum peername_kind kind = peername_classify(name, ip, &ip_len);
    if (kind == PEERNAME_INVALID)
        return false;
    while (x509_next_name(&names, &san)) {
        if (*work == 0)
            return false;
        --*work;
        if (kind == PEERNAME_IP && san.kind == X509_IP &&
            slice_equal(san.value, (struct slice){ ip, ip_len }))
            return true;
        if (kind == PEERNAME_DNS && san.kind == X509_DNS &&
            dns_matches(san.value, wanted, suffixes))
            return true;
        if (kind == PEERNAME_EMAIL && san.kind == X509_EMAIL && email_matches(san.value, wanted))
            return true;
    }
    return false;
}

/* Whether a name is of a kind that a TLS peer can be called by. */
static bool is_peer(const struct x509_general_name *san)
{
    return san->kind == X509_DNS || san->kind == X509_IP || san->kind == X509_EMAIL;
}

static size_t count_peers(struct slice names)
{
    struct x509_general_name san;
    size_t count = 0;
    while (x509_next_name(&names, &san))
        count += is_peer(&san) ? 1 : 0;
    return count;
}

void peername_list(const struct x509 *x509, char *buffer, size_t size)
{
    enum { SHOWN = 4 };
    struct slice names = x509_san_names(x509);
    size_t count = count_peers(names);
    size_t shown = count > SHOWN + 1 ? SHOWN : count;
    struct x509_general_name san;
    struct text text;
    size_t i = 0;
    text_begin(&text, buffer, size);
    while (i < shown && x509_next_name(&names, &san)) {
        if (!is_peer(&san))
            continue;
        text_add(&text, "%s", i == 0 ? "" : i + 1 == count ? " and " : ", ");
        if (san.kind == X509_IP)
            text_add_ip(&text, san.value);
        else
            text_add_bytes(&text, san.value);
        i++;
    }
    if (shown < count)
        text_add(&text, " and %zu more", count - shown);
}

/* Whom a certificate is issued for, and whether that is whom we mean (RFC 9525). */
#ifndef SECSOCK_SRC_PEERNAME_H
#define SECSOCK_SRC_PEERNAME_H

#include "x509.h"

enum peername_kind {
    PEERNAME_INVALID, /* neither of the others */
    PEERNAME_DNS,     /* in A-labels; a dot at the end is allowed */
    PEERNAME_IP,      /* IPv4 in four decimal parts, or IPv6 without brackets or zone */
    PEERNAME_EMAIL    /* a mailbox: a local part in ASCII without blanks, "@", a DNS name */
};

/* What a peer name is. An address is put into `ip`, its length (4 or 16) into *ip_len; both may
 * be NULL. A name that looks like an address and is none ("10.1", "192.168.001.1") is invalid. */
enum peername_kind peername_classify(const char *name, uint8_t ip[16], size_t *ip_len);

/* A list of public suffixes, or NULL where there is none: then only single labels are taken for
 * one. */
struct suffix_list;

/* Whether the certificate is issued for `name`: one of its subjectAltNames is that address, byte
 * by byte, or that DNS name, or stands for it with "*" as its whole left-most label; or is that
 * mailbox, its host without regard to case (RFC 5280, section 4.2.1.6). `work` is
 * what may be spent, one for each name looked at; false, and *work 0, when it did not suffice. */
bool peername_matches(const struct x509 *x509, const char *name, const struct suffix_list *suffixes,
                      size_t *work);

/* Whether a dNSName of a certificate is one: letters, digits, hyphens and (RFC 5280 frowns on
 * them) underscores in labels, no dot at either end; "*" as its left-most label if `wildcard`. */
bool peername_is_dns(struct slice name, bool wildcard);

/* The names that it is issued for, as a sentence part ("a.example and *.b.example"), cut short
 * when there are many; "" when there is none. */
void peername_list(const struct x509 *x509, char *buffer, size_t size);

#endif

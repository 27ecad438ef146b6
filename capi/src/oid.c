#include "oid.h"

#include <string.h>

#include "text.h"

static const struct {
    const char *oid;
    const char *name;
} names[] = {
    /* Attribute types: RFC 4514, section 3, and the registry it refers to. */
    { "2.5.4.3", "CN" },
    { "2.5.4.4", "SN" },
    { "2.5.4.5", "serialNumber" },
    { "2.5.4.6", "C" },
    { "2.5.4.7", "L" },
    { "2.5.4.8", "ST" },
    { "2.5.4.9", "STREET" },
    { "2.5.4.10", "O" },
    { "2.5.4.11", "OU" },
    { "2.5.4.12", "title" },
    { "2.5.4.15", "businessCategory" },
    { "2.5.4.17", "postalCode" },
    { "2.5.4.41", "name" },
    { "2.5.4.42", "givenName" },
    { "2.5.4.43", "initials" },
    { "2.5.4.44", "generationQualifier" },
    { "2.5.4.46", "dnQualifier" },
    { "2.5.4.65", "pseudonym" },
    { "2.5.4.97", "organizationIdentifier" },
    { "0.9.2342.19200300.100.1.1", "UID" },
    { "0.9.2342.19200300.100.1.25", "DC" },
    { "1.2.840.113549.1.9.1", "emailAddress" },
    /* Keys: RFC 3279, RFC 4055, RFC 8410. */
    { "1.2.840.113549.1.1.1", "RSA" },
    { "1.2.840.113549.1.1.10", "RSA-PSS" },
    { "1.2.840.10045.2.1", "EC" },
    { "1.3.101.112", "Ed25519" },
    { "1.3.101.113", "Ed448" },
    /* Curves: RFC 5480, RFC 5639, SEC 2. */
    { "1.2.840.10045.3.1.7", "P-256" },
    { "1.3.132.0.33", "P-224" },
    { "1.3.132.0.34", "P-384" },
    { "1.3.132.0.35", "P-521" },
    { "1.3.132.0.10", "secp256k1" },
    { "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1" },
    { "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1" },
    { "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1" },
    /* Signatures: RFC 3279, RFC 4055, RFC 5758. */
    { "1.2.840.113549.1.1.4", "md5WithRSAEncryption" },
    { "1.2.840.113549.1.1.5", "sha1WithRSAEncryption" },
    { "1.2.840.113549.1.1.14", "sha224WithRSAEncryption" },
    { "1.2.840.113549.1.1.11", "sha256WithRSAEncryption" },
    { "1.2.840.113549.1.1.12", "sha384WithRSAEncryption" },
    { "1.2.840.113549.1.1.13", "sha512WithRSAEncryption" },
    { "1.2.840.10045.4.1", "ecdsa-with-SHA1" },
    { "1.2.840.10045.4.3.1", "ecdsa-with-SHA224" },
    { "1.2.840.10045.4.3.2", "ecdsa-with-SHA256" },
    { "1.2.840.10045.4.3.3", "ecdsa-with-SHA384" },
    { "1.2.840.10045.4.3.4", "ecdsa-with-SHA512" },
    /* Purposes: RFC 5280, section 4.2.1.12. */
    { "2.5.29.37.0", "anyExtendedKeyUsage" },
    { "1.3.6.1.5.5.7.3.1", "serverAuth" },
    { "1.3.6.1.5.5.7.3.2", "clientAuth" },
    { "1.3.6.1.5.5.7.3.3", "codeSigning" },
    { "1.3.6.1.5.5.7.3.4", "emailProtection" },
    { "1.3.6.1.5.5.7.3.8", "timeStamping" },
    { "1.3.6.1.5.5.7.3.9", "OCSPSigning" },
};

/* Enough for every identifier in the table. */
enum { TEXT_SIZE = 64 };

const char *oid_name(struct slice oid)
{
    char text[TEXT_SIZE];
    oid_text(oid, text, sizeof(text));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].oid, text) == 0)
            return names[i].name;
    }
    return NULL;
}

bool oid_is(struct slice oid, const char *dotted)
{
    char text[TEXT_SIZE];
    oid_text(oid, text, sizeof(text));
    return strcmp(text, dotted) == 0;
}

static void put(char *buffer, size_t size, size_t at, char c)
{
    if (at + 1 < size) {
        buffer[at] = c;
        buffer[at + 1] = '\0';
    }
}

/* An arc that does not fit into 64 bits: nobody's but in names made at random (X.667). */
static const uint64_t too_large = UINT64_MAX;

/* Appends to a text of `len` characters; returns how many it has then. */
static size_t append_arc(char *buffer, size_t size, size_t len, uint64_t arc)
{
    char digits[20] = "?";
    size_t count = arc == too_large ? 1 : 0;
    for (; arc != too_large && (arc > 0 || count == 0); arc /= 10)
        digits[count++] = (char)('0' + arc % 10);
    if (len > 0)
        put(buffer, size, len++, '.');
    while (count > 0)
        put(buffer, size, len++, digits[--count]);
    return len;
}

size_t oid_text(struct slice oid, char *buffer, size_t size)
{
    size_t len = 0;
    uint64_t arc = 0;
    if (size > 0)
        buffer[0] = '\0';
    for (size_t i = 0; i < oid.len; i++) {
        arc = arc > UINT64_MAX >> 7 ? too_large : arc << 7 | (oid.data[i] & 0x7F);
        if ((oid.data[i] & 0x80) != 0)
            continue;
        if (len == 0 &&
            arc != too_large) { /* the first two arcs share an octet (X.690, section 8.19.4) */
            uint64_t root = arc < 80 ? arc / 40 : 2;
            len = append_arc(buffer, size, len, root);
            arc -= 40 * root;
        }
        len = append_arc(buffer, size, len, arc);
        arc = 0;
    }
    return len;
}

/* Takes a number off the front; false for what is none, has a leading zero or is too large. */
static bool take_arc(struct slice *text, uint64_t *arc)
{
    size_t digits = 0;
    *arc = 0;
    while (digits < text->len && text->data[digits] >= '0' && text->data[digits] <= '9') {
        if (*arc > (UINT64_MAX - 9) / 10 || (digits > 0 && *arc == 0))
            return false;
        *arc = *arc * 10 + (uint64_t)(text->data[digits++] - '0');
    }
    text->data += digits;
    text->len -= digits;
    return digits > 0;
}

/* In base 128, the high bit on all octets but the last (X.690, section 8.19.2). */
static bool encode_arc(uint64_t arc, uint8_t *out, size_t size, size_t *len)
{
    size_t octets = 1;
    for (uint64_t more = arc >> 7; more > 0; more >>= 7)
        octets++;
    if (octets > size - *len)
        return false;
    for (size_t i = octets; i > 0; i--) {
        out[*len + i - 1] = (uint8_t)((arc & 0x7F) | (i < octets ? 0x80 : 0));
        arc >>= 7;
    }
    *len += octets;
    return true;
}

static size_t encode_dotted(struct slice text, uint8_t *out, size_t size)
{
    uint64_t root, arc;
    size_t len = 0;
    if (!take_arc(&text, &root) || root > 2)
        return 0;
    for (bool first = true; text.len > 0; first = false) {
        if (*text.data != '.')
            return 0;
        text.data++;
        text.len--;
        if (!take_arc(&text, &arc))
            return 0;
        if (first && ((root < 2 && arc >= 40) || arc > UINT64_MAX - 80))
            return 0;
        if (!encode_arc(first ? 40 * root + arc : arc, out, size, &len))
            return 0;
    }
    return len;
}

size_t oid_encode(struct slice text, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (text_same(text_slice(names[i].name), text))
            return encode_dotted(text_slice(names[i].oid), out, size);
    }
    return encode_dotted(text, out, size);
}

bool oid_algorithm(struct slice identifier, struct slice *oid, struct slice *parameters)
{
    return der_take(&identifier, DER_SEQUENCE, parameters) && der_oid(parameters, oid);
}

#include "mint_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------------- names and times */

static void put_attribute(struct mint_out *out, const char *oid, unsigned tag, const char *value)
{
    size_t start = out->len;
    mint_put_hex(out, oid);
    mint_put_text(out, tag, value);
    mint_wrap(out, DER_SEQUENCE, start);
    mint_wrap(out, DER_SET, start);
}

static void put_common_name(struct mint_out *out, const char *cn, unsigned flaws)
{
    bool printable = (flaws & MINT_PRINTABLE) != 0;
    if (cn[0] != '\0')
        put_attribute(out, "0603550403", printable ? DER_PRINTABLE_STRING : DER_UTF8_STRING, cn);
}

void mint_put_name(struct mint_out *out, const char *cn, unsigned flaws)
{
    size_t name = out->len;
    put_common_name(out, cn, flaws);
    mint_wrap(out, DER_SEQUENCE, name);
}

static void put_subject(struct mint_out *out, const struct mint *d)
{
    size_t name = out->len;
    put_common_name(out, mint_cn(d), d->flaws);
    if (d->email != NULL)
        put_attribute(out, "06092a864886f70d010901", DER_IA5_STRING, d->email);
    mint_wrap(out, DER_SEQUENCE, name);
}

void mint_put_time(struct mint_out *out, const char *time, unsigned flaws)
{
    if ((flaws & MINT_GENERALIZED_TIME) != 0 || strcmp(time, "2050") >= 0)
        mint_put_text(out, DER_GENERALIZED_TIME, time);
    else
        mint_put_text(out, DER_UTC_TIME, time + 2);
}

/* The GeneralName in a word such as "dns:a.example". */
void mint_put_general_name(struct mint_out *out, const char *word, size_t len)
{
    static const struct {
        const char *prefix;
        unsigned tag;
    } kinds[] = { { "email:", 0x81 }, { "dns:", 0x82 },   { "uri:", 0x86 },  { "ip:", 0x87 },
                  { "dir:", 0xa4 },   { "other:", 0xa0 }, { "x400:", 0xa3 }, { "id:", 0x88 } };
    enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };
    size_t i = 0;
    while (i < KINDS && strncmp(word, kinds[i].prefix, strlen(kinds[i].prefix)) != 0)
        i++;
    mint_need(i < KINDS, "a kind of name that is not known");
    size_t start = out->len;
    const char *value = word + strlen(kinds[i].prefix);
    size_t value_len = len - strlen(kinds[i].prefix);
    char text[256];
    snprintf(text, sizeof(text), "%.*s", (int)value_len, value);
    if (kinds[i].tag == 0x87 || kinds[i].tag == 0x88 || kinds[i].tag == 0xa0 ||
        kinds[i].tag == 0xa3)
        mint_put_hex_part(out, value, value_len);
    else if (kinds[i].tag == 0xa4)
        mint_put_name(out, text, 0);
    else
        mint_put(out, value, value_len);
    mint_wrap(out, kinds[i].tag, start);
}

/* -------------------------------------------------------------------------------- extensions */

/* Begins an Extension; end_extension() wraps what was put since. */
static size_t begin_extension(struct mint_out *out, const char *oid, bool critical, unsigned flaws)
{
    size_t start = out->len;
    mint_put_hex(out, oid);
    if (critical)
        mint_put_hex(out, "0101ff");
    else if ((flaws & MINT_SPELLED_DEFAULT) != 0)
        mint_put_hex(out, "010100");
    return start;
}

static void end_extension(struct mint_out *out, size_t start, size_t value)
{
    mint_wrap(out, DER_OCTET_STRING, value);
    mint_wrap(out, DER_SEQUENCE, start);
}

void mint_put_key_id(struct mint_out *out, struct mint_key *key, unsigned tag)
{
    static struct mint_out bits;
    bits.len = 0;
    mint_put_key_bits(&bits, key);
    /* Any number will do that is the same for the same key (RFC 5280, section 4.2.1.2). */
    mint_put_element(out, tag, bits.bytes + bits.len - 20, 20);
}

static void put_key_ids(struct mint_out *out, const struct mint *d, struct mint_key *key,
                        struct mint_key *signer)
{
    if ((d->flaws & MINT_NO_SKI) == 0) {
        size_t start = begin_extension(out, "0603551d0e", false, d->flaws);
        size_t value = out->len;
        mint_put_key_id(out, key, DER_OCTET_STRING);
        end_extension(out, start, value);
    }
    if ((d->flaws & MINT_NO_AKI) == 0) {
        size_t start = begin_extension(out, "0603551d23", false, 0);
        size_t value = out->len;
        if ((d->flaws & MINT_STRANGE_AKI) != 0)
            mint_put_hex(out, "80040badc0de");
        else
            mint_put_key_id(out, signer, 0x80);
        mint_wrap(out, DER_SEQUENCE, value);
        end_extension(out, start, value);
    }
}

static void put_basic(struct mint_out *out, const struct mint *d)
{
    if ((d->flaws & MINT_NO_BASIC) != 0)
        return;
    size_t start = begin_extension(out, "0603551d13", (d->flaws & MINT_BASIC_NOT_CRITICAL) == 0, 0);
    size_t value = out->len;
    if (d->ca)
        mint_put_hex(out, "0101ff");
    if (d->cas_below > 0) {
        uint8_t length = (uint8_t)(d->cas_below - 1);
        mint_put_element(out, DER_INTEGER, &length, 1);
    }
    mint_wrap(out, DER_SEQUENCE, value);
    end_extension(out, start, value);
}

static void put_usage(struct mint_out *out, const struct mint *d)
{
    unsigned bits = d->usage != 0 ? (unsigned)d->usage : d->ca ? 1u << 5 | 1u << 6 : 1u;
    uint8_t octet = 0, unused = 8;
    if (d->usage == -1)
        return;
    for (uint8_t i = 0; i < 8; i++) {
        if ((bits >> i & 1) != 0) {
            octet |= (uint8_t)(0x80 >> i);
            unused = (uint8_t)(7 - i);
        }
    }
    size_t start = begin_extension(out, "0603551d0f", true, 0);
    size_t value = out->len;
    mint_put_byte(out, unused);
    mint_put_byte(out, octet);
    mint_wrap(out, DER_BIT_STRING, value);
    end_extension(out, start, value);
}

static void put_purpose(struct mint_out *out, const char *word, size_t len)
{
    static const char *const purposes[][2] = { { "server", "06082b06010505070301" },
                                               { "client", "06082b06010505070302" },
                                               { "code", "06082b06010505070303" },
                                               { "ocsp", "06082b06010505070309" },
                                               { "any", "0604551d2500" } };
    size_t i = 0;
    while (i < 5 && strncmp(word, purposes[i][0], len) != 0)
        i++;
    mint_need(i < 5, "a purpose that is not known");
    mint_put_hex(out, purposes[i][1]);
}

static void put_policy(struct mint_out *out, const char *word, size_t len)
{
    size_t start = out->len;
    mint_need(len == 1, "a policy of more than one character");
    mint_put_hex(out, word[0] == '*' ? "0604551d2000" : "06032a03");
    if (word[0] != '*')
        mint_put_byte(out, (unsigned)(word[0] - '0'));
    mint_wrap(out, DER_SEQUENCE, start);
}

/* A SEQUENCE OF what the words of a text stand for. */
static void put_words(struct mint_out *out, const char *text, unsigned tag,
                      void (*put_word)(struct mint_out *out, const char *word, size_t len))
{
    size_t start = out->len;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        put_word(out, text, len);
        text += len + strspn(text + len, " ");
    }
    mint_wrap(out, tag, start);
}

static void put_list(struct mint_out *out, const char *oid, bool critical, const char *text,
                     void (*put_word)(struct mint_out *out, const char *word, size_t len))
{
    if (text == NULL || text[0] == '\0')
        return;
    size_t start = begin_extension(out, oid, critical, 0);
    size_t value = out->len;
    put_words(out, text, DER_SEQUENCE, put_word);
    end_extension(out, start, value);
}

static void put_subtrees(struct mint_out *out, const char *text, char sign_wanted, unsigned tag)
{
    size_t start = out->len;
    bool any = false;
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (text[0] == sign_wanted) {
            size_t subtree = out->len;
            any = true;
            mint_put_general_name(out, text + 1, len - 1);
            mint_wrap(out, DER_SEQUENCE, subtree);
        }
        text += len + strspn(text + len, " ");
    }
    if (any)
        mint_wrap(out, tag, start);
}

static void put_constraints(struct mint_out *out, const struct mint *d)
{
    if (d->constraints == NULL)
        return;
    size_t start =
        begin_extension(out, "0603551d1e", (d->flaws & MINT_CONSTRAINTS_NOT_CRITICAL) == 0, 0);
    size_t value = out->len;
    put_subtrees(out, d->constraints, '+', 0xa0);
    put_subtrees(out, d->constraints, '-', 0xa1);
    mint_wrap(out, DER_SEQUENCE, value);
    end_extension(out, start, value);
}

static void put_policy_constraints(struct mint_out *out, const struct mint *d)
{
    uint8_t skip = (uint8_t)(d->explicit_policy - 1);
    if (d->explicit_policy == 0)
        return;
    size_t start = begin_extension(out, "0603551d24", true, 0);
    size_t value = out->len;
    mint_put_element(out, 0x80, &skip, 1);
    mint_wrap(out, DER_SEQUENCE, value);
    end_extension(out, start, value);
}

static void put_odd(struct mint_out *out, unsigned flaws)
{
    if ((flaws & MINT_TWICE) != 0) {
        mint_put_hex(out, "300a 06032a0304 0403020101");
        mint_put_hex(out, "300a 06032a0304 0403020102");
    }
    if ((flaws & MINT_UNKNOWN_CRITICAL) != 0)
        mint_put_hex(out, "300d 06032a0305 0101ff 0403020101");
    if ((flaws & MINT_CRITICAL_POISON) != 0)
        mint_put_hex(out, "3027 06082b06010505070101 0101ff 0418 3016 3014 06082b06010505073001 "
                          "8608 687474703a2f2f61");
}

const char *mint_cn(const struct mint *d)
{
    return d->cn != NULL ? d->cn : "Leaf";
}

static void put_extensions(struct mint_out *out, const struct mint *d, struct mint_key *key,
                           struct mint_key *signer)
{
    size_t start = out->len;
    const char *eku = d->eku != NULL ? d->eku : d->ca ? "" : "server";
    const char *san = d->san != NULL ? d->san : d->ca ? "" : "dns:a.example";
    put_key_ids(out, d, key, signer);
    put_basic(out, d);
    put_usage(out, d);
    put_list(out, "0603551d25", (d->flaws & MINT_EKU_CRITICAL) != 0, eku, put_purpose);
    put_list(out, "0603551d11", mint_cn(d)[0] == '\0' || (d->flaws & MINT_SAN_CRITICAL) != 0, san,
             mint_put_general_name);
    put_list(out, "0603551d20", false, d->policies, put_policy);
    put_list(out, "0603551d1f", false, d->points, mint_put_point);
    put_constraints(out, d);
    put_policy_constraints(out, d);
    put_odd(out, d->flaws);
    if (d->extensions != NULL)
        mint_put_hex(out, d->extensions);
    if (out->len == start)
        return;
    mint_wrap(out, DER_SEQUENCE, start);
    mint_wrap(out, 0xa3, start);
}

/* --------------------------------------------------------------------------- the certificate */

void mint_put_serial(struct mint_out *out, const struct mint *d)
{
    uint8_t serial[21] = { 0x10, (uint8_t)(d->variant >> 8), (uint8_t)d->variant,
                           (uint8_t)d->number };
    size_t len = 4;
    if ((d->flaws & MINT_SERIAL_ZERO) != 0) {
        serial[0] = 0;
        len = 1;
    }
    if ((d->flaws & MINT_SERIAL_SHORT) != 0)
        len = 1;
    if ((d->flaws & MINT_SERIAL_NEGATIVE) != 0)
        serial[0] = 0x90;
    if ((d->flaws & MINT_SERIAL_LONG) != 0)
        len = 21;
    mint_put_element(out, DER_INTEGER, serial, len);
}

static void put_tbs(struct mint_out *out, const struct mint *d, struct mint_key *key,
                    struct mint_key *signer)
{
    const struct mint *by = d->by != NULL ? d->by : d;
    size_t start = out->len;
    if ((d->flaws & MINT_VERSION_1) == 0)
        mint_put_hex(out, "a003 020102");
    mint_put_serial(out, d);
    mint_put_hex(out, mint_algorithm(d, signer));
    mint_put_name(out, d->issuer_cn != NULL ? d->issuer_cn : mint_cn(by), d->flaws);
    size_t validity = out->len;
    mint_put_time(out, d->from != NULL ? d->from : "20200101000000Z", d->flaws);
    mint_put_time(out, d->to != NULL ? d->to : "20400101000000Z", d->flaws);
    mint_wrap(out, DER_SEQUENCE, validity);
    put_subject(out, d);
    mint_put_spki(out, key);
    if ((d->flaws & MINT_UNIQUE_ID) != 0)
        mint_put_hex(out, "8102 00ff");
    if ((d->flaws & MINT_VERSION_1) == 0)
        put_extensions(out, d, key, signer);
    mint_wrap(out, DER_SEQUENCE, start);
}

void mint_put_signature(struct mint_out *out, const struct mint *d)
{
    struct mint_key *signer = mint_key_of(d->by != NULL ? d->by : d);
    uint8_t signature[1024];
    size_t len =
        mint_sign(d, signer, (struct slice){ out->bytes, out->len }, signature, sizeof(signature));
    if ((d->flaws & MINT_BAD_SIGNATURE) != 0)
        signature[len - 1] ^= 1;
    mint_put_hex(out, (d->flaws & MINT_TWO_ALGORITHMS) != 0 ? mint_other_algorithm
                                                            : mint_algorithm(d, signer));
    size_t bits = out->len;
    mint_put_byte(out, 0);
    mint_put(out, signature, len);
    mint_wrap(out, DER_BIT_STRING, bits);
}

struct slice mint_finish(struct mint_out *out, unsigned flaws)
{
    mint_wrap(out, DER_SEQUENCE, 0);
    if ((flaws & MINT_TRAILING_BYTE) != 0)
        mint_put_byte(out, 0);
    uint8_t *copy = malloc(out->len);
    mint_need(copy != NULL, "no memory");
    memcpy(copy, out->bytes, out->len);
    return (struct slice){ copy, out->len };
}

struct slice mint(const struct mint *d)
{
    static struct mint_out out;
    out.len = 0;
    put_tbs(&out, d, mint_key_of(d), mint_key_of(d->by != NULL ? d->by : d));
    mint_put_signature(&out, d);
    return mint_finish(&out, d->flaws);
}

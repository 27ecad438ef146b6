#include "mint_crl.h"

#include <string.h>

#include "mint_internal.h"

/* An extension whose value was put since `value`, begun at `start`. */
static void end_extension(struct mint_out *out, size_t start, size_t value)
{
    mint_wrap(out, DER_OCTET_STRING, value);
    mint_wrap(out, DER_SEQUENCE, start);
}

static size_t begin_extension(struct mint_out *out, const char *oid, bool critical, size_t *value)
{
    size_t start = out->len;
    mint_put_hex(out, oid);
    if (critical)
        mint_put_hex(out, "0101ff");
    *value = out->len;
    return start;
}

/* ------------------------------------------------------------------------------------- entries */

static void put_reason(struct mint_out *out, int reason)
{
    size_t value, start = begin_extension(out, "0603551d15", false, &value);
    uint8_t octet = (uint8_t)reason;
    mint_put_element(out, DER_ENUMERATED, &octet, 1);
    end_extension(out, start, value);
}

static void put_entry_issuer(struct mint_out *out, const char *cn)
{
    size_t value, start = begin_extension(out, "0603551d1d", true, &value);
    mint_put_name(out, cn, 0);
    mint_wrap(out, 0xa4, value);
    mint_wrap(out, DER_SEQUENCE, value);
    end_extension(out, start, value);
}

static void put_entry(struct mint_out *out, const struct mint_entry *entry)
{
    size_t start = out->len;
    mint_put_serial(out, entry->cert);
    mint_put_time(out, "20260101000000Z", 0);
    size_t extensions = out->len;
    if (entry->reason != 0)
        put_reason(out, entry->reason);
    if (entry->issuer_cn != NULL)
        put_entry_issuer(out, entry->issuer_cn);
    if (entry->extensions != NULL)
        mint_put_hex(out, entry->extensions);
    if (out->len > extensions)
        mint_wrap(out, DER_SEQUENCE, extensions);
    mint_wrap(out, DER_SEQUENCE, start);
}

/* Serials that no certificate has. */
static void put_more(struct mint_out *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint8_t entry[] = { 0x30, 0x1a, 0x02, 0x09, 0x70, 1,   2,   3,   4,   5,
                            0,    0,    0,    0x17, 0x0d, '2', '6', '0', '1', '0',
                            '1',  '0',  '0',  '0',  '0',  '0', '0', 'Z' };
        unsigned mixed = i * 7919 % (1u << 24); /* in no order */
        entry[10] = (uint8_t)(mixed >> 16);
        entry[11] = (uint8_t)(mixed >> 8);
        entry[12] = (uint8_t)mixed;
        mint_put(out, entry, sizeof(entry));
    }
}

static void put_entries(struct mint_out *out, const struct mint_crl *d)
{
    size_t start = out->len;
    for (size_t i = 0; i < MINT_ENTRIES && d->entries[i].cert != NULL; i++)
        put_entry(out, &d->entries[i]);
    put_more(out, d->more);
    if (out->len > start)
        mint_wrap(out, DER_SEQUENCE, start);
}

/* ---------------------------------------------------------------------------------- extensions */

static void put_scope_word(struct mint_out *out, const char *word, size_t len)
{
    static const struct {
        const char *word;
        const char *hex;
    } flags[] = {
        { "users", "8101ff" },      { "cas", "8201ff" },   { "indirect", "8401ff" },
        { "attributes", "8501ff" }, { "false", "810100" },
    };
    if (strncmp(word, "at:", 3) == 0) {
        mint_put_point_name(out, word + 3, len - 3);
        return;
    }
    if (strncmp(word, "why:", 4) == 0) {
        size_t start = out->len;
        mint_put_hex_part(out, word + 4, len - 4);
        mint_wrap(out, 0x83, start);
        return;
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strlen(flags[i].word) == len && strncmp(word, flags[i].word, len) == 0) {
            mint_put_hex(out, flags[i].hex);
            return;
        }
    }
    mint_need(false, "a word about a list that is not known");
}

static void put_scope(struct mint_out *out, const char *text)
{
    size_t value, start = begin_extension(out, "0603551d1c", true, &value);
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        put_scope_word(out, text, len);
        text += len + strspn(text + len, " ");
    }
    mint_wrap(out, DER_SEQUENCE, value);
    end_extension(out, start, value);
}

static void put_authority_key_id(struct mint_out *out, const struct mint_crl *d)
{
    size_t value,
        start = begin_extension(out, "0603551d23", (d->flaws & MINT_CRL_AKI_CRITICAL) != 0, &value);
    mint_put_key_id(out, mint_key_of(d->by), 0x80);
    mint_wrap(out, DER_SEQUENCE, value);
    end_extension(out, start, value);
}

static void put_number(struct mint_out *out, unsigned flaws)
{
    size_t value,
        start = begin_extension(out, "0603551d14", (flaws & MINT_CRL_NUMBER_CRITICAL) != 0, &value);
    mint_put_hex(out, (flaws & MINT_CRL_BAD_NUMBER) != 0 ? "020200 05" : "020105");
    end_extension(out, start, value);
}

static void put_extensions(struct mint_out *out, const struct mint_crl *d)
{
    size_t start = out->len;
    if ((d->flaws & MINT_CRL_NO_AKI) == 0)
        put_authority_key_id(out, d);
    if ((d->flaws & MINT_CRL_NO_NUMBER) == 0)
        put_number(out, d->flaws);
    if ((d->flaws & MINT_CRL_TWICE) != 0)
        put_number(out, d->flaws);
    if (d->scope != NULL)
        put_scope(out, d->scope);
    if ((d->flaws & MINT_CRL_EMPTY_SCOPE) != 0)
        put_scope(out, "");
    if ((d->flaws & MINT_CRL_DELTA) != 0)
        mint_put_hex(out, "300d 0603551d1b 0101ff 0403020104");
    if ((d->flaws & MINT_CRL_UNKNOWN_CRITICAL) != 0)
        mint_put_hex(out, "300d 06032a0305 0101ff 0403020101");
    if ((d->flaws & MINT_CRL_UNKNOWN) != 0)
        mint_put_hex(out, "300a 06032a0306 0403020101");
    if (out->len == start)
        return;
    mint_wrap(out, DER_SEQUENCE, start);
    mint_wrap(out, 0xa0, start);
}

/* -------------------------------------------------------------------------------------- a list */

struct slice mint_crl(const struct mint_crl *d)
{
    static struct mint_out out;
    const struct mint signing = { .by = d->by, .digest = d->digest, .flaws = d->signing_flaws };
    bool version_1 = (d->flaws & MINT_CRL_VERSION_1) != 0;
    const char *issuer = d->issuer_cn != NULL ? d->issuer_cn : mint_cn(d->by);
    out.len = 0;
    if (!version_1)
        mint_put_hex(&out, (d->flaws & MINT_CRL_VERSION_3) != 0 ? "020102" : "020101");
    mint_put_hex(&out, mint_algorithm(&signing, mint_key_of(d->by)));
    mint_put_name(&out, (d->flaws & MINT_CRL_NO_ISSUER) != 0 ? "" : issuer, 0);
    mint_put_time(&out, d->from != NULL ? d->from : "20260101000000Z", 0);
    if (d->to == NULL || d->to[0] != '\0')
        mint_put_time(&out, d->to != NULL ? d->to : "20260201000000Z", 0);
    put_entries(&out, d);
    if (!version_1)
        put_extensions(&out, d);
    mint_wrap(&out, DER_SEQUENCE, 0);
    mint_put_signature(&out, &signing);
    return mint_finish(&out, d->signing_flaws);
}

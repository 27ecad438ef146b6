#include "name_text.h"

#include <string.h>

#include "base64.h"
#include "oid.h"
#include "utf8.h"

/* String types of ASN.1 that only names use. */
enum {
    NUMERIC_STRING = 0x12,
    TELETEX_STRING = 0x14,
    VISIBLE_STRING = 0x1a,
    UNIVERSAL_STRING = 0x1c,
    BMP_STRING = 0x1e
};

/* A name of more parts is nobody's: it is shown as the hex of its DER. */
enum { MOST_PARTS = 64 };

/* What, besides the unprintable, is escaped in a value. */
enum style { PLAIN, RFC4514 };

static void put(struct text *text, char c)
{
    if (text->len + 1 < text->size) {
        text->buffer[text->len] = c;
        text->buffer[text->len + 1] = '\0';
    }
    text->len++;
}

static void put_hex(struct text *text, uint8_t byte)
{
    char digits[2];
    hex_encode(digits, (struct slice){ &byte, 1 });
    put(text, digits[0]);
    put(text, digits[1]);
}

static void put_escaped(struct text *text, uint8_t byte)
{
    put(text, '\\');
    put_hex(text, byte);
}

/* "#04024869": the DER of a value that has no string representation (RFC 4514, section 2.4). */
static void put_der(struct text *text, struct slice der)
{
    put(text, '#');
    for (size_t i = 0; i < der.len; i++)
        put_hex(text, der.data[i]);
}

static void put_oid(struct text *text, struct slice oid)
{
    bool room = text->len < text->size;
    text->len +=
        oid_text(oid, room ? text->buffer + text->len : NULL, room ? text->size - text->len : 0);
}

/* ---------------------------------------------------------------------------------- characters */

static uint32_t next_ascii(struct slice *string)
{
    uint8_t c = *string->data++;
    string->len--;
    return c < 0x80 ? c : UTF8_INVALID;
}

/* TeletexString is in truth Latin-1 wherever it still occurs. */
static uint32_t next_latin1(struct slice *string)
{
    string->len--;
    return *string->data++;
}

static uint32_t next_wide(struct slice *string, size_t width)
{
    uint32_t c = 0;
    if (string->len < width) {
        string->data++;
        string->len--;
        return UTF8_INVALID;
    }
    for (size_t i = 0; i < width; i++)
        c = c << 8 | string->data[i];
    string->data += width;
    string->len -= width;
    return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? c : UTF8_INVALID;
}

/* Some write characters beyond the basic plane as two surrogates. */
static uint32_t next_bmp(struct slice *string)
{
    const uint8_t *in = string->data;
    if (string->len < 4 || (in[0] & 0xFC) != 0xD8 || (in[2] & 0xFC) != 0xDC)
        return next_wide(string, 2);
    string->data += 4;
    string->len -= 4;
    return 0x10000 + ((in[0] & 3U) << 18 | (uint32_t)in[1] << 10 | (in[2] & 3U) << 8 | in[3]);
}

static uint32_t next_universal(struct slice *string)
{
    return next_wide(string, 4);
}

typedef uint32_t next_fn(struct slice *string);

static next_fn *decoder(uint8_t tag)
{
    switch (tag) {
    case DER_UTF8_STRING:
        return utf8_next;
    case DER_PRINTABLE_STRING:
    case DER_IA5_STRING:
    case NUMERIC_STRING:
    case VISIBLE_STRING:
        return next_ascii;
    case TELETEX_STRING:
        return next_latin1;
    case BMP_STRING:
        return next_bmp;
    case UNIVERSAL_STRING:
        return next_universal;
    default:
        return NULL;
    }
}

/* -------------------------------------------------------------------------------------- values */

static void put_character(struct text *text, uint32_t c, enum style style, bool first, bool last)
{
    uint8_t bytes[4];
    size_t len = utf8_encode(c, bytes);
    bool control = c < ' ' || (c >= 0x7F && c < 0xA0);
    bool special = c != 0 && c < 0x80 && strchr("\"+,;<>\\", (int)c) != NULL;
    bool outer = (c == ' ' && (first || last)) || (c == '#' && first);
    if (style == RFC4514 && (special || outer))
        put(text, '\\');
    for (size_t i = 0; i < len; i++) {
        if (control || (style == PLAIN && c == '\\'))
            put_escaped(text, bytes[i]);
        else
            put(text, (char)bytes[i]);
    }
}

static void put_string(struct text *text, struct slice string, next_fn *next, enum style style)
{
    for (bool first = true; string.len > 0; first = false) {
        const uint8_t *before = string.data;
        uint32_t c = next(&string);
        if (c != UTF8_INVALID)
            put_character(text, c, style, first, string.len == 0);
        else
            put_escaped(text, *before);
    }
}

/* The element that a value is the content of: DER knows one header for each. */
static struct slice whole(const struct x509_attribute *attribute)
{
    size_t len = attribute->value.len, header = len < 0x80 ? 2 : 3;
    for (size_t more = len >> 8; more > 0; more >>= 8)
        header++;
    return (struct slice){ attribute->value.data - header, len + header };
}

static void put_attribute(struct text *text, const struct x509_attribute *attribute)
{
    const char *name = oid_name(attribute->type);
    next_fn *next = decoder(attribute->tag);
    if (name == NULL)
        put_oid(text, attribute->type);
    for (const char *c = name; c != NULL && *c != '\0'; c++)
        put(text, *c);
    put(text, '=');
    if (name != NULL && next != NULL)
        put_string(text, attribute->value, next, RFC4514);
    else
        put_der(text, whole(attribute));
}

void name_text_value(struct text *text, const struct x509_attribute *attribute)
{
    next_fn *next = decoder(attribute->tag);
    if (next != NULL)
        put_string(text, attribute->value, next, PLAIN);
    else
        put_der(text, whole(attribute));
}

void name_text_ascii(struct text *text, struct slice bytes)
{
    put_string(text, bytes, next_ascii, PLAIN);
}

/* -------------------------------------------------------------------------------------- names */

static void put_part(struct text *text, const struct x509_name_cursor *at)
{
    struct x509_name_cursor cursor = *at;
    struct x509_attribute attribute;
    for (bool first = true; x509_name_next(&cursor, &attribute); first = false) {
        if (!first && attribute.starts_rdn)
            break;
        if (!first)
            put(text, '+');
        put_attribute(text, &attribute);
    }
}

void name_text(struct text *text, struct slice name)
{
    struct x509_name_cursor cursor, before, parts[MOST_PARTS];
    struct x509_attribute attribute;
    size_t count = 0;
    x509_name_begin(&cursor, name);
    for (before = cursor; x509_name_next(&cursor, &attribute); before = cursor) {
        if (!attribute.starts_rdn)
            continue;
        if (count == MOST_PARTS) {
            put_der(text, name);
            return;
        }
        parts[count++] = before;
    }
    while (count > 0) {
        put_part(text, &parts[--count]);
        if (count > 0)
            put(text, ',');
    }
}

const char *name_in_words(struct slice name, char buffer[NAME_TEXT_SIZE])
{
    struct text text;
    text_begin(&text, buffer, NAME_TEXT_SIZE);
    if (x509_name_is_empty(name))
        text_add(&text, "somebody without a name");
    else
        name_text(&text, name);
    return buffer;
}

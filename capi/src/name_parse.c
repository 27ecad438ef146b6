#include "name_parse.h"

#include <string.h>

#include "base64.h"
#include "der_writer.h"
#include "oid.h"
#include "secsock.h"

static void drop(struct slice *text, size_t count)
{
    text->data += count;
    text->len -= count;
}

static void skip_spaces(struct slice *text)
{
    while (text->len > 0 && text->data[0] == ' ')
        drop(text, 1);
}

static struct slice trim_end(struct slice text)
{
    while (text.len > 0 && text.data[text.len - 1] == ' ')
        text.len--;
    return text;
}

static bool take(struct slice *text, char c)
{
    skip_spaces(text);
    if (text->len == 0 || text->data[0] != (uint8_t)c)
        return false;
    drop(text, 1);
    skip_spaces(text);
    return true;
}

static bool is_one_of(uint8_t c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* The character or byte after a backslash (RFC 4514, section 3: pair). */
static bool take_escaped(struct slice *text, uint8_t *out)
{
    if (text->len >= 1 && is_one_of(text->data[0], " \"#+,;<=>\\")) {
        *out = text->data[0];
        drop(text, 1);
        return true;
    }
    if (text->len < 2 || !hex_decode(out, (struct slice){ text->data, 2 }))
        return false;
    drop(text, 2);
    return true;
}

/* A value as a string, up to the ',' or '+' behind it, without its escapes: into `out`, which has
 * room for all of the text. */
static bool take_string(struct slice *text, uint8_t *out, size_t *len)
{
    size_t kept = 0; /* what is not a space at the end */
    *len = 0;
    while (text->len > 0 && !is_one_of(text->data[0], ",+")) {
        uint8_t c = text->data[0];
        drop(text, 1);
        bool escaped = c == '\\';
        if (escaped ? !take_escaped(text, &c) : c == '\0' || is_one_of(c, "\";<>"))
            return false;
        out[(*len)++] = c;
        if (escaped || c != ' ')
            kept = *len;
    }
    *len = kept;
    return true;
}

/* A value as the hex of its DER (RFC 4514, section 2.4). */
static bool take_hex(struct slice *text, uint8_t *out, size_t *len)
{
    size_t digits = 0;
    while (digits < text->len && !is_one_of(text->data[digits], ",+"))
        digits++;
    struct slice hex = trim_end((struct slice){ text->data, digits });
    drop(text, digits);
    *len = hex.len / 2;
    struct slice rest = { out, *len };
    return hex.len % 2 == 0 && hex_decode(out, hex) &&
           der_any(&rest, &(uint8_t){ 0 }, NULL, NULL) && rest.len == 0;
}

/* "CN=value", which becomes an AttributeTypeAndValue. */
static bool take_attribute(struct slice *text, struct der_writer *der, uint8_t *scratch)
{
    uint8_t oid[128];
    size_t mark = der->len, type_len = 0, len = 0;
    while (type_len < text->len && text->data[type_len] != '=')
        type_len++;
    size_t oid_len = oid_encode(trim_end((struct slice){ text->data, type_len }), oid, sizeof(oid));
    drop(text, type_len);
    if (oid_len == 0 || !take(text, '='))
        return false;
    if (text->len > 0 && text->data[0] == '#') {
        drop(text, 1);
        if (!take_hex(text, scratch, &len))
            return false;
        der_write(der, (struct slice){ scratch, len });
    } else {
        if (!take_string(text, scratch, &len))
            return false;
        der_write_element(der, DER_UTF8_STRING, (struct slice){ scratch, len });
    }
    der_write_element(der, DER_OID, (struct slice){ oid, oid_len });
    der_wrap(der, DER_SEQUENCE, mark);
    return true;
}

/* The text begins with the part of the name that its DER ends with, and DER is written from its
 * end: so both go on in the same order. */
static bool take_name(struct slice text, struct der_writer *der, uint8_t *scratch)
{
    size_t mark = der->len;
    skip_spaces(&text);
    do {
        size_t rdn_mark = der->len;
        do {
            if (!take_attribute(&text, der, scratch))
                return false;
        } while (take(&text, '+'));
        der_wrap(der, DER_SET, rdn_mark);
    } while (take(&text, ','));
    der_wrap(der, DER_SEQUENCE, mark);
    return text.len == 0;
}

int name_parse(struct slice text, struct secret *der)
{
    struct secret scratch = { NULL, 0 };
    struct der_writer counter = { NULL, 0 };
    int result = SECSOCK_E_MEMORY;
    *der = (struct secret){ NULL, 0 };
    if (secret_new(&scratch, text.len))
        result = take_name(text, &counter, scratch.data) ? SECSOCK_OK : SECSOCK_E_FORMAT;
    if (result == SECSOCK_OK && !secret_new(der, counter.len))
        result = SECSOCK_E_MEMORY;
    if (result == SECSOCK_OK) {
        struct der_writer writer = { der->data + der->len, 0 };
        take_name(text, &writer, scratch.data);
    }
    secret_free(&scratch);
    return result;
}

/* The strict DER reader, dates, and what makes bytes a certificate. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "civil.h"
#include "der.h"
#include "mint.h"
#include "x509.h"

enum { BUFFER = 64 };

/* Hex digits into a buffer that is just long enough, so that an over-read is seen. */
static struct slice bytes(const char *hex)
{
    struct slice out = { NULL, 0 };
    uint8_t *buffer = malloc(strlen(hex) / 2 + 1);
    for (; hex[0] != '\0' && buffer != NULL; hex += 2) {
        char pair[3] = { hex[0], hex[1], '\0' };
        buffer[out.len++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    out.data = buffer;
    return out;
}

static void drop(struct slice slice)
{
    free((void *)slice.data);
}

static void elements(void)
{
    static const struct {
        const char *hex;
        bool good;
        const char *what;
    } table[] = {
        { "0500", true, "an empty element" },
        { "040101", true, "one byte" },
        { "0401", false, "a length beyond the end" },
        { "04", false, "a tag alone" },
        { "", false, "nothing" },
        { "04810101", false, "a long length that would fit in the short form" },
        { "04820001", false, "a length with a leading zero" },
        { "0480010000", false, "an indefinite length" },
        { "048500000000010000", false, "a length of five octets" },
        { "0484ffffffff", false, "a length of four gigabytes" },
        { "1f8100", false, "a tag of more than one byte" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice input = bytes(table[i].hex);
        struct slice rest = input;
        uint8_t tag;
        CHECK(der_any(&rest, &tag, NULL, NULL) == table[i].good, "%s is %s", table[i].what,
              table[i].good ? "an element" : "refused");
        drop(input);
    }
}

static void long_form(void)
{
    uint8_t *input = calloc(1, 3 + 0x80);
    struct slice rest = { input, 3 + 0x80 };
    struct slice content;
    input[0] = 0x04;
    input[1] = 0x81;
    input[2] = 0x80;
    CHECK(der_take(&rest, DER_OCTET_STRING, &content) && content.len == 0x80 && rest.len == 0,
          "128 bytes take the long form");
    input[1] = 0x81;
    input[2] = 0x7f;
    rest = (struct slice){ input, 3 + 0x7f };
    CHECK(!der_take(&rest, DER_OCTET_STRING, &content), "127 bytes must not take it");
    free(input);
}

static void booleans(void)
{
    static const struct {
        const char *hex;
        int value; /* -1: refused */
    } table[] = {
        { "010100", 0 }, { "0101ff", 1 }, { "010101", -1 }, { "0100", -1 }, { "01020000", -1 }
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice input = bytes(table[i].hex);
        struct slice rest = input;
        bool value = false;
        int got = der_boolean(&rest, &value) ? value : -1;
        CHECK(got == table[i].value, "BOOLEAN %s is %d", table[i].hex, table[i].value);
        drop(input);
    }
}

static void integers(void)
{
    static const struct {
        const char *hex;
        int value; /* -1: refused as a count */
        bool good; /* as an INTEGER */
    } table[] = {
        { "020100", 0, true },
        { "02017f", 127, true },
        { "02020080", 128, true },
        { "0200", -1, false },
        { "0202007f", -1, false },
        { "0202ff80", -1, false },
        { "0201ff", -1, true },
        { "0202ff7f", -1, true },
        { "02047fffffff", INT_MAX, true },
        { "02050080000000", INT_MAX, true },
        { "0209007fffffffffffffff", -1, false },
        { "020900ffffffffffffffff", INT_MAX, true },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice input = bytes(table[i].hex);
        struct slice rest = input;
        struct slice content;
        int value = -1;
        if (!der_count(&rest, &value))
            value = -1;
        CHECK(value == table[i].value, "INTEGER %s counts %d", table[i].hex, table[i].value);
        rest = input;
        CHECK(der_integer(&rest, &content) == table[i].good, "INTEGER %s is %s", table[i].hex,
              table[i].good ? "canonical" : "not canonical");
        drop(input);
    }
}

static void bit_strings(void)
{
    static const struct {
        const char *hex;
        bool good;
    } table[] = { { "030100", true },    { "0300", false },     { "03020780", true },
                  { "03020880", false }, { "03020781", false }, { "030101", false },
                  { "03020001", true } };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice input = bytes(table[i].hex);
        struct slice rest = input;
        struct slice bits;
        unsigned unused;
        CHECK(der_bit_string(&rest, &bits, &unused) == table[i].good, "BIT STRING %s is %s",
              table[i].hex, table[i].good ? "canonical" : "refused");
        drop(input);
    }
}

static void identifiers(void)
{
    static const struct {
        const char *hex;
        bool good;
    } table[] = { { "0603551d11", true }, { "0600", false },      { "060180", false },
                  { "0602807f", false },  { "060381807f", true }, { "06022a81", false },
                  { "06032a8001", false } };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice input = bytes(table[i].hex);
        struct slice rest = input;
        struct slice oid;
        CHECK(der_oid(&rest, &oid) == table[i].good, "OBJECT IDENTIFIER %s is %s", table[i].hex,
              table[i].good ? "canonical" : "refused");
        drop(input);
    }
}

static void times(void)
{
    static const struct {
        const char *text;
        int64_t seconds; /* -1: refused */
    } table[] = {
        { "700101000000Z", 0 },
        { "491231235959Z", 2524607999 },
        { "500101000000Z", -631152000 },
        { "240229000000Z", 1709164800 },
        { "20240229000000Z", 1709164800 },
        { "99991231235959Z", 253402300799 },
        { "20380119031408Z", 2147483648 },
        { "230229000000Z", -1 },
        { "19000229000000Z", -1 },
        { "241301000000Z", -1 },
        { "240001000000Z", -1 },
        { "240100000000Z", -1 },
        { "240132000000Z", -1 },
        { "240101240000Z", -1 },
        { "240101006000Z", -1 },
        { "240101000060Z", -1 },
        { "2401010000Z", -1 },
        { "240101000000", -1 },
        { "240101000000z", -1 },
        { "240101000000+0000", -1 },
        { "20240101000000.5Z", -1 },
        { "2401010000 0Z", -1 },
        { "-40101000000Z", -1 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        uint8_t input[BUFFER];
        size_t len = strlen(table[i].text);
        int64_t seconds = -1;
        input[0] = len >= 14 && len != 17 ? DER_GENERALIZED_TIME : DER_UTC_TIME;
        input[1] = (uint8_t)len;
        memcpy(input + 2, table[i].text, len);
        struct slice rest = { input, len + 2 };
        if (!der_time(&rest, &seconds, NULL))
            seconds = -1;
        CHECK(seconds == table[i].seconds, "the time %s is %s", table[i].text,
              table[i].seconds == -1 ? "refused" : "understood");
    }
}

static void dates(void)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } table[] = { { 0, "1970-01-01 00:00:00 UTC" },
                  { -1, "1969-12-31 23:59:59 UTC" },
                  { 951782400, "2000-02-29 00:00:00 UTC" },
                  { 1767323045, "2026-01-02 03:04:05 UTC" },
                  { 253402300799, "9999-12-31 23:59:59 UTC" },
                  { INT64_MAX, "9999-12-31 23:59:59 UTC" },
                  { INT64_MIN, "0000-01-01 00:00:00 UTC" } };
    static const struct {
        int64_t seconds;
        const char *text;
    } spans[] = { { 0, "0 seconds" },  { 1, "1 second" },         { 119, "1 minute" },
                  { 7200, "2 hours" }, { 86400 * 12, "12 days" }, { -86400, "1 day" } };
    char text[CIVIL_TEXT_SIZE];
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        civil_text(table[i].seconds, text);
        CHECK(strcmp(text, table[i].text) == 0, "%lld is %s", (long long)table[i].seconds,
              table[i].text);
    }
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        civil_span_text(spans[i].seconds, text);
        CHECK(strcmp(text, spans[i].text) == 0, "%lld seconds are %s", (long long)spans[i].seconds,
              spans[i].text);
    }
}

static void every_day(void)
{
    struct civil day = { 1600, 1, 1, 12, 30, 15 };
    bool good = true;
    int64_t expected, seconds;
    char text[CIVIL_TEXT_SIZE], wanted[80];
    good = civil_seconds(&day, &expected);
    while (good && day.year < 2400) {
        good = civil_seconds(&day, &seconds) && seconds == expected;
        civil_text(seconds, text);
        snprintf(wanted, sizeof(wanted), "%04d-%02d-%02d 12:30:15 UTC", day.year, day.month,
                 day.day);
        good = good && strcmp(text, wanted) == 0;
        expected += 86400;
        day.day++;
        if (!civil_seconds(&day, &seconds)) {
            day.day = 1;
            day.month++;
        }
        if (day.month == 13) {
            day.month = 1;
            day.year++;
        }
    }
    CHECK(good && day.year == 2400, "every day of eight centuries is counted and written");
}

static void depth(void)
{
    enum { DEEP = 40 };
    uint8_t nested[DEEP * 2];
    for (size_t i = 0; i < DEEP; i++) {
        nested[2 * i] = DER_SEQUENCE;
        nested[2 * i + 1] = (uint8_t)(2 * (DEEP - 1 - i));
    }
    struct slice input = { nested, sizeof(nested) };
    CHECK(der_well_formed(input, DEEP), "deep nesting is well-formed where it is allowed");
    CHECK(!der_well_formed(input, DEEP - 2), "and refused where it is not");
}

static void certificates(void)
{
    static const struct {
        unsigned flaws;
        const char *why; /* NULL: it is a certificate */
    } table[] = {
        { 0, NULL },
        { MINT_VERSION_1, NULL },
        { MINT_SERIAL_ZERO, NULL },
        { MINT_SERIAL_NEGATIVE, NULL },
        { MINT_SPELLED_DEFAULT, NULL },
        { MINT_TRAILING_BYTE, "bytes follow its end" },
        { MINT_TWO_ALGORITHMS, "its two signature algorithms differ" },
        { MINT_TWICE, "it has the same extension twice" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct mint description = { .cn = "a", .san = "dns:a", .flaws = table[i].flaws };
        struct slice der = mint(&description);
        struct x509 x509;
        const char *why = x509_parse(&x509, der);
        CHECK((why == NULL) == (table[i].why == NULL) &&
                  (why == NULL || strcmp(why, table[i].why) == 0),
              "a certificate with the flaw %x is read, or not since %s", table[i].flaws,
              table[i].why != NULL ? table[i].why : "nothing is wrong");
        drop(der);
    }
}

/* The version of a certificate, INTEGER 2, exchanged for others. */
static void versions(void)
{
    static const char *const table[] = {
        "020100", "020103",       "0201ff",       "020200ff",
        "0200",   "02047fffffff", "020480000000", "02050080000000"
    };
    const struct mint description = { .cn = "a" };
    struct slice der = mint(&description);
    const size_t before = 8, old = 5; /* headers; a0 03 02 01 02 */
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice version = bytes(table[i]);
        size_t more = version.len + 2 - old, len = der.len + more;
        uint8_t *changed = malloc(len);
        struct x509 x509;
        memcpy(changed, der.data, before);
        changed[2] = (uint8_t)((len - 4) >> 8);
        changed[3] = (uint8_t)(len - 4);
        changed[6] = (uint8_t)((((size_t)der.data[6] << 8 | der.data[7]) + more) >> 8);
        changed[7] = (uint8_t)(der.data[7] + more);
        changed[before] = 0xa0;
        changed[before + 1] = (uint8_t)version.len;
        memcpy(changed + before + 2, version.data, version.len);
        memcpy(changed + before + 2 + version.len, der.data + before + old, der.len - before - old);
        const char *why = x509_parse(&x509, (struct slice){ changed, len });
        CHECK(why != NULL && strcmp(why, "its version is not 1, 2 or 3") == 0,
              "a certificate with the version %s is refused", table[i]);
        drop(version);
        free(changed);
    }
    drop(der);
}

/* Every prefix of a certificate, and every bit of it turned, in memory of just that size. */
static void damaged(void)
{
    const struct mint description = { .cn = "a",
                                      .ca = true,
                                      .san = "dns:a ip:7f000001 dir:b",
                                      .constraints = "+dns:a -ip:7f00ffff" };
    struct slice der = mint(&description);
    size_t accepted = 0;
    for (size_t len = 0; len < der.len; len++) {
        struct x509 x509;
        uint8_t *copy = malloc(len + 1);
        memcpy(copy + 1, der.data, len);
        accepted += x509_parse(&x509, (struct slice){ copy + 1, len }) == NULL;
        free(copy);
    }
    CHECK(accepted == 0, "no part of a certificate is one");
    for (size_t bit = 0; bit < der.len * 8; bit++) {
        struct x509 x509;
        uint8_t *copy = malloc(der.len);
        memcpy(copy, der.data, der.len);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (x509_parse(&x509, (struct slice){ copy, der.len }) == NULL)
            accepted += x509_name_hash(x509.subject) + x509.tbs.len > 0;
        free(copy);
    }
    CHECK(accepted > 0 && accepted < der.len * 8, "a certificate with a wrong bit is no danger");
    drop(der);
}

static void names(void)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } table[] = {
        { "3011310f300d06035504030c06466f6f426172", "3011310f300d06035504031306666f6f626172",
          true },
        { "3010310e300c06035504030c05612020622d", "3011310f300d06035504030c06206120622d20", true },
        { "300f310d300b06035504030c0461622063", "3010310e300c06035504030c056120622063", false },
        { "300d310b300906035504030c0261e9", "300d310b300906035504030c0261c9", false },
        { "300d310b300906035504030c026162", "300d310b3009060355040a0c026162", false },
        { "3000", "3000", true },
        { "3000", "300d310b300906035504030c026162", false },
        /* Two attributes in one RDN, the other way about. */
        { "3018311630090603550403 0c026162 3009060355040a 0c026364",
          "3018311630090603 55040a 0c026364 300906035504030c026162", true },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char packed[2][200];
        for (int j = 0; j < 2; j++) {
            char *to = packed[j];
            for (const char *from = j == 0 ? table[i].a : table[i].b; *from != '\0'; from++) {
                if (*from != ' ')
                    *to++ = *from;
            }
            *to = '\0';
        }
        struct slice a = bytes(packed[0]), b = bytes(packed[1]);
        CHECK(x509_name_valid(a) && x509_name_valid(b), "names %zu are names", i);
        CHECK(x509_name_equal(a, b) == table[i].equal, "names %zu are %s", i,
              table[i].equal ? "the same" : "different");
        CHECK(!table[i].equal || x509_name_hash(a) == x509_name_hash(b),
              "names %zu hash alike when they are the same", i);
        drop(a);
        drop(b);
    }
}

int main(void)
{
    elements();
    long_form();
    booleans();
    integers();
    bit_strings();
    identifiers();
    times();
    dates();
    every_day();
    depth();
    certificates();
    versions();
    damaged();
    names();
    mint_end();
    return check_done();
}

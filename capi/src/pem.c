#include "pem.h"

#include <stdio.h>
#include <string.h>

#include "base64.h"

static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";

int pem_open(struct pem *pem, struct slice text, secsock_error *error)
{
    static const uint8_t byte_order_mark[] = { 0xEF, 0xBB, 0xBF };
    struct slice mark = { byte_order_mark, sizeof(byte_order_mark) };
    *pem = (struct pem){ .rest = text };
    if (text.len >= mark.len && slice_equal((struct slice){ text.data, mark.len }, mark))
        pem->rest = (struct slice){ text.data + mark.len, text.len - mark.len };
    if (!secret_new(&pem->contents, base64_decoded_room(text.len)))
        return error_memory(error);
    pem->contents.len = 0;
    return SECSOCK_OK;
}

void pem_close(struct pem *pem)
{
    secret_free(&pem->contents);
}

static struct slice trim(struct slice line)
{
    while (line.len > 0 && base64_is_blank(line.data[line.len - 1]))
        line.len--;
    while (line.len > 0 && base64_is_blank(line.data[0])) {
        line.data++;
        line.len--;
    }
    return line;
}

/* Most characters are beyond both: one comparison. */
static bool ends_line(uint8_t c)
{
    return c <= '\r' && (c == '\r' || c == '\n');
}

/* The next line, without its end: LF, CRLF or CR. */
static bool next_line(struct pem *pem, struct slice *line)
{
    struct slice *rest = &pem->rest;
    if (rest->len == 0)
        return false;
    size_t n = 0;
    while (n < rest->len && !ends_line(rest->data[n]))
        n++;
    *line = trim((struct slice){ rest->data, n });
    bool crlf = n + 1 < rest->len && rest->data[n] == '\r' && rest->data[n + 1] == '\n';
    n += crlf ? 2 : n < rest->len ? 1 : 0;
    rest->data += n;
    rest->len -= n;
    pem->line++;
    return true;
}

static bool starts_with(struct slice line, const char *prefix)
{
    size_t len = strlen(prefix);
    return line.len >= len && memcmp(line.data, prefix, len) == 0;
}

/* What stands between `prefix` and the closing dashes. */
static bool boundary(struct slice line, const char *prefix, struct slice *label)
{
    size_t before = strlen(prefix), after = strlen(dashes);
    if (!starts_with(line, prefix) || line.len < before + after ||
        memcmp(line.data + line.len - after, dashes, after) != 0)
        return false;
    *label = (struct slice){ line.data + before, line.len - before - after };
    return true;
}

static int malformed(unsigned line, secsock_error *error, const char *what)
{
    return error_set(error, SECSOCK_E_FORMAT, "line %u: %s", line, what);
}

/* Passes over text until a BEGIN: 1, or 0 at the end of the text. */
static int find_begin(struct pem *pem, struct pem_block *block, secsock_error *error)
{
    struct slice line;
    while (next_line(pem, &line)) {
        if (boundary(line, begin, &block->label))
            return 1;
        if (starts_with(line, begin))
            return malformed(pem->line, error, "a BEGIN that does not end in dashes");
        if (starts_with(line, end))
            return malformed(pem->line, error, "an END without a BEGIN");
    }
    return 0;
}

static struct slice between(const uint8_t *from, const uint8_t *to)
{
    return (struct slice){ from, (size_t)(to - from) };
}

/* The headers, if there are any, end with an empty line (RFC 1421, section 4.4). */
static void take_headers(struct pem *pem, struct pem_block *block)
{
    const uint8_t *start = pem->rest.data;
    struct pem ahead = *pem;
    struct slice line;
    if (!next_line(&ahead, &line) || starts_with(line, dashes) ||
        memchr(line.data, ':', line.len) == NULL)
        return;
    do {
        *pem = ahead;
    } while (next_line(&ahead, &line) && line.len > 0 && !starts_with(line, dashes));
    block->headers = between(start, pem->rest.data);
}

static int take_body(struct pem *pem, struct pem_block *block, secsock_error *error)
{
    const uint8_t *start = pem->rest.data;
    struct slice line, label;
    do {
        block->base64 = between(start, pem->rest.data);
        if (!next_line(pem, &line) || starts_with(line, begin))
            return pem_error(block, error, SECSOCK_E_FORMAT, "it has no END");
    } while (!starts_with(line, dashes));
    if (!boundary(line, end, &label) || !slice_equal(label, block->label))
        return pem_error(block, error, SECSOCK_E_FORMAT, "its END does not match its BEGIN");
    return 1;
}

int pem_next(struct pem *pem, struct pem_block *block, secsock_error *error)
{
    *block = (struct pem_block){ .number = pem->blocks + 1 };
    int result = find_begin(pem, block, error);
    if (result <= 0)
        return result;
    block->line = pem->line;
    pem->blocks++;
    take_headers(pem, block);
    return take_body(pem, block, error);
}

int pem_decode(struct pem *pem, struct pem_block *block, secsock_error *error)
{
    size_t room = base64_decoded_room(block->base64.len);
    if (room > pem->contents.len)
        pem->contents.len = room;
    block->der.data = pem->contents.data;
    if (!base64_decode(pem->contents.data, &block->der.len, block->base64))
        return pem_error(block, error, SECSOCK_E_FORMAT, "it is not valid base64");
    if (block->der.len == 0)
        return pem_error(block, error, SECSOCK_E_FORMAT, "it is empty");
    return SECSOCK_OK;
}

bool pem_label_is(const struct pem_block *block, const char *label)
{
    return block->label.len == strlen(label) && starts_with(block->label, label);
}

/* RFC 7468, section 5.1, knows three names for it. */
bool pem_is_certificate(const struct pem_block *block)
{
    return pem_label_is(block, "CERTIFICATE") || pem_label_is(block, "X509 CERTIFICATE") ||
           pem_label_is(block, "X.509 CERTIFICATE");
}

bool pem_is_private_key(const struct pem_block *block)
{
    static const char suffix[] = "PRIVATE KEY";
    size_t len = strlen(suffix);
    return block->label.len >= len &&
           memcmp(block->label.data + block->label.len - len, suffix, len) == 0;
}

int pem_prefix(const struct pem_block *block, secsock_error *error, int code)
{
    enum { LONGEST = 40 };
    int shown = block->label.len < LONGEST ? (int)block->label.len : LONGEST;
    char where[LONGEST + 64];
    snprintf(where, sizeof(where), "block %u (%.*s, line %u)", block->number, shown,
             (const char *)block->label.data, block->line);
    return error_prefix(error, code, where);
}

int pem_error(const struct pem_block *block, secsock_error *error, int code, const char *what)
{
    error_set(error, code, "%s", what);
    return pem_prefix(block, error, code);
}

void pem_add_block(struct text *out, const char *label, struct slice der)
{
    enum { WIDTH = 64 }; /* RFC 7468, section 2 */
    size_t len = base64_encoded_len(der.len, WIDTH);
    text_add(out, "%s%s%s\n", begin, label, dashes);
    if (out->len + len < out->size)
        base64_encode(out->buffer + out->len, der, WIDTH);
    out->len += len;
    text_add(out, "%s%s%s\n", end, label, dashes);
}

#include "ber.h"

#include <string.h>

enum { CONSTRUCTED = 0x20, OCTET_STRING_IN_PIECES = DER_OCTET_STRING | CONSTRUCTED };

/* Where the copy goes. */
struct sink {
    uint8_t *data;
    size_t len;
};

struct header {
    uint8_t tag;
    bool indefinite; /* up to the end-of-contents octets (X.690, section 8.1.5) */
    size_t length;
};

static void advance(struct slice *in, size_t count)
{
    in->data += count;
    in->len -= count;
}

static enum ber_result take_header(struct slice *in, struct header *header)
{
    enum { MOST_OCTETS = 8 };
    if (in->len < 2)
        return BER_CUT;
    size_t octets = in->data[1];
    *header = (struct header){ .tag = in->data[0], .indefinite = octets == 0x80 };
    if ((header->tag & 0x1f) == 0x1f)
        return BER_MALFORMED;
    advance(in, 2);
    if (octets <= 0x80) {
        header->length = header->indefinite ? 0 : octets;
        return BER_OK;
    }
    octets &= 0x7f;
    if (octets > MOST_OCTETS)
        return BER_MALFORMED;
    if (octets > in->len)
        return BER_CUT;
    for (size_t i = 0; i < octets; i++)
        header->length = header->length << 8 | in->data[i];
    advance(in, octets);
    return BER_OK;
}

/* Puts a header in front of what was written since `start`. */
static void insert_header(struct sink *out, size_t start, uint8_t tag)
{
    uint8_t header[2 + sizeof(size_t)] = { tag };
    size_t length = out->len - start, octets = 0, len = 2;
    for (size_t rest = length; length >= 0x80 && rest > 0; rest >>= 8)
        octets++;
    header[1] = (uint8_t)(octets > 0 ? 0x80 | octets : length);
    for (; octets > 0; octets--)
        header[len++] = (uint8_t)(length >> 8 * (octets - 1));
    memmove(out->data + start + len, out->data + start, length);
    memcpy(out->data + start, header, len);
    out->len += len;
}

static bool at_end_of_contents(const struct slice *in)
{
    return in->len >= 2 && in->data[0] == 0 && in->data[1] == 0;
}

static enum ber_result copy(struct slice *in, struct sink *out, bool piece, unsigned depth);

/* The elements within another, up to its end. `pieces`: of a string. */
static enum ber_result copy_contents(struct slice *in, struct sink *out, bool indefinite,
                                     bool pieces, unsigned depth)
{
    enum ber_result result = BER_OK;
    while (result == BER_OK) {
        if (in->len == 0)
            return indefinite ? BER_CUT : BER_OK;
        if (indefinite && at_end_of_contents(in)) {
            advance(in, 2);
            return BER_OK;
        }
        result = copy(in, out, pieces, depth);
    }
    return result;
}

/* One element. Of a piece of a string only the octets count. */
static enum ber_result copy(struct slice *in, struct sink *out, bool piece, unsigned depth)
{
    struct header header;
    size_t start = out->len;
    enum ber_result result = take_header(in, &header);
    if (result != BER_OK)
        return result;
    bool constructed = (header.tag & CONSTRUCTED) != 0;
    bool string = header.tag == DER_OCTET_STRING || header.tag == OCTET_STRING_IN_PIECES;
    if ((header.indefinite && !constructed) || (piece && !string))
        return BER_MALFORMED;
    if (header.length > in->len)
        return BER_CUT;
    if (depth == 0)
        return BER_TOO_DEEP;
    if (header.indefinite) {
        result = copy_contents(in, out, true, string, depth - 1);
    } else {
        struct slice content = { in->data, header.length };
        advance(in, header.length);
        if (constructed) {
            result = copy_contents(&content, out, false, string, depth - 1);
            if (result == BER_CUT) /* not the input has ended, but what the element is in */
                result = BER_MALFORMED;
        } else if (content.len > 0) {
            memcpy(out->data + out->len, content.data, content.len);
            out->len += content.len;
        }
    }
    if (result == BER_OK && !piece)
        insert_header(out, start, string ? DER_OCTET_STRING : header.tag);
    return result;
}

enum ber_result ber_to_der(struct secret *out, struct slice in)
{
    struct sink sink = { NULL, 0 };
    /* An indefinite length takes four octets at least, a definite one six at most. */
    if (!secret_new(out, in.len + in.len / 2 + 2))
        return BER_NO_MEMORY;
    sink.data = out->data;
    enum ber_result result = copy(&in, &sink, false, BER_MOST_DEPTH);
    if (result == BER_OK && in.len > 0)
        result = BER_MALFORMED;
    if (result == BER_OK)
        out->len = sink.len;
    else
        secret_free(out);
    return result;
}

/*
 * How libFuzzer changes inputs that are DER: element by element, with the lengths of those around
 * it set right again, so that what is changed is the meaning and not only the framing. Every
 * fourth change is made to the bytes as they are.
 */
#include <string.h>

#include "fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t room);

enum { MOST = 4000, DEEPEST = 24, LARGEST = 1 << 20 };

struct element {
    size_t start, content, end; /* offsets into the input */
    size_t parent;              /* an index; its own: none */
};

struct tree {
    struct slice input;
    struct element elements[MOST];
    size_t count;
};

static struct tree tree;

/* Two buffers, each of which is written from the other. */
static uint8_t buffers[2][LARGEST + 64];

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1103515245 + 12345;
    return *seed >> 16 & 0x7fff;
}

/* Whether an element holds others: by its tag, or as an OCTET STRING or BIT STRING around one. */
static bool holds_elements(uint8_t tag, struct slice *content)
{
    if ((tag & 0x20) != 0)
        return true;
    if (tag == DER_BIT_STRING && content->len > 1 && content->data[0] == 0)
        *content = (struct slice){ content->data + 1, content->len - 1 };
    else if (tag != DER_OCTET_STRING)
        return false;
    return content->len > 1 && der_well_formed(*content, DEEPEST);
}

static void collect(struct slice in, size_t parent, unsigned depth)
{
    struct slice content, whole;
    uint8_t tag;
    while (in.len > 0 && tree.count < MOST && der_any(&in, &tag, &content, &whole)) {
        size_t own = tree.count++;
        size_t start = (size_t)(whole.data - tree.input.data);
        tree.elements[own] = (struct element){
            .start = start,
            .content = (size_t)(content.data - tree.input.data),
            .end = start + whole.len,
            .parent = parent < own ? parent : own,
        };
        if (depth > 0 && holds_elements(tag, &content))
            collect(content, own, depth - 1);
    }
}

static struct slice part(size_t from, size_t to)
{
    return (struct slice){ tree.input.data + from, to - from };
}

/* Puts `bytes` into the place of an element, and sets right the lengths of those around it.
 * Returns the whole, in one of the buffers, or an empty slice when that became too large. */
static struct slice splice(size_t index, struct slice bytes, unsigned buffer)
{
    while (bytes.len + tree.input.len < LARGEST) {
        struct element inner = tree.elements[index];
        size_t outer = inner.parent;
        bool top = outer == index;
        size_t from = top ? 0 : tree.elements[outer].content;
        size_t to = top ? tree.input.len : tree.elements[outer].end;
        struct slice parts[] = { part(from, inner.start), bytes, part(inner.end, to) };
        uint8_t *out = buffers[buffer];
        if (top) {
            size_t len = 0;
            for (size_t i = 0; i < 3; i++) {
                memcpy(out + len, parts[i].data, parts[i].len);
                len += parts[i].len;
            }
            return (struct slice){ out, len };
        }
        uint8_t tag = tree.input.data[tree.elements[outer].start];
        bytes = (struct slice){ out, fuzz_element(out, tag, parts, 3) };
        buffer = 1 - buffer;
        index = outer;
    }
    return (struct slice){ NULL, 0 };
}

/* The content of an element changed, by at most some octets more. */
static struct slice mutate_content(const struct element *element, uint8_t tag)
{
    enum { MORE = 64 };
    uint8_t *out = buffers[1];
    struct slice old = part(element->content, element->end);
    uint8_t *copy = malloc(old.len + MORE);
    FUZZ_CHECK(copy != NULL);
    memcpy(copy, old.data, old.len);
    struct slice changed = { copy, LLVMFuzzerMutate(copy, old.len, old.len + MORE) };
    size_t len = fuzz_element(out, tag, &changed, 1);
    free(copy);
    return (struct slice){ out, len };
}

static struct slice mutate(unsigned seed)
{
    static const uint8_t tags[] = {
        DER_BOOLEAN,
        DER_INTEGER,
        DER_BIT_STRING,
        DER_OCTET_STRING,
        DER_NULL,
        DER_OID,
        DER_UTF8_STRING,
        0x14,
        DER_PRINTABLE_STRING,
        DER_IA5_STRING,
        0x1c,
        DER_UTC_TIME,
        0x1e,
        DER_GENERALIZED_TIME,
        DER_SEQUENCE,
        DER_SET,
        DER_CONTEXT,
        0x81,
        0x82,
        0x86,
        0x87,
        DER_CONTEXT_CONSTRUCTED,
        0xa1,
        0xa2,
        0xa3,
        0xa4,
    };
    size_t index = next(&seed) % tree.count;
    const struct element *element = &tree.elements[index];
    const struct element *other = &tree.elements[next(&seed) % tree.count];
    struct slice whole = part(element->start, element->end);
    struct slice content = part(element->content, element->end);
    struct slice stranger = part(other->start, other->end);
    uint8_t *out = buffers[1];
    uint8_t tag = tree.input.data[element->start];
    if (content.len + stranger.len >= LARGEST / 2)
        return (struct slice){ NULL, 0 };
    switch (next(&seed) % 8) {
    case 0: /* left out */
        return splice(index, (struct slice){ out, 0 }, 0);
    case 1: /* twice */
        memcpy(out, whole.data, whole.len);
        memcpy(out + whole.len, whole.data, whole.len);
        return splice(index, (struct slice){ out, 2 * whole.len }, 0);
    case 2: /* another in its place */
        return splice(index, stranger, 0);
    case 3: /* another in front of it */
        memcpy(out, stranger.data, stranger.len);
        memcpy(out + stranger.len, whole.data, whole.len);
        return splice(index, (struct slice){ out, stranger.len + whole.len }, 0);
    case 4: /* of another type */
        tag = tags[next(&seed) % sizeof(tags)];
        return splice(index, (struct slice){ out, fuzz_element(out, tag, &content, 1) }, 0);
    default:
        return splice(index, mutate_content(element, tag), 0);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room, unsigned seed)
{
    struct slice changed = { NULL, 0 };
    tree.input = (struct slice){ data, len };
    tree.count = 0;
    if (len < LARGEST / 2 && next(&seed) % 4 != 0)
        collect(tree.input, MOST, DEEPEST);
    if (tree.count > 0)
        changed = mutate(seed);
    if (changed.len == 0 || changed.len > room)
        return LLVMFuzzerMutate(data, len, room);
    memcpy(data, changed.data, changed.len);
    return changed.len;
}

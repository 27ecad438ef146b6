/* The rules of the list in a hash table, each as a kind, a length and a name in A-labels. */
#include "suffix.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "punycode.h"
#include "secsock.h"

enum { LONGEST_NAME = 253 };

/* As the list writes them: "com", "*.ck", "!www.ck". */
enum kind { PLAIN = 0, WILDCARD = '*', EXCEPTION = '!' };

struct suffix_list {
    uint8_t *rules;
    uint32_t *slots; /* offsets into `rules`, plus one; 0 for none */
    size_t mask;     /* the number of slots is a power of two */
};

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static size_t hash(enum kind kind, struct slice name)
{
    uint32_t value = 0x811c9dc5 ^ (uint32_t)kind;
    for (size_t i = 0; i < name.len; i++)
        value = (value ^ lower(name.data[i])) * 0x01000193;
    return value;
}

static bool is_rule(const uint8_t *rule, enum kind kind, struct slice name)
{
    if (rule[0] != kind || rule[1] != name.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (rule[2 + i] != lower(name.data[i]))
            return false;
    }
    return true;
}

static bool has_rule(const struct suffix_list *list, enum kind kind, struct slice name)
{
    for (size_t i = hash(kind, name) & list->mask; list->slots[i] != 0; i = (i + 1) & list->mask) {
        if (is_rule(list->rules + list->slots[i] - 1, kind, name))
            return true;
    }
    return false;
}

static struct slice parent(struct slice name)
{
    const uint8_t *dot = name.len > 0 ? memchr(name.data, '.', name.len) : NULL;
    size_t skip = dot != NULL ? (size_t)(dot - name.data) + 1 : name.len;
    return (struct slice){ name.data + skip, name.len - skip };
}

bool suffix_is_public(const struct suffix_list *list, struct slice name)
{
    struct slice above = parent(name);
    if (above.len == 0)
        return true;
    if (list == NULL || has_rule(list, EXCEPTION, name))
        return false;
    return has_rule(list, PLAIN, name) || has_rule(list, WILDCARD, above);
}

/* ---------------------------------------------------------------------------------- reading */

/* Takes a line off the front, without what ends it. */
static struct slice next_line(struct slice *text)
{
    const uint8_t *end = memchr(text->data, '\n', text->len);
    struct slice line = { text->data, end != NULL ? (size_t)(end - text->data) : text->len };
    size_t taken = end != NULL ? line.len + 1 : line.len;
    text->data += taken;
    text->len -= taken;
    return line;
}

static struct slice first_word(struct slice line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == ' ' || line.data[i] == '\t' || line.data[i] == '\r')
            line.len = i;
    }
    return line;
}

static bool begins(struct slice text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && memcmp(text.data, with, len) == 0;
}

/* A name in A-labels; 0 when it is none. */
static size_t to_a_labels(struct slice name, uint8_t out[LONGEST_NAME])
{
    size_t len = 0;
    while (name.len > 0) {
        struct slice above = parent(name);
        struct slice label = { name.data, name.len - above.len - (above.len > 0 ? 1 : 0) };
        uint8_t a_label[PUNYCODE_LABEL_SIZE];
        size_t label_len;
        if (!punycode_label(label, a_label, &label_len) || label_len == 0 ||
            len + label_len + 1 > LONGEST_NAME)
            return 0;
        memcpy(out + len, a_label, label_len);
        len += label_len;
        if (above.len > 0)
            out[len++] = '.';
        name = above;
    }
    return len;
}

static int add_rule(struct buffer *rules, struct slice line)
{
    uint8_t rule[2 + LONGEST_NAME] = { PLAIN };
    size_t len;
    if (begins(line, "!") || begins(line, "*.")) {
        size_t prefix = line.data[0] == '!' ? 1 : 2;
        rule[0] = line.data[0];
        line = (struct slice){ line.data + prefix, line.len - prefix };
    }
    len = to_a_labels(line, rule + 2);
    if (len == 0)
        return SECSOCK_E_FORMAT;
    rule[1] = (uint8_t)len;
    return buffer_append(rules, rule, 2 + len);
}

static int read_rules(struct slice text, bool with_private, struct buffer *rules, size_t *count)
{
    int result = SECSOCK_OK;
    while (text.len > 0 && result == SECSOCK_OK) {
        struct slice line = next_line(&text);
        if (begins(line, "// ===BEGIN PRIVATE DOMAINS===") && !with_private)
            break;
        if (begins(line, "//"))
            continue;
        line = first_word(line);
        if (line.len == 0)
            continue;
        result = add_rule(rules, line);
        ++*count;
    }
    return result;
}

static void fill_slots(struct suffix_list *list, const struct buffer *rules)
{
    for (size_t at = 0; at < rules->len; at += 2u + list->rules[at + 1]) {
        const uint8_t *rule = list->rules + at;
        size_t i = hash((enum kind)rule[0], (struct slice){ rule + 2, rule[1] }) & list->mask;
        while (list->slots[i] != 0)
            i = (i + 1) & list->mask;
        list->slots[i] = (uint32_t)at + 1;
    }
}

static struct suffix_list *build(struct buffer *rules, size_t count)
{
    struct suffix_list *list = calloc(1, sizeof(*list));
    size_t slots = 16;
    while (slots < count * 2)
        slots *= 2;
    if (list == NULL)
        return NULL;
    list->mask = slots - 1;
    list->slots = calloc(slots, sizeof(list->slots[0]));
    list->rules = malloc(rules->len + 1);
    if (list->slots == NULL || list->rules == NULL) {
        suffix_list_free(list);
        return NULL;
    }
    memcpy(list->rules, buffer_bytes(rules), rules->len);
    fill_slots(list, rules);
    return list;
}

int suffix_list_new(struct suffix_list **out, const void *text, size_t len, bool with_private)
{
    struct buffer rules = { 0 };
    size_t count = 0;
    int result = read_rules((struct slice){ text, len }, with_private, &rules, &count);
    *out = NULL;
    if (result == SECSOCK_OK && count == 0)
        result = SECSOCK_E_FORMAT;
    if (result == SECSOCK_OK) {
        *out = build(&rules, count);
        result = *out != NULL ? SECSOCK_OK : SECSOCK_E_MEMORY;
    }
    buffer_clear(&rules);
    return result;
}

void suffix_list_free(struct suffix_list *list)
{
    if (list == NULL)
        return;
    free(list->rules);
    free(list->slots);
    free(list);
}

/* What validate() asks of memory: counted, as it is the same every time. */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "example.h"
#include "memory.h"

enum { LONGEST = 24 };

/* A chain of so many certificates, each issued by the next, the last by an anchor. */
struct chain {
    struct mint descriptions[LONGEST + 1];
    char names[LONGEST + 1][24];
    struct slice sent[LONGEST];
    size_t length;
    secsock_store *anchors;
};

static void open_chain(struct chain *chain, size_t length)
{
    chain->length = length;
    chain->anchors = secsock_store_new();
    for (size_t i = length + 1; i-- > 0;) {
        snprintf(chain->names[i], sizeof(chain->names[i]), "%zu", i);
        chain->descriptions[i] =
            (struct mint){ .cn = chain->names[i],
                           .by = i < length ? &chain->descriptions[i + 1] : NULL,
                           .ca = i > 0,
                           .number = (unsigned)i };
    }
    for (size_t i = 0; i < length; i++)
        chain->sent[i] = mint(&chain->descriptions[i]);
    example_add(chain->anchors, &chain->descriptions[length]);
}

static void close_chain(struct chain *chain)
{
    for (size_t i = 0; i < chain->length; i++)
        free((void *)chain->sent[i].data);
    secsock_store_free(chain->anchors);
}

/* How many allocations there are until there is a verdict, which is a good one. */
static unsigned long allocations(const struct chain *chain)
{
    struct validation in = { .chain = chain->sent,
                             .chain_len = chain->length,
                             .anchors = chain->anchors,
                             .peername = "a.example",
                             .time = example_time,
                             .purpose = PURPOSE_SERVER };
    secsock_verdict *verdict = NULL;
    unsigned long before = memory_asked();
    int result = validate(&in, &verdict);
    unsigned long count = memory_asked() - before;
    CHECK(result == SECSOCK_OK && secsock_verdict_ok(verdict), "a chain of %zu is good",
          chain->length);
    secsock_verdict_free(verdict);
    return count;
}

/* One for each certificate, and some for the lists that hold them. */
static void counts_allocations(void)
{
    enum { FEW = 7, SOME = 22 };
    static const struct {
        size_t length;
        unsigned long beside; /* what comes to one for each */
    } table[] = { { 1, FEW }, { 3, FEW }, { LONGEST, SOME } };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        static struct chain chain;
        open_chain(&chain, table[i].length);
        unsigned long count = allocations(&chain);
        CHECK(count <= table[i].length + table[i].beside,
              "%lu allocations for a chain of %zu: one each, and at most %lu", count,
              table[i].length, table[i].beside);
        CHECK(count == allocations(&chain), "as many again");
        close_chain(&chain);
    }
}

/* Anchors that have nothing to do with a chain are not looked at. */
static void ignores_other_anchors(void)
{
    enum { OTHERS = 150 };
    static struct chain chain;
    char name[16];
    open_chain(&chain, 3);
    unsigned long alone = allocations(&chain);
    for (unsigned i = 0; i < OTHERS; i++) {
        snprintf(name, sizeof(name), "Other %u", i);
        example_add(chain.anchors, &(struct mint){ .cn = name, .ca = true, .variant = i });
    }
    CHECK(secsock_store_count(chain.anchors) == OTHERS + 1, "there are %d anchors more", OTHERS);
    CHECK(allocations(&chain) == alone, "which cost not one allocation");
    close_chain(&chain);
}

int main(void)
{
    counts_allocations();
    ignores_other_anchors();
    mint_end();
    return check_done();
}

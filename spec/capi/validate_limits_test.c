/* validate() under hostile input and with scarce memory. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "example.h"
#include "memory.h"

/* No verdict takes more than some milliseconds, but how many nobody can know of another machine, or
 * under valgrind. What is endless is ended. */
enum { ENDLESS_SECONDS = 600 };

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint root_rsa = { .cn = "Root", .ca = true, .kind = MINT_RSA };
static const struct mint root_plain = {
    .cn = "Root", .ca = true, .kind = MINT_RSA, .flaws = MINT_NO_AKI
};
static const struct mint stranger = { .cn = "Stranger", .ca = true, .number = 1 };
static const struct mint narrow = { .cn = "Root", .ca = true, .constraints = "+dns:example" };
static const struct mint inter = { .cn = "Inter", .by = &root, .ca = true, .number = 2 };
static const struct mint inter_expired = {
    .cn = "Inter", .by = &root, .ca = true, .number = 2, .to = "20250101000000Z"
};
static const struct mint inter_by_stranger = {
    .cn = "Inter", .by = &stranger, .ca = true, .number = 2
};
static const struct mint self = { .cn = "Self", .number = 7 };
static const struct mint leaf = { .by = &inter, .number = 3 };
static const struct mint leaf_rsa = { .by = &root_rsa, .number = 3 };
static const struct mint leaf_plain = { .by = &root_plain, .number = 3 };
static const struct mint leaf_wrong = {
    .by = &inter, .number = 3, .to = "20251221120000Z", .flaws = MINT_SERIAL_ZERO | MINT_NO_AKI
};

/* Validates, and tells how long that took. */
static secsock_verdict *judge(const struct validation *in, const char *what)
{
    secsock_verdict *verdict = NULL;
    double before = example_clock();
    int rc = validate(in, &verdict);
    CHECK(rc == SECSOCK_OK && verdict != NULL, "there is a verdict on %s", what);
    printf("# %.1f ms\n", example_clock() - before);
    return verdict;
}

/* Validates a chain of many. */
static secsock_verdict *judge_many(const struct slice *chain, size_t count, const char *what)
{
    secsock_store *anchors = secsock_store_new();
    example_add(anchors, &root);
    struct validation in = { .chain = chain,
                             .chain_len = count,
                             .anchors = anchors,
                             .peername = "a.example",
                             .time = example_time,
                             .purpose = PURPOSE_SERVER };
    secsock_verdict *verdict = judge(&in, what);
    secsock_store_free(anchors);
    return verdict;
}

/* CAs of one name, each with a key of its own: any may have signed any. */
static void one_name_many_keys(void)
{
    enum { MANY = 60 };
    struct slice chain[MANY + 1];
    struct mint cas[MANY];
    struct mint peer = { .by = &cas[0], .number = 3 };
    for (unsigned i = 0; i < MANY; i++)
        cas[i] = (struct mint){ .cn = "CA",
                                .by = i + 1 < MANY ? &cas[i + 1] : NULL,
                                .ca = true,
                                .number = 100 + i,
                                .flaws = MINT_NO_AKI };
    chain[0] = mint(&peer);
    for (size_t i = 0; i < MANY; i++)
        chain[i + 1] = mint(&cas[MANY - 1 - i]);
    secsock_verdict *verdict = judge_many(chain, MANY + 1, "60 CAs of one name");
    CHECK(!secsock_verdict_ok(verdict), "they are not trusted");
    secsock_verdict_free(verdict);
    for (size_t i = 0; i <= MANY; i++)
        free((void *)chain[i].data);
}

/* A hundred CAs of one name, all certified by Root, and the last of them has signed: that is found
 * and not that the others have not, also where each path has a fault. */
static void one_name_one_signer(void)
{
    enum { MANY = 100 };
    struct slice chain[MANY + 1];
    struct mint cas[MANY];
    struct mint peer = { .by = &cas[MANY - 1], .number = 3, .flaws = MINT_NO_AKI };
    char problems[200];
    for (unsigned i = 0; i < MANY; i++) {
        cas[i] = (struct mint){ .cn = "CA", .by = &root, .ca = true, .number = 100 + i };
        chain[i + 1] = mint(&cas[i]);
    }
    chain[0] = mint(&peer);
    secsock_verdict *verdict = judge_many(chain, MANY + 1, "who of 100 has signed");
    example_problems(verdict, problems, sizeof(problems));
    CHECK(strcmp(problems, "profile@Leaf") == 0, "only the fault is found (%s)", problems);
    secsock_verdict_free(verdict);
    for (size_t i = 0; i <= MANY; i++)
        free((void *)chain[i].data);
}

/* CAs of one name, each certified by each other, where nothing is without fault. */
static void faulty_mesh(void)
{
    enum { CAS = 9, MANY = CAS * (CAS - 1) + 1 };
    struct slice chain[MANY];
    struct mint cas[CAS];
    struct mint peer = { .by = &cas[0], .number = 3, .flaws = MINT_NO_AKI };
    size_t count = 0;
    for (unsigned i = 0; i < CAS; i++)
        cas[i] = (struct mint){ .cn = "CA", .ca = true, .number = 50 + i };
    chain[count++] = mint(&peer);
    for (size_t i = 0; i < CAS; i++) {
        for (size_t j = 0; j < CAS; j++) {
            struct mint cross = cas[i];
            cross.by = &cas[j];
            cross.variant = (unsigned)j;
            cross.flaws = MINT_NO_AKI;
            if (i != j)
                chain[count++] = mint(&cross);
        }
    }
    secsock_verdict *verdict = judge_many(chain, count, "nine CAs of one name");
    CHECK(secsock_verdict_has(verdict, SECSOCK_PROBLEM_TOO_COMPLEX),
          "that no path leads out of it is not claimed");
    secsock_verdict_free(verdict);
    for (size_t i = 0; i < count; i++)
        free((void *)chain[i].data);
}

/* Each of seven CAs has certified each other one. */
static void mesh(void)
{
    enum { CAS = 7, MANY = CAS * (CAS - 1) + 1 };
    static const char *const names[CAS] = { "A", "B", "C", "D", "E", "F", "G" };
    struct slice chain[MANY];
    struct mint cas[CAS];
    struct mint peer = { .by = &cas[0], .number = 3 };
    size_t count = 0;
    for (unsigned i = 0; i < CAS; i++)
        cas[i] = (struct mint){ .cn = names[i], .ca = true, .number = 50 + i };
    chain[count++] = mint(&peer);
    for (size_t i = 0; i < CAS; i++) {
        for (size_t j = 0; j < CAS; j++) {
            struct mint cross = cas[i];
            cross.by = &cas[j];
            cross.variant = (unsigned)j;
            if (i != j)
                chain[count++] = mint(&cross);
        }
    }
    secsock_verdict *verdict = judge_many(chain, count, "seven CAs that certified each other");
    CHECK(secsock_verdict_has(verdict, SECSOCK_PROBLEM_ISSUER_UNKNOWN),
          "no path leads out of the mesh");
    secsock_verdict_free(verdict);
    for (size_t i = 0; i < count; i++)
        free((void *)chain[i].data);
}

/* The same certificate a thousand times over. */
static void too_many(void)
{
    enum { MANY = 1000 };
    static struct slice chain[MANY];
    struct slice one = mint(&leaf);
    for (size_t i = 0; i < MANY; i++)
        chain[i] = one;
    secsock_verdict *verdict = judge_many(chain, MANY, "1000 certificates");
    CHECK(secsock_verdict_has(verdict, SECSOCK_PROBLEM_TOO_COMPLEX), "they are too complex");
    CHECK(secsock_verdict_chain_count(verdict) < MANY, "not all of them are read");
    secsock_verdict_free(verdict);
    free((void *)one.data);
}

/* A line of CAs, each certified by the next one and the last one by Root, and who the first one
 * certified; all of it in `chain`. */
enum { LINE_MOST = 60 };

static void make_line(unsigned count, struct slice *chain)
{
    char names[LINE_MOST][8];
    struct mint cas[LINE_MOST];
    struct mint peer = { .by = &cas[0], .number = 3 };
    for (unsigned i = 0; i < count; i++) {
        snprintf(names[i], sizeof(names[i]), "CA %u", i % 100);
        cas[i] = (struct mint){
            .cn = names[i], .by = i + 1 < count ? &cas[i + 1] : &root, .ca = true, .number = 100 + i
        };
    }
    chain[0] = mint(&peer);
    for (unsigned i = 0; i < count; i++)
        chain[i + 1] = mint(&cas[i]);
}

static void end_line(unsigned count, struct slice *chain)
{
    for (unsigned i = 0; i <= count; i++)
        free((void *)chain[i].data);
}

/* A path that is longer than any is followed, though each step is good. */
static void too_deep(void)
{
    struct slice chain[LINE_MOST + 1];
    make_line(LINE_MOST, chain);
    secsock_verdict *verdict = judge_many(chain, LINE_MOST + 1, "a path of 60 CAs");
    CHECK(secsock_verdict_has(verdict, SECSOCK_PROBLEM_TOO_COMPLEX), "it is too complex");
    secsock_verdict_free(verdict);
    verdict = judge_many(chain, 2, "the beginning of it");
    CHECK(!secsock_verdict_has(verdict, SECSOCK_PROBLEM_TOO_COMPLEX), "that is not");
    secsock_verdict_free(verdict);
    end_line(LINE_MOST, chain);
}

static void deep(void)
{
    enum { MANY = 35 };
    struct slice chain[MANY + 1];
    make_line(MANY, chain);
    secsock_verdict *verdict = judge_many(chain, MANY + 1, "a path of 35 CAs");
    CHECK(secsock_verdict_ok(verdict), "it is good");
    secsock_verdict_free(verdict);
    end_line(MANY, chain);
}

/* One CA certified by a hundred that are not known, and by one that is. */
static void cross_signed(void)
{
    enum { MANY = 100 };
    char names[MANY][16];
    struct mint issuers[MANY];
    struct slice chain[MANY + 2] = { mint(&leaf) };
    for (unsigned i = 0; i < MANY; i++) {
        struct mint cross = inter;
        snprintf(names[i], sizeof(names[i]), "Stranger %u", i % 100);
        issuers[i] = (struct mint){ .cn = names[i], .ca = true, .number = 1 };
        cross.by = &issuers[i];
        cross.variant = i;
        chain[i + 1] = mint(&cross);
    }
    chain[MANY + 1] = mint(&inter);
    secsock_verdict *verdict = judge_many(chain, MANY + 2, "a CA that 101 others have certified");
    CHECK(secsock_verdict_ok(verdict), "the one way is found");
    secsock_verdict_free(verdict);
    for (size_t i = 0; i < MANY + 2; i++)
        free((void *)chain[i].data);
}

/* Names that all have to be compared with all the constraints of their CA. */
static void overwhelms(const char *names, const char *constraints, enum validate_purpose purpose,
                       const char *what)
{
    const struct mint ca = { .cn = "Root", .ca = true, .constraints = constraints };
    const struct mint peer = { .by = &ca, .san = names, .number = 3 };
    const struct example example = { .chain = { &peer }, .anchors = { &ca }, .purpose = purpose };
    struct input input;
    example_open(&example, &input);
    secsock_verdict *verdict = judge(&input.validation, what);
    CHECK(secsock_verdict_has(verdict, SECSOCK_PROBLEM_TOO_COMPLEX), "they are too complex");
    secsock_verdict_free(verdict);
    example_close(&input);
}

static void names_and_constraints(void)
{
    enum { MANY = 2000, EACH = 16 };
    char *constraints = malloc(MANY * EACH), *names = malloc(MANY * EACH);
    size_t a = 0, b = (size_t)snprintf(names, EACH, "dns:a.example");
    for (int i = 0; i < MANY - 1; i++) {
        a += (size_t)snprintf(constraints + a, EACH, "%s-dns:x%d.b", i > 0 ? " " : "", i);
        b += (size_t)snprintf(names + b, EACH, " dns:y%d.c", i);
    }
    overwhelms(names, constraints, PURPOSE_SERVER, "2000 names under 2000 constraints");
    free(constraints);
    free(names);
}

/* Mailboxes, each 120 octets long, that all have to be compared with as many. */
static void mailboxes(void)
{
    enum { MANY = 480, EACH = 160 };
    char *constraints = malloc(MANY * EACH), *names = malloc(MANY * EACH);
    char *constraint = constraints, *name = names;
    for (int i = 0; i < MANY; i++) {
        constraint += sprintf(constraint, "%s-email:%0100dx@a.example", i > 0 ? " " : "", i);
        name += sprintf(name, "%semail:%0100dy@a.example", i > 0 ? " " : "", i);
    }
    overwhelms(names, constraints, PURPOSE_CLIENT, "480 long mailboxes under 480");
    free(constraints);
    free(names);
}

/* Levels of CAs, each certified so many times by the one above, in whichever way. */
enum { LEVELS = 3, TIMES = 80, LEVEL_CERTS = LEVELS * TIMES + 1 };

static void make_levels(const struct mint *top, unsigned key_step, struct slice *chain)
{
    static const char *const names[LEVELS] = { "First", "Second", "Third" };
    struct mint cas[LEVELS][TIMES];
    size_t count = 0;
    for (unsigned level = LEVELS; level-- > 0;) {
        for (unsigned i = 0; i < TIMES; i++)
            cas[level][i] =
                (struct mint){ .cn = names[level],
                               .by = level + 1 < LEVELS ? &cas[level + 1][TIMES - 1] : top,
                               .ca = true,
                               .number = 50 + level + LEVELS * key_step * i,
                               .variant = i,
                               .flaws = key_step != 0 ? MINT_NO_AKI | MINT_NO_SKI : 0 };
    }
    chain[count++] = mint(&(struct mint){ .by = &cas[0][TIMES - 1], .number = 3 });
    for (unsigned level = 0; level < LEVELS; level++) {
        for (unsigned i = 0; i < TIMES; i++)
            chain[count++] = mint(&cas[level][i]);
    }
}

/* Half a million paths: they end nowhere; they reach the anchor, and all are a little wrong; and
 * those whose keys differ, so that each signature is tried with many. */
static void levels(void)
{
    static const struct mint late = { .cn = "Root", .ca = true, .to = "20250101000000Z" };
    static const struct {
        const char *sentence;
        const struct mint *top;
        unsigned key_step;
        int problem;
    } table[] = {
        { "three levels that lead nowhere", &stranger, 0, SECSOCK_PROBLEM_ISSUER_UNKNOWN },
        { "three levels, each of many keys", &root, 1, SECSOCK_PROBLEM_TOO_COMPLEX },
        { "three levels below a root that is known", &late, 0, 0 },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct slice chain[LEVEL_CERTS];
        make_levels(table[i].top, table[i].key_step, chain);
        secsock_verdict *verdict = judge_many(chain, LEVEL_CERTS, table[i].sentence);
        CHECK(table[i].problem == 0 || secsock_verdict_has(verdict, table[i].problem),
              "what is wrong with them is found");
        secsock_verdict_free(verdict);
        for (size_t j = 0; j < LEVEL_CERTS; j++)
            free((void *)chain[j].data);
    }
}

/* CAs with one long name, written in as many ways as there are CAs, that all have one key. */
static void long_names(void)
{
    enum { MANY = 200, LONG = 1500 };
    static char names[MANY][LONG + 1];
    struct slice chain[MANY + 1];
    struct mint cas[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        memset(names[i], 'n', LONG);
        for (unsigned bit = 0; bit < 8; bit++)
            names[i][LONG - 1 - bit] = (i >> bit & 1) != 0 ? 'N' : 'n';
        cas[i] = (struct mint){ .cn = names[i], .ca = true, .number = 50 + i };
        chain[i + 1] = mint(&cas[i]);
    }
    chain[0] = mint(&(struct mint){ .by = &cas[0], .number = 3 });
    secsock_verdict *verdict = judge_many(chain, MANY + 1, "200 CAs with the same long name");
    CHECK(!secsock_verdict_ok(verdict), "they are not trusted");
    secsock_verdict_free(verdict);
    for (size_t i = 0; i <= MANY; i++)
        free((void *)chain[i].data);
}

/* Each allocation fails once: an error, no crash, nothing lost. */
static void scarce_memory(void)
{
    static const struct example table[] = {
        { "a good chain", { &leaf, &inter }, { &root }, .purpose = PURPOSE_SERVER },
        { "much that is wrong",
          { &leaf_wrong, &inter_expired, &inter_by_stranger, &self, &root },
          { &stranger, &narrow },
          .name = "b.example",
          .purpose = PURPOSE_SERVER },
        { "RSA", { &leaf_rsa }, { &root_rsa }, .purpose = PURPOSE_SERVER },
        { "a root that names nobody", { &leaf_plain }, { &root_plain }, .purpose = PURPOSE_SERVER },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct input input;
        unsigned long n = 0;
        bool good = true, failed = true;
        example_open(&table[i], &input);
        long live = memory_live();
        while (good && failed) {
            secsock_verdict *verdict = NULL;
            memory_fail(++n);
            int rc = validate(&input.validation, &verdict);
            failed = memory_failed() != 0;
            memory_fail(0);
            good = failed ? rc == SECSOCK_E_MEMORY && verdict == NULL
                          : rc == SECSOCK_OK && verdict != NULL;
            secsock_verdict_free(verdict);
        }
        CHECK(good && n > 5, "%s: each of %lu allocations may fail", table[i].sentence, n - 1);
        CHECK(memory_live() == live, "%s: and nothing is lost", table[i].sentence);
        example_close(&input);
    }
}

int main(void)
{
    alarm(ENDLESS_SECONDS);
    one_name_many_keys();
    one_name_one_signer();
    faulty_mesh();
    mesh();
    too_many();
    too_deep();
    deep();
    cross_signed();
    names_and_constraints();
    mailboxes();
    levels();
    long_names();
    scarce_memory();
    mint_end();
    return check_done();
}

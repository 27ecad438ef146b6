/* Revocation under hostile input, and what it may cost. */
#include <stdlib.h>
#include <unistd.h>

#include "crl.h"
#include "revoked.h"

/* No verdict takes more than some milliseconds, but how many nobody can know of another machine, or
 * under valgrind. What is endless is ended. */
enum { ENDLESS_SECONDS = 600, LISTS_MOST = 300 };

/* What the peer sends, what is known here, and what came along. */
struct burden {
    const char *what;
    const struct mint *chain[EXAMPLE_MOST];
    const struct mint_crl *lists;
    size_t list_count;
    const struct mint_ocsp *staple;
    enum secsock_revocation mode;
};

static struct crl_set *make_set(const struct burden *burden)
{
    const struct mint_crl *lists[LISTS_MOST];
    for (size_t i = 0; i < burden->list_count; i++)
        lists[i] = &burden->lists[i];
    return revoked_set(lists, burden->list_count);
}

/* The verdict by these lists. */
static secsock_verdict *judge_by(const struct burden *burden, struct crl_set *crls)
{
    struct example example = { .anchors = { &revoked_root }, .name = "" };
    struct slice staple = { NULL, 0 };
    struct input input;
    secsock_verdict *verdict = NULL;
    memcpy(example.chain, burden->chain, sizeof(example.chain));
    example_open(&example, &input);
    if (burden->staple != NULL)
        staple = mint_ocsp(burden->staple);
    input.validation.crls = crls;
    input.validation.ocsp = staple;
    input.validation.revocation = burden->mode;
    double before = example_clock();
    int result = validate(&input.validation, &verdict);
    printf("# %.1f ms\n", example_clock() - before);
    CHECK(result == SECSOCK_OK && verdict != NULL, "there is a verdict on %s", burden->what);
    free((void *)staple.data);
    example_close(&input);
    return verdict;
}

static secsock_verdict *judge(const struct burden *burden)
{
    struct crl_set *crls = make_set(burden);
    secsock_verdict *verdict = judge_by(burden, crls);
    crl_set_free(crls);
    return verdict;
}

static bool is_too_complex(const struct burden *burden)
{
    secsock_verdict *verdict = judge(burden);
    bool too_complex = secsock_verdict_has(verdict, SECSOCK_PROBLEM_TOO_COMPLEX) == 1;
    secsock_verdict_free(verdict);
    return too_complex;
}

/* Lists that are alike but for their times, and not signed by whom they say. */
static void many_lists(void)
{
    static struct mint_crl lists[LISTS_MOST];
    static char days[LISTS_MOST][16];
    for (unsigned i = 0; i < LISTS_MOST; i++) {
        snprintf(days[i], sizeof(days[i]), "202601010%u%02u00Z", i / 60 % 10, i % 60);
        lists[i] = (struct mint_crl){ .by = &revoked_inter,
                                      .from = days[i],
                                      .signing_flaws = MINT_BAD_SIGNATURE };
    }
    const struct burden many = { .what = "300 forged lists",
                                 .chain = { &revoked_leaf, &revoked_inter },
                                 .lists = lists,
                                 .list_count = LISTS_MOST };
    CHECK(is_too_complex(&many), "they are too complex");
    const struct burden few = { .what = "168 forged lists",
                                .chain = { &revoked_leaf, &revoked_inter },
                                .lists = lists,
                                .list_count = 168 };
    CHECK(!is_too_complex(&few), "these are not");
}

/* A certificate with distribution points without end, and lists that name as many. */
static void many_points(void)
{
    enum { MANY = 6000, EACH = 24, LISTS = 20 };
    static struct mint_crl lists[LISTS];
    static char days[LISTS][16];
    char *points = malloc((size_t)MANY * EACH);
    struct mint peer = { .by = &revoked_inter, .number = 3, .points = points };
    size_t len = 0;
    for (int i = 0; i < MANY; i++)
        len += (size_t)snprintf(points + len, EACH, "%suri:http://%d/", i > 0 ? " " : "", i);
    for (unsigned i = 0; i < LISTS; i++) {
        snprintf(days[i], sizeof(days[i]), "2026010100%02u00Z", i);
        lists[i] = (struct mint_crl){ .by = &revoked_inter,
                                      .from = days[i],
                                      .scope = "at:uri:http://none/" };
    }
    const struct burden burden = { .what = "6000 points and 20 lists",
                                   .chain = { &peer, &revoked_inter },
                                   .lists = lists,
                                   .list_count = LISTS };
    CHECK(is_too_complex(&burden), "they are too complex");
    free(points);
}

/* Many with the name of the lists' issuer, none of whom signed the list. */
static void many_signers(void)
{
    static struct mint others[EXAMPLE_MOST - 3];
    static const struct mint lists_only = {
        .cn = "Inter", .by = &revoked_root, .number = 10, .usage = 1 << 6, .eku = "", .san = ""
    };
    static const struct mint_crl list = { .by = &lists_only };
    struct burden burden = { .what = "four others with the issuer's name",
                             .chain = { &revoked_leaf, &revoked_inter },
                             .lists = &list,
                             .list_count = 1,
                             .mode = SECSOCK_REVOCATION_LEAF };
    for (unsigned i = 0; i < EXAMPLE_MOST - 4; i++) {
        others[i] = lists_only;
        others[i].number = 30 + i;
        burden.chain[2 + i] = &others[i];
    }
    burden.chain[EXAMPLE_MOST - 2] = &lists_only;
    secsock_verdict *verdict = judge(&burden);
    CHECK(secsock_verdict_ok(verdict), "the one who signed it is found behind them");
    secsock_verdict_free(verdict);
}

static void many_answers(void)
{
    static const struct mint same_serial = { .by = &revoked_root, .number = 3 };
    static const struct mint_ocsp response = { .cert = &revoked_leaf,
                                               .others = &same_serial,
                                               .repeated = 2000 };
    const struct burden burden = { .what = "2000 answers about the same number",
                                   .chain = { &revoked_leaf, &revoked_inter },
                                   .staple = &response,
                                   .mode = SECSOCK_REVOCATION_LEAF };
    secsock_verdict *verdict = judge(&burden);
    CHECK(secsock_verdict_ok(verdict), "the right one is found among them");
    secsock_verdict_free(verdict);
}

/* Judges by one list, twice; whether the list then remembers that Inter has signed it. */
static bool is_remembered(const struct mint_crl *list, const char *what, int problem)
{
    const struct burden burden = { .what = what,
                                   .chain = { &revoked_leaf, &revoked_inter },
                                   .lists = list,
                                   .list_count = 1,
                                   .mode = SECSOCK_REVOCATION_LEAF };
    struct crl_set *crls = make_set(&burden);
    secsock_cert *inter = example_cert(&revoked_inter), *other = example_cert(&revoked_root);
    size_t cursor = 0;
    const struct crl *crl = crl_set_find(crls, inter->x509.subject, &cursor);
    CHECK(!crl_knows_signer(crl, inter->x509.spki), "at first nobody is known to have signed it");
    for (int i = 0; i < 2; i++) {
        secsock_verdict *verdict = judge_by(&burden, crls);
        CHECK(problem != 0 ? secsock_verdict_has(verdict, problem) : secsock_verdict_ok(verdict),
              "it is the same as often as it is asked");
        secsock_verdict_free(verdict);
    }
    bool remembered = crl_knows_signer(crl, inter->x509.spki);
    CHECK(!crl_knows_signer(crl, other->x509.spki), "it is never said of another key");
    secsock_cert_free(inter);
    secsock_cert_free(other);
    crl_set_free(crls);
    return remembered;
}

/* A list of 100,000: its signature covers some megabytes, and is checked once. */
static void large_list(void)
{
    static const struct mint_crl list = { .by = &revoked_inter, .more = 100000 };
    CHECK(is_remembered(&list, "a list of 100,000", 0), "who has signed it is remembered");
}

static void forged_list(void)
{
    static const struct mint_crl list = { .by = &revoked_inter,
                                          .signing_flaws = MINT_BAD_SIGNATURE };
    CHECK(!is_remembered(&list, "a forged list", SECSOCK_PROBLEM_REVOCATION_UNKNOWN),
          "who has not signed it is no signer");
}

/* Extensions of certificates that revocation rests upon: well-formed or not. */
static const struct {
    const char *sentence;
    const char *extension;
    const char *want;
} extensions[] = {
    { "a distribution point", "3018 0603551d1f 0411 300f 300d a00b a009 8607 687474703a2f2f", "" },
    { "a critical one", "301b 0603551d1f 0101ff 0411 300f 300d a00b a009 8607 687474703a2f2f", "" },
    { "a point that is empty", "300b 0603551d1f 0404 3002 3000", "" },
    { "no point at all", "3009 0603551d1f 0402 3000", "malformed@-" },
    { "a point with a name that is empty", "300d 0603551d1f 0406 3004 3002 a000", "malformed@-" },
    { "a point with both names",
      "3024 0603551d1f 041d 301b 3019 a017 a009 8607 687474703a2f2f a10a 3008 0603550403 0c0141",
      "malformed@-" },
    { "a point with reasons that are none", "300d 0603551d1f 0406 3004 3002 8100", "malformed@-" },
    { "a point with more than that", "300d 0603551d1f 0406 3004 3002 8300", "malformed@-" },
    { "a freshestCRL that is malformed", "3009 0603551d2e 0402 3000", "malformed@-" },
    { "a TLS feature", "3011 06082b06010505070118 0405 3003 020111", "" },
    { "a critical one", "3014 06082b06010505070118 0101ff 0405 3003 020111", "" },
    { "a TLS feature that is none", "300f 06082b06010505070118 0403 020105", "malformed@-" },
    { "a TLS feature that is negative", "3011 06082b06010505070118 0405 3003 0201ff",
      "malformed@-" },
};

static void read_extensions(void)
{
    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        const struct mint peer = { .by = &revoked_inter,
                                   .number = 3,
                                   .extensions = extensions[i].extension };
        const struct example example = { .sentence = extensions[i].sentence,
                                         .chain = { &peer, &revoked_inter },
                                         .anchors = { &revoked_root },
                                         .want = extensions[i].want };
        example_run(&example);
    }
}

int main(void)
{
    alarm(ENDLESS_SECONDS);
    many_lists();
    many_points();
    many_signers();
    many_answers();
    large_list();
    forged_list();
    read_extensions();
    mint_end();
    return check_done();
}

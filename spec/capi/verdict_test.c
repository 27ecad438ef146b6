/* The verdict as an object, what it says, and problems by name. */
#include <string.h>

#include "check.h"
#include "example.h"
#include "text.h"

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint inter = { .cn = "Inter", .by = &root, .ca = true, .number = 2 };
static const struct mint inter_expired = {
    .cn = "Inter", .by = &root, .ca = true, .number = 2, .to = "20250101000000Z"
};
static const struct mint rekeyed = { .cn = "Inter", .by = &root, .ca = true, .number = 6 };
static const struct mint ca_narrow = { .cn = "Root", .ca = true, .constraints = "-dns:a.example" };
static const struct mint ring_b = { .cn = "B", .ca = true, .number = 11, .issuer_cn = "A" };
static const struct mint ring_a = { .cn = "A", .by = &ring_b, .ca = true, .number = 10 };
static const struct mint ring_c = { .cn = "B", .by = &ring_a, .ca = true, .number = 11 };
static const struct mint self = { .cn = "Self", .number = 7 };

static const struct mint leaf = { .by = &inter, .number = 3 };
static const struct mint wild = { .by = &inter,
                                  .number = 3,
                                  .san = "dns:a.example dns:*.b.example" };
static const struct mint nobody = { .by = &inter, .number = 3, .san = "uri:https://b.example/" };
static const struct mint old = { .by = &inter, .number = 3, .to = "20251221120000Z" };
static const struct mint early = { .by = &inter, .number = 3, .from = "20260102130000Z" };
static const struct mint weak = { .by = &inter, .number = 3, .kind = MINT_RSA_1024 };
static const struct mint odd = { .by = &inter,
                                 .number = 3,
                                 .flaws = MINT_SERIAL_ZERO | MINT_NO_AKI };
static const struct mint in_ring = { .by = &ring_a, .number = 3 };
static const struct mint excluded = { .by = &ca_narrow, .number = 3 };

/* What people read of the first problem. */
static void sentences(void)
{
    static const struct {
        const struct mint *chain[4];
        const struct mint *anchor;
        const char *name;
        int problem;
        const char *text;
    } table[] = {
        { { &wild, &inter },
          &root,
          "mail.example",
          SECSOCK_PROBLEM_NAME_MISMATCH,
          "issued for a.example and *.b.example, not for mail.example" },
        { { &nobody, &inter },
          &root,
          "mail.example",
          SECSOCK_PROBLEM_NAME_MISMATCH,
          "issued for nobody at all (subjectAltName), so not for mail.example" },
        { { &leaf, &inter },
          &root,
          "mail example",
          SECSOCK_PROBLEM_NAME_MISMATCH,
          "\"mail example\" is no DNS name in A-labels, no IP address and no mailbox" },
        { { &old, &inter },
          &root,
          NULL,
          SECSOCK_PROBLEM_EXPIRED,
          "expired on 2025-12-21 12:00:00 UTC, 12 days ago" },
        { { &early, &inter },
          &root,
          NULL,
          SECSOCK_PROBLEM_NOT_YET_VALID,
          "not valid before 2026-01-02 13:00:00 UTC, in 1 hour" },
        { { &leaf },
          &root,
          NULL,
          SECSOCK_PROBLEM_ISSUER_UNKNOWN,
          "signed by CN=Inter, which is not a trust anchor" },
        { { &leaf, &rekeyed },
          &root,
          NULL,
          SECSOCK_PROBLEM_ISSUER_UNKNOWN,
          "signed by CN=Inter, but not with the key known by that name" },
        { { &in_ring, &ring_a, &ring_c },
          &root,
          NULL,
          SECSOCK_PROBLEM_ISSUER_UNKNOWN,
          "signed by CN=A, from whom no path leads to a trust anchor" },
        { { &self },
          &root,
          NULL,
          SECSOCK_PROBLEM_SELF_SIGNED,
          "signed with its own key, and not a trust anchor" },
        { { &weak, &inter },
          &root,
          NULL,
          SECSOCK_PROBLEM_WEAK_KEY,
          "its RSA key has 1024 bits, 2048 are the least" },
        { { &excluded },
          &ca_narrow,
          NULL,
          SECSOCK_PROBLEM_NAME_CONSTRAINT,
          "issued for a.example, which CN=Root excludes" },
        { { &odd, &inter }, &root, NULL, SECSOCK_PROBLEM_PROFILE, "its serial number is zero" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct example example = { .name = table[i].name, .purpose = PURPOSE_SERVER };
        struct input input;
        secsock_verdict *verdict = NULL;
        memcpy(example.chain, table[i].chain, sizeof(table[i].chain));
        example.anchors[0] = table[i].anchor;
        example_open(&example, &input);
        if (CHECK(validate(&input.validation, &verdict) == SECSOCK_OK, "there is a verdict")) {
            const char *text = secsock_verdict_problem_text(verdict, 0);
            if (!CHECK(secsock_verdict_problem(verdict, 0) == table[i].problem &&
                           strcmp(text, table[i].text) == 0,
                       "%s says: %s", secsock_problem_name(table[i].problem), table[i].text))
                printf("# but: %s\n", text != NULL ? text : "nothing");
        }
        secsock_verdict_free(verdict);
        example_close(&input);
    }
}

/* "profile RFC 5280, 4.1.2.2; ...": what stands in the verdict on one leaf. */
static void sections_of(const secsock_verdict *verdict, char *buffer, size_t size)
{
    struct text text;
    text_begin(&text, buffer, size);
    for (size_t i = 0; i < secsock_verdict_problem_count(verdict); i++)
        text_add(&text, "%s%s %s", i > 0 ? "; " : "",
                 secsock_problem_name(secsock_verdict_problem(verdict, i)),
                 secsock_verdict_problem_section(verdict, i));
}

/* Each rule tells where it comes from, also where several are of one kind. */
static void sections(void)
{
    const struct {
        const struct mint *leaf;
        const char *name;
        enum validate_profile profile;
        const char *want;
    } table[] = {
        { &odd, NULL, PROFILE_PRIVATE, "profile RFC 5280, 4.1.2.2; profile RFC 5280, 4.2.1.1" },
        { &(struct mint){ .by = &inter, .number = 3, .eku = "", .flaws = MINT_SAN_CRITICAL }, NULL,
          PROFILE_WEBPKI, "profile BR 7.1.2.7.10; profile BR 7.1.2.7.12; profile BR 7.1.4.3" },
        { &(struct mint){ .by = &inter,
                          .number = 3,
                          .san = "dns:a.example dns:-.example uri:https://a.example/" },
          NULL, PROFILE_WEBPKI,
          "profile RFC 5280, 4.2.1.6; profile BR 7.1.2.7.12; profile BR 7.1.4.3" },
        { &(struct mint){ .by = &inter, .number = 3, .kind = MINT_SECP256K1 }, NULL,
          PROFILE_PRIVATE, "weak_key RFC 8446, 4.2.3" },
        { &(struct mint){ .by = &inter, .number = 3, .kind = MINT_EXPLICIT }, NULL, PROFILE_PRIVATE,
          "profile RFC 5480, 2.1.1" },
        { &weak, NULL, PROFILE_PRIVATE, "weak_key RFC 9325, 4.5" },
        { &(struct mint){
              .by = &inter, .number = 3, .eku = "client", .usage = KEY_USAGE_KEY_ENCIPHERMENT },
          NULL, PROFILE_PRIVATE, "wrong_usage RFC 5280, 4.2.1.12; wrong_usage RFC 8446, 4.4.2.2" },
        { &leaf, "192.0.2.1", PROFILE_PRIVATE, "name_mismatch RFC 9525, 6.4" },
        { &leaf, "me@a.example", PROFILE_PRIVATE, "name_mismatch RFC 5280, 4.2.1.6" },
        { &leaf, "a b", PROFILE_PRIVATE, "name_mismatch RFC 9525, 6.1" },
        { &(struct mint){ .by = &inter, .number = 3, .explicit_policy = 1 }, NULL, PROFILE_PRIVATE,
          "policy RFC 5280, 6.1.5" },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct example example = { .chain = { table[i].leaf, &inter },
                                         .anchors = { &root },
                                         .name = table[i].name,
                                         .purpose = PURPOSE_SERVER,
                                         .profile = table[i].profile };
        struct input input;
        secsock_verdict *verdict = NULL;
        char text[400] = "";
        example_open(&example, &input);
        if (CHECK(validate(&input.validation, &verdict) == SECSOCK_OK, "there is a verdict"))
            sections_of(verdict, text, sizeof(text));
        if (!CHECK(strcmp(text, table[i].want) == 0, "by these rules: %s", table[i].want))
            printf("# but: %s\n", text);
        secsock_verdict_free(verdict);
        example_close(&input);
    }
}

static void explanation(void)
{
    static const char wanted[] =
        "b.example is not trusted: 2 problems (2026-01-02 12:00:00 UTC)\n"
        "  CN=Root (trust anchor)\n"
        "  │ valid 2020-01-01 to 2040-01-01, EC P-256\n"
        "  └─ CN=Inter\n"
        "     │ valid 2020-01-01 to 2025-01-01, EC P-256\n"
        "     │ ! expired: expired on 2025-01-01 00:00:00 UTC, 366 days ago (RFC 5280, 4.1.2.5)\n"
        "     └─ CN=Leaf\n"
        "          valid 2020-01-01 to 2040-01-01, EC P-256\n"
        "          for a.example\n"
        "          ! name_mismatch: issued for a.example, not for b.example (RFC 9525, 6.3)\n"
        "  also sent, and not used:\n"
        "  - CN=Self\n";
    static const struct example example = { .chain = { &leaf, &self, &inter_expired },
                                            .anchors = { &root },
                                            .name = "b.example",
                                            .purpose = PURPOSE_SERVER };
    struct input input;
    secsock_verdict *verdict = NULL;
    char whole[2000], cut[20];
    example_open(&example, &input);
    if (CHECK(validate(&input.validation, &verdict) == SECSOCK_OK, "there is a verdict")) {
        int len = secsock_verdict_explain(verdict, whole, sizeof(whole));
        if (!CHECK(strcmp(whole, wanted) == 0, "a verdict is explained as a tree"))
            printf("# but:\n%s", whole);
        CHECK(len == (int)strlen(wanted), "the length of that is told");
        CHECK(secsock_verdict_explain(verdict, NULL, 0) == len, "also without room for it");
        CHECK(secsock_verdict_explain(verdict, cut, sizeof(cut)) == len &&
                  strncmp(cut, wanted, sizeof(cut) - 1) == 0 && cut[sizeof(cut) - 1] == '\0',
              "what does not fit is cut off");
    }
    secsock_verdict_free(verdict);
    example_close(&input);
}

static void facts(void)
{
    static const struct example example = { .chain = { &leaf, &inter },
                                            .anchors = { &root },
                                            .purpose = PURPOSE_SERVER };
    struct input input;
    secsock_verdict *verdict = NULL;
    example_open(&example, &input);
    if (CHECK(validate(&input.validation, &verdict) == SECSOCK_OK, "there is a verdict")) {
        CHECK(secsock_verdict_chain_count(verdict) == 2 && secsock_verdict_path_count(verdict) == 3,
              "it holds what was sent, and the path with its anchor");
        CHECK(secsock_verdict_path(verdict, 0) == secsock_verdict_chain(verdict, 0),
              "a certificate is the same object in both");
        CHECK(strcmp(secsock_verdict_peername(verdict), "a.example") == 0 &&
                  secsock_verdict_name_result(verdict) == SECSOCK_NAME_MATCHED,
              "it tells the name that was asked for and that it matched");
        CHECK(secsock_verdict_time(verdict) == example_time, "it tells the time of judgement");
        CHECK(!secsock_verdict_resumed(verdict), "and that no session was resumed");
        verdict_set_resumed(verdict, true);
        CHECK(secsock_verdict_resumed(verdict), "or that one was");
    }
    secsock_verdict_free(verdict);
    example_close(&input);
}

static void order(void)
{
    secsock_verdict *verdict = verdict_new("a.example", example_time);
    secsock_cert *first = example_cert(&leaf), *second = example_cert(&inter);
    secsock_cert *unused = example_cert(&self);
    secsock_verdict *same = secsock_verdict_ref(verdict);
    char text[200];
    verdict_add_chain(verdict, first);
    verdict_add_chain(verdict, unused);
    verdict_add_path(verdict, first);
    verdict_add_path(verdict, second);
    verdict_add(verdict, SECSOCK_PROBLEM_EXPIRED, unused, "unused");
    verdict_add(verdict, SECSOCK_PROBLEM_EXPIRED, second, "second");
    verdict_add(verdict, SECSOCK_PROBLEM_WEAK_KEY, first, "first %d", 1);
    verdict_add(verdict, SECSOCK_PROBLEM_MALFORMED, NULL, "peer");
    verdict_add(verdict, SECSOCK_PROBLEM_EXPIRED, first, "first");
    verdict_add(verdict, SECSOCK_PROBLEM_WEAK_KEY, first, "more");
    verdict_add(verdict, SECSOCK_PROBLEM_WEAK_KEY, first, "more");
    example_problems(verdict, text, sizeof(text));
    CHECK(strcmp(text, "malformed@- weak_key@Leaf expired@Leaf expired@Inter expired@Self") == 0,
          "problems stand from the peer as a whole over the path to what was not used");
    CHECK(strcmp(secsock_verdict_problem_text(verdict, 1), "first 1; more") == 0,
          "the same problem of the same certificate is held once, with all it says");
    CHECK(strcmp(secsock_verdict_problem_section(verdict, 1), "RFC 9325, 4.5") == 0,
          "where nothing closer is known the section is that of the kind");
    CHECK(secsock_verdict_problem(verdict, 5) == 0 &&
              secsock_verdict_problem_cert(verdict, 5) == NULL &&
              secsock_verdict_problem_text(verdict, 5) == NULL &&
              secsock_verdict_problem_section(verdict, 5) == NULL &&
              secsock_verdict_chain(verdict, 2) == NULL && secsock_verdict_path(verdict, 2) == NULL,
          "past the end there is nothing");
    secsock_verdict_free(verdict);
    secsock_cert_free(first);
    secsock_cert_free(second);
    secsock_cert_free(unused);
    CHECK(secsock_verdict_problem_count(same) == 5 && secsock_verdict_path_count(same) == 2 &&
              strcmp(secsock_cert_common_name(secsock_verdict_path(same, 1)), "Inter") == 0,
          "a verdict lives as long as anybody refers to it, and its certificates with it");
    secsock_verdict_free(same);
    secsock_verdict_free(NULL);
}

static void problems(void)
{
    bool good = true;
    for (int i = SECSOCK_PROBLEM_REJECTED; i <= SECSOCK_PROBLEM_TOO_COMPLEX; i++) {
        good = good && strcmp(secsock_problem_name(i), "unknown") != 0 &&
               secsock_problem_text(i)[0] != '\0' &&
               strncmp(secsock_problem_section(i), "RFC ", 4) == 0 &&
               strcmp(secsock_alert_name(secsock_problem_alert(i)), "unknown") != 0;
    }
    CHECK(good, "every problem has a name, a sentence, a section and an alert");
    CHECK(strcmp(secsock_problem_name(0), "unknown") == 0 &&
              strcmp(secsock_problem_name(-1), "unknown") == 0 &&
              strcmp(secsock_problem_name(9999), "unknown") == 0,
          "what is no problem has none");
}

int main(void)
{
    sentences();
    sections();
    explanation();
    facts();
    order();
    problems();
    mint_end();
    return check_done();
}

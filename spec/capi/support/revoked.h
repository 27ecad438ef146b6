/* Examples of certificates whose revocation is asked about, as checks. */
#ifndef SECSOCK_SPEC_REVOKED_H
#define SECSOCK_SPEC_REVOKED_H

#include "example_run.h"
#include "mint_crl.h"
#include "mint_ocsp.h"

enum { REVOKED_MOST = 5 };

struct revoked {
    const char *sentence;
    const struct mint *chain[EXAMPLE_MOST]; /* Leaf, Inter unless said */
    const struct mint *anchor;              /* Root unless said */
    const struct mint *extra;
    const struct mint_crl *lists[REVOKED_MOST];
    const struct mint_ocsp *staple;
    enum secsock_revocation mode;
    enum validate_purpose purpose; /* 0: any */
    bool forgives;                 /* omissions */
    const char *want;              /* the problems, as example_problems() writes them */
    const char *known;             /* of each certificate of the path but the anchor: g, r or ? */
    const char *says;              /* what is among the words of the first problem; NULL: none */
};

/* Root has issued Inter, and Inter has issued Leaf. */
extern const struct mint revoked_root, revoked_inter, revoked_leaf;

struct crl_set *revoked_set(const struct mint_crl *const *lists, size_t count);

/* Validates an example; the verdict, or NULL when memory ran short. */
secsock_verdict *revoked_judge(const struct revoked *example);

/* "g?" */
static inline void revoked_known(const secsock_verdict *verdict, char *text, size_t size)
{
    static const char letters[] = "?gr";
    size_t count = secsock_verdict_path_count(verdict);
    size_t i = 0;
    for (; i + 1 < count && i + 1 < size; i++)
        text[i] = letters[secsock_verdict_revocation(verdict, i)];
    text[i] = '\0';
}

static inline void revoked_run(const struct revoked *example)
{
    enum { SIZE = 500 };
    char problems[SIZE], known[EXAMPLE_MOST];
    const char *says;
    secsock_verdict *verdict = revoked_judge(example);
    if (!CHECK(verdict != NULL, "%s: there is a verdict", example->sentence))
        return;
    example_problems(verdict, problems, SIZE);
    revoked_known(verdict, known, sizeof(known));
    if (!CHECK(strcmp(problems, example->want) == 0, "%s: %s", example->sentence,
               example->want[0] != '\0' ? example->want : "no problem"))
        printf("# but: %s: %s\n", problems, secsock_verdict_problem_text(verdict, 0));
    if (!CHECK(strcmp(known, example->known) == 0, "%s: known is %s", example->sentence,
               example->known))
        printf("# but: %s\n", known);
    if (example->says != NULL) {
        says = secsock_verdict_problem_text(verdict, 0);
        if (!CHECK(says != NULL && strstr(says, example->says) != NULL, "%s: it says \"%s\"",
                   example->sentence, example->says))
            printf("# but: %s\n", says);
    }
    secsock_verdict_free(verdict);
}

static inline void revoked_run_all(const struct revoked *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        revoked_run(&examples[i]);
}

#define REVOKED(examples) revoked_run_all((examples), sizeof(examples) / sizeof((examples)[0]))

#endif

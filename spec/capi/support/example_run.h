/* Examples as checks: each is judged, and its problems and its path are what it says. */
#ifndef SECSOCK_SPEC_EXAMPLE_RUN_H
#define SECSOCK_SPEC_EXAMPLE_RUN_H

#include <string.h>

#include "check.h"
#include "example.h"

/* clang-format off */
#define MINT(...) { __VA_ARGS__ }
#define CHAIN(...) { __VA_ARGS__ }
#define ANCHORS(...) { __VA_ARGS__ }
#define NOTHING { NULL }
#define LEAF(...) &(const struct mint){ .number = 3, __VA_ARGS__ }
/* clang-format on */
#define SERVER .purpose = PURPOSE_SERVER
#define WEB    .purpose = PURPOSE_SERVER, .profile = PROFILE_WEBPKI

static inline void example_run(const struct example *example)
{
    enum { SIZE = 500 };
    char problems[SIZE], path[SIZE];
    struct input input;
    secsock_verdict *verdict = NULL;
    example_open(example, &input);
    int result = validate(&input.validation, &verdict);
    if (CHECK(result == SECSOCK_OK, "%s: there is a verdict", example->sentence)) {
        example_problems(verdict, problems, SIZE);
        example_path(verdict, path, SIZE);
        if (!CHECK(strcmp(problems, example->want) == 0, "%s: %s", example->sentence,
                   example->want[0] != '\0' ? example->want : "no problem"))
            printf("# but: %s\n", problems);
        if (example->path != NULL && !CHECK(strcmp(path, example->path) == 0, "%s: by the path %s",
                                            example->sentence, example->path))
            printf("# but: %s\n", path);
        CHECK(secsock_verdict_ok(verdict) == (example->want[0] == '\0'),
              "%s: the verdict as a whole agrees", example->sentence);
    }
    secsock_verdict_free(verdict);
    example_close(&input);
}

#define EXAMPLES(examples) example_run_all((examples), sizeof(examples) / sizeof((examples)[0]))

static inline void example_run_all(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        example_run(&examples[i]);
}

#endif

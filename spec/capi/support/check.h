/*
 * A few lines of test harness: each check prints "ok N - sentence" or "not ok N - sentence", and
 * the last line of a program counts them.
 *
 *     CHECK(count == 2, "the store holds %d certificates", 2);
 *     return check_done();
 */
#ifndef SECSOCK_SPEC_CHECK_H
#define SECSOCK_SPEC_CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned check_passed;
static unsigned check_failed;

/* Counts and prints one check; returns whether it held. The sentence says what ought to be so. */
__attribute__((format(printf, 5, 6))) static inline bool
check_that(bool holds, const char *file, int line, const char *what, const char *sentence, ...)
{
    va_list args;

    if (holds)
        check_passed++;
    else
        check_failed++;
    printf("%s %u - ", holds ? "ok" : "not ok", check_passed + check_failed);
    va_start(args, sentence);
    vprintf(sentence, args);
    va_end(args);
    printf("\n");
    if (!holds)
        printf("# %s:%d: %s\n", file, line, what);
    fflush(stdout); /* what a crash would lose */
    return holds;
}

#define CHECK(condition, ...) check_that((condition), __FILE__, __LINE__, #condition, __VA_ARGS__)

/* Of a great many cases that are alike, every how many-th is to be tried: all of them, unless
 * SECSOCK_TEST_STRIDE says otherwise, for where that takes too long. */
static inline unsigned check_stride(void)
{
    const char *text = getenv("SECSOCK_TEST_STRIDE");
    int stride = text ? atoi(text) : 1;
    return stride > 0 ? (unsigned)stride : 1;
}

/* Prints the last line; the exit status of the program. */
static inline int check_done(void)
{
    printf("%u passed, %u failed\n", check_passed, check_failed);
    return check_failed == 0 && check_passed > 0 ? 0 : 1;
}

#endif

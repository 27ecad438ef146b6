#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 101, ROUND_US = 4000 };

void measure_need(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

/* Microseconds of this thread: what others do in the meantime does not count. */
static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* What one of `count` takes. */
static double run(const struct measured *measured, unsigned count)
{
    double start = now();
    for (unsigned i = 0; i < count; i++)
        measured->work(measured->arg);
    return (now() - start) / count;
}

/* How many fill a round; and everything is warm afterwards. */
static unsigned calibrate(const struct measured *measured)
{
    unsigned count = 1;
    while (run(measured, count) * count < ROUND_US)
        count *= 2;
    return count;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double measure(const char *caption, const struct measured *first, const struct measured *second)
{
    double ratios[ROUNDS], firsts[ROUNDS], seconds[ROUNDS];
    unsigned first_count = calibrate(first), second_count = calibrate(second);
    for (int i = 0; i < ROUNDS; i++) {
        firsts[i] = run(first, first_count);
        seconds[i] = run(second, second_count);
        ratios[i] = firsts[i] / seconds[i];
    }
    qsort(ratios, ROUNDS, sizeof(ratios[0]), compare);
    qsort(firsts, ROUNDS, sizeof(firsts[0]), compare);
    qsort(seconds, ROUNDS, sizeof(seconds[0]), compare);
    printf("%s\n", caption);
    printf("  %-52s %8.1f us\n", first->name, firsts[ROUNDS / 2]);
    printf("  %-52s %8.1f us\n", second->name, seconds[ROUNDS / 2]);
    printf("  %-52s %8.3f    (%.3f to %.3f)\n\n", "ratio", ratios[ROUNDS / 2], ratios[ROUNDS / 4],
           ratios[ROUNDS - 1 - ROUNDS / 4]);
    return ratios[ROUNDS / 2];
}

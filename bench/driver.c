/*
 * The program of each subject:
 *
 *     bench/NAME MATERIAL WORK SIZE COUNT      does the work so often,
 *     bench/NAME MATERIAL WORK SIZE TIMEms     or for about so long, after a while of warming up,
 *
 * and answers with a line of JSON: {"seconds":S,"count":N}, the CPU time of this process, what the
 * system did for it included; or other figures, or {"cannot":true} where the library cannot do it.
 * What a work needs before is not timed. A process does one work, for what it did before would be
 * measured with it: libraries remember keys, and have a heap.
 *
 *     bench/NAME MATERIAL --version            {"version":"..."}
 *     bench/NAME MATERIAL --list               the names of the works
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "works.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double timed(const struct work *work, struct stage *stage, unsigned long count)
{
    double begun = now();
    for (unsigned long i = 0; i < count; i++)
        work->once(stage);
    return now() - begun;
}

/* The same where something is to be done before each, outside of the timing. */
static double timed_singly(const struct work *work, struct stage *stage, unsigned long count)
{
    double seconds = 0;
    for (unsigned long i = 0; i < count; i++) {
        work->before(stage);
        seconds += timed(work, stage, 1);
    }
    return seconds;
}

static double take_time(const struct work *work, struct stage *stage, unsigned long count)
{
    return (work->before ? timed_singly : timed)(work, stage, count);
}

/* How often the work can be done in this time. It is warm then: for a quarter of the time, and as
 * much longer as it takes to know. */
static unsigned long count_for(const struct work *work, struct stage *stage, double seconds)
{
    unsigned long count = 1;
    double took = take_time(work, stage, count), warm = took;
    while (warm < seconds / 4 || took < seconds / 16) {
        if (took < seconds / 16)
            count *= 4;
        took = take_time(work, stage, count);
        warm += took;
    }
    count = (unsigned long)((double)count * seconds / took);
    return count > 0 ? count : 1;
}

static void answer(const struct work *work, size_t size, const char *amount)
{
    struct stage stage;
    char *unit;
    unsigned long count = strtoul(amount, &unit, 10);
    bool can = stage_open(&stage, &work->scene);
    stage.size = size;
    if (!can || (work->prepare && !work->prepare(&stage))) {
        printf("{\"cannot\":true}\n");
    } else if (work->tell) {
        printf("{");
        work->tell(&stage);
        printf("}\n");
    } else {
        if (strcmp(unit, "ms") == 0)
            count = count_for(work, &stage, (double)count / 1e3);
        printf("{\"seconds\":%.9f,\"count\":%lu}\n", take_time(work, &stage, count), count);
    }
}

int main(int argc, char **argv)
{
    const char *word = argc > 2 ? argv[2] : "";
    need(argc == 3 || argc == 5, "usage: MATERIAL WORK SIZE COUNT|TIMEms, or --version, --list");
    material = argv[1];
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(word, "--version") == 0) {
        printf("{\"version\":\"%s\"}\n", subject.version());
    } else if (strcmp(word, "--list") == 0) {
        work_list();
    } else if (argc == 3) {
        process_begin(word);
    } else {
        const struct work *work = work_find(word);
        need(work != NULL, "no such work");
        answer(work, strtoul(argv[3], NULL, 10), argv[4]);
    }
    return 0;
}

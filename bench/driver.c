/*
 * The program of each subject:
 *
 *     bench-NAME MATERIAL
 *
 * reads lines from standard input, WORK SIZE COUNT, does the work so often, and answers each with a
 * line of JSON: {"seconds":S,"count":COUNT}, the CPU time of this process, what the system did for
 * it included; or other figures, or {"cannot":true} where the library cannot do it. What a work
 * needs before is made when it is first named, and kept. An empty line asks for the library's
 * version; "quit" ends the program.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "works.h"

enum { MOST_STAGES = 64 };

struct prepared {
    const struct work *work;
    struct stage stage;
    bool can;
};

static struct prepared *prepare(const struct work *work, size_t size)
{
    static struct prepared stages[MOST_STAGES];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (stages[i].work == work && stages[i].stage.size == size)
            return &stages[i];
    need(count < MOST_STAGES, "too many works");
    struct prepared *made = &stages[count++];
    made->work = work;
    made->can = stage_open(&made->stage, &work->scene);
    made->stage.size = size;
    if (made->can && work->prepare)
        made->can = work->prepare(&made->stage);
    return made;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void answer(const struct work *work, size_t size, unsigned long count)
{
    struct prepared *on = prepare(work, size);
    wire_empty();
    if (!on->can) {
        printf("{\"cannot\":true}\n");
        return;
    }
    if (work->tell) {
        printf("{");
        work->tell(&on->stage);
        printf("}\n");
        return;
    }
    double before = now();
    for (unsigned long i = 0; i < count; i++)
        work->once(&on->stage);
    printf("{\"seconds\":%.9f,\"count\":%lu}\n", now() - before, count);
}

int main(int argc, char **argv)
{
    char line[128], name[64];
    size_t size;
    unsigned long count;
    need(argc > 1, "usage: bench-NAME MATERIAL");
    material = argv[1];
    signal(SIGPIPE, SIG_IGN);
    if (argc > 2 && strcmp(argv[2], "--first") == 0)
        return first_bytes();
    if (argc > 2 && strcmp(argv[2], "--list") == 0) {
        work_list();
        return 0;
    }
    while (fgets(line, sizeof(line), stdin) && strcmp(line, "quit\n") != 0) {
        if (line[0] == '\n') {
            printf("{\"version\":\"%s\"}\n", subject.version());
        } else {
            need(sscanf(line, "%63s %zu %lu", name, &size, &count) == 3, "what line is that");
            const struct work *work = work_find(name);
            need(work != NULL, "no such work");
            answer(work, size, count);
        }
        fflush(stdout);
    }
    return 0;
}

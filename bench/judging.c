/* Works in which chains are judged without a connection. */
#include <stdio.h>
#include <string.h>

#include "works.h"

enum { JUDGED_TIME = 1767355200 /* 2026 */, MOST_JUDGES = 64 };

static struct {
    struct {
        void *judge;
        time_t time;
    } each[MOST_JUDGES];
    size_t count;
} judges;

static time_t judged_time;

time_t judged_clock(time_t *out)
{
    if (out)
        *out = judged_time;
    return judged_time;
}

static void add_judge(const struct judged *judged)
{
    need(judges.count < MOST_JUDGES, "too many chains");
    judged_time = (time_t)judged->time;
    judges.each[judges.count].judge = subject.new_judge(judged);
    judges.each[judges.count++].time = judged_time;
}

bool prepare_chain(struct stage *stage)
{
    char name[32];
    snprintf(name, sizeof(name), "chain-%zu", stage->size);
    add_judge(&(struct judged){ .chain = material_file(name, ".der"),
                                .roots = material_file(name, ".root"),
                                .most_roots = 1,
                                .name = "bench.example",
                                .time = JUDGED_TIME });
    return true;
}

/* The chain of three under an anchor that is one of stage->size. */
bool prepare_anchors(struct stage *stage)
{
    add_judge(&(struct judged){ .chain = material_file("chain-3", ".der"),
                                .roots = material_file("anchors", ".der"),
                                .most_roots = stage->size,
                                .name = "bench.example",
                                .time = JUDGED_TIME });
    return true;
}

/* Those of servers of the web, as far as they are there: see real.lua. */
bool prepare_real(struct stage *stage)
{
    FILE *list = fopen(material_file("real", ".list"), "r");
    char number[32], name[256];
    long long time;
    (void)stage;
    while (list && fscanf(list, "%31s %lld %255s", number, &time, name) == 3)
        add_judge(&(struct judged){ .chain = material_file(number, ".der"),
                                    .roots = material_file(number, ".root"),
                                    .most_roots = 1,
                                    .name = strdup(name),
                                    .time = time });
    if (list)
        fclose(list);
    return judges.count > 0;
}

void judge_next(struct stage *stage)
{
    size_t turn = stage->turn++ % judges.count;
    judged_time = judges.each[turn].time;
    subject.judge(judges.each[turn].judge);
}

/* The works: what subjects are measured by. Each is written once, for all of them. */
#ifndef SECSOCK_BENCH_WORKS_H
#define SECSOCK_BENCH_WORKS_H

#include "stage.h"

struct work {
    const char *name;
    struct scene scene;

    /* Everything that comes before, with stage->size set; false where the subject cannot do it. */
    bool (*prepare)(struct stage *stage);

    /* What comes before each time, NULL for nothing; it is not timed. */
    void (*before)(struct stage *stage);

    /* Once more; it is timed. NULL for a work that tells figures instead, */
    void (*once)(struct stage *stage);

    /* as members of a JSON object. */
    void (*tell)(struct stage *stage);
};

/* NULL where there is none of that name. */
const struct work *work_find(const char *name);

/* Prints the names, one a line. */
void work_list(void);

/* Validation (judging.c): of a chain of stage->size certificates, of one under so many anchors, of
 * the real ones in turn. */
bool prepare_chain(struct stage *stage);
bool prepare_anchors(struct stage *stage);
bool prepare_real(struct stage *stage);
void judge_next(struct stage *stage);

/* What is told instead of timed (figures.c). */
void tell_memory(struct stage *stage);
void tell_many(struct stage *stage);
void tell_load(struct stage *stage);
void tell_first(struct stage *stage);

/* What those processes do that tell_load() and tell_first() begin. */
void process_begin(const char *what);

#endif

/*
 * Comparing two pieces of work: both are done in turn, in many short rounds, so that whatever else
 * the machine does meets both; what is told is the median of the rounds' ratios, and the middle
 * half of them.
 */
#ifndef SECSOCK_BENCH_MEASURE_H
#define SECSOCK_BENCH_MEASURE_H

/* Work that is done once each time; it ends the program when it fails. */
struct measured {
    const char *name;
    void (*work)(void *arg);
    void *arg;
};

/* Prints what each of the two takes, and the ratio of the first to the second; returns that. */
double measure(const char *caption, const struct measured *first, const struct measured *second);

/* Ends the program, saying what failed, unless `good`. */
void measure_need(int good, const char *what);

#endif

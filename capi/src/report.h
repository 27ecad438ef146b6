/*
 * Where the checks of validation put what they find. While a path is sought only the number of
 * problems matters; of the path that is chosen every one goes into the verdict, in words.
 */
#ifndef SECSOCK_SRC_REPORT_H
#define SECSOCK_SRC_REPORT_H

#include "verdict.h"

struct report {
    secsock_verdict *verdict; /* NULL: only counted */
    const secsock_cert *cert; /* whom the findings concern; NULL: the peer as a whole */
    unsigned count;
    int result; /* SECSOCK_OK, or SECSOCK_E_MEMORY once that has happened */
};

/* Adds a problem of report->cert, with where the rule that is broken comes from ("RFC 5280,
 * 4.2.1.1"; static; NULL: where the problem does) and a sentence. */
__attribute__((format(printf, 4, 5))) void report_add(struct report *report, int problem,
                                                      const char *section, const char *format, ...);

#endif

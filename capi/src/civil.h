/* Dates and times of the Gregorian calendar in UTC, as seconds since 1970. */
#ifndef SECSOCK_SRC_CIVIL_H
#define SECSOCK_SRC_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

enum { CIVIL_TEXT_SIZE = 32 };

struct civil {
    int year, month, day, hour, minute, second;
};

/* False when there is no such moment (a 30th of February, a second 60). */
bool civil_seconds(const struct civil *civil, int64_t *seconds);

/* "2026-01-02 03:04:05 UTC", for years from 0 to 9999; others are shown as the nearest of them. */
void civil_text(int64_t seconds, char text[CIVIL_TEXT_SIZE]);

/* The first part of that: "2026-01-02". */
void civil_date_text(int64_t seconds, char text[CIVIL_TEXT_SIZE]);

/* A span of time in the unit that suits it: "12 days", "1 second"; its sign is ignored. */
void civil_span_text(int64_t seconds, char text[CIVIL_TEXT_SIZE]);

#endif

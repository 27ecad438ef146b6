#include "civil.h"

#include <stdio.h>

enum { DAY = 86400, DAYS_PER_ERA = 146097 };

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Days since 1970-01-01. Years begin in March here, so that the leap day ends one. */
static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - 719468;
}

static void date_from_days(int64_t days, struct civil *out)
{
    int64_t shifted = days + 719468; /* since 0000-03-01 */
    int64_t era = shifted / DAYS_PER_ERA;
    int64_t day_of_era = shifted % DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    out->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    out->month = (int)(month < 10 ? month + 3 : month - 9);
    out->year = (int)(year_of_era + era * 400 + (out->month <= 2 ? 1 : 0));
}

bool civil_seconds(const struct civil *c, int64_t *seconds)
{
    if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > days_in_month(c->year, c->month) ||
        c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 ||
        c->second > 59)
        return false;
    *seconds = days_from_date(c->year, c->month, c->day) * DAY + c->hour * 3600 + c->minute * 60 +
               c->second;
    return true;
}

static struct civil civil_from_seconds(int64_t seconds)
{
    static const int64_t first = -62167219200; /* 0000-01-01 00:00:00 */
    static const int64_t last = 253402300799;  /* 9999-12-31 23:59:59 */
    int64_t clamped = seconds < first ? first : seconds > last ? last : seconds;
    int64_t days = clamped / DAY - (clamped % DAY < 0 ? 1 : 0);
    int of_day = (int)(clamped - days * DAY);
    struct civil out;
    /* The year 0 begins before March of the year 0, where date_from_days() starts to count. */
    if (days < -719468) {
        date_from_days(days + DAYS_PER_ERA, &out);
        out.year -= 400;
    } else {
        date_from_days(days, &out);
    }
    out.hour = of_day / 3600;
    out.minute = of_day / 60 % 60;
    out.second = of_day % 60;
    return out;
}

void civil_text(int64_t seconds, char text[CIVIL_TEXT_SIZE])
{
    struct civil c = civil_from_seconds(seconds);
    snprintf(text, CIVIL_TEXT_SIZE, "%04u-%02u-%02u %02u:%02u:%02u UTC", (unsigned)c.year % 10000,
             (unsigned)c.month % 100, (unsigned)c.day % 100, (unsigned)c.hour % 100,
             (unsigned)c.minute % 100, (unsigned)c.second % 100);
}

void civil_date_text(int64_t seconds, char text[CIVIL_TEXT_SIZE])
{
    struct civil c = civil_from_seconds(seconds);
    snprintf(text, CIVIL_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)c.year % 10000,
             (unsigned)c.month % 100, (unsigned)c.day % 100);
}

void civil_span_text(int64_t seconds, char text[CIVIL_TEXT_SIZE])
{
    static const struct {
        uint64_t seconds;
        const char *name;
    } units[] = { { DAY, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
    uint64_t span = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
    size_t i = 0;
    while (units[i].seconds > 1 && span < units[i].seconds)
        i++;
    span /= units[i].seconds;
    snprintf(text, CIVIL_TEXT_SIZE, "%llu %s%s", (unsigned long long)span, units[i].name,
             span == 1 ? "" : "s");
}

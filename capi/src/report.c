#include "report.h"

void report_add(struct report *report, int problem, const char *section, const char *format, ...)
{
    va_list args;
    report->count++;
    if (report->verdict == NULL || report->result != SECSOCK_OK)
        return;
    va_start(args, format);
    report->result =
        verdict_add_list(report->verdict, problem, section, report->cert, format, args);
    va_end(args);
}

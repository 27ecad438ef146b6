/* Results, and filling in a secsock_error. */
#ifndef SECSOCK_SRC_ERROR_H
#define SECSOCK_SRC_ERROR_H

#include <stdbool.h>

#include "secsock.h"

/* Each sets *error (which may be NULL) and returns `code`, so that the place where a failure is
 * seen can say `return error_set(...)`. error_errno() appends the text of `sys_errno`. The
 * message becomes one line: control characters are shown as '?'. */
__attribute__((format(printf, 3, 4))) int error_set(secsock_error *error, int code,
                                                    const char *format, ...);
__attribute__((format(printf, 4, 5))) int error_errno(secsock_error *error, int code, int sys_errno,
                                                      const char *format, ...);

/* Puts where it happened ("server.pem") and ": " in front of the message; returns `code`. */
int error_prefix(secsock_error *error, int code, const char *where);

int error_memory(secsock_error *error);

/* Every call begins with it: few instructions, and of the message the first byte. */
static inline void error_clear(secsock_error *error)
{
    if (error) {
        error->code = error->sys_errno = error->alert_received = 0;
        error->alert = -1;
        error->message[0] = '\0';
    }
}

/* Whether a result is an error, and neither a success nor SECSOCK_WANT_*. */
static inline bool result_failed(int result)
{
    return result <= SECSOCK_E_ARGUMENT;
}

#endif

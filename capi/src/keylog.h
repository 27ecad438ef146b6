/* Key log lines: how a connection's secrets are told to programs that decrypt what was recorded
 * of it (NSS Key Log Format; RFC 9850). */
#ifndef SECSOCK_SRC_KEYLOG_H
#define SECSOCK_SRC_KEYLOG_H

#include <stddef.h>
#include <stdint.h>

enum {
    KEYLOG_RANDOM = 32,      /* bytes of a ClientHello's random */
    KEYLOG_SECRET_MOST = 48, /* as long as SHA-384 and TLS 1.2 make them */
    KEYLOG_LINE = 256        /* holds every line with its NUL */
};

/* "LABEL RANDOM SECRET", without an end of line. It is a secret: whoever makes one erases it. */
void keylog_line(char line[KEYLOG_LINE], const char *label, const uint8_t random[KEYLOG_RANDOM],
                 const uint8_t *secret, size_t len);

#endif

/* The verdict: filled in by validate(), completed by the handshake, read by everybody. */
#ifndef SECSOCK_SRC_VERDICT_H
#define SECSOCK_SRC_VERDICT_H

#include <stdarg.h>
#include <stdbool.h>

#include "cert_list.h"

/* A new verdict without findings, with one reference, or NULL when memory is short. */
secsock_verdict *verdict_new(const char *peername, int64_t time);

/* Adds what the peer sent, and the path, each in order; the verdict keeps a reference. The
 * results of all of these are SECSOCK_OK or SECSOCK_E_MEMORY. */
int verdict_add_chain(secsock_verdict *verdict, const secsock_cert *cert);
int verdict_add_path(secsock_verdict *verdict, const secsock_cert *cert);

/* What was added of what the peer sent. */
const struct cert_list *verdict_chain(const secsock_verdict *verdict);

/* Adds a problem, of `cert` or (NULL) of the peer as a whole. `section` is static and tells where
 * the rule comes from; NULL: where the problem does. `format` makes the sentence with the
 * particulars. The same problem of the same certificate by the same section is held once: a second
 * sentence is put behind the first. */
__attribute__((format(printf, 4, 5))) int verdict_add(secsock_verdict *verdict, int problem,
                                                      const secsock_cert *cert, const char *format,
                                                      ...);
__attribute__((format(printf, 5, 0))) int verdict_add_list(secsock_verdict *verdict, int problem,
                                                           const char *section,
                                                           const secsock_cert *cert,
                                                           const char *format, va_list args);

/* Of a stapled response that tells nothing; the section has an alert of its own. */
#define VERDICT_STAPLE_SECTION "RFC 6066, 8"

void verdict_set_name_result(secsock_verdict *verdict, int name_result);
void verdict_set_resumed(secsock_verdict *verdict, bool resumed);

/* What is known about a certificate's revocation, and from whom. */
struct verdict_revocation {
    int status;    /* secsock_revocation_status */
    bool stapled;  /* from the response that came along, not from a list */
    int64_t dated; /* thisUpdate of the response or list */
};

/* Of the path's index-th certificate. SECSOCK_OK or SECSOCK_E_MEMORY. */
int verdict_set_revocation(secsock_verdict *verdict, size_t index,
                           const struct verdict_revocation *revocation);

/* "a list of 2026-01-02": who says so. */
enum { VERDICT_SOURCE_SIZE = 80 };
void verdict_source_text(const struct verdict_revocation *revocation,
                         char text[VERDICT_SOURCE_SIZE]);

/* Unknown where nothing was set. */
struct verdict_revocation verdict_revocation(const secsock_verdict *verdict, size_t index);

/* Whether the last certificate of the path is a trust anchor. */
void verdict_set_anchored(secsock_verdict *verdict, bool anchored);
bool verdict_is_anchored(const secsock_verdict *verdict);

#endif

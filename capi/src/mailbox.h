/* Mailboxes: e-mail addresses as certificates hold them (RFC 5321, section 4.1.2; with characters
 * beyond ASCII in the local part RFC 6531, section 3.3). */
#ifndef SECSOCK_SRC_MAILBOX_H
#define SECSOCK_SRC_MAILBOX_H

#include "der.h"

/* Takes a mailbox apart; false when it is none, or when its host is no DNS name in A-labels. */
bool mailbox_split(struct slice mailbox, struct slice *local, struct slice *host);

/* Whether two local parts are the same, however they are quoted. Their case matters. */
bool mailbox_local_equal(struct slice a, struct slice b);

#endif

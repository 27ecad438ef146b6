/* The parts of a URI (RFC 3986) that certificates are judged by. */
#ifndef SECSOCK_SRC_URI_H
#define SECSOCK_SRC_URI_H

#include "der.h"

/* Whether it is a URI, with a scheme, and no relative reference (section 3.1). */
bool uri_is_absolute(struct slice uri);

/* The host of its authority (section 3.2.2) as a DNS name; false when it has none, or an address
 * in its place. */
bool uri_host(struct slice uri, struct slice *host);

#endif

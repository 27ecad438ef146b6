/* Building a path from the peer's certificate to a trust anchor (RFC 4158). */
#ifndef SECSOCK_SRC_PATH_H
#define SECSOCK_SRC_PATH_H

#include "revocation.h"

/*
 * Sets *out to the best path from chain[0], over the others of `chain` (in any order), in->extra
 * and in->anchors: one without problems if there is any, else the one with the fewest. Every
 * candidate is tried, within limits; *exhausted tells whether these ended the search before a
 * path without problems was found. What is found out about
 * lists and responses is kept in *revocation. *name_work is what may be spent on comparing names,
 * and then what is left. SECSOCK_OK or SECSOCK_E_MEMORY.
 */
int path_find(const struct validation *in, secsock_cert *const *chain, size_t count,
              struct revocation *revocation, size_t *name_work, struct path *out, bool *exhausted);

#endif

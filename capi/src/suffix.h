/*
 * Public suffixes: the names right beneath which anybody can register one ("com", "co.uk"), so
 * that a wildcard there would stand for strangers. The list is publicsuffix.org's.
 */
#ifndef SECSOCK_SRC_SUFFIX_H
#define SECSOCK_SRC_SUFFIX_H

#include "der.h"
#include "secsock.h"

struct suffix_list;

/* Reads the text of a list. `with_private` takes in the section of names that belong to somebody
 * who lets others use them ("s3.amazonaws.com"); the CA/Browser Forum's rules are about the rest
 * (Baseline Requirements, section 3.2.2.6). SECSOCK_OK, SECSOCK_E_FORMAT, or SECSOCK_E_MEMORY. */
int suffix_list_new(struct suffix_list **out, const void *text, size_t len, bool with_private);
void suffix_list_free(struct suffix_list *list);

/* The same from a file; path NULL: the system's. The error names the file. */
int suffix_list_read(struct suffix_list **out, const char *path, bool with_private,
                     secsock_error *error);

/* The system's list without the private section, read once per process and shared; borrowed. NULL
 * where the system has none, which is no error: then only single labels are known. */
int suffix_list_system(const struct suffix_list **out, secsock_error *error);

/* Whether this DNS name is a public suffix. A single label always is; without a list (NULL)
 * nothing else is. */
bool suffix_is_public(const struct suffix_list *list, struct slice name);

#endif

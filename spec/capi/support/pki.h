/* The keys and certificates that spec/support/pki.sh makes. */
#ifndef SECSOCK_SPEC_PKI_H
#define SECSOCK_SPEC_PKI_H

#include <stddef.h>

/* The path of a file in the folder that SECSOCK_TEST_PKI names, or else in build/test-pki, which
 * is made where it is missing. Remains until the fourth call after this one. */
const char *pki_path(const char *name);

/* What stands in the file, with a NUL behind; to be freed. Ends the program when it cannot. */
char *pki_read(const char *name, size_t *len);

#endif

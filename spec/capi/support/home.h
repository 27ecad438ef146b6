/* A folder for stores, of a test's own, and what is in it. */
#ifndef SECSOCK_SPEC_HOME_H
#define SECSOCK_SPEC_HOME_H

#include <stdbool.h>

#include "secsock.h"

/* The folder, from home_enter() to home_leave(), which removes it with all that it holds. */
extern char home_folder[64];
void home_enter(void);
void home_leave(void);

/* A path in it; remains until the fourth call after this one. */
const char *home_path(const char *path);

/* The file of a certificate in the store of a role ("my"); likewise. */
const char *home_file(const char *role, const secsock_cert *cert);

/* A certificate of spec/support/pki.sh, with its key unless that is NULL; to be freed. */
secsock_cert *home_load(const char *cert, const char *key);

/* The folder's store of a role; ends the program when it cannot be opened. */
secsock_store *home_open(int role, int mode);

/* The certificate as a store holds it, or NULL. */
const secsock_cert *home_find(const secsock_store *store, const secsock_cert *cert);

/* What a handle that is opened now sees of a certificate: 0 nothing, 1 it, 2 its key too; and how
 * many it sees. */
int home_sees(int role, const secsock_cert *cert);
size_t home_count(int role);

/* How many files a folder of a role has but for the lock: those whose names begin with a dot, or
 * the others. */
size_t home_files(const char *role, bool hidden);

/* What stands in a file, with a NUL behind, as far as there is room; returns its length. */
size_t home_read(const char *path, char *text, size_t size);
void home_write(const char *path, const char *text, size_t len);

#endif

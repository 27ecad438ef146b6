/*
 * The folder that a store is kept in: one file per certificate, PEM, named by its SHA-256.
 *
 * Readers need no lock: a file is written aside, under a name that readers pass over, and put in
 * place by renaming. Writers exclude one another by a lock on a file of the folder. So whatever
 * ends a writer, and whenever, leaves every file of the folder as it was or as it was to be.
 */
#ifndef SECSOCK_SRC_STORE_DIR_H
#define SECSOCK_SRC_STORE_DIR_H

#include "cert_list.h"
#include "store_table.h"

struct store_dir;

/* mode: as for secsock_store_open(). *out is NULL for a folder that need not be there and is not.
 */
int store_dir_open(struct store_dir **out, const char *folder, int role, int mode,
                   const char *password, secsock_error *error);
void store_dir_close(struct store_dir *dir);

/* Appends what the folder holds, in the order of the names of the files, to the list. */
int store_dir_read(const struct store_dir *dir, struct cert_list *list, secsock_error *error);

/* Writes all entries or, with an error, none. Where the folder already has as much or more of a
 * certificate, its file stays, and the entry is given what stands in it. */
int store_dir_write(const struct store_dir *dir, struct store_table *entries, secsock_error *error);

/* 1, or 0 when there was no such file. */
int store_dir_remove(const struct store_dir *dir, const struct store_entry *entry,
                     secsock_error *error);

#endif

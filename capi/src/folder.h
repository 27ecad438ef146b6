/* The files of a folder, read one after the other. */
#ifndef SECSOCK_SRC_FOLDER_H
#define SECSOCK_SRC_FOLDER_H

#include <dirent.h>

#include "error.h"
#include "secret.h"

/* Takes one file; `path` is the folder's with the name behind. What is not SECSOCK_OK ends the
 * reading; the path stands before the message of the error without its doing. */
typedef int folder_fn(void *arg, const char *path, struct slice contents, secsock_error *error);

/* Gives every regular file of a folder to `take`, in the order of the bytes of their names. A link
 * counts as what it leads to; dangling ones, folders and the like are passed over, and so is a file
 * that is removed while this runs. `wanted` says by the name which files are opened at all, 1 or 0;
 * NULL: all but those whose names begin with a dot. SECSOCK_E_FILE, SECSOCK_E_LIMIT,
 * SECSOCK_E_MEMORY, or what `take` returned. */
int folder_read(const char *folder, int (*wanted)(const struct dirent *entry), folder_fn *take,
                void *arg, secsock_error *error);

/* "folder/name", to be freed; NULL when memory is short. */
char *folder_join(const char *folder, const char *name);

#endif

#include "folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"

char *folder_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* 1 for a regular file, 0 for what is to be passed over. */
static int is_file(const char *path, secsock_error *error)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return S_ISREG(status.st_mode) ? 1 : 0;
    if (errno == ENOENT || errno == ELOOP)
        return 0;
    return error_errno(error, SECSOCK_E_FILE, errno, "cannot examine %s", path);
}

static int read_entry(const char *path, folder_fn *take, void *arg, secsock_error *error)
{
    struct secret contents = { NULL, 0 };
    secsock_error why;
    int result = is_file(path, error);
    if (result <= 0)
        return result;
    result = file_read(path, &contents, &why);
    if (result == SECSOCK_E_FILE && why.sys_errno == ENOENT)
        return SECSOCK_OK;
    if (result != SECSOCK_OK && error != NULL)
        *error = why;
    if (result == SECSOCK_OK) {
        result = take(arg, path, secret_slice(&contents), error);
        if (result != SECSOCK_OK)
            error_prefix(error, result, path);
    }
    secret_free(&contents);
    return result;
}

/* A name that begins with a dot is of a file that somebody is still writing, or has hidden. */
static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The same under every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void free_entries(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

int folder_read(const char *folder, int (*wanted)(const struct dirent *entry), folder_fn *take,
                void *arg, secsock_error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, wanted != NULL ? wanted : is_visible, by_name);
    if (count < 0 && errno == ENOMEM)
        return error_memory(error);
    if (count < 0)
        return error_errno(error, SECSOCK_E_FILE, errno, "cannot read the folder %s", folder);
    int result = SECSOCK_OK;
    for (int i = 0; i < count && result == SECSOCK_OK; i++) {
        char *path = folder_join(folder, entries[i]->d_name);
        result = path != NULL ? read_entry(path, take, arg, error) : error_memory(error);
        free(path);
    }
    free_entries(entries, count);
    return result;
}

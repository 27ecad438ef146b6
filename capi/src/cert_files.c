/* Certificates from files and folders. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cert_list.h"
#include "file.h"

int cert_list_read_file(struct cert_list *list, const char *path, enum cert_list_mode mode,
                        secsock_error *error)
{
    struct secret text = { NULL, 0 };
    int result = file_read(path, &text, error);
    if (result != SECSOCK_OK)
        return result;
    result = cert_list_read(list, secret_slice(&text), mode, error);
    secret_free(&text);
    return result == SECSOCK_OK ? result : error_prefix(error, result, path);
}

/* ------------------------------------------------------------------------------------- folders */

static char *join(const char *folder, const char *name)
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

/* A file of another kind need not even be well-formed PEM. */
static bool mentions_certificate(const struct secret *text)
{
    static const char sign[] = "CERTIFICATE-----";
    const uint8_t *at = text->data, *end = text->data + text->len;
    while ((at = memchr(at, sign[0], (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) < strlen(sign))
            return false;
        if (memcmp(at, sign, strlen(sign)) == 0)
            return true;
        at++;
    }
    return false;
}

static int read_entry(struct cert_list *list, const char *path, secsock_error *error)
{
    struct secret text = { NULL, 0 };
    int result = is_file(path, error);
    if (result <= 0)
        return result;
    result = file_read(path, &text, error);
    if (result == SECSOCK_OK && mentions_certificate(&text)) {
        result = cert_list_read(list, secret_slice(&text), CERT_LIST_OPTIONAL, error);
        if (result != SECSOCK_OK)
            error_prefix(error, result, path);
    }
    secret_free(&text);
    return result;
}

/* By the bytes of their names, the same under every locale. */
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

int cert_list_read_dir(struct cert_list *list, const char *path, secsock_error *error)
{
    struct dirent **entries = NULL;
    size_t before = list->count;
    int count = scandir(path, &entries, NULL, by_name);
    if (count < 0 && errno == ENOMEM)
        return error_memory(error);
    if (count < 0)
        return error_errno(error, SECSOCK_E_FILE, errno, "cannot read the folder %s", path);
    int result = SECSOCK_OK;
    for (int i = 0; i < count && result == SECSOCK_OK; i++) {
        char *file = join(path, entries[i]->d_name);
        result = file != NULL ? read_entry(list, file, error) : error_memory(error);
        free(file);
    }
    free_entries(entries, count);
    if (result == SECSOCK_OK && list->count == before)
        result =
            error_set(error, SECSOCK_E_FORMAT, "%s: there is no certificate in the folder", path);
    if (result != SECSOCK_OK)
        cert_list_shorten(list, before);
    return result;
}

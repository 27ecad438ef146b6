/* The list of public suffixes from where systems keep it. */
#include <errno.h>
#include <pthread.h>

#include "file.h"
#include "suffix.h"

/* Of Debian's package publicsuffix, Fedora's publicsuffix-list and others. */
static const char system_list[] = "/usr/share/publicsuffix/public_suffix_list.dat";

int suffix_list_read(struct suffix_list **out, const char *path, bool with_private,
                     secsock_error *error)
{
    struct secret text = { NULL, 0 };
    const char *from = path != NULL ? path : system_list;
    int result = file_read(from, &text, error);
    *out = NULL;
    if (result != SECSOCK_OK)
        return result;
    result = suffix_list_new(out, text.data, text.len, with_private);
    secret_free(&text);
    if (result == SECSOCK_E_FORMAT)
        return error_set(error, result, "%s: not a list of public suffixes", from);
    return result == SECSOCK_OK ? result : error_memory(error);
}

/* Read once per process, by the first that asks. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct suffix_list *shared;

int suffix_list_system(const struct suffix_list **out, secsock_error *error)
{
    secsock_error why = { .code = SECSOCK_OK };
    int result = SECSOCK_OK;
    pthread_mutex_lock(&lock);
    if (shared == NULL)
        result = suffix_list_read(&shared, NULL, false, &why);
    *out = shared;
    pthread_mutex_unlock(&lock);
    if (result == SECSOCK_E_FILE && (why.sys_errno == ENOENT || why.sys_errno == ENOTDIR))
        return SECSOCK_OK;
    if (result != SECSOCK_OK && error != NULL)
        *error = why;
    return result;
}

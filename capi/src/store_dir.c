#include "store_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64.h"
#include "cert_export.h"
#include "file.h"
#include "folder.h"

struct store_dir {
    int fd;
    char *path;
    bool keeps_keys;        /* it is of identities: nobody looks for a private key elsewhere */
    struct secret password; /* with its NUL; empty: none */
};

static const char *const role_names[] = {
    [SECSOCK_STORE_MY] = "my",
    [SECSOCK_STORE_ROOT] = "root",
    [SECSOCK_STORE_CA] = "ca",
    [SECSOCK_STORE_DISALLOWED] = "disallowed",
};

/* --------------------------------------------------------------------------------------- names */

enum { DIGITS = 2 * THUMBPRINT_SIZE };

static const char suffix[] = ".pem";

enum { NAME_LEN = DIGITS + sizeof(suffix) - 1 };

/* The names of an entry's file: in place, and while it is written. */
struct names {
    char final[NAME_LEN + 1];
    char aside[NAME_LEN + 2];
};

static void name_entry(const struct store_entry *entry, struct names *out)
{
    hex_encode(out->final, (struct slice){ entry->thumbprint, THUMBPRINT_SIZE });
    memcpy(out->final + DIGITS, suffix, sizeof(suffix));
    out->aside[0] = '.';
    memcpy(out->aside + 1, out->final, sizeof(out->final));
}

static int is_final_name(const struct dirent *file)
{
    const char *name = file->d_name;
    return strspn(name, "0123456789abcdef") == DIGITS && strcmp(name + DIGITS, suffix) == 0;
}

/* ------------------------------------------------------------------------------------- opening */

/* Has the names in a folder reach the disk. */
static int sync_names(int fd, const char *path, secsock_error *error)
{
    /* EINVAL: the file system has no such thing. */
    if (fsync(fd) == 0 || errno == EINVAL)
        return SECSOCK_OK;
    return error_errno(error, SECSOCK_E_FILE, errno, "cannot sync the folder %s", path);
}

/* Has the name of a folder reach the disk. */
static int sync_parent(const char *path, secsock_error *error)
{
    char *parent = folder_join(path, "..");
    if (parent == NULL)
        return error_memory(error);
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd >= 0 ? sync_names(fd, parent, error)
                         : error_errno(error, SECSOCK_E_FILE, errno, "cannot open %s", parent);
    if (fd >= 0)
        close(fd);
    free(parent);
    return result;
}

/* Makes a folder where there is none, for its owner alone. */
static int make_folder(const char *path, secsock_error *error)
{
    if (mkdir(path, S_IRWXU) == 0)
        return sync_parent(path, error);
    if (errno == EEXIST)
        return SECSOCK_OK;
    return error_errno(error, SECSOCK_E_FILE, errno, "cannot make the folder %s", path);
}

static int set_password(struct store_dir *dir, const char *password, secsock_error *error)
{
    if (password == NULL)
        return SECSOCK_OK;
    size_t size = strlen(password) + 1;
    if (!secret_new(&dir->password, size))
        return error_memory(error);
    memcpy(dir->password.data, password, size);
    return SECSOCK_OK;
}

static int make(struct store_dir **out, const char *folder, int role, const char *password,
                secsock_error *error)
{
    struct store_dir *dir = calloc(1, sizeof(*dir));
    if (dir == NULL)
        return error_memory(error);
    dir->fd = -1;
    dir->keeps_keys = role == SECSOCK_STORE_MY;
    dir->path = folder_join(folder, role_names[role]);
    int result = dir->path != NULL ? set_password(dir, password, error) : error_memory(error);
    if (result == SECSOCK_OK)
        *out = dir;
    else
        store_dir_close(dir);
    return result;
}

/* Opens the folder, or leaves fd at -1 where it is missing and need not be there. */
static int open_folder(struct store_dir *dir, const char *parent, int mode, secsock_error *error)
{
    bool writes = (mode & SECSOCK_STORE_READ_WRITE) != 0;
    bool must_exist = (mode & SECSOCK_STORE_EXISTING) != 0;
    int result = SECSOCK_OK;
    if (writes && !must_exist)
        result = make_folder(parent, error);
    if (writes && !must_exist && result == SECSOCK_OK)
        result = make_folder(dir->path, error);
    if (result != SECSOCK_OK)
        return result;
    dir->fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir->fd >= 0 || (errno == ENOENT && !writes && !must_exist))
        return SECSOCK_OK;
    return error_errno(error, SECSOCK_E_FILE, errno, "cannot open the folder %s", dir->path);
}

int store_dir_open(struct store_dir **out, const char *folder, int role, int mode,
                   const char *password, secsock_error *error)
{
    struct store_dir *dir = NULL;
    *out = NULL;
    int result = make(&dir, folder, role, password, error);
    if (result == SECSOCK_OK)
        result = open_folder(dir, folder, mode, error);
    if (result == SECSOCK_OK && dir->fd >= 0)
        *out = dir;
    else
        store_dir_close(dir);
    return result;
}

void store_dir_close(struct store_dir *dir)
{
    if (dir == NULL)
        return;
    if (dir->fd >= 0)
        close(dir->fd);
    secret_free(&dir->password);
    free(dir->path);
    free(dir);
}

/* ------------------------------------------------------------------------------------- reading */

static const char *password_of(const struct store_dir *dir)
{
    return (const char *)dir->password.data;
}

/* The certificate of a file, which must bear the name that goes with it: else it was damaged, or
 * was put there to be taken for another. */
static int parse(const struct store_dir *dir, const char *name, struct slice text,
                 secsock_cert **out, secsock_error *error)
{
    struct store_entry entry;
    struct names names;
    int result = secsock_cert_from_pem(out, text.data, text.len, password_of(dir), error);
    if (result != SECSOCK_OK)
        return result;
    result = store_entry_make(&entry, *out);
    if (result == SECSOCK_OK) {
        name_entry(&entry, &names);
        if (strcmp(names.final, name) != 0)
            result = error_set(error, SECSOCK_E_FORMAT, "this is the file of another certificate");
    } else {
        error_memory(error);
    }
    if (result != SECSOCK_OK) {
        secsock_cert_free(*out);
        *out = NULL;
    }
    return result;
}

struct reading {
    const struct store_dir *dir;
    struct cert_list *list;
};

static int take_file(void *arg, const char *path, struct slice contents, secsock_error *error)
{
    const struct reading *reading = arg;
    secsock_cert *cert = NULL;
    int result = parse(reading->dir, path + strlen(path) - NAME_LEN, contents, &cert, error);
    if (result == SECSOCK_OK && cert_list_add(reading->list, cert) != SECSOCK_OK)
        result = error_memory(error);
    secsock_cert_free(cert);
    return result;
}

int store_dir_read(const struct store_dir *dir, struct cert_list *list, secsock_error *error)
{
    struct reading reading = { dir, list };
    return folder_read(dir->path, is_final_name, take_file, &reading, error);
}

/* ------------------------------------------------------------------------------------- writing */

/* What could not be done with a file of the folder, and why. */
static int fail(const struct store_dir *dir, const char *what, const char *name,
                secsock_error *error)
{
    return error_errno(error, SECSOCK_E_FILE, errno, "cannot %s %s/%s", what, dir->path, name);
}

/* Until it is given back, no other writer changes the folder; readers do not care. Returns a
 * descriptor, or an error. */
static int lock_folder(const struct store_dir *dir, secsock_error *error)
{
    static const char name[] = ".lock";
    int result;
    int fd = openat(dir->fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return fail(dir, "open", name, error);
    do {
        result = flock(fd, LOCK_EX);
    } while (result != 0 && errno == EINTR);
    if (result == 0)
        return fd;
    result = fail(dir, "lock", name, error);
    close(fd);
    return result;
}

static bool write_fully(int fd, struct slice data)
{
    while (data.len > 0) {
        ssize_t n = write(fd, data.data, data.len);
        if (n >= 0) {
            data.data += n;
            data.len -= (size_t)n;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* Writes a new file, and has it reach the disk. */
static int write_file(const struct store_dir *dir, const char *name, struct slice data,
                      secsock_error *error)
{
    /* What a writer left here that came to its end. */
    if (unlinkat(dir->fd, name, 0) != 0 && errno != ENOENT)
        return fail(dir, "remove", name, error);
    int fd = openat(dir->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return fail(dir, "make", name, error);
    int result = SECSOCK_OK;
    if (!write_fully(fd, data) || fsync(fd) != 0)
        result = fail(dir, "write", name, error);
    if (close(fd) != 0 && result == SECSOCK_OK)
        result = fail(dir, "write", name, error);
    return result;
}

/* What is to be done for one entry. */
enum step {
    KEEP,   /* the folder has as much of it */
    CREATE, /* the folder does not have it */
    REPLACE /* the folder has less of it */
};

/* What the folder has of an entry: 1, and *cert to be freed, or 0 for nothing. */
static int look(const struct store_dir *dir, const struct names *names, secsock_cert **cert,
                secsock_error *error)
{
    struct secret text = { NULL, 0 };
    secsock_error why;
    char *path = folder_join(dir->path, names->final);
    if (path == NULL)
        return error_memory(error);
    int found = 1, result = file_read_at(dir->fd, names->final, path, &text, &why);
    if (result == SECSOCK_OK) {
        result = parse(dir, names->final, secret_slice(&text), cert, &why);
        if (result != SECSOCK_OK)
            error_prefix(&why, result, path);
    } else if (result == SECSOCK_E_FILE && why.sys_errno == ENOENT) {
        found = result = 0;
    }
    if (result != SECSOCK_OK && error != NULL)
        *error = why;
    secret_free(&text);
    free(path);
    return result == SECSOCK_OK ? found : result;
}

/* Compares an entry with its file, which it takes the certificate from if that has as much. */
static int examine(const struct store_dir *dir, const struct names *names,
                   struct store_entry *entry, enum step *step, secsock_error *error)
{
    struct store_entry present = { .cert = NULL };
    int found = look(dir, names, &present.cert, error);
    *step = found > 0 ? REPLACE : CREATE;
    if (found > 0 && !store_entry_has_more(entry, &present)) {
        secsock_cert *less = entry->cert;
        *step = KEEP;
        entry->cert = present.cert;
        present.cert = less;
    }
    secsock_cert_free(present.cert);
    return found < 0 ? found : SECSOCK_OK;
}

static int write_aside(const struct store_dir *dir, struct store_entry *entry, enum step *step,
                       secsock_error *error)
{
    int parts = SECSOCK_EXPORT_CERT | SECSOCK_EXPORT_CHAIN;
    struct secret text = { NULL, 0 };
    struct names names;
    name_entry(entry, &names);
    int result = examine(dir, &names, entry, step, error);
    if (result != SECSOCK_OK || *step == KEEP)
        return result;
    if (dir->keeps_keys && secsock_cert_has_private_key(entry->cert))
        parts |= SECSOCK_EXPORT_KEY;
    result = cert_export_pem(&text, entry->cert, parts, password_of(dir), error);
    if (result == SECSOCK_OK)
        result = write_file(dir, names.aside, secret_slice(&text), error);
    secret_free(&text);
    return result;
}

/* Puts the files of the entries in place; *placed counts how far that came. */
static int place(const struct store_dir *dir, const struct store_table *entries,
                 const enum step *steps, size_t *placed, secsock_error *error)
{
    for (; *placed < entries->count; ++*placed) {
        struct names names;
        name_entry(&entries->entries[*placed], &names);
        if (steps[*placed] != KEEP && renameat(dir->fd, names.aside, dir->fd, names.final) != 0)
            return fail(dir, "put in place", names.final, error);
    }
    return sync_names(dir->fd, dir->path, error);
}

/* Undoes what was begun: removes what was written aside, and what was put in place and replaced
 * nothing. A file that has more than the one before stays: nothing is lost by that. */
static void undo(const struct store_dir *dir, const struct store_table *entries,
                 const enum step *steps, size_t written, size_t placed)
{
    for (size_t i = 0; i < written; i++) {
        struct names names;
        name_entry(&entries->entries[i], &names);
        if (steps[i] != KEEP)
            unlinkat(dir->fd, names.aside, 0);
        if (steps[i] == CREATE && i < placed)
            unlinkat(dir->fd, names.final, 0);
    }
}

int store_dir_write(const struct store_dir *dir, struct store_table *entries, secsock_error *error)
{
    size_t written = 0, placed = 0;
    if (entries->count == 0)
        return SECSOCK_OK;
    int lock = lock_folder(dir, error);
    if (lock < 0)
        return lock;
    enum step *steps = calloc(entries->count, sizeof(*steps));
    int result = steps != NULL ? SECSOCK_OK : error_memory(error);
    while (result == SECSOCK_OK && written < entries->count) {
        result = write_aside(dir, &entries->entries[written], &steps[written], error);
        written++;
    }
    if (result == SECSOCK_OK)
        result = place(dir, entries, steps, &placed, error);
    if (result != SECSOCK_OK)
        undo(dir, entries, steps, written, placed);
    free(steps);
    close(lock);
    return result;
}

int store_dir_remove(const struct store_dir *dir, const struct store_entry *entry,
                     secsock_error *error)
{
    struct names names;
    int lock = lock_folder(dir, error);
    if (lock < 0)
        return lock;
    name_entry(entry, &names);
    /* The key may stand there too, where a writer came to its end. */
    unlinkat(dir->fd, names.aside, 0);
    int result = 1;
    if (unlinkat(dir->fd, names.final, 0) != 0)
        result = errno == ENOENT ? 0 : fail(dir, "remove", names.final, error);
    if (result == 1 && sync_names(dir->fd, dir->path, error) != SECSOCK_OK)
        result = SECSOCK_E_FILE;
    close(lock);
    return result;
}

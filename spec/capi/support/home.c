#include "home.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki.h"

char home_folder[64];

void home_enter(void)
{
    strcpy(home_folder, "/tmp/secsock-store-XXXXXX");
    if (mkdtemp(home_folder) == NULL)
        exit(1);
}

void home_leave(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", home_folder);
    if (system(command) != 0)
        exit(1);
}

const char *home_path(const char *path)
{
    static char paths[4][256];
    static unsigned next;
    char *full = paths[next++ % 4];
    snprintf(full, sizeof(paths[0]), "%s/%s", home_folder, path);
    return full;
}

secsock_cert *home_load(const char *cert, const char *key)
{
    secsock_cert *loaded = NULL;
    secsock_error error;
    int result = key != NULL ? secsock_cert_load_identity(&loaded, pki_path(cert), pki_path(key),
                                                          NULL, &error)
                             : secsock_cert_load(&loaded, pki_path(cert), NULL, &error);
    if (result != SECSOCK_OK) {
        fprintf(stderr, "%s: %s\n", cert, error.message);
        exit(1);
    }
    return loaded;
}

secsock_store *home_open(int role, int mode)
{
    secsock_store *store = NULL;
    secsock_error error;
    if (secsock_store_open(&store, home_folder, role, mode, NULL, &error) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return store;
}

const secsock_cert *home_find(const secsock_store *store, const secsock_cert *cert)
{
    const secsock_cert *other;
    for (size_t i = 0; (other = secsock_store_cert(store, i)) != NULL; i++) {
        if (strcmp(secsock_cert_sha256(other), secsock_cert_sha256(cert)) == 0)
            return other;
    }
    return NULL;
}

int home_sees(int role, const secsock_cert *cert)
{
    secsock_store *store = home_open(role, SECSOCK_STORE_READ_ONLY);
    const secsock_cert *found = home_find(store, cert);
    int seen = found == NULL ? 0 : 1 + secsock_cert_has_private_key(found);
    secsock_store_free(store);
    return seen;
}

size_t home_count(int role)
{
    secsock_store *store = home_open(role, SECSOCK_STORE_READ_ONLY);
    size_t count = secsock_store_count(store);
    secsock_store_free(store);
    return count;
}

size_t home_files(const char *role, bool hidden)
{
    size_t count = 0;
    DIR *dir = opendir(home_path(role));
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!dots && strcmp(entry->d_name, ".lock") != 0)
            count += hidden == (entry->d_name[0] == '.');
    }
    if (dir != NULL)
        closedir(dir);
    return count;
}

const char *home_file(const char *role, const secsock_cert *cert)
{
    char name[128];
    snprintf(name, sizeof(name), "%s/%s.pem", role, secsock_cert_sha256(cert));
    return home_path(name);
}

size_t home_read(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t len = file != NULL ? fread(text, 1, size - 1, file) : 0;
    text[len] = '\0';
    if (file != NULL)
        fclose(file);
    return len;
}

void home_write(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(text, 1, len, file) != len || fclose(file) != 0)
        exit(1);
}

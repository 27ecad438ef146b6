#include "pki.h"

#include <stdio.h>
#include <stdlib.h>

static const char *folder(void)
{
    static const char *found;
    if (found == NULL)
        found = getenv("SECSOCK_TEST_PKI");
    if (found == NULL) {
        found = "build/test-pki";
        if (system("sh spec/support/pki.sh build/test-pki") != 0) {
            fprintf(stderr, "spec/support/pki.sh failed; it runs from the top of the tree\n");
            exit(1);
        }
    }
    return found;
}

const char *pki_path(const char *name)
{
    enum { KEPT = 4, LONGEST = 512 };
    static char paths[KEPT][LONGEST];
    static unsigned next;
    char *path = paths[next++ % KEPT];
    snprintf(path, LONGEST, "%s/%s", folder(), name);
    return path;
}

char *pki_read(const char *name, size_t *len)
{
    enum { LARGEST = 1024 * 1024 };
    FILE *file = fopen(pki_path(name), "rb");
    char *text = malloc(LARGEST + 1);
    if (file == NULL || text == NULL) {
        fprintf(stderr, "cannot read %s\n", pki_path(name));
        exit(1);
    }
    *len = fread(text, 1, LARGEST, file);
    text[*len] = '\0';
    fclose(file);
    return text;
}

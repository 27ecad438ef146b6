#include "material.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "need.h"

const char *material;

const char *material_file(const char *name, const char *ending)
{
    size_t len = strlen(material) + strlen(name) + strlen(ending) + 2;
    char *path = malloc(len);
    need(path != NULL, "no memory");
    snprintf(path, len, "%s/%s%s", material, name, ending);
    return path;
}

static unsigned char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    need(file && fseek(file, 0, SEEK_END) == 0 && ftell(file) > 0, path);
    *len = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*len);
    need(bytes && fread(bytes, 1, *len, file) == *len, path);
    fclose(file);
    return bytes;
}

/* A certificate is longer than 256 bytes: its length takes two. */
struct ders ders_read(const char *path, size_t most)
{
    size_t len, at = 0;
    struct ders ders = { read_file(path, &len), calloc(most, sizeof(size_t)), 0 };
    const unsigned char *bytes = ders.bytes;
    need(ders.ends != NULL, "no memory");
    while (ders.count < most && at < len) {
        need(len - at > 4 && bytes[at] == 0x30 && bytes[at + 1] == 0x82, path);
        at += 4u + ((size_t)bytes[at + 2] << 8 | bytes[at + 3]);
        ders.ends[ders.count++] = at;
    }
    need(ders.count > 0 && at <= len, path);
    return ders;
}

const unsigned char *ders_at(const struct ders *ders, size_t index, size_t *len)
{
    size_t from = index > 0 ? ders->ends[index - 1] : 0;
    *len = ders->ends[index] - from;
    return ders->bytes + from;
}

void ders_free(struct ders *ders)
{
    free(ders->bytes);
    free(ders->ends);
}

#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *material;

void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s: %s\n", subject.name, what);
    exit(1);
}

/* -------------------------------------------------------------------------------- material */

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
size_t read_ders(const char *path, unsigned char **out, size_t *ends, size_t most)
{
    size_t len, at = 0, count = 0;
    unsigned char *bytes = *out = read_file(path, &len);
    while (count < most && at < len) {
        need(len - at > 4 && bytes[at] == 0x30 && bytes[at + 1] == 0x82, path);
        at += 4u + ((size_t)bytes[at + 2] << 8 | bytes[at + 3]);
        ends[count++] = at;
    }
    need(at <= len, path);
    return count;
}

/* -------------------------------------------------------------------------------- contexts */

struct settings stage_client(const struct scene *scene)
{
    struct settings settings = { .version = scene->version,
                                 .suite = scene->suite,
                                 .group = scene->group,
                                 .trust = material_file("ca", ".pem"),
                                 .name = "bench.example",
                                 .resumes = scene->resumes };
    if (scene->mutual) {
        settings.chain_pem = material_file("client", ".pem");
        settings.key_pem = material_file("client", ".key");
    }
    return settings;
}

struct settings stage_server(const struct scene *scene, unsigned number)
{
    char name[32];
    snprintf(name, sizeof(name), "fresh-%u", number);
    const char *identity = strcmp(scene->identity, "fresh") == 0 ? name : scene->identity;
    return (struct settings){ .server = true,
                              .version = scene->version,
                              .suite = scene->suite,
                              .group = scene->group,
                              .trust = material_file("ca", ".pem"),
                              .chain_pem = material_file(identity, ".pem"),
                              .key_pem = material_file(identity, ".key"),
                              .asks = scene->mutual };
}

bool stage_open(struct stage *stage, const struct scene *scene)
{
    struct settings client = stage_client(scene);
    *stage = (struct stage){ .scene = *scene, .client = subject.new_context(&client) };
    stage->server_count = strcmp(scene->identity, "fresh") == 0 ? MOST_SERVERS : 1;
    for (unsigned i = 0; stage->client && i < stage->server_count; i++) {
        struct settings server = stage_server(scene, i + 1);
        stage->servers[i] = subject.new_context(&server);
        if (!stage->servers[i])
            return false;
    }
    if (scene->tcp)
        stage->listener = wire_listen(&stage->port);
    return stage->client != NULL;
}

/* ------------------------------------------------------------------------------------ pairs */

void pair_open(struct pair *pair, const struct stage *stage, void *client, void *server)
{
    if (stage->scene.tcp)
        wire_connect(stage->listener, stage->port, &pair->client_wire, &pair->server_wire);
    else if (stage->scene.local)
        wire_local(&pair->client_wire, &pair->server_wire);
    else
        wire_memory(&pair->client_wire, &pair->server_wire);
    pair->client = subject.open(client, &pair->client_wire);
    pair->server = subject.open(server, &pair->server_wire);
}

void pair_close(struct pair *pair)
{
    subject.close(pair->client);
    subject.close(pair->server);
    if (subject.speaks_plain) /* then the descriptors were its own */
        return;
    wire_close(&pair->client_wire);
    wire_close(&pair->server_wire);
}

bool pair_shake(struct pair *pair)
{
    enum { MOST_TURNS = 1000 };
    enum shaken client = SHAKE_WAITS, server = SHAKE_WAITS;
    for (int turn = 0; turn < MOST_TURNS && (client == SHAKE_WAITS || server == SHAKE_WAITS);
         turn++) {
        if (client == SHAKE_WAITS)
            client = subject.shake(pair->client);
        if (server == SHAKE_WAITS)
            server = subject.shake(pair->server);
        if (client == SHAKE_FAILED || server == SHAKE_FAILED)
            return false;
    }
    return client == SHAKE_DONE && server == SHAKE_DONE;
}

void pair_receive(void *connection, struct wire *wire, void *data, size_t len)
{
    char *bytes = data;
    size_t received = 0;
    while (received < len) {
        size_t n = subject.receive(connection, bytes + received, len - received);
        if (n == 0 && received < len && wire->fd >= 0)
            wire_wait(wire);
        received += n;
    }
}

void stage_connect(struct stage *stage, struct pair *pair)
{
    char byte = 'a';
    pair_open(pair, stage, stage->client, stage->servers[stage->turn++ % stage->server_count]);
    need(pair_shake(pair), "the handshake failed");
    subject.send(pair->server, &byte, 1);
    pair_receive(pair->client, &pair->client_wire, &byte, 1);
}

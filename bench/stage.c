#include "stage.h"

#include <pthread.h>

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

static struct settings server_settings(const struct scene *scene, const char *identity)
{
    return (struct settings){ .server = true,
                              .version = scene->version,
                              .suite = scene->suite,
                              .group = scene->group,
                              .trust = material_file("ca", ".pem"),
                              .chain_pem = material_file(identity, ".pem"),
                              .key_pem = material_file(identity, ".key"),
                              .asks = scene->mutual };
}

struct loading {
    struct settings settings;
    void *context;
};

static void *load(void *arg)
{
    struct loading *loading = arg;
    loading->context = subject.new_context(&loading->settings);
    return NULL;
}

/* In a thread of its own: wolfSSL keeps tables for keys that a thread has met, those of an identity
 * too if it is loaded there, and the other end meets that in the handshake at the earliest. */
static void *load_apart(struct settings settings)
{
    struct loading loading = { settings, NULL };
    pthread_t thread;
    need(pthread_create(&thread, NULL, load, &loading) == 0 && pthread_join(thread, NULL) == 0,
         "no thread");
    return loading.context;
}

bool stage_open(struct stage *stage, const struct scene *scene)
{
    struct settings client = stage_client(scene);
    *stage = (struct stage){ .scene = *scene,
                             .client = subject.new_context(&client),
                             .server = load_apart(server_settings(scene, scene->identity)) };
    if (scene->tcp)
        stage->listener = wire_listen(&stage->port);
    return stage->client && stage->server;
}

static void *load_ready(struct settings settings)
{
    struct wire client, server;
    void *context = load_apart(settings);
    need(context != NULL, "no other end");
    wire_memory(&client, &server);
    subject.close(subject.open(context, settings.server ? &server : &client));
    wire_empty();
    return context;
}

void *stage_new_server(const struct scene *scene, const char *identity)
{
    return load_ready(server_settings(scene, identity));
}

void *stage_new_client(const struct scene *scene, const char *identity)
{
    struct settings settings = stage_client(scene);
    settings.chain_pem = material_file(identity, ".pem");
    settings.key_pem = material_file(identity, ".key");
    return load_ready(settings);
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
    pair_open(pair, stage, stage->client, stage->server);
    need(pair_shake(pair), "the handshake failed");
    subject.send(pair->server, &byte, 1);
    pair_receive(pair->client, &pair->client_wire, &byte, 1);
}

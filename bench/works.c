#include "works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 16384, BURST = 4 };

static unsigned char out[LARGEST], in[LARGEST];

/* ------------------------------------------------------------------------------- handshakes */

static void handshake(struct stage *stage)
{
    struct pair pair;
    stage_connect(stage, &pair);
    pair_close(&pair);
}

/* Ends that nobody has seen: so many are minted (material.lua), several times what is remembered of
 * others anywhere here. They are prepared some at a time: to prepare one empties the processor's
 * caches, which would be measured with its handshake. */
enum { FRESH = 1024, BATCH = 32 };

static void *prepare_end(const struct scene *scene, bool server, size_t number)
{
    char name[32];
    snprintf(name, sizeof(name), server ? "fresh/%zu" : "fresh/client-%zu", number);
    return (server ? stage_new_server : stage_new_client)(scene, name);
}

static void replace(void **context, void *by)
{
    if (*context)
        subject.free_context(*context);
    *context = by;
}

static void renew(struct stage *stage)
{
    static void *clients[BATCH], *servers[BATCH];
    const struct scene *scene = &stage->scene;
    size_t first = stage->turn, place = stage->turn++ % BATCH;
    for (size_t i = 0; place == 0 && i < BATCH; i++) {
        size_t number = (first + i) % FRESH + 1;
        replace(&servers[i], prepare_end(scene, true, number));
        if (scene->mutual)
            replace(&clients[i], prepare_end(scene, false, number));
    }
    stage->server = servers[place];
    if (scene->mutual)
        stage->client = clients[place];
}

/* From here on each resumes the one before. */
static bool resume(struct stage *stage)
{
    struct pair pair;
    for (int i = 0; i < 2; i++) {
        stage_connect(stage, &pair);
        bool resumed = subject.resumed(pair.client) && subject.resumed(pair.server);
        pair_close(&pair);
        need(resumed == (i > 0), "a session was not resumed");
    }
    return true;
}

/* ------------------------------------------------------------------------------------- data */

static bool connect_pair(struct stage *stage)
{
    need(stage->size <= LARGEST, "a record holds no more");
    stage_connect(stage, &stage->pair);
    return true;
}

/* Data as it streams: some records are on their way before the first is read. */
static void send_records(struct stage *stage)
{
    struct pair *pair = &stage->pair;
    for (int i = 0; i < BURST; i++)
        subject.send(pair->client, out, stage->size);
    for (int i = 0; i < BURST; i++)
        pair_receive(pair->server, &pair->server_wire, in, stage->size);
}

static void ask(struct pair *pair, size_t size)
{
    subject.send(pair->client, out, size);
    pair_receive(pair->server, &pair->server_wire, in, size);
}

static void answer(struct pair *pair, size_t size)
{
    subject.send(pair->server, out, size);
    pair_receive(pair->client, &pair->client_wire, in, size);
}

static void send_record(struct stage *stage)
{
    ask(&stage->pair, stage->size);
}

static void talk(struct pair *pair, size_t size)
{
    ask(pair, size);
    answer(pair, size);
}

static void ping_pong(struct stage *stage)
{
    talk(&stage->pair, stage->size);
}

/* ----------------------------------------------------------------- a server that is upgraded */

static void say_plain(void *connection, struct wire *wire, const char *line)
{
    if (subject.speaks_plain)
        subject.send(connection, line, strlen(line));
    else
        wire_send(wire, line, strlen(line));
}

static void hear_plain(void *connection, struct wire *wire, const char *line)
{
    char heard[64];
    size_t len = strlen(line), n = 0;
    while (n < len) {
        size_t more = subject.speaks_plain ? subject.receive(connection, heard + n, len - n)
                                           : wire_receive(wire, heard + n, len - n);
        if (more == 0)
            wire_wait(wire);
        n += more;
    }
    need(memcmp(heard, line, len) == 0, "something else was said");
}

/* The dialogue of SMTP: a banner, STARTTLS, its answer; and a line each way under TLS. */
static void serve(struct stage *stage)
{
    static const char *const lines[] = { "220 bench.example ESMTP\r\n", "STARTTLS\r\n",
                                         "220 go ahead\r\n" };
    struct pair pair;
    pair_open(&pair, stage, stage->client, stage->server);
    for (unsigned i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        bool by_server = i % 2 == 0;
        say_plain(by_server ? pair.server : pair.client,
                  by_server ? &pair.server_wire : &pair.client_wire, lines[i]);
        hear_plain(by_server ? pair.client : pair.server,
                   by_server ? &pair.client_wire : &pair.server_wire, lines[i]);
    }
    need(pair_shake(&pair), "the handshake failed");
    subject.send(pair.client, "EHLO me.example\r\n", 17);
    pair_receive(pair.server, &pair.server_wire, in, 17);
    subject.send(pair.server, "250 bench.example\r\n", 19);
    pair_receive(pair.client, &pair.client_wire, in, 19);
    pair_close(&pair);
}

/* ----------------------------------------------------------------------- many connections */

enum { SHORT = 64 };

/* A short message there and back on one of them, in an order without pattern. */
static void stir(struct stage *stage)
{
    enum { STEP = 7919 };
    talk(&stage->pairs[stage->turn++ * STEP % stage->size], SHORT);
}

/* The same on one, while the others are silent. */
static void speak(struct stage *stage)
{
    talk(&stage->pairs[0], SHORT);
}

/* All have said so much that they have settled: what is read ahead follows the size of messages. */
static bool open_many(struct stage *stage)
{
    enum { SETTLED = 16 };
    stage->pairs = calloc(stage->size, sizeof(*stage->pairs));
    need(stage->pairs != NULL, "no memory");
    for (size_t i = 0; i < stage->size; i++)
        stage_connect(stage, &stage->pairs[i]);
    for (size_t i = 0; i < SETTLED * stage->size; i++)
        stir(stage);
    return true;
}

/* ---------------------------------------------------------------------- is it verified at all */

/* Whether a client set to this takes the server, and the server the client. */
static bool takes(const struct scene *scene, const struct settings *client)
{
    struct stage stage;
    struct pair pair;
    char byte;
    need(stage_open(&stage, scene), "cannot do this scene");
    pair_open(&pair, &stage, subject.new_context(client), stage.server);
    bool taken = pair_shake(&pair);
    if (taken) {
        subject.send(pair.server, "a", 1);
        pair_receive(pair.client, &pair.client_wire, &byte, 1);
    }
    pair_close(&pair);
    return taken;
}

/* Every subject must refuse a server by another name, one of another CA, and a client that has no
 * certificate where one is required. */
static void tell_check(struct stage *stage)
{
    struct scene scene = stage->scene;
    struct settings good = stage_client(&scene), wrong = good;
    wrong.name = "other.example";
    bool name = takes(&scene, &good) && !takes(&scene, &wrong);
    wrong = good;
    wrong.trust = material_file("other-ca", ".pem");
    bool trust = !takes(&scene, &wrong);
    scene.mutual = true;
    wrong = stage_client(&scene);
    bool mutual = takes(&scene, &wrong) && !takes(&scene, &good);
    printf("\"name\":%s,\"trust\":%s,\"client\":%s", name ? "true" : "false",
           trust ? "true" : "false", mutual ? "true" : "false");
}

/* -------------------------------------------------------------------------------- the table */

#define ECDSA .group = "X25519", .identity = "ecdsa"
#define RSA   .group = "X25519", .identity = "rsa"

static const struct work works[] = {
    { "hs13-x25519-ecdsa", { 13, ECDSA }, .once = handshake },
    { "hs13-p256-ecdsa", { 13, .group = "P-256", .identity = "ecdsa" }, .once = handshake },
    { "hs13-mlkem-ecdsa",
      { 13, .group = "X25519MLKEM768", .identity = "ecdsa" },
      .once = handshake },
    { "hs13-x25519-rsa", { 13, RSA }, .once = handshake },
    { "hs13-p256-rsa", { 13, .group = "P-256", .identity = "rsa" }, .once = handshake },
    { "hs13-mlkem-rsa", { 13, .group = "X25519MLKEM768", .identity = "rsa" }, .once = handshake },
    { "hs13-fresh", { 13, ECDSA }, .before = renew, .once = handshake },
    { "hs13-p256-fresh",
      { 13, .group = "P-256", .identity = "ecdsa" },
      .before = renew,
      .once = handshake },
    { "hs13-mlkem-fresh",
      { 13, .group = "X25519MLKEM768", .identity = "ecdsa" },
      .before = renew,
      .once = handshake },
    { "hs13-mutual-fresh", { 13, ECDSA, .mutual = true }, .before = renew, .once = handshake },
    { "hs12-fresh", { 12, ECDSA }, .before = renew, .once = handshake },
    { "hs13-mutual", { 13, ECDSA, .mutual = true }, .once = handshake },
    { "hs13-resumed", { 13, ECDSA, .resumes = true }, resume, .once = handshake },
    { "hs12-ecdsa", { 12, ECDSA }, .once = handshake },
    { "hs12-rsa", { 12, RSA }, .once = handshake },
    { "hs12-resumed", { 12, ECDSA, .resumes = true }, resume, .once = handshake },
    { "hs13-tcp", { 13, ECDSA, .tcp = true }, .once = handshake },
    { "starttls-tcp", { 13, ECDSA, .tcp = true }, .once = serve },
    { "bulk-aes128", { 13, ECDSA }, connect_pair, .once = send_records },
    { "bulk-aes256", { 13, ECDSA, .suite = AES_256_GCM }, connect_pair, .once = send_records },
    { "bulk-chacha",
      { 13, ECDSA, .suite = CHACHA20_POLY1305 },
      connect_pair,
      .once = send_records },
    { "bulk-aes128-tcp", { 13, ECDSA, .tcp = true }, connect_pair, .once = send_records },
    { "bulk-aes128-local", { 13, ECDSA, .local = true }, connect_pair, .once = send_records },
    { "record", { 13, ECDSA }, connect_pair, .once = send_record },
    { "pingpong", { 13, ECDSA }, connect_pair, .once = ping_pong },
    { "pingpong-tcp", { 13, ECDSA, .tcp = true }, connect_pair, .once = ping_pong },
    { "pingpong-local", { 13, ECDSA, .local = true }, connect_pair, .once = ping_pong },
    { "connections", { 13, ECDSA }, open_many, .once = stir },
    { "idle", { 13, ECDSA }, open_many, .once = speak },
    { "validate", { 13, ECDSA }, prepare_chain, .once = judge_next },
    { "validate-real", { 13, ECDSA }, prepare_real, .once = judge_next },
    { "anchors", { 13, ECDSA }, prepare_anchors, .once = judge_next },
    { "memory", { 13, ECDSA }, .tell = tell_memory },
    { "many", { 13, ECDSA }, .tell = tell_many },
    { "load", { 13, ECDSA }, .tell = tell_load },
    { "first", { 13, ECDSA }, .tell = tell_first },
    { "check", { 13, ECDSA }, .tell = tell_check },
};

const struct work *work_find(const char *name)
{
    for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++)
        if (strcmp(works[i].name, name) == 0)
            return &works[i];
    return NULL;
}

void work_list(void)
{
    for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++)
        printf("%s\n", works[i].name);
}

#include "works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 16384, BURST = 4, JUDGED_TIME = 1767355200 /* 2026 */ };

static unsigned char out[LARGEST], in[LARGEST];

/* ------------------------------------------------------------------------------- handshakes */

static void handshake(struct stage *stage)
{
    struct pair pair;
    stage_connect(stage, &pair);
    pair_close(&pair);
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

static void ping_pong(struct stage *stage)
{
    ask(&stage->pair, stage->size);
    answer(&stage->pair, stage->size);
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
    pair_open(&pair, stage, stage->client, stage->servers[0]);
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

/* ------------------------------------------------------------------------------- validation */

static void judge(struct stage *stage)
{
    subject.judge(stage->judge);
}

/* A chain of stage->size certificates below its root. */
static bool prepare_chain(struct stage *stage)
{
    char name[32];
    snprintf(name, sizeof(name), "chain-%zu", stage->size);
    stage->judge = subject.new_judge(&(struct judged){ .chain = material_file(name, ".der"),
                                                       .roots = material_file(name, ".root"),
                                                       .most_roots = 1,
                                                       .name = "bench.example",
                                                       .time = JUDGED_TIME });
    return true;
}

/* The chain of three under an anchor that is one of stage->size. */
static bool prepare_anchors(struct stage *stage)
{
    stage->judge = subject.new_judge(&(struct judged){ .chain = material_file("chain-3", ".der"),
                                                       .roots = material_file("anchors", ".der"),
                                                       .most_roots = stage->size,
                                                       .name = "bench.example",
                                                       .time = JUDGED_TIME });
    return true;
}

/* ----------------------------------------------------------------------- many connections */

static bool open_many(struct stage *stage)
{
    stage->pairs = calloc(stage->size, sizeof(*stage->pairs));
    need(stage->pairs != NULL, "no memory");
    for (size_t i = 0; i < stage->size; i++)
        stage_connect(stage, &stage->pairs[i]);
    return true;
}

/* A short message there and back on one of them, in an order without pattern. */
static void stir(struct stage *stage)
{
    enum { STEP = 7919, SHORT = 64 };
    struct pair *pair = &stage->pairs[stage->next];
    stage->next = (stage->next + STEP) % stage->size;
    ask(pair, SHORT);
    answer(pair, SHORT);
}

/* ---------------------------------------------------------------------- is it verified at all */

/* Whether a client set to this takes the server, and the server the client. */
static bool takes(const struct scene *scene, const struct settings *client)
{
    struct stage stage;
    struct pair pair;
    char byte;
    need(stage_open(&stage, scene), "cannot do this scene");
    pair_open(&pair, &stage, subject.new_context(client), stage.servers[0]);
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

static const struct work works[] = {
    { "hs13-x25519-ecdsa", { 13, ECDSA }, NULL, handshake, NULL },
    { "hs13-p256-ecdsa", { 13, .group = "P-256", .identity = "ecdsa" }, NULL, handshake, NULL },
    { "hs13-mlkem-ecdsa",
      { 13, .group = "X25519MLKEM768", .identity = "ecdsa" },
      NULL,
      handshake,
      NULL },
    { "hs13-x25519-rsa", { 13, .group = "X25519", .identity = "rsa" }, NULL, handshake, NULL },
    { "hs13-fresh", { 13, .group = "X25519", .identity = "fresh" }, NULL, handshake, NULL },
    { "hs13-mutual", { 13, ECDSA, .mutual = true }, NULL, handshake, NULL },
    { "hs13-resumed", { 13, ECDSA, .resumes = true }, resume, handshake, NULL },
    { "hs12-ecdsa", { 12, ECDSA }, NULL, handshake, NULL },
    { "hs12-rsa", { 12, .group = "X25519", .identity = "rsa" }, NULL, handshake, NULL },
    { "hs12-resumed", { 12, ECDSA, .resumes = true }, resume, handshake, NULL },
    { "hs13-tcp", { 13, ECDSA, .tcp = true }, NULL, handshake, NULL },
    { "bulk-aes128", { 13, ECDSA }, connect_pair, send_records, NULL },
    { "bulk-aes256", { 13, ECDSA, .suite = AES_256_GCM }, connect_pair, send_records, NULL },
    { "bulk-chacha", { 13, ECDSA, .suite = CHACHA20_POLY1305 }, connect_pair, send_records, NULL },
    { "record", { 13, ECDSA }, connect_pair, send_record, NULL },
    { "bulk-aes128-tcp", { 13, ECDSA, .tcp = true }, connect_pair, send_records, NULL },
    { "bulk-aes128-local", { 13, ECDSA, .local = true }, connect_pair, send_records, NULL },
    { "pingpong", { 13, ECDSA }, connect_pair, ping_pong, NULL },
    { "pingpong-tcp", { 13, ECDSA, .tcp = true }, connect_pair, ping_pong, NULL },
    { "pingpong-local", { 13, ECDSA, .local = true }, connect_pair, ping_pong, NULL },
    { "starttls-tcp", { 13, ECDSA, .tcp = true }, NULL, serve, NULL },
    { "validate", { 13, ECDSA }, prepare_chain, judge, NULL },
    { "anchors", { 13, ECDSA }, prepare_anchors, judge, NULL },
    { "connections", { 13, ECDSA }, open_many, stir, NULL },
    { "memory", { 13, ECDSA }, NULL, NULL, tell_memory },
    { "many", { 13, ECDSA }, NULL, NULL, tell_many },
    { "first", { 13, ECDSA }, NULL, NULL, tell_first },
    { "check", { 13, ECDSA }, NULL, NULL, tell_check },
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

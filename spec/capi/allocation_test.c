/* The life of a connection while memory is short: each allocation fails once, in turn. */
#include <string.h>

#include "check.h"
#include "memory.h"
#include "pair.h"
#include "settings.h"

enum { HEARD = 256 };

static const struct scene {
    const char *name;
    int version, client_auth;
    bool resumed, later, downgraded;
} scenes[] = {
    { "a full handshake of TLS 1.2", TLS12, SECSOCK_CLIENT_AUTH_NONE, false, false, false },
    { "a full handshake of TLS 1.3", TLS13, SECSOCK_CLIENT_AUTH_NONE, false, false, false },
    { "client certificates, TLS 1.2", TLS12, SECSOCK_CLIENT_AUTH_REQUIRE, false, false, false },
    { "client certificates, TLS 1.3", TLS13, SECSOCK_CLIENT_AUTH_REQUIRE, false, false, false },
    { "a resumed handshake of TLS 1.2", TLS12, SECSOCK_CLIENT_AUTH_REQUIRE, true, false, false },
    { "a resumed handshake of TLS 1.3", TLS13, SECSOCK_CLIENT_AUTH_REQUIRE, true, false, false },
    { "a verdict that comes later, and a downgrade", TLS13, SECSOCK_CLIENT_AUTH_NONE, false, true,
      true },
};

/* What went wrong first. */
struct outcome {
    int result;
    bool told; /* in a sentence */
};

static bool note(struct outcome *outcome, const secsock *s, int result)
{
    if (result >= 0)
        return true;
    const secsock_error *error = secsock_last_error(s);
    *outcome = (struct outcome){ result, error->code == result && error->message[0] != '\0' };
    return false;
}

static bool move(struct outcome *outcome, secsock *from, secsock *to)
{
    char bytes[4096];
    int n;
    while ((n = secsock_drain(from, bytes, sizeof bytes)) > 0)
        if (!note(outcome, to, secsock_feed(to, bytes, (size_t)n)))
            return false;
    return true;
}

static bool waits(int result)
{
    return result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE;
}

static int later(secsock *s, const secsock_verdict *verdict, void *arg)
{
    (void)s, (void)verdict, (void)arg;
    return SECSOCK_PENDING;
}

/* One turn of one end; *done once it is SECURE. */
static bool turn(struct outcome *outcome, secsock *s, bool *done)
{
    int result = *done ? SECSOCK_OK : secsock_upgrade(s, NULL);
    if (result == SECSOCK_WANT_VERDICT) {
        secsock_decide(s, SECSOCK_FOLLOW, NULL);
        result = secsock_upgrade(s, NULL);
    }
    *done = result == SECSOCK_OK;
    return waits(result) || note(outcome, s, result);
}

static bool upgrade(struct outcome *outcome, struct pair *pair)
{
    bool client = false, server = false;
    for (int turns = 0; turns < 8 && !(client && server); turns++)
        if (!turn(outcome, pair->client, &client) || !move(outcome, pair->client, pair->server) ||
            !turn(outcome, pair->server, &server) || !move(outcome, pair->server, pair->client))
            return false;
    if (!client || !server)
        outcome->result = SECSOCK_E_INTERNAL;
    return client && server;
}

static bool says(struct outcome *outcome, secsock *from, secsock *to, const char *line)
{
    char heard[HEARD];
    int len = (int)strlen(line);
    if (!note(outcome, from, secsock_send(from, line, (size_t)len)) || !move(outcome, from, to))
        return false;
    int n = secsock_recv_line(to, heard, sizeof heard);
    if (n < 0)
        return note(outcome, to, n);
    if (n != len || memcmp(heard, line, (size_t)len) != 0)
        outcome->result = SECSOCK_E_INTERNAL;
    return outcome->result == SECSOCK_OK;
}

static bool downgrade(struct outcome *outcome, struct pair *pair)
{
    int client = secsock_downgrade(pair->client);
    if ((!waits(client) && !note(outcome, pair->client, client)) ||
        !move(outcome, pair->client, pair->server) ||
        !note(outcome, pair->server, secsock_downgrade(pair->server)) ||
        !move(outcome, pair->server, pair->client))
        return false;
    return note(outcome, pair->client, secsock_downgrade(pair->client)) &&
           says(outcome, pair->client, pair->server, "in the clear again\n");
}

static bool finish(struct outcome *outcome, struct pair *pair)
{
    char heard[HEARD];
    return note(outcome, pair->client, secsock_cork(pair->client, 1)) &&
           note(outcome, pair->client, secsock_send(pair->client, "bye", 3)) &&
           note(outcome, pair->client, secsock_shutdown(pair->client)) &&
           move(outcome, pair->client, pair->server) &&
           note(outcome, pair->server, secsock_recv(pair->server, heard, sizeof heard));
}

static bool open_pair(struct outcome *outcome, struct pair *pair, const struct scene *scene,
                      secsock_config *client, secsock_config *server)
{
    *pair = (struct pair){ .client = secsock_new(client), .server = secsock_new(server) };
    if (!pair->client || !pair->server) {
        *outcome = (struct outcome){ SECSOCK_E_MEMORY, true };
        return false;
    }
    secsock_allow_downgrade(pair->client, 1);
    secsock_allow_downgrade(pair->server, 1);
    secsock_set_validate_hook(pair->client, scene->later ? later : NULL, NULL);
    return note(outcome, pair->client, secsock_attach_memory(pair->client, SECSOCK_CLIENT)) &&
           note(outcome, pair->server, secsock_attach_memory(pair->server, SECSOCK_SERVER)) &&
           note(outcome, pair->client, secsock_set_peername(pair->client, "mail.example"));
}

static struct outcome live(const struct scene *scene, secsock_config *client,
                           secsock_config *server)
{
    struct outcome outcome = { SECSOCK_OK, true };
    struct pair pair;
    bool well = open_pair(&outcome, &pair, scene, client, server) &&
                says(&outcome, pair.client, pair.server, "STARTTLS\n") &&
                says(&outcome, pair.server, pair.client, "go ahead\n") &&
                upgrade(&outcome, &pair) && says(&outcome, pair.client, pair.server, "hello\n") &&
                says(&outcome, pair.server, pair.client, "hello yourself\n");
    if (well && scene->downgraded)
        well = downgrade(&outcome, &pair);
    else if (well)
        well = finish(&outcome, &pair);
    secsock_close(pair.client);
    secsock_close(pair.server);
    pair_close(&pair);
    if (!well && outcome.result == SECSOCK_OK)
        outcome.result = SECSOCK_E_INTERNAL;
    return outcome;
}

/* What a run showed that it must not. */
struct flaws {
    unsigned untold, leaks, lasting;
};

/* A life with configurations of its own, in which the n-th allocation fails; false when there are
 * not so many. */
static bool live_short(const struct scene *scene, unsigned long n, struct flaws *flaws)
{
    long before = memory_live();
    secsock_config *client =
        settings_config(&(struct settings){ .version = scene->version, .identity = "client" });
    secsock_config *server = settings_config(&(struct settings){
        .version = scene->version, .identity = "server", .client_auth = scene->client_auth });
    if (scene->resumed)
        live(scene, client, server);
    memory_fail(n);
    struct outcome outcome = live(scene, client, server);
    bool failed = memory_failed();
    memory_fail(0);
    if (outcome.result != SECSOCK_OK && !outcome.told)
        flaws->untold++;
    if (live(scene, client, server).result != SECSOCK_OK)
        flaws->lasting++;
    secsock_config_free(client);
    secsock_config_free(server);
    if (memory_live() != before)
        flaws->leaks++;
    return failed;
}

static void check_scene(const struct scene *scene)
{
    struct flaws flaws = { 0 }, none = { 0 };
    unsigned long n = 0, tried = 0;
    live_short(scene, 0, &none); /* what is allocated once for the process, now is */
    none = (struct flaws){ 0 };
    live_short(scene, 0, &none);
    CHECK(none.untold + none.leaks + none.lasting == 0, "%s: all is well with memory enough",
          scene->name);
    while (live_short(scene, n + 1, &flaws)) {
        n += check_stride();
        tried++;
    }
    CHECK(n > 50, "%s: %lu allocations failed in turn", scene->name, tried);
    CHECK(flaws.untold == 0, "%s: no failure without a sentence", scene->name);
    CHECK(flaws.leaks == 0, "%s: nothing is lost", scene->name);
    CHECK(flaws.lasting == 0, "%s: with memory again, all is well again", scene->name);
}

int main(void)
{
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        check_scene(&scenes[i]);
    return check_done();
}

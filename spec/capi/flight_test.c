/* What leaves at once in a handshake: a flight in one piece, or as the wire takes it. */
#include <stdint.h>

#include "check.h"
#include "settings.h"
#include "way.h"

/* By turns, until both are SECURE, or nothing helps; in each the wire takes so many bytes. */
static bool upgrade(struct end *client, struct end *server, size_t most)
{
    int mine = SECSOCK_WANT_READ, theirs = SECSOCK_WANT_READ;
    for (int turns = 0; turns < 10000 && (mine != SECSOCK_OK || theirs != SECSOCK_OK); turns++) {
        client->out->room = server->out->room = most;
        if (mine != SECSOCK_OK)
            mine = secsock_upgrade(client->s, "mail.example");
        if (theirs != SECSOCK_OK)
            theirs = secsock_upgrade(server->s, NULL);
        if ((mine < 0 && mine < SECSOCK_WANT_VERDICT) ||
            (theirs < 0 && theirs < SECSOCK_WANT_VERDICT))
            return false;
    }
    return mine == SECSOCK_OK && theirs == SECSOCK_OK;
}

static const struct scene {
    const char *name;
    int version, client_auth;
    unsigned client, server; /* how many pieces each sends */
} scenes[] = {
    /* The last one of a server under TLS 1.3 is its ticket, RFC 8446, section 4.6.1. */
    { "TLS 1.2", TLS12, SECSOCK_CLIENT_AUTH_NONE, 2, 2 },
    { "TLS 1.3", TLS13, SECSOCK_CLIENT_AUTH_NONE, 2, 2 },
    { "TLS 1.2 with the client's certificate", TLS12, SECSOCK_CLIENT_AUTH_REQUIRE, 2, 2 },
    { "TLS 1.3 with the client's certificate", TLS13, SECSOCK_CLIENT_AUTH_REQUIRE, 2, 2 },
};

/* A handshake over a wire that takes so many bytes in a turn. */
static void meet(const struct scene *scene, size_t most)
{
    static struct way there, back;
    there.len = back.len = there.pieces = back.pieces = 0;
    struct end client = { .in = &back, .out = &there }, server = { .in = &there, .out = &back };
    secsock_config *mine =
        settings_config(&(struct settings){ .version = scene->version, .identity = "client" });
    secsock_config *theirs = settings_config(&(struct settings){
        .version = scene->version, .identity = "server", .client_auth = scene->client_auth });
    client.s = secsock_new(mine);
    server.s = secsock_new(theirs);
    secsock_attach_callbacks(client.s, SECSOCK_CLIENT, way_receive, way_send, &client);
    secsock_attach_callbacks(server.s, SECSOCK_SERVER, way_receive, way_send, &server);
    bool well = upgrade(&client, &server, most);
    if (most == SIZE_MAX)
        CHECK(well && there.pieces == scene->client && back.pieces == scene->server,
              "%s: the client sends %u pieces, the server %u", scene->name, there.pieces,
              back.pieces);
    else
        CHECK(well, "%s, by %zu bytes at a time", scene->name, most);
    secsock_free(client.s);
    secsock_free(server.s);
    secsock_config_free(mine);
    secsock_config_free(theirs);
}

int main(void)
{
    static const size_t most[] = { SIZE_MAX, 1, 7, 100, 1000 };
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        for (size_t n = 0; n < sizeof most / sizeof *most; n++)
            meet(&scenes[i], most[n]);
    return check_done();
}

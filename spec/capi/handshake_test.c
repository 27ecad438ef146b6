/* The handshake: who is judged, what the hooks answer, and what both ends learn of it. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "settings.h"

enum { HANDSHAKE_FAILURE = 40, BAD_CERTIFICATE = 42, CERTIFICATE_REQUIRED = 116 };

static const char *const auth_names[] = { "none", "request", "verify", "require" };

/* What one hook answers, and the alert that must come of it; 0: the peer is accepted. */
static const struct answer {
    const char *what;
    int answer, alert;
} answers[] = {
    { "follows", SECSOCK_FOLLOW, 0 },
    { "accepts", SECSOCK_ACCEPT, 0 },
    { "calls the peer expired", SECSOCK_PROBLEM_EXPIRED, 45 },
    { "knows no issuer", SECSOCK_PROBLEM_ISSUER_UNKNOWN, 48 },
    { "answers a number that means nothing", 4711, 46 },
    { "answers -1", -1, 46 },
};

enum { ANSWERS = sizeof answers / sizeof *answers };

struct scene {
    int version, auth;
    bool shows; /* the client has a certificate */
    bool resumes;
    const struct answer *client, *server;
};

static void name_scene(char *text, size_t size, const struct scene *scene)
{
    snprintf(text, size, "TLS 1.%d, client certificates: %s, %s%s; the client %s, the server %s",
             scene->version - TLS12 + 2, auth_names[scene->auth],
             scene->shows ? "one is there" : "there is none", scene->resumes ? ", resumed" : "",
             scene->client->what, scene->server->what);
}

/* ---------------------------------------------------------------------------- what must come */

struct outcome {
    int client, server;             /* results */
    int alert;                      /* or 0 */
    int client_calls, server_calls; /* of the hooks */
};

static bool lacks_certificate(const struct scene *scene)
{
    return scene->auth == SECSOCK_CLIENT_AUTH_REQUIRE && !scene->shows;
}

/* A server that asks for nothing, or knows the client already, judges first. */
static bool server_is_first(const struct scene *scene)
{
    return scene->auth == SECSOCK_CLIENT_AUTH_NONE || scene->resumes;
}

static struct outcome client_refuses(const struct scene *scene)
{
    return (struct outcome){ SECSOCK_E_REJECTED, SECSOCK_E_ALERT, scene->client->alert, 1,
                             server_is_first(scene) };
}

static struct outcome server_refuses(const struct scene *scene)
{
    int client_calls = !server_is_first(scene);
    if (lacks_certificate(scene))
        return (struct outcome){ SECSOCK_E_ALERT, SECSOCK_E_NO_CERTIFICATE,
                                 scene->version == TLS13 ? CERTIFICATE_REQUIRED : HANDSHAKE_FAILURE,
                                 client_calls, 1 };
    return (struct outcome){ SECSOCK_E_ALERT, SECSOCK_E_REJECTED, scene->server->alert,
                             client_calls, 1 };
}

static struct outcome expected(const struct scene *scene)
{
    bool refuses = scene->server->alert != 0 || lacks_certificate(scene);
    if (refuses && (server_is_first(scene) || scene->client->alert == 0))
        return server_refuses(scene);
    if (scene->client->alert != 0)
        return client_refuses(scene);
    return (struct outcome){ SECSOCK_OK, SECSOCK_OK, 0, 1, 1 };
}

/* -------------------------------------------------------------------------------- what comes */

static void upgrade(struct pair *pair, struct judge *client, struct judge *server)
{
    secsock_set_validate_hook(pair->client, judge_hook, client);
    secsock_set_validate_hook(pair->server, judge_hook, server);
    pair_upgrade(pair, "mail.example");
    /* Under TLS 1.3 a client is done before the server has judged it. */
    if (pair->client_result == SECSOCK_OK && pair->server_result != SECSOCK_OK)
        pair->client_result = pair_hears(pair->server, pair->client);
}

static bool has_alert(const secsock *s, int alert, int received)
{
    const secsock_error *error = secsock_last_error(s);
    return error->alert == alert && error->alert_received == received &&
           secsock_get_state(s) == SECSOCK_STATE_FAILED && error->message[0] != '\0';
}

static bool alerts_agree(const struct pair *pair, const struct outcome *want)
{
    if (want->alert == 0)
        return true;
    bool client_refuses = want->client != SECSOCK_E_ALERT;
    return has_alert(pair->client, want->alert, !client_refuses) &&
           has_alert(pair->server, want->alert, client_refuses);
}

static bool saw(const struct judge *judge, bool resumed, const char *leaf)
{
    bool right_chain = judge->chain == (*leaf ? 2 : 0) && strcmp(judge->leaf, leaf) == 0;
    return judge->calls == 0 || (judge->calls == 1 && right_chain && judge->resumed == resumed &&
                                 judge->state == SECSOCK_STATE_UPGRADING);
}

static bool both_saw(const struct scene *scene, const struct judge *client,
                     const struct judge *server)
{
    static char server_leaf[65], client_leaf[65];
    if (!*server_leaf) {
        secsock_cert *server_cert = settings_cert("server"), *client_cert = settings_cert("client");
        strcpy(server_leaf, secsock_cert_sha256(server_cert));
        strcpy(client_leaf, secsock_cert_sha256(client_cert));
        secsock_cert_free(server_cert);
        secsock_cert_free(client_cert);
    }
    bool shown = scene->shows && scene->auth != SECSOCK_CLIENT_AUTH_NONE;
    return saw(client, scene->resumes, server_leaf) &&
           saw(server, scene->resumes, shown ? client_leaf : "");
}

static void check_scene(const struct scene *scene, secsock_config *client, secsock_config *server)
{
    char name[256];
    struct outcome want = expected(scene);
    struct judge client_judge = { .answer = scene->client->answer };
    struct judge server_judge = { .answer = scene->server->answer };
    struct pair pair;
    name_scene(name, sizeof name, scene);
    pair_open(&pair, client, server);
    upgrade(&pair, &client_judge, &server_judge);
    bool holds = pair.client_result == want.client && pair.server_result == want.server &&
                 client_judge.calls == want.client_calls &&
                 server_judge.calls == want.server_calls && alerts_agree(&pair, &want) &&
                 both_saw(scene, &client_judge, &server_judge) &&
                 (want.alert != 0 || pair_talks(&pair));
    if (!CHECK(holds, "%s", name)) {
        printf("# the hooks ran %d and %d times\n", client_judge.calls, server_judge.calls);
        pair_explain(&pair);
    }
    pair_close(&pair);
}

static void play(struct scene scene)
{
    struct pair pair;
    secsock_config *client = settings_config(
        &(struct settings){ .version = scene.version, .identity = scene.shows ? "client" : NULL });
    secsock_config *server = settings_config(&(struct settings){
        .version = scene.version, .identity = "server", .client_auth = scene.auth });
    if (scene.resumes) {
        pair_connect(&pair, client, server);
        CHECK(pair_talks(&pair), "the session to resume is there");
        pair_close(&pair);
    }
    check_scene(&scene, client, server);
    secsock_config_free(client);
    secsock_config_free(server);
}

static void play_answers(struct scene scene)
{
    for (size_t i = 0; i < ANSWERS; i++) {
        scene.client = &answers[i], scene.server = &answers[0];
        play(scene);
        scene.client = &answers[1], scene.server = &answers[i];
        play(scene);
    }
    scene.client = &answers[2], scene.server = &answers[3];
    play(scene);
}

static void test_every_scene(void)
{
    for (int version = TLS12; version <= TLS13; version++)
        for (int auth = 0; auth < 4; auth++)
            for (int shows = 0; shows < 2; shows++)
                for (int resumes = 0; resumes < 2; resumes++) {
                    struct scene scene = { version, auth, shows, resumes, NULL, NULL };
                    if (!resumes || !lacks_certificate(&scene))
                        play_answers(scene);
                }
}

/* -------------------------------------------------------------------- what the verdict decides */

static const struct peer {
    const char *identity, *trust;
    int problem, alert;
} bad_servers[] = {
    { "expired", "ca.pem", SECSOCK_PROBLEM_EXPIRED, 45 },
    { "elsewhere", "ca.pem", SECSOCK_PROBLEM_NAME_MISMATCH, 42 },
    { "wrong-usage", "ca.pem", SECSOCK_PROBLEM_WRONG_USAGE, 43 },
    { "self-signed", "ca.pem", SECSOCK_PROBLEM_SELF_SIGNED, 48 },
    { "server", "other-ca.pem", SECSOCK_PROBLEM_ISSUER_UNKNOWN, 48 },
};

static void check_bad_server(int version, const struct peer *peer, bool accepted)
{
    struct judge judge = { .answer = SECSOCK_ACCEPT };
    struct pair pair;
    secsock_config *client =
        settings_config(&(struct settings){ .version = version, .trust = peer->trust });
    secsock_config *server = settings_config(&(struct settings){ .identity = peer->identity });
    pair_open(&pair, client, server);
    if (accepted)
        secsock_set_validate_hook(pair.client, judge_hook, &judge);
    pair_upgrade(&pair, "mail.example");
    bool holds = secsock_verdict_has(secsock_get_verdict(pair.client), peer->problem);
    if (accepted)
        holds = holds && pair.client_result == SECSOCK_OK && !judge.ok && pair_talks(&pair);
    else
        holds = holds && pair.client_result == SECSOCK_E_REJECTED &&
                pair.server_result == SECSOCK_E_ALERT && has_alert(pair.client, peer->alert, 0) &&
                has_alert(pair.server, peer->alert, 1);
    if (!CHECK(holds, "TLS 1.%d: a server that is \"%s\" is %s", version - TLS12 + 2,
               secsock_problem_name(peer->problem),
               accepted ? "accepted by a hook alone" : "refused without a hook"))
        pair_explain(&pair);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

static void test_bad_servers(void)
{
    for (size_t i = 0; i < sizeof bad_servers / sizeof *bad_servers; i++)
        for (int version = TLS12; version <= TLS13; version++) {
            check_bad_server(version, &bad_servers[i], false);
            check_bad_server(version, &bad_servers[i], true);
        }
}

static void check_bad_client(int version, int auth, bool refused)
{
    struct pair pair;
    secsock_config *client =
        settings_config(&(struct settings){ .version = version, .identity = "stranger" });
    secsock_config *server =
        settings_config(&(struct settings){ .identity = "server", .client_auth = auth });
    pair_open(&pair, client, server);
    pair_upgrade(&pair, "mail.example");
    const secsock_verdict *verdict = secsock_get_verdict(pair.server);
    bool holds = secsock_verdict_has(verdict, SECSOCK_PROBLEM_ISSUER_UNKNOWN) &&
                 pair.server_result == (refused ? SECSOCK_E_REJECTED : SECSOCK_OK) &&
                 (refused || pair_talks(&pair));
    if (!CHECK(holds, "TLS 1.%d, client certificates: %s: an untrusted one is reported and %s",
               version - TLS12 + 2, auth_names[auth], refused ? "refused" : "tolerated"))
        pair_explain(&pair);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

static void test_bad_clients(void)
{
    for (int version = TLS12; version <= TLS13; version++) {
        check_bad_client(version, SECSOCK_CLIENT_AUTH_REQUEST, false);
        check_bad_client(version, SECSOCK_CLIENT_AUTH_VERIFY, true);
        check_bad_client(version, SECSOCK_CLIENT_AUTH_REQUIRE, true);
    }
}

/* ------------------------------------------------------------------- what nobody can accept */

/* A byte of the server's leaf, which TLS 1.2 shows in the clear, is changed on the way. */
static const struct flaw {
    const char *what;
    const char *found, *put; /* the same number of bytes */
    size_t len;
    int alert;
} flaws[] = {
    /* The tag of its first field: no reader of certificates makes sense of it. */
    { "cannot be read at all", "\xa0\x03\x02\x01\x02", "\xb0\x03\x02\x01\x02", 5, BAD_CERTIFICATE },
    /* TRUE is 0xFF in DER and any other number in BER, which wolfSSL lets pass. */
    { "is not in DER", "\x55\x1d\x13\x01\x01\xff", "\x55\x1d\x13\x01\x01\x01", 6, BAD_CERTIFICATE },
};

/* The server's flight as far as its certificate, changed. */
static void corrupt(const struct flaw *flaw, struct pair *pair)
{
    char flight[16384];
    secsock_upgrade(pair->client, "mail.example");
    pair_move(pair->client, pair->server, 4096);
    secsock_upgrade(pair->server, NULL);
    int len = secsock_drain(pair->server, flight, sizeof flight);
    char *found = memmem(flight, (size_t)len, flaw->found, flaw->len);
    if (CHECK(found != NULL, "the leaf travels in the clear"))
        memcpy(found, flaw->put, flaw->len);
    secsock_feed(pair->client, flight, (size_t)len);
    pair_upgrade(pair, NULL);
}

static void check_flaw(const struct flaw *flaw)
{
    struct judge judge = { .answer = SECSOCK_ACCEPT };
    struct pair pair;
    secsock_config *client = settings_config(&(struct settings){ .version = TLS12 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    pair_open(&pair, client, server);
    secsock_set_validate_hook(pair.client, judge_hook, &judge);
    corrupt(flaw, &pair);
    bool told = judge.calls == 1 && !judge.ok &&
                secsock_verdict_has(secsock_get_verdict(pair.client), SECSOCK_PROBLEM_MALFORMED);
    if (!CHECK(told && pair.client_result == SECSOCK_E_REJECTED &&
                   has_alert(pair.client, flaw->alert, 0) && has_alert(pair.server, flaw->alert, 1),
               "a hook that accepts is told once of a certificate that %s, and cannot heal it",
               flaw->what))
        pair_explain(&pair);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

static void test_malformed_is_not_healed(void)
{
    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++)
        check_flaw(&flaws[i]);
}

/* ------------------------------------------------------------------------ nobody to be judged */

static void test_nobody_named(void)
{
    secsock_config *config = settings_config(&(struct settings){ 0 });
    secsock *s = secsock_new(config);
    CHECK(secsock_connect(s, "127.0.0.1", 1) == SECSOCK_E_NO_PEERNAME &&
              secsock_get_state(s) == SECSOCK_STATE_NEW && secsock_fd(s) == -1,
          "without name and hook nothing is connected, and the socket stays NEW");
    secsock_attach_memory(s, SECSOCK_CLIENT);
    CHECK(secsock_upgrade(s, NULL) == SECSOCK_E_NO_PEERNAME &&
              secsock_last_error(s)->code == SECSOCK_E_NO_PEERNAME &&
              secsock_get_state(s) == SECSOCK_STATE_PLAIN && secsock_drainable(s) == 0,
          "without name and hook nothing is sent, and the socket stays PLAIN");
    CHECK(secsock_upgrade(s, "") == SECSOCK_E_ARGUMENT &&
              secsock_get_state(s) == SECSOCK_STATE_PLAIN && secsock_drainable(s) == 0,
          "an empty name is no name");
    CHECK(secsock_upgrade(s, "mail.example") == SECSOCK_WANT_READ && secsock_drainable(s) > 0,
          "with a name the upgrade begins");
    secsock_free(s);
    secsock_config_free(config);
}

/* A hook is enough, but the verdict says what nobody checked. */
static void test_hook_without_name(void)
{
    struct pair pair;
    struct judge judge = { .answer = SECSOCK_FOLLOW };
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    pair_open(&pair, client, server);
    secsock_set_validate_hook(pair.client, judge_hook, &judge);
    pair_upgrade(&pair, NULL);
    CHECK(pair.client_result == SECSOCK_E_REJECTED &&
              secsock_verdict_has(secsock_get_verdict(pair.client), SECSOCK_PROBLEM_NAME_UNCHECKED),
          "a hook that follows refuses a peer whose name was not checked");
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

static void test_reason_is_told(void)
{
    struct pair pair;
    struct judge judge = { .answer = SECSOCK_PROBLEM_REVOKED, .reason = "seen on the list" };
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    pair_open(&pair, client, server);
    secsock_set_validate_hook(pair.client, judge_hook, &judge);
    pair_upgrade(&pair, "mail.example");
    const char *message = secsock_last_error(pair.client)->message;
    CHECK(strstr(message, "seen on the list") && strstr(message, "mail.example"),
          "the hook's own words and the name are in the error: %s", message);
    CHECK(has_alert(pair.server, 44, 1), "the server hears certificate_revoked");
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

int main(void)
{
    test_every_scene();
    test_bad_servers();
    test_bad_clients();
    test_malformed_is_not_healed();
    test_nobody_named();
    test_hook_without_name();
    test_reason_is_told();
    return check_done();
}

/* A hook that answers later: until it has, nothing leaves and nothing is delivered. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "settings.h"

struct scene {
    int version;
    secsock_role judge; /* the end whose hook answers later */
    int auth;           /* of the server. A client that is only requested to has no certificate */
    bool resumes;
    bool retries; /* the server asks for another ClientHello first */
};

static struct judge later = { .answer = SECSOCK_PENDING };

static const char *const auth_names[] = {
    [SECSOCK_CLIENT_AUTH_NONE] = "",
    [SECSOCK_CLIENT_AUTH_REQUEST] = " where no certificate was shown",
    [SECSOCK_CLIENT_AUTH_REQUIRE] = " over a client certificate",
};

static const char *scene_name(const struct scene *scene)
{
    static char text[128];
    snprintf(text, sizeof text, "TLS 1.%d, %s judges later%s%s%s", scene->version - TLS12 + 2,
             scene->judge == SECSOCK_CLIENT ? "the client" : "the server", auth_names[scene->auth],
             scene->resumes ? ", resumed" : "", scene->retries ? ", after a retry" : "");
    return text;
}

static secsock *judging_end(const struct scene *scene, struct pair *pair)
{
    return scene->judge == SECSOCK_CLIENT ? pair->client : pair->server;
}

static secsock *other_end(const struct scene *scene, struct pair *pair)
{
    return scene->judge == SECSOCK_CLIENT ? pair->server : pair->client;
}

static int judging_result(const struct scene *scene, const struct pair *pair)
{
    return scene->judge == SECSOCK_CLIENT ? pair->client_result : pair->server_result;
}

/* A pair whose judging end waits for the verdict; both configurations are the pair's alone. */
static void open_scene(const struct scene *scene, struct pair *pair)
{
    secsock_config *client = settings_config(&(struct settings){
        .version = scene->version,
        .groups = scene->retries ? "X25519:P-256" : NULL,
        .identity = scene->auth == SECSOCK_CLIENT_AUTH_REQUIRE ? "client" : NULL });
    secsock_config *server =
        settings_config(&(struct settings){ .identity = "server",
                                            .groups = scene->retries ? "P-256" : NULL,
                                            .client_auth = scene->auth });
    if (scene->resumes) {
        pair_connect(pair, client, server);
        pair_talks(pair);
        pair_close(pair);
    }
    pair_open(pair, client, server);
    secsock_config_free(client);
    secsock_config_free(server);
    later.calls = 0;
    secsock_set_validate_hook(judging_end(scene, pair), judge_hook, &later);
    pair_upgrade(pair, "mail.example");
}

/* ------------------------------------------------------------------------- while it is open */

static bool nothing_moves(secsock *s)
{
    char byte;
    return secsock_upgrade(s, NULL) == SECSOCK_WANT_VERDICT &&
           secsock_want(s) == SECSOCK_WANT_VERDICT && secsock_drainable(s) == 0 &&
           secsock_get_state(s) == SECSOCK_STATE_UPGRADING &&
           secsock_send(s, "x", 1) == SECSOCK_E_STATE &&
           secsock_recv(s, &byte, 1) == SECSOCK_E_STATE &&
           secsock_peek(s, &byte, 1) == SECSOCK_E_STATE && secsock_shutdown(s) == SECSOCK_E_STATE &&
           secsock_pending(s) == 0 && secsock_tls_version(s) == 0;
}

static void check_pending(const struct scene *scene)
{
    struct pair pair;
    open_scene(scene, &pair);
    secsock *judge = judging_end(scene, &pair);
    CHECK(judging_result(scene, &pair) == SECSOCK_WANT_VERDICT && later.calls == 1 &&
              later.resumed == scene->resumes,
          "%s: the upgrade wants a verdict", scene_name(scene));
    bool still = nothing_moves(judge) && nothing_moves(judge);
    CHECK(still, "%s: nothing moves however often it is asked", scene_name(scene));
    secsock_feed(judge, "\x15\x03\x03", 3);
    CHECK(nothing_moves(judge), "%s: nothing moves when more arrives", scene_name(scene));
    secsock_feed(judge, "", 0);
    CHECK(nothing_moves(judge), "%s: nothing moves when the peer closes", scene_name(scene));
    CHECK(later.calls == 1, "%s: the hook is not asked again", scene_name(scene));
    CHECK(secsock_get_verdict(judge) != NULL, "%s: the verdict can be seen", scene_name(scene));
    pair_close(&pair);
}

/* ------------------------------------------------------------------------------ once decided */

static void check_accepted(const struct scene *scene)
{
    struct pair pair;
    open_scene(scene, &pair);
    secsock *judge = judging_end(scene, &pair);
    int said = secsock_decide(judge, SECSOCK_ACCEPT, NULL);
    size_t before = secsock_drainable(judge);
    int twice = secsock_decide(judge, SECSOCK_PROBLEM_REVOKED, "too late");
    pair_upgrade(&pair, NULL);
    bool holds = said == SECSOCK_ACCEPT && before == 0 && twice == SECSOCK_E_STATE &&
                 pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK &&
                 secsock_tls_resumed(judge) == scene->resumes && pair_talks(&pair) &&
                 secsock_decide(judge, SECSOCK_PROBLEM_REVOKED, NULL) == SECSOCK_E_STATE &&
                 later.calls == 1 && pair_talks(&pair);
    if (!CHECK(holds, "%s: a late yes is final, and leads to SECURE", scene_name(scene)))
        pair_explain(&pair);
    pair_close(&pair);
}

/* Whether the peer, which may be SECURE already, has heard the alert. */
static bool hears(secsock *from, secsock *to, int alert)
{
    if (secsock_get_state(to) == SECSOCK_STATE_SECURE && pair_hears(from, to) != SECSOCK_E_ALERT)
        return false;
    const secsock_error *error = secsock_last_error(to);
    return secsock_get_state(to) == SECSOCK_STATE_FAILED && error->alert == alert &&
           error->alert_received;
}

static void check_rejected(const struct scene *scene, int problem, int alert)
{
    char byte;
    struct pair pair;
    open_scene(scene, &pair);
    secsock *judge = judging_end(scene, &pair), *peer = other_end(scene, &pair);
    secsock_decide(judge, problem, "on second thoughts");
    pair_upgrade(&pair, NULL);
    const secsock_error *error = secsock_last_error(judge);
    bool holds = judging_result(scene, &pair) == SECSOCK_E_REJECTED && error->alert == alert &&
                 !error->alert_received && strstr(error->message, "on second thoughts") &&
                 hears(judge, peer, alert) && later.calls == 1 &&
                 secsock_recv(judge, &byte, 1) == SECSOCK_E_REJECTED &&
                 secsock_decide(judge, SECSOCK_ACCEPT, NULL) == SECSOCK_E_STATE;
    if (!CHECK(holds, "%s: a late no ends it with the alert %s", scene_name(scene),
               secsock_alert_name(alert)))
        pair_explain(&pair);
    pair_close(&pair);
}

/* In the clear nothing of the flight that was held goes out along with the alert. */
static void check_nothing_else(const struct scene *scene)
{
    char wire[4096];
    struct pair pair;
    open_scene(scene, &pair);
    secsock *judge = judging_end(scene, &pair);
    secsock_decide(judge, SECSOCK_PROBLEM_REVOKED, NULL);
    secsock_upgrade(judge, NULL);
    int len = secsock_drain(judge, wire, sizeof wire);
    CHECK(len == 7 && memcmp(wire, "\x15\x03\x03\x00\x02\x02\x2c", 7) == 0,
          "%s: nothing but the alert is sent", scene_name(scene));
    pair_close(&pair);
}

/* Deciding "later" once more leaves it open. */
static void check_put_off(const struct scene *scene)
{
    struct pair pair;
    open_scene(scene, &pair);
    secsock *judge = judging_end(scene, &pair);
    CHECK(secsock_decide(judge, SECSOCK_PENDING, NULL) == SECSOCK_PENDING && nothing_moves(judge) &&
              later.calls == 1,
          "%s: putting it off again leaves it open", scene_name(scene));
    CHECK(secsock_decide(judge, SECSOCK_FOLLOW, NULL) == SECSOCK_FOLLOW,
          "%s: and it can be decided then", scene_name(scene));
    pair_upgrade(&pair, NULL);
    CHECK(pair_talks(&pair), "%s: as the verdict says", scene_name(scene));
    pair_close(&pair);
}

/* A connection may be given up while it waits. */
static void check_given_up(const struct scene *scene)
{
    struct pair pair;
    open_scene(scene, &pair);
    secsock *judge = judging_end(scene, &pair);
    secsock_close(judge);
    CHECK(secsock_drainable(judge) == 0 && secsock_upgrade(judge, NULL) == SECSOCK_E_CLOSED,
          "%s: closing instead says nothing", scene_name(scene));
    CHECK(secsock_decide(judge, SECSOCK_ACCEPT, NULL) == SECSOCK_E_STATE &&
              secsock_get_state(judge) == SECSOCK_STATE_CLOSED,
          "%s: after closing there is nothing to decide", scene_name(scene));
    pair_close(&pair);
}

static void play(struct scene scene)
{
    check_pending(&scene);
    check_accepted(&scene);
    check_rejected(&scene, SECSOCK_PROBLEM_EXPIRED, 45);
    check_rejected(&scene, SECSOCK_PROBLEM_REVOKED, 44);
    check_rejected(&scene, SECSOCK_PROBLEM_DISALLOWED, 46);
    if (scene.version == TLS12 && !scene.resumes)
        check_nothing_else(&scene);
    check_put_off(&scene);
    check_given_up(&scene);
}

static void test_every_scene(void)
{
    for (int version = TLS12; version <= TLS13; version++)
        for (int role = SECSOCK_CLIENT; role <= SECSOCK_SERVER; role++)
            for (int resumes = 0; resumes < 2; resumes++) {
                secsock_role judge = (secsock_role)role;
                play((struct scene){ version, judge, SECSOCK_CLIENT_AUTH_NONE, resumes, false });
                play((struct scene){ version, judge, SECSOCK_CLIENT_AUTH_REQUEST, resumes, false });
                play((struct scene){ version, judge, SECSOCK_CLIENT_AUTH_REQUIRE, resumes, false });
                play((struct scene){ TLS13, judge, SECSOCK_CLIENT_AUTH_NONE, resumes, true });
                play((struct scene){ TLS13, judge, SECSOCK_CLIENT_AUTH_REQUIRE, resumes, true });
            }
}

/* ------------------------------------------------------------------------------- and besides */

/* Law 7: a late yes is no more than an early one. */
static void test_required_stays_required(void)
{
    for (int version = TLS12; version <= TLS13; version++) {
        struct pair pair;
        secsock_config *client = settings_config(&(struct settings){ .version = version });
        secsock_config *server = settings_config(
            &(struct settings){ .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE });
        pair_open(&pair, client, server);
        secsock_set_validate_hook(pair.server, judge_hook, &later);
        pair_upgrade(&pair, "mail.example");
        secsock_decide(pair.server, SECSOCK_ACCEPT, NULL);
        pair_upgrade(&pair, NULL);
        CHECK(pair.server_result == SECSOCK_E_NO_CERTIFICATE,
              "TLS 1.%d: a late yes does not replace a certificate that is required",
              version - TLS12 + 2);
        pair_close(&pair);
        secsock_config_free(client);
        secsock_config_free(server);
    }
}

/* After a retry, the alert is the first thing that the client encrypts. */
static void test_every_cipher(void)
{
    static const char *const ciphers[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                           "TLS_CHACHA20_POLY1305_SHA256" };
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(*ciphers); i++) {
        struct pair pair;
        secsock_config *client =
            settings_config(&(struct settings){ .ciphers = ciphers[i], .groups = "X25519:P-256" });
        secsock_config *server =
            settings_config(&(struct settings){ .identity = "server", .groups = "P-256" });
        pair_open(&pair, client, server);
        secsock_set_validate_hook(pair.client, judge_hook, &later);
        pair_upgrade(&pair, "mail.example");
        secsock_decide(pair.client, SECSOCK_PROBLEM_REVOKED, NULL);
        pair_upgrade(&pair, NULL);
        if (!CHECK(pair.client_result == SECSOCK_E_REJECTED && hears(pair.client, pair.server, 44),
                   "after a retry a late no is heard under %s", ciphers[i]))
            pair_explain(&pair);
        pair_close(&pair);
        secsock_config_free(client);
        secsock_config_free(server);
    }
}

static void test_nothing_to_decide(void)
{
    struct pair pair;
    secsock_config *config = settings_config(&(struct settings){ .identity = "server" });
    secsock *s = secsock_new(config);
    CHECK(secsock_decide(s, SECSOCK_ACCEPT, NULL) == SECSOCK_E_STATE,
          "a NEW socket has nothing to decide");
    secsock_free(s);
    pair_open(&pair, config, config);
    CHECK(secsock_decide(pair.client, SECSOCK_ACCEPT, NULL) == SECSOCK_E_STATE,
          "a PLAIN one neither");
    secsock_upgrade(pair.client, "mail.example");
    CHECK(secsock_decide(pair.client, SECSOCK_ACCEPT, NULL) == SECSOCK_E_STATE,
          "nor one that has just begun");
    pair_upgrade(&pair, NULL);
    CHECK(pair.client_result == SECSOCK_OK &&
              secsock_decide(pair.client, SECSOCK_PROBLEM_REVOKED, NULL) == SECSOCK_E_STATE &&
              pair_talks(&pair),
          "nor a SECURE one, which remains so");
    CHECK(secsock_decide(NULL, SECSOCK_ACCEPT, NULL) == SECSOCK_E_ARGUMENT,
          "no socket at all is a mistake");
    pair_close(&pair);
    secsock_config_free(config);
}

/* Both hooks later, decided one after the other. */
static void test_both_ends(void)
{
    for (int version = TLS12; version <= TLS13; version++) {
        struct pair pair;
        struct judge client_judge = later, server_judge = later;
        secsock_config *client =
            settings_config(&(struct settings){ .version = version, .identity = "client" });
        secsock_config *server = settings_config(
            &(struct settings){ .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE });
        pair_open(&pair, client, server);
        secsock_set_validate_hook(pair.client, judge_hook, &client_judge);
        secsock_set_validate_hook(pair.server, judge_hook, &server_judge);
        pair_upgrade(&pair, "mail.example");
        secsock_decide(pair.client, SECSOCK_FOLLOW, NULL);
        pair_upgrade(&pair, NULL);
        secsock_decide(pair.server, SECSOCK_ACCEPT, NULL);
        pair_upgrade(&pair, NULL);
        if (!CHECK(pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK &&
                       pair_talks(&pair),
                   "TLS 1.%d: both ends can judge later", version - TLS12 + 2))
            pair_explain(&pair);
        pair_close(&pair);
        secsock_config_free(client);
        secsock_config_free(server);
    }
}

int main(void)
{
    test_every_scene();
    test_required_stays_required();
    test_every_cipher();
    test_nothing_to_decide();
    test_both_ends();
    return check_done();
}

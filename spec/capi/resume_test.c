/* Resumption: what is remembered, that it is judged afresh, and when it must not be used. */
#include <string.h>

#include "check.h"
#include "engine_internal.h"
#include "pair.h"
#include "settings.h"
#include "sock.h"

static struct pair pair;
static secsock_config *client_config, *server_config;
static struct judge client_judge, server_judge;
static int minor; /* of the TLS version */

static void configure(int version, const char *client_identity, bool off)
{
    minor = version - TLS12 + 2;
    client_config = settings_config(
        &(struct settings){ .version = version, .identity = client_identity, .alpn = "smtp,imap" });
    server_config = settings_config(&(struct settings){
        .identity = "server",
        .alpn = "imap",
        .client_auth = client_identity ? SECSOCK_CLIENT_AUTH_REQUIRE : SECSOCK_CLIENT_AUTH_NONE,
        .no_resumption = off });
}

static void forget_configurations(void)
{
    secsock_config_free(client_config);
    secsock_config_free(server_config);
}

/* A handshake with counting hooks, and a word each way, by which a ticket arrives. Whether both
 * ends are SECURE; the pair stays open. */
static bool meet_as(const char *name)
{
    client_judge.calls = server_judge.calls = 0;
    pair_open(&pair, client_config, server_config);
    secsock_set_validate_hook(pair.client, judge_hook, &client_judge);
    secsock_set_validate_hook(pair.server, judge_hook, &server_judge);
    pair_upgrade(&pair, name);
    return pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK &&
           pair_talks(&pair);
}

/* The same, and it is over: whether it was resumed, or -1 if there was no connection. */
static int resumed_as(const char *name)
{
    int resumed = -1;
    if (meet_as(name))
        resumed = secsock_tls_resumed(pair.client);
    else
        pair_explain(&pair);
    if (resumed >= 0 && secsock_tls_resumed(pair.server) != resumed)
        resumed = -1;
    pair_close(&pair);
    return resumed;
}

static int resumed(void)
{
    return resumed_as("mail.example");
}

/* ------------------------------------------------------------------------ what is remembered */

static bool knows_both(void)
{
    const secsock_verdict *of_server = secsock_get_verdict(pair.client);
    const secsock_verdict *of_client = secsock_get_verdict(pair.server);
    bool shown = secsock_verdict_chain_count(of_client) == 2;
    return secsock_verdict_ok(of_server) && secsock_verdict_resumed(of_server) &&
           secsock_verdict_chain_count(of_server) == 2 && client_judge.resumed &&
           client_judge.calls == 1 && server_judge.resumed && server_judge.calls == 1 &&
           server_judge.chain == (shown ? 2 : 0);
}

static void test_remembered(void)
{
    CHECK(resumed() == 0, "TLS 1.%d: the first handshake is a full one", minor);
    CHECK(meet_as("mail.example") && secsock_tls_resumed(pair.client) == 1 && knows_both(),
          "TLS 1.%d: the second is resumed, and judged by the chains of the first", minor);
    CHECK(secsock_tls_alpn(pair.client) && strcmp(secsock_tls_alpn(pair.client), "imap") == 0 &&
              strcmp(secsock_tls_alpn(pair.server), "imap") == 0 &&
              strcmp(secsock_tls_sni(pair.server), "mail.example") == 0,
          "TLS 1.%d: application protocol and name are agreed on again", minor);
    CHECK(secsock_tls_signature(pair.client) == NULL, "TLS 1.%d: nobody has signed anything in it",
          minor);
    pair_close(&pair);
}

static void test_many(void)
{
    enum { MANY = 300 };
    int count = 0, lost = 0;
    for (int i = 0; i < MANY; i++) {
        int result = resumed();
        lost += result < 0;
        count += result > 0;
    }
    CHECK(lost == 0 && count >= MANY / 2 - 1,
          "TLS 1.%d: all of %d handshakes in a row succeed, %d of them resumed", minor, MANY,
          count);
}

/* -------------------------------------------------------------------------- judged afresh */

static void test_refused_by_hook(struct judge *judge, const char *who)
{
    resumed();
    judge->answer = SECSOCK_PROBLEM_DISALLOWED;
    bool met = meet_as("mail.example");
    judge->answer = SECSOCK_FOLLOW;
    CHECK(!met && judge->calls == 1 && judge->resumed,
          "TLS 1.%d: the hook of the %s can refuse what it accepted before", minor, who);
    pair_close(&pair);
    CHECK(resumed() >= 0, "TLS 1.%d: and accept it again", minor);
}

/* What the anchors do not hold any more is not trusted in a resumed session either. */
static void test_trust_is_gone(secsock_config *config, bool at_server)
{
    secsock_store *none = secsock_store_new();
    CHECK(resumed() >= 0, "TLS 1.%d: there is a session", minor);
    secsock_store *old = atomic_exchange(&config->effective, none);
    bool met = meet_as("mail.example");
    const secsock_verdict *verdict = secsock_get_verdict(at_server ? pair.server : pair.client);
    CHECK(!met && secsock_verdict_resumed(verdict) &&
              secsock_verdict_has(verdict, SECSOCK_PROBLEM_ISSUER_UNKNOWN),
          "TLS 1.%d: a %s whose issuer is trusted no longer is not resumed", minor,
          at_server ? "client" : "server");
    pair_close(&pair);
    secsock_store_free(atomic_exchange(&config->effective, old));
}

/* Whoever was refused left nothing to resume. */
static void test_refused_at_first(struct judge *judge, const char *who)
{
    judge->answer = SECSOCK_PROBLEM_DISALLOWED;
    CHECK(!meet_as("mail.example"), "TLS 1.%d: the %s refuses", minor, who);
    pair_hears(pair.server, pair.client);
    pair_close(&pair);
    judge->answer = SECSOCK_FOLLOW;
    CHECK(resumed() == 0, "TLS 1.%d: what the %s refused cannot be resumed", minor, who);
}

/* --------------------------------------------------------------------------- not resumed */

static void test_other_name(void)
{
    CHECK(resumed_as("mail.example") == 0 && resumed_as("localhost") == 0,
          "TLS 1.%d: a session is not used under another name", minor);
    CHECK(resumed_as("mail.example") == 1 && resumed_as("localhost") == 1,
          "TLS 1.%d: each name has its own", minor);
}

static void test_other_server(void)
{
    secsock_config *first = server_config;
    CHECK(resumed() >= 0, "TLS 1.%d: there is a session with one server", minor);
    server_config = settings_config(&(struct settings){
        .identity = "rsa", .alpn = "smtp", .client_auth = SECSOCK_CLIENT_AUTH_VERIFY });
    CHECK(meet_as("mail.example") && !secsock_tls_resumed(pair.client) &&
              strcmp(secsock_tls_alpn(pair.client), "smtp") == 0,
          "TLS 1.%d: another server, which cannot open its ticket, shakes hands in full", minor);
    pair_close(&pair);
    secsock_config_free(server_config);
    server_config = first;
}

static void test_off(void)
{
    CHECK(resumed() == 0 && resumed() == 0, "TLS 1.%d: where it is off nothing is resumed", minor);
}

/* Every bit of the ClientHello counts, those of the ticket too. The header of the record, which
 * nobody protects, is left alone. */
static void test_changed_on_the_way(void)
{
    char hello[4096];
    int len = RECORD_HEADER + 1, secure = 0, left = 0;
    for (int at = RECORD_HEADER; at < len; at += 3) {
        left += resumed() != 0;
        pair_open(&pair, client_config, server_config);
        secsock_upgrade(pair.client, "mail.example");
        len = secsock_drain(pair.client, hello, sizeof hello);
        hello[at] ^= 1;
        secsock_feed(pair.server, hello, (size_t)len);
        pair_upgrade(&pair, NULL);
        secure += pair.client_result == SECSOCK_OK || pair.server_result == SECSOCK_OK;
        pair_close(&pair);
    }
    CHECK(secure == 0 && len > 300,
          "TLS 1.%d: a bit changed anywhere in a ClientHello of %d bytes with a ticket is noticed",
          minor, len);
    CHECK(left == 0, "TLS 1.%d: and leaves nothing to resume", minor);
}

/* -------------------------------------------------------------------------------- play */

static void play(int version, const char *client_identity)
{
    static void (*const tests[])(void) = { test_remembered, test_many, test_other_name,
                                           test_other_server };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        configure(version, client_identity, false);
        tests[i]();
        forget_configurations();
    }
    configure(version, client_identity, false);
    test_refused_by_hook(&client_judge, "client");
    test_refused_by_hook(&server_judge, "server");
    test_trust_is_gone(client_config, false);
    if (client_identity)
        test_trust_is_gone(server_config, true);
    forget_configurations();
    configure(version, client_identity, false);
    test_refused_at_first(&client_judge, "client");
    forget_configurations();
    configure(version, client_identity, false);
    test_refused_at_first(&server_judge, "server");
    forget_configurations();
    configure(version, client_identity, true);
    test_off();
    forget_configurations();
}

static void test_client_off(int version)
{
    configure(version, NULL, false);
    secsock_config_free(client_config);
    client_config = settings_config(
        &(struct settings){ .version = version, .no_resumption = true, .alpn = "imap" });
    test_off();
    forget_configurations();
}

/* A client that could do better meets a server that cannot. */
static void test_lower_server(void)
{
    minor = 2;
    client_config = settings_config(&(struct settings){ .alpn = "smtp,imap" });
    server_config = settings_config(
        &(struct settings){ .version = TLS12, .identity = "server", .alpn = "imap" });
    test_remembered();
    test_other_server();
    forget_configurations();
}

/* ------------------------------------------------------------------------ tickets of a server */

enum { TEXT = 48 };

struct sealed {
    unsigned char name[TICKET_NAME], iv[TICKET_IV], mac[TICKET_MAC], text[TEXT + TICKET_DIGEST];
};

static struct sealed seal(struct session_cache *cache)
{
    struct sealed sealed = { 0 };
    struct ticket ticket = { sealed.name, sealed.iv, sealed.mac, sealed.text, TEXT };
    session_seal(cache, &ticket, NULL, 0);
    return sealed;
}

/* A copy, for it is opened in place. */
static bool opens(secsock *server, struct sealed sealed)
{
    int len = sizeof sealed.text;
    struct engine *engine = &server->engine;
    return engine_on_ticket(engine->ssl, sealed.name, sealed.iv, sealed.mac, 0, sealed.text, len,
                            &len, engine->context->sessions) == WOLFSSL_TICKET_RET_OK;
}

/* Else a client could show somebody else's ticket beside its own, and be judged by that. */
static void test_one_ticket(void)
{
    configure(TLS13, "client", false);
    pair_open(&pair, client_config, server_config);
    secsock_upgrade(pair.server, NULL);
    struct sealed own = seal(server_config->sessions), other = seal(server_config->sessions);
    CHECK(opens(pair.server, own) && !opens(pair.server, other) && opens(pair.server, own),
          "a connection opens one ticket, again if need be, and no other");
    pair_close(&pair);
    forget_configurations();
}

static void test_tampering(int version)
{
    minor = version - TLS12 + 2;
    client_config = settings_config(&(struct settings){ .version = version, .groups = "X25519" });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    test_changed_on_the_way();
    forget_configurations();
}

int main(void)
{
    for (int version = TLS12; version <= TLS13; version++) {
        play(version, NULL);
        play(version, "client");
        test_client_off(version);
        test_tampering(version);
    }
    test_lower_server();
    test_one_ticket();
    return check_done();
}

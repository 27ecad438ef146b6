/* Configurations: what can be set, what is refused, freezing. */
#include <pthread.h>

#include "check.h"
#include "config_checks.h"

/* ------------------------------------------------------------------------------------- defaults */

static void has_good_defaults(void)
{
    secsock_config *config = secsock_config_new();
    bool hardware = secsock_has_feature("aes_hardware") == 1;
    CHECK(config->allowed_lowest == SECSOCK_TLS_1_2 && config->allowed_highest == SECSOCK_TLS_1_3,
          "TLS 1.2 and 1.3 are allowed");
    CHECK(strcmp(config->ciphers[0]->name,
                 hardware ? "TLS_AES_128_GCM_SHA256" : "TLS_CHACHA20_POLY1305_SHA256") == 0,
          "%s comes first on this CPU", config->ciphers[0]->name);
    CHECK(strcmp(config->groups[0]->name, "X25519MLKEM768") == 0 &&
              strcmp(config->groups[1]->name, "X25519") == 0 &&
              strcmp(config->groups[2]->name, "P-256") == 0,
          "the groups begin with X25519MLKEM768, X25519, P-256");
    CHECK(config->client_auth == SECSOCK_CLIENT_AUTH_NONE && config->resumption &&
              config->acceleration && config->identity == NULL && config->alpn == NULL,
          "no certificates are asked for, sessions are resumed, ciphers accelerated; no identity");
    CHECK(accepted(config, SECSOCK_OK), "there is no error");
    CHECK(secsock_config_ref(config) == config, "a reference is the same handle");
    secsock_config_free(config);
    secsock_config_free(config);
    secsock_config_free(NULL);
}

/* ------------------------------------------------------------------------------------- settings */

static void sets_versions(void)
{
    secsock_config *c = secsock_config_new();
    CHECK(accepted(c, secsock_config_set_versions(c, SECSOCK_TLS_1_3, SECSOCK_TLS_1_3)) &&
              c->allowed_lowest == SECSOCK_TLS_1_3,
          "versions are set");
    CHECK(refused(c, secsock_config_set_versions(c, 0x0302, SECSOCK_TLS_1_3), SECSOCK_E_ARGUMENT,
                  "unknown TLS version 0x0302"),
          "TLS 1.1: %s", message(c));
    CHECK(refused(c, secsock_config_set_versions(c, SECSOCK_TLS_1_2, 0x0305), SECSOCK_E_ARGUMENT,
                  "unknown TLS version 0x0305"),
          "TLS 1.4: %s", message(c));
    CHECK(refused(c, secsock_config_set_versions(c, SECSOCK_TLS_1_3, SECSOCK_TLS_1_2),
                  SECSOCK_E_ARGUMENT, "the lowest TLS version is higher"),
          "the wrong way round: %s", message(c));
    CHECK(c->allowed_lowest == SECSOCK_TLS_1_3 && c->allowed_highest == SECSOCK_TLS_1_3,
          "what is refused changes nothing");
    secsock_config_free(c);
}

static void sets_ciphers(void)
{
    secsock_config *c = secsock_config_new();
    CHECK(accepted(c, secsock_config_set_ciphers(c, "TLS_CHACHA20_POLY1305_SHA256:"
                                                    "tls_ecdhe_rsa_with_aes_128_gcm_sha256")) &&
              c->cipher_count == 2 && c->ciphers[0]->number == 0x1303 &&
              c->ciphers[1]->number == 0xC02F,
          "cipher suites are set, in their order");
    static const struct {
        const char *names, *part;
    } cases[] = {
        { "TLS_AES_128_GCM_SHA256:FOO", "unknown cipher suite \"FOO\"" },
        { "TLS_RSA_WITH_AES_128_CBC_SHA", "unknown cipher suite" },
        { "TLS_AES_128_GCM_SHA256:", "unknown cipher suite \"\"" },
        { "TLS_AES_128_GCM_SHA256:TLS_AES_128_GCM_SHA256", "named twice" },
        { "", "unknown cipher suite \"\"" },
        { NULL, "no cipher suites are named" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(refused(c, secsock_config_set_ciphers(c, cases[i].names), SECSOCK_E_ARGUMENT,
                      cases[i].part) &&
                  c->cipher_count == 2,
              "refused: %s", message(c));
    }
    secsock_config_free(c);
}

static void sets_groups(void)
{
    secsock_config *c = secsock_config_new();
    CHECK(accepted(c, secsock_config_set_groups(c, "P-384:secp256r1:x25519")) &&
              c->group_count == 3 && c->groups[0]->number == 0x18 && c->groups[1]->number == 0x17 &&
              c->groups[2]->number == 0x1D,
          "groups are set, by the usual names and by IANA's");
    static const struct {
        const char *names, *part;
    } cases[] = {
        { "P-256:ffdhe2048", "unknown group \"ffdhe2048\"" },
        { "P-256:secp256r1", "named twice: the group \"secp256r1\"" },
        { "P-256:\x1b[31m", "unknown group \"?[31m\"" },
        { NULL, "no groups are named" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(refused(c, secsock_config_set_groups(c, cases[i].names), SECSOCK_E_ARGUMENT,
                      cases[i].part) &&
                  c->group_count == 3,
              "refused: %s", message(c));
    }
    secsock_config_free(c);
}

static void sets_alpn(void)
{
    char longest[258];
    secsock_config *c = secsock_config_new();
    memset(longest, 'x', 257);
    longest[257] = '\0';
    CHECK(accepted(c, secsock_config_set_alpn(c, "h2,http/1.1")) &&
              strcmp(c->alpn, "h2,http/1.1") == 0,
          "application protocols are set");
    CHECK(refused(c, secsock_config_set_alpn(c, "h2,,imap"), SECSOCK_E_ARGUMENT, "has no name"),
          "an empty one: %s", message(c));
    CHECK(refused(c, secsock_config_set_alpn(c, "h2, imap"), SECSOCK_E_ARGUMENT, "a blank around"),
          "a blank behind a comma is a mistake");
    CHECK(refused(c, secsock_config_set_alpn(c, "h2,"), SECSOCK_E_ARGUMENT, "has no name"),
          "an empty one at the end: %s", message(c));
    CHECK(refused(c, secsock_config_set_alpn(c, longest), SECSOCK_E_ARGUMENT, "than 255 bytes"),
          "one that is too long: %s", message(c));
    CHECK(strcmp(c->alpn, "h2,http/1.1") == 0, "what is refused changes nothing");
    CHECK(accepted(c, secsock_config_set_alpn(c, longest + 2)), "255 bytes are not too long");
    CHECK(accepted(c, secsock_config_set_alpn(c, "")) && c->alpn == NULL, "none are set");
    CHECK(accepted(c, secsock_config_set_alpn(c, NULL)) && c->alpn == NULL, "none are set again");
    secsock_config_free(c);
}

static void sets_numbers(void)
{
    secsock_config *c = secsock_config_new();
    CHECK(accepted(c, secsock_config_set_client_auth(c, SECSOCK_CLIENT_AUTH_REQUIRE)) &&
              c->client_auth == SECSOCK_CLIENT_AUTH_REQUIRE,
          "client certificates are required");
    CHECK(refused(c, secsock_config_set_client_auth(c, 4), SECSOCK_E_ARGUMENT, ": 4") &&
              refused(c, secsock_config_set_client_auth(c, -1), SECSOCK_E_ARGUMENT, ": -1") &&
              c->client_auth == SECSOCK_CLIENT_AUTH_REQUIRE,
          "an unknown mode: %s", message(c));
    CHECK(accepted(c, secsock_config_set_resumption(c, 0)) && !c->resumption &&
              refused(c, secsock_config_set_resumption(c, 2), SECSOCK_E_ARGUMENT, "not 2") &&
              !c->resumption,
          "resumption: %s", message(c));
    CHECK(accepted(c, secsock_config_set_acceleration(c, 0)) && !c->acceleration &&
              refused(c, secsock_config_set_acceleration(c, -1), SECSOCK_E_ARGUMENT, "not -1") &&
              !c->acceleration,
          "acceleration: %s", message(c));
    CHECK(secsock_config_set_alpn(NULL, "h2") == SECSOCK_E_ARGUMENT &&
              secsock_config_trust_file(NULL, "x") == SECSOCK_E_ARGUMENT &&
              secsock_config_identity_file(NULL, "x", NULL, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_config_warning(NULL, 0, NULL) == 0,
          "no configuration at all is refused");
    secsock_config_free(c);
}

/* ------------------------------------------------------------------------------------- freezing */

static void freezes_when_used(void)
{
    secsock_config *c = with_identity("server.pem", "server.key");
    secsock_store *store = secsock_store_new();
    secsock_error error;
    secsock_store_load_file(store, pki_path("ca.pem"), NULL);
    CHECK(use(c, SECSOCK_SERVER, &error) == SECSOCK_OK && use(c, SECSOCK_SERVER, &error) == 0,
          "a configuration is used by a server, and by another");
    CHECK(secsock_config_set_versions(c, SECSOCK_TLS_1_3, SECSOCK_TLS_1_3) == SECSOCK_E_FROZEN &&
              secsock_config_set_ciphers(c, "TLS_AES_128_GCM_SHA256") == SECSOCK_E_FROZEN &&
              secsock_config_set_groups(c, "P-256") == SECSOCK_E_FROZEN &&
              secsock_config_set_alpn(c, "h2") == SECSOCK_E_FROZEN &&
              secsock_config_set_client_auth(c, 1) == SECSOCK_E_FROZEN &&
              secsock_config_set_resumption(c, 0) == SECSOCK_E_FROZEN &&
              secsock_config_set_acceleration(c, 0) == SECSOCK_E_FROZEN &&
              secsock_config_trust_file(c, pki_path("ca.pem")) == SECSOCK_E_FROZEN &&
              secsock_config_trust_dir(c, pki_path("trust")) == SECSOCK_E_FROZEN &&
              secsock_config_trust_pem(c, "x", 1) == SECSOCK_E_FROZEN &&
              secsock_config_trust_store(c, store) == SECSOCK_E_FROZEN &&
              secsock_config_trust_system(c) == SECSOCK_E_FROZEN &&
              secsock_config_set_identity(c, NULL) == SECSOCK_E_FROZEN &&
              secsock_config_identity_file(c, pki_path("rsa.pem"), pki_path("rsa.key"), NULL) ==
                  SECSOCK_E_FROZEN,
          "then no setter changes it");
    CHECK(refused(c, secsock_config_set_alpn(c, "h2"), SECSOCK_E_FROZEN, "no longer change") &&
              c->alpn == NULL && c->cipher_count == 9 && c->identity != NULL && c->anchors == NULL,
          "and says so: %s", message(c));
    CHECK(secsock_store_load_file(store, pki_path("other-ca.pem"), NULL) == 1,
          "a store that it refused to trust in can still change");
    secsock_store_free(store);
    secsock_config_free(c);
}

static void a_server_needs_an_identity(void)
{
    secsock_config *c = secsock_config_new();
    secsock_error error;
    CHECK(use(c, SECSOCK_SERVER, &error) == SECSOCK_E_NO_KEY &&
              strstr(error.message, "a server needs a certificate and private key"),
          "a server without one: %s", error.message);
    CHECK(accepted(c, secsock_config_identity_file(c, pki_path("server-chain.pem"),
                                                   pki_path("server.key"), NULL)) &&
              use(c, SECSOCK_SERVER, &error) == SECSOCK_OK,
          "a failed use does not freeze: the identity can still be set");
    CHECK(config_anchors(c) == NULL, "a server that asks for no certificates has no anchors");
    secsock_config_free(c);
}

static void an_rsa_pss_key_serves_tls_1_3_only(void)
{
    secsock_error error;
    secsock_config *both = with_identity("rsa-pss-chain.pem", "rsa-pss.key");
    secsock_config *old = with_identity("rsa-pss-chain.pem", "rsa-pss.key");
    CHECK(use(both, SECSOCK_SERVER, &error) == SECSOCK_OK && both->lowest == SECSOCK_TLS_1_3,
          "a server with an RSA-PSS key offers TLS 1.3 only");
    secsock_config_set_versions(old, SECSOCK_TLS_1_2, SECSOCK_TLS_1_2);
    CHECK(use(old, SECSOCK_SERVER, &error) == SECSOCK_E_ARGUMENT &&
              strstr(error.message, "an RSA-PSS key serves TLSv1.3 only"),
          "and none where only TLS 1.2 is allowed: %s", error.message);
    secsock_config_free(both);
    secsock_config_free(old);
}

static void refuses_contradictions(void)
{
    static const struct {
        int version;
        const char *ciphers, *groups, *part;
    } cases[] = {
        { SECSOCK_TLS_1_3, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "P-256",
          "none of its cipher suites can be used with TLSv1.3" },
        { SECSOCK_TLS_1_2, "TLS_AES_128_GCM_SHA256", "P-256",
          "none of its cipher suites can be used with TLSv1.2" },
        { SECSOCK_TLS_1_2, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "X25519MLKEM768",
          "none of its groups can be used with TLSv1.2" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        secsock_config *c = secsock_config_new();
        secsock_error error;
        secsock_config_set_versions(c, cases[i].version, cases[i].version);
        secsock_config_set_ciphers(c, cases[i].ciphers);
        secsock_config_set_groups(c, cases[i].groups);
        CHECK(use(c, SECSOCK_CLIENT, &error) == SECSOCK_E_ARGUMENT &&
                  strstr(error.message, cases[i].part),
              "refused: %s", error.message);
        secsock_config_free(c);
    }
}

static void refuses_what_leaves_no_version(void)
{
    secsock_config *c = secsock_config_new();
    secsock_error error;
    secsock_config_set_ciphers(c, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    secsock_config_set_groups(c, "X25519MLKEM768");
    CHECK(use(c, SECSOCK_CLIENT, &error) == SECSOCK_E_ARGUMENT &&
              strstr(error.message, "none of its groups can be used with its cipher suites"),
          "refused: %s", error.message);
    secsock_config_free(c);
}

static void offers_only_versions_that_it_can_serve(void)
{
    secsock_config *c = secsock_config_new();
    secsock_error error;
    secsock_config_set_ciphers(c, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    CHECK(use(c, SECSOCK_CLIENT, &error) == SECSOCK_OK && c->lowest == SECSOCK_TLS_1_2 &&
              c->highest == SECSOCK_TLS_1_2,
          "with suites of TLS 1.2 alone, TLS 1.3 is not offered");
    secsock_config_free(c);
    c = secsock_config_new();
    secsock_config_set_groups(c, "X25519MLKEM768");
    CHECK(use(c, SECSOCK_CLIENT, &error) == SECSOCK_OK && c->lowest == SECSOCK_TLS_1_3,
          "with a group of TLS 1.3 alone, TLS 1.2 is not offered");
    secsock_config_free(c);
}

static void *use_in_thread(void *arg)
{
    struct engine_context *context = NULL;
    config_use(arg, SECSOCK_CLIENT, &context, NULL);
    return context;
}

static void is_used_by_many_threads(void)
{
    enum { THREADS = 8 };
    secsock_config *c = secsock_config_new();
    pthread_t threads[THREADS];
    void *contexts[THREADS];
    bool same = true;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, use_in_thread, c);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], &contexts[i]);
    for (size_t i = 0; i < THREADS; i++)
        same = same && contexts[i] != NULL && contexts[i] == contexts[0];
    CHECK(same, "threads that use it at the same time share one context");
    secsock_config_free(c);
}

int main(void)
{
    has_good_defaults();
    sets_versions();
    sets_ciphers();
    sets_groups();
    sets_alpn();
    sets_numbers();
    freezes_when_used();
    a_server_needs_an_identity();
    an_rsa_pss_key_serves_tls_1_3_only();
    refuses_contradictions();
    refuses_what_leaves_no_version();
    offers_only_versions_that_it_can_serve();
    is_used_by_many_threads();
    return check_done();
}

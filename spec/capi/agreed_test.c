/* What two ends agree on, how it can be set, what they report of it; and what becomes of two that
 * have nothing in common. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "settings.h"

enum {
    HANDSHAKE_FAILURE = 40,
    ILLEGAL_PARAMETER = 47,
    PROTOCOL_VERSION = 70,
    NO_APPLICATION_PROTOCOL = 120
};

static struct pair pair;

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Both ends with these settings; whether they are SECURE. */
static bool agree(const struct settings *client, const struct settings *server)
{
    secsock_config *mine = settings_config(client), *theirs = settings_config(server);
    bool secure = pair_connect(&pair, mine, theirs) && pair_talks(&pair);
    secsock_config_free(mine);
    secsock_config_free(theirs);
    return secure;
}

/* ------------------------------------------------------------------------------------ ciphers */

static void check_cipher(const char *cipher)
{
    bool tls13 = strncmp(cipher, "TLS_AES", 7) == 0 || strncmp(cipher, "TLS_CHACHA", 10) == 0;
    bool rsa = strstr(cipher, "_RSA_") != NULL;
    bool secure = agree(&(struct settings){ .ciphers = cipher },
                        &(struct settings){ .identity = rsa ? "rsa" : "server" });
    CHECK(secure && same(secsock_tls_cipher(pair.client), cipher) &&
              same(secsock_tls_cipher(pair.server), cipher) &&
              secsock_tls_version(pair.client) == (tls13 ? TLS13 : TLS12),
          "the cipher suite %s can be set, is used and reported", cipher);
    pair_close(&pair);
}

static void test_ciphers(void)
{
    const char *cipher;
    size_t count = 0;
    for (; (cipher = secsock_list(SECSOCK_LIST_CIPHERS, count)); count++)
        check_cipher(cipher);
    CHECK(count == 9, "there are nine cipher suites");
    CHECK(same(secsock_list(SECSOCK_LIST_CIPHERS, 0), secsock_has_feature("aes_hardware")
                                                          ? "TLS_AES_128_GCM_SHA256"
                                                          : "TLS_CHACHA20_POLY1305_SHA256"),
          "the first is the fastest on this machine");
}

/* ------------------------------------------------------------------------------------- groups */

static void check_group(const char *group, int version)
{
    bool secure = agree(&(struct settings){ .version = version, .groups = group },
                        &(struct settings){ .identity = "server" });
    CHECK(secure && same(secsock_tls_group(pair.client), group) &&
              same(secsock_tls_group(pair.server), group),
          "TLS 1.%d: the group %s can be set, is used and reported", version - TLS12 + 2, group);
    pair_close(&pair);
}

static void test_groups(void)
{
    const char *group;
    size_t count = 0;
    for (; (group = secsock_list(SECSOCK_LIST_GROUPS, count)); count++) {
        check_group(group, TLS13);
        if (!strstr(group, "MLKEM"))
            check_group(group, TLS12);
    }
    CHECK(count >= 4, "there are at least four groups");
    bool hybrid = secsock_has_feature("x25519mlkem768") == 1;
    CHECK(same(secsock_list(SECSOCK_LIST_GROUPS, 0), hybrid ? "X25519MLKEM768" : "X25519"),
          "the first is the one that withstands quantum computers, where this build has it");
}

/* How many flights the client sends: one more where the server asks for another ClientHello. */
static int count_flights(const char *client_groups, const char *server_groups)
{
    secsock_config *client = settings_config(&(struct settings){ .groups = client_groups });
    secsock_config *server =
        settings_config(&(struct settings){ .identity = "server", .groups = server_groups });
    int flights = 0;
    size_t moved;
    pair_open(&pair, client, server);
    do {
        if (secsock_get_state(pair.client) != SECSOCK_STATE_SECURE)
            pair.client_result = secsock_upgrade(pair.client, flights == 0 ? "mail.example" : NULL);
        moved = pair_move(pair.client, pair.server, 4096);
        flights += moved > 0;
        if (secsock_get_state(pair.server) != SECSOCK_STATE_SECURE)
            pair.server_result = secsock_upgrade(pair.server, NULL);
        moved += pair_move(pair.server, pair.client, 4096);
    } while (moved > 0);
    secsock_config_free(client);
    secsock_config_free(server);
    return flights;
}

static const struct {
    const char *client, *server, *agreed;
    int flights;
} retries[] = {
    { "X25519:P-256", "X25519:P-256", "X25519", 2 },
    { "X25519:P-256", "P-256", "P-256", 3 },
    { "X25519:P-256:P-384", "P-384", "P-384", 3 },
    { "X25519MLKEM768:X25519", "X25519", "X25519", 2 },
    { "X25519MLKEM768:X25519:P-256", "P-256", "P-256", 3 },
    { "X25519MLKEM768:X25519", "X25519MLKEM768", "X25519MLKEM768", 2 },
    { "P-521:X25519", "X25519:P-521", "P-521", 2 },
};

static void test_retries(void)
{
    for (size_t i = 0; i < sizeof retries / sizeof *retries; i++) {
        int flights = count_flights(retries[i].client, retries[i].server);
        if (!CHECK(flights == retries[i].flights && pair_talks(&pair) &&
                       same(secsock_tls_group(pair.client), retries[i].agreed) &&
                       same(secsock_tls_group(pair.server), retries[i].agreed),
                   "a client with %s and a server with %s agree on %s in %d flights",
                   retries[i].client, retries[i].server, retries[i].agreed, retries[i].flights)) {
            printf("# %d flights, %s\n", flights, secsock_tls_group(pair.client));
            pair_explain(&pair);
        }
        pair_close(&pair);
    }
}

/* --------------------------------------------------------------------------------- signatures */

/* Under TLS 1.2 the number of ecdsa_secp256r1_sha256 says nothing of the curve (RFC 8446, 4.2.3). */
static const struct {
    const char *identity, *tls12, *tls13;
} signers[] = {
    { "server", "ecdsa_secp256r1_sha256", "ecdsa_secp256r1_sha256" },
    { "p384", "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384" },
    { "p521", "ecdsa_secp256r1_sha256", "ecdsa_secp521r1_sha512" },
    { "rsa", "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha256" },
    { "ed25519", "ed25519", "ed25519" },
    { "ed448", "ed448", "ed448" },
};

static void check_signer(const char *identity, int version, const char *scheme)
{
    bool secure =
        agree(&(struct settings){ .version = version }, &(struct settings){ .identity = identity });
    const char *signature = secsock_tls_signature(pair.client);
    if (!CHECK(secure && same(signature, scheme) && secsock_tls_signature(pair.server) == NULL,
               "TLS 1.%d: an identity with the key \"%s\" signs with %s", version - TLS12 + 2,
               identity, scheme)) {
        printf("# it was %s\n", signature ? signature : "none");
        pair_explain(&pair);
    }
    pair_close(&pair);
}

static void test_signatures(void)
{
    for (size_t i = 0; i < sizeof signers / sizeof *signers; i++) {
        check_signer(signers[i].identity, TLS12, signers[i].tls12);
        check_signer(signers[i].identity, TLS13, signers[i].tls13);
    }
    agree(&(struct settings){ .identity = "client" },
          &(struct settings){ .identity = "rsa", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE });
    CHECK(same(secsock_tls_signature(pair.client), "rsa_pss_rsae_sha256") &&
              same(secsock_tls_signature(pair.server), "ecdsa_secp256r1_sha256"),
          "each end is told of the other's signature");
    pair_close(&pair);
}

/* ------------------------------------------------------------------------------ names, protocols */

static const struct {
    const char *peername, *sni;
} names[] = {
    { "mail.example", "mail.example" },
    { "MAIL.example", "MAIL.example" },
    { "mail.example.", "mail.example" },
    { "a.wild.example", "a.wild.example" },
    { "127.0.0.1", NULL },
    { "::1", NULL },
};

static void test_names(void)
{
    secsock_config *client = settings_config(&(struct settings){ 0 });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pair_open(&pair, client, server);
        pair_upgrade(&pair, names[i].peername);
        const char *sni = names[i].sni;
        if (!CHECK(pair_talks(&pair) && same(secsock_tls_sni(pair.client), sni) &&
                       same(secsock_tls_sni(pair.server), sni) &&
                       same(secsock_peername(pair.client), names[i].peername),
                   "the peer name %s is sent as %s", names[i].peername, sni ? sni : "nothing"))
            pair_explain(&pair);
        pair_close(&pair);
    }
    secsock_config_free(client);
    secsock_config_free(server);
}

static const struct {
    const char *client, *server, *agreed;
} protocols[] = {
    { NULL, NULL, NULL },        { "h2", NULL, NULL },          { NULL, "h2", NULL },
    { "h2", "h2", "h2" },        { "h2,imap", "imap", "imap" }, { "h2,imap", "imap,h2", "imap" },
    { "imap,h2", "h2,x", "h2" },
};

static void test_protocols(void)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        for (int version = TLS12; version <= TLS13; version++) {
            const char *agreed = protocols[i].agreed;
            bool secure =
                agree(&(struct settings){ .version = version, .alpn = protocols[i].client },
                      &(struct settings){ .identity = "server", .alpn = protocols[i].server });
            CHECK(secure && same(secsock_tls_alpn(pair.client), agreed) &&
                      same(secsock_tls_alpn(pair.server), agreed),
                  "TLS 1.%d: of the protocols %s and %s, %s is agreed on", version - TLS12 + 2,
                  protocols[i].client ? protocols[i].client : "(none)",
                  protocols[i].server ? protocols[i].server : "(none)", agreed ? agreed : "none");
            pair_close(&pair);
        }
}

/* -------------------------------------------------------------------------- nothing in common */

static const struct stranger {
    const char *what;
    struct settings client, server;
    secsock_role who; /* finds out, and tells the other */
    int result, alert;
} strangers[] = {
    { "versions: 1.2 and 1.3",
      { .version = TLS12 },
      { .version = TLS13, .identity = "server" },
      SECSOCK_SERVER,
      SECSOCK_E_VERSION,
      PROTOCOL_VERSION },
    { "versions: 1.3 and 1.2",
      { .version = TLS13 },
      { .version = TLS12, .identity = "server" },
      SECSOCK_CLIENT,
      SECSOCK_E_VERSION,
      PROTOCOL_VERSION },
    { "ciphers of TLS 1.2",
      { .version = TLS12, .ciphers = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
      { .ciphers = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", .identity = "server" },
      SECSOCK_SERVER,
      SECSOCK_E_HANDSHAKE,
      HANDSHAKE_FAILURE },
    { "ciphers of TLS 1.3",
      { .ciphers = "TLS_AES_128_GCM_SHA256" },
      { .ciphers = "TLS_CHACHA20_POLY1305_SHA256", .identity = "server" },
      SECSOCK_SERVER,
      SECSOCK_E_HANDSHAKE,
      HANDSHAKE_FAILURE },
    { "ciphers for the server's key",
      { .version = TLS12, .ciphers = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
      { .identity = "server" },
      SECSOCK_SERVER,
      SECSOCK_E_HANDSHAKE,
      HANDSHAKE_FAILURE },
    { "groups under TLS 1.2",
      { .version = TLS12, .groups = "X25519" },
      { .groups = "P-256", .identity = "server" },
      SECSOCK_SERVER,
      SECSOCK_E_HANDSHAKE,
      HANDSHAKE_FAILURE },
    /* wolfSSL's server asks for a group that was not offered, and its client refuses that: both
     * ends know why. */
    { "groups under TLS 1.3",
      { .version = TLS13, .groups = "X25519" },
      { .groups = "P-256", .identity = "server" },
      SECSOCK_CLIENT,
      SECSOCK_E_HANDSHAKE,
      ILLEGAL_PARAMETER },
    { "protocols under TLS 1.2",
      { .version = TLS12, .alpn = "h2" },
      { .alpn = "imap,pop3", .identity = "server" },
      SECSOCK_SERVER,
      SECSOCK_E_HANDSHAKE,
      NO_APPLICATION_PROTOCOL },
    { "protocols under TLS 1.3",
      { .version = TLS13, .alpn = "h2" },
      { .alpn = "imap,pop3", .identity = "server" },
      SECSOCK_SERVER,
      SECSOCK_E_HANDSHAKE,
      NO_APPLICATION_PROTOCOL },
};

static bool ended_with(const secsock *s, int result, int alert, int received)
{
    const secsock_error *error = secsock_last_error(s);
    return error->code == result && error->alert == alert && error->alert_received == received &&
           error->message[0] && secsock_get_state(s) == SECSOCK_STATE_FAILED;
}

static void test_strangers(void)
{
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        const struct stranger *row = &strangers[i];
        bool secure = agree(&row->client, &row->server), client = row->who == SECSOCK_CLIENT;
        secsock *teller = client ? pair.client : pair.server;
        secsock *told = client ? pair.server : pair.client;
        int of_other = row->alert == ILLEGAL_PARAMETER ? SECSOCK_E_HANDSHAKE : SECSOCK_E_ALERT;
        if (!CHECK(!secure && ended_with(teller, row->result, row->alert, 0) &&
                       ended_with(told, of_other, row->alert, 1),
                   "two ends without common %s: the %s says %s", row->what,
                   client ? "client" : "server", secsock_alert_name(row->alert)))
            pair_explain(&pair);
        pair_close(&pair);
    }
}

/* ------------------------------------------------------------------------- versions, identities */

static void test_versions(void)
{
    agree(&(struct settings){ 0 }, &(struct settings){ .identity = "server" });
    CHECK(secsock_tls_version(pair.client) == TLS13 && secsock_tls_version(pair.server) == TLS13 &&
              same(secsock_tls_version_name(pair.client), "TLSv1.3"),
          "the highest common version is used");
    pair_close(&pair);
    agree(&(struct settings){ 0 }, &(struct settings){ .version = TLS12, .identity = "server" });
    CHECK(secsock_tls_version(pair.client) == TLS12 && secsock_tls_version(pair.server) == TLS12 &&
              same(secsock_tls_version_name(pair.server), "TLSv1.2"),
          "a server that has only TLS 1.2 gets it");
    pair_close(&pair);
}

static void test_identities(void)
{
    struct settings client = { .identity = "client" };
    struct settings server = { .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_VERIFY };
    agree(&client, &server);
    const secsock_verdict *of_server = secsock_get_verdict(pair.client);
    const secsock_cert *own = secsock_own_cert(pair.server);
    CHECK(own &&
              same(secsock_cert_sha256(own),
                   secsock_cert_sha256(secsock_verdict_chain(of_server, 0))) &&
              secsock_verdict_chain_count(of_server) == 2 &&
              secsock_verdict_path_count(of_server) == 3,
          "the server's own certificate is what the client sees, with its issuer");
    own = secsock_own_cert(pair.client);
    CHECK(own && same(secsock_cert_sha256(own), secsock_cert_sha256(secsock_verdict_chain(
                                                    secsock_get_verdict(pair.server), 0))),
          "the client's own certificate is what the server sees");
    pair_close(&pair);
    server.client_auth = SECSOCK_CLIENT_AUTH_NONE;
    agree(&client, &server);
    CHECK(secsock_own_cert(pair.client) == NULL &&
              secsock_verdict_chain_count(secsock_get_verdict(pair.server)) == 0,
          "a client that was not asked has shown nothing");
    pair_close(&pair);
}

/* ----------------------------------------------------------------------------------- counters */

static void test_counters(void)
{
    struct settings client = { 0 }, server = { .identity = "server" };
    char bytes[64];
    agree(&client, &server);
    CHECK(secsock_bytes(pair.client, SECSOCK_BYTES_SENT) == strlen("a question") &&
              secsock_bytes(pair.client, SECSOCK_BYTES_RECEIVED) == strlen("an answer") &&
              secsock_bytes(pair.server, SECSOCK_BYTES_SENT) == strlen("an answer"),
          "the program's bytes are counted");
    CHECK(secsock_bytes(pair.client, SECSOCK_WIRE_SENT) ==
                  secsock_bytes(pair.server, SECSOCK_WIRE_RECEIVED) &&
              secsock_bytes(pair.server, SECSOCK_WIRE_SENT) ==
                  secsock_bytes(pair.client, SECSOCK_WIRE_RECEIVED) &&
              secsock_bytes(pair.client, SECSOCK_WIRE_SENT) > 500,
          "those of the wire add up on both ends");
    secsock_send(pair.client, "peeked", 6);
    pair_move(pair.client, pair.server, 4096);
    uint64_t before = secsock_bytes(pair.server, SECSOCK_BYTES_RECEIVED);
    secsock_peek(pair.server, bytes, sizeof bytes);
    CHECK(secsock_bytes(pair.server, SECSOCK_BYTES_RECEIVED) == before,
          "what is only peeked at is not counted");
    CHECK(secsock_bytes(pair.client, -1) == 0 && secsock_bytes(pair.client, 4) == 0,
          "there are no other counters");
    pair_close(&pair);
}

/* Before and after TLS there is nothing to tell. */
static void test_nothing_agreed(void)
{
    secsock *s = secsock_new(NULL);
    CHECK(!secsock_tls_version(s) && !secsock_tls_version_name(s) && !secsock_tls_cipher(s) &&
              !secsock_tls_group(s) && !secsock_tls_signature(s) && !secsock_tls_alpn(s) &&
              !secsock_tls_sni(s) && !secsock_tls_resumed(s) && !secsock_own_cert(s) &&
              !secsock_get_verdict(s),
          "a socket without TLS has agreed on nothing");
    secsock_free(s);
}

int main(void)
{
    test_versions();
    test_ciphers();
    test_groups();
    test_retries();
    test_signatures();
    test_names();
    test_protocols();
    test_strangers();
    test_identities();
    test_counters();
    test_nothing_agreed();
    return check_done();
}

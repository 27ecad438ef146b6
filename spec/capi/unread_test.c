/* Certificates that wolfSSL cannot read are judged like all others, and refused whatever the hook
 * says. Messages that hold no certificates, too many or nonsense harm nobody. */
#include <string.h>

#include "check.h"
#include "memory.h"
#include "mint.h"
#include "pair.h"
#include "settings.h"

enum { UNSUPPORTED_CERTIFICATE = 43, CERTIFICATE_EXPIRED = 45 };

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint server_leaf = {
    .cn = "Server", .by = &root, .number = 1, .san = "dns:mail.example"
};
static const struct mint client_leaf = {
    .cn = "Client", .by = &root, .number = 2, .eku = "client"
};

static int minor(int version)
{
    return version - TLS12 + 2;
}

static const char *name_of(secsock_role role)
{
    return role == SECSOCK_CLIENT ? "client" : "server";
}

/* ------------------------------------------------------------------------------------- ends */

static struct slice minted(const struct mint *description, unsigned flaws)
{
    struct mint changed = *description;
    changed.flaws = flaws;
    return mint(&changed);
}

static secsock_config *configure(const struct mint *leaf, unsigned flaws, int version)
{
    secsock_config *config = secsock_config_new();
    struct slice anchor = mint(&root), der = minted(leaf, flaws), key = mint_private_key(leaf);
    secsock_cert *trusted = NULL, *identity = NULL;
    bool made = secsock_cert_assemble(&trusted, anchor.data, anchor.len, NULL, 0, NULL) == 0 &&
                secsock_cert_assemble(&identity, der.data, der.len, key.data, key.len, NULL) == 0 &&
                secsock_config_trust_pem(config, secsock_cert_pem(trusted),
                                         strlen(secsock_cert_pem(trusted))) == 0 &&
                secsock_config_set_identity(config, identity) == 0 &&
                secsock_config_set_client_auth(config, SECSOCK_CLIENT_AUTH_REQUIRE) == 0 &&
                secsock_config_set_versions(config, version, version) == 0;
    if (!made)
        printf("Bail out! the configurations cannot be made\n"), exit(1);
    secsock_cert_free(trusted);
    secsock_cert_free(identity);
    free((void *)anchor.data);
    free((void *)der.data);
    free((void *)key.data);
    return config;
}

static secsock_config *configs[2]; /* by role */
static struct pair pair;

/* The end that is not the judge shows a certificate with these flaws. */
static void set_up(secsock_role judge, int version, unsigned flaws)
{
    bool client = judge == SECSOCK_CLIENT;
    configs[SECSOCK_CLIENT] = configure(&client_leaf, client ? 0 : flaws, version);
    configs[SECSOCK_SERVER] = configure(&server_leaf, client ? flaws : 0, version);
}

static void tear_down(void)
{
    secsock_config_free(configs[SECSOCK_CLIENT]);
    secsock_config_free(configs[SECSOCK_SERVER]);
}

static void open_ends(secsock_role role, struct judge *judge)
{
    pair_open(&pair, configs[SECSOCK_CLIENT], configs[SECSOCK_SERVER]);
    secsock_set_validate_hook(role == SECSOCK_CLIENT ? pair.client : pair.server, judge_hook,
                              judge);
}

static secsock *end_of(secsock_role role)
{
    return role == SECSOCK_CLIENT ? pair.client : pair.server;
}

/* Both ends know that the judge has refused its peer. */
static bool is_refused(secsock_role role, int alert)
{
    secsock *mine = end_of(role);
    secsock *peer = end_of(role == SECSOCK_CLIENT ? SECSOCK_SERVER : SECSOCK_CLIENT);
    const secsock_error *error = secsock_last_error(mine), *theirs;
    char byte;
    secsock_recv(peer, &byte, 1); /* under TLS 1.3 a client does not wait for the judgement */
    theirs = secsock_last_error(peer);
    return secsock_get_state(mine) == SECSOCK_STATE_FAILED &&
           secsock_get_state(peer) == SECSOCK_STATE_FAILED && error->code == SECSOCK_E_REJECTED &&
           error->alert == alert && !error->alert_received && theirs->alert == alert &&
           theirs->alert_received;
}

/* ------------------------------------------------------------------------------ certificates */

static const struct answer {
    const char *what;
    int answer, alert;
} answers[] = {
    { "follows", SECSOCK_FOLLOW, UNSUPPORTED_CERTIFICATE },
    { "accepts", SECSOCK_ACCEPT, UNSUPPORTED_CERTIFICATE },
    { "calls it expired", SECSOCK_PROBLEM_EXPIRED, CERTIFICATE_EXPIRED },
    { "wants to think", SECSOCK_PENDING, UNSUPPORTED_CERTIFICATE },
};

static void check_answer(secsock_role role, int version, const struct answer *answer)
{
    struct judge judge = { .answer = answer->answer };
    open_ends(role, &judge);
    pair_upgrade(&pair, "mail.example");
    const secsock_verdict *verdict = secsock_get_verdict(end_of(role));
    bool told = judge.calls == 1 && judge.chain == 1 && !judge.ok &&
                judge.state == SECSOCK_STATE_UPGRADING &&
                secsock_verdict_problem_count(verdict) == 1 &&
                secsock_verdict_problem(verdict, 0) == SECSOCK_PROBLEM_UNKNOWN_CRITICAL;
    if (!CHECK(told && is_refused(role, answer->alert),
               "TLS 1.%d: the %s's hook %s what wolfSSL cannot read, and it is refused",
               minor(version), name_of(role), answer->what))
        pair_explain(&pair);
    if (answer->answer == SECSOCK_ACCEPT)
        CHECK(strstr(secsock_last_error(end_of(role))->message, "wolfSSL") != NULL,
              "TLS 1.%d: and who accepts it learns who does not", minor(version));
    if (answer->answer == SECSOCK_PENDING)
        CHECK(secsock_decide(end_of(role), SECSOCK_ACCEPT, NULL) == SECSOCK_E_STATE,
              "TLS 1.%d: a later answer comes too late", minor(version));
    pair_close(&pair);
}

/* One life in which the n-th allocation fails; false when there are not so many. */
static bool refuse_short(secsock_role role, unsigned long n, unsigned *let_in, unsigned *leaks)
{
    struct judge judge = { .answer = SECSOCK_ACCEPT };
    long before = memory_live();
    open_ends(role, &judge);
    memory_fail(n);
    pair_upgrade(&pair, "mail.example");
    bool failed = memory_failed();
    memory_fail(0);
    *let_in += secsock_get_state(end_of(role)) == SECSOCK_STATE_SECURE;
    pair_close(&pair);
    *leaks += memory_live() != before;
    return failed;
}

static void check_shortage(secsock_role role, int version)
{
    unsigned let_in = 0, leaks = 0;
    unsigned long n = 0;
    refuse_short(role, 0, &let_in, &leaks); /* what is allocated once for the process, now is */
    let_in = leaks = 0;
    while (refuse_short(role, n + 1, &let_in, &leaks))
        n += check_stride();
    CHECK(n > 20 && let_in == 0 && leaks == 0,
          "TLS 1.%d: no failure of %lu allocations lets such a peer in at the %s, or loses memory",
          minor(version), n, name_of(role));
}

static void test_unread(void)
{
    for (secsock_role role = SECSOCK_CLIENT; role <= SECSOCK_SERVER; role++)
        for (int version = TLS12; version <= TLS13; version++) {
            set_up(role, version, MINT_UNKNOWN_CRITICAL);
            for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
                check_answer(role, version, &answers[i]);
            check_shortage(role, version);
            tear_down();
        }
}

/* ---------------------------------------------------------------------------------- messages */

static const struct message {
    const char *what;
    size_t copies, empties; /* how often the peer's own, and then one of no bytes */
    int off;                /* by how much the length of the list is wrong */
    int problem;            /* found, or 0: there is nothing to judge */
} messages[] = {
    { "a certificate of no bytes", 0, 1, 0, SECSOCK_PROBLEM_MALFORMED },
    { "the right certificate and one of no bytes", 1, 1, 0, SECSOCK_PROBLEM_MALFORMED },
    { "twenty thousand of no bytes", 0, 20000, 0, SECSOCK_PROBLEM_MALFORMED },
    { "a hundred certificates", 100, 0, 0, SECSOCK_PROBLEM_TOO_COMPLEX },
    { "more than a message may hold", 200, 0, 0, 0 },
    { "a list that ends behind the message", 1, 0, 1, 0 },
    { "a list that ends before it", 1, 0, -1, 0 },
    { "a list that ends within a certificate", 2, 0, -100, 0 },
};

struct bytes {
    uint8_t data[1 << 17];
    size_t len;
};

static void put(struct bytes *out, const void *data, size_t len)
{
    memcpy(out->data + out->len, data, len);
    out->len += len;
}

static void put24(struct bytes *out, size_t number)
{
    put(out, (uint8_t[]){ (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number }, 3);
}

/* As it is before TLS 1.3, in the clear (RFC 5246, section 7.4.2), in as many records as it takes. */
static void put_message(struct bytes *out, const struct message *message, struct slice cert)
{
    enum { LARGEST = 16384 };
    static struct bytes text;
    size_t list = message->copies * (3 + cert.len) + message->empties * 3;
    text.len = 0;
    put(&text, "\x0b", 1);
    put24(&text, 3 + list);
    put24(&text, (size_t)((long)list + message->off));
    for (size_t i = 0; i < message->copies; i++) {
        put24(&text, cert.len);
        put(&text, cert.data, cert.len);
    }
    for (size_t i = 0; i < message->empties; i++)
        put24(&text, 0);
    for (size_t at = 0; at < text.len; at += LARGEST) {
        size_t len = text.len - at < LARGEST ? text.len - at : LARGEST;
        put(out, (uint8_t[]){ 22, 3, 3, (uint8_t)(len >> 8), (uint8_t)len }, 5);
        put(out, text.data + at, len);
    }
}

/* What one end wants sent, as far as its Certificate message, which is replaced. */
static void move_changed(secsock *from, secsock *to, const struct message *message,
                         struct slice cert)
{
    static struct bytes whole, changed;
    size_t at = 0;
    int n = secsock_drain(from, whole.data, sizeof whole.data);
    changed.len = 0;
    while (at + 5 < (size_t)n && whole.data[at + 5] != 11) {
        size_t len = 5 + (size_t)(whole.data[at + 3] << 8 | whole.data[at + 4]);
        put(&changed, whole.data + at, len);
        at += len;
    }
    put_message(&changed, message, cert);
    secsock_feed(to, changed.data, changed.len);
}

static void exchange(secsock_role role, const struct message *message, struct slice cert)
{
    secsock_upgrade(pair.client, "mail.example");
    pair_move(pair.client, pair.server, 4096);
    secsock_upgrade(pair.server, NULL);
    if (role == SECSOCK_CLIENT) {
        move_changed(pair.server, pair.client, message, cert);
    } else {
        pair_move(pair.server, pair.client, 4096);
        secsock_upgrade(pair.client, NULL);
        move_changed(pair.client, pair.server, message, cert);
    }
    pair_upgrade(&pair, NULL);
}

static void check_message(secsock_role role, const struct message *message)
{
    struct judge judge = { .answer = SECSOCK_ACCEPT };
    struct slice cert = mint(role == SECSOCK_CLIENT ? &server_leaf : &client_leaf);
    open_ends(role, &judge);
    exchange(role, message, cert);
    int problem = message->problem;
    bool holds = secsock_get_state(pair.client) == SECSOCK_STATE_FAILED &&
                 secsock_get_state(pair.server) == SECSOCK_STATE_FAILED;
    if (problem)
        holds = holds && judge.calls == 1 && is_refused(role, secsock_problem_alert(problem)) &&
                secsock_verdict_has(secsock_get_verdict(end_of(role)), problem);
    else
        holds = holds && judge.calls == 0 &&
                secsock_last_error(end_of(role))->code == SECSOCK_E_PROTOCOL;
    if (!CHECK(holds, "%s, sent to the %s, fails the handshake%s%s", message->what, name_of(role),
               problem ? " for " : "", problem ? secsock_problem_name(problem) : ""))
        pair_explain(&pair);
    pair_close(&pair);
    free((void *)cert.data);
}

static void test_messages(void)
{
    for (secsock_role role = SECSOCK_CLIENT; role <= SECSOCK_SERVER; role++) {
        set_up(role, TLS12, 0);
        for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
            check_message(role, &messages[i]);
        tear_down();
    }
}

/* A server must show something (RFC 8446, section 4.4.2.4). */
static void test_nothing(void)
{
    static const struct message nothing = { .what = "nothing" };
    struct judge judge = { .answer = SECSOCK_ACCEPT };
    set_up(SECSOCK_CLIENT, TLS12, 0);
    open_ends(SECSOCK_CLIENT, &judge);
    exchange(SECSOCK_CLIENT, &nothing, (struct slice){ 0 });
    CHECK(
        judge.calls == 1 && judge.chain == 0 && secsock_get_verdict(pair.client) != NULL &&
            secsock_verdict_has(secsock_get_verdict(pair.client), SECSOCK_PROBLEM_NO_CERTIFICATE) &&
            secsock_last_error(pair.client)->code == SECSOCK_E_NO_CERTIFICATE,
        "the hook of a client hears of a server that shows nothing, and cannot accept that");
    pair_close(&pair);
    tear_down();
}

int main(void)
{
    test_unread();
    test_messages();
    test_nothing();
    mint_end();
    return check_done();
}

/* Stapled OCSP responses: what a server staples, a client has before it judges, whatever it is. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "config.h"
#include "engine_internal.h"
#include "memory.h"
#include "mint_internal.h"
#include "pair.h"
#include "pki.h"
#include "settings.h"
#include "sock.h"

enum { LONGEST = 16380 };

static int minor; /* of the TLS version */

/* -------------------------------------------------------------------------------- responses */

static void put_response(struct mint_out *out, size_t filler)
{
    static const uint8_t bits[LONGEST];
    out->len = 0;
    mint_put_hex(out, "0a0100 06092b0601050507300101");
    size_t basic = out->len;
    mint_put_hex(out, "a216 0414 0000000000000000000000000000000000000000"
                      "180f 32303236303130313030303030305a");
    size_t answers = out->len;
    mint_put_hex(out, "3009 06052b0e03021a 0500"
                      "0414 0000000000000000000000000000000000000000"
                      "0414 0000000000000000000000000000000000000000 020101");
    mint_wrap(out, DER_SEQUENCE, answers);
    mint_put_hex(out, "8000 180f 32303236303130313030303030305a");
    mint_wrap(out, DER_SEQUENCE, answers);
    mint_wrap(out, DER_SEQUENCE, answers);
    mint_wrap(out, DER_SEQUENCE, basic);
    mint_put_hex(out, "300a 06082a8648ce3d040302");
    size_t signature = out->len;
    mint_put(out, bits, filler + 1);
    mint_wrap(out, DER_BIT_STRING, signature);
    mint_wrap(out, DER_SEQUENCE, basic);
    mint_wrap(out, DER_OCTET_STRING, basic);
    mint_wrap(out, DER_SEQUENCE, 3);
    mint_wrap(out, DER_CONTEXT_CONSTRUCTED, 3);
    mint_wrap(out, DER_SEQUENCE, 0);
}

/* A well-formed response of this length, which nobody has signed. Until the next call. */
static struct slice response(size_t len)
{
    static struct mint_out out;
    size_t filler = 0;
    for (put_response(&out, filler); out.len != len; put_response(&out, filler))
        filler += len - out.len;
    return (struct slice){ out.bytes, out.len };
}

/* ------------------------------------------------------------------------------------- ends */

static secsock_config *client_config, *server_config;
static struct pair pair;

static void configure(int version, struct slice staple)
{
    minor = version - TLS12 + 2;
    client_config = settings_config(&(struct settings){ .version = version });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    if (staple.len > 0 &&
        secsock_config_set_staple(server_config, staple.data, staple.len) != SECSOCK_OK)
        printf("Bail out! %s\n", secsock_config_last_error(server_config)->message), exit(1);
}

/* The server staples what no setter would take. */
static void force(struct slice staple)
{
    secret_free(&server_config->staple);
    if (!secret_new(&server_config->staple, staple.len))
        exit(1);
    memcpy(server_config->staple.data, staple.data, staple.len);
}

static void forget_configurations(void)
{
    secsock_config_free(client_config);
    secsock_config_free(server_config);
}

/* What the client had when it judged. */
static struct {
    int calls, resumed;
    size_t certs, len;
    uint8_t bytes[1 << 16];
} seen;

static int look(secsock *s, const secsock_verdict *verdict, void *unused)
{
    const struct chain *chain = engine_chain(&s->engine);
    (void)unused;
    seen.calls++;
    seen.resumed = secsock_verdict_resumed(verdict);
    if (!chain)
        return SECSOCK_ACCEPT;
    seen.certs = chain->count;
    seen.len = chain->staple.len;
    if (seen.len > 0)
        memcpy(seen.bytes, chain->staple.data, seen.len);
    return SECSOCK_ACCEPT;
}

static void open_ends(void)
{
    memset(&seen, 0, sizeof(seen));
    pair_open(&pair, client_config, server_config);
    secsock_set_validate_hook(pair.client, look, NULL);
}

static bool is_seen(struct slice staple)
{
    return seen.calls == 1 && seen.certs == 2 && seen.len == staple.len &&
           memcmp(seen.bytes, staple.data, staple.len) == 0;
}

/* A handshake, and a word each way. */
static bool meet(void)
{
    open_ends();
    pair_upgrade(&pair, "mail.example");
    bool met =
        pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK && pair_talks(&pair);
    if (!met)
        pair_explain(&pair);
    pair_close(&pair);
    return met;
}

/* -------------------------------------------------------------------------------- handshakes */

static void test_sizes(int version)
{
    static const size_t sizes[] = { 200, 255, 256, 4000, 16000, LONGEST };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct slice staple = response(sizes[i]);
        configure(version, staple);
        CHECK(meet() && is_seen(staple), "TLS 1.%d: a response of %zu bytes is there to judge by",
              minor, sizes[i]);
        forget_configurations();
    }
}

static void test_none(int version)
{
    configure(version, (struct slice){ 0 });
    CHECK(meet() && seen.calls == 1 && seen.len == 0,
          "TLS 1.%d: a server that has none is asked in vain", minor);
    forget_configurations();
}

static void test_resumed(int version)
{
    struct slice staple = response(300);
    configure(version, staple);
    CHECK(meet() && !seen.resumed && is_seen(staple), "TLS 1.%d: a full handshake", minor);
    CHECK(meet() && seen.resumed && is_seen(staple),
          "TLS 1.%d: the resumed one is judged by the response of the first", minor);
    CHECK(meet() && seen.resumed && is_seen(staple), "TLS 1.%d: and so is the next", minor);
    forget_configurations();
}

/* The client's context asks for nothing, as those of other clients do. */
static void test_not_asked(int version)
{
    struct engine_context *context;
    secsock_error error;
    configure(version, response(300));
    if (config_use(client_config, SECSOCK_CLIENT, &context, &error) == SECSOCK_OK)
        wolfSSL_CTX_DisableOCSPStapling(context->ctx);
    CHECK(meet() && seen.calls == 1 && seen.len == 0, "TLS 1.%d: who does not ask is given none",
          minor);
    forget_configurations();
}

/* wolfSSL has its say about none of these. */
static void test_garbage(int version)
{
    static const uint8_t later[] = { 0x30, 3, 0x0a, 1, 3 }, zeros[5000];
    struct slice whole = response(300);
    uint8_t changed[300];
    memcpy(changed, whole.data, sizeof changed);
    unsigned unseen = 0;
    configure(version, (struct slice){ 0 });
    for (size_t i = 1; i < sizeof changed; i += 1) {
        changed[i] ^= 0x81;
        force((struct slice){ changed, i });
        unseen += !meet() || !is_seen((struct slice){ changed, i });
        changed[i] ^= 0x81;
        forget_configurations();
        configure(version, (struct slice){ 0 });
    }
    CHECK(unseen == 0, "TLS 1.%d: half a response is there to judge by", minor);
    force((struct slice){ later, sizeof later });
    CHECK(meet() && is_seen((struct slice){ later, sizeof later }),
          "TLS 1.%d: so is a responder's request to try later", minor);
    forget_configurations();
    configure(version, (struct slice){ 0 });
    force((struct slice){ zeros, sizeof zeros });
    CHECK(meet() && is_seen((struct slice){ zeros, sizeof zeros }), "TLS 1.%d: and so is garbage",
          minor);
    forget_configurations();
}

/* ------------------------------------------------------------------------------- verdicts */

/* Without a hook: as the verdict says. The alert is -1 where there is no problem. */
static void meet_unaided(const char *staple, const char *sentence, int status, int problem,
                         int alert)
{
    char path[64];
    snprintf(path, sizeof path, "revocation/%s", staple ? staple : "");
    if (staple && secsock_config_staple_file(server_config, pki_path(path)) != SECSOCK_OK)
        printf("# %s\n", secsock_config_last_error(server_config)->message);
    for (int resumed = 0; resumed < (problem ? 1 : 2); resumed++) {
        bool met = pair_connect(&pair, client_config, server_config) && pair_talks(&pair);
        const secsock_verdict *verdict = secsock_get_verdict(pair.client);
        CHECK(met == (problem == 0) && verdict && secsock_verdict_problem(verdict, 0) == problem &&
                  secsock_verdict_revocation(verdict, 0) == status &&
                  secsock_verdict_resumed(verdict) == resumed &&
                  secsock_verdict_problem_alert(verdict, 0) == alert &&
                  secsock_last_error(pair.server)->alert == alert,
              "TLS 1.%d%s: %s: %s", minor, resumed ? ", resumed" : "", sentence,
              met ? "accepted" : secsock_last_error(pair.client)->message);
        pair_close(&pair);
    }
    forget_configurations();
}

static void configure_strictly(int version)
{
    configure(version, (struct slice){ 0 });
    secsock_config_set_revocation(client_config, SECSOCK_REVOCATION_LEAF);
}

static void test_judged(int version)
{
    enum { /* RFC 8446, section 6; RFC 6066, section 8 */
           CERTIFICATE_REVOKED = 44,
           CERTIFICATE_UNKNOWN = 46,
           BAD_CERTIFICATE_STATUS_RESPONSE = 113
    };
    static const uint8_t later[] = { 0x30, 3, 0x0a, 1, 3 };
    configure_strictly(version);
    meet_unaided("good.ocsp", "the issuer says good", SECSOCK_STATUS_GOOD, 0, -1);
    configure_strictly(version);
    meet_unaided("delegated.ocsp", "its responder says good", SECSOCK_STATUS_GOOD, 0, -1);
    configure_strictly(version);
    meet_unaided("unknown.ocsp", "the issuer does not know", SECSOCK_STATUS_UNKNOWN,
                 SECSOCK_PROBLEM_REVOCATION_UNKNOWN, BAD_CERTIFICATE_STATUS_RESPONSE);
    configure_strictly(version);
    meet_unaided(NULL, "there is no response", SECSOCK_STATUS_UNKNOWN,
                 SECSOCK_PROBLEM_REVOCATION_UNKNOWN, CERTIFICATE_UNKNOWN);
    configure_strictly(version);
    force((struct slice){ later, sizeof later });
    meet_unaided(NULL, "the responder asks to try later", SECSOCK_STATUS_UNKNOWN,
                 SECSOCK_PROBLEM_REVOCATION_UNKNOWN, BAD_CERTIFICATE_STATUS_RESPONSE);
    configure(version, (struct slice){ 0 });
    meet_unaided("revoked.ocsp", "the issuer has revoked it", SECSOCK_STATUS_REVOKED,
                 SECSOCK_PROBLEM_REVOKED, CERTIFICATE_REVOKED);
    configure(version, (struct slice){ 0 });
    force((struct slice){ later, sizeof later });
    meet_unaided(NULL, "try later, and it need not be known", SECSOCK_STATUS_UNKNOWN, 0, -1);
}

/* ----------------------------------------------------------------------------- byte by byte */

static size_t room;

static int to_client(const void *bytes, size_t len, void *unused)
{
    (void)unused;
    if (room == 0)
        return SECSOCK_WANT_WRITE;
    size_t taken = len < room ? len : room;
    room -= taken;
    return secsock_feed(pair.client, bytes, taken);
}

static int to_server(void *bytes, size_t len, void *unused)
{
    (void)unused;
    int n = secsock_drain(pair.client, bytes, len < room ? len : room);
    room -= n > 0 ? (size_t)n : 0;
    return n > 0 ? n : SECSOCK_WANT_READ;
}

/* The client wants fragments of 512 bytes (RFC 6066, section 4). */
static void ask_for_fragments(void)
{
    struct engine_context *context;
    secsock_error error;
    if (config_use(client_config, SECSOCK_CLIENT, &context, &error) == SECSOCK_OK)
        wolfSSL_CTX_UseMaxFragment(context->ctx, WOLFSSL_MFL_2_9);
}

/* The server's transport moves `step` bytes at a time. */
static void test_trickle(int version, size_t size, size_t step, bool fragmented)
{
    struct slice staple = response(size);
    configure(version, staple);
    if (fragmented)
        ask_for_fragments();
    memset(&seen, 0, sizeof(seen));
    pair = (struct pair){ secsock_new(client_config), secsock_new(server_config), -1, -1 };
    secsock_set_validate_hook(pair.client, look, NULL);
    secsock_attach_memory(pair.client, SECSOCK_CLIENT);
    secsock_attach_callbacks(pair.server, SECSOCK_SERVER, to_server, to_client, NULL);
    secsock_set_peername(pair.client, "mail.example");
    for (int turns = 0; turns < 100000; turns++) {
        room = step;
        if (pair.client_result != SECSOCK_OK)
            pair.client_result = secsock_upgrade(pair.client, NULL);
        if (pair.server_result != SECSOCK_OK)
            pair.server_result = secsock_upgrade(pair.server, NULL);
        if (pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK)
            break;
    }
    bool met = pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK;
    if (!met)
        pair_explain(&pair);
    CHECK(met && is_seen(staple), "TLS 1.%d: %zu bytes arrive when %zu move at a time%s", minor,
          size, step, fragmented ? ", in fragments of 512" : "");
    secsock_free(pair.server); /* whose transport leads to the client */
    secsock_free(pair.client);
    forget_configurations();
}

/* ------------------------------------------------------------------------------- configuration */

static bool refused(int result, int code, const char *part)
{
    const secsock_error *error = secsock_config_last_error(server_config);
    return result == code && error->code == code && strstr(error->message, part);
}

static void test_setters(void)
{
    static const char later[] = { 0x30, 3, 0x0a, 1, 3 };
    struct slice staple = response(300);
    configure(TLS13, (struct slice){ 0 });
    CHECK(secsock_config_set_staple(server_config, staple.data, staple.len) == SECSOCK_OK,
          "a response is taken");
    CHECK(refused(secsock_config_set_staple(server_config, staple.data, staple.len - 1),
                  SECSOCK_E_FORMAT, "cannot be stapled: it is not"),
          "half of one is not: %s", secsock_config_last_error(server_config)->message);
    CHECK(refused(secsock_config_set_staple(server_config, later, sizeof later), SECSOCK_E_FORMAT,
                  "try later"),
          "nor one without an answer: %s", secsock_config_last_error(server_config)->message);
    CHECK(refused(secsock_config_set_staple(server_config, "", 0), SECSOCK_E_FORMAT, "it is not"),
          "nor nothing at all");
    staple = response(LONGEST + 1);
    CHECK(refused(secsock_config_set_staple(server_config, staple.data, staple.len),
                  SECSOCK_E_LIMIT, "longer than 16380"),
          "nor one that clients would not take: %s",
          secsock_config_last_error(server_config)->message);
    CHECK(refused(secsock_config_staple_file(server_config, pki_path("no-such-file")),
                  SECSOCK_E_FILE, "no-such-file"),
          "nor a file that is not there: %s", secsock_config_last_error(server_config)->message);
    CHECK(refused(secsock_config_staple_file(server_config, pki_path("ca.pem")), SECSOCK_E_FORMAT,
                  "ca.pem: "),
          "nor one of another kind: %s", secsock_config_last_error(server_config)->message);
    CHECK(secsock_config_set_staple(NULL, staple.data, staple.len) == SECSOCK_E_ARGUMENT,
          "NULL is no configuration");
    staple = response(300);
    CHECK(meet() && is_seen(staple), "what was taken first is stapled");
    CHECK(refused(secsock_config_set_staple(server_config, NULL, 0), SECSOCK_E_FROZEN, "in use"),
          "what is in use stays");
    forget_configurations();
    configure(TLS13, response(300));
    CHECK(secsock_config_set_staple(server_config, NULL, 0) == SECSOCK_OK && meet() &&
              seen.len == 0,
          "NULL clears it");
    forget_configurations();
}

static void test_file(void)
{
    char path[] = "/tmp/secsock-staple-XXXXXX";
    struct slice staple = response(1000);
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "wb");
    fwrite(staple.data, 1, staple.len, file);
    fclose(file);
    configure(TLS12, (struct slice){ 0 });
    CHECK(secsock_config_staple_file(server_config, path) == SECSOCK_OK && remove(path) == 0 &&
              meet() && is_seen(staple),
          "a response from a file is stapled when the file is gone");
    forget_configurations();
}

/* ------------------------------------------------------------------------------- short memory */

/* A configuration and a handshake in which the n-th allocation fails. */
static bool meet_short(int version, unsigned long n, unsigned *untold, unsigned *leaks)
{
    struct slice staple = response(3000);
    long before = memory_live();
    configure(version, (struct slice){ 0 });
    memory_fail(n);
    int result = secsock_config_set_staple(server_config, staple.data, staple.len);
    if (result != SECSOCK_OK)
        *untold += !refused(result, SECSOCK_E_MEMORY, "memory");
    memset(&seen, 0, sizeof(seen));
    pair = (struct pair){ secsock_new(client_config), secsock_new(server_config), 0, 0 };
    if (pair.client && pair.server) {
        secsock_set_validate_hook(pair.client, look, NULL);
        secsock_attach_memory(pair.client, SECSOCK_CLIENT);
        secsock_attach_memory(pair.server, SECSOCK_SERVER);
        pair_upgrade(&pair, "mail.example");
        bool met = pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK;
        *untold += met && result == SECSOCK_OK && !is_seen(staple);
    }
    bool failed = memory_failed();
    memory_fail(0);
    pair_close(&pair);
    forget_configurations();
    *leaks += memory_live() != before;
    return failed;
}

static void test_memory(int version)
{
    unsigned untold = 0, leaks = 0, tried = 0;
    unsigned long n = 1;
    meet_short(version, 0, &untold, &leaks); /* what is allocated once for the process, now is */
    meet_short(version, 0, &untold, &leaks);
    leaks = 0;
    for (; meet_short(version, n, &untold, &leaks); n += check_stride())
        tried++;
    CHECK(n > 50 && untold == 0,
          "TLS 1.%d: of %u times that memory is short, no handshake succeeds without the response",
          minor, tried);
    CHECK(leaks == 0, "TLS 1.%d: and nothing is lost", minor);
}

int main(void)
{
    static const int versions[] = { TLS12, TLS13 };
    test_setters();
    test_file();
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        test_sizes(versions[i]);
        test_none(versions[i]);
        test_resumed(versions[i]);
        test_not_asked(versions[i]);
        test_garbage(versions[i]);
        test_judged(versions[i]);
        test_trickle(versions[i], 300, 1, false);
        test_trickle(versions[i], LONGEST, 7, false);
        test_trickle(versions[i], 3000, 7, true);
        test_memory(versions[i]);
    }
    return check_done();
}

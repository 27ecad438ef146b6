/* A handshake that fails although the certificates are fine: the hook is told, once, and cannot heal
 * it. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "settings.h"

enum { RECORD_HEADER = 5, FLIGHT = 65536 };

/* Where the record after this one begins. */
static size_t next_record(const unsigned char *flight, size_t at)
{
    return at + RECORD_HEADER + ((size_t)flight[at + 3] << 8 | flight[at + 4]);
}

static size_t last_record(const unsigned char *flight, size_t len)
{
    size_t at = 0;
    while (next_record(flight, at) < len)
        at = next_record(flight, at);
    return at;
}

/* Where the signature of a ServerKeyExchange begins, whose record is the last but one of a flight
 * (RFC 8422, section 5.4): behind headers, curve and point, algorithm and length. */
static size_t signature(const unsigned char *flight, size_t len)
{
    enum { HANDSHAKE_HEADER = 4, CURVE = 3 };
    size_t at = 0, last = last_record(flight, len);
    while (next_record(flight, at) < last)
        at = next_record(flight, at);
    at += RECORD_HEADER + HANDSHAKE_HEADER + CURVE;
    return at + 1 + flight[at] + 2 + 2;
}

enum damage { LAST_IS_MISSING, LAST_IS_CORRUPTED, SIGNATURE_IS_MALFORMED };

/* How much of the flight is left. */
static size_t damage(enum damage how, unsigned char *flight, size_t len)
{
    size_t last = last_record(flight, len);
    if (how == LAST_IS_MISSING)
        return last;
    flight[how == LAST_IS_CORRUPTED ? last + RECORD_HEADER + 3 : signature(flight, len)] ^= 1;
    return len;
}

static void check_failure(int version, const char *what, enum damage how)
{
    static unsigned char flight[FLIGHT];
    secsock_config *client = settings_config(&(struct settings){ .version = version });
    secsock_config *server =
        settings_config(&(struct settings){ .version = version, .identity = "server" });
    struct judge judge = { .answer = SECSOCK_ACCEPT };
    struct pair pair;
    pair_open(&pair, client, server);
    secsock_set_validate_hook(pair.client, judge_hook, &judge);
    secsock_upgrade(pair.client, "mail.example");
    pair_move(pair.client, pair.server, FLIGHT);
    secsock_upgrade(pair.server, NULL);
    size_t len = (size_t)secsock_drain(pair.server, flight, sizeof flight);
    secsock_feed(pair.client, flight, damage(how, flight, len));
    if (how == LAST_IS_MISSING)
        secsock_feed(pair.client, NULL, 0);
    int result = secsock_upgrade(pair.client, NULL);
    CHECK(result < SECSOCK_E_ARGUMENT && result != SECSOCK_E_REJECTED &&
              secsock_last_error(pair.client)->code == result,
          "TLS 1.%d, %s: the error is that of the handshake: %s", version - TLS12 + 2, what,
          secsock_last_error(pair.client)->message);
    CHECK(judge.calls == 1 && judge.chain == 2 && judge.ok, "the hook is told, once");
    CHECK(secsock_get_state(pair.client) == SECSOCK_STATE_FAILED &&
              secsock_upgrade(pair.client, NULL) == result && judge.calls == 1,
          "what it accepts has failed all the same");
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

int main(void)
{
    check_failure(TLS12, "the peer's last message is missing", LAST_IS_MISSING);
    check_failure(TLS13, "the peer's last message is missing", LAST_IS_MISSING);
    check_failure(TLS13, "the peer's last message is corrupted", LAST_IS_CORRUPTED);
    check_failure(TLS12, "the peer's signature is malformed", SIGNATURE_IS_MALFORMED);
    return check_done();
}

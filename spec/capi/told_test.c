/* A handshake that fails although the certificates are fine: the hook is told, once, and cannot heal
 * it. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "settings.h"

enum { RECORD_HEADER = 5, FLIGHT = 65536 };

/* Where the last record of a flight begins. */
static size_t last_record(const unsigned char *flight, size_t len)
{
    size_t at = 0, next = 0;
    while (next + RECORD_HEADER <= len) {
        at = next;
        next += RECORD_HEADER + ((size_t)flight[at + 3] << 8 | flight[at + 4]);
    }
    return at;
}

static void check_failure(int version, const char *what, size_t kept, size_t changed)
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
    size_t last = last_record(flight, len);
    flight[last + RECORD_HEADER + 3] ^= (unsigned char)changed;
    secsock_feed(pair.client, flight, kept ? len : last);
    if (!kept)
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
    check_failure(TLS12, "the peer's last message is missing", 0, 0);
    check_failure(TLS13, "the peer's last message is missing", 0, 0);
    check_failure(TLS13, "the peer's last message is corrupted", 1, 1);
    return check_done();
}

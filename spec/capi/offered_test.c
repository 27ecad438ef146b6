/* What an end is told whose certificate the other one refuses, or misses. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "settings.h"

static const int versions[] = { TLS12, TLS13 };

static const char *version_name(int version)
{
    return version == TLS12 ? "TLS 1.2" : "TLS 1.3";
}

/* Whether an end has failed over an alert that it received, and says so. */
static bool is_told(const secsock *s, int result, int alert, const char *part)
{
    const secsock_error *error = secsock_last_error(s);
    bool told = result == SECSOCK_E_ALERT && error->code == result && error->alert == alert &&
                error->alert_received == 1 && strstr(error->message, part) &&
                strstr(error->message, secsock_alert_name(alert));
    if (!told)
        printf("# wanted \"%s\", alert %d\n", part, alert);
    return told && secsock_get_state(s) == SECSOCK_STATE_FAILED;
}

static bool has_refused(const secsock *s, int result, int code, int alert)
{
    const secsock_error *error = secsock_last_error(s);
    return result == code && error->code == code && error->alert == alert &&
           error->alert_received == 0 && secsock_get_state(s) == SECSOCK_STATE_FAILED;
}

/* Under TLS 1.3 a client's handshake ends before it is refused. */
static bool ends_at_first(const struct pair *pair, int version)
{
    return (pair->client_result == SECSOCK_OK) == (version == TLS13);
}

/* ----------------------------------------------------------------------------- to the client */

static const struct refusal {
    const char *identity; /* the client's, or NULL */
    const char *trust;    /* the server's; NULL: the client's issuer is among it */
    int alert[2];         /* under TLS 1.2 and 1.3 */
    int code;             /* of the server's error */
    const char *part;     /* of the client's sentence */
} refusals[] = {
    { NULL,
      NULL,
      { 40, 116 },
      SECSOCK_E_NO_CERTIFICATE,
      "the server requires a client certificate, and this end offered none (alert " },
    { "expired",
      NULL,
      { 45, 45 },
      SECSOCK_E_REJECTED,
      "the server refused the certificate of CN=mail.example,O=secsock: it has expired or is not "
      "valid yet" },
    { "client",
      "other-ca.pem",
      { 48, 48 },
      SECSOCK_E_REJECTED,
      "the server refused the certificate of CN=client,O=secsock: it does not trust its issuer" },
    { "wrong-usage",
      NULL,
      { 43, 43 },
      SECSOCK_E_REJECTED,
      "the server refused the certificate of CN=mail.example,O=secsock: it cannot use one of this "
      "kind" },
};

static void test_client(const struct refusal *refusal, size_t at)
{
    int version = versions[at], alert = refusal->alert[at];
    const char *who = refusal->identity ? refusal->identity : "none";
    char byte;
    struct pair pair;
    secsock_config *client =
        settings_config(&(struct settings){ .version = version, .identity = refusal->identity });
    secsock_config *server =
        settings_config(&(struct settings){ .identity = "server",
                                            .trust = refusal->trust,
                                            .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE });
    pair_connect(&pair, client, server);
    CHECK(ends_at_first(&pair, version) &&
              has_refused(pair.server, pair.server_result, refusal->code, alert),
          "%s, %s: the server refuses: %s", version_name(version), who,
          secsock_last_error(pair.server)->message);
    int told = version == TLS13 ? secsock_recv(pair.client, &byte, 1) : pair.client_result;
    CHECK(is_told(pair.client, told, alert, refusal->part), "%s, %s: the client knows: %s",
          version_name(version), who, secsock_last_error(pair.client)->message);
    CHECK(secsock_recv(pair.client, &byte, 1) == SECSOCK_E_ALERT &&
              is_told(pair.client, SECSOCK_E_ALERT, alert, refusal->part),
          "%s, %s: and goes on knowing", version_name(version), who);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

/* A client that only sends learns it when it next looks. */
static void test_sender(void)
{
    struct pair pair;
    char byte;
    secsock_config *client = settings_config(&(struct settings){ .version = TLS13 });
    secsock_config *server = settings_config(
        &(struct settings){ .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE });
    pair_connect(&pair, client, server);
    CHECK(secsock_send(pair.client, "hello", 5) == 5,
          "a client that does not listen can go on sending");
    CHECK(is_told(pair.client, secsock_peek(pair.client, &byte, 1), 116, "this end offered none"),
          "and is told when it looks: %s", secsock_last_error(pair.client)->message);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

/* ----------------------------------------------------------------------------- to the server */

static int answer(secsock *s, const secsock_verdict *verdict, void *problem)
{
    (void)s;
    (void)verdict;
    return *(const int *)problem;
}

static void test_server(int version, const char *identity, int problem, int alert, const char *part)
{
    struct pair pair;
    secsock_config *client = settings_config(&(struct settings){ .version = version });
    secsock_config *server = settings_config(&(struct settings){ .identity = identity });
    pair_open(&pair, client, server);
    secsock_set_validate_hook(pair.client, problem ? answer : NULL, &problem);
    pair_upgrade(&pair, "mail.example");
    CHECK(has_refused(pair.client, pair.client_result, SECSOCK_E_REJECTED, alert),
          "%s, %s: the client refuses: %s", version_name(version), identity,
          secsock_last_error(pair.client)->message);
    CHECK(is_told(pair.server, pair.server_result, alert, part), "%s, %s: the server knows: %s",
          version_name(version), identity, secsock_last_error(pair.server)->message);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

/* An alert that is not about certificates says nothing of them. */
static void test_other_alerts(int version)
{
    struct pair pair;
    secsock_config *client = settings_config(
        &(struct settings){ .version = version, .identity = "client", .alpn = "imap" });
    secsock_config *server = settings_config(&(struct settings){
        .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUEST, .alpn = "smtp" });
    pair_connect(&pair, client, server);
    CHECK(is_told(pair.client, pair.client_result, 120,
                  "failed: the peer sent the alert no_application_protocol"),
          "%s: another alert is told as what it is: %s", version_name(version),
          secsock_last_error(pair.client)->message);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

int main(void)
{
    for (size_t i = 0; i < 2; i++) {
        int version = versions[i];
        for (size_t j = 0; j < sizeof refusals / sizeof *refusals; j++)
            test_client(&refusals[j], i);
        test_server(
            version, "stranger", 0, 48,
            "the client refused the certificate of CN=mail.example,O=secsock: it does not trust "
            "its issuer (alert unknown_ca)");
        test_server(
            version, "elsewhere", 0, 42,
            "the client refused the certificate of CN=other.example,O=secsock: it finds something "
            "wrong with it (alert bad_certificate)");
        test_server(version, "server", SECSOCK_PROBLEM_REVOKED, 44, "it is revoked");
        test_other_alerts(version);
    }
    test_sender();
    return check_done();
}

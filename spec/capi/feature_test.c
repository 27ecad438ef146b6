/* What the build says of itself, and the names of things. */
#include <string.h>

#include "check.h"
#include "secsock.h"
#include "suites.h"

static void says_what_it_can_do(void)
{
    CHECK(secsock_abi_version() == SECSOCK_ABI_VERSION, "the ABI is that of the header");
    CHECK(strcmp(secsock_version(), "0.1.0") == 0, "the version is %s", secsock_version());
    CHECK(secsock_wolfssl_version()[0] == '5', "wolfSSL's is %s", secsock_wolfssl_version());
    CHECK(secsock_has_feature("tls1.3") == 1 && secsock_has_feature("x25519mlkem768") == 1 &&
              secsock_has_feature("ed448") == 1 && secsock_has_feature("nonsense") == 0 &&
              secsock_has_feature(NULL) == 0,
          "features are told");
    const char *name;
    bool known = true;
    for (size_t i = 0; (name = secsock_list(SECSOCK_LIST_FEATURES, i)) != NULL; i++)
        known = known && secsock_has_feature(name) == 1;
    CHECK(known, "the features that are listed are there");
    secsock_config *c = secsock_config_new();
    for (size_t i = 0; (name = secsock_list(SECSOCK_LIST_CIPHERS, i)) != NULL; i++)
        known = known && secsock_config_set_ciphers(c, name) == SECSOCK_OK;
    for (size_t i = 0; (name = secsock_list(SECSOCK_LIST_GROUPS, i)) != NULL; i++)
        known = known && secsock_config_set_groups(c, name) == SECSOCK_OK;
    CHECK(known, "the ciphers and groups that are listed can be set");
    secsock_config_free(c);
    CHECK(strcmp(secsock_list(SECSOCK_LIST_VERSIONS, 0), "TLSv1.3") == 0 &&
              strcmp(secsock_list(SECSOCK_LIST_VERSIONS, 1), "TLSv1.2") == 0 &&
              secsock_list(SECSOCK_LIST_VERSIONS, 2) == NULL &&
              secsock_list((secsock_list_kind)99, 0) == NULL,
          "versions are listed, and nothing else is");
}

static void names_results_states_and_alerts(void)
{
    CHECK(strcmp(secsock_result_name(SECSOCK_E_TRUNCATED), "SECSOCK_E_TRUNCATED") == 0 &&
              strcmp(secsock_result_name(17), "SECSOCK_OK") == 0 &&
              strcmp(secsock_result_name(-999), "unknown") == 0,
          "results have names, and every count is a success");
    bool named = true;
    for (int code = -38; code <= 0; code++) {
        bool gap = (code < -3 && code > -10) || code == -28 || code == -29;
        named = named && (strcmp(secsock_result_name(code), "unknown") == 0) == gap &&
                secsock_result_text(code)[0] != '\0';
    }
    CHECK(named, "each of them, and each has a sentence");
    CHECK(strcmp(secsock_state_name(SECSOCK_STATE_UPGRADING), "UPGRADING") == 0 &&
              strcmp(secsock_state_name(7), "unknown") == 0 &&
              strcmp(secsock_state_name(-1), "unknown") == 0,
          "states have names");
    CHECK(strcmp(secsock_alert_name(0), "close_notify") == 0 &&
              strcmp(secsock_alert_name(42), "bad_certificate") == 0 &&
              strcmp(secsock_alert_name(120), "no_application_protocol") == 0 &&
              strcmp(secsock_alert_name(1), "unknown") == 0 &&
              strcmp(secsock_alert_name(255), "unknown") == 0 &&
              strcmp(secsock_alert_name(-1), "unknown") == 0,
          "alerts have names");
    CHECK(strcmp(suite_by_number(0x1301)->name, "TLS_AES_128_GCM_SHA256") == 0 &&
              suite_by_number(0x0035) == NULL &&
              strcmp(group_by_number(0x11EC)->name, "X25519MLKEM768") == 0 &&
              group_by_number(0) == NULL &&
              strcmp(signature_scheme_name(0x0403), "ecdsa_secp256r1_sha256") == 0 &&
              signature_scheme_name(0) == NULL,
          "so have suites, groups and signature schemes by their numbers");
}

int main(void)
{
    says_what_it_can_do();
    names_results_states_and_alerts();
    return check_done();
}

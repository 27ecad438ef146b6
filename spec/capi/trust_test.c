/* Whom a configuration trusts, who it says it is, and what it warns of. */
#include <errno.h>

#include "check.h"
#include "config_checks.h"
#include "memory.h"

/* ---------------------------------------------------------------------------------------- trust */

static size_t anchors(secsock_config *config)
{
    secsock_error error;
    if (use(config, SECSOCK_CLIENT, &error) != SECSOCK_OK)
        return 0;
    return secsock_store_count(config_anchors(config));
}

static enum validate_profile profile(const secsock_config *config)
{
    struct validation input;
    config_validation(config, PURPOSE_SERVER, &input);
    return input.profile;
}

static void trusts_in_the_system_by_default(void)
{
    secsock_config *c = secsock_config_new();
    secsock_store *system = NULL;
    secsock_store_system(&system, NULL);
    CHECK(anchors(c) == secsock_store_count(system) && config_anchors(c) == system &&
              profile(c) == PROFILE_WEBPKI,
          "by default the system's anchors are trusted, by the rules of the public web");
    secsock_store_free(system);
    secsock_config_free(c);
}

static void trusts_in_what_it_is_given(void)
{
    secsock_config *c = secsock_config_new();
    size_t len;
    char *pem = pki_read("int.pem", &len);
    CHECK(accepted(c, secsock_config_trust_file(c, pki_path("ca.pem"))) &&
              accepted(c, secsock_config_trust_pem(c, pem, len)) &&
              accepted(c, secsock_config_trust_dir(c, pki_path("trust"))) && anchors(c) == 3 &&
              profile(c) == PROFILE_PRIVATE,
          "a file, a text and a folder are trusted together, by RFC 5280, instead of the system's");
    free(pem);
    secsock_config_free(c);
}

static void trusts_in_both_when_asked(void)
{
    secsock_config *c = secsock_config_new();
    secsock_store *system = NULL;
    secsock_store_system(&system, NULL);
    CHECK(accepted(c, secsock_config_trust_system(c)) &&
              accepted(c, secsock_config_trust_file(c, pki_path("bundle.pem"))) &&
              anchors(c) == secsock_store_count(system) + 2,
          "the system's anchors and a program's own are trusted together");
    secsock_store_free(system);
    secsock_config_free(c);
}

/* What a use that failed had made is not what the program trusts in now. */
static void forgets_a_use_that_failed(void)
{
    secsock_config *c = secsock_config_new();
    secsock_error error;
    for (unsigned long n = 1; atomic_load(&c->effective) == NULL && !c->frozen; n++) {
        memory_fail(n);
        use(c, SECSOCK_CLIENT, &error);
    }
    memory_fail(0);
    bool failed = !c->frozen;
    CHECK(failed && accepted(c, secsock_config_trust_file(c, pki_path("ca.pem"))) &&
              anchors(c) == 1,
          "anchors that are set after a use that failed replace the system's");
    secsock_config_free(c);
}

static void trusts_in_stores(void)
{
    secsock_config *c = secsock_config_new(), *d = secsock_config_new();
    secsock_store *store = secsock_store_new();
    CHECK(refused(c, secsock_config_trust_store(c, store), SECSOCK_E_FORMAT, "no certificate"),
          "an empty store: %s", message(c));
    CHECK(refused(c, secsock_config_trust_store(c, NULL), SECSOCK_E_ARGUMENT, "no store"),
          "no store: %s", message(c));
    CHECK(secsock_store_load_file(store, pki_path("ca.pem"), NULL) == 1,
          "a store that was refused can still change");
    CHECK(accepted(c, secsock_config_trust_store(c, store)) &&
              secsock_store_load_file(store, pki_path("other-ca.pem"), NULL) == SECSOCK_E_FROZEN,
          "one that is trusted cannot");
    CHECK(accepted(d, secsock_config_trust_file(d, pki_path("other-ca.pem"))) &&
              accepted(d, secsock_config_trust_store(d, store)) && anchors(d) == 2 &&
              accepted(c, secsock_config_trust_file(c, pki_path("int.pem"))) && anchors(c) == 2 &&
              secsock_store_count(store) == 1,
          "a store is added to others, and others to it, without changing it");
    secsock_store_free(store);
    secsock_config_free(c);
    secsock_config_free(d);
}

static void refuses_to_trust_in_nothing(void)
{
    secsock_config *c = secsock_config_new();
    CHECK(refused(c, secsock_config_trust_file(c, pki_path("absent.pem")), SECSOCK_E_FILE,
                  "absent.pem: No such file") &&
              secsock_config_last_error(c)->sys_errno == ENOENT,
          "an absent file: %s", message(c));
    CHECK(refused(c, secsock_config_trust_file(c, pki_path("key-only.pem")), SECSOCK_E_FORMAT,
                  "key-only.pem: "),
          "a file without a certificate: %s", message(c));
    CHECK(refused(c, secsock_config_trust_pem(c, "", 0), SECSOCK_E_FORMAT, "it is empty"),
          "an empty text: %s", message(c));
    CHECK(refused(c, secsock_config_trust_dir(c, pki_path("trust/folder.pem")), SECSOCK_E_FORMAT,
                  "no certificate in the folder"),
          "an empty folder: %s", message(c));
    CHECK(c->anchors == NULL, "none of it changes anything");
    secsock_config_free(c);
}

/* ------------------------------------------------------------------------------------- identity */

static void keeps_an_identity(void)
{
    secsock_config *c = secsock_config_new();
    secsock_cert *bare = NULL, *identity = NULL;
    secsock_cert_load(&bare, pki_path("server.pem"), NULL, NULL);
    secsock_cert_load(&identity, pki_path("server-all.pem"), NULL, NULL);
    CHECK(
        refused(c, secsock_config_set_identity(c, bare), SECSOCK_E_NO_KEY, "without a private key"),
        "a certificate alone: %s", message(c));
    CHECK(accepted(c, secsock_config_set_identity(c, identity)) && c->identity == identity,
          "an identity is kept");
    CHECK(secsock_config_set_identity(c, bare) != SECSOCK_OK && c->identity == identity,
          "what is refused does not replace it");
    secsock_cert_free(bare);
    secsock_cert_free(identity);
    CHECK(secsock_cert_has_private_key(c->identity), "it lives as long as the configuration");
    CHECK(accepted(c, secsock_config_set_identity(c, NULL)) && c->identity == NULL,
          "it can be taken away");
    CHECK(refused(c,
                  secsock_config_identity_file(c, pki_path("server.pem"),
                                               pki_path("mismatched.key"), NULL),
                  SECSOCK_E_KEY_MISMATCH, "mismatched.key: ") &&
              c->identity == NULL,
          "a key that does not fit: %s", message(c));
    secsock_config_free(c);
}

/* The problems of the configuration in order, between spaces. */
static const char *problems(secsock_config *config)
{
    static char list[200];
    int problem;
    list[0] = '\0';
    for (size_t i = 0; (problem = secsock_config_warning(config, i, NULL)) != 0; i++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), " %d", problem);
    return list;
}

static bool warns(const char *cert, const char *key, secsock_role role, int problem,
                  const char *part)
{
    secsock_config *c = with_identity(cert, key);
    secsock_error error = { .message = "" };
    const char *text = "";
    secsock_config_trust_file(c, pki_path("ca.pem"));
    int rc = use(c, role, &error);
    int found = secsock_config_warning(c, 0, &text);
    bool good = rc == SECSOCK_OK && found == problem && secsock_config_warning(c, 1, NULL) == 0 &&
                (part == NULL ? text == NULL : text != NULL && strstr(text, part) != NULL);
    printf("# %s: %s%s%s\n", cert, text != NULL ? text : "no warning", error.message, problems(c));
    secsock_config_free(c);
    return good;
}

static void warns_about_questionable_identities(void)
{
    static const struct {
        const char *cert, *key;
        secsock_role role;
        int problem;
        const char *part;
    } cases[] = {
        { "server-chain.pem", "server.key", SECSOCK_SERVER, 0, NULL },
        { "client-chain.pem", "client.key", SECSOCK_CLIENT, 0, NULL },
        { "expired.pem", "expired.key", SECSOCK_SERVER, SECSOCK_PROBLEM_EXPIRED,
          "the identity expired on 2021-12-31 23:59:59 UTC" },
        { "future.pem", "future.key", SECSOCK_SERVER, SECSOCK_PROBLEM_NOT_YET_VALID,
          "the identity is not valid before 2090-01-01 00:00:00 UTC" },
        { "wrong-usage.pem", "wrong-usage.key", SECSOCK_SERVER, SECSOCK_PROBLEM_WRONG_USAGE,
          "is not for servers: its extended key usage lacks serverAuth" },
        { "server.pem", "server.key", SECSOCK_CLIENT, SECSOCK_PROBLEM_WRONG_USAGE,
          "is not for clients" },
        { "weak-key.pem", "weak-key.key", SECSOCK_SERVER, SECSOCK_PROBLEM_WEAK_KEY,
          "has an RSA key of only 1024 bits" },
        { "weak-signature.pem", "weak-signature.key", SECSOCK_SERVER,
          SECSOCK_PROBLEM_WEAK_SIGNATURE, "is signed with SHA-1" },
        { "unrelated.pem", "server.key", SECSOCK_SERVER, SECSOCK_PROBLEM_ISSUER_UNKNOWN,
          "issuer 1 is out of place: it did not issue the certificate before it" },
        { "impostor-last.pem", "server.key", SECSOCK_SERVER, SECSOCK_PROBLEM_BAD_SIGNATURE,
          "issuer 1 did not sign the certificate before it" },
        { "misordered.pem", "server.key", SECSOCK_SERVER, 0, NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(warns(cases[i].cert, cases[i].key, cases[i].role, cases[i].problem, cases[i].part),
              "%s as %s: %s", cases[i].cert,
              cases[i].role == SECSOCK_SERVER ? "a server's" : "a client's",
              cases[i].part != NULL ? cases[i].part : "no warning");
    }
}

static void warns_only_about_the_role_that_is_played(void)
{
    secsock_config *c = with_identity("client.pem", "client.key");
    CHECK(secsock_config_warning(c, 0, NULL) == 0, "before its use nobody knows the role");
    secsock_config_set_client_auth(c, SECSOCK_CLIENT_AUTH_REQUIRE);
    CHECK(secsock_config_warning(c, 0, NULL) == SECSOCK_PROBLEM_WRONG_USAGE &&
              secsock_config_warning(c, 1, NULL) == SECSOCK_PROBLEM_NAME_MISMATCH &&
              secsock_config_warning(c, 2, NULL) == 0,
          "only servers require client certificates: so this is one, and the certificate is "
          "neither for servers nor for any host");
    CHECK(secsock_config_set_identity(c, NULL) == SECSOCK_OK &&
              secsock_config_warning(c, 0, NULL) == 0,
          "no identity, no warnings");
    secsock_config_free(c);
}

int main(void)
{
    trusts_in_the_system_by_default();
    trusts_in_what_it_is_given();
    trusts_in_both_when_asked();
    forgets_a_use_that_failed();
    trusts_in_stores();
    refuses_to_trust_in_nothing();
    keeps_an_identity();
    warns_about_questionable_identities();
    warns_only_about_the_role_that_is_played();
    return check_done();
}

/* The settings that say how peers are judged: what is taken, what is refused, what stays then. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "config_checks.h"
#include "example.h"
#include "memory.h"
#include "mint_crl.h"

static struct validation input_of(secsock_config *config)
{
    struct validation input;
    config_freeze(config, NULL);
    config_validation(config, PURPOSE_SERVER, &input);
    return input;
}

/* ------------------------------------------------------------------------------------- numbers */

static void has_defaults(void)
{
    secsock_config *c = secsock_config_new();
    struct validation input = input_of(c);
    CHECK(input.profile == PROFILE_WEBPKI && input.vetted_anchors && !input.forgives_omissions,
          "by default the rules of the web hold, for the system's anchors");
    CHECK(!input.limit_intermediates && input.revocation == SECSOCK_REVOCATION_SOFT &&
              input.crls == NULL && input.extra == NULL && input.disallowed == NULL &&
              input.required_pins == NULL && !pin_list_holds(input.trusted_pins, input.ocsp),
          "there are no limits, lists, stores or pins");
    CHECK(config_now(c) > example_time, "the time is now");
    CHECK(input.suffixes != NULL, "the system's public suffixes are known");
    secsock_config_free(c);
}

static void takes_numbers(void)
{
    static const struct {
        const char *what;
        int (*set)(secsock_config *config, int value);
        int lowest, highest;
        const char *part;
    } setters[] = {
        { "profile", secsock_config_set_profile, 0, 2, "unknown profile" },
        { "revocation", secsock_config_set_revocation, 0, 2, "unknown way to treat" },
        { "depth", secsock_config_set_max_depth, -1, INT32_MAX, "at most -2 intermediates" },
    };
    for (size_t i = 0; i < sizeof(setters) / sizeof(setters[0]); i++) {
        secsock_config *c = secsock_config_new();
        int lowest = setters[i].lowest, highest = setters[i].highest;
        CHECK(accepted(c, setters[i].set(c, lowest)) && accepted(c, setters[i].set(c, highest)),
              "%s: from %d to %d", setters[i].what, lowest, highest);
        CHECK(refused(c, setters[i].set(c, lowest - 1), SECSOCK_E_ARGUMENT, setters[i].part),
              "%s: %s", setters[i].what, message(c));
        if (highest < INT32_MAX)
            CHECK(refused(c, setters[i].set(c, highest + 1), SECSOCK_E_ARGUMENT, setters[i].part),
                  "%s: %s", setters[i].what, message(c));
        secsock_config_free(c);
    }
}

static void takes_a_time(void)
{
    secsock_config *c = secsock_config_new();
    CHECK(accepted(c, secsock_config_set_time(c, 0)) && config_now(c) == 0 &&
              accepted(c, secsock_config_set_time(c, INT64_C(253402300799))) &&
              config_now(c) == INT64_C(253402300799),
          "moments from 1970 to 9999 are taken");
    CHECK(refused(c, secsock_config_set_time(c, -2), SECSOCK_E_ARGUMENT, "before 1970") &&
              config_now(c) == INT64_C(253402300799),
          "one before: %s", message(c));
    CHECK(accepted(c, secsock_config_set_time(c, SECSOCK_NOW)) && config_now(c) > example_time,
          "and the system's clock again");
    secsock_config_free(c);
}

/* -------------------------------------------------------------------------------------- profile */

enum trust { SYSTEM, OWN, BOTH, PIN, SYSTEM_STORE, OWN_AND_SYSTEM_STORE, PIN_AND_SYSTEM };

static const char pin[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

static void trust(secsock_config *config, enum trust what)
{
    secsock_store *system = NULL;
    if (what == OWN || what == BOTH || what == OWN_AND_SYSTEM_STORE)
        secsock_config_trust_file(config, pki_path("ca.pem"));
    if (what == BOTH || what == PIN_AND_SYSTEM)
        secsock_config_trust_system(config);
    if (what == PIN || what == PIN_AND_SYSTEM)
        secsock_config_trust_pin(config, pin);
    if (what == SYSTEM_STORE || what == OWN_AND_SYSTEM_STORE) {
        secsock_store_system(&system, NULL);
        secsock_config_trust_store(config, system);
        secsock_store_free(system);
    }
}

static void chooses_the_profile(void)
{
    static const struct {
        const char *sentence;
        enum trust trust;
        int profile;
        bool web, vetted, forgiving, suffixes;
    } cases[] = {
        { "the system's", SYSTEM, SECSOCK_PROFILE_AUTO, true, true, false, true },
        { "the system's store", SYSTEM_STORE, SECSOCK_PROFILE_AUTO, true, true, false, true },
        { "own ones", OWN, SECSOCK_PROFILE_AUTO, false, false, true, false },
        { "both", BOTH, SECSOCK_PROFILE_AUTO, false, true, true, false },
        { "own ones and the system's store", OWN_AND_SYSTEM_STORE, SECSOCK_PROFILE_AUTO, false,
          true, true, false },
        { "a pin", PIN, SECSOCK_PROFILE_AUTO, false, false, true, false },
        { "a pin and the system's", PIN_AND_SYSTEM, SECSOCK_PROFILE_AUTO, false, true, true,
          false },
        { "the system's, private", SYSTEM, SECSOCK_PROFILE_PRIVATE, false, true, false, false },
        { "own ones, private", OWN, SECSOCK_PROFILE_PRIVATE, false, false, false, false },
        { "own ones, of the web", OWN, SECSOCK_PROFILE_WEBPKI, true, false, false, true },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        secsock_config *c = secsock_config_new();
        trust(c, cases[i].trust);
        secsock_config_set_profile(c, cases[i].profile);
        struct validation input = input_of(c);
        CHECK((input.profile == PROFILE_WEBPKI) == cases[i].web &&
                  input.vetted_anchors == cases[i].vetted &&
                  input.forgives_omissions == cases[i].forgiving &&
                  (input.suffixes != NULL) == cases[i].suffixes,
              "anchors: %s: the rules of %s, %s", cases[i].sentence,
              cases[i].web ? "the web" : "RFC 5280", cases[i].forgiving ? "forgiving" : "strictly");
        secsock_config_free(c);
    }
}

static void trusts_only_in_a_pin(void)
{
    secsock_config *c = secsock_config_new();
    trust(c, PIN);
    struct validation input = input_of(c);
    CHECK(secsock_store_count(input.anchors) == 0 && input.trusted_pins->count == 1,
          "with a trusted key the system's anchors are not trusted");
    secsock_config_free(c);
}

/* ----------------------------------------------------------------------------------------- pins */

static void takes_pins(void)
{
    static const char *const wrong[] = {
        "",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",  /* without its padding */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", /* bits left over */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", /* 31 bytes */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g", /* 33 bytes */
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "sha256/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\nHh8",
    };
    int (*const setters[])(secsock_config *, const char *) = { secsock_config_trust_pin,
                                                               secsock_config_require_pin };
    for (size_t i = 0; i < 2; i++) {
        secsock_config *c = secsock_config_new();
        struct pin_list *list = i == 0 ? &c->trusted_pins : &c->required_pins;
        CHECK(accepted(c, setters[i](c, pin)) && accepted(c, setters[i](c, pin)) &&
                  list->count == 1 && list->digests[0][31] == 31,
              "a pin is taken, and held once");
        for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++)
            CHECK(refused(c, setters[i](c, wrong[k]), SECSOCK_E_FORMAT, "not a pin") &&
                      list->count == 1,
                  "%s", message(c));
        CHECK(refused(c, setters[i](c, NULL), SECSOCK_E_ARGUMENT, "no pin"), "%s", message(c));
        secsock_config_free(c);
    }
}

/* --------------------------------------------------------------------------------------- stores */

static secsock_store *store_of(const char *file)
{
    secsock_store *store = secsock_store_new();
    if (file != NULL)
        secsock_store_load_file(store, pki_path(file), NULL);
    return store;
}

static void takes_stores(void)
{
    static const int roles[] = { SECSOCK_STORE_ROOT, SECSOCK_STORE_CA, SECSOCK_STORE_DISALLOWED };
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        secsock_config *c = secsock_config_new(), *d = secsock_config_new();
        secsock_store *one = store_of("ca.pem"), *two = store_of("bundle.pem");
        secsock_store *const *place = roles[i] == SECSOCK_STORE_ROOT ? &c->anchors
                                      : roles[i] == SECSOCK_STORE_CA ? &c->intermediates
                                                                     : &c->disallowed;
        CHECK(accepted(c, secsock_config_add_store(c, roles[i], one)) && *place == one &&
                  accepted(d, secsock_config_add_store(d, roles[i], one)),
              "role %d: a first store is shared", roles[i]);
        CHECK(accepted(c, secsock_config_add_store(c, roles[i], two)) && *place != one &&
                  secsock_store_count(*place) == 2 && secsock_store_count(one) == 1,
              "role %d: with a second one there is a third", roles[i]);
        CHECK(secsock_store_load_file(one, pki_path("int.pem"), NULL) == SECSOCK_E_FROZEN &&
                  secsock_store_load_file(two, pki_path("int.pem"), NULL) == SECSOCK_E_FROZEN,
              "role %d: they can change no more", roles[i]);
        CHECK(refused(c, secsock_config_add_store(c, roles[i], NULL), SECSOCK_E_ARGUMENT,
                      "no store") &&
                  secsock_store_count(*place) == 2,
              "role %d: %s", roles[i], message(c));
        secsock_store_free(one);
        secsock_store_free(two);
        secsock_config_free(c);
        secsock_config_free(d);
    }
}

static void knows_the_roles(void)
{
    secsock_config *c = secsock_config_new();
    secsock_store *store = store_of("ca.pem"), *empty = store_of(NULL);
    CHECK(
        refused(c, secsock_config_add_store(c, 4, store), SECSOCK_E_ARGUMENT, "unknown role") &&
            refused(c, secsock_config_add_store(c, -1, store), SECSOCK_E_ARGUMENT, "unknown role"),
        "%s", message(c));
    CHECK(secsock_store_load_file(store, pki_path("int.pem"), NULL) == 1,
          "a store that was refused can still change");
    CHECK(refused(c, secsock_config_add_store(c, SECSOCK_STORE_ROOT, empty), SECSOCK_E_FORMAT,
                  "no certificate"),
          "nobody to trust in: %s", message(c));
    CHECK(accepted(c, secsock_config_add_store(c, SECSOCK_STORE_CA, empty)) &&
              accepted(c, secsock_config_add_store(c, SECSOCK_STORE_DISALLOWED, empty)),
          "nobody to build paths with and nobody disallowed are no mistake");
    secsock_store_free(store);
    secsock_store_free(empty);
    secsock_config_free(c);
}

static void keeps_to_the_role_of_a_folder(void)
{
    static const char *const names[] = { "MY", "ROOT", "CA", "DISALLOWED" };
    char folder[] = "/tmp/secsock-XXXXXX";
    if (!CHECK(mkdtemp(folder) != NULL, "a folder is made"))
        return;
    for (int opened = SECSOCK_STORE_ROOT; opened <= SECSOCK_STORE_DISALLOWED; opened++) {
        secsock_store *store = NULL;
        if (!CHECK(secsock_store_open(&store, folder, opened, SECSOCK_STORE_READ_ONLY, NULL,
                                      NULL) == SECSOCK_OK,
                   "a store is opened as %s", names[opened]))
            continue;
        for (int role = SECSOCK_STORE_MY; role <= SECSOCK_STORE_DISALLOWED; role++) {
            secsock_config *c = secsock_config_new();
            int result = secsock_config_add_store(c, role, store);
            CHECK(role == opened ? result != SECSOCK_E_ARGUMENT
                                 : refused(c, result, SECSOCK_E_ARGUMENT, names[opened]),
                  "%s as %s: %s", names[opened], names[role], message(c));
            secsock_config_free(c);
        }
        secsock_store_free(store);
    }
    rmdir(folder);
}

static const struct mint root = { .cn = "Root", .ca = true };

static void add_identity(secsock_store *store, const char *cn, const char *from, const char *to)
{
    const struct mint leaf = { .cn = cn, .by = &root, .number = 3, .from = from, .to = to };
    const struct mint *const chain[] = { &leaf, NULL };
    secsock_cert *identity = example_identity(chain);
    secsock_store_add(store, identity, NULL);
    secsock_cert_free(identity);
}

static void chooses_an_identity(void)
{
    secsock_config *c = secsock_config_new();
    secsock_store *none = store_of("server.pem"), *old = secsock_store_new();
    secsock_store *some = secsock_store_new();
    add_identity(old, "old", "20200101000000Z", "20210101000000Z");
    add_identity(some, "early", "20200101000000Z", NULL);
    add_identity(some, "late", "20250101000000Z", NULL);
    add_identity(some, "middle", "20220101000000Z", NULL);
    add_identity(some, "later", "20380101000000Z", NULL);
    secsock_config_set_time(c, example_time);
    CHECK(refused(c, secsock_config_add_store(c, SECSOCK_STORE_MY, none), SECSOCK_E_NO_KEY,
                  "has a private key"),
          "%s", message(c));
    CHECK(refused(c, secsock_config_add_store(c, SECSOCK_STORE_MY, old), SECSOCK_E_NO_KEY,
                  "is valid now") &&
              c->identity == NULL,
          "%s", message(c));
    CHECK(accepted(c, secsock_config_add_store(c, SECSOCK_STORE_MY, some)) &&
              strcmp(secsock_cert_common_name(c->identity), "late") == 0,
          "of those that are valid the one issued last is taken%s", message(c));
    secsock_store_free(none);
    secsock_store_free(old);
    secsock_store_free(some);
    secsock_config_free(c);
}

/* ------------------------------------------------------------------------- lists of both kinds */

static void takes_revocation_lists(void)
{
    const struct mint_crl description = { .by = &root };
    struct slice list = mint_crl(&description);
    secsock_config *c = secsock_config_new();
    CHECK(accepted(c, secsock_config_add_crl(c, list.data, list.len)) && c->crls != NULL,
          "a list is taken");
    CHECK(refused(c, secsock_config_add_crl(c, list.data, list.len - 1), SECSOCK_E_FORMAT, ""),
          "half of one: %s", message(c));
    CHECK(refused(c, secsock_config_add_crl(c, NULL, 0), SECSOCK_E_ARGUMENT, "no revocation list"),
          "%s", message(c));
    CHECK(refused(c, secsock_config_add_crl(c, "", 0), SECSOCK_E_FORMAT, ""), "none: %s",
          message(c));
    CHECK(refused(c, secsock_config_add_crl_file(c, pki_path("absent")), SECSOCK_E_FILE, "absent"),
          "no file: %s", message(c));
    CHECK(
        refused(c, secsock_config_add_crl_file(c, pki_path("ca.pem")), SECSOCK_E_FORMAT, "ca.pem"),
        "a file without any: %s", message(c));
    CHECK(refused(c, secsock_config_add_crl_dir(c, pki_path("trust")), SECSOCK_E_FORMAT, "trust"),
          "a folder without any: %s", message(c));
    CHECK(refused(c, secsock_config_add_crl_file(c, NULL), SECSOCK_E_ARGUMENT, "") &&
              refused(c, secsock_config_add_crl_dir(c, NULL), SECSOCK_E_ARGUMENT, ""),
          "nothing: %s", message(c));
    free((void *)list.data);
    secsock_config_free(c);
}

static void takes_public_suffixes(void)
{
    secsock_config *c = secsock_config_new();
    const struct slice hosted = { (const uint8_t *)"github.io", 9 };
    CHECK(accepted(c, secsock_config_set_suffixes(c, NULL, 0)) &&
              !suffix_is_public(c->suffixes, hosted) &&
              accepted(c, secsock_config_set_suffixes(c, NULL, 1)) &&
              suffix_is_public(c->suffixes, hosted),
          "the system's list is taken without and with its private section");
    CHECK(refused(c, secsock_config_set_suffixes(c, NULL, 2), SECSOCK_E_ARGUMENT, "0 or 1"), "%s",
          message(c));
    CHECK(refused(c, secsock_config_set_suffixes(c, pki_path("absent"), 0), SECSOCK_E_FILE,
                  "absent: No such file"),
          "%s", message(c));
    CHECK(refused(c, secsock_config_set_suffixes(c, pki_path("empty.pem"), 0), SECSOCK_E_FORMAT,
                  "empty.pem: not a list of public suffixes") &&
              suffix_is_public(c->suffixes, hosted),
          "%s", message(c));
    secsock_config_free(c);
}

/* --------------------------------------------------------------------------------------- frozen */

static void is_frozen_once_used(void)
{
    secsock_config *c = secsock_config_new();
    secsock_store *store = store_of("ca.pem");
    secsock_config_trust_file(c, pki_path("ca.pem"));
    config_freeze(c, NULL);
    const int results[] = {
        secsock_config_trust_pin(c, pin),
        secsock_config_require_pin(c, pin),
        secsock_config_add_store(c, SECSOCK_STORE_CA, store),
        secsock_config_set_profile(c, SECSOCK_PROFILE_PRIVATE),
        secsock_config_set_max_depth(c, 1),
        secsock_config_set_time(c, 1),
        secsock_config_add_crl(c, "", 0),
        secsock_config_add_crl_file(c, "/nowhere"),
        secsock_config_add_crl_dir(c, "/nowhere"),
        secsock_config_set_revocation(c, SECSOCK_REVOCATION_LEAF),
        secsock_config_set_suffixes(c, NULL, 0),
    };
    bool all = true;
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
        all = all && results[i] == SECSOCK_E_FROZEN;
    CHECK(all, "what is in use cannot be changed: %s", message(c));
    CHECK(secsock_store_load_file(store, pki_path("int.pem"), NULL) == 1,
          "a store that was not taken is not frozen");
    CHECK(secsock_config_trust_pin(NULL, pin) == SECSOCK_E_ARGUMENT &&
              secsock_config_set_time(NULL, 1) == SECSOCK_E_ARGUMENT &&
              secsock_config_add_crl(NULL, "", 0) == SECSOCK_E_ARGUMENT &&
              secsock_config_add_store(NULL, 0, store) == SECSOCK_E_ARGUMENT &&
              secsock_config_set_suffixes(NULL, NULL, 0) == SECSOCK_E_ARGUMENT,
          "no configuration is told");
    secsock_store_free(store);
    secsock_config_free(c);
}

int main(void)
{
    has_defaults();
    takes_numbers();
    takes_a_time();
    chooses_the_profile();
    trusts_only_in_a_pin();
    takes_pins();
    takes_stores();
    knows_the_roles();
    keeps_to_the_role_of_a_folder();
    chooses_an_identity();
    takes_revocation_lists();
    takes_public_suffixes();
    is_frozen_once_used();
    mint_end();
    return check_done();
}

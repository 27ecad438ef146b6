/* What a configuration says about judging: the same by secsock_validate() and in a handshake. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "example.h"
#include "mint_crl.h"
#include "pair.h"

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint inter = { .cn = "Inter", .by = &root, .ca = true, .number = 1 };
static const struct mint low = { .cn = "Low", .by = &inter, .ca = true, .number = 2 };
static const struct mint leaf = { .by = &inter, .number = 3 };
static const struct mint low_leaf = { .by = &low, .number = 3 };
static const struct mint person = {
    .by = &inter, .number = 3, .eku = "client", .san = "email:Joe@Example.org"
};
static const struct mint past = {
    .by = &inter, .number = 3, .from = "20200101000000Z", .to = "20210101000000Z"
};
static const struct mint no_aki = { .by = &inter, .number = 3, .flaws = MINT_NO_AKI };
static const struct mint no_ski = {
    .cn = "Bare", .by = &root, .ca = true, .number = 4, .flaws = MINT_NO_SKI
};
static const struct mint not_critical = {
    .cn = "Bare", .by = &root, .ca = true, .number = 4, .flaws = MINT_BASIC_NOT_CRITICAL
};
static const struct mint bare_leaf = { .by = &no_ski, .number = 3, .flaws = MINT_NO_AKI };
static const struct mint marked_leaf = { .by = &not_critical, .number = 3 };
static const struct mint no_eku = { .by = &inter, .number = 3, .eku = "" };
static const struct mint wildcard = { .by = &inter, .number = 3, .san = "dns:*.co.uk" };
static const struct mint hosted = { .by = &inter, .number = 3, .san = "dns:*.github.io" };
static const struct mint stranger = { .cn = "Stranger", .ca = true, .number = 5 };

static const struct mint_crl revoking = { .by = &inter, .entries = { { .cert = &leaf } } };
static const struct mint_crl nobodys = { .by = &inter };

enum { SUFFIXES = 1, SUFFIXES_WITH_PRIVATE = 2 };

static const int64_t in_2020 = 1590000000;

static const struct test {
    const char *sentence;
    const struct mint *chain[4]; /* what is sent */
    const struct mint *anchor;   /* NULL: none is set */
    const struct mint *extra, *disallowed, *trusted_pin, *required_pin;
    int profile; /* a secsock_profile */
    int depth;   /* plus one; 0: not set */
    int64_t time;
    const struct mint_crl *crl;
    int revocation; /* a secsock_revocation */
    int suffixes;
    bool of_client;
    const char *name; /* "a.example" unless said, "" for none */
    const char *want, *path;
} tests[] = {
    { "a good chain", { &leaf, &inter }, &root, .want = "", .path = "Leaf Inter Root" },
    { "no name", { &leaf, &inter }, &root, .name = "", .want = "name_unchecked@Leaf" },
    { "another name", { &leaf, &inter }, &root, .name = "b.example", .want = "name_mismatch@Leaf" },
    { "an issuer that was not sent", { &leaf }, &root, .want = "issuer_unknown@Leaf" },
    { "an issuer from a store",
      { &leaf },
      &root,
      .extra = &inter,
      .want = "",
      .path = "Leaf Inter Root" },

    { "a disallowed leaf",
      { &leaf, &inter },
      &root,
      .disallowed = &leaf,
      .want = "disallowed@Leaf" },
    { "a disallowed issuer",
      { &leaf, &inter },
      &root,
      .disallowed = &inter,
      .want = "disallowed@Inter" },
    { "a disallowed issuer from a store",
      { &leaf },
      &root,
      .extra = &inter,
      .disallowed = &inter,
      .want = "disallowed@Inter" },
    { "a disallowed anchor",
      { &leaf, &inter },
      &root,
      .disallowed = &root,
      .want = "disallowed@Root" },
    { "others disallowed", { &leaf, &inter }, &root, .disallowed = &stranger, .want = "" },

    { "a trusted key of the leaf",
      { &leaf, &inter },
      NULL,
      .trusted_pin = &leaf,
      .want = "",
      .path = "Leaf" },
    { "a trusted key of an issuer",
      { &low_leaf, &low, &inter },
      NULL,
      .trusted_pin = &inter,
      .want = "",
      .path = "Leaf Low Inter" },
    { "a trusted key of an issuer that is only known",
      { &leaf },
      NULL,
      .extra = &inter,
      .trusted_pin = &inter,
      .want = "issuer_unknown@Inter" },
    { "a trusted key besides an anchor",
      { &low_leaf, &low },
      &stranger,
      .trusted_pin = &low,
      .want = "",
      .path = "Leaf Low" },
    { "a trusted key that is another's",
      { &leaf, &inter },
      NULL,
      .trusted_pin = &stranger,
      .want = "issuer_unknown@Inter" },
    { "a trusted key of a leaf for another name",
      { &leaf },
      NULL,
      .trusted_pin = &leaf,
      .name = "b.example",
      .want = "name_mismatch@Leaf" },
    { "a trusted key of a leaf that has expired",
      { &past },
      NULL,
      .trusted_pin = &past,
      .want = "expired@Leaf" },
    { "a trusted key that is disallowed",
      { &leaf },
      NULL,
      .trusted_pin = &leaf,
      .disallowed = &leaf,
      .want = "disallowed@Leaf" },

    { "a required key of the leaf", { &leaf, &inter }, &root, .required_pin = &leaf, .want = "" },
    { "a required key of an issuer", { &leaf, &inter }, &root, .required_pin = &inter, .want = "" },
    { "a required key of the anchor", { &leaf, &inter }, &root, .required_pin = &root, .want = "" },
    { "a required key that is another's",
      { &leaf, &inter },
      &root,
      .required_pin = &stranger,
      .want = "not_pinned@-" },
    { "a required key that was sent but is not on the path",
      { &leaf, &inter, &stranger },
      &root,
      .required_pin = &stranger,
      .want = "not_pinned@-" },
    { "a required key does not make an anchor",
      { &leaf, &inter },
      &stranger,
      .required_pin = &inter,
      .want = "issuer_unknown@Inter" },
    { "a key both trusted and required",
      { &leaf },
      NULL,
      .trusted_pin = &leaf,
      .required_pin = &leaf,
      .want = "" },

    { "no intermediates where one is",
      { &leaf, &inter },
      &root,
      .depth = 1,
      .want = "path_too_long@Inter" },
    { "one intermediate where one is", { &leaf, &inter }, &root, .depth = 2, .want = "" },
    { "one intermediate where two are",
      { &low_leaf, &low, &inter },
      &root,
      .depth = 2,
      .want = "path_too_long@Low" },

    { "what has expired", { &past, &inter }, &root, .want = "expired@Leaf" },
    { "what had not, then", { &past, &inter }, &root, .time = in_2020, .want = "" },
    { "what was not valid, then",
      { &leaf, &inter },
      &root,
      .time = 1000000000,
      .want = "not_yet_valid@Leaf not_yet_valid@Inter not_yet_valid@Root" },

    { "what a list names", { &leaf, &inter }, &root, .crl = &revoking, .want = "revoked@Leaf" },
    { "what a list does not name",
      { &leaf, &inter },
      &root,
      .crl = &nobodys,
      .revocation = SECSOCK_REVOCATION_LEAF,
      .want = "" },
    { "what no list is about",
      { &leaf, &inter },
      &root,
      .revocation = SECSOCK_REVOCATION_LEAF,
      .want = "revocation_unknown@Leaf" },
    { "an issuer that no list is about",
      { &leaf, &inter },
      &root,
      .crl = &nobodys,
      .revocation = SECSOCK_REVOCATION_CHAIN,
      .want = "revocation_unknown@Inter" },

    { "no authorityKeyIdentifier", { &no_aki, &inter }, &root, .want = "" },
    { "no authorityKeyIdentifier, strictly",
      { &no_aki, &inter },
      &root,
      .profile = SECSOCK_PROFILE_PRIVATE,
      .want = "profile@Leaf" },
    { "no key identifiers", { &bare_leaf, &no_ski }, &root, .want = "" },
    { "no key identifiers, strictly",
      { &bare_leaf, &no_ski },
      &root,
      .profile = SECSOCK_PROFILE_PRIVATE,
      .want = "profile@Leaf profile@Bare" },
    { "basicConstraints that are not critical",
      { &marked_leaf, &not_critical },
      &root,
      .want = "" },
    { "basicConstraints that are not critical, strictly",
      { &marked_leaf, &not_critical },
      &root,
      .profile = SECSOCK_PROFILE_PRIVATE,
      .want = "profile@Bare" },
    { "no extKeyUsage",
      { &no_eku, &inter },
      &root,
      .profile = SECSOCK_PROFILE_PRIVATE,
      .want = "" },
    { "no extKeyUsage on the web",
      { &no_eku, &inter },
      &root,
      .profile = SECSOCK_PROFILE_WEBPKI,
      .want = "profile@Leaf" },

    { "a wildcard below a public suffix",
      { &wildcard, &inter },
      &root,
      .name = "mail.co.uk",
      .want = "" },
    { "a wildcard below a public suffix, with the list",
      { &wildcard, &inter },
      &root,
      .suffixes = SUFFIXES,
      .name = "mail.co.uk",
      .want = "name_mismatch@Leaf" },
    { "a wildcard below a host's name",
      { &hosted, &inter },
      &root,
      .suffixes = SUFFIXES,
      .name = "my.github.io",
      .want = "" },
    { "a wildcard below a host's name, with the private section",
      { &hosted, &inter },
      &root,
      .suffixes = SUFFIXES_WITH_PRIVATE,
      .name = "my.github.io",
      .want = "name_mismatch@Leaf" },

    { "a client", { &person, &inter }, &root, .of_client = true, .name = "", .want = "" },
    { "a client's mailbox",
      { &person, &inter },
      &root,
      .of_client = true,
      .name = "Joe@EXAMPLE.ORG",
      .want = "" },
    { "another mailbox",
      { &person, &inter },
      &root,
      .of_client = true,
      .name = "joe@example.org",
      .want = "name_mismatch@Leaf" },
    { "a server that would be a client",
      { &leaf, &inter },
      &root,
      .of_client = true,
      .name = "",
      .want = "wrong_usage@Leaf" },
    { "a client with a required key",
      { &person, &inter },
      &root,
      .of_client = true,
      .required_pin = &stranger,
      .name = "",
      .want = "not_pinned@-" },
};

/* -------------------------------------------------------------------------------- configuring */

static void need(int result, const char *what)
{
    if (result == SECSOCK_OK)
        return;
    printf("Bail out! %s: %s\n", what, secsock_result_name(result));
    exit(1);
}

static void add_store(secsock_config *config, int role, const struct mint *description)
{
    if (description == NULL)
        return;
    secsock_store *store = secsock_store_new();
    example_add(store, description);
    need(secsock_config_add_store(config, role, store), "add_store");
    secsock_store_free(store);
}

static void add_pin(secsock_config *config, int (*add)(secsock_config *, const char *),
                    const struct mint *description)
{
    if (description == NULL)
        return;
    secsock_cert *cert = example_cert(description);
    need(add(config, secsock_cert_pin(cert)), "a pin");
    secsock_cert_free(cert);
}

static void set_identity(secsock_config *config, const struct mint *const *chain)
{
    secsock_cert *identity = example_identity(chain);
    need(secsock_config_set_identity(config, identity), "set_identity");
    secsock_cert_free(identity);
}

static void add_crl(secsock_config *config, const struct mint_crl *description)
{
    if (description == NULL)
        return;
    struct slice list = mint_crl(description);
    need(secsock_config_add_crl(config, list.data, list.len), "add_crl");
    free((void *)list.data);
}

/* Who judges: a client, or a server that asks for certificates. */
static secsock_config *judge_of(const struct test *test)
{
    static const struct mint *const own[] = { &leaf, &inter, NULL };
    secsock_config *config = secsock_config_new();
    add_store(config, SECSOCK_STORE_ROOT, test->anchor);
    add_store(config, SECSOCK_STORE_CA, test->extra);
    add_store(config, SECSOCK_STORE_DISALLOWED, test->disallowed);
    add_pin(config, secsock_config_trust_pin, test->trusted_pin);
    add_pin(config, secsock_config_require_pin, test->required_pin);
    need(secsock_config_set_profile(config, test->profile), "set_profile");
    need(secsock_config_set_max_depth(config, test->depth - 1), "set_max_depth");
    need(secsock_config_set_time(config, test->time != 0 ? test->time : example_time), "set_time");
    need(secsock_config_set_revocation(config, test->revocation), "set_revocation");
    add_crl(config, test->crl);
    if (test->suffixes != 0)
        need(secsock_config_set_suffixes(config, NULL, test->suffixes == SUFFIXES_WITH_PRIVATE),
             "set_suffixes");
    if (test->of_client) {
        set_identity(config, own);
        need(secsock_config_set_client_auth(config, SECSOCK_CLIENT_AUTH_VERIFY), "client_auth");
    }
    return config;
}

static int accept_all(secsock *s, const secsock_verdict *verdict, void *arg)
{
    (void)s, (void)verdict, (void)arg;
    return SECSOCK_ACCEPT;
}

static int follow(secsock *s, const secsock_verdict *verdict, void *arg)
{
    (void)s, (void)verdict, (void)arg;
    return SECSOCK_FOLLOW;
}

static const char *name_of(const struct test *test)
{
    const char *name = test->name != NULL ? test->name : "a.example";
    return name[0] != '\0' ? name : NULL;
}

/* --------------------------------------------------------------------------------- the two ways */

static secsock_verdict *validated(const struct test *test, secsock_config *judge)
{
    uint8_t bytes[8192];
    size_t len = 0;
    secsock_verdict *verdict = NULL;
    for (size_t i = 0; test->chain[i] != NULL; i++) {
        struct slice der = mint(test->chain[i]);
        memcpy(bytes + len, der.data, der.len);
        len += der.len;
        free((void *)der.data);
    }
    need(secsock_validate(judge, test->of_client ? SECSOCK_PURPOSE_CLIENT : SECSOCK_PURPOSE_SERVER,
                          name_of(test), bytes, len, NULL, 0, &verdict, NULL),
         "validate");
    return verdict;
}

static secsock_verdict *shaken_hands(const struct test *test, secsock_config *judge)
{
    secsock_config *peer = secsock_config_new();
    struct pair pair;
    set_identity(peer, test->chain);
    pair_open(&pair, test->of_client ? peer : judge, test->of_client ? judge : peer);
    secsock *judging = test->of_client ? pair.server : pair.client;
    secsock *judged = test->of_client ? pair.client : pair.server;
    secsock_set_validate_hook(judging, follow, NULL);
    secsock_set_validate_hook(judged, accept_all, NULL);
    need(secsock_set_peername(judging, name_of(test)), "set_peername");
    pair_upgrade(&pair, NULL);
    const secsock_verdict *verdict = secsock_get_verdict(judging);
    bool followed = verdict != NULL && (secsock_get_state(judging) == SECSOCK_STATE_SECURE) ==
                                           (secsock_verdict_ok(verdict) != 0);
    if (!CHECK(followed, "%s: the handshake ends as its verdict says", test->sentence))
        pair_explain(&pair);
    secsock_verdict *kept = verdict != NULL ? secsock_verdict_ref(verdict) : NULL;
    pair_close(&pair);
    secsock_config_free(peer);
    return kept;
}

static bool same(const secsock_verdict *a, const secsock_verdict *b)
{
    char texts[2][8192] = { "", "" };
    secsock_verdict_explain(a, texts[0], sizeof(texts[0]));
    secsock_verdict_explain(b, texts[1], sizeof(texts[1]));
    bool equal = strcmp(texts[0], texts[1]) == 0 && texts[0][0] != '\0';
    if (!equal)
        printf("# %s\n# %s\n", texts[0], texts[1]);
    return equal;
}

static void judges_both_ways(const struct test *test)
{
    char problems[500], path[500];
    secsock_config *judge = judge_of(test);
    secsock_verdict *alone = validated(test, judge), *met = shaken_hands(test, judge);
    example_problems(alone, problems, sizeof(problems));
    example_path(alone, path, sizeof(path));
    CHECK(strcmp(problems, test->want) == 0, "%s: \"%s\"", test->sentence, problems);
    if (test->path != NULL)
        CHECK(strcmp(path, test->path) == 0, "%s: by the path %s", test->sentence, path);
    CHECK(met != NULL && same(alone, met), "%s: the handshake finds the same", test->sentence);
    secsock_verdict_free(alone);
    secsock_verdict_free(met);
    secsock_config_free(judge);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        judges_both_ways(&tests[i]);
    mint_end();
    return check_done();
}

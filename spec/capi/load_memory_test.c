/* Loading and setting while memory is short: each allocation fails once, in turn. */
#include <stdlib.h>

#include "check.h"
#include "config.h"
#include "memory.h"
#include "pki.h"
#include "store.h"

/* One thing to do: its result, which is also in *error where it failed. It gives back all that it
 * was given. */
typedef int scene(secsock_error *error);

static int no_memory(secsock_error *error)
{
    error->code = SECSOCK_E_MEMORY;
    return SECSOCK_E_MEMORY;
}

/* -------------------------------------------------------------------------------- certificates */

static int load_identity(const char *cert, const char *key, secsock_error *error)
{
    secsock_cert *identity = NULL;
    int rc = secsock_cert_load_identity(&identity, pki_path(cert), pki_path(key), "secret", error);
    if ((rc == SECSOCK_OK) != (identity != NULL))
        rc = SECSOCK_E_INTERNAL;
    secsock_cert_free(identity);
    return rc;
}

static int encrypted_identity(secsock_error *error)
{
    return load_identity("server-chain.pem", "server-aes256.key", error);
}

static int legacy_identity(secsock_error *error)
{
    return load_identity("rsa-chain.pem", "rsa-legacy.key", error);
}

static int edwards_identity(secsock_error *error)
{
    return load_identity("ed448.pem", "ed448.key", error);
}

static int facts(secsock_error *error)
{
    secsock_cert *cert = NULL;
    int rc = secsock_cert_load(&cert, pki_path("odd-names.pem"), NULL, error);
    if (rc == SECSOCK_OK && secsock_cert_subject(cert) == NULL)
        rc = no_memory(error);
    secsock_cert_free(cert);
    return rc;
}

static int pfx_identity(secsock_error *error)
{
    secsock_cert *identity = NULL;
    int rc = secsock_cert_load(&identity, pki_path("pfx/legacy.pfx"), "secret", error);
    if ((rc == SECSOCK_OK) != (identity != NULL))
        rc = SECSOCK_E_INTERNAL;
    secsock_cert_free(identity);
    return rc;
}

static int unprotected_pfx(secsock_error *error)
{
    secsock_cert *identity = NULL;
    int rc = secsock_cert_load(&identity, pki_path("pfx/bare.pfx"), NULL, error);
    secsock_cert_free(identity);
    return rc;
}

static int export_as(secsock_error *error, bool pfx)
{
    static char buffer[16384];
    secsock_cert *identity = NULL;
    int parts = SECSOCK_EXPORT_CERT | SECSOCK_EXPORT_CHAIN | SECSOCK_EXPORT_KEY;
    int rc = secsock_cert_load(&identity, pki_path("pfx/named.pfx"), "secret", error);
    if (rc == SECSOCK_OK && pfx)
        rc = secsock_cert_export_pfx(identity, parts, "secret", buffer, sizeof(buffer), error);
    else if (rc == SECSOCK_OK)
        rc = secsock_cert_export_pem(identity, parts, "secret", buffer, sizeof(buffer), error);
    secsock_cert_free(identity);
    return rc < 0 ? rc : SECSOCK_OK;
}

static int pfx_export(secsock_error *error)
{
    return export_as(error, true);
}

static int pem_export(secsock_error *error)
{
    return export_as(error, false);
}

/* -------------------------------------------------------------------------------------- stores */

static int with_store(int (*load)(secsock_store *store, const char *path, secsock_error *error),
                      const char *path, secsock_error *error)
{
    secsock_store *store = secsock_store_new();
    if (store == NULL)
        return no_memory(error);
    int rc = load(store, path, error);
    if (rc < 0 && secsock_store_count(store) != 0)
        rc = SECSOCK_E_INTERNAL;
    secsock_store_free(store);
    return rc < 0 ? rc : SECSOCK_OK;
}

static int store_file(secsock_error *error)
{
    return with_store(secsock_store_load_file, pki_path("bundle.pem"), error);
}

static int store_dir(secsock_error *error)
{
    return with_store(secsock_store_load_dir, pki_path("trust"), error);
}

static int system_bundle(secsock_error *error)
{
    const char *paths[] = { "/nowhere", pki_path("bundle.pem") };
    secsock_store *store = NULL;
    int rc = store_from_first(&store, paths, 2, error);
    if ((rc == SECSOCK_OK) != (store != NULL))
        rc = SECSOCK_E_INTERNAL;
    secsock_store_free(store);
    return rc;
}

/* ------------------------------------------------------------------------------ configurations */

static int set_alpn(secsock_config *config)
{
    return secsock_config_set_alpn(config, "h2,http/1.1");
}

static int trust_file_and_system(secsock_config *config)
{
    int rc = secsock_config_trust_file(config, pki_path("bundle.pem"));
    return rc == SECSOCK_OK ? secsock_config_trust_system(config) : rc;
}

/* Made once, and so not counted. */
static secsock_store *some, *others, *mine;

/* What is in a file, with the private key if it is there. */
static secsock_store *store_of(const char *name)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *cert = NULL;
    if (secsock_cert_load(&cert, pki_path(name), NULL, NULL) == SECSOCK_OK)
        secsock_store_add(store, cert, NULL);
    secsock_cert_free(cert);
    return store;
}

/* The second of two is what has to be copied. */
static int disallow_stores(secsock_config *config)
{
    int rc = secsock_config_add_store(config, SECSOCK_STORE_DISALLOWED, some);
    return rc == SECSOCK_OK ? secsock_config_add_store(config, SECSOCK_STORE_DISALLOWED, others)
                            : rc;
}

static int choose_identity(secsock_config *config)
{
    return secsock_config_add_store(config, SECSOCK_STORE_MY, mine);
}

static int take_pins(secsock_config *config)
{
    int rc = secsock_config_trust_pin(config, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    return rc == SECSOCK_OK
               ? secsock_config_require_pin(config, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
               : rc;
}

static int take_suffixes(secsock_config *config)
{
    return secsock_config_set_suffixes(config, NULL, 1);
}

static int questionable_identity(secsock_config *config)
{
    return secsock_config_identity_file(config, pki_path("unrelated.pem"), pki_path("server.key"),
                                        NULL);
}

static int with_config(int (*set)(secsock_config *config), secsock_error *error)
{
    secsock_config *config = secsock_config_new();
    if (config == NULL)
        return no_memory(error);
    int rc = set(config);
    *error = *secsock_config_last_error(config);
    secsock_config_free(config);
    return rc;
}

static int config_alpn(secsock_error *error)
{
    return with_config(set_alpn, error);
}

static int config_trust(secsock_error *error)
{
    return with_config(trust_file_and_system, error);
}

static int config_stores(secsock_error *error)
{
    return with_config(disallow_stores, error);
}

static int config_choice(secsock_error *error)
{
    return with_config(choose_identity, error);
}

static int config_pins(secsock_error *error)
{
    return with_config(take_pins, error);
}

static int config_suffixes(secsock_error *error)
{
    return with_config(take_suffixes, error);
}

/* Both kinds of anchors, pins beside them: all that is put together before the first use. */
static int config_use_of_all(secsock_error *error)
{
    secsock_config *config = secsock_config_new();
    if (config == NULL)
        return no_memory(error);
    int rc = trust_file_and_system(config);
    *error = *secsock_config_last_error(config);
    if (rc == SECSOCK_OK)
        rc = config_freeze(config, error);
    secsock_config_free(config);
    return rc;
}

static int config_identity(secsock_error *error)
{
    return with_config(questionable_identity, error);
}

/* ------------------------------------------------------------------------------------------ all */

static void survives(const char *what, scene *play)
{
    secsock_error error = { .code = 0 };
    unsigned long n = 0, bad = 0;
    bool failed = true;
    if (play(&error) != SECSOCK_OK) /* also reads what is read once per process */
        bad++;
    while (failed) {
        long before = memory_live();
        error.code = SECSOCK_OK;
        memory_fail(++n);
        int rc = play(&error);
        failed = memory_failed() != 0;
        memory_fail(0);
        if (memory_live() != before || error.code != rc ||
            rc != (failed ? SECSOCK_E_MEMORY : SECSOCK_OK))
            bad++;
    }
    CHECK(bad == 0 && n > 2, "%s: each of %lu allocations failed once, was told, and cost nothing",
          what, n - 1);
}

int main(void)
{
    survives("an identity with an encrypted key", encrypted_identity);
    survives("an identity with a traditional key", legacy_identity);
    survives("an identity with an Edwards key", edwards_identity);
    survives("an identity from a PFX file", pfx_identity);
    survives("one that nothing protects", unprotected_pfx);
    survives("the export to a PFX file", pfx_export);
    survives("the export to PEM", pem_export);
    survives("the facts of a certificate", facts);
    survives("a store from a file", store_file);
    survives("a store from a folder", store_dir);
    survives("a store of the system's", system_bundle);
    survives("application protocols", config_alpn);
    survives("trust in a file and in the system", config_trust);
    some = store_of("bundle.pem");
    others = store_of("int.pem");
    mine = store_of("server-all.pem");
    survives("two stores of the same role", config_stores);
    survives("an identity out of a store", config_choice);
    survives("pins", config_pins);
    survives("public suffixes", config_suffixes);
    survives("a first use", config_use_of_all);
    secsock_store_free(some);
    secsock_store_free(others);
    secsock_store_free(mine);
    survives("an identity and its warnings", config_identity);
    return check_done();
}

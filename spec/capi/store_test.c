/* Sets of certificates: adding, loading, finding, the system's. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "home.h"
#include "mint.h"
#include "pki.h"
#include "store.h"

static bool begins(const secsock_error *error, const char *name, const char *rest)
{
    char start[600];
    snprintf(start, sizeof(start), "%s%s", pki_path(name), rest);
    return strncmp(error->message, start, strlen(start)) == 0;
}

/* --------------------------------------------------------------------------------------- adding */

static void holds_each_certificate_once(void)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *ca = home_load("ca.pem", NULL), *again = home_load("ca.pem", NULL),
                 *other = home_load("other-ca.pem", NULL);
    secsock_error error;
    CHECK(secsock_store_count(store) == 0 && secsock_store_cert(store, 0) == NULL,
          "a new store is empty");
    CHECK(secsock_store_add(store, ca, &error) == SECSOCK_OK &&
              secsock_store_add(store, again, &error) == SECSOCK_OK &&
              secsock_store_add(store, other, &error) == SECSOCK_OK &&
              secsock_store_count(store) == 2,
          "the same certificate is not added twice");
    CHECK(secsock_store_cert(store, 0) == ca && secsock_store_cert(store, 1) == other &&
              secsock_store_cert(store, 2) == NULL,
          "they are in the order of adding");
    secsock_cert_free(ca);
    secsock_cert_free(again);
    secsock_cert_free(other);
    CHECK(secsock_cert_is_ca(secsock_store_cert(store, 1)), "the store keeps them alive");
    secsock_store *mine = secsock_store_ref(store);
    secsock_store_free(store);
    CHECK(secsock_store_count(mine) == 2, "a reference keeps the store alive");
    secsock_store_free(mine);
    secsock_store_free(NULL);
}

static void does_not_change_once_frozen(void)
{
    secsock_store *store = secsock_store_new();
    secsock_config *config = secsock_config_new();
    secsock_cert *ca = home_load("ca.pem", NULL), *other = home_load("other-ca.pem", NULL);
    secsock_error error;
    secsock_store_add(store, other, &error);
    secsock_config_trust_store(config, store);
    CHECK(secsock_store_remove(store, other, &error) == SECSOCK_E_FROZEN &&
              secsock_store_load_pfx(store, "x", NULL, NULL) == SECSOCK_E_FROZEN &&
              strstr(error.message, "configuration"),
          "a store that a configuration uses gives nothing up: %s", error.message);
    CHECK(secsock_store_add(store, ca, &error) == SECSOCK_E_FROZEN &&
              secsock_store_load_file(store, pki_path("ca.pem"), NULL) == SECSOCK_E_FROZEN &&
              secsock_store_load_dir(store, pki_path("trust"), NULL) == SECSOCK_E_FROZEN &&
              secsock_store_load_pem(store, "x", 1, NULL) == SECSOCK_E_FROZEN &&
              secsock_store_count(store) == 1,
          "a frozen store does not change: %s", error.message);
    secsock_cert_free(ca);
    secsock_cert_free(other);
    secsock_store_free(store);
    secsock_config_free(config);
}

static void keeps_what_has_more(void)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *bare = home_load("server.pem", NULL),
                 *chained = home_load("server-chain.pem", NULL);
    secsock_cert *keyed = home_load("server.pem", "server.key");
    secsock_cert *both = home_load("server-chain.pem", "server.key");
    secsock_cert *const order[] = { bare, chained, bare, keyed, chained, both, keyed, bare };
    secsock_cert *const held[] = { bare, chained, chained, keyed, keyed, both, both, both };
    bool good = true;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        good = good && secsock_store_add(store, order[i], NULL) == SECSOCK_OK &&
               secsock_store_count(store) == 1 && secsock_store_cert(store, 0) == held[i];
    }
    CHECK(good, "of a certificate that is added again the private key is kept, else the issuers");
    CHECK(secsock_store_role_of(store) == -1, "a store in memory has no role");
    secsock_cert_free(bare);
    secsock_cert_free(chained);
    secsock_cert_free(keyed);
    secsock_cert_free(both);
    secsock_store_free(store);
}

/* -------------------------------------------------------------------------------------- removing */

static secsock_cert *minted(const char *cn, unsigned variant)
{
    struct mint description = { .cn = cn, .variant = variant };
    struct slice der = mint(&description);
    secsock_cert *cert = NULL;
    if (secsock_cert_from_der(&cert, der.data, der.len, NULL) != SECSOCK_OK)
        exit(1);
    free((void *)der.data);
    return cert;
}

static void removes_certificates(void)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *ca = home_load("ca.pem", NULL), *again = home_load("ca.pem", NULL);
    secsock_error error;
    CHECK(secsock_store_remove(store, ca, &error) == 0, "nothing is removed from an empty store");
    secsock_store_load_file(store, pki_path("bundle.pem"), NULL);
    CHECK(secsock_store_remove(store, again, &error) == 1 && secsock_store_count(store) == 1 &&
              secsock_store_remove(store, again, &error) == 0,
          "what is removed is compared by its DER");
    CHECK(secsock_store_remove(store, secsock_store_cert(store, 0), &error) == 1 &&
              secsock_store_count(store) == 0 && secsock_store_cert(store, 0) == NULL,
          "the store's own handle will do");
    CHECK(secsock_store_remove(store, NULL, &error) == SECSOCK_E_ARGUMENT &&
              secsock_store_remove(NULL, ca, NULL) == SECSOCK_E_ARGUMENT,
          "NULL is an error: %s", error.message);
    secsock_cert_free(ca);
    secsock_cert_free(again);
    secsock_store_free(store);
}

enum { MODEL = 48, STEPS = 4000 };

/* Whether the store holds what the model says, in its order, and finds all of it. */
static bool is_like(const secsock_store *store, secsock_cert *const *model, size_t count)
{
    if (secsock_store_count(store) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct x509 *x509 = &model[i]->x509;
        size_t cursor = 0, same = 0;
        const secsock_cert *cert;
        while ((cert = store_find_subject(store, x509->subject, x509->subject_hash, &cursor)) !=
               NULL)
            same += cert == model[i];
        if (secsock_store_cert(store, i) != model[i] || same != 1 ||
            !store_contains(store, x509->der))
            return false;
    }
    return true;
}

/* Of few subjects, so that they stand in one another's way. */
static void agrees_with_a_model(void)
{
    static const char *const subjects[] = { "One", "Two", "Three" };
    secsock_cert *all[MODEL], *model[MODEL];
    secsock_store *store = secsock_store_new();
    size_t count = 0, bad = 0;
    unsigned random = 1;
    for (unsigned i = 0; i < MODEL; i++)
        all[i] = minted(subjects[i % 3], i);
    for (size_t step = 0; step < STEPS; step++) {
        random = random * 1103515245 + 12345;
        secsock_cert *cert = all[(random >> 16) % MODEL];
        size_t at = 0;
        while (at < count && model[at] != cert)
            at++;
        if (at == count) {
            model[count++] = cert;
            bad += secsock_store_add(store, cert, NULL) != SECSOCK_OK;
        } else {
            memmove(&model[at], &model[at + 1], (--count - at) * sizeof(model[0]));
            bad += secsock_store_remove(store, cert, NULL) != 1;
        }
        bad += !is_like(store, model, count);
    }
    CHECK(bad == 0, "after each of %d changes a store holds and finds what it should", STEPS);
    secsock_store_free(store);
    for (size_t i = 0; i < MODEL; i++)
        secsock_cert_free(all[i]);
    mint_end();
}

/* Many copies of one certificate, each with a serial of its own. */
static void stays_quick_with_many(void)
{
    enum { MANY = 10000 };
    const double most_seconds = 5; /* it takes a fiftieth of that, without sanitizers */
    secsock_cert *model = minted("Many", 1);
    secsock_store *store = secsock_store_new(), *found;
    uint8_t *der = malloc(model->der_len);
    size_t serial = (size_t)(model->x509.serial.data - model->der), bad = 0;
    memcpy(der, model->der, model->der_len);
    clock_t begun = clock();
    for (unsigned i = 0; i < MANY; i++) {
        secsock_cert *cert = NULL;
        der[serial + model->x509.serial.len - 1] = (uint8_t)i;
        der[serial + model->x509.serial.len - 2] = (uint8_t)(i >> 8);
        bad += secsock_cert_from_der(&cert, der, model->der_len, NULL) != SECSOCK_OK ||
               secsock_store_add(store, cert, NULL) != SECSOCK_OK;
        secsock_cert_free(cert);
    }
    for (size_t i = 0; i < MANY; i += 10) {
        const char *thumbprint = secsock_cert_sha256(secsock_store_cert(store, i));
        bad += secsock_store_find(store, SECSOCK_FIND_THUMBPRINT, thumbprint, NULL, &found, NULL) !=
                   SECSOCK_OK ||
               secsock_store_cert(found, 0) != secsock_store_cert(store, i);
        secsock_store_free(found);
    }
    double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    CHECK(bad == 0 && secsock_store_count(store) == MANY && seconds < most_seconds,
          "%d certificates of one subject are added and found in less than %.0f seconds", MANY,
          most_seconds);
    free(der);
    secsock_cert_free(model);
    secsock_store_free(store);
    mint_end();
}

/* -------------------------------------------------------------------------------------- finding */

static size_t count_found(const secsock_store *store, struct slice name)
{
    size_t cursor = 0, found = 0;
    while (store_find_subject(store, name, x509_name_hash(name), &cursor) != NULL)
        found++;
    return found;
}

/* O=secsock, CN=Test Root as UTF8String, and the same in other clothes (RFC 5280, section 7.1). */
static void finds_by_subject(void)
{
    static const char other_case[] = "0&1\x10"
                                     "0\x0e\x06\x03\x55\x04\x0a\x0c\x07SecSock"
                                     "1\x12"
                                     "0\x10\x06\x03\x55\x04\x03\x0c\x09TEST root";
    static const char printable[] = "0(1\x10"
                                    "0\x0e\x06\x03\x55\x04\x0a\x13\x07secsock"
                                    "1\x14"
                                    "0\x12\x06\x03\x55\x04\x03\x13\x0b Test  Root";
    static const char another[] = "0&1\x10"
                                  "0\x0e\x06\x03\x55\x04\x0a\x0c\x07secsock"
                                  "1\x12"
                                  "0\x10\x06\x03\x55\x04\x03\x0c\x09Test Ruth";
    struct slice names[] = {
        { (const uint8_t *)other_case, sizeof(other_case) - 1 },
        { (const uint8_t *)printable, sizeof(printable) - 1 },
        { (const uint8_t *)another, sizeof(another) - 1 },
    };
    secsock_store *store = secsock_store_new();
    CHECK(count_found(store, names[0]) == 0 && count_found(NULL, names[0]) == 0,
          "nothing is found in an empty store, nor in none");
    secsock_store_load_file(store, pki_path("bundle.pem"), NULL);
    CHECK(count_found(store, names[0]) == 1, "a subject is found whatever its case");
    CHECK(count_found(store, names[1]) == 1, "and whatever its string type and its spaces");
    CHECK(count_found(store, names[2]) == 0, "but not another one");
    secsock_store_free(store);
}

static void finds_every_certificate_of_a_subject(void)
{
    static const char *const leaves[] = { "server.pem",      "expired.pem", "future.pem",
                                          "wrong-usage.pem", "rsa.pem",     "p384.pem" };
    secsock_store *store = secsock_store_new();
    secsock_cert *server = home_load("server.pem", NULL),
                 *stranger = home_load("stranger.pem", NULL);
    for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
        secsock_store_load_file(store, pki_path(leaves[i]), NULL);
    CHECK(count_found(store, server->x509.subject) == 6, "six of the same subject are all found");
    CHECK(store_contains(store, server->x509.der) && !store_contains(store, stranger->x509.der) &&
              !store_contains(NULL, server->x509.der),
          "whether the store holds this very certificate is told");
    CHECK(!store_contains(store, (struct slice){ (const uint8_t *)"x", 1 }),
          "what is no certificate is in no store");
    secsock_cert_free(server);
    secsock_cert_free(stranger);
    secsock_store_free(store);
}

/* ----------------------------------------------------------------------------------- the system */

static void reads_the_first_bundle_there_is(void)
{
    secsock_store *store = NULL;
    secsock_error error;
    const char *paths[] = { "/nowhere/bundle.pem", pki_path("bundle.pem"), pki_path("ca.pem") };
    CHECK(store_from_first(&store, paths, 3, &error) == SECSOCK_OK &&
              secsock_store_count(store) == 2 &&
              secsock_store_load_file(store, pki_path("int.pem"), NULL) == SECSOCK_E_FROZEN,
          "the first bundle that exists is read, and frozen");
    secsock_store_free(store);
    store = NULL;
    CHECK(store_from_first(&store, paths, 1, &error) == SECSOCK_E_FILE && store == NULL &&
              error.sys_errno == ENOENT,
          "none at all: %s", error.message);
    paths[0] = pki_path("garbage.pem");
    CHECK(store_from_first(&store, paths, 3, &error) == SECSOCK_E_FORMAT && store == NULL &&
              begins(&error, "garbage.pem", ": "),
          "one that exists is not passed over: %s", error.message);
}

static void passes_over_bad_certificates_of_a_bundle(void)
{
    secsock_store *store = NULL;
    secsock_error error;
    size_t len, bad_len;
    char *good = pki_read("bundle.pem", &len), *bad = pki_read("bad-der.pem", &bad_len);
    char *both = malloc(len + bad_len);
    memcpy(both, bad, bad_len);
    memcpy(both + bad_len, good, len);
    home_enter();
    home_write(home_path("bundle"), both, len + bad_len);
    const char *paths[] = { home_path("bundle") };
    CHECK(store_from_first(&store, paths, 1, &error) == SECSOCK_OK &&
              secsock_store_count(store) == 2,
          "a certificate that cannot be read does not spoil the others");
    secsock_store_free(store);
    home_leave();
    free(good);
    free(bad);
    free(both);
}

static void *system_store(void *arg)
{
    secsock_store *store = NULL;
    (void)arg;
    secsock_store_system(&store, NULL);
    secsock_store_free(store);
    return store;
}

static void shares_the_system_store(void)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    void *stores[THREADS];
    secsock_store *store = NULL;
    secsock_error error;
    bool same = true;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, system_store, NULL);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], &stores[i]);
    int rc = secsock_store_system(&store, &error);
    for (size_t i = 0; i < THREADS; i++)
        same = same && stores[i] == store;
    CHECK(rc == SECSOCK_OK && same && secsock_store_count(store) > 50,
          "the system's %zu anchors are read once and shared by all threads",
          store != NULL ? secsock_store_count(store) : 0);
    bool found = true;
    for (size_t i = 0; store != NULL && i < secsock_store_count(store); i++) {
        const secsock_cert *cert = secsock_store_cert(store, i);
        found = found && store_contains(store, cert->x509.der) &&
                count_found(store, cert->x509.subject) >= 1 && secsock_cert_subject(cert) &&
                secsock_cert_key_bits(cert) > 0;
    }
    CHECK(found, "each of them is found, and tells its subject");
    CHECK(secsock_store_load_file(store, pki_path("ca.pem"), &error) == SECSOCK_E_FROZEN &&
              strstr(error.message, "system"),
          "nobody adds to them: %s", error.message);
    secsock_store_free(store);
}

int main(void)
{
    holds_each_certificate_once();
    does_not_change_once_frozen();
    keeps_what_has_more();
    removes_certificates();
    agrees_with_a_model();
    stays_quick_with_many();
    finds_by_subject();
    finds_every_certificate_of_a_subject();
    reads_the_first_bundle_there_is();
    passes_over_bad_certificates_of_a_bundle();
    shares_the_system_store();
    return check_done();
}

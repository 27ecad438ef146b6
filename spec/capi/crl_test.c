/* Revocation lists: reading them, looking things up in them, keeping them in a set. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crl.h"
#include "memory.h"
#include "pki.h"
#include "revoked.h"

#define LIST_FIELDS .by = &revoked_inter, .entries = { { &revoked_leaf, .reason = 1 } }

/* What the reader says of lists: that they are none, or that they are of no use. */
static const struct {
    struct mint_crl list;
    const char *malformed;
    const char *flaw;
} reading[] = {
    { { LIST_FIELDS }, NULL, NULL },
    { { LIST_FIELDS, .scope = "at:uri:http://a/ users why:0640 indirect" }, NULL, NULL },
    { { .by = &revoked_inter }, NULL, NULL },
    { { LIST_FIELDS, .from = "20500101000000Z", .to = "20510101000000Z" }, NULL, NULL },
    { { LIST_FIELDS, .flaws = MINT_CRL_VERSION_3 }, "its version is not 1 or 2", NULL },
    { { LIST_FIELDS, .flaws = MINT_CRL_NO_ISSUER }, "its issuer is malformed", NULL },
    { { LIST_FIELDS, .flaws = MINT_CRL_TWICE },
      "it has the same extension twice, or too many",
      NULL },
    { { LIST_FIELDS, .flaws = MINT_CRL_BAD_NUMBER }, "its crlNumber is malformed", NULL },
    { { LIST_FIELDS, .scope = "false" }, "its issuingDistributionPoint is malformed", NULL },
    { { LIST_FIELDS, .scope = "why:0640 users" },
      "its issuingDistributionPoint is malformed",
      NULL },
    { { LIST_FIELDS, .scope = "why:0941" }, "its issuingDistributionPoint is malformed", NULL },
    { { LIST_FIELDS, .signing_flaws = MINT_TWO_ALGORITHMS },
      "its two signature algorithms differ",
      NULL },
    { { LIST_FIELDS, .signing_flaws = MINT_TRAILING_BYTE }, "bytes follow its end", NULL },
    { { .by = &revoked_inter,
        .entries = { { &revoked_leaf, .extensions = "300a 0603551d15 0403 0a0107" } } },
      "one of its entries is malformed",
      NULL },
    { { .by = &revoked_inter,
        .entries = { { &revoked_leaf, .extensions = "300a 0603551d15 0403 0a010b" } } },
      "one of its entries is malformed",
      NULL },
    { { .by = &revoked_inter,
        .entries = { { &revoked_leaf, .reason = 1,
                       .extensions = "300a 0603551d15 0403 0a0101" } } },
      "one of its entries is malformed",
      NULL },
    { { .by = &revoked_inter,
        .entries = { { &revoked_leaf,
                       .extensions =
                           "3018 0603551d18 0411 180f 3230323630313031303030303030 5a" } } },
      NULL,
      NULL },
    { { .by = &revoked_inter,
        .entries = { { &revoked_leaf,
                       .extensions = "3016 0603551d18 040f 170d 323630313031303030303030 5a" } } },
      "one of its entries is malformed",
      NULL },
    { { LIST_FIELDS, .flaws = MINT_CRL_DELTA },
      NULL,
      "it is a delta, which tells only what has changed since another list" },
    { { LIST_FIELDS, .scope = "users cas" },
      NULL,
      "its issuingDistributionPoint contradicts itself" },
};

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void read_all(void)
{
    for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++) {
        struct slice der = mint_crl(&reading[i].list);
        struct crl crl;
        const char *why = crl_parse(&crl, der);
        if (!CHECK(same(why, reading[i].malformed), "list %zu: %s", i,
                   reading[i].malformed != NULL ? reading[i].malformed : "it is well-formed"))
            printf("# but: %s\n", why);
        if (why == NULL && !CHECK(same(crl.flaw, reading[i].flaw), "list %zu: %s", i,
                                  reading[i].flaw != NULL ? reading[i].flaw : "it has no flaw"))
            printf("# but: %s\n", crl.flaw);
        free((void *)der.data);
    }
}

static void fields(void)
{
    const struct mint_crl list = { LIST_FIELDS, .scope = "at:uri:http://a/ why:0640 indirect" };
    struct slice der = mint_crl(&list);
    struct crl crl;
    struct crl_entry entry;
    CHECK(crl_parse(&crl, der) == NULL, "a list is read");
    CHECK(crl.this_update == 1767225600 && crl.next_update == 1769904000, "its times");
    CHECK(crl.scope.indirect && !crl.scope.only_users && !crl.scope.only_cas, "its scope");
    CHECK(crl.scope.reasons == 1 << 1, "its reasons: keyCompromise");
    CHECK(crl.authority_key_id.len == 20 && crl.has_number, "its identifiers");
    CHECK(crl.entry_count == 1, "its number of entries");
    struct slice rest = crl.entries;
    CHECK(crl_next_entry(&rest, &entry) && entry.revoked_at == 1767225600 && entry.reason == 1,
          "what stands in its entry");
    CHECK(!crl_next_entry(&rest, &entry), "the end of its entries");
    free((void *)der.data);
}

/* Every list that is cut short is none; a list with one bit changed is never believed. */
static void damage(void)
{
    const struct mint_crl list = { LIST_FIELDS, .scope = "users" };
    struct slice der = mint_crl(&list);
    uint8_t *copy = malloc(der.len);
    struct crl crl;
    bool refused = true;
    unsigned read = 0, believed = 0;
    struct input input;
    const struct example chain = { .chain = { &revoked_leaf, &revoked_inter },
                                   .anchors = { &revoked_root } };
    for (size_t len = 0; len < der.len; len++) {
        memcpy(copy, der.data, len);
        refused &= crl_parse(&crl, (struct slice){ copy, len }) != NULL;
    }
    CHECK(refused, "each of %zu lists that are cut short is refused", der.len);
    example_open(&chain, &input);
    for (size_t bit = 0; bit < der.len * 8; bit += check_stride()) {
        struct crl_set *set = crl_set_new();
        secsock_verdict *verdict = NULL;
        memcpy(copy, der.data, der.len);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (crl_set_add(set, (struct slice){ copy, der.len }, NULL) == 1) {
            read++;
            input.validation.crls = set;
            validate(&input.validation, &verdict);
            believed +=
                verdict == NULL || secsock_verdict_revocation(verdict, 0) != SECSOCK_STATUS_UNKNOWN;
        }
        secsock_verdict_free(verdict);
        crl_set_free(set);
    }
    CHECK(read > 0 && believed == 0, "none of %u lists with a bit changed is believed", read);
    example_close(&input);
    free(copy);
    free((void *)der.data);
}

/* ------------------------------------------------------------------------------------- looking up */

static void large(void)
{
    enum { MANY = 100000, LOOKUPS = 2000 };
    const struct mint_crl list = { LIST_FIELDS, .more = MANY };
    struct slice der = mint_crl(&list), leaf = mint(&revoked_leaf), inter = mint(&revoked_inter);
    struct x509 x509, other;
    struct crl *crl = NULL;
    struct crl_entry entry;
    const char *why;
    unsigned found = 0;
    x509_parse(&x509, leaf);
    x509_parse(&other, inter);
    double before = example_clock();
    CHECK(crl_new(&crl, der, &why) == SECSOCK_OK && crl->entry_count == MANY + 1,
          "a list of %d entries is read", MANY + 1);
    double loaded = example_clock();
    for (unsigned i = 0; i < LOOKUPS; i++)
        found += crl_find(crl, x509.issuer, i % 2 == 0 ? x509.serial : other.serial, &entry);
    double took = (example_clock() - loaded) / LOOKUPS;
    printf("# %.0f ms to load, %.4f ms to look up\n", loaded - before, took);
    CHECK(found == LOOKUPS / 2, "the one certificate is found in it, the other is not");
    CHECK(took < 1, "in less than a millisecond");
    crl_free(crl);
    free((void *)der.data);
    free((void *)leaf.data);
    free((void *)inter.data);
}

static void find_in_order(void)
{
    static const struct mint leaves[] = { { .number = 9 },
                                          { .number = 3 },
                                          { .number = 200 },
                                          { .number = 7, .variant = 1 },
                                          { .flaws = MINT_SERIAL_LONG },
                                          { .flaws = MINT_SERIAL_ZERO } };
    enum { COUNT = sizeof(leaves) / sizeof(leaves[0]) };
    struct mint_crl list = { .by = &revoked_inter };
    struct crl *crl = NULL;
    const char *why;
    bool all = true;
    for (size_t i = 0; i + 1 < COUNT; i++)
        list.entries[i].cert = &leaves[i];
    struct slice der = mint_crl(&list);
    CHECK(crl_new(&crl, der, &why) == SECSOCK_OK, "a list in no order is read");
    for (size_t i = 0; i < COUNT; i++) {
        struct slice cert = mint(&leaves[i]);
        struct crl_entry entry;
        struct x509 x509;
        x509_parse(&x509, cert);
        all &= crl_find(crl, crl->issuer, x509.serial, &entry) == (i + 1 < COUNT);
        free((void *)cert.data);
    }
    CHECK(all, "all that are on it are found, and the one that is not is not");
    crl_free(crl);
    free((void *)der.data);
}

/* ----------------------------------------------------------------------------------------- sets */

static void write_file(const char *folder, const char *name, const void *data, size_t len)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(data, 1, len, file) == len && fclose(file) == 0, "%s is written",
          name);
}

static void folders(void)
{
    char folder[] = "/tmp/secsock-crl-XXXXXX", path[300];
    struct crl_set *set = crl_set_new();
    secsock_error error;
    size_t len;
    char *pem = pki_read("revocation/both.pem", &len);
    if (mkdtemp(folder) == NULL)
        abort();
    CHECK(crl_set_add_dir(set, folder, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "no revocation list in the folder") != NULL,
          "a folder without lists is refused: %s", error.message);
    write_file(folder, "both.pem", pem, len);
    free(pem);
    write_file(folder, "notes.txt", "-----BEGIN nonsense", 19);
    pem = pki_read("server.der", &len);
    write_file(folder, "certificate.der", pem, len);
    free(pem);
    char *der = pki_read("revocation/server.crl", &len);
    write_file(folder, "server.crl", der, len);
    CHECK(crl_set_add_dir(set, folder, &error) == 3,
          "a folder is read, PEM and DER, and other files passed over");
    write_file(folder, "cut.crl", der, len - 1);
    CHECK(crl_set_add_dir(set, folder, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "cut.crl") != NULL,
          "a folder with a damaged list is refused: %s", error.message);
    snprintf(path, sizeof(path), "rm -r %s", folder);
    CHECK(system(path) == 0, "the folder is removed");
    free(der);
    crl_set_free(set);
}

static void sets(void)
{
    struct crl_set *set = crl_set_new();
    struct slice leaf = mint(&revoked_leaf);
    struct x509 x509;
    secsock_error error;
    size_t len, cursor = 0;
    char *pem = pki_read("revocation/both.pem", &len);
    CHECK(crl_set_add(set, (struct slice){ (uint8_t *)pem, len }, &error) == 2,
          "two lists of one PEM text are added");
    strstr(strstr(pem, "-----END"), "-----\nM")[6] ^= 4; /* the tag of the second */
    CHECK(crl_set_add(set, (struct slice){ (uint8_t *)pem, len }, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "block 2 (X509 CRL") != NULL,
          "a damaged block is named: %s", error.message);
    free(pem);
    CHECK(crl_set_add_file(set, pki_path("revocation/server.crl"), &error) == 1,
          "a list of a DER file is added");
    CHECK(crl_set_add_file(set, pki_path("server.pem"), &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "server.pem: there is no revocation list in it") != NULL,
          "a file without a list is refused: %s", error.message);
    CHECK(crl_set_add_file(set, pki_path("nowhere"), &error) == SECSOCK_E_FILE,
          "a file that is not there is refused: %s", error.message);
    CHECK(crl_set_add(set, (struct slice){ NULL, 0 }, &error) == SECSOCK_E_FORMAT,
          "nothing is refused: %s", error.message);
    x509_parse(&x509, leaf);
    CHECK(crl_set_find(set, x509.issuer, &cursor) == NULL, "there is none of a stranger");
    cursor = 0;
    CHECK(crl_set_find(NULL, x509.issuer, &cursor) == NULL, "nor in no set");
    struct crl_set *shared = crl_set_ref(set);
    CHECK(crl_set_add_file(set, pki_path("revocation/server.crl"), &error) == SECSOCK_E_FROZEN,
          "a set that is shared does not change: %s", error.message);
    crl_set_free(shared);
    CHECK(crl_set_add_file(set, pki_path("revocation/server.crl"), &error) == 1,
          "one that is not shared any more does");
    crl_set_free(set);
    crl_set_free(NULL);
    free((void *)leaf.data);
}

static void several_in_der(void)
{
    const struct mint_crl lists[] = { { LIST_FIELDS }, { .by = &revoked_root } };
    struct slice a = mint_crl(&lists[0]), b = mint_crl(&lists[1]);
    uint8_t *both = malloc(a.len + b.len);
    struct crl_set *set = crl_set_new();
    secsock_error error;
    memcpy(both, a.data, a.len);
    memcpy(both + a.len, b.data, b.len);
    CHECK(crl_set_add(set, (struct slice){ both, a.len + b.len - 1 }, &error) == SECSOCK_E_FORMAT &&
              strstr(error.message, "list 2 cannot be read") != NULL,
          "one of two lists in DER is cut short: %s", error.message);
    CHECK(crl_set_add(set, (struct slice){ both, a.len + b.len }, &error) == 2,
          "two lists in DER are added");
    size_t cursor = 0;
    struct crl crl;
    crl_parse(&crl, b);
    const struct crl *found = crl_set_find(set, crl.issuer, &cursor);
    CHECK(found != NULL && slice_equal(found->der, b), "one is found by its issuer");
    CHECK(crl_set_find(set, crl.issuer, &cursor) == NULL,
          "and it alone, nothing being left of those that were refused");
    crl_set_free(set);
    free(both);
    free((void *)a.data);
    free((void *)b.data);
}

static void short_memory(void)
{
    size_t len;
    char *pem = pki_read("revocation/both.pem", &len);
    unsigned long n = 0;
    int result = SECSOCK_E_MEMORY;
    bool good = true;
    while (good && result != 2 && n < 100) {
        struct crl_set *set = crl_set_new();
        memory_fail(++n);
        result = crl_set_add(set, (struct slice){ (uint8_t *)pem, len }, NULL);
        good = memory_failed() ? result == SECSOCK_E_MEMORY : result == 2;
        memory_fail(0);
        crl_set_free(set);
    }
    CHECK(good && n > 3, "each of %lu allocations may fail while lists are added", n - 1);
    free(pem);
}

int main(void)
{
    read_all();
    fields();
    damage();
    large();
    find_in_order();
    sets();
    several_in_der();
    folders();
    short_memory();
    mint_end();
    return check_done();
}

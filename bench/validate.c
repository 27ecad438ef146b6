/*
 * What validation costs besides its signatures.
 *
 * A chain of three ECDSA P-256 certificates, a leaf and two intermediates, under a trust anchor:
 * three signatures. They are verified by wolfCrypt alone, as any program must (digest, public key
 * decoded, signature verified); and by validate() as a whole, from the DER to the verdict.
 */
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include <stdio.h>
#include <stdlib.h>

#include "measure.h"
#include "memory.h"
#include "mint.h"
#include "validate.h"

enum { LINKS = 3, MOST_CHAINS = 64, TIME = 1767355200 /* 2026 */ };

/* What is signed, by which key. */
struct signed_by {
    struct slice data, signature, key;
};

struct chain {
    struct mint descriptions[LINKS + 1]; /* leaf, intermediates, anchor */
    struct slice ders[LINKS + 1];
    struct signed_by signatures[LINKS];
    struct slice sent[LINKS];
};

/* Chains of which one is taken after the other. */
struct chains {
    struct chain chain[MOST_CHAINS];
    size_t count, next;
    secsock_store *anchors;
};

static void make_chain(struct chain *chain, unsigned number)
{
    static const char *const names[LINKS + 1] = { "Leaf", "Issuing CA", "Policy CA", "Root" };
    struct x509 parsed[LINKS + 1];
    for (size_t i = LINKS + 1; i-- > 0;) {
        chain->descriptions[i] =
            (struct mint){ .cn = names[i],
                           .by = i < LINKS ? &chain->descriptions[i + 1] : NULL,
                           .ca = i > 0,
                           .number = number * (LINKS + 1) + (unsigned)i,
                           .variant = number };
        chain->ders[i] = mint(&chain->descriptions[i]);
        measure_need(x509_parse(&parsed[i], chain->ders[i]) == NULL, "a certificate is malformed");
    }
    for (size_t i = 0; i < LINKS; i++) {
        chain->sent[i] = chain->ders[i];
        chain->signatures[i] =
            (struct signed_by){ parsed[i].tbs, parsed[i].signature, parsed[i + 1].key };
    }
}

static void make_chains(struct chains *chains, size_t count)
{
    *chains = (struct chains){ .count = count, .anchors = secsock_store_new() };
    for (size_t i = 0; i < count; i++) {
        secsock_cert *root = NULL;
        make_chain(&chains->chain[i], (unsigned)i);
        struct slice der = chains->chain[i].ders[LINKS];
        measure_need(secsock_cert_from_der(&root, der.data, der.len, NULL) == SECSOCK_OK &&
                         secsock_store_add(chains->anchors, root, NULL) == SECSOCK_OK,
                     "no store");
        secsock_cert_free(root);
    }
}

static void free_chains(struct chains *chains)
{
    for (size_t i = 0; i < chains->count; i++) {
        for (size_t j = 0; j <= LINKS; j++)
            free((void *)chains->chain[i].ders[j].data);
    }
    secsock_store_free(chains->anchors);
}

static const struct chain *next(struct chains *chains)
{
    return &chains->chain[chains->next++ % chains->count];
}

static void verify(const struct signed_by *what)
{
    uint8_t digest[WC_SHA256_DIGEST_SIZE];
    ecc_key key;
    int good = 0;
    measure_need(wc_Sha256Hash(what->data.data, (word32)what->data.len, digest) == 0 &&
                     wc_ecc_init(&key) == 0 &&
                     wc_ecc_import_x963_ex(what->key.data, (word32)what->key.len, &key,
                                           ECC_SECP256R1) == 0 &&
                     wc_ecc_verify_hash(what->signature.data, (word32)what->signature.len, digest,
                                        sizeof(digest), &good, &key) == 0 &&
                     good == 1,
                 "a signature is bad");
    wc_ecc_free(&key);
}

static void verify_all(void *arg)
{
    const struct chain *chain = next(arg);
    for (size_t i = 0; i < LINKS; i++)
        verify(&chain->signatures[i]);
}

static void validate_all(void *arg)
{
    struct chains *chains = arg;
    struct validation in = { .chain = next(chains)->sent,
                             .chain_len = LINKS,
                             .anchors = chains->anchors,
                             .peername = "a.example",
                             .time = TIME,
                             .purpose = PURPOSE_SERVER };
    secsock_verdict *verdict = NULL;
    measure_need(validate(&in, &verdict) == SECSOCK_OK && secsock_verdict_ok(verdict),
                 "the chain is not valid");
    secsock_verdict_free(verdict);
}

static void against_signatures(struct chains *chains, const char *caption)
{
    const struct measured validation = { "validate()", validate_all, chains };
    const struct measured signatures = { "its three signatures, by wolfCrypt", verify_all, chains };
    measure(caption, &validation, &signatures);
}

/* The same chain under its own anchor alone, and under that among the system's. */
static void against_anchors(struct chains *one)
{
    struct chains many = *one;
    secsock_store *system = NULL;
    char name[80];
    many.anchors = secsock_store_new();
    measure_need(secsock_store_system(&system, NULL) == SECSOCK_OK, "no anchors of the system");
    measure_need(store_merge(many.anchors, system) == SECSOCK_OK &&
                     store_merge(many.anchors, one->anchors) == SECSOCK_OK,
                 "no store");
    snprintf(name, sizeof(name), "validate() with %zu anchors", secsock_store_count(many.anchors));
    const struct measured with_many = { name, validate_all, &many };
    const struct measured with_one = { "validate() with one anchor", validate_all, one };
    measure("Finding the issuer among many anchors", &with_many, &with_one);
    secsock_store_free(many.anchors);
    secsock_store_free(system);
}

static void count_allocations(struct chains *chains)
{
    unsigned long before = memory_asked();
    validate_all(chains);
    unsigned long validation = memory_asked() - before;
    before = memory_asked();
    verify_all(chains);
    printf("Allocations of one validation\n  %-52s %8lu\n  %-52s %8lu\n", "in all", validation,
           "of these in wolfCrypt, for its three signatures", memory_asked() - before);
}

int main(void)
{
    static struct chains one, many;
    make_chains(&one, 1);
    make_chains(&many, MOST_CHAINS);
    against_signatures(&one, "One chain of three P-256 certificates, again and again: wolfCrypt "
                             "knows the keys");
    against_signatures(&many,
                       "64 chains of three P-256 certificates in turn: keys not seen lately");
    against_anchors(&one);
    count_allocations(&one);
    free_chains(&one);
    free_chains(&many);
    mint_end();
    return 0;
}

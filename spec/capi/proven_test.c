/* Signatures that are known to be good: what is taken for known, what is kept, and what a verdict
 * does not owe to them. A key of no kind tells the two apart: with it nothing can be checked. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "config.h"
#include "example.h"
#include "memory.h"
#include "pair.h"
#include "settings.h"
#include "tcp.h"

static const struct pubkey no_key = { .kind = PUBKEY_OTHER };

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint leaf = { .by = &root, .number = 1 };
static const struct mint forged = { .by = &root, .number = 1, .flaws = MINT_BAD_SIGNATURE };

static bool is_known(struct proven *proven, const struct x509 *x509, const struct x509 *signer)
{
    struct proving proving = { .proven = proven };
    enum signature_result result = proving_verify(&proving, x509, signer, &no_key);
    return result == SIGNATURE_GOOD;
}

/* What comes of a check with the signer's own key, and is kept then. */
static enum signature_result prove(struct proven *proven, const struct x509 *x509,
                                   const struct x509 *signer)
{
    struct proving proving = { .proven = proven };
    struct pubkey key;
    pubkey_read(signer, &key);
    enum signature_result result = proving_verify(&proving, x509, signer, &key);
    proving_keep(&proving);
    return result;
}

/* ------------------------------------------------------------------------------ what is known */

static void test_keeping(void)
{
    struct proven *proven = proven_new();
    secsock_cert *signer = example_cert(&root), *good = example_cert(&leaf);
    secsock_cert *bad = example_cert(&forged);
    struct proving proving = { .proven = proven };
    struct pubkey key;
    pubkey_read(&signer->x509, &key);
    CHECK(!is_known(proven, &good->x509, &signer->x509), "in the beginning nothing is known");
    CHECK(proving_verify(&proving, &good->x509, &signer->x509, &key) == SIGNATURE_GOOD &&
              !is_known(proven, &good->x509, &signer->x509),
          "what was found good is not known as long as nobody says that it is to be kept");
    proving_keep(&proving);
    CHECK(is_known(proven, &good->x509, &signer->x509), "then it is");
    CHECK(prove(proven, &bad->x509, &signer->x509) == SIGNATURE_BAD &&
              !is_known(proven, &bad->x509, &signer->x509),
          "what was found bad is not kept");
    CHECK(prove(proven, &bad->x509, &signer->x509) == SIGNATURE_BAD, "and is bad again");
    CHECK(proving_verify(NULL, &good->x509, &signer->x509, &no_key) == SIGNATURE_UNSUPPORTED,
          "who is told of nothing that is known checks");
    secsock_cert_free(signer);
    secsock_cert_free(good);
    secsock_cert_free(bad);
    proven_free(proven);
}

/* Whether one flipped bit in these bytes is enough for it not to be known, whichever bit it is. */
static bool each_bit_counts(struct proven *proven, const struct x509 *x509,
                            const struct x509 *signer, struct slice where)
{
    uint8_t *bytes = (uint8_t *)where.data; /* of a certificate of ours */
    bool counts = is_known(proven, x509, signer);
    for (size_t i = 0; i < 8 * where.len; i++) {
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        counts &= !is_known(proven, x509, signer);
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    return counts;
}

static void test_flipping(void)
{
    struct proven *proven = proven_new();
    secsock_cert *signer = example_cert(&root), *cert = example_cert(&leaf);
    const struct x509 *x509 = &cert->x509;
    struct x509 shifted = *x509;
    prove(proven, x509, &signer->x509);
    CHECK(each_bit_counts(proven, x509, &signer->x509, x509->tbs),
          "each bit counts of what is signed");
    CHECK(each_bit_counts(proven, x509, &signer->x509, x509->signature), "of the signature");
    CHECK(each_bit_counts(proven, x509, &signer->x509, x509->sig_alg), "of its algorithm");
    CHECK(each_bit_counts(proven, x509, &signer->x509, signer->x509.spki), "of the key");
    shifted.tbs.len--;
    CHECK(!is_known(proven, &shifted, &signer->x509), "and where each of them ends");
    CHECK(is_known(proven, x509, &signer->x509) && !is_known(proven, x509, x509),
          "with another key it is another signature");
    secsock_cert_free(signer);
    secsock_cert_free(cert);
    proven_free(proven);
}

/* ----------------------------------------------------------------------------------- how much */

enum { MANY = 1200 };

/* So many certificates that differ, as far as a digest goes. */
static void number(struct x509 *x509, uint8_t mark[2], unsigned i)
{
    mark[0] = (uint8_t)i;
    mark[1] = (uint8_t)(i >> 8);
    x509->tbs = (struct slice){ mark, 2 };
}

static void put_in(struct proven *proven, const struct x509 *x509, const struct x509 *signer)
{
    struct proving proving = { .proven = proven };
    if (proving_verify(&proving, x509, signer, &no_key) == SIGNATURE_GOOD)
        return;
    const struct slice all[] = { signer->spki, x509->sig_alg, x509->signature, x509->tbs };
    digest_sha256_all(all, 4, proving.fresh[proving.fresh_count++]);
    proving_keep(&proving);
}

static unsigned count_known(struct proven *proven, struct x509 *x509, const struct x509 *signer)
{
    uint8_t mark[2];
    unsigned count = 0;
    for (unsigned i = 0; i < MANY; i++) {
        number(x509, mark, i);
        count += is_known(proven, x509, signer);
    }
    return count;
}

static void test_bounds(void)
{
    struct proven *proven = proven_new();
    secsock_cert *signer = example_cert(&root);
    struct x509 x509 = signer->x509;
    uint8_t mark[2];
    size_t before = memory_held();
    number(&x509, mark, 0);
    put_in(proven, &x509, &signer->x509);
    bool first_stays = true;
    for (unsigned i = 1; i < MANY; i++) {
        number(&x509, mark, i);
        put_in(proven, &x509, &signer->x509);
        number(&x509, mark, 0);
        first_stays &= is_known(proven, &x509, &signer->x509);
    }
    CHECK(memory_held() == before, "%d signatures take no more memory than none", MANY);
    CHECK(first_stays, "one that is asked for again and again stays");
    number(&x509, mark, MANY - 1);
    CHECK(is_known(proven, &x509, &signer->x509), "the last one is known");
    unsigned known = count_known(proven, &x509, &signer->x509);
    CHECK(known > 200 && known <= 256, "and %u altogether", known);
    secsock_cert_free(signer);
    proven_free(proven);
}

static struct proven *shared;
static secsock_cert *shared_signer;

static void *work(void *wrong)
{
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < MANY / 4; i++) {
            struct x509 x509 = shared_signer->x509;
            uint8_t mark[2];
            number(&x509, mark, i);
            put_in(shared, &x509, &shared_signer->x509);
            number(&x509, mark, MANY + i);
            *(unsigned *)wrong += is_known(shared, &x509, &shared_signer->x509);
        }
    }
    return NULL;
}

static void test_threads(void)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    unsigned wrong[THREADS] = { 0 }, sum = 0;
    shared = proven_new();
    shared_signer = example_cert(&root);
    for (unsigned i = 0; i < THREADS; i++)
        threads[i] = tcp_thread(work, &wrong[i]);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += wrong[i];
    }
    CHECK(sum == 0, "while %d threads put in, none is told of what nobody has", THREADS);
    secsock_cert_free(shared_signer);
    proven_free(shared);
}

/* ---------------------------------------------------------------------------------- a verdict */

/* The problems that are found, "" for none. */
static const char *judge(struct input *input, struct proven *proven)
{
    static char problems[256];
    struct proving proving = { .proven = proven };
    secsock_verdict *verdict = NULL;
    input->validation.proving = &proving;
    if (validate(&input->validation, &verdict) != SECSOCK_OK)
        return "no memory";
    example_problems(verdict, problems, sizeof problems);
    secsock_verdict_free(verdict);
    return problems;
}

static void test_verdicts(void)
{
    static const struct example example = { .chain = { &leaf }, .anchors = { &root } };
    struct proven *proven = proven_new();
    secsock_cert *signer = example_cert(&root), *cert = example_cert(&leaf);
    struct input input;
    example_open(&example, &input);
    input.validation.peername = "b.example";
    CHECK(strcmp(judge(&input, proven), "name_mismatch@Leaf") == 0 &&
              !is_known(proven, &cert->x509, &signer->x509),
          "nothing is kept of a peer with which something is wrong");
    input.validation.peername = "a.example";
    CHECK(strcmp(judge(&input, proven), "") == 0 && is_known(proven, &cert->x509, &signer->x509),
          "of a good one the signature is");
    CHECK(strcmp(judge(&input, proven), "") == 0, "with which it is as good as before");
    input.validation.peername = "b.example";
    CHECK(strcmp(judge(&input, proven), "name_mismatch@Leaf") == 0, "the name is looked at anew");
    input.validation.peername = "a.example";
    input.validation.time = INT64_C(4102444800); /* 2100 */
    CHECK(strcmp(judge(&input, proven), "expired@Leaf expired@Root") == 0, "and so is the time");
    input.validation.time = example_time;
    input.validation.anchors = input.validation.disallowed;
    CHECK(strcmp(judge(&input, proven), "issuer_unknown@Leaf") == 0, "and whom to trust");
    example_close(&input);
    secsock_cert_free(signer);
    secsock_cert_free(cert);
    proven_free(proven);
}

static void test_shortage(void)
{
    static const struct example example = { .chain = { &leaf }, .anchors = { &root } };
    struct input input;
    bool survived = true;
    unsigned long n = 0;
    example_open(&example, &input);
    do {
        memory_fail(++n);
        struct proven *proven = proven_new();
        const char *problems = proven ? judge(&input, proven) : "no memory";
        bool failed = memory_failed();
        memory_fail(0);
        survived &= strcmp(problems, failed ? "no memory" : "") == 0;
        survived &= !failed || !proven || strcmp(judge(&input, proven), "") == 0;
        proven_free(proven);
        if (!failed)
            break;
    } while (survived);
    CHECK(survived && n > 4, "each of %lu allocations may fail, and it can be judged again", n - 1);
    example_close(&input);
}

/* -------------------------------------------------------------------------------- connections */

static void test_connections(int version)
{
    struct pair pair;
    secsock_cert *server_cert = settings_cert("server"), *issuer = settings_cert("int");
    secsock_config *client = settings_config(&(struct settings){ .version = version });
    secsock_config *server = settings_config(&(struct settings){ .identity = "server" });
    pair_open(&pair, client, server);
    pair_upgrade(&pair, "other.example");
    CHECK(pair.client_result == SECSOCK_E_REJECTED &&
              !is_known(client->proven, &server_cert->x509, &issuer->x509),
          "TLS 1.%d: nothing is kept of a server that was refused", version - TLS12 + 2);
    pair_close(&pair);
    CHECK(pair_connect(&pair, client, server) == 1 &&
              is_known(client->proven, &server_cert->x509, &issuer->x509),
          "its signature is known once it has been found to be who it ought to be");
    pair_close(&pair);
    CHECK(pair_connect(&pair, client, server) == 1, "and it connects again");
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
    secsock_cert_free(server_cert);
    secsock_cert_free(issuer);
}

int main(void)
{
    test_keeping();
    test_flipping();
    test_bounds();
    test_threads();
    test_verdicts();
    test_shortage();
    test_connections(TLS12);
    test_connections(TLS13);
    mint_end();
    return check_done();
}

/* Many connections of one configuration in several threads at once; shared certificates, stores and
 * verdicts. For the thread sanitizer as much as for the results. */
#include <string.h>

#include "check.h"
#include "pair.h"
#include "settings.h"
#include "tcp.h"

enum { THREADS = 8, ROUNDS = 30 };

static secsock_config *client_config, *server_config;
static pthread_barrier_t start;

/* ------------------------------------------------------------------------------ one connection */

static const char *const names[] = { "mail.example", "localhost", "a.wild.example",
                                     "b.wild.example" };

struct tally {
    unsigned number; /* of the thread */
    int fine, resumed, judged;
};

/* Counts, in what belongs to its thread alone. */
static int count(secsock *s, const secsock_verdict *verdict, void *arg)
{
    struct tally *tally = arg;
    char text[2048];
    tally->judged++;
    secsock_verdict_explain(verdict, text, sizeof text);
    return secsock_get_role(s) == SECSOCK_CLIENT ? SECSOCK_FOLLOW : SECSOCK_ACCEPT;
}

static void meet(struct tally *tally, unsigned round)
{
    struct pair pair;
    pair_open(&pair, client_config, server_config);
    secsock_set_validate_hook(pair.client, count, tally);
    secsock_set_validate_hook(pair.server, count, tally);
    pair_upgrade(&pair, names[(tally->number + round) % 4]);
    if (pair.client_result == SECSOCK_OK && pair.server_result == SECSOCK_OK && pair_talks(&pair)) {
        tally->fine++;
        tally->resumed += secsock_tls_resumed(pair.client);
    }
    pair_close(&pair);
}

static void *meet_often(void *arg)
{
    struct tally *tally = arg;
    secsock_config *mine = secsock_config_ref(client_config);
    pthread_barrier_wait(&start);
    for (unsigned round = 0; round < ROUNDS; round++)
        meet(tally, round);
    secsock_config_free(mine);
    return NULL;
}

static struct tally run(void *(*what)(void *arg))
{
    pthread_t threads[THREADS];
    struct tally tallies[THREADS] = { 0 }, sum = { 0 };
    pthread_barrier_init(&start, NULL, THREADS);
    for (unsigned i = 0; i < THREADS; i++) {
        tallies[i].number = i;
        threads[i] = tcp_thread(what, &tallies[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum.fine += tallies[i].fine;
        sum.resumed += tallies[i].resumed;
        sum.judged += tallies[i].judged;
    }
    pthread_barrier_destroy(&start);
    return sum;
}

/* The configurations are fresh: the threads race for their first use as well. */
static void test_connections(int version)
{
    client_config = settings_config(
        &(struct settings){ .version = version, .identity = "client", .groups = "X25519:P-256" });
    server_config = settings_config(&(struct settings){
        .identity = "server", .client_auth = SECSOCK_CLIENT_AUTH_REQUIRE, .alpn = "imap" });
    struct tally sum = run(meet_often);
    if (!CHECK(sum.fine == THREADS * ROUNDS && sum.judged == 2 * THREADS * ROUNDS,
               "TLS 1.%d: %d threads make %d connections each, all at once", version - TLS12 + 2,
               THREADS, ROUNDS))
        printf("# %d were made, the hooks ran %d times\n", sum.fine, sum.judged);
    CHECK(sum.resumed > 0, "TLS 1.%d: some of them are resumed", version - TLS12 + 2);
    secsock_config_free(client_config);
    secsock_config_free(server_config);
}

/* ----------------------------------------------------------------------------- shared objects */

static secsock_cert *shared_cert;
static secsock_store *shared_store;
static secsock_verdict *shared_verdict;

static bool knows_cert(const secsock_cert *cert)
{
    int kind;
    size_t len;
    return secsock_cert_subject(cert) && secsock_cert_issuer(cert) && secsock_cert_serial(cert) &&
           secsock_cert_san(cert, 0, &kind) && secsock_cert_sha256(cert) &&
           secsock_cert_sha1(cert) && secsock_cert_pin(cert) && secsock_cert_der(cert, &len) &&
           secsock_cert_pem(cert) && secsock_cert_key_type(cert) && secsock_cert_key_curve(cert) &&
           secsock_cert_ext_key_usage(cert, 0) && secsock_cert_subject_key_id(cert);
}

static void *share_often(void *arg)
{
    struct tally *tally = arg;
    char text[2048];
    pthread_barrier_wait(&start);
    for (int round = 0; round < ROUNDS; round++) {
        secsock_cert *cert = secsock_cert_ref(shared_cert);
        secsock_verdict *verdict = secsock_verdict_ref(shared_verdict);
        secsock_config *config = secsock_config_new();
        bool fine = knows_cert(cert) && secsock_verdict_explain(verdict, text, sizeof text) > 0 &&
                    secsock_config_set_identity(config, cert) == SECSOCK_OK &&
                    secsock_config_trust_store(config, shared_store) == SECSOCK_OK;
        tally->fine += fine;
        secsock_config_free(config);
        secsock_cert_free(cert);
        secsock_verdict_free(verdict);
    }
    return NULL;
}

static void test_shared_objects(void)
{
    struct pair pair;
    secsock_cert *root = settings_cert("ca");
    shared_cert = settings_identity("server");
    shared_store = secsock_store_new();
    secsock_store_add(shared_store, root, NULL);
    client_config = settings_config(&(struct settings){ 0 });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    pair_connect(&pair, client_config, server_config);
    shared_verdict = secsock_verdict_ref(secsock_get_verdict(pair.client));
    pair_close(&pair);
    CHECK(run(share_often).fine == THREADS * ROUNDS,
          "certificates, stores and verdicts can be shared between threads");
    secsock_verdict_free(shared_verdict);
    secsock_store_free(shared_store);
    secsock_cert_free(shared_cert);
    secsock_cert_free(root);
    secsock_config_free(client_config);
    secsock_config_free(server_config);
}

/* The system's anchors are read by whoever comes first, once. */
static void *ask_system(void *arg)
{
    struct tally *tally = arg;
    secsock_store *store = NULL;
    pthread_barrier_wait(&start);
    tally->fine =
        secsock_store_system(&store, NULL) == SECSOCK_OK && secsock_store_count(store) > 0;
    secsock_store_free(store);
    return NULL;
}

static void test_system(void)
{
    secsock_store *store = NULL;
    int fine = run(ask_system).fine, there = secsock_store_system(&store, NULL);
    secsock_store_free(store);
    CHECK(fine == (there == SECSOCK_OK ? THREADS : 0),
          "every thread gets the system's anchors, or none does");
}

int main(void)
{
    test_connections(TLS12);
    test_connections(TLS13);
    test_shared_objects();
    test_system();
    return check_done();
}

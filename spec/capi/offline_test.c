/* secsock_validate(): in which forms a chain may come, what cannot be read, misuse, memory. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "config_checks.h"
#include "example.h"
#include "memory.h"

static secsock_config *judge_config(void)
{
    secsock_config *config = secsock_config_new();
    secsock_config_trust_file(config, pki_path("ca.pem"));
    return config;
}

/* The problems that a chain has as mail.example's, or what the call failed with. */
static const char *problems(const void *chain, size_t len)
{
    static char text[500];
    secsock_config *config = judge_config();
    secsock_verdict *verdict = NULL;
    secsock_error error;
    int result = secsock_validate(config, SECSOCK_PURPOSE_SERVER, "mail.example", chain, len, NULL,
                                  0, &verdict, &error);
    if (result == SECSOCK_OK)
        example_problems(verdict, text, sizeof(text));
    else
        snprintf(text, sizeof(text), "%s", error.message);
    secsock_verdict_free(verdict);
    secsock_config_free(config);
    return text;
}

static bool finds(const char *want, const void *chain, size_t len)
{
    const char *found = problems(chain, len);
    if (strcmp(found, want) != 0)
        printf("# found: %s\n", found);
    return strcmp(found, want) == 0;
}

/* Files of the PKI one after the other. */
struct bytes {
    uint8_t data[16384];
    size_t len;
};

static void put(struct bytes *bytes, const void *data, size_t len)
{
    memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
}

static void put_file(struct bytes *bytes, const char *name)
{
    size_t len;
    char *text = pki_read(name, &len);
    put(bytes, text, len);
    free(text);
}

static void put_der(struct bytes *bytes, const char *name)
{
    secsock_cert *cert = NULL;
    size_t len;
    secsock_cert_load(&cert, pki_path(name), NULL, NULL);
    const void *der = secsock_cert_der(cert, &len);
    put(bytes, der, len);
    secsock_cert_free(cert);
}

/* --------------------------------------------------------------------------------------- forms */

static void reads_pem(void)
{
    static const struct {
        const char *sentence, *files[3], *want;
    } cases[] = {
        { "a leaf and its issuer", { "server.pem", "int.pem" }, "" },
        { "text around them", { "server-chain.pem" }, "" },
        { "with a root between", { "misordered.pem" }, "" },
        { "with the private key in front", { "server-all.pem" }, "" },
        { "CRLF", { "crlf.pem", "int.pem" }, "" },
        { "a byte order mark", { "bom.pem", "int.pem" }, "" },
        { "a leaf alone", { "server.pem" }, "issuer_unknown@mail.example" },
        { "another leaf", { "elsewhere-chain.pem" }, "name_mismatch@other.example" },
        { "a private key and nothing else", { "key-only.pem" }, "no_certificate@-" },
        { "a request", { "request.pem" }, "no_certificate@-" },
        { "nothing at all", { "empty.pem" }, "no_certificate@-" },
        { "no PEM", { "garbage.pem" }, "malformed@-" },
        { "a block that is not base64", { "bad-base64.pem" }, "malformed@-" },
        { "a block that is not base64 and a good chain",
          { "bad-base64.pem", "server-chain.pem" },
          "malformed@-" },
        { "a good chain and a block that is not base64",
          { "server-chain.pem", "bad-base64.pem" },
          "malformed@-" },
        { "a block that is no certificate", { "bad-der.pem" }, "malformed@-" },
        { "a block without an end", { "no-end.pem" }, "malformed@-" },
        { "a good chain and a block without an end",
          { "server-chain.pem", "no-end.pem" },
          "malformed@-" },
        { "a block with another's end", { "wrong-end.pem" }, "malformed@-" },
        { "OpenSSL's trusted certificate in front of a good chain",
          { "trusted.pem", "server-chain.pem" },
          "malformed@-" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes text = { .len = 0 };
        for (size_t k = 0; k < 3 && cases[i].files[k] != NULL; k++)
            put_file(&text, cases[i].files[k]);
        CHECK(finds(cases[i].want, text.data, text.len), "PEM: %s: \"%s\"", cases[i].sentence,
              cases[i].want);
    }
}

static void reads_der(void)
{
    struct bytes der = { .len = 0 };
    put_der(&der, "server.pem");
    size_t leaf = der.len;
    CHECK(finds("issuer_unknown@mail.example", der.data, der.len), "DER: a leaf");
    put_der(&der, "int.pem");
    CHECK(finds("", der.data, der.len), "DER: a leaf and its issuer");
    put(&der, "\n", 1);
    CHECK(finds("malformed@-", der.data, der.len), "DER: with a byte behind them");
    bool all = true;
    unsigned stride = check_stride();
    for (size_t len = 1; len + 1 < der.len; len += stride) {
        const char *want = len == leaf ? "issuer_unknown@mail.example" : "malformed@-";
        const char *found = problems(der.data, len);
        bool good = strcmp(found, want) == 0 ||
                    (len > leaf && strcmp(found, "malformed@- issuer_unknown@mail.example") == 0);
        if (!good)
            printf("# cut to %zu: %s\n", len, found);
        all = all && good;
    }
    CHECK(all, "DER: cut short anywhere it is malformed");
    CHECK(finds("malformed@-", "0", 1) && finds("malformed@-", "0\x82", 2) &&
              finds("malformed@-", "0\x80", 2),
          "a beginning of DER is malformed");
    CHECK(finds("no_certificate@-", NULL, 0) && finds("no_certificate@-", "", 0),
          "what is empty holds no certificate");
}

static void bounds_its_work(void)
{
    struct bytes many = { .len = 0 };
    put_der(&many, "server.pem");
    put_der(&many, "int.pem");
    for (int i = 0; i < 5000; i++)
        put(&many, "0\0", 2);
    double before = example_clock();
    CHECK(finds("malformed@- too_complex@-", many.data, many.len),
          "of thousands of pieces only some are looked at");
    CHECK(example_clock() - before < 200, "in %.1f ms", example_clock() - before);
}

/* -------------------------------------------------------------------------------------- misuse */

static void refuses_misuse(void)
{
    secsock_config *config = judge_config();
    secsock_verdict *verdict = (secsock_verdict *)config;
    secsock_error error;
    CHECK(secsock_validate(config, 3, NULL, "", 0, NULL, 0, &verdict, &error) ==
                  SECSOCK_E_ARGUMENT &&
              verdict == NULL && strstr(error.message, "unknown purpose: 3") != NULL,
          "an unknown purpose: %s", error.message);
    CHECK(secsock_validate(config, -1, NULL, "", 0, NULL, 0, &verdict, &error) ==
              SECSOCK_E_ARGUMENT,
          "another one: %s", error.message);
    CHECK(secsock_validate(config, 0, NULL, NULL, 5, NULL, 0, &verdict, &error) ==
              SECSOCK_E_ARGUMENT,
          "a chain that is not there: %s", error.message);
    CHECK(secsock_validate(config, 0, NULL, "", 0, NULL, 5, &verdict, &error) == SECSOCK_E_ARGUMENT,
          "a response that is not there: %s", error.message);
    CHECK(secsock_validate(config, 0, NULL, "", 0, NULL, 0, NULL, NULL) == SECSOCK_E_ARGUMENT,
          "no place for the verdict");
    CHECK(accepted(config, secsock_config_set_max_depth(config, 1)),
          "none of it freezes the configuration");
    CHECK(secsock_validate(config, 0, NULL, "", 0, NULL, 0, &verdict, NULL) == SECSOCK_OK &&
              refused(config, secsock_config_set_max_depth(config, 2), SECSOCK_E_FROZEN, "in use"),
          "a validation does");
    secsock_verdict_free(verdict);
    secsock_config_free(config);
}

static void has_defaults(void)
{
    struct bytes chain = { .len = 0 };
    secsock_verdict *verdict = NULL;
    char found[200];
    put_file(&chain, "server-chain.pem");
    CHECK(secsock_validate(NULL, SECSOCK_PURPOSE_SERVER, NULL, chain.data, chain.len, NULL, 0,
                           &verdict, NULL) == SECSOCK_OK,
          "no configuration means the defaults");
    example_problems(verdict, found, sizeof(found));
    CHECK(strstr(found, "name_unchecked@mail.example") != NULL &&
              secsock_verdict_has(verdict, SECSOCK_PROBLEM_ISSUER_UNKNOWN),
          "a server without a name is not checked fully: %s", found);
    secsock_verdict_free(verdict);
    secsock_validate(NULL, SECSOCK_PURPOSE_CLIENT, NULL, chain.data, chain.len, NULL, 0, &verdict,
                     NULL);
    CHECK(!secsock_verdict_has(verdict, SECSOCK_PROBLEM_NAME_UNCHECKED),
          "a client need not have one");
    CHECK(secsock_verdict_time(verdict) > example_time, "it is judged now");
    secsock_verdict_free(verdict);
}

/* --------------------------------------------------------------------------------------- files */

static int judge_files(const char *chain, const char *ocsp, secsock_verdict **verdict,
                       secsock_error *error)
{
    secsock_config *config = judge_config();
    int result = secsock_validate_file(config, SECSOCK_PURPOSE_SERVER, "mail.example", chain, ocsp,
                                       verdict, error);
    secsock_config_free(config);
    return result;
}

static void reads_files(void)
{
    char chain[512], absent[512], found[200];
    secsock_verdict *verdict = NULL;
    secsock_error error;
    snprintf(chain, sizeof(chain), "%s", pki_path("server-chain.pem"));
    snprintf(absent, sizeof(absent), "%s", pki_path("absent.pem"));
    CHECK(judge_files(chain, NULL, &verdict, NULL) == SECSOCK_OK && secsock_verdict_ok(verdict),
          "a chain may be in a file");
    secsock_verdict_free(verdict);
    CHECK(judge_files(chain, chain, &verdict, NULL) == SECSOCK_OK,
          "what came with it, whatever it is, is no error");
    secsock_verdict_free(verdict);
    CHECK(judge_files(pki_path("empty.pem"), NULL, &verdict, NULL) == SECSOCK_OK, "nor is nothing");
    example_problems(verdict, found, sizeof(found));
    CHECK(strstr(found, "no_certificate") != NULL, "but a problem: %s", found);
    secsock_verdict_free(verdict);
    CHECK(judge_files(absent, NULL, &verdict, &error) == SECSOCK_E_FILE && verdict == NULL &&
              strstr(error.message, "absent.pem") != NULL,
          "a file that is not there is named: %s", error.message);
    CHECK(judge_files(chain, absent, &verdict, &error) == SECSOCK_E_FILE && verdict == NULL &&
              strstr(error.message, "absent.pem") != NULL,
          "the other too: %s", error.message);
    CHECK(judge_files(NULL, NULL, &verdict, &error) == SECSOCK_E_ARGUMENT && verdict == NULL,
          "no file is a mistake");
}

/* ------------------------------------------------------------------------------------- threads */

struct worker {
    pthread_t thread;
    secsock_config *config;
    const struct bytes *chain;
    int clean;
};

enum { THREADS = 8, ROUNDS = 20 };

static void *work(void *arg)
{
    struct worker *worker = arg;
    for (int i = 0; i < ROUNDS; i++) {
        secsock_verdict *verdict = NULL;
        if (secsock_validate(worker->config, SECSOCK_PURPOSE_SERVER, "mail.example",
                             worker->chain->data, worker->chain->len, NULL, 0, &verdict,
                             NULL) == SECSOCK_OK)
            worker->clean += secsock_verdict_ok(verdict);
        secsock_verdict_free(verdict);
    }
    return NULL;
}

static void serves_threads(const struct bytes *chain)
{
    struct worker workers[THREADS];
    secsock_config *config = judge_config();
    int clean = 0;
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .config = config, .chain = chain };
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        clean += workers[i].clean;
    }
    CHECK(clean == THREADS * ROUNDS, "%d threads share a configuration that none had used before",
          THREADS);
    secsock_config_free(config);
}

/* -------------------------------------------------------------------------------------- memory */

static void survives_without_memory(const char *form, const struct bytes *chain)
{
    secsock_config *config = judge_config();
    secsock_verdict *verdict;
    secsock_error error;
    unsigned failures = 0;
    bool told = true, kept = false;
    config_freeze(config, NULL);
    long live = memory_live();
    for (;;) {
        memory_fail(failures + 1);
        int result = secsock_validate(config, SECSOCK_PURPOSE_SERVER, "mail.example", chain->data,
                                      chain->len, NULL, 0, &verdict, &error);
        if (!memory_failed())
            break;
        failures++;
        told = told && result == SECSOCK_E_MEMORY && verdict == NULL &&
               strcmp(error.message, "out of memory") == 0;
        kept = kept || memory_live() != live;
    }
    memory_fail(0);
    CHECK(told && failures > 5, "%s: each of %u allocations that fail is told", form, failures);
    CHECK(!kept, "%s: nothing is kept then", form);
    CHECK(secsock_verdict_ok(verdict), "%s: with enough memory all is well", form);
    secsock_verdict_free(verdict);
    secsock_config_free(config);
}

int main(void)
{
    struct bytes pem = { .len = 0 }, der = { .len = 0 };
    reads_pem();
    reads_der();
    bounds_its_work();
    refuses_misuse();
    has_defaults();
    reads_files();
    put_file(&pem, "server-chain.pem");
    put_der(&der, "server.pem");
    put_der(&der, "int.pem");
    serves_threads(&pem);
    survives_without_memory("PEM", &pem);
    survives_without_memory("DER", &der);
    return check_done();
}

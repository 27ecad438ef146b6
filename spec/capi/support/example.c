#include "example.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base64.h"
#include "text.h"

const int64_t example_time = 1767355200;

secsock_cert *example_cert(const struct mint *description)
{
    struct slice der = mint(description);
    secsock_cert *cert;
    secsock_error error;
    if (secsock_cert_from_der(&cert, der.data, der.len, &error) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    free((void *)der.data);
    return cert;
}

void example_add(secsock_store *store, const struct mint *description)
{
    secsock_cert *cert = example_cert(description);
    secsock_error error;
    if (secsock_store_add(store, cert, &error) < 0) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    secsock_cert_free(cert);
}

void example_open(const struct example *example, struct input *input)
{
    const char *name = example->name != NULL ? example->name : "a.example";
    size_t count = 0;
    *input = (struct input){ .anchors = secsock_store_new() };
    for (; example->chain[count] != NULL; count++)
        input->chain[count] = mint(example->chain[count]);
    for (size_t i = 0; example->anchors[i] != NULL; i++)
        example_add(input->anchors, example->anchors[i]);
    if (example->extra != NULL)
        example_add(input->extra = secsock_store_new(), example->extra);
    if (example->disallowed != NULL)
        example_add(input->disallowed = secsock_store_new(), example->disallowed);
    input->validation = (struct validation){
        .chain = input->chain,
        .chain_len = count,
        .anchors = input->anchors,
        .extra = input->extra,
        .disallowed = input->disallowed,
        .peername = name[0] != '\0' ? name : NULL,
        .time = example_time,
        .purpose = example->purpose,
        .profile = example->profile,
        .vetted_anchors = example->vetted,
        .forgives_omissions = example->forgives,
        .limit_intermediates = example->depth > 0,
        .max_intermediates = example->depth - 1,
    };
}

void example_close(struct input *input)
{
    for (size_t i = 0; i < EXAMPLE_MOST; i++)
        free((void *)input->chain[i].data);
    secsock_store_free(input->anchors);
    secsock_store_free(input->extra);
    secsock_store_free(input->disallowed);
}

/* Adds a PEM block, and frees what was in it. */
static void add_pem(struct text *pem, const char *label, struct slice der)
{
    size_t len = base64_encoded_len(der.len, 64);
    char *base64 = malloc(len);
    base64_encode(base64, der, 64);
    text_add(pem, "-----BEGIN %s-----\n%.*s-----END %s-----\n", label, (int)len, base64, label);
    free(base64);
    free((void *)der.data);
}

secsock_cert *example_identity(const struct mint *const *chain)
{
    char certs[8192], key[1024];
    struct text certs_text, key_text;
    secsock_cert *identity;
    secsock_error error;
    text_begin(&certs_text, certs, sizeof(certs));
    text_begin(&key_text, key, sizeof(key));
    add_pem(&key_text, "PRIVATE KEY", mint_private_key(chain[0]));
    for (; *chain != NULL; chain++)
        add_pem(&certs_text, "CERTIFICATE", mint(*chain));
    if (secsock_cert_identity_from_pem(&identity, certs, certs_text.len, key, key_text.len, NULL,
                                       &error) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return identity;
}

static const char *common_name(const secsock_cert *cert)
{
    const char *name = cert != NULL ? secsock_cert_common_name(cert) : "-";
    return name != NULL ? name : "";
}

/* Whether one before is the same problem of the same certificate, by another rule. */
static bool is_repeated(const secsock_verdict *verdict, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (secsock_verdict_problem(verdict, i) == secsock_verdict_problem(verdict, index) &&
            secsock_verdict_problem_cert(verdict, i) ==
                secsock_verdict_problem_cert(verdict, index))
            return true;
    }
    return false;
}

void example_problems(const secsock_verdict *verdict, char *buffer, size_t size)
{
    struct text text;
    text_begin(&text, buffer, size);
    for (size_t i = 0; i < secsock_verdict_problem_count(verdict); i++) {
        if (!is_repeated(verdict, i))
            text_add(&text, "%s%s@%s", i > 0 ? " " : "",
                     secsock_problem_name(secsock_verdict_problem(verdict, i)),
                     common_name(secsock_verdict_problem_cert(verdict, i)));
    }
}

void example_path(const secsock_verdict *verdict, char *buffer, size_t size)
{
    struct text text;
    text_begin(&text, buffer, size);
    for (size_t i = 0; i < secsock_verdict_path_count(verdict); i++)
        text_add(&text, "%s%s", i > 0 ? " " : "", common_name(secsock_verdict_path(verdict, i)));
}

double example_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

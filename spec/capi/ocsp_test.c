/* OCSP responses: reading them, and those that OpenSSL makes. */
#include <stdlib.h>

#include "crl.h"
#include "memory.h"
#include "pki.h"
#include "revoked.h"

#define ABOUT_LEAF .cert = &revoked_leaf

static const struct {
    struct mint_ocsp response;
    const char *flaw;
} reading[] = {
    { { ABOUT_LEAF }, NULL },
    { { ABOUT_LEAF, .by_name = true, .sha256 = true, .status = OCSP_UNKNOWN }, NULL },
    { { ABOUT_LEAF, .status = OCSP_REVOKED, .reason = 1 }, NULL },
    { { ABOUT_LEAF, .to = "", .delegates = { &revoked_inter, &revoked_root } }, NULL },
    { { ABOUT_LEAF, .flaws = MINT_OCSP_NOT_CRITICAL }, NULL },
    { { ABOUT_LEAF, .outer = 1 }, "its responder found the request malformed" },
    { { ABOUT_LEAF, .outer = 2 }, "its responder had an error of its own" },
    { { ABOUT_LEAF, .outer = 3 }, "its responder asks to try later" },
    { { ABOUT_LEAF, .outer = 4 }, "it has a status that does not exist" },
    { { ABOUT_LEAF, .outer = 5 }, "its responder wants requests to be signed" },
    { { ABOUT_LEAF, .outer = 6 }, "its responder refused to answer" },
    { { ABOUT_LEAF, .outer = 7 }, "it has a status that does not exist" },
    { { ABOUT_LEAF, .flaws = MINT_OCSP_CRITICAL },
      "it has a critical extension that is not understood" },
    { { ABOUT_LEAF, .flaws = MINT_OCSP_STRANGE_TYPE }, "it is of a type that is not understood" },
    { { ABOUT_LEAF, .flaws = MINT_OCSP_VERSION }, "its version is not 1" },
    { { ABOUT_LEAF, .flaws = MINT_OCSP_UTC_TIME }, "its producedAt is malformed" },
    { { ABOUT_LEAF, .flaws = MINT_OCSP_NO_ANSWER }, "its answers are malformed" },
    { { ABOUT_LEAF, .status = OCSP_REVOKED, .reason = 7 }, "its answers are malformed" },
    { { ABOUT_LEAF, .signing_flaws = MINT_TRAILING_BYTE }, "it is not an OCSPResponse" },
};

static void read_all(void)
{
    for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++) {
        struct slice der = mint_ocsp(&reading[i].response);
        const char *wanted = reading[i].flaw, *flaw = ocsp_flaw(der);
        if (!CHECK(wanted == NULL ? flaw == NULL : flaw != NULL && strcmp(flaw, wanted) == 0,
                   "response %zu: %s", i, wanted != NULL ? wanted : "nothing is wrong with it"))
            printf("# but: %s\n", flaw);
        free((void *)der.data);
    }
    CHECK(ocsp_flaw((struct slice){ NULL, 0 }) != NULL, "nothing is no response");
}

static void fields(void)
{
    const struct mint_ocsp description = { ABOUT_LEAF, .others = &revoked_root,
                                           .status = OCSP_REVOKED, .reason = 4, .by_name = true };
    struct slice der = mint_ocsp(&description);
    struct slice leaf = mint(&revoked_leaf), inter = mint(&revoked_inter);
    struct x509 x509, issuer;
    struct ocsp ocsp;
    struct ocsp_single single;
    CHECK(ocsp_parse(&ocsp, der) == NULL, "a response is read");
    x509_parse(&x509, leaf);
    x509_parse(&issuer, inter);
    CHECK(ocsp.produced_at == 1767225600, "when it was made");
    CHECK(ocsp_is_responder(&ocsp, &issuer) && !ocsp_is_responder(&ocsp, &x509), "by whom");
    struct slice rest = ocsp.responses;
    CHECK(ocsp_next(&rest, &single) && !ocsp_is_about(&single, &x509, &issuer),
          "the first answer is about another");
    CHECK(ocsp_next(&rest, &single) && ocsp_is_about(&single, &x509, &issuer),
          "the second is about the certificate");
    CHECK(single.status == OCSP_REVOKED && single.reason == 4 && single.revoked_at == 1767225600,
          "that it is revoked, when and why");
    CHECK(single.this_update == 1767225600 && single.has_next_update &&
              single.next_update == 1769904000,
          "for how long it holds");
    CHECK(!ocsp_next(&rest, &single), "there are no more answers");
    free((void *)der.data);
    free((void *)leaf.data);
    free((void *)inter.data);
}

/* Every response that is cut short is none; one with a bit changed is never believed. */
static void damage(void)
{
    static const struct mint delegate = {
        .cn = "Responder", .by = &revoked_inter, .number = 20, .eku = "ocsp", .san = ""
    };
    const struct mint_ocsp description = { ABOUT_LEAF, .by = &delegate, .by_name = true,
                                           .delegates = { &delegate } };
    struct slice der = mint_ocsp(&description);
    uint8_t *copy = malloc(der.len);
    bool refused = true;
    unsigned read = 0, believed = 0;
    struct input input;
    const struct example chain = { .chain = { &revoked_leaf, &revoked_inter },
                                   .anchors = { &revoked_root } };
    for (size_t len = 0; len < der.len; len++) {
        memcpy(copy, der.data, len);
        refused &= ocsp_flaw((struct slice){ copy, len }) != NULL;
    }
    CHECK(refused, "each of %zu responses that are cut short is refused", der.len);
    example_open(&chain, &input);
    for (size_t bit = 0; bit < der.len * 8; bit += check_stride()) {
        secsock_verdict *verdict = NULL;
        memcpy(copy, der.data, der.len);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        read += ocsp_flaw((struct slice){ copy, der.len }) == NULL;
        input.validation.ocsp = (struct slice){ copy, der.len };
        validate(&input.validation, &verdict);
        believed +=
            verdict == NULL || secsock_verdict_revocation(verdict, 0) != SECSOCK_STATUS_UNKNOWN;
        secsock_verdict_free(verdict);
    }
    CHECK(read > 0 && believed == 0, "none of %u responses with a bit changed is believed", read);
    example_close(&input);
    free(copy);
    free((void *)der.data);
}

/* ------------------------------------------------------------------------------ OpenSSL's tools */

static const struct {
    const char *list;
    const char *response;
    int status; /* of the leaf */
} made[] = {
    { "none.pem", NULL, SECSOCK_STATUS_GOOD },
    { "server.pem", NULL, SECSOCK_STATUS_REVOKED },
    { "server.crl", NULL, SECSOCK_STATUS_REVOKED },
    { NULL, "good.ocsp", SECSOCK_STATUS_GOOD },
    { NULL, "revoked.ocsp", SECSOCK_STATUS_REVOKED },
    { NULL, "unknown.ocsp", SECSOCK_STATUS_UNKNOWN },
    { NULL, "delegated.ocsp", SECSOCK_STATUS_GOOD },
    { "none.pem", "revoked.ocsp", SECSOCK_STATUS_REVOKED },
    { "server.pem", "good.ocsp", SECSOCK_STATUS_REVOKED },
};

static secsock_cert *load(const char *name)
{
    secsock_cert *cert = NULL;
    secsock_error error;
    if (secsock_cert_load(&cert, pki_path(name), NULL, &error) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return cert;
}

static struct slice read_made(const char *name)
{
    char path[100];
    size_t len;
    snprintf(path, sizeof(path), "revocation/%s", name);
    uint8_t *data = (uint8_t *)pki_read(path, &len);
    return (struct slice){ data, len };
}

/* A moment at which what OpenSSL has made is valid. */
static int64_t when_made(void)
{
    struct slice der = read_made("revoked.ocsp");
    struct ocsp ocsp;
    CHECK(ocsp_parse(&ocsp, der) == NULL, "a response that OpenSSL made is read");
    free((void *)der.data);
    return ocsp.produced_at + 60;
}

static void openssl(void)
{
    secsock_cert *leaf = load("server.pem"), *inter = load("int.pem"), *root = load("ca.pem");
    struct slice chain[] = { leaf->x509.der, inter->x509.der };
    secsock_store *anchors = secsock_store_new();
    secsock_store_add(anchors, root, NULL);
    struct validation in = { .chain = chain,
                             .chain_len = 2,
                             .anchors = anchors,
                             .time = when_made(),
                             .forgives_omissions = true };
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        struct slice list = { NULL, 0 }, response = { NULL, 0 };
        struct crl_set *crls = crl_set_new();
        secsock_verdict *verdict = NULL;
        if (made[i].list != NULL)
            list = read_made(made[i].list);
        if (made[i].response != NULL)
            response = read_made(made[i].response);
        if (made[i].list != NULL)
            CHECK(crl_set_add(crls, list, NULL) == 1, "OpenSSL's %s is read", made[i].list);
        in.crls = crls;
        in.ocsp = response;
        validate(&in, &verdict);
        CHECK(secsock_verdict_revocation(verdict, 0) == made[i].status &&
                  secsock_verdict_ok(verdict) == (made[i].status != SECSOCK_STATUS_REVOKED),
              "OpenSSL's %s %s: status %d", made[i].list != NULL ? made[i].list : "",
              made[i].response != NULL ? made[i].response : "", made[i].status);
        secsock_verdict_free(verdict);
        crl_set_free(crls);
        free((void *)list.data);
        free((void *)response.data);
    }
    secsock_store_free(anchors);
    secsock_cert_free(leaf);
    secsock_cert_free(inter);
    secsock_cert_free(root);
}

int main(void)
{
    read_all();
    fields();
    damage();
    openssl();
    mint_end();
    return check_done();
}

/*
 * libFuzzer: validate() as a whole. The input is DER, so that der_mutator.c knows its way about in
 * it: elements in any order, each by its tag a part of what validate() is given.
 *
 *     [0] the peer's certificates   [1] anchors   [2] more intermediates   [3] the disallowed
 *     [4] CRLs   [5] the OCSP response   [6] pins that are trusted   [7] pins that are required
 *     OCTET STRING: settings, see below   IA5String: the peer's name
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "validate.h"

enum { MOST = 64 };

struct given {
    struct slice chain[MOST], reversed[MOST];
    struct validation in;
    secsock_store *anchors, *extra, *disallowed;
    struct crl_set *crls;
    uint8_t pins[2][MOST][PIN_SIZE];
    struct pin_list trusted, required;
    char *name;
};

static secsock_store *read_store(struct slice certificates)
{
    secsock_store *store = secsock_store_new();
    struct slice whole;
    uint8_t tag;
    FUZZ_CHECK(store != NULL);
    for (size_t i = 0; i < MOST && der_any(&certificates, &tag, NULL, &whole); i++) {
        secsock_cert *cert = NULL;
        if (secsock_cert_from_der(&cert, whole.data, whole.len, NULL) == SECSOCK_OK)
            FUZZ_CHECK(secsock_store_add(store, cert, NULL) == SECSOCK_OK);
        secsock_cert_free(cert);
    }
    return store;
}

static size_t read_chain(struct slice *chain, struct slice certificates)
{
    size_t count = 0;
    uint8_t tag;
    while (count < MOST && der_any(&certificates, &tag, NULL, &chain[count]))
        count++;
    return count;
}

static void read_pins(struct pin_list *list, uint8_t pins[MOST][PIN_SIZE], struct slice bytes)
{
    list->digests = pins;
    for (list->count = 0; list->count < MOST && bytes.len >= PIN_SIZE; list->count++) {
        memcpy(pins[list->count], bytes.data, PIN_SIZE);
        bytes = (struct slice){ bytes.data + PIN_SIZE, bytes.len - PIN_SIZE };
    }
}

/* The first octet holds switches, the second a depth, the third a choice each for two things; then
 * may follow seconds to add to the time. */
static void read_settings(struct validation *in, struct slice bytes)
{
    uint8_t settings[7] = { 0 };
    memcpy(settings, bytes.data, bytes.len < sizeof(settings) ? bytes.len : sizeof(settings));
    in->profile = (settings[0] & 1) != 0 ? PROFILE_WEBPKI : PROFILE_PRIVATE;
    in->vetted_anchors = (settings[0] & 2) != 0;
    in->forgives_omissions = (settings[0] & 4) != 0;
    in->limit_intermediates = (settings[0] & 8) != 0;
    in->max_intermediates = settings[1];
    in->purpose = (enum validate_purpose)(settings[2] % 3);
    in->revocation = (enum secsock_revocation)(settings[2] / 3 % 3);
    for (size_t i = 3; i < sizeof(settings); i++)
        in->time += (int64_t)settings[i] << (8 * (i - 3));
}

static void read_element(struct given *given, uint8_t tag, struct slice content)
{
    switch (tag) {
    case DER_CONTEXT_CONSTRUCTED + 0:
        given->in.chain_len = read_chain(given->chain, content);
        break;
    case DER_CONTEXT_CONSTRUCTED + 1:
        secsock_store_free(given->anchors);
        given->anchors = read_store(content);
        break;
    case DER_CONTEXT_CONSTRUCTED + 2:
        secsock_store_free(given->extra);
        given->extra = read_store(content);
        break;
    case DER_CONTEXT_CONSTRUCTED + 3:
        secsock_store_free(given->disallowed);
        given->disallowed = read_store(content);
        break;
    case DER_CONTEXT_CONSTRUCTED + 4:
        crl_set_add(given->crls, content, NULL);
        break;
    case DER_CONTEXT_CONSTRUCTED + 5:
        given->in.ocsp = content;
        break;
    case DER_CONTEXT_CONSTRUCTED + 6:
        read_pins(&given->trusted, given->pins[0], content);
        given->in.trusted_pins = &given->trusted;
        break;
    case DER_CONTEXT_CONSTRUCTED + 7:
        read_pins(&given->required, given->pins[1], content);
        given->in.required_pins = &given->required;
        break;
    case DER_OCTET_STRING:
        read_settings(&given->in, content);
        break;
    case DER_IA5_STRING:
        free(given->name);
        given->name = fuzz_string(content);
        break;
    default:
        break;
    }
}

static void read_input(struct given *given, struct slice input)
{
    struct slice content;
    uint8_t tag;
    memset(given, 0, sizeof(*given));
    given->crls = crl_set_new();
    given->in.time = 1767355200; /* 2026 */
    FUZZ_CHECK(given->crls != NULL);
    while (der_any(&input, &tag, &content, NULL))
        read_element(given, tag, content);
    given->in.chain = given->chain;
    given->in.anchors = given->anchors;
    given->in.extra = given->extra;
    given->in.disallowed = given->disallowed;
    given->in.crls = given->crls;
    given->in.peername = given->name;
}

static void forget(struct given *given)
{
    secsock_store_free(given->anchors);
    secsock_store_free(given->extra);
    secsock_store_free(given->disallowed);
    crl_set_free(given->crls);
    free(given->name);
}

static char *explain(const secsock_verdict *verdict)
{
    int len = secsock_verdict_explain(verdict, NULL, 0);
    char cut[10];
    FUZZ_CHECK(len > 0);
    char *text = malloc((size_t)len + 1);
    FUZZ_CHECK(text != NULL);
    FUZZ_CHECK(secsock_verdict_explain(verdict, text, (size_t)len + 1) == len);
    FUZZ_CHECK(strlen(text) == (size_t)len && fuzz_is_text(text));
    FUZZ_CHECK(secsock_verdict_explain(verdict, cut, sizeof(cut)) == len);
    FUZZ_CHECK(strncmp(text, cut, strlen(cut)) == 0);
    return text;
}

/* What a verdict says fits together. */
static void check_verdict(const struct given *given, const secsock_verdict *verdict)
{
    size_t count = secsock_verdict_problem_count(verdict);
    FUZZ_CHECK(secsock_verdict_ok(verdict) == (count == 0));
    FUZZ_CHECK(secsock_verdict_chain_count(verdict) <= given->in.chain_len);
    if (count == 0) {
        FUZZ_CHECK(secsock_verdict_path_count(verdict) > 0);
        FUZZ_CHECK(secsock_verdict_path(verdict, 0) == secsock_verdict_chain(verdict, 0));
        FUZZ_CHECK(given->name == NULL ||
                   secsock_verdict_name_result(verdict) == SECSOCK_NAME_MATCHED);
    }
    for (size_t i = 0; i < count; i++) {
        int problem = secsock_verdict_problem(verdict, i);
        const char *text = secsock_verdict_problem_text(verdict, i);
        FUZZ_CHECK(strcmp(secsock_problem_name(problem), "unknown") != 0);
        FUZZ_CHECK(text != NULL && text[0] != '\0' && fuzz_is_line(text));
        FUZZ_CHECK(secsock_verdict_has(verdict, problem));
    }
}

/* The same input has the same verdict, and in another order of the issuers one as good. */
static void check_again(struct given *given, const secsock_verdict *verdict, const char *text)
{
    secsock_verdict *again = NULL;
    FUZZ_CHECK(validate(&given->in, &again) == SECSOCK_OK);
    char *same = explain(again);
    FUZZ_CHECK(strcmp(text, same) == 0);
    secsock_verdict_free(again);
    free(same);

    for (size_t i = 0; i < given->in.chain_len; i++)
        given->reversed[i] = given->chain[i == 0 ? 0 : given->in.chain_len - i];
    given->in.chain = given->reversed;
    FUZZ_CHECK(validate(&given->in, &again) == SECSOCK_OK);
    if (!secsock_verdict_has(verdict, SECSOCK_PROBLEM_TOO_COMPLEX) &&
        !secsock_verdict_has(again, SECSOCK_PROBLEM_TOO_COMPLEX))
        FUZZ_CHECK(secsock_verdict_ok(again) == secsock_verdict_ok(verdict));
    secsock_verdict_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct given given;
    secsock_verdict *verdict = NULL;
    read_input(&given, (struct slice){ data, len });
    FUZZ_CHECK(validate(&given.in, &verdict) == SECSOCK_OK);
    check_verdict(&given, verdict);
    char *text = explain(verdict);
    check_again(&given, verdict, text);
    free(text);
    secsock_verdict_free(verdict);
    forget(&given);
    return 0;
}

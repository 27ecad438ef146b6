#include "validate.h"

#include <stdlib.h>

#include "name_text.h"
#include "path.h"
#include "peername.h"

/* Limits for what is read at all; a Certificate message is of 64 KB and 36 certificates. */
enum { CHAIN_MOST = 256, BYTES_MOST = 1 << 20 };

/* Names compared, at most; honest chains need a few hundred. */
enum { NAME_WORK = 250000 };

struct state {
    const struct validation *in;
    secsock_verdict *verdict;
    struct revocation *revocation;
    bool leaf_read;
};

static int read_one(struct state *state, size_t index)
{
    const char *why = NULL;
    const struct validation *in = state->in;
    secsock_cert *parsed = in->parsed != NULL ? in->parsed[index] : NULL, *cert = NULL;
    int result = SECSOCK_OK;
    if (parsed != NULL)
        cert = secsock_cert_ref(parsed);
    else
        result = cert_make(&cert, in->chain[index], &why);
    if (result == SECSOCK_E_FORMAT)
        return verdict_add(state->verdict, SECSOCK_PROBLEM_MALFORMED, NULL,
                           "certificate %zu of the %zu that were sent cannot be read: %s",
                           index + 1, in->chain_len, why);
    if (result == SECSOCK_OK)
        result = verdict_add_chain(state->verdict, cert);
    secsock_cert_free(cert);
    if (index == 0)
        state->leaf_read = result == SECSOCK_OK;
    return result;
}

static int read_chain(struct state *state)
{
    size_t bytes = 0;
    int result = SECSOCK_OK;
    for (size_t i = 0; result == SECSOCK_OK && i < state->in->chain_len; i++) {
        bytes += state->in->chain[i].len;
        if (i == CHAIN_MOST || bytes > BYTES_MOST)
            return verdict_add(state->verdict, SECSOCK_PROBLEM_TOO_COMPLEX, NULL,
                               "%zu certificates were sent, of which only %zu were looked at",
                               state->in->chain_len, i);
        result = read_one(state, i);
    }
    return result;
}

static void check_name(const struct validation *in, struct report *report)
{
    enum { LIST_SIZE = 512 };
    static const char *const sections[] = {
        [PEERNAME_INVALID] = "RFC 9525, 6.1",
        [PEERNAME_DNS] = "RFC 9525, 6.3",
        [PEERNAME_IP] = "RFC 9525, 6.4",
        [PEERNAME_EMAIL] = "RFC 5280, 4.2.1.6",
    };
    enum peername_kind kind;
    const struct x509 *leaf = &report->cert->x509;
    size_t work = NAME_WORK;
    char issued_for[LIST_SIZE];
    if (in->peername == NULL) {
        if (in->purpose == PURPOSE_SERVER)
            report_add(report, SECSOCK_PROBLEM_NAME_UNCHECKED, NULL,
                       "nobody said which name it should be issued for");
        return;
    }
    if (peername_matches(leaf, in->peername, in->suffixes, &work)) {
        verdict_set_name_result(report->verdict, SECSOCK_NAME_MATCHED);
        return;
    }
    verdict_set_name_result(report->verdict, SECSOCK_NAME_MISMATCHED);
    peername_list(leaf, issued_for, sizeof(issued_for));
    kind = peername_classify(in->peername, NULL, NULL);
    if (kind == PEERNAME_INVALID)
        report_add(report, SECSOCK_PROBLEM_NAME_MISMATCH, sections[kind],
                   "\"%s\" is no DNS name in A-labels, no IP address and no mailbox", in->peername);
    else if (issued_for[0] == '\0')
        report_add(report, SECSOCK_PROBLEM_NAME_MISMATCH, sections[kind],
                   "issued for nobody at all (subjectAltName), so not for %s", in->peername);
    else
        report_add(report, SECSOCK_PROBLEM_NAME_MISMATCH, sections[kind],
                   "issued for %s, not for %s", issued_for, in->peername);
}

static bool trusts_nobody(const struct validation *in)
{
    return (in->anchors == NULL || secsock_store_count(in->anchors) == 0) &&
           (in->trusted_pins == NULL || in->trusted_pins->count == 0);
}

/* Why no path leads on from here. */
static void report_end(const struct validation *in, const struct path *path, struct report *report)
{
    const struct x509 *x509 = &report->cert->x509;
    bool self_signed =
        x509_is_self_issued(x509) && cert_own_signature(report->cert) == SIGNATURE_GOOD;
    char name[NAME_TEXT_SIZE];
    name_in_words(x509->issuer, name);
    if (self_signed && path->count == 1)
        report_add(report, SECSOCK_PROBLEM_SELF_SIGNED, NULL,
                   "signed with its own key, and not a trust anchor");
    else if (self_signed)
        report_add(report, SECSOCK_PROBLEM_ISSUER_UNKNOWN, NULL,
                   "signed with its own key, and not a trust anchor");
    else if (trusts_nobody(in))
        report_add(report, SECSOCK_PROBLEM_ISSUER_UNKNOWN, NULL,
                   "signed by %s, and there are no trust anchors", name);
    else if (path->end == PATH_WRONG_KEY)
        report_add(report, SECSOCK_PROBLEM_ISSUER_UNKNOWN, NULL,
                   "signed by %s, but not with the key known by that name", name);
    else if (path->end == PATH_NOWHERE)
        report_add(report, SECSOCK_PROBLEM_ISSUER_UNKNOWN, NULL,
                   "signed by %s, from whom no path leads to a trust anchor", name);
    else
        report_add(report, SECSOCK_PROBLEM_ISSUER_UNKNOWN, NULL,
                   "signed by %s, which is not a trust anchor", name);
}

/* Puts the path and everything that is wrong with it into the verdict. */
static int report_path(struct state *state, const struct path *path, size_t name_work)
{
    const struct validation *in = state->in;
    struct report report = { .verdict = state->verdict };
    for (size_t i = 0; report.result == SECSOCK_OK && i < path->count; i++)
        report.result = verdict_add_path(state->verdict, path->links[i].cert);
    verdict_set_anchored(state->verdict, path->end == PATH_ANCHORED);
    for (size_t i = 0; report.result == SECSOCK_OK && i < path->count; i++) {
        struct pubkey key;
        report.cert = path->links[i].cert;
        /* That there is no path says more about its last certificate than any flaw of form. */
        if (i + 1 == path->count && path->end != PATH_ANCHORED)
            report_end(in, path, &report);
        if (path->links[i].faultless)
            continue;
        pubkey_read(&report.cert->x509, &key);
        judge_cert(in, &key, judge_role(path, i), &report);
    }
    judge_path(in, path, &name_work, &report);
    if (report.result == SECSOCK_OK)
        revocation_check(state->revocation, path, &name_work, &report);
    report.cert = path->links[0].cert;
    check_name(in, &report);
    return report.result;
}

static int judge_paths(struct state *state)
{
    size_t name_work = NAME_WORK;
    struct path path;
    bool exhausted;
    const struct cert_list *chain = verdict_chain(state->verdict);
    int result = path_find(state->in, chain->certs, chain->count, state->revocation, &name_work,
                           &path, &exhausted);
    /* What was enough for every path is enough for this one. */
    if (result == SECSOCK_OK)
        result = report_path(state, &path, name_work > 0 ? NAME_WORK : 0);
    if (result == SECSOCK_OK && exhausted)
        result = verdict_add(state->verdict, SECSOCK_PROBLEM_TOO_COMPLEX, NULL,
                             "the search for a path was given up: there are too many ways to go");
    return result;
}

static int judge(struct state *state)
{
    struct revocation revocation; /* large: only as much is written as is needed */
    int result = read_chain(state);
    if (result != SECSOCK_OK || !state->leaf_read)
        return result;
    state->revocation = &revocation;
    const struct cert_list *chain = verdict_chain(state->verdict);
    result = revocation_begin(&revocation, state->in, chain->certs, chain->count);
    if (result == SECSOCK_OK)
        result = judge_paths(state);
    revocation_end(&revocation);
    return result;
}

int validate(const struct validation *in, secsock_verdict **out)
{
    struct state state = { .in = in, .verdict = verdict_new(in->peername, in->time) };
    int result = SECSOCK_OK;
    *out = NULL;
    if (state.verdict == NULL)
        return SECSOCK_E_MEMORY;
    if (in->chain_len == 0)
        result = verdict_add(state.verdict, SECSOCK_PROBLEM_NO_CERTIFICATE, NULL,
                             "the peer sent no certificate");
    else
        result = judge(&state);
    if (result == SECSOCK_OK && in->proving != NULL && secsock_verdict_ok(state.verdict))
        proving_keep(in->proving);
    if (result == SECSOCK_OK)
        *out = state.verdict;
    else
        secsock_verdict_free(state.verdict);
    return result;
}

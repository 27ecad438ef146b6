#include "handshake.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "peername.h"
#include "watch.h"

int handshake_check_name(secsock *s)
{
    if (s->role == SECSOCK_SERVER || s->peername || s->hook)
        return SECSOCK_OK;
    return error_set(&s->error, SECSOCK_E_NO_PEERNAME,
                     "no peer name is set, so nobody could tell whom this connection reaches; "
                     "set one, or a validation hook");
}

/* --------------------------------------------------------------------------------- beginning */

/* A server has nothing to say before the ClientHello: what a client finds here was put in by
 * somebody who hopes that it will be taken for protected (CVE-2011-0411 and its kin). */
static int refuse_plaintext(secsock *s)
{
    int n = transport_fill(&s->transport);
    if (n == SECSOCK_WANT_READ)
        return SECSOCK_OK;
    if (n > 0)
        return error_set(&s->error, SECSOCK_E_INJECTED,
                         "%d bytes of plaintext arrived before the TLS handshake and were not read",
                         n);
    if (n == 0)
        return error_set(&s->error, SECSOCK_E_CLOSED,
                         "the peer closed the connection before the TLS handshake");
    return error_errno(&s->error, n, s->transport.sys_errno, "reading before the TLS handshake");
}

/* An address is never sent as SNI (RFC 6066, section 3), nor is the dot of an absolute name. */
static int make_engine(secsock *s)
{
    char sni[256];
    bool named = s->peername && peername_classify(s->peername, NULL, NULL) == PEERNAME_DNS;
    if (named) {
        size_t len = strlen(s->peername);
        if (s->peername[len - 1] == '.')
            len--;
        memcpy(sni, s->peername, len); /* a DNS name is not longer than that */
        sni[len] = '\0';
    }
    return engine_init(&s->engine, s->context, &s->transport, named ? sni : NULL, s->peername,
                       &s->error);
}

int handshake_begin(secsock *s)
{
    int result = SECSOCK_OK;
    s->spoken = s->received > 0 || s->sent > 0 || s->transport.input.len > 0;
    if (s->role == SECSOCK_CLIENT)
        result = refuse_plaintext(s);
    if (result == SECSOCK_OK)
        result = make_engine(s);
    if (result != SECSOCK_OK)
        return sock_fail(s, result);
    s->judgement = UNJUDGED;
    watch_keys(s);
    sock_become(s, SECSOCK_STATE_UPGRADING);
    return SECSOCK_OK;
}

void handshake_forget(secsock *s)
{
    engine_free(&s->engine);
    secsock_verdict_free(s->verdict);
    s->verdict = NULL;
    s->judgement = UNJUDGED;
    s->reason[0] = '\0';
}

/* ----------------------------------------------------------------------------------- judging */

static bool certificate_is_optional(const secsock *s)
{
    return s->role == SECSOCK_SERVER && s->config->client_auth != SECSOCK_CLIENT_AUTH_REQUIRE;
}

/* What the peer has shown, whether or not wolfSSL can read it. */
static int examine(secsock *s)
{
    const struct chain *chain = engine_chain(&s->engine);
    if (!chain && certificate_is_optional(s)) {
        s->verdict = verdict_new(s->peername, config_now(s->config));
        return s->verdict ? SECSOCK_OK : SECSOCK_E_MEMORY;
    }
    struct validation input;
    config_validation(s->config, s->role == SECSOCK_CLIENT ? PURPOSE_SERVER : PURPOSE_CLIENT,
                      &input);
    struct proving proving = { .proven = s->config->proven };
    input.peername = s->peername;
    input.proving = &proving;
    if (chain) {
        input.chain = chain->certs;
        input.parsed = chain->parsed;
        input.chain_len = chain->count;
        input.ocsp = chain->staple;
    }
    return validate(&input, &s->verdict);
}

/* Nothing is wrong with a chain but that wolfSSL cannot go on with it, which s->error tells. */
static int blame_reader(secsock *s)
{
    int problem = s->error.code == SECSOCK_E_LIMIT ? SECSOCK_PROBLEM_TOO_COMPLEX
                                                   : SECSOCK_PROBLEM_UNSUPPORTED;
    if (!engine_certificate_failed(&s->engine) || !secsock_verdict_ok(s->verdict))
        return SECSOCK_OK;
    return verdict_add(s->verdict, problem, NULL, "%s", s->error.message);
}

static void settle(secsock *s, int answer)
{
    bool known = answer == SECSOCK_FOLLOW || answer == SECSOCK_ACCEPT ||
                 strcmp(secsock_problem_name(answer), "unknown") != 0;
    s->judgement = answer == SECSOCK_PENDING ? POSTPONED : JUDGED;
    s->answer = known ? answer : SECSOCK_PROBLEM_REJECTED;
}

/* The one place where the verdict is made and the hook asked. */
static int judge(secsock *s)
{
    int result = examine(s);
    if (result == SECSOCK_OK)
        result = blame_reader(s);
    if (result != SECSOCK_OK)
        return error_memory(&s->error);
    verdict_set_resumed(s->verdict, engine_resumed(&s->engine));
    sock_trace(s, SECSOCK_TRACE_VERDICT);
    s->judgement = JUDGING;
    settle(s, s->hook ? s->hook(s, s->verdict, s->hook_arg) : SECSOCK_FOLLOW);
    return SECSOCK_OK;
}

/* What has failed keeps the error that it failed with. */
static int nothing_to_decide(secsock *s)
{
    if (s->state != SECSOCK_STATE_FAILED)
        error_set(&s->error, SECSOCK_E_STATE, "secsock_decide: there is nothing to decide");
    return SECSOCK_E_STATE;
}

int secsock_decide(secsock *s, int answer, const char *reason)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    bool open = s->judgement == JUDGING || s->judgement == POSTPONED;
    if (!open || s->state != SECSOCK_STATE_UPGRADING)
        return nothing_to_decide(s);
    snprintf(s->reason, sizeof(s->reason), "%s", reason ? reason : "");
    if (s->judgement == POSTPONED)
        settle(s, answer);
    return answer;
}

/* ---------------------------------------------------------------------------------- deciding */

static bool lacks_required(const secsock *s)
{
    return !certificate_is_optional(s) && !engine_chain(&s->engine);
}

/* What no answer can heal: no certificate where one must be, or one that cannot be read. */
static int beyond_acceptance(const secsock *s)
{
    if (lacks_required(s))
        return SECSOCK_PROBLEM_NO_CERTIFICATE;
    if (secsock_verdict_has(s->verdict, SECSOCK_PROBLEM_MALFORMED))
        return SECSOCK_PROBLEM_MALFORMED;
    return 0;
}

/* The problem that rejects the peer, or 0. */
static int objection(const secsock *s)
{
    bool only_asked =
        s->role == SECSOCK_SERVER && s->config->client_auth == SECSOCK_CLIENT_AUTH_REQUEST;
    int problem = beyond_acceptance(s);
    if (problem != 0)
        return problem;
    if (s->answer == SECSOCK_ACCEPT)
        return 0;
    if (s->answer == SECSOCK_FOLLOW)
        return only_asked ? 0 : secsock_verdict_problem(s->verdict, 0);
    return s->answer;
}

static void explain(secsock *s, int problem, int code)
{
    const char *whose = s->role == SECSOCK_SERVER ? "the client" : s->peername;
    size_t count = secsock_verdict_problem_count(s->verdict);
    const char *text = s->reason;
    char more[64] = "";
    if (text[0] == '\0' && s->answer == SECSOCK_FOLLOW && count > 0) {
        text = secsock_verdict_problem_text(s->verdict, 0);
        if (count > 1)
            snprintf(more, sizeof(more), " (and %zu more problem%s)", count - 1,
                     count > 2 ? "s" : "");
    }
    if (text[0] == '\0')
        text = secsock_problem_text(problem);
    error_set(&s->error, code, "%s was refused: %s%s", whose ? whose : "the peer", text, more);
}

/* The alert for a problem, which the verdict may know better. */
static int alert_of(const secsock_verdict *verdict, int problem)
{
    for (size_t i = 0; i < secsock_verdict_problem_count(verdict); i++)
        if (secsock_verdict_problem(verdict, i) == problem)
            return secsock_verdict_problem_alert(verdict, i);
    return secsock_problem_alert(problem);
}

static int refuse(secsock *s, int problem)
{
    bool absent = problem == SECSOCK_PROBLEM_NO_CERTIFICATE && lacks_required(s);
    int code = absent ? SECSOCK_E_NO_CERTIFICATE : SECSOCK_E_REJECTED;
    int alert = alert_of(s->verdict, problem);
    if (absent) /* RFC 8446, section 4.4.2.4; RFC 5246, section 7.4.6 */
        alert = engine_version(&s->engine) >= SECSOCK_TLS_1_3 ? ALERT_CERTIFICATE_REQUIRED
                                                              : ALERT_HANDSHAKE_FAILURE;
    engine_reject(&s->engine, alert);
    explain(s, problem, code);
    s->error.alert = alert;
    return sock_fail(s, code);
}

/* wolfSSL cannot go on with the certificates. The hook may say why, or leave that to the verdict;
 * no answer of it, later included, changes that. */
static int refuse_unread(secsock *s, const secsock_error *failure)
{
    if (s->answer == SECSOCK_ACCEPT)
        snprintf(s->reason, sizeof(s->reason), "%.*s", (int)sizeof(s->reason) - 1,
                 failure->message);
    if (s->answer == SECSOCK_ACCEPT || s->judgement == POSTPONED)
        s->answer = SECSOCK_FOLLOW;
    s->judgement = JUDGED;
    int problem = objection(s);
    return refuse(s, problem ? problem : secsock_verdict_problem(s->verdict, 0));
}

/* The handshake has failed already, over the certificates or over what came after them. */
static int tell(secsock *s)
{
    secsock_error failure = s->error;
    bool unread = engine_certificate_failed(&s->engine);
    int result = judge(s);
    if (result != SECSOCK_OK && unread)
        engine_reject(&s->engine, failure.alert);
    if (result != SECSOCK_OK)
        return sock_fail(s, result);
    if (s->state != SECSOCK_STATE_UPGRADING) /* the hook has closed it */
        return sock_wrong_state(s, "the TLS handshake");
    if (unread)
        return refuse_unread(s, &failure);
    s->judgement = JUDGED;
    s->error = failure;
    return sock_fail(s, failure.code);
}

/* --------------------------------------------------------------------------------- going on */

static int finish(secsock *s)
{
    if (s->judgement != JUDGED || !s->verdict)
        return sock_fail(s, error_set(&s->error, SECSOCK_E_INTERNAL,
                                      "the handshake ended although the peer was not judged"));
    int result = engine_finish(&s->engine, &s->error);
    if (result != SECSOCK_OK)
        return sock_fail(s, result);
    recording_release(s->transport.recording);
    sock_become(s, SECSOCK_STATE_SECURE);
    return SECSOCK_OK;
}

static int broken(secsock *s, int result)
{
    if (result == SECSOCK_E_NOT_TLS && s->spoken && s->role == SECSOCK_SERVER)
        result = error_set(&s->error, SECSOCK_E_INJECTED,
                           "plaintext arrived before the TLS handshake where only a ClientHello "
                           "may follow");
    return sock_fail(s, result);
}

int handshake_step(secsock *s, void *unused)
{
    (void)unused;
    if (s->judgement == JUDGING)
        return error_set(&s->error, SECSOCK_E_STATE, "a hook cannot go on with its own handshake");
    for (;;) {
        if (s->judgement == POSTPONED)
            return SECSOCK_WANT_VERDICT;
        if (s->judgement == JUDGED) {
            int problem = objection(s);
            if (problem != 0)
                return refuse(s, problem);
            engine_release(&s->engine);
        }
        enum engine_step step;
        int result = engine_handshake(&s->engine, &step, &s->error);
        if (step == ENGINE_TELL)
            return tell(s);
        if (step == ENGINE_GOES_ON && result == SECSOCK_OK)
            return finish(s);
        if (step == ENGINE_GOES_ON)
            return result_failed(result) ? broken(s, result) : result;
        result = judge(s);
        if (result != SECSOCK_OK)
            return sock_fail(s, result);
        if (s->state != SECSOCK_STATE_UPGRADING) /* the hook has closed it */
            return sock_wrong_state(s, "the TLS handshake");
    }
}

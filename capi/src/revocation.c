#include "revocation.h"

#include "civil.h"
#include "crl.h"
#include "inquiry.h"

/* Lists of some megabytes and a few dozen signatures; honest peers need a few. */
enum { WORK = 1024 };

/* A response holds the certificate of its responder, and seldom another. */
enum { DELEGATES_MOST = 8 };

static int read_delegates(struct revocation *revocation)
{
    struct slice rest = revocation->response.certs;
    struct slice der;
    for (size_t i = 0; i < DELEGATES_MOST && rest.len > 0; i++) {
        const char *why;
        secsock_cert *cert = NULL;
        int result = SECSOCK_E_FORMAT;
        if (der_take_whole(&rest, DER_SEQUENCE, &der))
            result = cert_make(&cert, der, &why);
        if (result == SECSOCK_OK)
            result = cert_list_add(&revocation->delegates, cert);
        secsock_cert_free(cert);
        if (result == SECSOCK_E_MEMORY)
            return result; /* but one that cannot be read is nobody's */
    }
    return SECSOCK_OK;
}

int revocation_begin(struct revocation *revocation, const struct validation *in,
                     secsock_cert *const *sent, size_t sent_count)
{
    revocation->in = in;
    revocation->sent = sent;
    revocation->sent_count = sent_count;
    revocation->response_flaw = NULL;
    revocation->delegates = (struct cert_list){ NULL, 0, 0 };
    revocation->known_count = 0;
    revocation->work = WORK;
    if (in->ocsp.len == 0)
        return SECSOCK_OK;
    revocation->response_flaw = ocsp_parse(&revocation->response, in->ocsp);
    if (revocation->response_flaw == NULL)
        revocation->response_flaw = revocation->response.flaw;
    return revocation->response_flaw == NULL ? read_delegates(revocation) : SECSOCK_OK;
}

void revocation_end(struct revocation *revocation)
{
    cert_list_clear(&revocation->delegates);
}

/* ------------------------------------------------------------------------------------ reporting */

static void report_revoked(const struct inquiry *inquiry, struct report *report)
{
    char when[CIVIL_TEXT_SIZE], source[VERDICT_SOURCE_SIZE];
    const char *reason = crl_reason_text(inquiry->reason);
    const char *section = inquiry->answer.stapled ? "RFC 6960, 2.2" : "RFC 5280, 6.3.3";
    civil_text(inquiry->revoked_at, when);
    verdict_source_text(&inquiry->answer, source);
    if (reason != NULL)
        report_add(report, SECSOCK_PROBLEM_REVOKED, section, "revoked on %s (%s), by %s", when,
                   reason, source);
    else
        report_add(report, SECSOCK_PROBLEM_REVOKED, section, "revoked on %s, by %s", when, source);
}

/* Whether somebody has to say that a certificate is not revoked. */
static bool is_demanded(const struct validation *in, size_t index)
{
    return in->revocation == SECSOCK_REVOCATION_CHAIN ||
           (in->revocation == SECSOCK_REVOCATION_LEAF && index == 0);
}

/* RFC 7633. It is servers that staple. */
static bool demands_staple(const struct validation *in, const struct path *path, size_t index)
{
    return index == 0 && in->purpose == PURPOSE_SERVER && path->links[0].cert->x509.must_staple;
}

/* Whether a response came along for this certificate, and was of no use. */
static bool is_stapled_in_vain(const struct inquiry *inquiry)
{
    return inquiry->index == 0 && inquiry->revocation->in->ocsp.len > 0 && !inquiry->staple_served;
}

static void report_unknown(const struct inquiry *inquiry, struct report *report)
{
    report_add(report, SECSOCK_PROBLEM_REVOCATION_UNKNOWN,
               is_stapled_in_vain(inquiry) ? VERDICT_STAPLE_SECTION : NULL, "%s%s",
               inquiry->silence.len > 0 ? "it is not known whether it is revoked: "
                                        : "nobody says whether it is revoked",
               inquiry->silence_buffer);
}

static void report_answer(const struct inquiry *inquiry, struct report *report)
{
    const struct validation *in = inquiry->revocation->in;
    int status = inquiry->answer.status;
    if (status == SECSOCK_STATUS_REVOKED)
        report_revoked(inquiry, report);
    if (status == SECSOCK_STATUS_UNKNOWN && is_demanded(in, inquiry->index))
        report_unknown(inquiry, report);
    if (demands_staple(in, inquiry->path, inquiry->index) && !inquiry->staple_served)
        report_add(report, SECSOCK_PROBLEM_REVOCATION_UNKNOWN,
                   in->ocsp.len == 0 ? "RFC 7633, 4" : VERDICT_STAPLE_SECTION,
                   "it has to come with an OCSP response (TLS feature), and %s",
                   in->ocsp.len == 0 ? "came without" : "with what came nothing can be done");
    if (inquiry->exhausted)
        report_add(report, SECSOCK_PROBLEM_TOO_COMPLEX, NULL,
                   "there is too much to look at to tell whether it is revoked");
}

static void check_one(struct revocation *revocation, const struct path *path, size_t index,
                      size_t *work, struct report *report)
{
    struct inquiry inquiry = {
        .revocation = revocation,
        .path = path,
        .index = index,
        .x509 = &path->links[index].cert->x509,
        .issuer = &path->links[index + 1].cert->x509,
        .work = work,
    };
    text_begin(&inquiry.silence, inquiry.silence_buffer, sizeof(inquiry.silence_buffer));
    if (index == 0)
        inquiry_ask_response(&inquiry);
    inquiry_ask_lists(&inquiry);
    report_answer(&inquiry, report);
    if (inquiry.result != SECSOCK_OK)
        report->result = inquiry.result;
    else if (report->verdict != NULL && report->result == SECSOCK_OK)
        report->result = verdict_set_revocation(report->verdict, index, &inquiry.answer);
}

/* Where no path leads to an anchor there is nobody who could vouch for a list. */
static void check_unanchored(const struct validation *in, const struct path *path,
                             struct report *report)
{
    for (size_t i = 0; i < path->count; i++) {
        report->cert = path->links[i].cert;
        if (is_demanded(in, i) || demands_staple(in, path, i))
            report_add(report, SECSOCK_PROBLEM_REVOCATION_UNKNOWN, NULL,
                       "whoever says whether it is revoked is not to be trusted");
    }
}

void revocation_check(struct revocation *revocation, const struct path *path, size_t *work,
                      struct report *report)
{
    const struct validation *in = revocation->in;
    if (path->end != PATH_ANCHORED) {
        check_unanchored(in, path, report);
        return;
    }
    if (in->crls == NULL && in->ocsp.len == 0 && in->revocation == SECSOCK_REVOCATION_SOFT &&
        !demands_staple(in, path, 0))
        return;
    for (size_t i = 0; i + 1 < path->count && report->result == SECSOCK_OK; i++) {
        report->cert = path->links[i].cert;
        check_one(revocation, path, i, work, report);
    }
}

/* What the response says that came along with the peer's certificate (RFC 6960). */
#include "crl.h"
#include "inquiry.h"

/* Clocks differ, and RFC 5019, section 4, bears with a response for so long after its nextUpdate;
 * with one whose thisUpdate lies in the future no RFC does. */
enum { TOLERANCE = 300 };

/* What comparing two digests counts for, against comparing two names. */
enum { DIGEST_WORK = 16 };

static const char what[] = "the response";

static const struct slice ocsp_signing = SLICE_OF(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09);

/* RFC 6960, section 4.2.2.2: id-kp-OCSPSigning has to be there by its name. */
static bool is_delegate(const struct x509 *x509)
{
    return x509_has_purpose(x509, ocsp_signing) &&
           (x509->key_usage < 0 || (x509->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) != 0);
}

/* Why the response was not signed by the issuer, or by whom it has delegated this to; else NULL. */
static const char *check_signature(struct inquiry *inquiry, const struct ocsp *response)
{
    const struct cert_list *delegates = &inquiry->revocation->delegates;
    const char *why = "its responder is not known here";
    const struct x509 *signer = inquiry->issuer;
    if (ocsp_is_responder(response, signer)) {
        why =
            inquiry_verify(inquiry, response->sig_alg, response->tbs, response->signature, signer);
        if (why == NULL)
            return NULL;
    }
    for (size_t i = 0; i < delegates->count; i++) {
        signer = &delegates->certs[i]->x509;
        if (!ocsp_is_responder(response, signer))
            continue;
        why = "its responder may not speak for the issuer";
        if (is_delegate(signer) &&
            inquiry_vouches(inquiry, inquiry->index + 1, delegates->certs[i]))
            why = inquiry_verify(inquiry, response->sig_alg, response->tbs, response->signature,
                                 signer);
        if (why == NULL)
            return NULL;
    }
    return why;
}

/* Section 4.2.2.1 */
static const char *check_times(const struct inquiry *inquiry, const struct ocsp_single *single)
{
    int64_t now = inquiry->revocation->in->time;
    if (now < single->this_update || now < inquiry->revocation->response.produced_at)
        return "it is not valid yet";
    if (!single->has_next_update)
        return "it does not say when the next one is due (nextUpdate)"; /* RFC 5019, section 4 */
    return now - TOLERANCE > single->next_update ? "it has expired" : NULL;
}

static const char *find_flaw(struct inquiry *inquiry, const struct ocsp_single *single)
{
    const char *why = check_times(inquiry, single);
    if (why == NULL && single->unknown_critical)
        why = "it has a critical extension that is not understood";
    if (why == NULL)
        why = check_signature(inquiry, &inquiry->revocation->response);
    if (why == NULL && single->status == OCSP_UNKNOWN)
        why = "its responder does not know the certificate";
    return why;
}

static void consult(struct inquiry *inquiry, const struct ocsp_single *single)
{
    const char *flaw = find_flaw(inquiry, single);
    if (flaw != NULL) {
        inquiry_note(inquiry, what, single->this_update, flaw);
        return;
    }
    inquiry->staple_served = true;
    if (single->status == OCSP_REVOKED)
        inquiry_revoked(inquiry, true, single->this_update, single->revoked_at, single->reason);
    else
        inquiry_good(inquiry, true, single->this_update);
}

void inquiry_ask_response(struct inquiry *inquiry)
{
    const struct revocation *all = inquiry->revocation;
    struct slice rest = all->response.responses;
    struct ocsp_single single;
    bool found = false;
    if (all->in->ocsp.len == 0)
        return;
    if (all->response_flaw != NULL) {
        text_add(&inquiry->silence, "the response that came along says nothing: %s",
                 all->response_flaw);
        return;
    }
    while (inquiry_afford(inquiry, DIGEST_WORK) && ocsp_next(&rest, &single)) {
        if (!ocsp_is_about(&single, inquiry->x509, inquiry->issuer))
            continue;
        found = true;
        consult(inquiry, &single);
    }
    if (!found)
        inquiry_note(inquiry, what, all->response.produced_at, "it is about other certificates");
}

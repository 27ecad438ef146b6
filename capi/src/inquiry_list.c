/* What lists say (RFC 5280, section 6.3.3). */
#include "inquiry.h"

#include "civil.h"
#include "crl.h"

/* What looking for the lists of an issuer counts for, against comparing two names. */
enum { SEARCH_WORK = 8 };

/* (b)(1) and (b)(2): whether a list from this distribution point is about the certificate. */
static bool is_about(struct inquiry *inquiry, const struct crl *crl, const struct x509_point *point)
{
    const struct crl_scope *scope = &crl->scope;
    const struct x509_point_name issuers = { .full = point->issuer_names };
    bool elsewhere = point->issuer_names.data != NULL;
    bool unnamed = point->name.full.data == NULL && point->name.relative.data == NULL;
    bool is_ca = inquiry->x509->is_ca;
    if (scope->only_attributes || (scope->only_users && is_ca) || (scope->only_cas && !is_ca) ||
        (elsewhere && !scope->indirect))
        return false;
    if (scope->name.full.data == NULL && scope->name.relative.data == NULL)
        return true;
    return x509_point_names_meet(&scope->name, crl->issuer,
                                 elsewhere && unnamed ? &issuers : &point->name,
                                 elsewhere ? crl->issuer : inquiry->x509->issuer, inquiry->work);
}

/* (f) and (g): why this certificate cannot have signed the list; NULL when it has. */
static const char *check_signer(struct inquiry *inquiry, const struct crl *crl,
                                const struct x509 *signer)
{
    const char *why;
    if (signer->key_usage >= 0 && (signer->key_usage & KEY_USAGE_CRL_SIGN) == 0)
        return "its issuer may not sign lists (keyUsage)";
    if (crl_knows_signer(crl, signer->spki))
        return NULL;
    why = inquiry_verify(inquiry, crl->sig_alg, crl->tbs, crl->signature, signer);
    if (why == NULL)
        crl_remember_signer(crl, signer->spki);
    return why;
}

/* Whether somebody by the name of the list's issuer, who is not in the path but was certified by a
 * CA that is, has signed it: with a key for lists alone, an older key or a newer one. */
static bool has_signed(struct inquiry *inquiry, const struct crl *crl, const secsock_cert *signer)
{
    const struct path *path = inquiry->path;
    for (size_t by = inquiry->index + 1; by < path->count; by++) {
        if (inquiry_vouches(inquiry, by, signer))
            return check_signer(inquiry, crl, &signer->x509) == NULL;
    }
    return false;
}

static bool others_have_signed(struct inquiry *inquiry, const struct crl *crl)
{
    const struct revocation *all = inquiry->revocation;
    const uint32_t hash = x509_name_hash(crl->issuer);
    const secsock_cert *cert;
    size_t cursor = 0;
    for (size_t i = 0; i < all->sent_count && inquiry_afford(inquiry, 1); i++) {
        if (x509_name_equal(all->sent[i]->x509.subject, crl->issuer) &&
            has_signed(inquiry, crl, all->sent[i]))
            return true;
    }
    while (inquiry_afford(inquiry, 1) &&
           (cert = store_find_subject(all->in->extra, crl->issuer, hash, &cursor)) != NULL) {
        if (has_signed(inquiry, crl, cert))
            return true;
    }
    return false;
}

/* Why it is not known who signed the list; NULL when it is, and they may. */
static const char *check_signature(struct inquiry *inquiry, const struct crl *crl)
{
    const struct path *path = inquiry->path;
    const char *why = "its issuer is not known here";
    for (size_t i = path->count - 1; i > inquiry->index; i--) {
        const struct x509 *signer = &path->links[i].cert->x509;
        if (x509_name_equal(signer->subject, crl->issuer) &&
            (why = check_signer(inquiry, crl, signer)) == NULL)
            return NULL;
    }
    return others_have_signed(inquiry, crl) ? NULL : why;
}

/* Why a list that is about the certificate cannot be used; the text may be in `buffer`. */
static const char *find_flaw(struct inquiry *inquiry, const struct crl *crl,
                             char buffer[2 * CIVIL_TEXT_SIZE])
{
    const struct validation *in = inquiry->revocation->in;
    char when[CIVIL_TEXT_SIZE];
    struct text text;
    text_begin(&text, buffer, 2 * CIVIL_TEXT_SIZE);
    if (crl->flaw != NULL)
        return crl->flaw;
    /* Section 5.2.1 */
    if (crl->authority_key_id.data == NULL && !in->forgives_omissions)
        return "it has no authorityKeyIdentifier";
    if (in->time < crl->this_update)
        return "it is not valid yet";
    if (in->time > crl->next_update) {
        civil_text(crl->next_update, when);
        text_add(&text, "it expired on %s", when);
        return buffer;
    }
    return check_signature(inquiry, crl);
}

static void consult(struct inquiry *inquiry, const struct crl *crl, const struct x509_point *point)
{
    char buffer[2 * CIVIL_TEXT_SIZE];
    struct crl_entry entry;
    const char *flaw;
    if (!is_about(inquiry, crl, point))
        return;
    flaw = find_flaw(inquiry, crl, buffer);
    if (flaw != NULL)
        inquiry_note(inquiry, "the list", crl->this_update, flaw);
    else if (crl_find(crl, inquiry->x509->issuer, inquiry->x509->serial, &entry))
        inquiry_revoked(inquiry, false, crl->this_update, entry.revoked_at, entry.reason);
    else
        inquiry->covered |= point->reasons & crl->scope.reasons;
    if (flaw == NULL && inquiry->covered == X509_ALL_REASONS)
        inquiry_good(inquiry, false, crl->this_update);
}

static void ask_issuer(struct inquiry *inquiry, const struct x509_point *point, struct slice issuer)
{
    const struct crl *crl;
    size_t cursor = 0;
    while (inquiry_afford(inquiry, SEARCH_WORK) &&
           (crl = crl_set_find(inquiry->revocation->in->crls, issuer, &cursor)) != NULL)
        consult(inquiry, crl, point);
}

static void ask_point(struct inquiry *inquiry, const struct x509_point *point)
{
    struct slice names = point->issuer_names;
    struct slice issuer;
    if (names.data == NULL)
        ask_issuer(inquiry, point, inquiry->x509->issuer);
    while (inquiry_afford(inquiry, 1) && x509_next_directory(&names, &issuer))
        ask_issuer(inquiry, point, issuer);
}

void inquiry_ask_lists(struct inquiry *inquiry)
{
    /* The lists of the issuer that no distribution point speaks of; every one is asked, also when
     * another has said that all is well. */
    static const struct x509_point implied = { .reasons = X509_ALL_REASONS };
    struct slice points = x509_points(inquiry->x509);
    struct x509_point point;
    if (inquiry->revocation->in->crls == NULL)
        return;
    while (x509_next_point(&points, &point))
        ask_point(inquiry, &point);
    ask_point(inquiry, &implied);
    if (*inquiry->work == 0)
        inquiry->exhausted = true;
}

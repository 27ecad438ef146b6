#include "inquiry.h"

#include <string.h>

#include "civil.h"

bool inquiry_afford(struct inquiry *inquiry, size_t work)
{
    if (*inquiry->work < work) {
        *inquiry->work = 0;
        inquiry->exhausted = true;
        return false;
    }
    *inquiry->work -= work;
    return true;
}

/* ------------------------------------------------------------------------------------- answers */

void inquiry_revoked(struct inquiry *inquiry, bool stapled, int64_t dated, int64_t revoked_at,
                     int reason)
{
    if (inquiry->answer.status == SECSOCK_STATUS_REVOKED)
        return;
    inquiry->answer = (struct verdict_revocation){ SECSOCK_STATUS_REVOKED, stapled, dated };
    inquiry->revoked_at = revoked_at;
    inquiry->reason = reason;
}

void inquiry_good(struct inquiry *inquiry, bool stapled, int64_t dated)
{
    if (inquiry->answer.status == SECSOCK_STATUS_REVOKED)
        return;
    if (inquiry->answer.status == SECSOCK_STATUS_UNKNOWN || inquiry->answer.dated < dated)
        inquiry->answer = (struct verdict_revocation){ SECSOCK_STATUS_GOOD, stapled, dated };
}

void inquiry_note(struct inquiry *inquiry, const char *what, int64_t dated, const char *why)
{
    enum { NOTE_SIZE = 200 };
    char note[NOTE_SIZE], day[CIVIL_TEXT_SIZE];
    struct text text;
    civil_date_text(dated, day);
    text_begin(&text, note, sizeof(note));
    text_add(&text, "%s of %s says nothing: %s", what, day, why);
    if (strstr(inquiry->silence_buffer, note) == NULL)
        text_add(&inquiry->silence, "%s%s", inquiry->silence.len > 0 ? "; " : "", note);
}

/* ---------------------------------------------------------------------------------- signatures */

static enum signature_result verify(struct inquiry *inquiry, struct slice algorithm,
                                    struct slice data, struct slice signature,
                                    const struct x509 *signer)
{
    enum { LIKE_A_SIGNATURE = 64 * 1024 }; /* hashing so much takes as long */
    struct revocation *all = inquiry->revocation;
    struct revocation_signature *known = all->known;
    struct pubkey key;
    size_t price;
    for (; known < all->known + all->known_count; known++) {
        if (known->data == data.data && slice_equal(known->spki, signer->spki))
            return known->outcome;
    }
    pubkey_read(signer, &key);
    price = signature_price(&key) + data.len / LIKE_A_SIGNATURE;
    if (known == all->known + sizeof(all->known) / sizeof(all->known[0]) || price > all->work) {
        inquiry->exhausted = true;
        return SIGNATURE_UNCHECKED;
    }
    all->work -= price;
    all->known_count++;
    *known = (struct revocation_signature){ data.data, signer->spki, SIGNATURE_UNCHECKED };
    known->outcome = signature_verify(algorithm, data, signature, &key);
    return known->outcome;
}

const char *inquiry_verify(struct inquiry *inquiry, struct slice algorithm, struct slice data,
                           struct slice signature, const struct x509 *signer)
{
    if (signature_digest_is_broken(signature_digest(algorithm)))
        return "it is signed with a digest that is broken";
    switch (verify(inquiry, algorithm, data, signature, signer)) {
    case SIGNATURE_GOOD:
        return NULL;
    case SIGNATURE_BAD:
        return "its signature is wrong";
    case SIGNATURE_UNSUPPORTED:
        return "its signature cannot be checked here";
    case SIGNATURE_NO_MEMORY:
        inquiry->result = SECSOCK_E_MEMORY;
        return "there is no memory to check its signature";
    case SIGNATURE_UNCHECKED:
        break;
    }
    return "there are too many signatures to check";
}

/* Whether lists say that the first certificate of a path, who signs others, is revoked itself
 * (RFC 6960, section 4.2.2.2.1). */
static bool is_revoked(struct inquiry *inquiry, const struct path *path)
{
    struct inquiry other = {
        .revocation = inquiry->revocation,
        .path = path,
        .x509 = &path->links[0].cert->x509,
        .issuer = &path->links[1].cert->x509,
        .work = inquiry->work,
        .about_signer = true,
    };
    text_begin(&other.silence, other.silence_buffer, sizeof(other.silence_buffer));
    inquiry_ask_lists(&other);
    inquiry->exhausted |= other.exhausted;
    if (other.result != SECSOCK_OK)
        inquiry->result = other.result;
    return other.answer.status == SECSOCK_STATUS_REVOKED;
}

bool inquiry_vouches(struct inquiry *inquiry, size_t by, const secsock_cert *signer)
{
    const struct x509 *x509 = &signer->x509;
    const struct path *above = inquiry->path;
    struct validation in = *inquiry->revocation->in;
    struct path path = { .count = 1 + above->count - by, .end = above->end };
    struct report report = { .cert = signer };
    struct pubkey key;
    if (!x509_name_equal(x509->issuer, above->links[by].cert->x509.subject) ||
        slice_equal(x509->der, inquiry->x509->der) || !inquiry_afford(inquiry, path.count * 16) ||
        inquiry_verify(inquiry, x509->sig_alg, x509->tbs, x509->signature,
                       &above->links[by].cert->x509) != NULL)
        return false;
    /* It is no peer, but who may sign for the issuer: no purpose, no forms of the web. */
    in.purpose = PURPOSE_ANY;
    in.profile = PROFILE_PRIVATE;
    in.forgives_omissions = true;
    in.limit_intermediates = false;
    in.required_pins = NULL;
    path.links[0] = (struct link){ .cert = signer, .signature = SIGNATURE_GOOD };
    memcpy(&path.links[1], &above->links[by], (above->count - by) * sizeof(path.links[0]));
    pubkey_read(x509, &key);
    judge_cert(&in, &key, ROLE_LEAF, &report);
    judge_path(&in, &path, inquiry->work, &report);
    return report.count == 0 && (inquiry->about_signer || !is_revoked(inquiry, &path));
}

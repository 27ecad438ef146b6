#include "crl.h"

/* ---------------------------------------------------------------------------------- extensions */

/* Extensions of lists and of entries, by the last arc below id-ce. */
enum {
    ISSUER_ALT_NAME = 18,
    CRL_NUMBER = 20,
    REASON_CODE = 21,
    INVALIDITY_DATE = 24,
    DELTA_CRL_INDICATOR = 27,
    ISSUING_DISTRIBUTION_POINT = 28,
    CERTIFICATE_ISSUER = 29,
    AUTHORITY_KEY_ID = 35
};

/* Keep the search for repeated extensions cheap; lists have about four, entries one. */
enum { EXTENSIONS_MOST = 64, ENTRY_EXTENSIONS_MOST = 16 };

static bool is_ce(struct slice oid, uint8_t arc)
{
    const uint8_t wanted[] = { 0x55, 0x1d, arc }; /* id-ce, 2.5.29 */
    return slice_equal(oid, (struct slice){ wanted, sizeof(wanted) });
}

/* The content of a value that is one element and nothing else. */
static bool only(struct slice value, uint8_t tag, struct slice *content)
{
    return der_take(&value, tag, content) && value.len == 0;
}

static const char *read_number(const struct x509_extension *ext, struct crl *out)
{
    struct slice number;
    struct slice value = ext->value;
    if (!der_integer(&value, &number) || value.len != 0)
        return "its crlNumber is malformed";
    out->has_number = true;
    if (ext->critical)
        out->flaw = "its crlNumber is critical";
    return NULL;
}

static const char *read_authority_key_id(const struct x509_extension *ext, struct crl *out)
{
    struct slice content, issuer, serial;
    if (!only(ext->value, DER_SEQUENCE, &content) ||
        !der_optional(&content, DER_CONTEXT + 0, &out->authority_key_id) ||
        !der_optional(&content, DER_CONTEXT_CONSTRUCTED + 1, &issuer) ||
        !der_optional(&content, DER_CONTEXT + 2, &serial) || content.len != 0)
        return "its authorityKeyIdentifier is malformed";
    if (ext->critical)
        out->flaw = "its authorityKeyIdentifier is critical";
    return NULL;
}

/* [number] BOOLEAN DEFAULT FALSE: there, it is TRUE (X.690, section 11.5). */
static bool take_flag(struct slice *in, unsigned number, bool *out)
{
    struct slice content;
    if (!der_optional(in, (uint8_t)(DER_CONTEXT + number), &content))
        return false;
    *out = content.data != NULL;
    return !*out || (content.len == 1 && content.data[0] == 0xff);
}

/* Section 5.2.5 */
static const char *read_scope(const struct x509_extension *ext, struct crl *out)
{
    struct crl_scope *scope = &out->scope;
    struct slice content;
    if (!only(ext->value, DER_SEQUENCE, &content))
        return "its issuingDistributionPoint is malformed";
    if (content.len == 0)
        out->flaw = "its issuingDistributionPoint is empty";
    if (!x509_take_point_name(&content, &scope->name) ||
        !take_flag(&content, 1, &scope->only_users) || !take_flag(&content, 2, &scope->only_cas) ||
        !x509_take_reasons(&content, 3, &scope->reasons) ||
        !take_flag(&content, 4, &scope->indirect) ||
        !take_flag(&content, 5, &scope->only_attributes) || content.len != 0)
        return "its issuingDistributionPoint is malformed";
    if (scope->only_users + scope->only_cas + scope->only_attributes > 1)
        out->flaw = "its issuingDistributionPoint contradicts itself";
    return NULL;
}

/* Section 5.2.4: it would have to be put together with the list that it changes. */
static const char *read_delta(const struct x509_extension *ext, struct crl *out)
{
    (void)ext;
    out->flaw = "it is a delta, which tells only what has changed since another list";
    return NULL;
}

static const char *pass_over(const struct x509_extension *ext, struct crl *out)
{
    (void)ext;
    (void)out;
    return NULL;
}

static const char *read_extension(const struct x509_extension *ext, struct crl *out)
{
    static const struct {
        uint8_t arc;
        const char *(*read)(const struct x509_extension *ext, struct crl *out);
    } known[] = {
        { AUTHORITY_KEY_ID, read_authority_key_id },
        { ISSUER_ALT_NAME, pass_over },
        { CRL_NUMBER, read_number },
        { DELTA_CRL_INDICATOR, read_delta },
        { ISSUING_DISTRIBUTION_POINT, read_scope },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (is_ce(ext->oid, known[i].arc))
            return known[i].read(ext, out);
    }
    if (ext->critical)
        out->flaw = "it has a critical extension that is not understood";
    return NULL;
}

static bool is_repeated(struct slice extensions, size_t position, struct slice oid)
{
    struct x509_extension ext;
    for (size_t i = 0; i < position && x509_next_extension(&extensions, &ext); i++) {
        if (slice_equal(ext.oid, oid))
            return true;
    }
    return false;
}

static const char *read_extensions(struct slice extensions, struct crl *out)
{
    struct slice rest = extensions;
    const char *why = NULL;
    for (size_t i = 0; why == NULL && rest.len > 0; i++) {
        struct x509_extension ext;
        if (!x509_next_extension(&rest, &ext))
            return "its extensions are malformed";
        if (i == EXTENSIONS_MOST || is_repeated(extensions, i, ext.oid))
            return "it has the same extension twice, or too many";
        why = read_extension(&ext, out);
    }
    return why;
}

/* ------------------------------------------------------------------------------------- entries */

bool crl_take_reason(struct slice *in, int *out)
{
    struct slice content;
    if (!der_take(in, DER_ENUMERATED, &content) || content.len != 1 || content.data[0] > 10 ||
        content.data[0] == 7)
        return false;
    *out = content.data[0];
    return true;
}

/* Section 5.3 */
static bool read_entry_extension(const struct x509_extension *ext, struct crl_entry *out)
{
    enum { REMOVE_FROM_CRL = 8 };
    struct slice value = ext->value;
    int64_t invalid_since;
    uint8_t tag;
    if (is_ce(ext->oid, REASON_CODE)) {
        if (!crl_take_reason(&value, &out->reason) || value.len != 0)
            return false;
        if (out->reason == REMOVE_FROM_CRL)
            out->flaw = "an entry removes another, as only those of a delta do";
        return true;
    }
    if (is_ce(ext->oid, INVALIDITY_DATE))
        return der_time(&value, &invalid_since, &tag) && tag == DER_GENERALIZED_TIME &&
               value.len == 0;
    if (is_ce(ext->oid, CERTIFICATE_ISSUER))
        return only(value, DER_SEQUENCE, &out->issuer_names) && x509_names_valid(out->issuer_names);
    if (ext->critical)
        out->flaw = "an entry has a critical extension that is not understood";
    return true;
}

static bool read_entry_extensions(struct slice extensions, struct crl_entry *out)
{
    struct slice rest = extensions;
    for (size_t i = 0; rest.len > 0; i++) {
        struct x509_extension ext;
        if (!x509_next_extension(&rest, &ext) || i == ENTRY_EXTENSIONS_MOST ||
            is_repeated(extensions, i, ext.oid) || !read_entry_extension(&ext, out))
            return false;
    }
    return true;
}

bool crl_next_entry(struct slice *entries, struct crl_entry *out)
{
    struct slice content, extensions;
    *out = (struct crl_entry){ .reason = CRL_REASON_ABSENT };
    if (entries->len == 0 || !der_take(entries, DER_SEQUENCE, &content) ||
        !der_integer(&content, &out->serial) || out->serial.len > CRL_LONGEST_SERIAL ||
        !der_time(&content, &out->revoked_at, NULL))
        return false;
    if (content.len == 0)
        return true;
    return der_take(&content, DER_SEQUENCE, &extensions) && content.len == 0 &&
           extensions.len > 0 && read_entry_extensions(extensions, out);
}

static const char *check_entries(struct crl *out)
{
    struct slice rest = out->entries;
    while (rest.len > 0) {
        struct crl_entry entry;
        if (!crl_next_entry(&rest, &entry))
            return "one of its entries is malformed";
        if (entry.flaw != NULL)
            out->flaw = entry.flaw;
        if (entry.issuer_names.data != NULL && !out->scope.indirect)
            out->flaw = "an entry is about another issuer's certificate, and it is not indirect";
        out->entry_count++;
    }
    return NULL;
}

/* -------------------------------------------------------------------------------------- a list */

/* Section 5.1.2.1: without a version it is version 1, which has no extensions. */
static bool take_version(struct slice *tbs, int *version)
{
    int number;
    *version = 1;
    if (!der_next_is(*tbs, DER_INTEGER))
        return true;
    *version = 2;
    return der_count(tbs, &number) && number == 1;
}

static bool next_is_time(struct slice in)
{
    return der_next_is(in, DER_UTC_TIME) || der_next_is(in, DER_GENERALIZED_TIME);
}

static const char *read_optional_part(struct slice *tbs, int version, struct crl *out)
{
    struct slice outer, extensions;
    if (next_is_time(*tbs)) {
        if (!der_time(tbs, &out->next_update, NULL))
            return "its nextUpdate is malformed";
    } else {
        out->flaw = "it does not say when the next one is due (nextUpdate)";
    }
    if (!der_optional(tbs, DER_SEQUENCE, &out->entries) ||
        !der_optional(tbs, DER_CONTEXT_CONSTRUCTED + 0, &outer) || tbs->len != 0)
        return "it has parts that no list has";
    if (outer.data == NULL)
        return NULL;
    if (version != 2)
        return "it has extensions but is not of version 2";
    if (!only(outer, DER_SEQUENCE, &extensions) || extensions.len == 0)
        return "its extensions are malformed";
    return read_extensions(extensions, out);
}

static const char *read_tbs(struct slice tbs, struct crl *out)
{
    int version;
    const char *why;
    if (!take_version(&tbs, &version))
        return "its version is not 1 or 2";
    if (!der_take_whole(&tbs, DER_SEQUENCE, &out->signed_alg))
        return "its signature algorithm is malformed";
    if (!der_take_whole(&tbs, DER_SEQUENCE, &out->issuer) || !x509_name_valid(out->issuer) ||
        x509_name_is_empty(out->issuer))
        return "its issuer is malformed";
    if (!der_time(&tbs, &out->this_update, NULL))
        return "its thisUpdate is malformed";
    why = read_optional_part(&tbs, version, out);
    if (why == NULL && !out->has_number && out->flaw == NULL)
        out->flaw = "it has no crlNumber";
    return why != NULL ? why : check_entries(out);
}

const char *crl_parse(struct crl *out, struct slice der)
{
    struct slice tbs;
    *out = (struct crl){ .der = der, .scope = { .reasons = X509_ALL_REASONS } };
    const char *why = x509_open(der, "it is not a CertificateList", &out->tbs, &out->sig_alg,
                                &out->signature, &tbs);
    if (why == NULL)
        why = read_tbs(tbs, out);
    if (why != NULL)
        return why;
    /* Section 5.1.1.2; what is not signed could otherwise be exchanged. */
    return slice_equal(out->signed_alg, out->sig_alg) ? NULL
                                                      : "its two signature algorithms differ";
}

const char *crl_reason_text(int reason)
{
    static const char *const texts[] = {
        [1] = "its key was compromised",
        [2] = "the key of its CA was compromised",
        [3] = "its holder has another name or place now",
        [4] = "another has taken its place",
        [5] = "it is no longer needed",
        [6] = "it is on hold",
        [9] = "its holder may no longer do what it says",
        [10] = "the key of its authority for attributes was compromised",
    };
    bool known = reason >= 0 && (size_t)reason < sizeof(texts) / sizeof(texts[0]);
    return known ? texts[reason] : NULL;
}

/* Whether certificates are revoked: what lists and stapled responses say, and when it counts. */
#include "memory.h"
#include "revoked.h"

/* clang-format off */
#define LIST(...) &(const struct mint_crl){ __VA_ARGS__ }
#define STAPLE(...) &(const struct mint_ocsp){ __VA_ARGS__ }
#define LISTS(...) .lists = { __VA_ARGS__ }
#define ENTRY(...) { __VA_ARGS__ }
#define SENT(...) .chain = { __VA_ARGS__ }
/* clang-format on */
#define OF_INTER .by = &revoked_inter
#define OF_ROOT  .by = &revoked_root
#define LEAF_ON  .entries = { { .cert = &revoked_leaf } }
#define INTER_ON .entries = { { .cert = &revoked_inter } }
#define SOFT     .mode = SECSOCK_REVOCATION_SOFT
#define HARD     .mode = SECSOCK_REVOCATION_LEAF
#define ALL      .mode = SECSOCK_REVOCATION_CHAIN
#define UNKNOWN  "revocation_unknown@Leaf"

static const struct revoked when_it_counts[] = {
    { "nothing is known", SOFT, .want = "", .known = "??" },
    { "nothing is known where it must be", HARD, .want = UNKNOWN, .known = "??",
      .says = "nobody says whether it is revoked" },
    { "nothing is known of a whole chain", ALL,
      .want = "revocation_unknown@Leaf revocation_unknown@Inter", .known = "??" },
    { "the leaf is not on its list", LISTS(LIST(OF_INTER)), HARD, .want = "", .known = "g?" },
    { "nothing is known of the intermediate", LISTS(LIST(OF_INTER)), ALL,
      .want = "revocation_unknown@Inter", .known = "g?" },
    { "nobody is on a list", LISTS(LIST(OF_INTER), LIST(OF_ROOT)), ALL, .want = "", .known = "gg" },
    { "the leaf is revoked", LISTS(LIST(OF_INTER, LEAF_ON)), SOFT, .want = "revoked@Leaf",
      .known = "r?", .says = "revoked on 2026-01-01 00:00:00 UTC, by a list of 2026-01-01" },
    { "the intermediate is revoked", LISTS(LIST(OF_ROOT, INTER_ON)), SOFT, .want = "revoked@Inter",
      .known = "?r" },
    { "both are revoked", LISTS(LIST(OF_ROOT, INTER_ON), LIST(OF_INTER, LEAF_ON)), ALL,
      .want = "revoked@Leaf revoked@Inter", .known = "rr" },
    { "a reason is told", LISTS(LIST(OF_INTER, .entries = { { &revoked_leaf, .reason = 1 } })),
      SOFT, .want = "revoked@Leaf", .known = "r?", .says = "(its key was compromised)" },
    { "on hold is revoked", LISTS(LIST(OF_INTER, .entries = { { &revoked_leaf, .reason = 6 } })),
      SOFT, .want = "revoked@Leaf", .known = "r?", .says = "on hold" },
    { "one list of two is enough to revoke",
      LISTS(LIST(OF_INTER, .from = "20260102000000Z"), LIST(OF_INTER, LEAF_ON)), HARD,
      .want = "revoked@Leaf", .known = "r?" },
    { "a list of somebody else has the same serial", LISTS(LIST(OF_ROOT, LEAF_ON), LIST(OF_INTER)),
      HARD, .want = "", .known = "gg" },
    { "others are on the list",
      LISTS(LIST(OF_INTER, .entries = { { .cert = &revoked_inter } }, .more = 50)), HARD,
      .want = "", .known = "g?" },
};

/* A list with a flaw, which says nothing: neither that the leaf is revoked nor that it is not. */
#define FLAWED(sentence, text, ...)                                                            \
    { sentence ": a revoked leaf passes", LISTS(LIST(OF_INTER, LEAF_ON, __VA_ARGS__)), SOFT,   \
      .want = "", .known = "??" },                                                             \
        { sentence ": a leaf that is not on it is not known",                                  \
          LISTS(LIST(OF_INTER, __VA_ARGS__)),                                                  \
          HARD,                                                                                \
          .want = UNKNOWN,                                                                     \
          .known = "??",                                                                       \
          .says = text },                                                                      \
    {                                                                                          \
        sentence ": another list will do", LISTS(LIST(OF_INTER, __VA_ARGS__), LIST(OF_INTER)), \
            HARD, .want = "", .known = "g?"                                                    \
    }

static const struct revoked flawed[] = {
    FLAWED("expired", "it expired on 2026-01-02 11:59:59 UTC", .to = "20260102115959Z"),
    FLAWED("not valid yet", "it is not valid yet", .from = "20260102120001Z"),
    FLAWED("no nextUpdate", "nextUpdate", .to = ""),
    FLAWED("no crlNumber", "it has no crlNumber", .flaws = MINT_CRL_NO_NUMBER),
    FLAWED("critical crlNumber", "its crlNumber is critical", .flaws = MINT_CRL_NUMBER_CRITICAL),
    FLAWED("no authorityKeyIdentifier", "no authorityKeyIdentifier", .flaws = MINT_CRL_NO_AKI),
    FLAWED("critical authorityKeyIdentifier", "is critical", .flaws = MINT_CRL_AKI_CRITICAL),
    FLAWED("unknown critical extension", "critical extension", .flaws = MINT_CRL_UNKNOWN_CRITICAL),
    FLAWED("delta", "it is a delta", .flaws = MINT_CRL_DELTA),
    FLAWED("version 1", "it has no crlNumber", .flaws = MINT_CRL_VERSION_1),
    FLAWED("bad signature", "its signature is wrong", .signing_flaws = MINT_BAD_SIGNATURE),
    FLAWED("SHA-1", "broken", .digest = MINT_SHA1),
    FLAWED("empty issuingDistributionPoint", "is empty", .flaws = MINT_CRL_EMPTY_SCOPE),
    FLAWED("users and attribute certificates alone", "nobody says", .scope = "users attributes"),
    { "unknown critical extension of another's entry",
      LISTS(LIST(OF_INTER, .entries = { { &revoked_inter,
                                          .extensions = "300d 06032a0305 0101ff 0403020101" } })),
      HARD, .want = UNKNOWN, .known = "??", .says = "an entry has a critical extension" },
    { "an entry of a delta", LISTS(LIST(OF_INTER, .entries = { { &revoked_inter, .reason = 8 } })),
      HARD, .want = UNKNOWN, .known = "??", .says = "removes another" },
    { "another's certificate on a list that is not indirect",
      LISTS(LIST(OF_INTER, .entries = { { &revoked_inter, .issuer_cn = "Root" } })), HARD,
      .want = UNKNOWN, .known = "??", .says = "not indirect" },
    { "an extension that is not critical", LISTS(LIST(OF_INTER, .flaws = MINT_CRL_UNKNOWN)), HARD,
      .want = "", .known = "g?" },
    { "at the very end of its time", LISTS(LIST(OF_INTER, .to = "20260102120000Z")), HARD,
      .want = "", .known = "g?" },
    { "no authorityKeyIdentifier, which is forgiven",
      LISTS(LIST(OF_INTER, .flaws = MINT_CRL_NO_AKI)), HARD, .forgives = true, .want = "",
      .known = "g?" },
};

/* ------------------------------------------------------------------------------------- scope */

#define POINTED(words)                                     \
    &(const struct mint)                                   \
    {                                                      \
        .by = &revoked_inter, .number = 3, .points = words \
    }

static const struct revoked scopes[] = {
    { "for users, of a user", LISTS(LIST(OF_INTER, .scope = "users")), HARD, .want = "",
      .known = "g?" },
    { "for users, of a CA", LISTS(LIST(OF_ROOT, INTER_ON, .scope = "users")), SOFT, .want = "",
      .known = "??" },
    { "for CAs, of a CA", LISTS(LIST(OF_ROOT, INTER_ON, .scope = "cas")), SOFT,
      .want = "revoked@Inter", .known = "?r" },
    { "for CAs, of a user", LISTS(LIST(OF_INTER, LEAF_ON, .scope = "cas")), SOFT, .want = "",
      .known = "??" },
    { "for attribute certificates", LISTS(LIST(OF_INTER, LEAF_ON, .scope = "attributes")), SOFT,
      .want = "", .known = "??" },
    { "from the point of the certificate", SENT(POINTED("uri:http://a/x"), &revoked_inter),
      LISTS(LIST(OF_INTER, .scope = "at:uri:http://a/x")), HARD, .want = "", .known = "g?" },
    { "from one of its points", SENT(POINTED("uri:http://a/y uri:http://a/x"), &revoked_inter),
      LISTS(LIST(OF_INTER, .scope = "at:uri:http://a/x")), HARD, .want = "", .known = "g?" },
    { "from another point", SENT(POINTED("uri:http://a/y"), &revoked_inter),
      LISTS(LIST(OF_INTER, LEAF_ON, .scope = "at:uri:http://a/x")), HARD, .want = UNKNOWN,
      .known = "??" },
    { "from a point, of a certificate without",
      LISTS(LIST(OF_INTER, LEAF_ON, .scope = "at:uri:http://a/x")), HARD, .want = UNKNOWN,
      .known = "??" },
    { "from the point that is the issuer, of a certificate without",
      LISTS(LIST(OF_INTER, .scope = "at:dir:Inter")), HARD, .want = "", .known = "g?" },
    { "from no point in particular, of a certificate with one",
      SENT(POINTED("uri:http://a/x"), &revoked_inter), LISTS(LIST(OF_INTER)), HARD, .want = "",
      .known = "g?" },
    { "from a point that is named relatively", SENT(POINTED("rel:One"), &revoked_inter),
      LISTS(LIST(OF_INTER, .scope = "at:rel:one")), HARD, .want = "", .known = "g?" },
    { "from another that is named relatively", SENT(POINTED("rel:One"), &revoked_inter),
      LISTS(LIST(OF_INTER, .scope = "at:rel:Two")), HARD, .want = UNKNOWN, .known = "??" },
    { "for some reasons", LISTS(LIST(OF_INTER, .scope = "why:0640")), HARD, .want = UNKNOWN,
      .known = "??" },
    { "for some reasons, of which one applies", LISTS(LIST(OF_INTER, LEAF_ON, .scope = "why:0640")),
      SOFT, .want = "revoked@Leaf", .known = "r?" },
    { "for some reasons and for the others",
      LISTS(LIST(OF_INTER, .scope = "why:0640"), LIST(OF_INTER, .scope = "why:073f80")), HARD,
      .want = "", .known = "g?" },
    { "from a point for some reasons", SENT(POINTED("uri:http://a/x,why:0640"), &revoked_inter),
      LISTS(LIST(OF_INTER, .scope = "at:uri:http://a/x")), HARD, .want = UNKNOWN, .known = "??" },
};

/* -------------------------------------------------------------------------------- who has signed */

/* Others by the names of those in the path. */
static const struct mint inter_no_usage =
    MINT(.cn = "Inter", .by = &revoked_root, .ca = true, .number = 2, .usage = -1);
static const struct mint inter_certs_only =
    MINT(.cn = "Inter", .by = &revoked_root, .ca = true, .number = 2, .usage = 1 << 5);
static const struct mint lists_only =
    MINT(.cn = "Inter", .by = &revoked_root, .number = 10, .usage = 1 << 6, .eku = "", .san = "");
static const struct mint lists_only_expired =
    MINT(.cn = "Inter", .by = &revoked_root, .number = 10, .usage = 1 << 6, .eku = "", .san = "",
         .to = "20251231000000Z");
static const struct mint no_lists =
    MINT(.cn = "Inter", .by = &revoked_root, .number = 10, .usage = 1, .eku = "", .san = "");
static const struct mint stranger = MINT(.cn = "Stranger", .ca = true, .number = 11);
static const struct mint lists_of_stranger =
    MINT(.cn = "Inter", .by = &stranger, .number = 10, .usage = 1 << 6, .eku = "", .san = "");
static const struct mint older_key =
    MINT(.cn = "Inter", .by = &revoked_inter, .ca = true, .number = 12, .variant = 1);
static const struct mint indirect =
    MINT(.cn = "Lists", .by = &revoked_root, .number = 13, .usage = 1 << 6, .eku = "", .san = "");
static const struct mint root_elsewhere = MINT(.cn = "Root", .ca = true, .number = 14);

#define BY_OTHER(signer) LIST(.by = &(signer))
#define LEAF_OF(inter)              \
    &(const struct mint)            \
    {                               \
        .by = &(inter), .number = 3 \
    }
#define INDIRECT_LEAF    POINTED("uri:http://a/x,by:Lists")
#define OF_LISTS(...)    LIST(.by = &indirect, .scope = "indirect", __VA_ARGS__)
#define ON_ELSEWHERE(of) .entries = { { &revoked_leaf, .issuer_cn = of } }

static const struct revoked signers[] = {
    { "an issuer without keyUsage", SENT(LEAF_OF(inter_no_usage), &inter_no_usage),
      LISTS(LIST(.by = &inter_no_usage)), HARD, .want = "", .known = "g?" },
    { "an issuer that may sign certificates alone",
      SENT(LEAF_OF(inter_certs_only), &inter_certs_only), LISTS(LIST(.by = &inter_certs_only)),
      HARD, .want = UNKNOWN, .known = "??", .says = "may not sign lists" },
    { "a key for lists alone, sent", SENT(&revoked_leaf, &revoked_inter, &lists_only),
      LISTS(BY_OTHER(lists_only)), HARD, .want = "", .known = "g?" },
    { "a key for lists alone, known here", .extra = &lists_only, LISTS(BY_OTHER(lists_only)), HARD,
      .want = "", .known = "g?" },
    { "a key for lists that nobody has shown", LISTS(BY_OTHER(lists_only)), HARD, .want = UNKNOWN,
      .known = "??", .says = "its signature is wrong" },
    { "a key for lists that has expired", .extra = &lists_only_expired, LISTS(BY_OTHER(lists_only)),
      HARD, .want = UNKNOWN, .known = "??" },
    { "a key that is not for lists", .extra = &no_lists, LISTS(BY_OTHER(no_lists)), HARD,
      .want = UNKNOWN, .known = "??" },
    { "a key for lists that a stranger certified", .extra = &lists_of_stranger,
      LISTS(BY_OTHER(lists_of_stranger)), HARD, .want = UNKNOWN, .known = "??" },
    { "a key for lists that is revoked itself", .extra = &lists_only,
      LISTS(LIST(.by = &lists_only), LIST(OF_ROOT, .entries = { { .cert = &lists_only } })), HARD,
      .want = UNKNOWN, .known = "?g" },
    { "an older key, certified with the new one", .extra = &older_key, LISTS(BY_OTHER(older_key)),
      HARD, .want = "", .known = "g?" },
    { "another root by the same name", .extra = &root_elsewhere,
      LISTS(LIST(.by = &root_elsewhere, INTER_ON)), SOFT, .want = "", .known = "??" },
    { "an issuer by another's name", LISTS(LIST(OF_ROOT, LEAF_ON, .issuer_cn = "Inter")), SOFT,
      .want = "", .known = "??" },
    { "an indirect list, of an issuer that the certificate names",
      SENT(INDIRECT_LEAF, &revoked_inter), .extra = &indirect,
      LISTS(OF_LISTS(ON_ELSEWHERE("Inter"))), HARD, .want = "revoked@Leaf", .known = "r?" },
    { "an indirect list without the certificate", SENT(INDIRECT_LEAF, &revoked_inter),
      .extra = &indirect, LISTS(OF_LISTS(0)), HARD, .want = "", .known = "g?" },
    { "an indirect list with another's certificate of the same serial",
      SENT(INDIRECT_LEAF, &revoked_inter), .extra = &indirect,
      LISTS(OF_LISTS(ON_ELSEWHERE("Other"))), HARD, .want = "", .known = "g?" },
    { "an issuer of an entry holds for those behind it", SENT(INDIRECT_LEAF, &revoked_inter),
      .extra = &indirect,
      LISTS(OF_LISTS(.entries = { { &revoked_root, .issuer_cn = "Inter" },
                                  { .cert = &revoked_leaf } })),
      HARD, .want = "revoked@Leaf", .known = "r?" },
    { "no issuer of an entry: the list's own", SENT(INDIRECT_LEAF, &revoked_inter),
      .extra = &indirect, LISTS(OF_LISTS(LEAF_ON)), HARD, .want = "", .known = "g?" },
    { "a list of that issuer that is not indirect", SENT(INDIRECT_LEAF, &revoked_inter),
      .extra = &indirect, LISTS(BY_OTHER(indirect)), HARD, .want = UNKNOWN, .known = "??" },
    { "an indirect list that the certificate does not ask for", .extra = &indirect,
      LISTS(OF_LISTS(ON_ELSEWHERE("Inter"))), HARD, .want = UNKNOWN, .known = "??" },
    { "an issuer named without a point", SENT(POINTED("by:Lists"), &revoked_inter),
      .extra = &indirect,
      LISTS(LIST(.by = &indirect, .scope = "at:dir:Lists indirect", ON_ELSEWHERE("Inter"))), HARD,
      .want = "revoked@Leaf", .known = "r?" },
};

/* ------------------------------------------------------------------------------------- staples */

#define ABOUT_LEAF .cert = &revoked_leaf
/* TLS feature: status_request; and status_request_v2, of which nothing is asked. */
#define MUST_STAPLE "3011 06082b06010505070118 0405 3003 020105"
#define MAY_STAPLE  "3011 06082b06010505070118 0405 3003 020111"

static const struct mint delegate =
    MINT(.cn = "Responder", .by = &revoked_inter, .number = 20, .eku = "ocsp", .san = "");
static const struct mint delegate_any =
    MINT(.cn = "Responder", .by = &revoked_inter, .number = 20, .eku = "any", .san = "");
static const struct mint delegate_server =
    MINT(.cn = "Responder", .by = &revoked_inter, .number = 20, .san = "");
static const struct mint delegate_expired =
    MINT(.cn = "Responder", .by = &revoked_inter, .number = 20, .eku = "ocsp", .san = "",
         .to = "20251231000000Z");
static const struct mint delegate_of_root =
    MINT(.cn = "Responder", .by = &revoked_root, .number = 20, .eku = "ocsp", .san = "");
static const struct mint delegate_forged =
    MINT(.cn = "Responder", .by = &stranger, .issuer_cn = "Inter", .number = 20, .eku = "ocsp",
         .san = "");
static const struct mint delegate_agrees =
    MINT(.cn = "Responder", .by = &revoked_inter, .number = 20, .eku = "ocsp", .san = "",
         .usage = 1 << 4);
static const struct mint must = MINT(.by = &revoked_inter, .number = 3, .extensions = MUST_STAPLE);
static const struct mint may = MINT(.by = &revoked_inter, .number = 3, .extensions = MAY_STAPLE);
static const struct mint other_leaf = MINT(.by = &revoked_inter, .number = 9);

#define DELEGATED(who) .staple = STAPLE(ABOUT_LEAF, .by = &(who), .delegates = { &(who) })
#define USELESS(sentence, text, ...)                                                             \
    { sentence ": a good leaf is not known",                                                     \
      .staple = STAPLE(ABOUT_LEAF, __VA_ARGS__),                                                 \
      HARD,                                                                                      \
      .want = UNKNOWN,                                                                           \
      .known = "??",                                                                             \
      .says = text },                                                                            \
    {                                                                                            \
        sentence ": a revoked leaf passes",                                                      \
            .staple = STAPLE(ABOUT_LEAF, .status = OCSP_REVOKED, __VA_ARGS__), SOFT, .want = "", \
            .known = "??"                                                                        \
    }

static const struct revoked staples[] = {
    { "good, says the issuer by its key", .staple = STAPLE(ABOUT_LEAF), HARD, .want = "",
      .known = "g?" },
    { "good, says the issuer by its name", .staple = STAPLE(ABOUT_LEAF, .by_name = true), HARD,
      .want = "", .known = "g?" },
    { "good, by SHA-256", .staple = STAPLE(ABOUT_LEAF, .sha256 = true), HARD, .want = "",
      .known = "g?" },
    { "a response is about the leaf alone", .staple = STAPLE(ABOUT_LEAF), ALL,
      .want = "revocation_unknown@Inter", .known = "g?" },
    { "revoked", .staple = STAPLE(ABOUT_LEAF, .status = OCSP_REVOKED, .reason = 4), SOFT,
      .want = "revoked@Leaf", .known = "r?", .says = "another has taken its place" },
    { "revoked without a reason", .staple = STAPLE(ABOUT_LEAF, .status = OCSP_REVOKED), SOFT,
      .want = "revoked@Leaf", .known = "r?",
      .says = "UTC, by the response of 2026-01-01 that came along" },
    { "good by response, revoked by list", .staple = STAPLE(ABOUT_LEAF),
      LISTS(LIST(OF_INTER, LEAF_ON)), SOFT, .want = "revoked@Leaf", .known = "r?" },
    { "revoked by response, good by list", .staple = STAPLE(ABOUT_LEAF, .status = OCSP_REVOKED),
      LISTS(LIST(OF_INTER)), SOFT, .want = "revoked@Leaf", .known = "r?" },
    { "not known to the responder", .staple = STAPLE(ABOUT_LEAF, .status = OCSP_UNKNOWN), HARD,
      .want = UNKNOWN, .known = "??", .says = "does not know" },
    { "not known to the responder, but good by list",
      .staple = STAPLE(ABOUT_LEAF, .status = OCSP_UNKNOWN), LISTS(LIST(OF_INTER)), HARD, .want = "",
      .known = "g?" },
    { "an answer among others", .staple = STAPLE(ABOUT_LEAF, .others = &other_leaf), HARD,
      .want = "", .known = "g?" },
    { "an answer about another alone", .staple = STAPLE(.cert = &other_leaf), HARD, .want = UNKNOWN,
      .known = "??", .says = "other certificates" },
    { "a delegate", DELEGATED(delegate), HARD, .want = "", .known = "g?" },
    { "a delegate by name",
      .staple = STAPLE(ABOUT_LEAF, .by = &delegate, .by_name = true, .delegates = { &delegate }),
      HARD, .want = "", .known = "g?" },
    { "a delegate among others",
      .staple = STAPLE(ABOUT_LEAF, .by = &delegate, .delegates = { &stranger, &delegate }), HARD,
      .want = "", .known = "g?" },
    { "a delegate that is not shown", .staple = STAPLE(ABOUT_LEAF, .by = &delegate), HARD,
      .want = UNKNOWN, .known = "??", .says = "responder is not known" },
    { "a delegate for any purpose", DELEGATED(delegate_any), HARD, .want = UNKNOWN, .known = "??",
      .says = "may not speak" },
    { "a delegate for servers", DELEGATED(delegate_server), HARD, .want = UNKNOWN, .known = "??" },
    { "a delegate that has expired", DELEGATED(delegate_expired), HARD, .want = UNKNOWN,
      .known = "??" },
    { "a delegate of the root", DELEGATED(delegate_of_root), HARD, .want = UNKNOWN, .known = "??" },
    { "a delegate by a forger", DELEGATED(delegate_forged), HARD, .want = UNKNOWN, .known = "??" },
    { "a delegate that may not sign", DELEGATED(delegate_agrees), HARD, .want = UNKNOWN,
      .known = "??" },
    { "a delegate that is revoked", DELEGATED(delegate),
      LISTS(LIST(OF_INTER, .entries = { { .cert = &delegate } }, .scope = "why:0640")), HARD,
      .want = UNKNOWN, .known = "??" },
    { "the leaf about itself",
      .staple = STAPLE(ABOUT_LEAF, .by = &revoked_leaf, .delegates = { &revoked_leaf }), HARD,
      .want = UNKNOWN, .known = "??" },
    { "the root about the leaf", .staple = STAPLE(ABOUT_LEAF, .by = &revoked_root), HARD,
      .want = UNKNOWN, .known = "??" },
    { "a little too old", .staple = STAPLE(ABOUT_LEAF, .to = "20260102115500Z"), HARD, .want = "",
      .known = "g?" },
    USELESS("too old", "it has expired", .to = "20260102115459Z"),
    USELESS("of the future", "it is not valid yet", .from = "20260102120001Z"),
    USELESS("made in the future", "it is not valid yet", .produced = "20260102120001Z"),
    USELESS("no nextUpdate", "nextUpdate", .to = ""),
    USELESS("bad signature", "its signature is wrong", .signing_flaws = MINT_BAD_SIGNATURE),
    USELESS("SHA-1", "broken", .digest = MINT_SHA1),
    USELESS("critical extension", "critical extension", .flaws = MINT_OCSP_CRITICAL),
    USELESS("critical extension of an answer", "critical extension",
            .flaws = MINT_OCSP_ANSWER_CRITICAL),
    USELESS("another responder", "responder is not known", .flaws = MINT_OCSP_STRANGE_RESPONDER),
    USELESS("another digest", "other certificates", .flaws = MINT_OCSP_STRANGE_DIGEST),
    USELESS("another issuer's name", "other certificates", .flaws = MINT_OCSP_NAME_HASH),
    USELESS("another issuer's key", "other certificates", .flaws = MINT_OCSP_KEY_HASH),
    USELESS("no success", "asks to try later", .outer = 3),
    { "an extension that is not critical",
      .staple = STAPLE(ABOUT_LEAF, .flaws = MINT_OCSP_NOT_CRITICAL), HARD, .want = "",
      .known = "g?" },
};

static const struct revoked demanded[] = {
    { "a response is demanded and came", SENT(&must, &revoked_inter), SERVER,
      .staple = STAPLE(.cert = &must), SOFT, .want = "", .known = "g?" },
    { "a response is demanded and did not come", SENT(&must, &revoked_inter), SERVER, SOFT,
      .want = UNKNOWN, .known = "??", .says = "came without" },
    { "a list is no response", SENT(&must, &revoked_inter), SERVER, LISTS(LIST(OF_INTER)), SOFT,
      .want = UNKNOWN, .known = "g?" },
    { "what came is of no use", SENT(&must, &revoked_inter), SERVER,
      .staple = STAPLE(.cert = &must, .to = "20260102000000Z"), SOFT, .want = UNKNOWN,
      .known = "??", .says = "nothing can be done" },
    { "a client need not staple", SENT(&must, &revoked_inter), .purpose = PURPOSE_CLIENT, SOFT,
      .want = "wrong_usage@Leaf", .known = "??" },
    { "another feature is not demanded", SENT(&may, &revoked_inter), SERVER, SOFT, .want = "",
      .known = "??" },
    { "no path, and so nobody to be believed", .anchor = &stranger, LISTS(LIST(OF_INTER)), HARD,
      .want = "revocation_unknown@Leaf issuer_unknown@Inter", .known = "?",
      .says = "not to be trusted" },
    { "an anchor as leaf is revoked by nobody", SENT(&revoked_leaf), .anchor = &revoked_leaf,
      LISTS(LIST(OF_INTER, LEAF_ON)), ALL, .want = "", .known = "" },
    { "an anchor is revoked by nobody", SENT(&revoked_leaf), .anchor = &revoked_inter,
      LISTS(LIST(OF_ROOT, INTER_ON), LIST(OF_INTER)), ALL, .want = "", .known = "g" },
};

/* ------------------------------------------------------------------------------- several paths */

static const struct mint cross = MINT(.cn = "Inter", .by = &stranger, .ca = true, .number = 2);

/* The same CA, certified by two anchors, and revoked by one of them: the other path is good. */
static void several_paths(void)
{
    for (int revoked = 0; revoked < 2; revoked++) {
        const struct mint_crl list = { .by = revoked == 0 ? &revoked_root : &stranger,
                                       .entries = {
                                           { .cert = revoked == 0 ? &revoked_inter : &cross } } };
        const struct mint_crl *lists[] = { &list };
        struct input input;
        secsock_verdict *verdict = NULL;
        const struct example example = { .chain = { &revoked_leaf, &revoked_inter, &cross },
                                         .anchors = { &revoked_root, &stranger } };
        char path[100];
        example_open(&example, &input);
        struct crl_set *crls = revoked_set(lists, 1);
        input.validation.crls = crls;
        CHECK(validate(&input.validation, &verdict) == SECSOCK_OK, "there is a verdict");
        example_path(verdict, path, sizeof(path));
        CHECK(secsock_verdict_ok(verdict), "a CA that one of two issuers revoked is good");
        CHECK(strcmp(path, revoked == 0 ? "Leaf Inter Stranger" : "Leaf Inter Root") == 0,
              "by the other issuer: %s", path);
        secsock_verdict_free(verdict);
        crl_set_free(crls);
        example_close(&input);
    }
}

static void explained(void)
{
    const struct revoked example = { "explained", LISTS(LIST(OF_ROOT, INTER_ON)),
                                     .staple = STAPLE(ABOUT_LEAF) };
    char text[4000];
    secsock_verdict *verdict = revoked_judge(&example);
    secsock_verdict_explain(verdict, text, sizeof(text));
    CHECK(strstr(text, "not revoked, by the response of 2026-01-01 that came along\n") != NULL,
          "explain() tells that the leaf is not revoked, and by what");
    CHECK(strstr(text, "! revoked: revoked on ") != NULL, "and that its issuer is");
    CHECK(secsock_verdict_revocation(verdict, 77) == SECSOCK_STATUS_UNKNOWN,
          "nothing is known past the end of the path");
    secsock_verdict_free(verdict);
}

/* With each allocation failing in turn there is no verdict, or the same. */
static void short_memory(const struct revoked *example)
{
    unsigned long n = 0;
    bool same = true;
    secsock_verdict *verdict;
    do {
        n++;
        verdict = NULL;
        struct input input;
        const struct example chain = { .chain = { &revoked_leaf, &revoked_inter },
                                       .anchors = { &revoked_root } };
        example_open(&chain, &input);
        struct crl_set *crls = revoked_set(example->lists, 1);
        struct slice staple = mint_ocsp(example->staple);
        input.validation.crls = crls;
        input.validation.ocsp = staple;
        memory_fail(n);
        int result = validate(&input.validation, &verdict);
        bool failed = memory_failed() != 0;
        memory_fail(0);
        same &= failed ? (result == SECSOCK_E_MEMORY && verdict == NULL)
                       : (result == SECSOCK_OK && verdict != NULL);
        secsock_verdict_free(verdict);
        free((void *)staple.data);
        crl_set_free(crls);
        example_close(&input);
        if (!failed)
            break;
    } while (same && n < 1000);
    CHECK(same && n > 10 && n < 1000, "%s: each of %lu allocations may fail", example->sentence,
          n - 1);
}

int main(void)
{
    const struct revoked scarce = { "a list and a response by a delegate",
                                    LISTS(LIST(OF_INTER, LEAF_ON)), DELEGATED(delegate) };
    REVOKED(when_it_counts);
    REVOKED(flawed);
    REVOKED(scopes);
    REVOKED(signers);
    REVOKED(staples);
    REVOKED(demanded);
    several_paths();
    explained();
    short_memory(&scarce);
    mint_end();
    return check_done();
}

/* Every problem by name, in words, with where it comes from and the alert that answers it. */
#include "secsock.h"

#include <stddef.h>

/* RFC 8446, section 6.2 */
enum {
    BAD_CERTIFICATE = 42,
    UNSUPPORTED_CERTIFICATE = 43,
    CERTIFICATE_REVOKED = 44,
    CERTIFICATE_EXPIRED = 45,
    CERTIFICATE_UNKNOWN = 46,
    UNKNOWN_CA = 48,
    CERTIFICATE_REQUIRED = 116
};

struct problem {
    const char *name;
    const char *text;
    const char *section;
    int alert;
};

static const struct problem problems[] = {
    [SECSOCK_PROBLEM_REJECTED] = { "rejected", "the program refused the peer", "RFC 8446, 4.4.2.4",
                                   CERTIFICATE_UNKNOWN },
    [SECSOCK_PROBLEM_NO_CERTIFICATE] = { "no_certificate", "the peer sent no certificate",
                                         "RFC 8446, 4.4.2.4", CERTIFICATE_REQUIRED },
    [SECSOCK_PROBLEM_MALFORMED] = { "malformed", "it is not a well-formed certificate",
                                    "RFC 5280, 4.1", BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_EXPIRED] = { "expired", "the time it was valid for has ended",
                                  "RFC 5280, 4.1.2.5", CERTIFICATE_EXPIRED },
    [SECSOCK_PROBLEM_NOT_YET_VALID] = { "not_yet_valid", "it is not valid yet", "RFC 5280, 4.1.2.5",
                                        CERTIFICATE_EXPIRED },
    [SECSOCK_PROBLEM_ISSUER_UNKNOWN] = { "issuer_unknown",
                                         "no path leads from it to a trust anchor", "RFC 5280, 6.1",
                                         UNKNOWN_CA },
    [SECSOCK_PROBLEM_SELF_SIGNED] = { "self_signed",
                                      "it is signed by itself and is not a trust anchor",
                                      "RFC 5280, 6.1", UNKNOWN_CA },
    [SECSOCK_PROBLEM_NAME_MISMATCH] = { "name_mismatch", "it is issued for somebody else",
                                        "RFC 9525, 6", BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_NAME_UNCHECKED] = { "name_unchecked",
                                         "nobody said for whom it should be issued", "RFC 9525, 6",
                                         BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_BAD_SIGNATURE] = { "bad_signature", "its signature was not made by its issuer",
                                        "RFC 5280, 6.1.3", BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_WRONG_USAGE] = { "wrong_usage", "it must not be used for this",
                                      "RFC 5280, 4.2.1.12", UNSUPPORTED_CERTIFICATE },
    [SECSOCK_PROBLEM_NOT_A_CA] = { "not_a_ca", "it issues certificates but is no CA",
                                   "RFC 5280, 4.2.1.9", UNKNOWN_CA },
    [SECSOCK_PROBLEM_PATH_TOO_LONG] = { "path_too_long",
                                        "more CAs stand below an issuer than it allows",
                                        "RFC 5280, 4.2.1.9", UNKNOWN_CA },
    [SECSOCK_PROBLEM_NAME_CONSTRAINT] = { "name_constraint",
                                          "it is issued for a name that an issuer may not use",
                                          "RFC 5280, 4.2.1.10", BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_UNKNOWN_CRITICAL] = { "unknown_critical",
                                           "it holds a critical extension that is not understood",
                                           "RFC 5280, 4.2", UNSUPPORTED_CERTIFICATE },
    [SECSOCK_PROBLEM_WEAK_KEY] = { "weak_key", "its key is too weak", "RFC 9325, 4.5",
                                   BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_WEAK_SIGNATURE] = { "weak_signature", "it is signed with a broken digest",
                                         "RFC 8446, 4.4.2.4", BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_REVOKED] = { "revoked", "its issuer has revoked it", "RFC 5280, 6.3",
                                  CERTIFICATE_REVOKED },
    [SECSOCK_PROBLEM_REVOCATION_UNKNOWN] = { "revocation_unknown",
                                             "whether it is revoked is not known", "RFC 5280, 6.3",
                                             CERTIFICATE_UNKNOWN },
    [SECSOCK_PROBLEM_DISALLOWED] = { "disallowed", "it is in a store of distrusted certificates",
                                     "RFC 8446, 4.4.2.4", CERTIFICATE_UNKNOWN },
    [SECSOCK_PROBLEM_POLICY] = { "policy", "it does not satisfy the policies that are required",
                                 "RFC 5280, 6.1", BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_PROFILE] = { "profile", "it breaks the rules that certificates follow",
                                  "RFC 5280, 4", BAD_CERTIFICATE },
    [SECSOCK_PROBLEM_UNSUPPORTED] = { "unsupported",
                                      "it holds something that cannot be checked here",
                                      "RFC 8446, 6.2", UNSUPPORTED_CERTIFICATE },
    [SECSOCK_PROBLEM_TOO_COMPLEX] = { "too_complex", "checking it takes too much work",
                                      "RFC 4158, 5.2", CERTIFICATE_UNKNOWN },
    [SECSOCK_PROBLEM_NOT_PINNED] = { "not_pinned", "no key on its path is one that was asked for",
                                     "RFC 7469, 2.6", BAD_CERTIFICATE },
};

static const struct problem *find(int problem)
{
    static const struct problem unknown = { "unknown", "unknown", "unknown", CERTIFICATE_UNKNOWN };
    size_t count = sizeof(problems) / sizeof(problems[0]);
    if (problem <= 0 || (size_t)problem >= count || problems[problem].name == NULL)
        return &unknown;
    return &problems[problem];
}

const char *secsock_problem_name(int problem)
{
    return find(problem)->name;
}

const char *secsock_problem_text(int problem)
{
    return find(problem)->text;
}

const char *secsock_problem_section(int problem)
{
    return find(problem)->section;
}

int secsock_problem_alert(int problem)
{
    return find(problem)->alert;
}

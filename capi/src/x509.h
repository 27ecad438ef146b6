/*
 * One X.509 certificate, taken apart (RFC 5280, section 4). Every slice points into the DER that
 * was parsed: the struct owns nothing and lives as long as that DER.
 */
#ifndef SECSOCK_SRC_X509_H
#define SECSOCK_SRC_X509_H

#include <stdbool.h>

#include "der.h"

/* The extensions that are understood: those of RFC 5280, section 4.2, and one more. */
enum x509_ext {
    X509_AUTHORITY_KEY_ID,
    X509_SUBJECT_KEY_ID,
    X509_KEY_USAGE,
    X509_POLICIES,
    X509_POLICY_MAPPINGS,
    X509_SUBJECT_ALT_NAME,
    X509_ISSUER_ALT_NAME,
    X509_SUBJECT_DIRECTORY_ATTRIBUTES,
    X509_BASIC_CONSTRAINTS,
    X509_NAME_CONSTRAINTS,
    X509_POLICY_CONSTRAINTS,
    X509_EXT_KEY_USAGE,
    X509_INHIBIT_ANY_POLICY,
    X509_FRESHEST_CRL,
    X509_AUTHORITY_INFO_ACCESS,
    X509_SUBJECT_INFO_ACCESS,
    X509_CRL_POINTS,
    X509_TLS_FEATURE, /* RFC 7633 */
    X509_EXT_COUNT,
    X509_UNKNOWN = X509_EXT_COUNT
};

/* Bits of key_usage (RFC 5280, section 4.2.1.3). */
enum {
    KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    KEY_USAGE_KEY_ENCIPHERMENT = 1 << 2,
    KEY_USAGE_KEY_AGREEMENT = 1 << 4,
    KEY_USAGE_KEY_CERT_SIGN = 1 << 5,
    KEY_USAGE_CRL_SIGN = 1 << 6
};

struct x509 {
    struct slice der;        /* the whole certificate */
    struct slice tbs;        /* TBSCertificate, header included: what is signed */
    struct slice signed_alg; /* AlgorithmIdentifier within the TBSCertificate, whole */
    struct slice sig_alg;    /* AlgorithmIdentifier beside the signature, whole */
    struct slice signature;  /* the bits of the signature */
    struct slice serial;     /* content of the INTEGER */
    struct slice issuer;     /* Name, header included */
    struct slice subject;    /* Name, header included */
    uint32_t issuer_hash;    /* x509_name_hash() of them */
    uint32_t subject_hash;
    struct slice spki;    /* SubjectPublicKeyInfo, header included */
    struct slice key_alg; /* its AlgorithmIdentifier, whole */
    struct slice key;     /* its bits */
    int version;          /* 1, 2 or 3 */
    int64_t not_before;   /* seconds since 1970 UTC */
    int64_t not_after;
    bool odd_time_form;  /* GeneralizedTime for a year before 2050 */
    bool has_unique_ids; /* issuerUniqueID or subjectUniqueID */

    /* Extensions. A slice is the content of extnValue's OCTET STRING; data is NULL when absent. */
    struct slice extensions; /* content of the SEQUENCE OF, for those not named here */
    struct slice san;
    struct slice ext_key_usage;
    struct slice name_constraints;
    struct slice policies;
    struct slice policy_mappings;
    struct slice authority_info_access;
    struct slice crl_points;
    struct slice subject_key_id;   /* the identifier itself */
    struct slice authority_key_id; /* the keyIdentifier itself */
    struct slice unknown_critical; /* OID of the first critical extension not understood */
    uint32_t present;              /* bit 1 << enum x509_ext for each that is there */
    uint32_t critical;             /* and for each that is critical */
    bool spelled_default;  /* a DEFAULT value or trailing zero bits are encoded: not quite DER */
    bool authority_issuer; /* authorityKeyIdentifier has an authorityCertIssuer */
    bool authority_serial; /* and an authorityCertSerialNumber */
    bool must_staple;      /* an OCSP response has to come with it (RFC 7633) */
    bool has_basic_constraints;
    bool is_ca;
    int path_length;             /* -1: no limit */
    int key_usage;               /* bits, digitalSignature being bit 0; -1: absent */
    int require_explicit_policy; /* policyConstraints, inhibitAnyPolicy; -1: absent */
    int inhibit_policy_mapping;
    int inhibit_any_policy;
};

/* Takes what every signed structure begins with off the front: what is signed, header included, the
 * AlgorithmIdentifier, whole, and the bits of the signature. */
bool x509_take_signed(struct slice *content, struct slice *tbs, struct slice *algorithm,
                      struct slice *signature);

/* The same for all of `der`, a certificate or a list, with the content of what is signed in
 * *fields. Returns NULL, or why it is none: `otherwise` where it is DER of another form. */
const char *x509_open(struct slice der, const char *otherwise, struct slice *tbs,
                      struct slice *algorithm, struct slice *signature, struct slice *fields);

/* Parses. Returns NULL on success, else why the bytes are not a certificate: a static sentence. */
const char *x509_parse(struct x509 *out, struct slice der);

/* Fills in what the extensions say; for x509_parse() alone. */
const char *x509_parse_extensions(struct x509 *out);

/* One extension: takes it off the front of `extensions`; false at the end. */
struct x509_extension {
    struct slice oid;   /* content */
    struct slice value; /* content of the OCTET STRING */
    enum x509_ext id;
    bool critical;
    bool spelled_default; /* critical FALSE is spelled out */
};
bool x509_next_extension(struct slice *extensions, struct x509_extension *out);

bool x509_has(const struct x509 *x509, enum x509_ext ext);
bool x509_is_critical(const struct x509 *x509, enum x509_ext ext);

/* Whether subject and issuer are the same name (RFC 5280, section 3.2). */
bool x509_is_self_issued(const struct x509 *x509);

/* Whether two Names are the same (RFC 5280, section 7.1). */
bool x509_name_equal(struct slice a, struct slice b);

/* The same for Names that are equal, and seldom for others. */
uint32_t x509_name_hash(struct slice name);

/* Whether the first RDNs of `name` are those of `base`. */
bool x509_name_within(struct slice name, struct slice base);

bool x509_name_is_empty(struct slice name);

/* Whether these bytes, header included, are a Name. */
bool x509_name_valid(struct slice name);

/* The attributes of a Name, one after the other: *cursor starts as the Name itself, and false is
 * the end. `type` is the content of the OID, `value` that of the string, `tag` its type. */
struct x509_attribute {
    struct slice type;
    struct slice value;
    uint8_t tag;
    bool starts_rdn; /* the first of a RelativeDistinguishedName */
};
struct x509_name_cursor {
    struct slice rdns;
    struct slice attributes; /* of the present RDN */
};
void x509_name_begin(struct x509_name_cursor *cursor, struct slice name);
bool x509_name_next(struct x509_name_cursor *cursor, struct x509_attribute *out);

/* GeneralName (RFC 5280, section 4.2.1.6), the choice by its number. */
enum x509_name_kind {
    X509_OTHER_NAME = 0,
    X509_EMAIL = 1,
    X509_DNS = 2,
    X509_X400 = 3,
    X509_DIRECTORY = 4,
    X509_EDI_PARTY = 5,
    X509_URI = 6,
    X509_IP = 7,
    X509_REGISTERED_ID = 8
};
struct x509_general_name {
    enum x509_name_kind kind;
    struct slice value; /* content; of a directory name the Name with its header */
};

/* The next of the names in the content of a GeneralNames; false at the end or when malformed,
 * which x509_parse() has ruled out for those of a certificate. */
bool x509_next_name(struct slice *names, struct x509_general_name *out);

/* Whether this content of a GeneralNames is well-formed, and names something. */
bool x509_names_valid(struct slice names);

/* The names of subjectAltName, for x509_next_name(); empty when there are none. */
struct slice x509_san_names(const struct x509 *x509);

/* The next purpose of extKeyUsage: start with x509_purposes(); the content of the OID. */
struct slice x509_purposes(const struct x509 *x509);
bool x509_has_purpose(const struct x509 *x509, struct slice oid);

#endif

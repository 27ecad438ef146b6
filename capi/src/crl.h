/*
 * Certificate revocation lists (RFC 5280, section 5), taken apart. Every slice points into the DER
 * that was parsed.
 */
#ifndef SECSOCK_SRC_CRL_H
#define SECSOCK_SRC_CRL_H

#include <stdatomic.h>

#include "x509_point.h"

/* Octets; twice what RFC 5280, section 4.1.2.2, allows. */
enum { CRL_LONGEST_SERIAL = 40 };

/* CRLReason (RFC 5280, section 5.3.1) is a number, or this. */
enum { CRL_REASON_ABSENT = -1 };

/* What a list is about: issuingDistributionPoint (RFC 5280, section 5.2.5). A list without one is
 * about all certificates of its issuer. */
struct crl_scope {
    struct x509_point_name name; /* where it is to be had */
    bool only_users;             /* certificates that are not of CAs */
    bool only_cas;
    bool only_attributes; /* no certificates of public keys at all */
    bool indirect;        /* also certificates of other issuers */
    int reasons;          /* revocations for these reasons alone */
};

struct crl_place; /* of an entry, in the index */

enum { CRL_KEY_DIGEST_SIZE = 32 };

struct crl {
    struct slice der;
    struct slice tbs;              /* TBSCertList, header included: what is signed */
    struct slice signed_alg;       /* AlgorithmIdentifier within it, whole */
    struct slice sig_alg;          /* AlgorithmIdentifier beside the signature, whole */
    struct slice signature;        /* its bits */
    struct slice issuer;           /* Name, header included */
    int64_t this_update;           /* seconds since 1970 UTC */
    int64_t next_update;           /* 0, and a flaw, when there is none */
    struct slice entries;          /* content of revokedCertificates */
    struct slice authority_key_id; /* the keyIdentifier; data is NULL when there is none */
    bool has_number;
    struct crl_scope scope;
    const char *flaw; /* why it can say nothing about anything: a static sentence; or NULL */
    size_t entry_count;
    struct crl_place *index; /* by serial; only in one that crl_new() made */
    atomic_int signer;       /* crl_knows_signer(): whether signer_key is there yet */
    uint8_t signer_key[CRL_KEY_DIGEST_SIZE];
};

/* Parses; allocates nothing. Returns NULL, also for a list with a flaw, else why the bytes are no
 * list: a static sentence. */
const char *crl_parse(struct crl *out, struct slice der);

/* A list over a copy of `der`, with an index. SECSOCK_OK, SECSOCK_E_MEMORY, or SECSOCK_E_FORMAT and
 * *why, a static sentence. */
int crl_new(struct crl **out, struct slice der, const char **why);
void crl_free(struct crl *crl);

/*
 * Lists are large, and shared by validations that may run at the same time: that one is signed
 * with a key, given as SubjectPublicKeyInfo, is found out once and remembered. One key is, the
 * first: lists have one signer.
 */
bool crl_knows_signer(const struct crl *crl, struct slice spki);
void crl_remember_signer(const struct crl *crl, struct slice spki);

/* What a list says of one certificate. */
struct crl_entry {
    struct slice serial;       /* content of the INTEGER */
    struct slice issuer_names; /* content of certificateIssuer; data NULL: that of the one before */
    int64_t revoked_at;
    int reason;       /* CRLReason, or CRL_REASON_ABSENT */
    const char *flaw; /* of the whole list, for what stands here; or NULL */
};

/* The next entry off the front of `entries`; false at the end, or when it is malformed. */
bool crl_next_entry(struct slice *entries, struct crl_entry *out);

/* Whether a list that crl_new() made has the certificate of this issuer (a Name, header included)
 * and serial (the content of the INTEGER). */
bool crl_find(const struct crl *crl, struct slice issuer, struct slice serial,
              struct crl_entry *out);

/* A CRLReason as it stands in a list or response: ENUMERATED, one of those that exist. */
bool crl_take_reason(struct slice *in, int *out);

/* "key compromise" and so on; NULL when it says nothing. */
const char *crl_reason_text(int reason);

#endif

/* Distribution points: where a certificate says that lists about it are to be had, and where a
 * list says that it is (RFC 5280, sections 4.2.1.13 and 5.2.5). */
#ifndef SECSOCK_SRC_X509_POINT_H
#define SECSOCK_SRC_X509_POINT_H

#include "x509.h"

/* Bits of ReasonFlags, as sets of reasons; bit 0 is not used. */
enum { X509_ALL_REASONS = 0x1fe };

/* DistributionPointName: one of the two, or neither; then data is NULL. */
struct x509_point_name {
    struct slice full;     /* content of a GeneralNames */
    struct slice relative; /* content of an RDN, to be put behind the name of the lists' issuer */
};

struct x509_point {
    struct x509_point_name name;
    int reasons;               /* that lists there are about */
    struct slice issuer_names; /* content of a GeneralNames, cRLIssuer; data is NULL when absent */
};

/* Whether the value of cRLDistributionPoints or freshestCRL is well-formed. */
bool x509_points_valid(struct slice value);

/* The points of a certificate, for x509_next_point(); empty when there are none. */
struct slice x509_points(const struct x509 *x509);
bool x509_next_point(struct slice *points, struct x509_point *out);

/* The optional elements that points and issuingDistributionPoint share: [0] with a
 * DistributionPointName, and [number] with ReasonFlags. */
bool x509_take_point_name(struct slice *in, struct x509_point_name *out);
bool x509_take_reasons(struct slice *in, unsigned number, int *out);

/* The next Name among general names, those of other kinds passed over; false at the end. */
bool x509_next_directory(struct slice *names, struct slice *out);

/* Whether two points have a name in common. A relative one is completed with the issuer's; where
 * there is neither, it is the issuer's (section 6.3.3). *work is what may be spent on comparing: 0
 * when that did not do. */
bool x509_point_names_meet(const struct x509_point_name *a, struct slice issuer_a,
                           const struct x509_point_name *b, struct slice issuer_b, size_t *work);

#endif

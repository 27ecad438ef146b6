/* In which form a certificate comes, told by its first bytes. */
#ifndef SECSOCK_SRC_CERT_FORM_H
#define SECSOCK_SRC_CERT_FORM_H

#include "der.h"

enum cert_form {
    CERT_FORM_PEM, /* or anything else: text has no first byte of its own */
    CERT_FORM_DER, /* a SEQUENCE that begins with another: a certificate */
    CERT_FORM_PFX  /* a SEQUENCE that begins with a number, the version */
};

enum cert_form cert_form(struct slice bytes);

#endif

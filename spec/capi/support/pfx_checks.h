/* What the tests of PFX files share. */
#ifndef SECSOCK_SPEC_PFX_CHECKS_H
#define SECSOCK_SPEC_PFX_CHECKS_H

#include <string.h>

#include "key.h"
#include "pkcs12.h"
#include "pki.h"

static inline struct slice read_file(const char *name)
{
    size_t len;
    char *bytes = pki_read(name, &len);
    return (struct slice){ (uint8_t *)bytes, len };
}

static inline bool equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static inline int from_pfx(secsock_cert **out, struct slice pfx, const char *password,
                           secsock_error *error)
{
    *out = NULL;
    *error = (secsock_error){ .code = 1 };
    return secsock_cert_from_pfx(out, pfx.data, pfx.len, password, error);
}

/* Whether the identity has its key and these issuers. */
static inline bool is_whole(const secsock_cert *cert, size_t issuers)
{
    struct slice key = { cert->key, cert->key_len };
    return key.data != NULL && key_check(key, &cert->x509, NULL) == SECSOCK_OK &&
           (issuers == 0 || secsock_cert_chain(cert, issuers - 1) != NULL) &&
           secsock_cert_chain(cert, issuers) == NULL;
}

#endif

/* Certificates in a row, as they are read from texts and files. */
#ifndef SECSOCK_SRC_CERT_LIST_H
#define SECSOCK_SRC_CERT_LIST_H

#include "cert.h"

struct cert_list {
    secsock_cert **certs; /* a reference to each is the list's */
    size_t count;
    size_t capacity;
};

/* Makes room for `more` certificates; then as many can be added without fail. */
int cert_list_reserve(struct cert_list *list, size_t more);

/* Appends; the list keeps a reference of its own. SECSOCK_OK or SECSOCK_E_MEMORY. */
int cert_list_add(struct cert_list *list, const secsock_cert *cert);
void cert_list_shorten(struct cert_list *list, size_t count);
void cert_list_clear(struct cert_list *list);

enum cert_list_mode {
    CERT_LIST_STRICT,   /* what cannot be read is an error, which names its block */
    CERT_LIST_LENIENT,  /* a certificate that cannot be read is passed over */
    CERT_LIST_OPTIONAL, /* strict, but there need not be any certificate */
};

/* Append the certificates of a PEM text, in their order, other blocks being passed over, or of what
 * a file holds: such text, or one certificate in DER. No certificate at all is SECSOCK_E_FORMAT.
 * After an error the list holds what it held. */
int cert_list_read(struct cert_list *list, struct slice pem, enum cert_list_mode mode,
                   secsock_error *error);
int cert_list_read_contents(struct cert_list *list, struct slice contents, enum cert_list_mode mode,
                            secsock_error *error);
int cert_list_read_file(struct cert_list *list, const char *path, enum cert_list_mode mode,
                        secsock_error *error);

/* The same for all files of a folder that hold certificates, in the order of their names; other
 * files, those whose names begin with a dot, folders and dangling links are passed over. */
int cert_list_read_dir(struct cert_list *list, const char *path, secsock_error *error);

#endif

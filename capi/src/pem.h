/* PEM text (RFC 7468), block by block. */
#ifndef SECSOCK_SRC_PEM_H
#define SECSOCK_SRC_PEM_H

#include "error.h"
#include "secret.h"
#include "text.h"

/* Where the reading stands. */
struct pem {
    struct slice rest;
    unsigned line;          /* the lines read so far */
    unsigned blocks;        /* the blocks read so far */
    struct secret contents; /* of the block decoded last; as long as was in use, to be erased */
};

struct pem_block {
    struct slice label;   /* "CERTIFICATE" */
    struct slice headers; /* lines like "DEK-Info: …" (RFC 1421, section 4.6); mostly empty */
    struct slice base64;
    struct slice der; /* once decoded */
    unsigned number;  /* from 1 */
    unsigned line;    /* of its BEGIN */
};

/* A reader of `text`, which must stay. SECSOCK_E_MEMORY, or SECSOCK_OK and to be closed. */
int pem_open(struct pem *pem, struct slice text, secsock_error *error);
void pem_close(struct pem *pem);

/* The next block: 1, or 0 when there is none left, or SECSOCK_E_FORMAT naming what is wrong and
 * in which line. What stands between the blocks is passed over. */
int pem_next(struct pem *pem, struct pem_block *block, secsock_error *error);

/* Sets block->der, which is valid until the next is decoded. SECSOCK_OK or SECSOCK_E_FORMAT. */
int pem_decode(struct pem *pem, struct pem_block *block, secsock_error *error);

bool pem_label_is(const struct pem_block *block, const char *label);
bool pem_is_certificate(const struct pem_block *block);
bool pem_is_private_key(const struct pem_block *block); /* of whatever kind */

/* Sets an error that begins with the block's number and line; returns `code`. */
int pem_error(const struct pem_block *block, secsock_error *error, int code, const char *what);

/* Puts them in front of an error that is there already; returns `code`. */
int pem_prefix(const struct pem_block *block, secsock_error *error, int code);

/* Appends a block. While `out` only counts, what `der` points to may be missing. */
void pem_add_block(struct text *out, const char *label, struct slice der);

#endif

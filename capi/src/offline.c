/* Validation by itself, of a chain from a file or a text. */
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cert_form.h"
#include "config.h"
#include "error.h"
#include "file.h"
#include "pem.h"

/* A chain in certificates. In the place of one that cannot even be told apart stands nothing, which
 * is no certificate and so a problem in the verdict. */
struct pieces {
    struct slice *list;
    size_t count, room;
    struct secret decoded; /* what some of them point into */
    size_t used;           /* of it */
};

static const struct slice nothing = { NULL, 0 };

static void free_pieces(struct pieces *pieces)
{
    free(pieces->list);
    secret_free(&pieces->decoded);
}

static int add(struct pieces *pieces, struct slice piece)
{
    if (pieces->count == pieces->room) {
        size_t room = pieces->room > 0 ? 2 * pieces->room : 8;
        struct slice *list = realloc(pieces->list, room * sizeof(*list));
        if (list == NULL)
            return SECSOCK_E_MEMORY;
        pieces->list = list;
        pieces->room = room;
    }
    pieces->list[pieces->count++] = piece;
    return SECSOCK_OK;
}

static int cut_der(struct pieces *pieces, struct slice der)
{
    int result = SECSOCK_OK;
    while (der.len > 0 && result == SECSOCK_OK) {
        struct slice piece;
        if (!der_take_whole(&der, DER_SEQUENCE, &piece))
            return add(pieces, nothing);
        result = add(pieces, piece);
    }
    return result;
}

/* The reader decodes one block over the other, so each is kept. */
static int add_block(struct pieces *pieces, struct pem *reader, struct pem_block *block)
{
    if (pem_decode(reader, block, NULL) != SECSOCK_OK)
        return add(pieces, nothing);
    struct slice piece = { pieces->decoded.data + pieces->used, block->der.len };
    memcpy(pieces->decoded.data + pieces->used, block->der.data, block->der.len);
    pieces->used += block->der.len;
    return add(pieces, piece);
}

/* OpenSSL's own form with settings behind it counts as one, though it cannot be read: else the next
 * would pass for the peer's. */
static bool is_certificate(const struct pem_block *block)
{
    return pem_is_certificate(block) || pem_label_is(block, "TRUSTED CERTIFICATE");
}

static int cut_blocks(struct pieces *pieces, struct pem *reader)
{
    struct pem_block block;
    int found;
    while ((found = pem_next(reader, &block, NULL)) > 0) {
        if (is_certificate(&block) && add_block(pieces, reader, &block) != SECSOCK_OK)
            return SECSOCK_E_MEMORY;
    }
    /* The text is broken off, or is none. */
    return found < 0 || reader->blocks == 0 ? add(pieces, nothing) : SECSOCK_OK;
}

static int cut_pem(struct pieces *pieces, struct slice text)
{
    struct pem reader;
    int result = pem_open(&reader, text, NULL);
    if (result == SECSOCK_OK && !secret_new(&pieces->decoded, base64_decoded_room(text.len)))
        result = SECSOCK_E_MEMORY;
    if (result == SECSOCK_OK)
        result = cut_blocks(pieces, &reader);
    pem_close(&reader);
    return result;
}

static int cut(struct pieces *pieces, struct slice chain)
{
    if (chain.len == 0)
        return SECSOCK_OK;
    return cert_form(chain) == CERT_FORM_PEM ? cut_pem(pieces, chain) : cut_der(pieces, chain);
}

static int judge(struct validation *input, struct slice chain, secsock_verdict **verdict,
                 secsock_error *error)
{
    struct pieces pieces = { .list = NULL };
    int result = cut(&pieces, chain);
    input->chain = pieces.list;
    input->chain_len = pieces.count;
    if (result == SECSOCK_OK)
        result = validate(input, verdict);
    free_pieces(&pieces);
    return result == SECSOCK_OK ? result : error_memory(error);
}

static int check_arguments(int purpose, struct slice chain, struct slice ocsp,
                           secsock_verdict **verdict, secsock_error *error)
{
    error_clear(error);
    if (verdict == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no place for the verdict");
    *verdict = NULL;
    if (purpose < SECSOCK_PURPOSE_ANY || purpose > SECSOCK_PURPOSE_CLIENT)
        return error_set(error, SECSOCK_E_ARGUMENT, "unknown purpose: %d", purpose);
    if ((chain.data == NULL && chain.len > 0) || (ocsp.data == NULL && ocsp.len > 0))
        return error_set(error, SECSOCK_E_ARGUMENT, "a length without data");
    return SECSOCK_OK;
}

int secsock_validate(secsock_config *config, int purpose, const char *peername, const void *chain,
                     size_t chain_len, const void *ocsp, size_t ocsp_len, secsock_verdict **verdict,
                     secsock_error *error)
{
    struct slice sent = { chain, chain_len }, response = { ocsp, ocsp_len };
    secsock_config *own = NULL;
    int result = check_arguments(purpose, sent, response, verdict, error);
    if (result == SECSOCK_OK && config == NULL && (config = own = secsock_config_new()) == NULL)
        result = error_memory(error);
    if (result == SECSOCK_OK)
        result = config_freeze(config, error);
    if (result == SECSOCK_OK) {
        struct validation input;
        config_validation(config, (enum validate_purpose)purpose, &input);
        input.peername = peername;
        input.ocsp = response;
        result = judge(&input, sent, verdict, error);
    }
    secsock_config_free(own);
    return result;
}

int secsock_validate_file(secsock_config *config, int purpose, const char *peername,
                          const char *chain_path, const char *ocsp_path, secsock_verdict **verdict,
                          secsock_error *error)
{
    struct secret chain = { NULL, 0 }, ocsp = { NULL, 0 };
    int result = check_arguments(purpose, nothing, nothing, verdict, error);
    if (result == SECSOCK_OK && chain_path == NULL)
        result = error_set(error, SECSOCK_E_ARGUMENT, "there is no file with a chain");
    if (result == SECSOCK_OK)
        result = file_read(chain_path, &chain, error);
    if (result == SECSOCK_OK && ocsp_path != NULL)
        result = file_read(ocsp_path, &ocsp, error);
    if (result == SECSOCK_OK)
        result = secsock_validate(config, purpose, peername, chain.data, chain.len, ocsp.data,
                                  ocsp.len, verdict, error);
    secret_free(&chain);
    secret_free(&ocsp);
    return result;
}

/* Certificates from files and folders, in PEM or in DER. */
#include <string.h>

#include "cert_form.h"
#include "cert_list.h"
#include "file.h"
#include "folder.h"

static int add_der(struct cert_list *list, struct slice der, secsock_error *error)
{
    secsock_cert *cert = NULL;
    int result = cert_new(&cert, der, error);
    if (result == SECSOCK_OK && cert_list_add(list, cert) != SECSOCK_OK)
        result = error_memory(error);
    secsock_cert_free(cert);
    return result;
}

int cert_list_read_contents(struct cert_list *list, struct slice contents, enum cert_list_mode mode,
                            secsock_error *error)
{
    switch (cert_form(contents)) {
    case CERT_FORM_DER:
        return add_der(list, contents, error);
    case CERT_FORM_PFX:
        return error_set(error, SECSOCK_E_FORMAT, "it is a PFX file or a private key");
    default:
        return cert_list_read(list, contents, mode, error);
    }
}

int cert_list_read_file(struct cert_list *list, const char *path, enum cert_list_mode mode,
                        secsock_error *error)
{
    struct secret contents = { NULL, 0 };
    int result = file_read(path, &contents, error);
    if (result != SECSOCK_OK)
        return result;
    result = cert_list_read_contents(list, secret_slice(&contents), mode, error);
    secret_free(&contents);
    return result == SECSOCK_OK ? result : error_prefix(error, result, path);
}

/* ------------------------------------------------------------------------------------- folders */

/* A file of another kind need not even be well-formed PEM. */
static bool mentions_certificate(struct slice text)
{
    static const char sign[] = "CERTIFICATE-----";
    const uint8_t *at = text.data, *end = text.data + text.len;
    while ((at = memchr(at, sign[0], (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) < strlen(sign))
            return false;
        if (memcmp(at, sign, strlen(sign)) == 0)
            return true;
        at++;
    }
    return false;
}

/* Takes the header of a SEQUENCE off, whether or not as much follows as it says. */
static bool enter(struct slice *der)
{
    size_t header = 2;
    if (der->len < header || der->data[0] != DER_SEQUENCE)
        return false;
    if (der->data[1] >= 0x80)
        header += der->data[1] & 0x7FU;
    if (der->len < header)
        return false;
    *der = (struct slice){ der->data + header, der->len - header };
    return true;
}

/* Whether DER is meant to be a certificate, damaged perhaps, and not a list of revoked ones, a
 * request or a key: of these only the certificate says its version in a tag of its own (RFC 5280,
 * section 4.1). Those of version 1, which do not, are known by being well-formed. */
static bool is_certificate_der(struct slice contents)
{
    struct x509 x509;
    struct slice in = contents;
    if (cert_form(contents) != CERT_FORM_DER)
        return false;
    bool tagged = enter(&in) && enter(&in) && der_next_is(in, DER_CONTEXT_CONSTRUCTED + 0);
    return tagged || x509_parse(&x509, contents) == NULL;
}

static int take_file(void *arg, const char *path, struct slice contents, secsock_error *error)
{
    (void)path;
    if (is_certificate_der(contents) || mentions_certificate(contents))
        return cert_list_read_contents(arg, contents, CERT_LIST_OPTIONAL, error);
    return SECSOCK_OK;
}

int cert_list_read_dir(struct cert_list *list, const char *path, secsock_error *error)
{
    size_t before = list->count;
    int result = folder_read(path, NULL, take_file, list, error);
    if (result == SECSOCK_OK && list->count == before)
        result =
            error_set(error, SECSOCK_E_FORMAT, "%s: there is no certificate in the folder", path);
    if (result != SECSOCK_OK)
        cert_list_shorten(list, before);
    return result;
}

/* Certificates and their keys as PEM text and PFX files. */
#include "cert_export.h"

#include <string.h>

#include "entropy.h"
#include "file.h"
#include "pem.h"
#include "pkcs12.h"
#include "pkcs8.h"

enum { ALL = SECSOCK_EXPORT_CERT | SECSOCK_EXPORT_CHAIN | SECSOCK_EXPORT_KEY };

/* Whether this may be exported at all. */
static int check(const secsock_cert *cert, int parts, secsock_error *error)
{
    if (parts <= 0 || (parts & ~ALL) != 0)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is nothing to export (%d)", parts);
    if ((parts & SECSOCK_EXPORT_KEY) == 0)
        return SECSOCK_OK;
    if (cert->key == NULL)
        return error_set(error, SECSOCK_E_NO_KEY, "the certificate has no private key");
    if (!secsock_cert_is_exportable(cert))
        return error_set(error, SECSOCK_E_NOT_EXPORTABLE,
                         "the private key may not leave its certificate");
    return SECSOCK_OK;
}

/* ----------------------------------------------------------------------------------------- PEM */

static const char *label(const char *password)
{
    return password != NULL ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY";
}

static int write_key(struct der_writer *w, const secsock_cert *cert, const char *text,
                     secsock_error *error)
{
    struct pbe_seed seed = { .salt = { 0 } };
    struct password password;
    if (text == NULL) {
        pkcs8_write(w, cert);
        return SECSOCK_OK;
    }
    int result = w->end != NULL ? entropy_fill(&seed, sizeof(seed), error) : SECSOCK_OK;
    if (result == SECSOCK_OK)
        result = password_begin(&password, text, error);
    if (result != SECSOCK_OK)
        return result;
    result = pkcs8_write_encrypted(w, cert, &seed, &password, error);
    password_end(&password);
    return result;
}

static int add_key(struct text *out, const secsock_cert *cert, const char *password,
                   secsock_error *error)
{
    struct der_writer w = { NULL, 0 };
    struct secret der = { NULL, 0 };
    int result = write_key(&w, cert, password, error);
    if (result == SECSOCK_OK && out->size > 0) {
        if (!secret_new(&der, w.len))
            return error_memory(error);
        w = (struct der_writer){ der.data + der.len, 0 };
        result = write_key(&w, cert, password, error);
    }
    if (result == SECSOCK_OK)
        pem_add_block(out, label(password), der_written(&w));
    secret_free(&der);
    return result;
}

static int add_all(struct text *out, const secsock_cert *cert, int parts, const char *password,
                   secsock_error *error)
{
    if ((parts & SECSOCK_EXPORT_CERT) != 0)
        pem_add_block(out, "CERTIFICATE", cert->x509.der);
    for (size_t i = 0; (parts & SECSOCK_EXPORT_CHAIN) != 0 && i < cert->chain_len; i++)
        pem_add_block(out, "CERTIFICATE", cert->chain[i]->x509.der);
    return (parts & SECSOCK_EXPORT_KEY) != 0 ? add_key(out, cert, password, error) : SECSOCK_OK;
}

/* A length as a result; what would be too large to be read again is not written. */
static int limited(size_t len, size_t limit, secsock_error *error)
{
    if (len <= limit)
        return (int)len;
    return error_set(error, SECSOCK_E_LIMIT, "what is exported would be larger than %zu MiB",
                     limit / (1024 * 1024));
}

/* How long the text is, or an error. */
static int measure(const secsock_cert *cert, int parts, const char *password, secsock_error *error)
{
    struct text counter;
    int result = check(cert, parts, error);
    if (result == SECSOCK_OK && password != NULL && *password == '\0')
        result = error_set(error, SECSOCK_E_ARGUMENT,
                           "an empty password protects nothing: NULL leaves the key in the clear");
    text_begin(&counter, NULL, 0);
    if (result == SECSOCK_OK)
        result = add_all(&counter, cert, parts, password, error);
    return result == SECSOCK_OK ? limited(counter.len, FILE_LIMIT, error) : result;
}

int cert_export_pem(struct secret *out, const secsock_cert *cert, int parts, const char *password,
                    secsock_error *error)
{
    struct text text;
    *out = (struct secret){ NULL, 0 };
    int len = measure(cert, parts, password, error);
    if (len < 0)
        return len;
    if (!secret_new(out, (size_t)len + 1))
        return error_memory(error);
    text_begin(&text, (char *)out->data, out->len);
    int result = add_all(&text, cert, parts, password, error);
    if (result == SECSOCK_OK)
        out->len = text.len;
    else
        secret_free(out);
    return result;
}

int secsock_cert_export_pem(const secsock_cert *cert, int parts, const char *password, char *buffer,
                            size_t size, secsock_error *error)
{
    struct secret text;
    error_clear(error);
    int len = measure(cert, parts, password, error);
    if (len < 0 || buffer == NULL || size <= (size_t)len)
        return len;
    int result = cert_export_pem(&text, cert, parts, password, error);
    if (result != SECSOCK_OK)
        return result;
    memcpy(buffer, text.data, text.len);
    buffer[text.len] = '\0';
    secret_free(&text);
    return len;
}

/* ----------------------------------------------------------------------------------------- PFX */

/* How long the file is, or an error. */
static int measure_pfx(const secsock_cert *cert, int parts, secsock_error *error)
{
    int result = check(cert, parts, error);
    if (result == SECSOCK_OK && (parts & SECSOCK_EXPORT_CERT) == 0)
        result = error_set(error, SECSOCK_E_ARGUMENT,
                           "a PFX file without the certificate is not written");
    return result == SECSOCK_OK ? limited(pkcs12_written_len(cert, parts), PKCS12_LIMIT, error)
                                : result;
}

int secsock_cert_export_pfx(const secsock_cert *cert, int parts, const char *password, void *buffer,
                            size_t size, secsock_error *error)
{
    struct secret pfx;
    error_clear(error);
    int len = measure_pfx(cert, parts, error);
    if (len < 0 || buffer == NULL || size < (size_t)len)
        return len;
    int result = pkcs12_write(&pfx, cert, parts, password, error);
    if (result != SECSOCK_OK)
        return result;
    memcpy(buffer, pfx.data, pfx.len);
    secret_free(&pfx);
    return len;
}

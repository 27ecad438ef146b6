/* Reading a PFX file: its structure (RFC 7292, section 4). */
#include "pkcs12.h"

#include <stdlib.h>
#include <string.h>

#include "ber.h"
#include "cert_form.h"
#include "keycrypt.h"
#include "oid.h"
#include "pbe.h"
#include "pkcs12_internal.h"

enum { MOST_NESTING = 4 };

static int malformed(secsock_error *error)
{
    return error_set(error, SECSOCK_E_FORMAT, "the PFX file is malformed");
}

static int unsupported(secsock_error *error, const char *what)
{
    return error_set(error, SECSOCK_E_UNSUPPORTED, "the PFX file %s, which is not supported", what);
}

/* Keeps what slices will point into; takes it over. */
static int hold(struct pkcs12 *file, struct secret *bytes, secsock_error *error)
{
    if (file->held_count == PKCS12_MOST_HELD) {
        secret_free(bytes);
        return error_set(error, SECSOCK_E_LIMIT, "the PFX file has more than %d parts",
                         PKCS12_MOST_HELD);
    }
    file->held[file->held_count++] = *bytes;
    return SECSOCK_OK;
}

static void release(struct pkcs12 *file)
{
    while (file->held_count > 0)
        secret_free(&file->held[--file->held_count]);
    file->cert_count = 0;
    file->key_count = 0;
    file->was_encrypted = false;
}

/* One element that may be in BER, in DER. */
static int normalise(struct pkcs12 *file, struct slice in, struct slice *out, secsock_error *error)
{
    struct secret der;
    switch (ber_to_der(&der, in)) {
    case BER_OK:
        break;
    case BER_NO_MEMORY:
        return error_memory(error);
    case BER_CUT:
        if (file->held_count > 0) /* it is not the file that ends too early */
            return malformed(error);
        return error_set(error, SECSOCK_E_FORMAT, "the PFX file is cut short, after %zu bytes",
                         in.len);
    case BER_TOO_DEEP:
        return error_set(error, SECSOCK_E_LIMIT, "the PFX file is nested more than %d deep",
                         BER_MOST_DEPTH);
    case BER_MALFORMED:
        return malformed(error);
    }
    *out = secret_slice(&der);
    return hold(file, &der, error);
}

/* ---------------------------------------------------------------------------------------- bags */

static bool take_attribute(struct slice *set, struct pkcs12_attributes *out)
{
    enum { BMP_STRING = 0x1e };
    struct slice attribute, oid, values;
    if (!der_take(set, DER_SEQUENCE, &attribute) || !der_oid(&attribute, &oid) ||
        !der_take(&attribute, DER_SET, &values))
        return false;
    if (oid_is(oid, "1.2.840.113549.1.9.21"))
        return der_take(&values, DER_OCTET_STRING, &out->local_key_id);
    if (oid_is(oid, "1.2.840.113549.1.9.20"))
        return der_take(&values, BMP_STRING, &out->friendly_name);
    return true;
}

static bool take_attributes(struct slice *bag, struct pkcs12_attributes *out)
{
    struct slice set;
    *out = (struct pkcs12_attributes){ { NULL, 0 }, { NULL, 0 } };
    if (!der_optional(bag, DER_SET, &set) || bag->len > 0)
        return false;
    while (set.len > 0) {
        if (!take_attribute(&set, out))
            return false;
    }
    return true;
}

static int add_key(struct pkcs12 *file, struct slice der,
                   const struct pkcs12_attributes *attributes, secsock_error *error)
{
    if (file->key_count == PKCS12_MOST_KEYS)
        return error_set(error, SECSOCK_E_LIMIT, "the PFX file has more than %d private keys",
                         PKCS12_MOST_KEYS);
    file->keys[file->key_count++] = (struct pkcs12_key){ der, *attributes };
    return SECSOCK_OK;
}

static int add_shrouded_key(struct pkcs12 *file, struct slice der,
                            const struct pkcs12_attributes *attributes, secsock_error *error)
{
    struct secret key;
    int result = keycrypt_open_pkcs8(der, &file->password, &key, error);
    if (result != SECSOCK_OK)
        return result;
    file->was_encrypted = true;
    struct slice plain = secret_slice(&key);
    result = hold(file, &key, error);
    return result == SECSOCK_OK ? add_key(file, plain, attributes, error) : result;
}

/* CertBag; of other kinds than X.509 nobody has heard for long. */
static int add_cert(struct pkcs12 *file, struct slice value,
                    const struct pkcs12_attributes *attributes, secsock_error *error)
{
    struct slice bag, kind, explicit, der;
    if (!der_take(&value, DER_SEQUENCE, &bag) || value.len > 0 || !der_oid(&bag, &kind) ||
        !der_take(&bag, DER_CONTEXT_CONSTRUCTED, &explicit))
        return malformed(error);
    if (!oid_is(kind, "1.2.840.113549.1.9.22.1"))
        return SECSOCK_OK;
    if (!der_take(&explicit, DER_OCTET_STRING, &der) || explicit.len > 0)
        return malformed(error);
    if (file->cert_count == PKCS12_MOST_CERTS)
        return error_set(error, SECSOCK_E_LIMIT, "the PFX file has more than %d certificates",
                         PKCS12_MOST_CERTS);
    file->certs[file->cert_count++] = (struct pkcs12_cert){ der, *attributes };
    return SECSOCK_OK;
}

static int take_safe(struct pkcs12 *file, struct slice safe, unsigned nesting,
                     secsock_error *error);

static int take_bag(struct pkcs12 *file, struct slice bag, unsigned nesting, secsock_error *error)
{
    struct slice kind, value;
    struct pkcs12_attributes attributes;
    if (!der_oid(&bag, &kind) || !der_take(&bag, DER_CONTEXT_CONSTRUCTED, &value) ||
        !take_attributes(&bag, &attributes))
        return malformed(error);
    if (oid_is(kind, "1.2.840.113549.1.12.10.1.1"))
        return add_key(file, value, &attributes, error);
    if (oid_is(kind, "1.2.840.113549.1.12.10.1.2"))
        return add_shrouded_key(file, value, &attributes, error);
    if (oid_is(kind, "1.2.840.113549.1.12.10.1.3"))
        return add_cert(file, value, &attributes, error);
    if (oid_is(kind, "1.2.840.113549.1.12.10.1.6"))
        return take_safe(file, value, nesting + 1, error);
    return SECSOCK_OK; /* a revocation list, a secret */
}

/* SafeContents, whole. */
static int take_safe(struct pkcs12 *file, struct slice safe, unsigned nesting, secsock_error *error)
{
    struct slice bags, bag;
    int result = SECSOCK_OK;
    if (nesting > MOST_NESTING)
        return error_set(error, SECSOCK_E_LIMIT, "the PFX file has safes nested more than %d deep",
                         MOST_NESTING);
    if (!der_take(&safe, DER_SEQUENCE, &bags) || safe.len > 0)
        return malformed(error);
    while (result == SECSOCK_OK && bags.len > 0) {
        if (!der_take(&bags, DER_SEQUENCE, &bag))
            return malformed(error);
        result = take_bag(file, bag, nesting, error);
    }
    return result;
}

/* --------------------------------------------------------------------------------------- safes */

/* What ContentInfo (RFC 2315, section 7) is of, and its content. */
static bool take_content_info(struct slice info, struct slice *kind, struct slice *content)
{
    return der_oid(&info, kind) && der_take(&info, DER_CONTEXT_CONSTRUCTED, content) &&
           info.len == 0;
}

/* An implicitly tagged OCTET STRING, which in BER may have come in pieces. */
static int take_pieces(struct pkcs12 *file, struct slice *in, struct slice *out,
                       secsock_error *error)
{
    struct slice pieces, piece;
    struct secret joined;
    uint8_t tag;
    if (!der_any(in, &tag, &pieces, NULL) || (tag != DER_CONTEXT && tag != DER_CONTEXT_CONSTRUCTED))
        return malformed(error);
    *out = pieces;
    if (tag == DER_CONTEXT)
        return SECSOCK_OK;
    if (!secret_new(&joined, pieces.len))
        return error_memory(error);
    joined.len = 0;
    while (der_take(&pieces, DER_OCTET_STRING, &piece)) {
        memcpy(joined.data + joined.len, piece.data, piece.len);
        joined.len += piece.len;
    }
    *out = secret_slice(&joined);
    int result = hold(file, &joined, error);
    return result == SECSOCK_OK && pieces.len > 0 ? malformed(error) : result;
}

/* EncryptedData (RFC 2315, section 13). */
static int take_encrypted(struct pkcs12 *file, struct slice content, secsock_error *error)
{
    struct slice data, info, version, kind, algorithm, text, safe;
    struct secret plain;
    struct pbe pbe;
    if (!der_take(&content, DER_SEQUENCE, &data) || !der_integer(&data, &version) ||
        !der_take(&data, DER_SEQUENCE, &info) || !der_oid(&info, &kind) ||
        !der_take_whole(&info, DER_SEQUENCE, &algorithm))
        return malformed(error);
    int result = take_pieces(file, &info, &text, error);
    if (result == SECSOCK_OK)
        result = pbe_read(&pbe, algorithm, error);
    if (result == SECSOCK_OK)
        result = pbe_open(&pbe, text, &file->password, &plain, error);
    if (result != SECSOCK_OK)
        return result;
    file->was_encrypted = true;
    result = normalise(file, secret_slice(&plain), &safe, error);
    secret_free(&plain);
    return result == SECSOCK_OK ? take_safe(file, safe, 0, error) : result;
}

static int take_plain(struct pkcs12 *file, struct slice content, secsock_error *error)
{
    struct slice octets, safe;
    if (!der_take(&content, DER_OCTET_STRING, &octets))
        return malformed(error);
    int result = normalise(file, octets, &safe, error);
    return result == SECSOCK_OK ? take_safe(file, safe, 0, error) : result;
}

/* AuthenticatedSafe. */
static int take_safes(struct pkcs12 *file, struct slice octets, secsock_error *error)
{
    struct slice der, safes, info, kind, content;
    int result = normalise(file, octets, &der, error);
    if (result == SECSOCK_OK && !der_take(&der, DER_SEQUENCE, &safes))
        result = malformed(error);
    while (result == SECSOCK_OK && safes.len > 0) {
        if (!der_take(&safes, DER_SEQUENCE, &info) || !take_content_info(info, &kind, &content))
            result = malformed(error);
        else if (oid_is(kind, "1.2.840.113549.1.7.1"))
            result = take_plain(file, content, error);
        else if (oid_is(kind, "1.2.840.113549.1.7.6"))
            result = take_encrypted(file, content, error);
        else
            result = unsupported(error, "is encrypted to a public key");
    }
    return result;
}

/* PFX, the content of its SEQUENCE. */
static int take_pfx(struct pkcs12 *file, struct slice pfx, secsock_error *error)
{
    struct slice info, kind, content, octets, mac;
    int version, result = SECSOCK_OK;
    if (!der_count(&pfx, &version) || !der_take(&pfx, DER_SEQUENCE, &info) ||
        !take_content_info(info, &kind, &content))
        return error_set(error, SECSOCK_E_FORMAT, "it is not a PFX file");
    if (version != 3)
        return unsupported(error, "is of another version than 3");
    if (!oid_is(kind, "1.2.840.113549.1.7.1"))
        return unsupported(error, "is signed");
    if (!der_take(&content, DER_OCTET_STRING, &octets) || !der_optional(&pfx, DER_SEQUENCE, &mac) ||
        pfx.len > 0)
        return malformed(error);
    file->has_mac = mac.data != NULL;
    if (file->has_mac)
        result = pkcs12_mac_check(mac, octets, &file->password, error);
    return result == SECSOCK_OK ? take_safes(file, octets, error) : result;
}

int pkcs12_open(struct pkcs12 *file, struct slice pfx, secsock_error *error)
{
    struct slice der, content;
    if (cert_form(pfx) != CERT_FORM_PFX)
        return error_set(error, SECSOCK_E_FORMAT, "it is not a PFX file");
    if (pfx.len > PKCS12_LIMIT)
        return error_set(error, SECSOCK_E_LIMIT, "the PFX file is larger than %d MiB",
                         PKCS12_LIMIT / (1024 * 1024));
    int result = normalise(file, pfx, &der, error);
    if (result == SECSOCK_OK)
        result = der_take(&der, DER_SEQUENCE, &content) ? take_pfx(file, content, error)
                                                        : malformed(error);
    return result;
}

/* ------------------------------------------------------------------------------------ the whole */

/* No password and the empty one are written the same and encrypt differently: some take it for no
 * octets, most for the two that every password ends in. */
static int open_without(struct pkcs12 *file, struct slice pfx, secsock_error *error)
{
    int result = pkcs12_open(file, pfx, error);
    if (result != SECSOCK_E_PASSWORD)
        return result;
    release(file);
    password_widen_to_nothing(&file->password);
    result = pkcs12_open(file, pfx, error);
    return result != SECSOCK_E_PASSWORD
               ? result
               : error_set(error, result, "the PFX file has a password, and none was given");
}

static int open_with(struct pkcs12 *file, struct slice pfx, secsock_error *error)
{
    int result = pkcs12_open(file, pfx, error);
    if (result == SECSOCK_OK && !file->has_mac && !file->was_encrypted)
        result = error_set(error, SECSOCK_E_PASSWORD,
                           "a password was given, and the PFX file is not protected by any");
    return result;
}

int pkcs12_read(struct cert_list *out, struct slice pfx, const char *password, secsock_error *error)
{
    bool without = password == NULL || *password == '\0';
    struct pkcs12 *file = calloc(1, sizeof(*file));
    if (file == NULL)
        return error_memory(error);
    int result = password_begin(&file->password, without ? "" : password, error);
    if (result == SECSOCK_OK)
        result = without ? open_without(file, pfx, error) : open_with(file, pfx, error);
    if (result == SECSOCK_OK)
        result = pkcs12_match(file, out, error);
    if (result >= 0)
        error_clear(error); /* of what went wrong before it went right */
    release(file);
    password_end(&file->password);
    free(file);
    return result;
}

/* Looking into a store. */
#include <string.h>
#include <time.h>

#include "base64.h"
#include "error.h"
#include "name_parse.h"
#include "name_text.h"
#include "oid.h"
#include "peername.h"
#include "store.h"

/* What is looked for, in the form that it is compared in. */
struct search {
    const char *value;    /* as it was given */
    struct secret wanted; /* hex decoded, or a Name or an OID in DER */
    bool odd;             /* the hex had an odd number of digits */
    int usage;            /* the bit of a key usage */
    int64_t time;
    struct secret room; /* for the text of a name; grows as it must */
};

/* Reads the value; returns SECSOCK_OK or fills in the error. */
typedef int prepare_fn(struct search *search, secsock_error *error);

/* Whether a certificate is one of those: 1, 0, or SECSOCK_E_MEMORY. */
typedef int match_fn(struct search *search, const secsock_cert *cert);

static struct slice unpadded(struct slice number)
{
    while (number.len > 1 && number.data[0] == 0) {
        number.data++;
        number.len--;
    }
    return number;
}

/* ------------------------------------------------------------------------------- reading values */

static int no_value(struct search *search, secsock_error *error)
{
    if (search->value == NULL)
        return SECSOCK_OK;
    return error_set(error, SECSOCK_E_ARGUMENT, "this is found without a value, but there is one");
}

static int some_value(struct search *search, secsock_error *error)
{
    if (search->value != NULL && search->value[0] != '\0')
        return SECSOCK_OK;
    return error_set(error, SECSOCK_E_ARGUMENT, "there is no value to look for");
}

/* Hex digits, with spaces and ':' between them as people copy them; of an odd number of them the
 * first stands alone. */
static int hex_value(struct search *search, secsock_error *error)
{
    int result = some_value(search, error);
    if (result != SECSOCK_OK)
        return result;
    struct secret digits;
    if (!secret_new(&digits, strlen(search->value) + 1))
        return error_memory(error);
    size_t count = 1;
    digits.data[0] = '0';
    for (const char *at = search->value; *at != '\0'; at++) {
        if (*at != ' ' && *at != ':')
            digits.data[count++] = (uint8_t)*at;
    }
    search->odd = count % 2 == 0;
    struct slice pairs = { digits.data + !search->odd, count - !search->odd };
    if (!secret_new(&search->wanted, pairs.len / 2))
        result = error_memory(error);
    else if (pairs.len == 0 || !hex_decode(search->wanted.data, pairs))
        result =
            error_set(error, SECSOCK_E_ARGUMENT, "\"%s\" is not a number in hex", search->value);
    secret_free(&digits);
    return result;
}

static int thumbprint_value(struct search *search, secsock_error *error)
{
    int result = hex_value(search, error);
    size_t len = search->wanted.len;
    bool fits = len == THUMBPRINT_SHORT_SIZE || len == THUMBPRINT_SIZE;
    if (result == SECSOCK_OK && (search->odd || !fits))
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "\"%s\" is no thumbprint: SHA-1 has 40 digits of hex, SHA-256 has 64",
                         search->value);
    return result;
}

static int name_value(struct search *search, secsock_error *error)
{
    int result = some_value(search, error);
    if (result == SECSOCK_OK)
        result = name_parse(text_slice(search->value), &search->wanted);
    if (result == SECSOCK_E_FORMAT)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "\"%s\" is not a distinguished name such as \"CN=Example,O=Example Ltd\"",
                         search->value);
    return result == SECSOCK_E_MEMORY ? error_memory(error) : result;
}

static int peer_value(struct search *search, secsock_error *error)
{
    int result = some_value(search, error);
    if (result == SECSOCK_OK && peername_classify(search->value, NULL, NULL) == PEERNAME_INVALID)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "\"%s\" is neither a host in A-labels nor an IP address nor a mailbox",
                         search->value);
    return result;
}

static int purpose_value(struct search *search, secsock_error *error)
{
    enum { LONGEST = 128 };
    int result = some_value(search, error);
    if (result != SECSOCK_OK)
        return result;
    if (!secret_new(&search->wanted, LONGEST))
        return error_memory(error);
    search->wanted.len = oid_encode(text_slice(search->value), search->wanted.data, LONGEST);
    if (search->wanted.len > 0)
        return SECSOCK_OK;
    return error_set(error, SECSOCK_E_ARGUMENT,
                     "\"%s\" is neither a known purpose nor an object identifier in dots",
                     search->value);
}

/* RFC 5280, section 4.2.1.3, bit by bit. */
static int usage_value(struct search *search, secsock_error *error)
{
    static const char *const names[] = {
        "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
        "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly",
    };
    int result = some_value(search, error);
    for (size_t i = 0; result == SECSOCK_OK && i < sizeof(names) / sizeof(names[0]); i++) {
        if (text_same(text_slice(names[i]), text_slice(search->value)))
            search->usage = 1 << i;
    }
    if (result == SECSOCK_OK && search->usage == 0)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "\"%s\" is no key usage, such as \"digitalSignature\"", search->value);
    return result;
}

/* False for what is no number, or too large a one. */
static bool read_number(const char *text, int64_t *number)
{
    bool negative = text[0] == '-';
    const char *digit = text + negative;
    *number = 0;
    if (*digit == '\0')
        return false;
    for (; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9' || *number > (INT64_MAX - 9) / 10)
            return false;
        *number = 10 * *number + (*digit - '0');
    }
    if (negative)
        *number = -*number;
    return true;
}

static int time_value(struct search *search, secsock_error *error)
{
    if (search->value == NULL)
        search->time = (int64_t)time(NULL);
    else if (!read_number(search->value, &search->time))
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "\"%s\" is no moment: seconds since 1970 in decimal digits",
                         search->value);
    return SECSOCK_OK;
}

/* ------------------------------------------------------------------------------------ comparing */

static int is_any(struct search *search, const secsock_cert *cert)
{
    (void)search;
    (void)cert;
    return 1;
}

static int has_thumbprint(struct search *search, const secsock_cert *cert)
{
    uint8_t thumbprint[THUMBPRINT_SIZE];
    size_t len = search->wanted.len;
    if (!store_thumbprint(cert, thumbprint, len))
        return SECSOCK_E_MEMORY;
    return memcmp(thumbprint, search->wanted.data, len) == 0;
}

/* The text of a name, until the next is asked for. False when memory is short. */
static bool text_of(struct search *search, struct slice name, struct slice *out)
{
    struct text text;
    text_begin(&text, (char *)search->room.data, search->room.len);
    name_text(&text, name);
    if (text.len >= search->room.len) {
        secret_free(&search->room);
        if (!secret_new(&search->room, 2 * text.len + 1))
            return false;
        text_begin(&text, (char *)search->room.data, search->room.len);
        name_text(&text, name);
    }
    *out = (struct slice){ search->room.data, text.len };
    return true;
}

static int name_has_part(struct search *search, struct slice name)
{
    struct slice text;
    if (!text_of(search, name, &text))
        return SECSOCK_E_MEMORY;
    return text_contains(text, text_slice(search->value));
}

/* A name in a certificate may be in string types other than UTF8String: only its text, read back,
 * compares with what was read from text. A name whose text cannot be read is nobody's. */
static int name_is(struct search *search, struct slice name)
{
    struct slice text;
    struct secret same = { NULL, 0 };
    if (x509_name_equal(name, secret_slice(&search->wanted)))
        return 1;
    if (!text_of(search, name, &text))
        return SECSOCK_E_MEMORY;
    int result = name_parse(text, &same);
    int equal =
        result == SECSOCK_OK && x509_name_equal(secret_slice(&same), secret_slice(&search->wanted));
    secret_free(&same);
    return result == SECSOCK_E_MEMORY ? result : equal;
}

static int subject_has_part(struct search *search, const secsock_cert *cert)
{
    return name_has_part(search, cert->x509.subject);
}

static int subject_is(struct search *search, const secsock_cert *cert)
{
    return name_is(search, cert->x509.subject);
}

static int issuer_has_part(struct search *search, const secsock_cert *cert)
{
    return name_has_part(search, cert->x509.issuer);
}

static int issuer_is(struct search *search, const secsock_cert *cert)
{
    return name_is(search, cert->x509.issuer);
}

static int has_serial(struct search *search, const secsock_cert *cert)
{
    return slice_equal(unpadded(cert->x509.serial), unpadded(secret_slice(&search->wanted)));
}

static int has_key_id(struct search *search, const secsock_cert *cert)
{
    struct slice id = cert->x509.subject_key_id;
    return id.data != NULL && slice_equal(id, secret_slice(&search->wanted));
}

static int is_for_peer(struct search *search, const secsock_cert *cert)
{
    return secsock_cert_matches(cert, search->value);
}

static const struct slice any_purpose = SLICE_OF(0x55, 0x1d, 0x25, 0); /* 2.5.29.37.0 */

/* Without the extension every purpose is allowed (RFC 5280, section 4.2.1.12). */
static int allows_purpose(struct search *search, const secsock_cert *cert)
{
    const struct x509 *x509 = &cert->x509;
    return x509->ext_key_usage.data == NULL || x509_has_purpose(x509, any_purpose) ||
           x509_has_purpose(x509, secret_slice(&search->wanted));
}

/* Likewise: RFC 5280, section 4.2.1.3. */
static int allows_usage(struct search *search, const secsock_cert *cert)
{
    return cert->x509.key_usage < 0 || (cert->x509.key_usage & search->usage) != 0;
}

static int is_expired(struct search *search, const secsock_cert *cert)
{
    return search->time > cert->x509.not_after;
}

static int is_not_yet_valid(struct search *search, const secsock_cert *cert)
{
    return search->time < cert->x509.not_before;
}

static int is_in_time(struct search *search, const secsock_cert *cert)
{
    return !is_expired(search, cert) && !is_not_yet_valid(search, cert);
}

static int has_private_key(struct search *search, const secsock_cert *cert)
{
    (void)search;
    return secsock_cert_has_private_key(cert);
}

/* -------------------------------------------------------------------------------------- finding */

static const struct kind {
    prepare_fn *prepare;
    match_fn *match;
} kinds[] = {
    [SECSOCK_FIND_ANY] = { no_value, is_any },
    [SECSOCK_FIND_THUMBPRINT] = { thumbprint_value, has_thumbprint },
    [SECSOCK_FIND_SUBJECT] = { some_value, subject_has_part },
    [SECSOCK_FIND_SUBJECT_NAME] = { name_value, subject_is },
    [SECSOCK_FIND_ISSUER] = { some_value, issuer_has_part },
    [SECSOCK_FIND_ISSUER_NAME] = { name_value, issuer_is },
    [SECSOCK_FIND_SERIAL] = { hex_value, has_serial },
    [SECSOCK_FIND_SUBJECT_KEY_ID] = { hex_value, has_key_id },
    [SECSOCK_FIND_NAME] = { peer_value, is_for_peer },
    [SECSOCK_FIND_EXT_KEY_USAGE] = { purpose_value, allows_purpose },
    [SECSOCK_FIND_KEY_USAGE] = { usage_value, allows_usage },
    [SECSOCK_FIND_TIME_VALID] = { time_value, is_in_time },
    [SECSOCK_FIND_TIME_EXPIRED] = { time_value, is_expired },
    [SECSOCK_FIND_TIME_NOT_YET] = { time_value, is_not_yet_valid },
    [SECSOCK_FIND_PRIVATE_KEY] = { no_value, has_private_key },
};

/* The certificate and its issuers, as a peer would send them: DER, one after the other. */
static bool join_chain(const secsock_cert *cert, struct secret *out)
{
    const secsock_cert *issuer;
    size_t len = cert->der_len, at = cert->der_len;
    for (size_t i = 0; (issuer = secsock_cert_chain(cert, i)) != NULL; i++)
        len += issuer->der_len;
    if (!secret_new(out, len))
        return false;
    memcpy(out->data, cert->der, cert->der_len);
    for (size_t i = 0; (issuer = secsock_cert_chain(cert, i)) != NULL; i++) {
        memcpy(out->data + at, issuer->der, issuer->der_len);
        at += issuer->der_len;
    }
    return true;
}

/* 1 when validation has nothing against the certificate, else 0, or an error. */
static int is_valid(const secsock_cert *cert, secsock_config *config, secsock_error *error)
{
    struct secret chain = { NULL, 0 };
    secsock_verdict *verdict = NULL;
    if (!join_chain(cert, &chain))
        return error_memory(error);
    int result = secsock_validate(config, SECSOCK_PURPOSE_ANY, NULL, chain.data, chain.len, NULL, 0,
                                  &verdict, error);
    if (result == SECSOCK_OK)
        result = secsock_verdict_ok(verdict);
    secsock_verdict_free(verdict);
    secret_free(&chain);
    return result;
}

/* Adds a certificate to what was found if it is one of those. */
static int consider(struct search *search, match_fn *match, const secsock_cert *cert,
                    secsock_config *valid, struct cert_list *found, secsock_error *error)
{
    int matches = match(search, cert);
    if (matches < 0)
        return error_memory(error);
    if (matches > 0 && valid != NULL)
        matches = is_valid(cert, valid, error);
    if (matches > 0 && cert_list_add(found, cert) != SECSOCK_OK)
        return error_memory(error);
    return matches < 0 ? matches : SECSOCK_OK;
}

static int look(const secsock_store *store, struct search *search, match_fn *match,
                secsock_config *valid, struct cert_list *found, secsock_error *error)
{
    const secsock_cert *cert;
    int result = SECSOCK_OK;
    if (match == has_thumbprint && search->wanted.len == THUMBPRINT_SIZE) {
        cert = store_find_thumbprint(store, search->wanted.data);
        return cert != NULL ? consider(search, is_any, cert, valid, found, error) : SECSOCK_OK;
    }
    for (size_t i = 0; result == SECSOCK_OK && (cert = secsock_store_cert(store, i)) != NULL; i++)
        result = consider(search, match, cert, valid, found, error);
    return result;
}

static int make_store(const struct cert_list *found, secsock_store **out, secsock_error *error)
{
    secsock_store *store = secsock_store_new();
    int result = store != NULL ? store_add_list(store, found, error) : error_memory(error);
    if (result == SECSOCK_OK)
        *out = store;
    else
        secsock_store_free(store);
    return result;
}

int secsock_store_find(const secsock_store *store, int by, const char *value, secsock_config *valid,
                       secsock_store **out, secsock_error *error)
{
    struct search search = { .value = value };
    struct cert_list found = { NULL, 0, 0 };
    error_clear(error);
    if (out == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no place for what is found");
    *out = NULL;
    if (store == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no store to look into");
    if (by < 0 || (size_t)by >= sizeof(kinds) / sizeof(kinds[0]))
        return error_set(error, SECSOCK_E_ARGUMENT, "%d is nothing that can be looked for", by);
    int result = kinds[by].prepare(&search, error);
    if (result == SECSOCK_OK)
        result = look(store, &search, kinds[by].match, valid, &found, error);
    if (result == SECSOCK_OK)
        result = make_store(&found, out, error);
    cert_list_clear(&found);
    secret_free(&search.wanted);
    secret_free(&search.room);
    return result;
}

/* What a certificate tells about itself. */
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "cert.h"
#include "digest.h"
#include "name_text.h"
#include "oid.h"
#include "pem.h"
#include "pubkey.h"

struct name {
    int kind; /* a secsock_san */
    const char *text;
};

struct part {
    const char *type, *value;
};

/* A list that is counted before there is memory for it. */
struct parts {
    struct part *parts;
    size_t count;
};

/* All that the getters return as text: in one allocation with the strings behind, so that many
 * certificates can be loaded without paying for what is never asked. */
struct cert_facts {
    const char *subject, *issuer, *common_name, *serial;
    const char *key_type, *key_curve, *signature_algorithm;
    const char *sha256, *sha1, *pin, *subject_key_id, *authority_key_id, *pem;
    int key_bits;
    struct name *names;
    size_t name_count;
    const char **purposes;
    size_t purpose_count;
    struct parts subject_parts, issuer_parts;
    const char *friendly_name;
};

struct digests {
    uint8_t sha256[DIGEST_SHA256_SIZE];
    uint8_t sha1[DIGEST_SHA1_SIZE];
    uint8_t pin[DIGEST_SHA256_SIZE];
};

/* ------------------------------------------------------------------------------------- writing */

/* Strings are written one after the other, each with its NUL. Everything is done twice: first
 * without memory, which counts, then with. */
static const char *finish(struct text *pool, size_t start)
{
    pool->len++;
    return pool->size > 0 ? pool->buffer + start : NULL;
}

/* Room for a string of `len` characters, or NULL while counting. */
static char *room(struct text *pool, size_t len)
{
    char *start = pool->size > 0 ? pool->buffer + pool->len : NULL;
    pool->len += len + 1;
    if (start != NULL)
        start[len] = '\0';
    return start;
}

static const char *put_hex(struct text *pool, struct slice bytes)
{
    char *out = room(pool, 2 * bytes.len);
    if (out != NULL)
        hex_encode(out, bytes);
    return out;
}

static const char *put_base64(struct text *pool, struct slice bytes)
{
    char *out = room(pool, base64_encoded_len(bytes.len, 0));
    if (out != NULL)
        base64_encode(out, bytes, 0);
    return out;
}

static const char *put_name(struct text *pool, struct slice name)
{
    size_t start = pool->len;
    name_text(pool, name);
    return finish(pool, start);
}

/* The name of an algorithm, or its number in dots. */
static const char *put_oid(struct text *pool, struct slice oid)
{
    const char *name = oid_name(oid);
    if (name != NULL)
        return name;
    size_t len = oid_text(oid, NULL, 0);
    char *out = room(pool, len);
    if (out != NULL)
        oid_text(oid, out, len + 1);
    return out;
}

static const char *put_pem(struct text *pool, struct slice der)
{
    size_t start = pool->len;
    pem_add_block(pool, "CERTIFICATE", der);
    return finish(pool, start);
}

/* --------------------------------------------------------------------------------------- facts */

/* The octet that only keeps a number positive is left out. */
static struct slice unsigned_number(struct slice integer)
{
    if (integer.len > 1 && integer.data[0] == 0)
        return (struct slice){ integer.data + 1, integer.len - 1 };
    return integer;
}

/* Of a curve that cannot be used here: the size of a coordinate (SEC 1, section 2.3.3). */
static int coordinate_bits(struct slice point)
{
    if (point.len == 0)
        return 0;
    size_t coordinates = point.data[0] == 4 ? 2 : 1;
    return (int)((point.len - 1) / coordinates) * 8;
}

static void put_key(struct cert_facts *facts, struct text *pool, const struct x509 *x509)
{
    struct slice oid, parameters;
    struct pubkey key;
    pubkey_read(x509, &key);
    if (oid_algorithm(x509->key_alg, &oid, &parameters))
        facts->key_type = put_oid(pool, oid);
    if (key.curve_oid.data != NULL)
        facts->key_curve = put_oid(pool, key.curve_oid);
    facts->key_bits = key.bits;
    if (key.kind == PUBKEY_EC && key.bits == 0)
        facts->key_bits = coordinate_bits(key.bytes);
}

static const char *put_common_name(struct text *pool, struct slice subject)
{
    struct x509_name_cursor cursor;
    struct x509_attribute attribute, found = { .value = { NULL, 0 } };
    x509_name_begin(&cursor, subject);
    while (x509_name_next(&cursor, &attribute)) {
        if (oid_is(attribute.type, "2.5.4.3"))
            found = attribute;
    }
    if (found.value.data == NULL)
        return NULL;
    size_t start = pool->len;
    name_text_value(pool, &found);
    return finish(pool, start);
}

/* False for the kinds that no text is known for (otherName and such). */
static bool put_general_name(struct text *pool, const struct x509_general_name *name,
                             const char **out)
{
    size_t start = pool->len;
    switch (name->kind) {
    case X509_EMAIL:
    case X509_DNS:
    case X509_URI:
        name_text_ascii(pool, name->value);
        break;
    case X509_DIRECTORY:
        name_text(pool, name->value);
        break;
    case X509_IP:
        text_add_ip(pool, name->value);
        break;
    default:
        return false;
    }
    *out = finish(pool, start);
    return true;
}

static void put_names(struct cert_facts *facts, struct text *pool, const struct x509 *x509)
{
    struct slice names = x509_san_names(x509);
    struct x509_general_name name;
    const char *text;
    facts->name_count = 0;
    while (x509_next_name(&names, &name)) {
        if (!put_general_name(pool, &name, &text))
            continue;
        if (facts->names != NULL)
            facts->names[facts->name_count] = (struct name){ (int)name.kind, text };
        facts->name_count++;
    }
}

static void put_purposes(struct cert_facts *facts, struct text *pool, const struct x509 *x509)
{
    struct slice purposes = x509_purposes(x509), oid;
    facts->purpose_count = 0;
    while (der_oid(&purposes, &oid)) {
        const char *text = put_oid(pool, oid);
        if (facts->purposes != NULL)
            facts->purposes[facts->purpose_count] = text;
        facts->purpose_count++;
    }
}

/* The attributes of a name, in the order in which they are encoded. */
static void put_parts(struct parts *parts, struct text *pool, struct slice name)
{
    struct x509_name_cursor cursor;
    struct x509_attribute attribute;
    parts->count = 0;
    x509_name_begin(&cursor, name);
    while (x509_name_next(&cursor, &attribute)) {
        const char *type = put_oid(pool, attribute.type);
        size_t start = pool->len;
        name_text_value(pool, &attribute);
        const char *value = finish(pool, start);
        if (parts->parts != NULL)
            parts->parts[parts->count] = (struct part){ type, value };
        parts->count++;
    }
}

/* A BMPString, as an attribute's value may be. */
static const char *put_friendly_name(struct text *pool, struct slice name)
{
    const struct x509_attribute bmp = { .value = name, .tag = 0x1e };
    size_t start = pool->len;
    if (name.data == NULL)
        return NULL;
    name_text_value(pool, &bmp);
    return finish(pool, start);
}

static void put_all(struct cert_facts *facts, struct text *pool, const secsock_cert *cert,
                    const struct digests *digests)
{
    const struct x509 *x509 = &cert->x509;
    struct slice algorithm, parameters;
    facts->subject = put_name(pool, x509->subject);
    facts->issuer = put_name(pool, x509->issuer);
    facts->common_name = put_common_name(pool, x509->subject);
    facts->serial = put_hex(pool, unsigned_number(x509->serial));
    if (oid_algorithm(x509->sig_alg, &algorithm, &parameters))
        facts->signature_algorithm = put_oid(pool, algorithm);
    facts->sha256 = put_hex(pool, (struct slice){ digests->sha256, sizeof(digests->sha256) });
    facts->sha1 = put_hex(pool, (struct slice){ digests->sha1, sizeof(digests->sha1) });
    facts->pin = put_base64(pool, (struct slice){ digests->pin, sizeof(digests->pin) });
    if (x509->subject_key_id.data != NULL)
        facts->subject_key_id = put_hex(pool, x509->subject_key_id);
    if (x509->authority_key_id.data != NULL)
        facts->authority_key_id = put_hex(pool, x509->authority_key_id);
    facts->pem = put_pem(pool, x509->der);
    put_key(facts, pool, x509);
    put_names(facts, pool, x509);
    put_purposes(facts, pool, x509);
    put_parts(&facts->subject_parts, pool, x509->subject);
    put_parts(&facts->issuer_parts, pool, x509->issuer);
    facts->friendly_name = put_friendly_name(pool, cert->friendly_name);
}

/* Points the lists of `facts` into the memory behind it, as long as `count` has found them to be;
 * returns what lies behind them. */
static char *place_lists(struct cert_facts *facts, const struct cert_facts *count)
{
    facts->names = (struct name *)(facts + 1);
    facts->subject_parts.parts = (struct part *)(facts->names + count->name_count);
    facts->issuer_parts.parts = facts->subject_parts.parts + count->subject_parts.count;
    facts->purposes = (const char **)(facts->issuer_parts.parts + count->issuer_parts.count);
    return (char *)(facts->purposes + count->purpose_count);
}

static size_t lists_size(const struct cert_facts *count)
{
    return count->name_count * sizeof(struct name) +
           (count->subject_parts.count + count->issuer_parts.count) * sizeof(struct part) +
           count->purpose_count * sizeof(char *);
}

/* NULL when memory is short. */
static struct cert_facts *make(const secsock_cert *cert)
{
    const struct x509 *x509 = &cert->x509;
    struct digests digests;
    struct cert_facts count = { .subject = NULL };
    struct text counter, pool;
    if (!digest_sha256(x509->der, digests.sha256) || !digest_sha1(x509->der, digests.sha1) ||
        !digest_sha256(x509->spki, digests.pin))
        return NULL;
    text_begin(&counter, NULL, 0);
    put_all(&count, &counter, cert, &digests);

    struct cert_facts *facts = calloc(1, sizeof(*facts) + lists_size(&count) + counter.len);
    if (facts == NULL)
        return NULL;
    text_begin(&pool, place_lists(facts, &count), counter.len);
    put_all(facts, &pool, cert, &digests);
    return facts;
}

void cert_facts_free(struct cert_facts *facts)
{
    free(facts);
}

/* Of two threads that make them at once, one wins and the other's are freed. */
static const struct cert_facts *facts_of(const secsock_cert *cert)
{
    secsock_cert *mine = (secsock_cert *)cert;
    struct cert_facts *facts = atomic_load(&mine->facts);
    if (facts != NULL)
        return facts;
    struct cert_facts *made = make(cert);
    if (made == NULL || atomic_compare_exchange_strong(&mine->facts, &facts, made))
        return made;
    cert_facts_free(made);
    return facts;
}

/* ------------------------------------------------------------------------------------- getters */

static const struct cert_facts none = { .subject = NULL };

/* The facts, or empty ones when there was no memory for them. */
static const struct cert_facts *facts_or_none(const secsock_cert *cert)
{
    const struct cert_facts *facts = facts_of(cert);
    return facts != NULL ? facts : &none;
}

const char *secsock_cert_subject(const secsock_cert *cert)
{
    return facts_or_none(cert)->subject;
}

const char *secsock_cert_issuer(const secsock_cert *cert)
{
    return facts_or_none(cert)->issuer;
}

const char *secsock_cert_common_name(const secsock_cert *cert)
{
    return facts_or_none(cert)->common_name;
}

const char *secsock_cert_serial(const secsock_cert *cert)
{
    return facts_or_none(cert)->serial;
}

const char *secsock_cert_key_type(const secsock_cert *cert)
{
    return facts_or_none(cert)->key_type;
}

int secsock_cert_key_bits(const secsock_cert *cert)
{
    return facts_or_none(cert)->key_bits;
}

const char *secsock_cert_key_curve(const secsock_cert *cert)
{
    return facts_or_none(cert)->key_curve;
}

const char *secsock_cert_signature_algorithm(const secsock_cert *cert)
{
    return facts_or_none(cert)->signature_algorithm;
}

const char *secsock_cert_sha256(const secsock_cert *cert)
{
    return facts_or_none(cert)->sha256;
}

const char *secsock_cert_sha1(const secsock_cert *cert)
{
    return facts_or_none(cert)->sha1;
}

const char *secsock_cert_subject_key_id(const secsock_cert *cert)
{
    return facts_or_none(cert)->subject_key_id;
}

const char *secsock_cert_authority_key_id(const secsock_cert *cert)
{
    return facts_or_none(cert)->authority_key_id;
}

const char *secsock_cert_pin(const secsock_cert *cert)
{
    return facts_or_none(cert)->pin;
}

const char *secsock_cert_pem(const secsock_cert *cert)
{
    return facts_or_none(cert)->pem;
}

const char *secsock_cert_ext_key_usage(const secsock_cert *cert, size_t index)
{
    const struct cert_facts *facts = facts_or_none(cert);
    return index < facts->purpose_count ? facts->purposes[index] : NULL;
}

const char *secsock_cert_san(const secsock_cert *cert, size_t index, int *kind)
{
    const struct cert_facts *facts = facts_or_none(cert);
    if (index >= facts->name_count)
        return NULL;
    if (kind != NULL)
        *kind = facts->names[index].kind;
    return facts->names[index].text;
}

const char *secsock_cert_friendly_name(const secsock_cert *cert)
{
    return facts_or_none(cert)->friendly_name;
}

static const char *part_at(const struct parts *parts, size_t index, const char **type)
{
    if (index >= parts->count)
        return NULL;
    if (type != NULL)
        *type = parts->parts[index].type;
    return parts->parts[index].value;
}

const char *secsock_cert_subject_part(const secsock_cert *cert, size_t index, const char **type)
{
    return part_at(&facts_or_none(cert)->subject_parts, index, type);
}

const char *secsock_cert_issuer_part(const secsock_cert *cert, size_t index, const char **type)
{
    return part_at(&facts_or_none(cert)->issuer_parts, index, type);
}

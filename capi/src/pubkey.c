#include "pubkey.h"

#include "oid.h"

static const struct {
    enum pubkey_kind kind;
    const char *name;
    struct slice oid;
} kinds[] = {
    { PUBKEY_RSA, "RSA", SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01) },
    { PUBKEY_RSA_PSS, "RSA-PSS", SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a) },
    { PUBKEY_EC, "EC", SLICE_OF(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01) },
    { PUBKEY_ED25519, "Ed25519", SLICE_OF(0x2b, 0x65, 0x70) },
    { PUBKEY_ED448, "Ed448", SLICE_OF(0x2b, 0x65, 0x71) },
};

static const struct {
    enum pubkey_curve curve;
    int bits;
    struct slice oid;
} curves[] = {
    { CURVE_P256, 256, SLICE_OF(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07) },
    { CURVE_P384, 384, SLICE_OF(0x2b, 0x81, 0x04, 0x00, 0x22) },
    { CURVE_P521, 521, SLICE_OF(0x2b, 0x81, 0x04, 0x00, 0x23) },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A positive INTEGER, without its sign octet. */
static bool positive(struct slice *in, struct slice *out)
{
    if (!der_integer(in, out) || out->data[0] >= 0x80)
        return false;
    if (out->data[0] == 0 && out->len > 1) {
        out->data++;
        out->len--;
    }
    return out->data[0] != 0;
}

static int bit_count(struct slice number)
{
    int bits = (int)number.len * 8;
    for (unsigned top = number.data[0]; (top & 0x80) == 0; top <<= 1)
        bits--;
    return bits;
}

static bool is_null(struct slice parameters)
{
    struct slice content;
    return der_take(&parameters, DER_NULL, &content) && content.len == 0 && parameters.len == 0;
}

/* RFC 3279, section 2.3.1; for PSS alone the parameters may be absent or a structure. */
static bool read_rsa(struct slice parameters, struct slice key, struct pubkey *out)
{
    struct slice content;
    if (out->kind == PUBKEY_RSA && !is_null(parameters))
        return false;
    if (out->kind == PUBKEY_RSA_PSS)
        out->pss = parameters;
    if (!der_take(&key, DER_SEQUENCE, &content) || key.len != 0 ||
        !positive(&content, &out->modulus) || !positive(&content, &out->exponent) ||
        content.len != 0)
        return false;
    out->bits = bit_count(out->modulus);
    return true;
}

/* RFC 5480, sections 2.1.1 and 2.2 */
static bool read_ec(struct slice parameters, struct slice key, struct pubkey *out)
{
    out->bytes = key;
    out->explicit_curve = der_next_is(parameters, DER_SEQUENCE);
    if (out->explicit_curve)
        return true;
    if (!der_oid(&parameters, &out->curve_oid) || parameters.len != 0)
        return false;
    for (size_t i = 0; i < COUNT(curves); i++) {
        if (slice_equal(out->curve_oid, curves[i].oid)) {
            out->curve = curves[i].curve;
            out->bits = curves[i].bits;
            return key.len == 1 + 2 * (size_t)((out->bits + 7) / 8) && key.data[0] == 4;
        }
    }
    return true;
}

/* RFC 8410, section 3 */
static bool read_edwards(struct slice parameters, struct slice key, struct pubkey *out)
{
    out->bytes = key;
    out->bits = out->kind == PUBKEY_ED25519 ? 256 : 456;
    return parameters.len == 0 && key.len == (size_t)out->bits / 8;
}

enum pubkey_kind pubkey_kind(struct slice algorithm)
{
    struct slice oid, parameters;
    if (!oid_algorithm(algorithm, &oid, &parameters))
        return PUBKEY_OTHER;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (slice_equal(oid, kinds[i].oid))
            return kinds[i].kind;
    }
    return PUBKEY_OTHER;
}

void pubkey_read(const struct x509 *x509, struct pubkey *out)
{
    struct slice oid, parameters;
    bool good = true;
    *out = (struct pubkey){ .kind = pubkey_kind(x509->key_alg) };
    if (!oid_algorithm(x509->key_alg, &oid, &parameters)) {
        out->malformed = true;
        return;
    }
    if (out->kind == PUBKEY_RSA || out->kind == PUBKEY_RSA_PSS)
        good = read_rsa(parameters, x509->key, out);
    else if (out->kind == PUBKEY_EC)
        good = read_ec(parameters, x509->key, out);
    else if (out->kind != PUBKEY_OTHER)
        good = read_edwards(parameters, x509->key, out);
    out->malformed = !good;
}

const char *pubkey_kind_name(enum pubkey_kind kind)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (kinds[i].kind == kind)
            return kinds[i].name;
    }
    return "unknown";
}

/* A certificate, and its facts. How it is loaded and exported is in cert_load.c. */
#include <string.h>

#include "core.h"

secsock_cert **core_new_cert(lua_State *L)
{
    return core_new_box(L, CORE_CERT);
}

secsock_cert *core_check_cert(lua_State *L, int index)
{
    return core_check_box(L, index, CORE_CERT);
}

void core_push_cert(lua_State *L, const secsock_cert *cert)
{
    if (cert != NULL)
        *core_new_cert(L) = secsock_cert_ref(cert);
    else
        lua_pushnil(L);
}

static int collect(lua_State *L)
{
    secsock_cert_free(core_empty_box(L, CORE_CERT));
    return 0;
}

static int tostring(lua_State *L)
{
    lua_pushfstring(L, "secsock cert: %s", secsock_cert_subject(core_check_cert(L, 1)));
    return 1;
}

/* Two certificates are the same when their DER is. */
static int equal(lua_State *L)
{
    size_t length, other_length;
    const void *der = secsock_cert_der(core_check_cert(L, 1), &length);
    const void *other = secsock_cert_der(core_check_cert(L, 2), &other_length);

    lua_pushboolean(L, length == other_length && memcmp(der, other, length) == 0);
    return 1;
}

/* ----------------------------------------------------------------------------------- facts */

typedef const char *text_fn(const secsock_cert *cert);
typedef int number_fn(const secsock_cert *cert);
typedef int64_t time_fn(const secsock_cert *cert);

static int push_fact(lua_State *L, text_fn *fact)
{
    core_push_text(L, fact(core_check_cert(L, 1)));
    return 1;
}

static int push_number(lua_State *L, number_fn *fact)
{
    lua_pushinteger(L, fact(core_check_cert(L, 1)));
    return 1;
}

static int push_flag(lua_State *L, number_fn *fact)
{
    lua_pushboolean(L, fact(core_check_cert(L, 1)));
    return 1;
}

static int push_time(lua_State *L, time_fn *fact)
{
    compat_pushint64(L, fact(core_check_cert(L, 1)));
    return 1;
}

static int subject(lua_State *L)
{
    return push_fact(L, secsock_cert_subject);
}

static int issuer(lua_State *L)
{
    return push_fact(L, secsock_cert_issuer);
}

static int commonname(lua_State *L)
{
    return push_fact(L, secsock_cert_common_name);
}

static int serial(lua_State *L)
{
    return push_fact(L, secsock_cert_serial);
}

static int version(lua_State *L)
{
    return push_number(L, secsock_cert_version);
}

static int notbefore(lua_State *L)
{
    return push_time(L, secsock_cert_not_before);
}

static int notafter(lua_State *L)
{
    return push_time(L, secsock_cert_not_after);
}

static int isca(lua_State *L)
{
    return push_flag(L, secsock_cert_is_ca);
}

/* c:pathlength() -> number, nil for no limit */
static int pathlength(lua_State *L)
{
    int length = secsock_cert_path_length(core_check_cert(L, 1));

    if (length >= 0)
        lua_pushinteger(L, length);
    else
        lua_pushnil(L);
    return 1;
}

static int selfissued(lua_State *L)
{
    return push_flag(L, secsock_cert_is_self_issued);
}

static int hasprivatekey(lua_State *L)
{
    return push_flag(L, secsock_cert_has_private_key);
}

static int keytype(lua_State *L)
{
    return push_fact(L, secsock_cert_key_type);
}

static int keybits(lua_State *L)
{
    return push_number(L, secsock_cert_key_bits);
}

static int curve(lua_State *L)
{
    return push_fact(L, secsock_cert_key_curve);
}

static int signaturealgorithm(lua_State *L)
{
    return push_fact(L, secsock_cert_signature_algorithm);
}

static int sha256(lua_State *L)
{
    return push_fact(L, secsock_cert_sha256);
}

static int sha1(lua_State *L)
{
    return push_fact(L, secsock_cert_sha1);
}

static int subjectkeyid(lua_State *L)
{
    return push_fact(L, secsock_cert_subject_key_id);
}

static int authoritykeyid(lua_State *L)
{
    return push_fact(L, secsock_cert_authority_key_id);
}

static int pin(lua_State *L)
{
    return push_fact(L, secsock_cert_pin);
}

static int to_pem(lua_State *L)
{
    return push_fact(L, secsock_cert_pem);
}

static int to_der(lua_State *L)
{
    size_t length;
    const void *der = secsock_cert_der(core_check_cert(L, 1), &length);

    lua_pushlstring(L, der, length);
    return 1;
}

/* c:keyusage() -> list of words (RFC 5280, section 4.2.1.3), nil without the extension */
static int keyusage(lua_State *L)
{
    static const char *const names[] = {
        "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
        "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly",
    };
    int usage = secsock_cert_key_usage(core_check_cert(L, 1)), used = 0;

    if (usage < 0) {
        lua_pushnil(L);
        return 1;
    }
    lua_newtable(L);
    for (size_t bit = 0; bit < sizeof names / sizeof *names; bit++) {
        if ((usage & 1 << bit) == 0)
            continue;
        lua_pushstring(L, names[bit]);
        lua_rawseti(L, -2, ++used);
    }
    return 1;
}

/* c:extkeyusage() -> list of purposes */
static int extkeyusage(lua_State *L)
{
    secsock_cert *cert = core_check_cert(L, 1);
    const char *purpose;

    lua_newtable(L);
    for (size_t i = 0; (purpose = secsock_cert_ext_key_usage(cert, i)) != NULL; i++) {
        lua_pushstring(L, purpose);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

static const char *san_kind(int kind)
{
    switch (kind) {
    case SECSOCK_SAN_EMAIL:
        return "email";
    case SECSOCK_SAN_DNS:
        return "dns";
    case SECSOCK_SAN_DIRECTORY:
        return "directory";
    case SECSOCK_SAN_URI:
        return "uri";
    case SECSOCK_SAN_IP:
        return "ip";
    default:
        return "other";
    }
}

/* c:sans() -> list of { kind = word, value = text } */
static int sans(lua_State *L)
{
    secsock_cert *cert = core_check_cert(L, 1);
    const char *value;
    int kind;

    lua_newtable(L);
    for (size_t i = 0; (value = secsock_cert_san(cert, i, &kind)) != NULL; i++) {
        lua_createtable(L, 0, 2);
        lua_pushstring(L, san_kind(kind));
        lua_setfield(L, -2, "kind");
        lua_pushstring(L, value);
        lua_setfield(L, -2, "value");
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* c:chain() -> list of the issuers that an identity sends along */
static int chain(lua_State *L)
{
    secsock_cert *cert = core_check_cert(L, 1);
    const secsock_cert *next;

    lua_newtable(L);
    for (size_t i = 0; (next = secsock_cert_chain(cert, i)) != NULL; i++) {
        core_push_cert(L, next);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

static int friendlyname(lua_State *L)
{
    return push_fact(L, secsock_cert_friendly_name);
}

typedef const char *part_fn(const secsock_cert *cert, size_t index, const char **type);

/* A list of { type = word, value = text }, in the order of the certificate. */
static int push_parts(lua_State *L, part_fn *part)
{
    secsock_cert *cert = core_check_cert(L, 1);
    const char *value, *type;

    lua_newtable(L);
    for (size_t i = 0; (value = part(cert, i, &type)) != NULL; i++) {
        lua_createtable(L, 0, 2);
        lua_pushstring(L, type);
        lua_setfield(L, -2, "type");
        lua_pushstring(L, value);
        lua_setfield(L, -2, "value");
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

static int subjectparts(lua_State *L)
{
    return push_parts(L, secsock_cert_subject_part);
}

static int issuerparts(lua_State *L)
{
    return push_parts(L, secsock_cert_issuer_part);
}

/* c:matches(name) */
static int matches(lua_State *L)
{
    lua_pushboolean(L, secsock_cert_matches(core_check_cert(L, 1), core_check_text(L, 2)));
    return 1;
}

static int exportable(lua_State *L)
{
    return push_flag(L, secsock_cert_is_exportable);
}

/* c:forbidexport() -> c */
static int forbidexport(lua_State *L)
{
    secsock_cert_forbid_export(core_check_cert(L, 1));
    lua_settop(L, 1);
    return 1;
}

static const luaL_Reg methods[] = {
    { "subject", subject },
    { "issuer", issuer },
    { "commonname", commonname },
    { "serial", serial },
    { "version", version },
    { "notbefore", notbefore },
    { "notafter", notafter },
    { "isca", isca },
    { "pathlength", pathlength },
    { "selfissued", selfissued },
    { "hasprivatekey", hasprivatekey },
    { "keytype", keytype },
    { "keybits", keybits },
    { "curve", curve },
    { "signaturealgorithm", signaturealgorithm },
    { "keyusage", keyusage },
    { "extkeyusage", extkeyusage },
    { "sans", sans },
    { "sha256", sha256 },
    { "sha1", sha1 },
    { "subjectkeyid", subjectkeyid },
    { "authoritykeyid", authoritykeyid },
    { "pin", pin },
    { "der", to_der },
    { "pem", to_pem },
    { "chain", chain },
    { "friendlyname", friendlyname },
    { "subjectparts", subjectparts },
    { "issuerparts", issuerparts },
    { "matches", matches },
    { "exportable", exportable },
    { "forbidexport", forbidexport },
    { "export", core_cert_export },
    { NULL, NULL },
};

void core_open_cert(lua_State *L)
{
    const struct core_class class = {
        .name = CORE_CERT,
        .methods = methods,
        .collect = collect,
        .tostring = tostring,
        .equal = equal,
    };

    core_new_class(L, &class);
    lua_pop(L, 1);
    lua_newtable(L);
    luaL_setfuncs(L, core_cert_functions, 0);
    lua_setfield(L, -2, "cert");
}

/* Certificates from files and strings, and back. */
#include <string.h>

#include "core.h"

/* --------------------------------------------------------------------------------- loading */

/* cert.load(path[, password]) */
static int load(lua_State *L)
{
    const char *path = core_check_text(L, 1), *password = core_opt_text(L, 2);
    secsock_cert **cert = core_new_cert(L);
    secsock_error error;

    return secsock_cert_load(cert, path, password, &error) >= 0 ? 1 : core_fail(L, &error);
}

/* cert.pem(text[, password]) */
static int from_pem(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length), *password = core_opt_text(L, 2);
    secsock_cert **cert = core_new_cert(L);
    secsock_error error;

    return secsock_cert_from_pem(cert, text, length, password, &error) >= 0 ? 1
                                                                            : core_fail(L, &error);
}

/* cert.der(bytes) */
static int from_der(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    secsock_cert **cert = core_new_cert(L);
    secsock_error error;

    return secsock_cert_from_der(cert, bytes, length, &error) >= 0 ? 1 : core_fail(L, &error);
}

/* cert.pfx(bytes[, password]) */
static int from_pfx(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length), *password = core_opt_text(L, 2);
    secsock_cert **cert = core_new_cert(L);
    secsock_error error;

    return secsock_cert_from_pfx(cert, bytes, length, password, &error) >= 0 ? 1
                                                                             : core_fail(L, &error);
}

/* core.identityfile(cert path, key path|nil, password|nil) */
static int identityfile(lua_State *L)
{
    const char *path = core_check_text(L, 1), *key_path = core_opt_text(L, 2);
    const char *password = core_opt_text(L, 3);
    secsock_cert **cert = core_new_cert(L);
    secsock_error error;

    if (secsock_cert_load_identity(cert, path, key_path, password, &error) < 0)
        return core_fail(L, &error);
    return 1;
}

/* core.identitypem(cert text, key text, password|nil) */
static int identitypem(lua_State *L)
{
    size_t length, key_length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *key = luaL_checklstring(L, 2, &key_length), *password = core_opt_text(L, 3);
    secsock_cert **cert = core_new_cert(L);
    secsock_error error;

    if (secsock_cert_identity_from_pem(cert, text, length, key, key_length, password, &error) < 0)
        return core_fail(L, &error);
    return 1;
}

/* core.cert.assemble(certs in DER[, key in DER]) */
static int assemble(lua_State *L)
{
    size_t length, key_length = 0;
    const char *certs = luaL_checklstring(L, 1, &length);
    const char *key = luaL_optlstring(L, 2, NULL, &key_length);
    secsock_cert **cert = core_new_cert(L);
    secsock_error error;

    if (secsock_cert_assemble(cert, certs, length, key, key_length, &error) < 0)
        return core_fail(L, &error);
    return 1;
}

const luaL_Reg core_cert_functions[] = {
    { "load", load },
    { "pem", from_pem },
    { "der", from_der },
    { "pfx", from_pfx },
    { "assemble", assemble },
    { "identityfile", identityfile },
    { "identitypem", identitypem },
    { NULL, NULL },
};

/* ------------------------------------------------------------------------------- exporting */

/* What the table says (at `index`, or nothing there): secsock_export values. The password is left
 * on the top, as text or nil. */
static int read_options(lua_State *L, int index)
{
    static const struct {
        const char *name;
        int part;
    } known[] = {
        { "cert", SECSOCK_EXPORT_CERT },
        { "chain", SECSOCK_EXPORT_CHAIN },
        { "key", SECSOCK_EXPORT_KEY },
        { "password", 0 },
    };
    const size_t count = sizeof known / sizeof *known;
    int parts = SECSOCK_EXPORT_CERT | SECSOCK_EXPORT_CHAIN;

    lua_settop(L, index);
    if (lua_isnil(L, index)) {
        lua_newtable(L);
        lua_replace(L, index);
    }
    luaL_checktype(L, index, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        size_t i = 0;
        while (i < count &&
               !(lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), known[i].name) == 0))
            i++;
        if (i == count)
            return luaL_error(L, "unknown option '%s'",
                              lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?");
        if (known[i].part != 0 && !lua_isboolean(L, -1))
            return luaL_error(L, "option '%s': boolean expected, got %s", known[i].name,
                              luaL_typename(L, -1));
        parts = lua_toboolean(L, -1) ? parts | known[i].part : parts & ~known[i].part;
    }
    lua_getfield(L, index, "password");
    if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING)
        return luaL_error(L, "option 'password': string expected, got %s", luaL_typename(L, -1));
    return parts;
}

static int run(const secsock_cert *cert, bool pfx, int parts, const char *password, void *buffer,
               size_t size, secsock_error *error)
{
    return pfx ? secsock_cert_export_pfx(cert, parts, password, buffer, size, error)
               : secsock_cert_export_pem(cert, parts, password, buffer, size, error);
}

int core_cert_export(lua_State *L)
{
    enum { PEM, DER, PFX };
    static const char *const forms[] = { "pem", "der", "pfx", NULL };
    secsock_cert *cert = core_check_cert(L, 1);
    int form = luaL_checkoption(L, 2, NULL, forms);
    secsock_error error;

    if (form == DER) {
        size_t length;
        const void *der = secsock_cert_der(cert, &length);

        luaL_argcheck(L, lua_isnoneornil(L, 3), 3, "DER is the certificate alone");
        lua_pushlstring(L, der, length);
        return 1;
    }
    int parts = read_options(L, 3);
    const char *password = core_opt_text(L, 4);
    int length = run(cert, form == PFX, parts, password, NULL, 0, &error);
    if (length < 0)
        return core_fail(L, &error);
    size_t size = (size_t)length + 1;
    char *buffer = lua_newuserdata(L, size);
    length = run(cert, form == PFX, parts, password, buffer, size, &error);
    if (length < 0)
        return core_fail(L, &error);
    lua_pushlstring(L, buffer, (size_t)length);
    explicit_bzero(buffer, size);
    return 1;
}

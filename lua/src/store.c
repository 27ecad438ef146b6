/* A set of certificates. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core.h"

secsock_store **core_new_store(lua_State *L)
{
    return core_new_box(L, CORE_STORE);
}

secsock_store *core_check_store(lua_State *L, int index)
{
    return core_check_box(L, index, CORE_STORE);
}

/* store.new() */
static int create(lua_State *L)
{
    secsock_store **store = core_new_store(L);

    *store = secsock_store_new();
    return *store != NULL ? 1 : luaL_error(L, "not enough memory");
}

/* store.system() */
static int system_store(lua_State *L)
{
    secsock_store **store = core_new_store(L);
    secsock_error error;

    return secsock_store_system(store, &error) >= 0 ? 1 : core_fail(L, &error);
}

/* In the order of enum secsock_store_role. */
static const char *const roles[] = { "my", "root", "ca", "disallowed", NULL };

int core_check_role(lua_State *L, int index)
{
    return luaL_checkoption(L, index, NULL, roles);
}

/* store.open(folder, role, write, existing, password|nil) */
static int open_folder(lua_State *L)
{
    const char *folder = core_check_text(L, 1);
    int role = core_check_role(L, 2);
    int mode = (lua_toboolean(L, 3) ? SECSOCK_STORE_READ_WRITE : SECSOCK_STORE_READ_ONLY) |
               (lua_toboolean(L, 4) ? SECSOCK_STORE_EXISTING : 0);
    const char *password = core_opt_text(L, 5);
    secsock_store **store = core_new_store(L);
    secsock_error error;

    if (secsock_store_open(store, folder, role, mode, password, &error) < 0)
        return core_fail(L, &error);
    return 1;
}

static int collect(lua_State *L)
{
    secsock_store_free(core_empty_box(L, CORE_STORE));
    return 0;
}

static int tostring(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);

    lua_pushfstring(L, "secsock store: %d certificates %p", (int)secsock_store_count(store),
                    (void *)store);
    return 1;
}

static int equal(lua_State *L)
{
    lua_pushboolean(L, core_check_store(L, 1) == core_check_store(L, 2));
    return 1;
}

/* How many certificates were found, or the failure. */
static int loaded(lua_State *L, int count, const secsock_error *error)
{
    if (count < 0)
        return core_fail(L, error);
    lua_pushinteger(L, count);
    return 1;
}

/* store:add(cert) -> store */
static int add(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);
    secsock_cert *cert = core_check_cert(L, 2);
    secsock_error error;

    if (secsock_store_add(store, cert, &error) < 0)
        return core_fail(L, &error);
    lua_settop(L, 1);
    return 1;
}

/* store:load(path) -> count */
static int load(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);
    secsock_error error;
    int count = secsock_store_load_file(store, core_check_text(L, 2), &error);

    return loaded(L, count, &error);
}

/* store:loaddir(path) -> count */
static int loaddir(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);
    secsock_error error;
    int count = secsock_store_load_dir(store, core_check_text(L, 2), &error);

    return loaded(L, count, &error);
}

/* store:pem(text) -> count */
static int pem(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    secsock_error error;
    int count = secsock_store_load_pem(store, text, length, &error);

    return loaded(L, count, &error);
}

/* store:loadpfx(path[, password]) -> count */
static int loadpfx(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);
    const char *path = core_check_text(L, 2), *password = core_opt_text(L, 3);
    secsock_error error;
    int count = secsock_store_load_pfx(store, path, password, &error);

    return loaded(L, count, &error);
}

/* store:remove(cert) -> whether it was there */
static int remove_cert(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);
    secsock_error error;
    int removed = secsock_store_remove(store, core_check_cert(L, 2), &error);

    if (removed < 0)
        return core_fail(L, &error);
    lua_pushboolean(L, removed);
    return 1;
}

/* What is looked for: a string, or seconds since 1970. */
static const char *check_value(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TNUMBER)
        return core_opt_text(L, index);
    char digits[32];
    lua_Number seconds = lua_tonumber(L, index);

    luaL_argcheck(L, fabs(seconds) < 1e15, index, "a time expected");
    snprintf(digits, sizeof digits, "%" PRId64, (int64_t)floor(seconds));
    lua_pushstring(L, digits);
    lua_replace(L, index);
    return lua_tostring(L, index);
}

/* store:find(by[, value[, config]]) -> store */
static int find(lua_State *L)
{
    /* In the order of enum secsock_find. */
    static const char *const kinds[] = {
        "any",         "thumbprint",   "subject",    "subjectname", "issuer",   "issuername",
        "serial",      "subjectkeyid", "name",       "extkeyusage", "keyusage", "timevalid",
        "timeexpired", "timenotyet",   "privatekey", NULL,
    };
    secsock_store *store = core_check_store(L, 1);
    int by = luaL_checkoption(L, 2, NULL, kinds);
    const char *value = check_value(L, 3);
    secsock_config *valid = lua_isnoneornil(L, 4) ? NULL : core_check_config(L, 4);
    secsock_store **found = core_new_store(L);
    secsock_error error;

    if (secsock_store_find(store, by, value, valid, found, &error) < 0)
        return core_fail(L, &error);
    return 1;
}

/* store:role() -> word, or nil */
static int role(lua_State *L)
{
    int is = secsock_store_role_of(core_check_store(L, 1));

    core_push_text(L, is >= 0 ? roles[is] : NULL);
    return 1;
}

/* store:count() */
static int count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)secsock_store_count(core_check_store(L, 1)));
    return 1;
}

static int next_cert(lua_State *L)
{
    secsock_store *store = core_check_store(L, lua_upvalueindex(1));
    size_t index = (size_t)lua_tointeger(L, lua_upvalueindex(2));

    core_push_cert(L, secsock_store_cert(store, index));
    lua_pushinteger(L, (lua_Integer)index + 1);
    lua_replace(L, lua_upvalueindex(2));
    return 1;
}

/* for cert in store:certs() do: those that it holds now, whatever becomes of it meanwhile. */
static int certs(lua_State *L)
{
    secsock_store *store = core_check_store(L, 1);
    secsock_store **held = core_new_store(L);
    secsock_error error;

    if (secsock_store_find(store, SECSOCK_FIND_ANY, NULL, NULL, held, &error) < 0)
        return luaL_error(L, "%s", error.message);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_cert, 2);
    return 1;
}

static const luaL_Reg methods[] = {
    { "add", add },         { "remove", remove_cert },
    { "load", load },       { "loaddir", loaddir },
    { "loadpfx", loadpfx }, { "pem", pem },
    { "find", find },       { "role", role },
    { "count", count },     { "certs", certs },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "new", create },
    { "system", system_store },
    { "open", open_folder },
    { NULL, NULL },
};

void core_open_store(lua_State *L)
{
    const struct core_class class = {
        .name = CORE_STORE,
        .methods = methods,
        .collect = collect,
        .tostring = tostring,
        .equal = equal,
    };

    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    core_new_class(L, &class);
    lua_setfield(L, -2, "methods");
    lua_setfield(L, -2, "store");
}

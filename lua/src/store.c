/* A set of certificates. */
#include "core.h"

secsock_store **core_new_store(lua_State *L)
{
    secsock_store **store = lua_newuserdata(L, sizeof *store);

    *store = NULL;
    luaL_setmetatable(L, CORE_STORE);
    return store;
}

secsock_store *core_check_store(lua_State *L, int index)
{
    secsock_store **store = luaL_checkudata(L, index, CORE_STORE);

    luaL_argcheck(L, *store != NULL, index, "store was collected");
    return *store;
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

static int collect(lua_State *L)
{
    secsock_store **store = luaL_checkudata(L, 1, CORE_STORE);

    secsock_store_free(*store);
    *store = NULL;
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

/* for cert in store:certs() do */
static int certs(lua_State *L)
{
    core_check_store(L, 1);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_cert, 2);
    return 1;
}

static const luaL_Reg methods[] = {
    { "add", add },     { "load", load },   { "loaddir", loaddir }, { "pem", pem },
    { "count", count }, { "certs", certs }, { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "new", create },
    { "system", system_store },
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

    core_new_class(L, &class);
    lua_pop(L, 1);
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    lua_setfield(L, -2, "store");
}

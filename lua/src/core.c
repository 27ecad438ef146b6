/* secsock.core: a thin binding of secsock.h, without waiting and without policy. The module
 * secsock, written in Lua, stands on it. */
#include <math.h>
#include <string.h>

#include "core.h"

#if defined(__GNUC__)
#define EXPORTED __attribute__((visibility("default")))
#else
#define EXPORTED
#endif

EXPORTED int luaopen_secsock_core(lua_State *L);

/* ------------------------------------------------------------------------ what the files share */

static void set_event(lua_State *L, const char *event, lua_CFunction function)
{
    if (function != NULL) {
        lua_pushcfunction(L, function);
        lua_setfield(L, -2, event);
    }
}

void core_new_class(lua_State *L, const struct core_class *class)
{
    luaL_newmetatable(L, class->name);
    lua_pushstring(L, class->name);
    lua_setfield(L, -2, "__name");
    set_event(L, "__gc", class->collect);
    set_event(L, "__close", class->close);
    set_event(L, "__tostring", class->tostring);
    set_event(L, "__eq", class->equal);
    lua_newtable(L);
    luaL_setfuncs(L, class->methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
}

/* All pointers to structs look alike (C11, section 6.2.5): what is in a box can be moved without
 * knowing of what kind it is. */
void *core_new_box(lua_State *L, const char *class)
{
    void *box = lua_newuserdata(L, sizeof(void *));

    memset(box, 0, sizeof(void *));
    luaL_setmetatable(L, class);
    return box;
}

void *core_check_box(lua_State *L, int index, const char *class)
{
    void *handle;

    memcpy(&handle, luaL_checkudata(L, index, class), sizeof handle);
    luaL_argcheck(L, handle != NULL, index, "it was collected");
    return handle;
}

void *core_empty_box(lua_State *L, const char *class)
{
    void *handle, *box = luaL_checkudata(L, 1, class);

    memcpy(&handle, box, sizeof handle);
    memset(box, 0, sizeof handle);
    return handle;
}

const char *core_check_text(lua_State *L, int index)
{
    size_t length;
    const char *text = luaL_checklstring(L, index, &length);

    luaL_argcheck(L, strlen(text) == length, index, "embedded zero");
    return text;
}

const char *core_opt_text(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? NULL : core_check_text(L, index);
}

int core_check_int(lua_State *L, int index, int lowest, int highest, const char *message)
{
    lua_Number number = luaL_checknumber(L, index);

    luaL_argcheck(L, number >= lowest && number <= highest && number == floor(number), index,
                  message);
    return (int)number;
}

int core_check_flag(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TBOOLEAN);
    return lua_toboolean(L, index);
}

void core_push_text(lua_State *L, const char *text)
{
    if (text != NULL)
        lua_pushstring(L, text);
    else
        lua_pushnil(L);
}

/* -------------------------------------------------------------------------- the library itself */

static int version(lua_State *L)
{
    lua_pushstring(L, secsock_version());
    return 1;
}

static int wolfsslversion(lua_State *L)
{
    lua_pushstring(L, secsock_wolfssl_version());
    return 1;
}

static int hasfeature(lua_State *L)
{
    lua_pushboolean(L, secsock_has_feature(core_check_text(L, 1)));
    return 1;
}

static int list(lua_State *L)
{
    static const char *const kinds[] = { "versions", "ciphers",  "groups",
                                         "features", "problems", NULL };
    secsock_list_kind kind = (secsock_list_kind)luaL_checkoption(L, 1, NULL, kinds);
    const char *entry;

    lua_newtable(L);
    for (size_t i = 0; (entry = secsock_list(kind, i)) != NULL; i++) {
        lua_pushstring(L, entry);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* core.alertname(number) -> "bad_certificate", or "unknown" */
static int alertname(lua_State *L)
{
    lua_pushstring(L, secsock_alert_name((int)luaL_checkinteger(L, 1)));
    return 1;
}

static int now(lua_State *L)
{
    lua_pushnumber(L, core_now());
    return 1;
}

static const luaL_Reg functions[] = {
    { "version", version }, { "wolfsslversion", wolfsslversion }, { "hasfeature", hasfeature },
    { "list", list },       { "alertname", alertname },           { "now", now },
    { NULL, NULL },
};

int luaopen_secsock_core(lua_State *L)
{
    if (secsock_abi_version() < SECSOCK_ABI_VERSION)
        return luaL_error(L, "libsecsock %s is older than secsock.core", secsock_version());
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    core_open_error(L);
    core_open_socket(L);
    core_open_config(L);
    core_open_cert(L);
    core_open_key(L);
    core_open_store(L);
    core_open_verdict(L);
    core_open_validate(L);
    core_open_descriptor(L);
    core_open_capture(L);
    core_open_trace(L);
    return 1;
}

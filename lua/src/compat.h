/* What differs between Lua 5.1 with LuaJIT, 5.2, 5.3 and 5.4, in the words of 5.4. */
#ifndef SECSOCK_LUA_COMPAT_H
#define SECSOCK_LUA_COMPAT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

#if LUA_VERSION_NUM < 502

/* The table that belongs to a userdata is its environment here. */
#define lua_setuservalue(L, index) ((void)lua_setfenv(L, index))
#define lua_getuservalue(L, index) lua_getfenv(L, index)

static inline void compat_setfuncs(lua_State *L, const luaL_Reg *functions, int upvalues)
{
    for (; functions->name != NULL; functions++) {
        for (int i = 0; i < upvalues; i++)
            lua_pushvalue(L, -upvalues);
        lua_pushcclosure(L, functions->func, upvalues);
        lua_setfield(L, -upvalues - 2, functions->name);
    }
    lua_pop(L, upvalues);
}

static inline void compat_setmetatable(lua_State *L, const char *name)
{
    luaL_getmetatable(L, name);
    lua_setmetatable(L, -2);
}

static inline void *compat_testudata(lua_State *L, int index, const char *name)
{
    void *data = lua_touserdata(L, index);
    if (data != NULL && lua_getmetatable(L, index)) {
        luaL_getmetatable(L, name);
        if (!lua_rawequal(L, -1, -2))
            data = NULL;
        lua_pop(L, 2);
    } else {
        data = NULL;
    }
    return data;
}

#undef luaL_setfuncs
#undef luaL_setmetatable
#undef luaL_testudata
#define luaL_setfuncs(L, functions, upvalues) compat_setfuncs(L, functions, upvalues)
#define luaL_setmetatable(L, name)            compat_setmetatable(L, name)
#define luaL_testudata(L, index, name)        compat_testudata(L, index, name)

#endif

/* Integers of 64 bits, where the numbers of this Lua hold them. */
static inline void compat_pushint64(lua_State *L, int64_t value)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, (lua_Integer)value);
#else
    lua_pushnumber(L, (lua_Number)value);
#endif
}

#endif

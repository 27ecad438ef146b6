/*
 * A Lua that is itself built with the sanitizers, to load the module that is. The usual interpreter
 * would have to be started with their runtime preloaded, and so would every program that a spec
 * starts from it.
 *
 *     lua SCRIPT [ARGUMENT...]
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* The script's own name is arg[0], ours is arg[-1], as everywhere. */
static void set_arguments(lua_State *L, int argc, char **argv)
{
    lua_createtable(L, argc, 0);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i - 1);
    }
    lua_setglobal(L, "arg");
}

/* Ctrl-C is an error in what runs, as in the usual interpreter. */
static lua_State *running;

static void interrupt(lua_State *L, lua_Debug *where)
{
    (void)where;
    lua_sethook(L, NULL, 0, 0);
    luaL_error(L, "interrupted!");
}

static void on_signal(int number)
{
    signal(number, SIG_DFL);
    lua_sethook(running, interrupt, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static int run(lua_State *L, int argc, char **argv)
{
    int status = luaL_loadfile(L, argv[1]);

    luaL_checkstack(L, argc, "too many arguments");
    for (int i = 2; status == LUA_OK && i < argc; i++)
        lua_pushstring(L, argv[i]);
    running = L;
    signal(SIGINT, on_signal);
    if (status == LUA_OK)
        status = lua_pcall(L, argc - 2, 0, 0);
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return status == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    lua_State *L = argc > 1 ? luaL_newstate() : NULL;
    int status = EXIT_FAILURE;

    if (L == NULL) {
        fputs("usage: lua SCRIPT [ARGUMENT...]\n", stderr);
        return EXIT_FAILURE;
    }
    /* Where a leak is found the process ends without writing out what it has printed. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    luaL_openlibs(L);
    set_arguments(L, argc, argv);
    status = run(L, argc, argv);
    lua_close(L);
    return status;
}

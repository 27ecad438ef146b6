/* How the library's results become Lua's: nil, a stable word, a table with the particulars. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "core.h"

/* One result and its word. */
struct word {
    int code;
    const char *text;
};

static const struct word words[] = {
    { SECSOCK_WANT_READ, "timeout" },
    { SECSOCK_WANT_WRITE, "timeout" },
    { SECSOCK_WANT_VERDICT, "timeout" },
    { SECSOCK_E_ARGUMENT, "argument" },
    { SECSOCK_E_STATE, "state" },
    { SECSOCK_E_MEMORY, "memory" },
    { SECSOCK_E_SYSTEM, "system" },
    { SECSOCK_E_RESOLVE, "host not found" },
    { SECSOCK_E_TIMEOUT, "timeout" },
    { SECSOCK_E_CLOSED, "closed" },
    { SECSOCK_E_RESET, "reset" },
    { SECSOCK_E_TRUNCATED, "truncated" },
    { SECSOCK_E_INJECTED, "injected" },
    { SECSOCK_E_NO_PEERNAME, "no peer name" },
    { SECSOCK_E_REJECTED, "certificate rejected" },
    { SECSOCK_E_NO_CERTIFICATE, "no certificate" },
    { SECSOCK_E_ALERT, "alert" },
    { SECSOCK_E_NOT_TLS, "not tls" },
    { SECSOCK_E_VERSION, "version" },
    { SECSOCK_E_PROTOCOL, "protocol" },
    { SECSOCK_E_HANDSHAKE, "handshake" },
    { SECSOCK_E_FILE, "file" },
    { SECSOCK_E_FORMAT, "format" },
    { SECSOCK_E_PASSWORD, "password" },
    { SECSOCK_E_NO_KEY, "no key" },
    { SECSOCK_E_KEY_MISMATCH, "key mismatch" },
    { SECSOCK_E_UNSUPPORTED, "unsupported" },
    { SECSOCK_E_FROZEN, "frozen" },
    { SECSOCK_E_LIMIT, "limit" },
    { SECSOCK_E_NOT_EXPORTABLE, "not exportable" },
};

/* What system calls fail with, in LuaSocket's words; others by their text in lower case. */
static const struct word system_words[] = {
    { EADDRINUSE, "address already in use" },
    { EISCONN, "already connected" },
    { EACCES, "permission denied" },
    { ECONNREFUSED, "connection refused" },
    { ETIMEDOUT, "timeout" },
};

bool core_is_want(int result)
{
    return result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE ||
           result == SECSOCK_WANT_VERDICT;
}

static const char *find(const struct word *table, size_t count, int code)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].code == code)
            return table[i].text;
    return NULL;
}

/* "Network is unreachable" -> "network is unreachable" */
static void push_system_word(lua_State *L, int code)
{
    const char *text = strerror(code);
    luaL_Buffer buffer;

    luaL_buffinit(L, &buffer);
    for (; *text != '\0'; text++)
        luaL_addchar(&buffer, (char)tolower((unsigned char)*text));
    luaL_pushresult(&buffer);
}

static void push_word(lua_State *L, const secsock_error *error)
{
    const char *word = NULL;

    if (error->code == SECSOCK_E_SYSTEM && error->sys_errno != 0) {
        word = find(system_words, sizeof system_words / sizeof *system_words, error->sys_errno);
        if (word == NULL) {
            push_system_word(L, error->sys_errno);
            return;
        }
    } else {
        word = find(words, sizeof words / sizeof *words, error->code);
    }
    lua_pushstring(L, word != NULL ? word : "internal");
}

void core_push_error(lua_State *L, const secsock_error *error, const secsock_verdict *verdict)
{
    lua_createtable(L, 0, 6);
    lua_pushstring(L, secsock_result_name(error->code));
    lua_setfield(L, -2, "code");
    lua_pushstring(L,
                   error->message[0] != '\0' ? error->message : secsock_result_text(error->code));
    lua_setfield(L, -2, "message");
    if (error->sys_errno != 0) {
        lua_pushinteger(L, error->sys_errno);
        lua_setfield(L, -2, "errno");
    }
    if (error->alert >= 0) {
        lua_pushstring(L, secsock_alert_name(error->alert));
        lua_setfield(L, -2, "alert");
        lua_pushboolean(L, error->alert_received);
        lua_setfield(L, -2, "alert_received");
    }
    if (verdict != NULL) {
        core_push_verdict(L, verdict);
        lua_setfield(L, -2, "verdict");
    }
    luaL_setmetatable(L, CORE_ERROR);
}

int core_fail(lua_State *L, const secsock_error *error)
{
    lua_pushnil(L);
    push_word(L, error);
    core_push_error(L, error, NULL);
    return 3;
}

/* The error of a call that gave `result`. Not every refusal of an argument leaves one. */
static secsock_error socket_error(const struct core_socket *socket, int result)
{
    secsock_error error = *secsock_last_error(socket->handle);

    if (error.code == SECSOCK_OK)
        error.code = result;
    return error;
}

void core_push_socket_word(lua_State *L, const struct core_socket *socket, int result)
{
    if (secsock_get_state(socket->handle) == SECSOCK_STATE_CLOSED) {
        lua_pushliteral(L, "closed");
    } else if (core_is_want(result)) {
        lua_pushliteral(L, "timeout");
    } else {
        secsock_error error = socket_error(socket, result);

        push_word(L, &error);
    }
}

int core_fail_socket(lua_State *L, const struct core_socket *socket, int result)
{
    secsock_error error;

    lua_pushnil(L);
    core_push_socket_word(L, socket, result);
    if (core_is_want(result))
        return 2;
    error = socket_error(socket, result);
    core_push_error(L, &error, secsock_get_verdict(socket->handle));
    return 3;
}

/* core.newerror(code, message): for what Lua sees fail and the library does not */
static int new_error(lua_State *L)
{
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "code");
    lua_pushvalue(L, 2);
    lua_setfield(L, -2, "message");
    luaL_setmetatable(L, CORE_ERROR);
    return 1;
}

static int error_tostring(lua_State *L)
{
    lua_getfield(L, 1, "message");
    return 1;
}

void core_open_error(lua_State *L)
{
    luaL_newmetatable(L, CORE_ERROR);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_error);
    lua_setfield(L, -2, "newerror");
}

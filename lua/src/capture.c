/* Those who look on: capture files, and the key log. */
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* ------------------------------------------------------------------------------------ captures */

/* core.capture(path, secrets) -> capture */
static int create(lua_State *L)
{
    const char *path = core_check_text(L, 1);
    int what = core_check_flag(L, 2) ? SECSOCK_CAPTURE_SECRETS : SECSOCK_CAPTURE_WIRE;
    secsock_capture **capture = lua_newuserdata(L, sizeof *capture);
    secsock_error error;

    *capture = NULL;
    luaL_setmetatable(L, CORE_CAPTURE);
    return secsock_capture_open(capture, path, what, &error) >= 0 ? 1 : core_fail(L, &error);
}

static secsock_capture *check_capture(lua_State *L, int index)
{
    secsock_capture **capture = luaL_checkudata(L, index, CORE_CAPTURE);

    luaL_argcheck(L, *capture != NULL, index, "capture was collected");
    return *capture;
}

static int collect(lua_State *L)
{
    secsock_capture **capture = luaL_checkudata(L, 1, CORE_CAPTURE);

    secsock_capture_free(*capture);
    *capture = NULL;
    return 0;
}

static int tostring(lua_State *L)
{
    lua_pushfstring(L, "secsock capture: %p", (void *)check_capture(L, 1));
    return 1;
}

static int done(lua_State *L, int result, const secsock_error *error)
{
    if (result < 0)
        return core_fail(L, error);
    lua_pushinteger(L, 1);
    return 1;
}

/* c:status() -> 1 | nil, err, details */
static int status(lua_State *L)
{
    secsock_error error;

    return done(L, secsock_capture_status(check_capture(L, 1), &error), &error);
}

/* c:close() -> 1 | nil, err, details */
static int close_capture(lua_State *L)
{
    secsock_error error;

    return done(L, secsock_capture_close(check_capture(L, 1), &error), &error);
}

/* core.setcapture(s, capture|nil, port) -> 1 */
static int setcapture(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    secsock_capture *capture = lua_isnoneornil(L, 2) ? NULL : check_capture(L, 2);
    int port = core_check_int(L, 3, 0, 65535, "port expected");
    int result = secsock_set_capture(socket->handle, capture, port);

    if (result < 0)
        return core_fail_socket(L, socket, result);
    lua_pushinteger(L, 1);
    return 1;
}

/* ------------------------------------------------------------------------------------- key log */

/* Lines that Lua has not been told yet. A handshake has five; the loop takes them after each. */
struct core_keylog {
    size_t count;
    char lines[8][256];
};

static void keep(secsock *handle, const char *line, void *arg)
{
    struct core_keylog *log = arg;
    size_t length = strlen(line);

    (void)handle;
    if (log->count < sizeof log->lines / sizeof *log->lines && length < sizeof *log->lines)
        memcpy(log->lines[log->count++], line, length + 1);
}

/* Lua's strings are not erased; what is here is. */
static void erase(struct core_keylog *log)
{
    explicit_bzero(log, sizeof *log);
}

void core_forget_keylog(struct core_socket *socket)
{
    if (socket->keylog != NULL)
        erase(socket->keylog);
    free(socket->keylog);
    socket->keylog = NULL;
}

struct core_keylog *core_new_keylog(lua_State *L)
{
    struct core_keylog *log = calloc(1, sizeof *log);

    if (log == NULL)
        luaL_error(L, "not enough memory");
    return log;
}

int core_use_keylog(struct core_socket *socket)
{
    return secsock_set_keylog_hook(socket->handle, socket->keylog != NULL ? keep : NULL,
                                   socket->keylog);
}

/* core.usekeylog(s, bool) -> 1: whether core.keylines(s) is to give any */
static int usekeylog(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    bool on = core_check_flag(L, 2);
    int result = secsock_set_keylog_hook(socket->handle, NULL, NULL);

    if (result >= 0) {
        core_forget_keylog(socket);
        socket->keylog = on ? core_new_keylog(L) : NULL;
        result = core_use_keylog(socket);
    }
    if (result < 0)
        return core_fail_socket(L, socket, result);
    lua_pushinteger(L, 1);
    return 1;
}

/* core.keylines(s) -> a list of the lines since it was last asked, or nil for none */
static int keylines(lua_State *L)
{
    struct core_keylog *log = core_check_socket(L, 1)->keylog;

    if (log == NULL || log->count == 0)
        return 0;
    lua_createtable(L, (int)log->count, 0);
    for (size_t i = 0; i < log->count; i++) {
        lua_pushstring(L, log->lines[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    erase(log);
    return 1;
}

static const luaL_Reg methods[] = {
    { "status", status },
    { "close", close_capture },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "capture", create },
    { "setcapture", setcapture },
    { "usekeylog", usekeylog },
    { "keylines", keylines },
    { NULL, NULL },
};

void core_open_capture(lua_State *L)
{
    const struct core_class class = {
        .name = CORE_CAPTURE,
        .methods = methods,
        .collect = collect,
        .close = close_capture,
        .tostring = tostring,
    };

    core_new_class(L, &class);
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
}

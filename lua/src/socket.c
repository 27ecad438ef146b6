/* A socket: making it, its settings, the steps of its life. No call here waits. */
#include <limits.h>
#include <string.h>

#include "core.h"

/* A table may have that metatable, too. */
static struct core_socket *known_socket(lua_State *L, int index)
{
    bool known = false;

    if (lua_getmetatable(L, index)) {
        known = lua_rawequal(L, -1, lua_upvalueindex(1));
        lua_pop(L, 1);
    }
    return known ? lua_touserdata(L, index) : NULL;
}

struct core_socket *core_check_socket(lua_State *L, int index)
{
    struct core_socket *socket = known_socket(L, index);

    if (socket == NULL)
        socket = luaL_checkudata(L, index, CORE_SOCKET);
    luaL_argcheck(L, socket->handle != NULL, index, "socket was collected");
    return socket;
}

/* Pushes an empty socket with a table of its own, in which Lua keeps what must live as long. */
static struct core_socket *new_socket(lua_State *L)
{
    struct core_socket *socket = lua_newuserdata(L, sizeof *socket);

    memset(socket, 0, sizeof *socket);
    socket->born = core_now();
    luaL_setmetatable(L, CORE_SOCKET);
    lua_newtable(L);
    lua_setuservalue(L, -2);
    return socket;
}

/* 1, as in LuaSocket, or the failure. */
static int done(lua_State *L, const struct core_socket *socket, int result)
{
    if (result < 0)
        return core_fail_socket(L, socket, result);
    lua_pushinteger(L, 1);
    return 1;
}

/* The socket itself, or the failure. */
static int done_self(lua_State *L, const struct core_socket *socket, int result)
{
    if (result < 0)
        return core_fail_socket(L, socket, result);
    lua_settop(L, 1);
    return 1;
}

/* core.socket([config]): a socket whose calls never wait */
static int create(lua_State *L)
{
    secsock_config *config = lua_isnoneornil(L, 1) ? NULL : core_check_config(L, 1);
    struct core_socket *socket = new_socket(L);

    socket->handle = secsock_new(config);
    if (socket->handle == NULL)
        return luaL_error(L, "not enough memory");
    secsock_set_timeout(socket->handle, SECSOCK_TIMEOUT_ALL, 0);
    return 1;
}

/* core.private(s) -> the table that lives as long as the socket */
static int private(lua_State *L)
{
    core_check_socket(L, 1);
    lua_getuservalue(L, 1);
    return 1;
}

static int collect(lua_State *L)
{
    struct core_socket *socket = luaL_checkudata(L, 1, CORE_SOCKET);

    secsock_free(socket->handle);
    socket->handle = NULL;
    core_forget_keylog(socket);
    core_forget_trace(socket);
    return 0;
}

/* s:close() -> 1 */
static int close_socket(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return done(L, socket, secsock_close(socket->handle));
}

/* ------------------------------------------------------------------------------------ settings */

/* s:setpeername(name|nil) -> 1 */
static int setpeername(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return done(L, socket, secsock_set_peername(socket->handle, core_opt_text(L, 2)));
}

/* The hook of the library: it notes that Lua is to be asked, and puts the answer off. The socket is
 * held until s:decide(), called by whoever runs the hook, outside of any C function. */
static int ask_later(secsock *handle, const secsock_verdict *verdict, void *arg)
{
    struct core_socket *socket = arg;

    (void)handle;
    (void)verdict;
    socket->hook_due = true;
    return SECSOCK_PENDING;
}

static int use_hook(struct core_socket *socket, bool on)
{
    int result = secsock_set_validate_hook(socket->handle, on ? ask_later : NULL, socket);

    if (result >= 0)
        socket->hooked = on;
    return result;
}

/* core.usehook(s, bool) -> 1: whether the peer is judged by s:decide() */
static int usehook(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return done(L, socket, use_hook(socket, core_check_flag(L, 2)));
}

/* core.hookdue(s) -> whether a hook is to be run now; true once per handshake */
static int hookdue(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    lua_pushboolean(L, socket->hook_due);
    socket->hook_due = false;
    return 1;
}

/* core.attend(s, bool) -> 1: whether Lua has something to do for it in each call */
static int attend(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    socket->attended = core_check_flag(L, 2);
    return done(L, socket, SECSOCK_OK);
}

/* s:defer(bool) -> 1 */
static int defer(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return done(L, socket, secsock_defer(socket->handle, core_check_flag(L, 2)));
}

/* s:allowdowngrade(bool) -> 1 */
static int allowdowngrade(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return done(L, socket, secsock_allow_downgrade(socket->handle, core_check_flag(L, 2)));
}

/* s:cork(bool) -> 1 */
static int cork(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return done(L, socket, secsock_cork(socket->handle, core_check_flag(L, 2)));
}

/* ----------------------------------------------------------------------------------- transports */

/* s:connect(host, port) -> 1 */
static int connect_to(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    const char *host = core_check_text(L, 2);
    int port = core_check_int(L, 3, 1, 65535, "port expected");

    return done(L, socket, secsock_connect(socket->handle, host, port));
}

/* s:listen(host, port[, backlog]) -> 1; "*" and nil are every address */
static int listen_on(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    const char *host = lua_isnoneornil(L, 2) ? "*" : core_check_text(L, 2);
    int port = core_check_int(L, 3, 0, 65535, "port expected");
    int backlog =
        lua_isnoneornil(L, 4) ? 128 : core_check_int(L, 4, 0, INT_MAX, "backlog expected");

    if (strcmp(host, "*") == 0)
        host = NULL;
    return done(L, socket, secsock_listen(socket->handle, host, port, backlog));
}

/* s:accept() -> a socket that is not upgraded yet */
static int accept_next(lua_State *L)
{
    struct core_socket *listener = core_check_socket(L, 1);
    struct core_socket *socket = new_socket(L);
    int result;

    if (listener->keylog != NULL)
        socket->keylog = core_new_keylog(L);
    if (listener->trace != NULL)
        socket->trace = core_new_trace(L);
    result = secsock_accept(listener->handle, &socket->handle);
    if (result >= 0 && listener->hooked)
        result = use_hook(socket, true);
    if (result >= 0)
        result = core_use_keylog(socket);
    if (result >= 0)
        result = core_use_trace(socket);
    if (result < 0)
        return core_fail_socket(L, listener, result);
    return 1;
}

static secsock_role check_role(lua_State *L, int index)
{
    static const char *const roles[] = { "client", "server", NULL };

    return luaL_checkoption(L, index, NULL, roles) == 0 ? SECSOCK_CLIENT : SECSOCK_SERVER;
}

/* s:attach(fd, role[, what was read from it before]) -> s */
static int attach(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    int fd = core_check_int(L, 2, 0, INT_MAX, "descriptor expected");
    secsock_role role = check_role(L, 3);
    size_t length;
    const char *before = luaL_optlstring(L, 4, "", &length);
    int result = secsock_attach(socket->handle, fd, role);

    if (result >= 0 && length > 0)
        result = secsock_unread(socket->handle, before, length);
    return done_self(L, socket, result);
}

/* s:attachmemory(role) -> s */
static int attachmemory(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    secsock_role role = check_role(L, 2);

    return done_self(L, socket, secsock_attach_memory(socket->handle, role));
}

/* ------------------------------------------------------------------------------------ to TLS */

/* s:upgrade([name]) -> s */
static int upgrade(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    const char *name = core_opt_text(L, 2);

    return done_self(L, socket, secsock_upgrade(socket->handle, name));
}

/* s:downgrade() -> s */
static int downgrade(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return done_self(L, socket, secsock_downgrade(socket->handle));
}

/* s:shutdown(["both"|"send"|"receive"]) -> 1. Receiving has nothing to tell the peer. */
static int shutdown_send(lua_State *L)
{
    static const char *const directions[] = { "both", "send", "receive", NULL };
    struct core_socket *socket = core_check_socket(L, 1);

    if (luaL_checkoption(L, 2, "both", directions) == 2)
        return done(L, socket, SECSOCK_OK);
    return done(L, socket, secsock_shutdown(socket->handle));
}

/* The secsock_answer of true, false, nil, "follow" or the name of a problem. */
static int check_answer(lua_State *L, int index)
{
    if (lua_isboolean(L, index))
        return lua_toboolean(L, index) ? SECSOCK_ACCEPT : SECSOCK_PROBLEM_REJECTED;
    if (strcmp(luaL_optstring(L, index, "follow"), "follow") == 0)
        return SECSOCK_FOLLOW;
    return core_check_problem(L, index);
}

/* s:decide(answer[, reason]) -> 1 */
static int decide(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    int answer = check_answer(L, 2);

    return done(L, socket, secsock_decide(socket->handle, answer, core_opt_text(L, 3)));
}

/* wiresent(s) -> bytes given to the transport, in whichever state */
static int wiresent(lua_State *L)
{
    uint64_t count = secsock_bytes(core_check_socket(L, 1)->handle, SECSOCK_WIRE_SENT);

    compat_pushint64(L, (int64_t)count);
    return 1;
}

static const luaL_Reg methods[] = {
    { "close", close_socket },
    { "setpeername", setpeername },
    { "defer", defer },
    { "allowdowngrade", allowdowngrade },
    { "cork", cork },
    { "connect", connect_to },
    { "listen", listen_on },
    { "accept", accept_next },
    { "attach", attach },
    { "attachmemory", attachmemory },
    { "upgrade", upgrade },
    { "downgrade", downgrade },
    { "shutdown", shutdown_send },
    { "decide", decide },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "socket", create },   { "private", private },   { "usehook", usehook },
    { "hookdue", hookdue }, { "wiresent", wiresent }, { "attend", attend },
    { NULL, NULL },
};

void core_open_socket(lua_State *L)
{
    const struct core_class class = {
        .name = CORE_SOCKET,
        .methods = methods,
        .collect = collect,
        .close = close_socket,
        .tostring = core_socket_tostring,
    };

    core_new_class(L, &class);
    luaL_getmetatable(L, CORE_SOCKET);
    luaL_setfuncs(L, core_stream_methods, 1);
    luaL_setfuncs(L, core_facts_methods, 0);
    luaL_setfuncs(L, core_descriptor_methods, 0);
    lua_setfield(L, -2, "methods");
    luaL_getmetatable(L, CORE_SOCKET);
    lua_setfield(L, -2, "metatable");
    luaL_setfuncs(L, functions, 0);
    luaL_getmetatable(L, CORE_SOCKET);
    luaL_setfuncs(L, core_stream_functions, 1);
}

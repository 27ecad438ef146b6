/* What a socket can tell. */
#include <stdio.h>
#include <string.h>

#include "core.h"

static const char *const roles[] = { "client", "server" };

/* The state in Lua's words, in the order of secsock_state. */
static const char *const states[] = {
    "new", "listening", "plain", "upgrading", "secure", "closed", "failed",
};

const char *core_state_name(int state)
{
    return states[state];
}

/* s:state() */
static int state(lua_State *L)
{
    lua_pushstring(L, core_state_name(secsock_get_state(core_check_socket(L, 1)->handle)));
    return 1;
}

/* s:role() */
static int role(lua_State *L)
{
    lua_pushstring(L, roles[secsock_get_role(core_check_socket(L, 1)->handle)]);
    return 1;
}

int core_socket_tostring(lua_State *L)
{
    const struct core_socket *socket = luaL_checkudata(L, 1, CORE_SOCKET);
    int now;

    if (socket->handle == NULL) {
        lua_pushfstring(L, "secsock: collected %p", lua_topointer(L, 1));
        return 1;
    }
    now = secsock_get_state(socket->handle);
    if (now == SECSOCK_STATE_NEW || now == SECSOCK_STATE_LISTENING)
        lua_pushfstring(L, "secsock: %s %p", states[now], lua_topointer(L, 1));
    else
        lua_pushfstring(L, "secsock %s: %s %p", roles[secsock_get_role(socket->handle)],
                        states[now], lua_topointer(L, 1));
    return 1;
}

/* ------------------------------------------------------------------------- for an event loop */

/* s:want() -> nil|"read"|"write"|"verdict": what the last call waited for */
static int want(lua_State *L)
{
    switch (secsock_want(core_check_socket(L, 1)->handle)) {
    case SECSOCK_WANT_READ:
        lua_pushliteral(L, "read");
        break;
    case SECSOCK_WANT_WRITE:
        lua_pushliteral(L, "write");
        break;
    case SECSOCK_WANT_VERDICT:
        lua_pushliteral(L, "verdict");
        break;
    default:
        lua_pushnil(L);
    }
    return 1;
}

/* s:getfd(), s:pollfd() -> descriptor, or -1 */
static int getfd(lua_State *L)
{
    lua_pushinteger(L, secsock_fd(core_check_socket(L, 1)->handle));
    return 1;
}

/* s:dirty() -> whether bytes can be received without waiting for the descriptor */
static int dirty(lua_State *L)
{
    lua_pushboolean(L, secsock_pending(core_check_socket(L, 1)->handle) > 0);
    return 1;
}

/* s:events() -> "r"|"w"|"": what to poll the descriptor for, as cqueues asks it */
static int events(lua_State *L)
{
    int wanted = secsock_want(core_check_socket(L, 1)->handle);

    lua_pushstring(L, wanted == SECSOCK_WANT_READ ? "r" : wanted == SECSOCK_WANT_WRITE ? "w" : "");
    return 1;
}

/* s:timeout() -> 0 when there is no need to poll at all, else nil, as cqueues asks it */
static int timeout(lua_State *L)
{
    if (secsock_pending(core_check_socket(L, 1)->handle) > 0)
        lua_pushinteger(L, 0);
    else
        lua_pushnil(L);
    return 1;
}

/* ---------------------------------------------------------------------- addresses, counters */

typedef int address_fn(secsock *handle, char *buffer, size_t size);

/* address, port, "inet"|"inet6", as in LuaSocket */
static int push_address(lua_State *L, address_fn *address)
{
    struct core_socket *socket = core_check_socket(L, 1);
    char text[64];
    int port = address(socket->handle, text, sizeof text);

    if (port < 0)
        return core_fail_socket(L, socket, port);
    lua_pushstring(L, text);
    lua_pushinteger(L, port);
    lua_pushstring(L, strchr(text, ':') != NULL ? "inet6" : "inet");
    return 3;
}

static int getsockname(lua_State *L)
{
    return push_address(L, secsock_local_address);
}

static int getpeername(lua_State *L)
{
    return push_address(L, secsock_remote_address);
}

static double counter(const struct core_socket *socket, int which)
{
    return (double)secsock_bytes(socket->handle, which);
}

/* s:getstats() -> bytes received, bytes sent, age in seconds */
static int getstats(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    compat_pushint64(L,
                     (int64_t)(counter(socket, SECSOCK_BYTES_RECEIVED) - socket->received_before));
    compat_pushint64(L, (int64_t)(counter(socket, SECSOCK_BYTES_SENT) - socket->sent_before));
    lua_pushnumber(L, core_now() - socket->born);
    return 3;
}

/* s:setstats([received[, sent[, age]]]) -> 1: what getstats() starts from */
static int setstats(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    if (!lua_isnoneornil(L, 2))
        socket->received_before = counter(socket, SECSOCK_BYTES_RECEIVED) - luaL_checknumber(L, 2);
    if (!lua_isnoneornil(L, 3))
        socket->sent_before = counter(socket, SECSOCK_BYTES_SENT) - luaL_checknumber(L, 3);
    if (!lua_isnoneornil(L, 4))
        socket->born = core_now() - luaL_checknumber(L, 4);
    lua_pushinteger(L, 1);
    return 1;
}

/* ------------------------------------------------------------------------------- about TLS */

static void set_text(lua_State *L, const char *fact, const char *text)
{
    core_push_text(L, text);
    lua_setfield(L, -2, fact);
}

static void set_count(lua_State *L, const char *fact, uint64_t count)
{
    compat_pushint64(L, (int64_t)count);
    lua_setfield(L, -2, fact);
}

static void push_info(lua_State *L, const secsock *handle)
{
    lua_createtable(L, 0, 12);
    set_text(L, "version", secsock_tls_version_name(handle));
    set_text(L, "cipher", secsock_tls_cipher(handle));
    set_text(L, "group", secsock_tls_group(handle));
    set_text(L, "signature", secsock_tls_signature(handle));
    set_text(L, "alpn", secsock_tls_alpn(handle));
    set_text(L, "sni", secsock_tls_sni(handle));
    set_text(L, "role", roles[secsock_get_role(handle)]);
    lua_pushboolean(L, secsock_tls_resumed(handle));
    lua_setfield(L, -2, "resumed");
    set_count(L, "received", secsock_bytes(handle, SECSOCK_BYTES_RECEIVED));
    set_count(L, "sent", secsock_bytes(handle, SECSOCK_BYTES_SENT));
    set_count(L, "wirereceived", secsock_bytes(handle, SECSOCK_WIRE_RECEIVED));
    set_count(L, "wiresent", secsock_bytes(handle, SECSOCK_WIRE_SENT));
}

/* s:info([fact]) -> a table of what was agreed on, or one value of it; nil before SECURE */
static int info(lua_State *L)
{
    static const char *const names[] = { "version",      "cipher",   "group",   "signature", "alpn",
                                         "sni",          "role",     "resumed", "received",  "sent",
                                         "wirereceived", "wiresent", NULL };
    const secsock *handle = core_check_socket(L, 1)->handle;
    bool one = !lua_isnoneornil(L, 2);
    int which = one ? luaL_checkoption(L, 2, NULL, names) : 0;

    if (secsock_get_state(handle) != SECSOCK_STATE_SECURE) {
        lua_pushnil(L);
        return 1;
    }
    push_info(L, handle);
    if (one)
        lua_getfield(L, -1, names[which]);
    return 1;
}

/* ------------------------------------------------------------------- objects that it belongs to */

/* s:verdict() -> verdict|nil */
static int verdict(lua_State *L)
{
    core_push_verdict(L, secsock_get_verdict(core_check_socket(L, 1)->handle));
    return 1;
}

/* s:owncert() -> cert|nil */
static int owncert(lua_State *L)
{
    core_push_cert(L, secsock_own_cert(core_check_socket(L, 1)->handle));
    return 1;
}

/* s:config() -> config */
static int config(lua_State *L)
{
    core_push_config(L, secsock_get_config(core_check_socket(L, 1)->handle));
    return 1;
}

/* s:peername() -> the name that the peer must have, or nil */
static int peername(lua_State *L)
{
    core_push_text(L, secsock_peername(core_check_socket(L, 1)->handle));
    return 1;
}

/* What a call that timed out was waiting for. */
static const char *awaited(const secsock *handle)
{
    if (secsock_want(handle) == SECSOCK_WANT_VERDICT)
        return "the hook's decision";
    if (secsock_get_state(handle) == SECSOCK_STATE_LISTENING)
        return "a connection";
    if (secsock_get_state(handle) == SECSOCK_STATE_NEW)
        return "the connection";
    if (secsock_want(handle) == SECSOCK_WANT_READ)
        return "what the peer sends";
    return "the peer to receive";
}

/* s:lasterror() -> a table about the last call, or nil if it succeeded */
static int lasterror(lua_State *L)
{
    const secsock *handle = core_check_socket(L, 1)->handle;
    const secsock_error *error = secsock_last_error(handle);
    secsock_error waiting = { .code = secsock_want(handle), .alert = -1 };

    if (error->code != SECSOCK_OK) {
        core_push_error(L, error, secsock_get_verdict(handle));
    } else if (waiting.code != SECSOCK_OK) {
        snprintf(waiting.message, sizeof waiting.message, "timed out, waiting for %s",
                 awaited(handle));
        core_push_error(L, &waiting, NULL);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

const luaL_Reg core_facts_methods[] = {
    { "state", state },
    { "role", role },
    { "want", want },
    { "getfd", getfd },
    { "pollfd", getfd },
    { "dirty", dirty },
    { "events", events },
    { "timeout", timeout },
    { "getsockname", getsockname },
    { "getpeername", getpeername },
    { "getstats", getstats },
    { "setstats", setstats },
    { "info", info },
    { "verdict", verdict },
    { "owncert", owncert },
    { "config", config },
    { "peername", peername },
    { "lasterror", lasterror },
    { NULL, NULL },
};

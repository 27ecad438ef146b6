/* What concerns the descriptor of a socket rather than its bytes: waiting on it, its options. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "core.h"

double core_now(void)
{
    struct timespec time = { 0, 0 };

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Milliseconds for poll(): rounded up, for one that returns early would be called over and over; -1
 * is without end. */
static int milliseconds(lua_State *L, int index)
{
    lua_Number seconds = luaL_optnumber(L, index, -1);

    if (seconds < 0)
        return -1;
    return seconds < INT_MAX / 1000 ? (int)ceil(seconds * 1000) : INT_MAX;
}

/* How a system call failed. */
static int fail_system(lua_State *L, int code)
{
    secsock_error error = { .code = SECSOCK_E_SYSTEM, .sys_errno = code, .alert = -1 };

    snprintf(error.message, sizeof error.message, "%s", strerror(code));
    return core_fail(L, &error);
}

/* poll(fd, "read"|"write", seconds|nil) -> true | nil, "timeout". Or false: a signal came in
 * between, and Lua has to see it; or the time is too long for one call. With nil for a descriptor
 * only time passes. */
static int wait_for(lua_State *L)
{
    static const char *const wants[] = { "read", "write", NULL };
    static const short events[] = { POLLIN, POLLOUT };
    struct pollfd wait = { .fd = -1 };
    int limit, ready;

    if (!lua_isnil(L, 1))
        wait.fd = core_check_int(L, 1, 0, INT_MAX, "descriptor expected");
    wait.events = events[luaL_checkoption(L, 2, NULL, wants)];
    limit = milliseconds(L, 3);
    ready = poll(&wait, 1, limit);
    if (ready == 0 && limit != INT_MAX) {
        lua_pushnil(L);
        lua_pushliteral(L, "timeout");
        return 2;
    }
    if (ready < 0 && errno != EINTR)
        return fail_system(L, errno);
    lua_pushboolean(L, ready > 0);
    return 1;
}

/* ------------------------------------------------------------------------------------- options */

enum kind { FLAG, SIZE, LINGER };

struct option {
    const char *name;
    int level, number;
    enum kind kind;
};

static const struct option options[] = {
    { "tcp-nodelay", IPPROTO_TCP, TCP_NODELAY, FLAG },
    { "keepalive", SOL_SOCKET, SO_KEEPALIVE, FLAG },
    { "recv-buffer-size", SOL_SOCKET, SO_RCVBUF, SIZE },
    { "send-buffer-size", SOL_SOCKET, SO_SNDBUF, SIZE },
    { "linger", SOL_SOCKET, SO_LINGER, LINGER },
};

union value {
    int number;
    struct linger linger;
};

static const struct option *check_option(lua_State *L, int index)
{
    const char *name = core_check_text(L, index);

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    luaL_argerror(L, index, "unsupported option");
    return NULL;
}

/* The descriptor, or -1 with nil and "closed" pushed. */
static int open_descriptor(lua_State *L)
{
    int fd = secsock_fd(core_check_socket(L, 1)->handle);

    if (fd < 0) {
        lua_pushnil(L);
        lua_pushliteral(L, "closed");
    }
    return fd;
}

/* { on = boolean, timeout = seconds }, as LuaSocket has it. Part of a second is a whole one: none
 * would mean a reset. */
static void check_linger(lua_State *L, int index, struct linger *linger)
{
    lua_Number seconds;

    luaL_checktype(L, index, LUA_TTABLE);
    lua_getfield(L, index, "on");
    lua_getfield(L, index, "timeout");
    seconds = lua_tonumber(L, -1);
    luaL_argcheck(L, lua_isboolean(L, -2) && lua_isnumber(L, -1) && seconds >= 0 && seconds <= 3600,
                  index, "{ on = boolean, timeout = seconds } expected");
    linger->l_onoff = lua_toboolean(L, -2);
    linger->l_linger = (int)seconds + (seconds > (int)seconds);
    lua_pop(L, 2);
}

/* Reads the value at the index; returns how large it is for the system. */
static socklen_t check_value(lua_State *L, int index, enum kind kind, union value *value)
{
    if (kind == LINGER) {
        check_linger(L, index, &value->linger);
        return sizeof value->linger;
    }
    value->number = kind == FLAG ? core_check_flag(L, index)
                                 : core_check_int(L, index, 0, INT_MAX, "size expected");
    return sizeof value->number;
}

/* s:setoption(name, value) -> 1 | nil, err */
static int setoption(lua_State *L)
{
    int fd = open_descriptor(L);
    const struct option *option;
    union value value;
    socklen_t size;

    if (fd < 0)
        return 2;
    option = check_option(L, 2);
    size = check_value(L, 3, option->kind, &value);
    if (setsockopt(fd, option->level, option->number, &value, size) != 0)
        return fail_system(L, errno);
    lua_pushinteger(L, 1);
    return 1;
}

static void push_value(lua_State *L, enum kind kind, const union value *value)
{
    if (kind == FLAG) {
        lua_pushboolean(L, value->number);
    } else if (kind == SIZE) {
        lua_pushinteger(L, value->number);
    } else {
        lua_createtable(L, 0, 2);
        lua_pushboolean(L, value->linger.l_onoff);
        lua_setfield(L, -2, "on");
        lua_pushinteger(L, value->linger.l_linger);
        lua_setfield(L, -2, "timeout");
    }
}

/* s:getoption(name) -> value | nil, err */
static int getoption(lua_State *L)
{
    int fd = open_descriptor(L);
    const struct option *option;
    union value value = { 0 };
    socklen_t size = sizeof value;

    if (fd < 0)
        return 2;
    option = check_option(L, 2);
    if (getsockopt(fd, option->level, option->number, &value, &size) != 0)
        return fail_system(L, errno);
    push_value(L, option->kind, &value);
    return 1;
}

const luaL_Reg core_descriptor_methods[] = {
    { "setoption", setoption },
    { "getoption", getoption },
    { NULL, NULL },
};

void core_open_descriptor(lua_State *L)
{
    lua_pushcfunction(L, wait_for);
    lua_setfield(L, -2, "poll");
}

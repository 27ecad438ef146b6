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
 * between, and Lua has to see it; or the time is too long for one call. */
static int wait_for(lua_State *L)
{
    static const char *const wants[] = { "read", "write", NULL };
    static const short events[] = { POLLIN, POLLOUT };
    struct pollfd wait = { .fd = -1 };
    int limit, ready;

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

struct option {
    const char *name;
    int level, number;
    bool flag; /* true or false in Lua, else a number */
};

static const struct option options[] = {
    { "tcp-nodelay", IPPROTO_TCP, TCP_NODELAY, true },
    { "keepalive", SOL_SOCKET, SO_KEEPALIVE, true },
    { "recv-buffer-size", SOL_SOCKET, SO_RCVBUF, false },
    { "send-buffer-size", SOL_SOCKET, SO_SNDBUF, false },
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

/* s:setoption(name, value) -> 1 | nil, err */
static int setoption(lua_State *L)
{
    int fd = open_descriptor(L);
    const struct option *option;
    int value;

    if (fd < 0)
        return 2;
    option = check_option(L, 2);
    if (option->flag) {
        value = core_check_flag(L, 3);
    } else {
        value = core_check_int(L, 3, 0, INT_MAX, "size expected");
    }
    if (setsockopt(fd, option->level, option->number, &value, sizeof value) != 0)
        return fail_system(L, errno);
    lua_pushinteger(L, 1);
    return 1;
}

/* s:getoption(name) -> value | nil, err */
static int getoption(lua_State *L)
{
    int fd = open_descriptor(L);
    const struct option *option;
    int value = 0;
    socklen_t size = sizeof value;

    if (fd < 0)
        return 2;
    option = check_option(L, 2);
    if (getsockopt(fd, option->level, option->number, &value, &size) != 0)
        return fail_system(L, errno);
    if (option->flag)
        lua_pushboolean(L, value);
    else
        lua_pushinteger(L, value);
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

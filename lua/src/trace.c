/* What happens on a socket, noted down until Lua asks for it. */
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* One thing that happened; what bytes it has follow it. */
struct entry {
    int event;
    int state;
    size_t length;
};

struct core_trace {
    const secsock *handle; /* whose it is: a listener's hook goes on to what it accepts */
    bool starved;          /* memory was short: something is missing */
    size_t length, size;
    char *entries;
};

static bool make_room(struct core_trace *trace, size_t room)
{
    size_t size = trace->size > 0 ? trace->size : 1024;
    char *entries;

    while (size - trace->length < room)
        size *= 2;
    if (size == trace->size)
        return true;
    entries = realloc(trace->entries, size);
    if (entries == NULL)
        return false;
    trace->entries = entries;
    trace->size = size;
    return true;
}

static void put(struct core_trace *trace, const void *bytes, size_t length)
{
    if (length > 0)
        memcpy(trace->entries + trace->length, bytes, length);
    trace->length += length;
}

static void note(secsock *handle, int event, const void *data, size_t length, void *arg)
{
    struct core_trace *trace = arg;
    struct entry entry = { event, secsock_get_state(handle), length };

    if (handle != trace->handle || trace->starved)
        return;
    trace->starved = !make_room(trace, sizeof entry + length);
    if (trace->starved)
        return;
    put(trace, &entry, sizeof entry);
    put(trace, data, length);
}

static void empty(struct core_trace *trace)
{
    free(trace->entries);
    trace->entries = NULL;
    trace->length = trace->size = 0;
    trace->starved = false;
}

void core_forget_trace(struct core_socket *socket)
{
    if (socket->trace != NULL)
        empty(socket->trace);
    free(socket->trace);
    socket->trace = NULL;
}

struct core_trace *core_new_trace(lua_State *L)
{
    struct core_trace *trace = calloc(1, sizeof *trace);

    if (trace == NULL)
        luaL_error(L, "not enough memory");
    return trace;
}

int core_use_trace(struct core_socket *socket)
{
    if (socket->trace != NULL)
        socket->trace->handle = socket->handle;
    return secsock_set_trace_hook(socket->handle, socket->trace != NULL ? note : NULL,
                                  socket->trace);
}

/* core.usetrace(s, bool) -> 1: whether core.traced(s) is to give anything */
static int usetrace(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    bool on = core_check_flag(L, 2);
    int result = secsock_set_trace_hook(socket->handle, NULL, NULL);

    core_forget_trace(socket);
    if (result >= 0 && on) {
        socket->trace = core_new_trace(L);
        result = core_use_trace(socket);
    }
    if (result < 0)
        return core_fail_socket(L, socket, result);
    lua_pushinteger(L, 1);
    return 1;
}

static const char *const events[] = {
    [SECSOCK_TRACE_RECEIVED] = "received",     [SECSOCK_TRACE_SENT] = "sent",
    [SECSOCK_TRACE_PEER_ENDED] = "peer ended", [SECSOCK_TRACE_ENDED] = "ended",
    [SECSOCK_TRACE_BROKEN] = "broken",         [SECSOCK_TRACE_STATE] = "state",
    [SECSOCK_TRACE_VERDICT] = "verdict",
};

/* core.traced(s) -> what has happened since it was last asked, as a list of names, each with the
 * bytes behind it, or the state's name; nil for nothing */
static int traced(lua_State *L)
{
    struct core_trace *trace = core_check_socket(L, 1)->trace;
    size_t at = 0;
    int index = 0;

    if (trace == NULL || (trace->length == 0 && !trace->starved))
        return 0;
    lua_newtable(L);
    while (at < trace->length) {
        struct entry entry;

        memcpy(&entry, trace->entries + at, sizeof entry);
        at += sizeof entry;
        lua_pushstring(L, events[entry.event]);
        lua_rawseti(L, -2, ++index);
        if (entry.event == SECSOCK_TRACE_STATE)
            lua_pushstring(L, core_state_name(entry.state));
        else
            lua_pushlstring(L, trace->entries + at, entry.length);
        lua_rawseti(L, -2, ++index);
        at += entry.length;
    }
    if (trace->starved) {
        empty(trace);
        return luaL_error(L, "not enough memory");
    }
    empty(trace);
    return 1;
}

static const luaL_Reg functions[] = {
    { "usetrace", usetrace },
    { "traced", traced },
    { NULL, NULL },
};

void core_open_trace(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
}

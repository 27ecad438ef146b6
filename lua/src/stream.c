/* Bytes: receive and send as LuaSocket's buffer.c defines them, but without its buffer, for the
 * library gives lines by itself; and the memory transport's two ends. */
#include <limits.h>
#include <string.h>

#include "core.h"

enum {
    RECORD_SIZE = 16384,    /* what one TLS record brings at most */
    LINE_ROOM = 256,        /* for the next part of a line */
    STEP_SIZE = INT_MAX / 2 /* for one call of the library, whose results are ints */
};

/* Where what is received gathers. It is on the C stack until it outgrows that, then in a userdata
 * that the Lua stack holds, so that an error in Lua leaks nothing. */
struct gather {
    lua_State *L;
    int slot; /* index of that userdata, 0 while there is none */
    char *data;
    size_t length, size;
    char first[RECORD_SIZE];
};

static void gather_init(struct gather *gather, lua_State *L)
{
    gather->L = L;
    gather->slot = 0;
    gather->data = gather->first;
    gather->length = 0;
    gather->size = sizeof gather->first;
}

/* Makes room for that many bytes more, at least. */
static void gather_room(struct gather *gather, size_t room)
{
    size_t size = gather->size;
    char *data;

    if (size - gather->length >= room)
        return;
    while (size - gather->length < room)
        size *= 2;
    data = lua_newuserdata(gather->L, size);
    memcpy(data, gather->data, gather->length);
    if (gather->slot == 0)
        gather->slot = lua_gettop(gather->L);
    else
        lua_replace(gather->L, gather->slot);
    gather->data = data;
    gather->size = size;
}

static void gather_add(struct gather *gather, const char *data, size_t length)
{
    gather_room(gather, length);
    memcpy(gather->data + gather->length, data, length);
    gather->length += length;
}

static void gather_push(const struct gather *gather)
{
    lua_pushlstring(gather->L, gather->data, gather->length);
}

/* ------------------------------------------------------------------------------------ receive */

/* All of these give the last result of the library: positive when the pattern was satisfied. */

static int receive_count(struct gather *gather, secsock *handle, size_t wanted)
{
    int result = 1;

    while (wanted > 0 && result > 0) {
        size_t room;

        gather_room(gather, 1);
        room = gather->size - gather->length;
        result = secsock_recv(handle, gather->data + gather->length, wanted < room ? wanted : room);
        if (result > 0) {
            gather->length += (size_t)result;
            wanted -= (size_t)result;
        }
    }
    return result;
}

static int receive_all(struct gather *gather, secsock *handle)
{
    size_t before = gather->length;
    int result = receive_count(gather, handle, SIZE_MAX);

    return result == 0 && gather->length > before ? 1 : result;
}

/* Drops every CR from `length` bytes; gives how many are left. */
static size_t drop_returns(char *data, size_t length)
{
    const char *end = data + length;
    char *from = memchr(data, '\r', length);
    char *to = from;

    if (from == NULL)
        return length;
    for (; from < end; from++)
        if (*from != '\r')
            *to++ = *from;
    return (size_t)(to - data);
}

static int receive_line(struct gather *gather, secsock *handle)
{
    bool ended = false;
    int result = 1;

    while (!ended && result > 0) {
        char *part;

        gather_room(gather, LINE_ROOM);
        part = gather->data + gather->length;
        result = secsock_recv_line(handle, part, gather->size - gather->length);
        if (result > 0) {
            ended = part[result - 1] == '\n';
            gather->length += drop_returns(part, (size_t)result - ended);
        }
    }
    return result;
}

/* receive(0): waits for a byte to read, and reads none. */
static int receive_nothing(secsock *handle)
{
    char byte;

    return secsock_peek(handle, &byte, 1);
}

enum pattern { LINE, ALL, COUNT };

static enum pattern check_pattern(lua_State *L, int index, size_t *count)
{
    enum pattern pattern = COUNT;

    if (lua_isnumber(L, index)) {
        lua_Number number = lua_tonumber(L, index);

        luaL_argcheck(L, number >= 0 && number < 9e15, index, "invalid receive pattern");
        *count = (size_t)number;
    } else {
        const char *text = luaL_optstring(L, index, "*l");

        luaL_argcheck(L, text[0] == '*' && (text[1] == 'l' || text[1] == 'a'), index,
                      "invalid receive pattern");
        pattern = text[1] == 'l' ? LINE : ALL;
    }
    return pattern;
}

/* The prefix counts towards a number, and one that is long enough needs no byte more. */
static int receive_from(lua_State *L, const struct core_socket *socket)
{
    struct gather gather;
    size_t length = 0, count = 0;
    enum pattern pattern = check_pattern(L, 2, &count);
    int result = 1;

    gather_init(&gather, L);
    if (!lua_isnoneornil(L, 3)) {
        const char *prefix = luaL_checklstring(L, 3, &length);
        gather_add(&gather, prefix, length);
    }
    if (pattern == LINE)
        result = receive_line(&gather, socket->handle);
    else if (pattern == ALL)
        result = receive_all(&gather, socket->handle);
    else if (count > length)
        result = receive_count(&gather, socket->handle, count - length);
    else if (length == 0)
        result = receive_nothing(socket->handle);
    if (result > 0) {
        gather_push(&gather);
        return 1;
    }
    lua_pushnil(L);
    if (result == 0)
        lua_pushliteral(L, "closed");
    else
        core_push_socket_word(L, socket, result);
    gather_push(&gather);
    return 3;
}

/* s:receive([pattern[, prefix]]) -> data | nil, err, partial */
static int receive(lua_State *L)
{
    return receive_from(L, core_check_socket(L, 1));
}

/* core.receive(s, ...): the same, but nothing at all where Lua must attend to it */
static int receive_unattended(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return socket->attended ? 0 : receive_from(L, socket);
}

/* --------------------------------------------------------------------------------------- send */

/* A position in a string of `size` bytes as LuaSocket takes it: fractions are cut off, and negative
 * ones count from the end. */
static int64_t check_position(lua_State *L, int index, int64_t otherwise, size_t size)
{
    lua_Number number;
    int64_t position;

    if (lua_isnoneornil(L, index))
        return otherwise;
    number = luaL_checknumber(L, index);
    luaL_argcheck(L, number > -9e15 && number < 9e15, index, "position expected");
    position = (int64_t)number;
    return position < 0 ? position + (int64_t)size + 1 : position;
}

static int send_range(secsock *handle, const char *data, size_t length, size_t *sent)
{
    int result;

    *sent = 0;
    do {
        size_t left = length - *sent;

        result = secsock_send(handle, data + *sent, left < STEP_SIZE ? left : STEP_SIZE);
        if (result > 0)
            *sent += (size_t)result;
    } while (result > 0 && *sent < length);
    return result;
}

/* Whoever sends learns in one word that the peer has gone, as in LuaSocket. How it went matters to
 * whoever receives. */
static void push_send_word(lua_State *L, const struct core_socket *socket, int result)
{
    if (result == SECSOCK_E_RESET)
        lua_pushliteral(L, "closed");
    else
        core_push_socket_word(L, socket, result);
}

static int send_to(lua_State *L, const struct core_socket *socket)
{
    size_t size, sent;
    const char *data = luaL_checklstring(L, 2, &size);
    int64_t first = check_position(L, 3, 1, size);
    int64_t last = check_position(L, 4, (int64_t)size, size);
    int result;

    if (first < 1)
        first = 1;
    if (last > (int64_t)size)
        last = (int64_t)size;
    if (last < first)
        result = send_range(socket->handle, data, 0, &sent);
    else
        result = send_range(socket->handle, data + first - 1, (size_t)(last - first) + 1, &sent);
    if (result < 0) {
        lua_pushnil(L);
        push_send_word(L, socket, result);
    }
    compat_pushint64(L, first - 1 + (int64_t)sent);
    return result < 0 ? 3 : 1;
}

/* s:send(data[, i[, j]]) -> index of the last byte sent | nil, err, that index */
static int send(lua_State *L)
{
    return send_to(L, core_check_socket(L, 1));
}

/* core.send(s, ...): the same, but nothing at all where Lua must attend to it */
static int send_unattended(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);

    return socket->attended ? 0 : send_to(L, socket);
}

/* ----------------------------------------------------------------------------------- by hand */

/* s:unread(bytes) -> 1 */
static int unread(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);
    int result = secsock_unread(socket->handle, data, length);

    if (result < 0)
        return core_fail_socket(L, socket, result);
    lua_pushinteger(L, 1);
    return 1;
}

/* s:feed(bytes) -> how many; s:feed(nil): the peer has closed */
static int feed(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    size_t length = 0;
    const char *data = NULL;
    int result = 0;

    luaL_checkany(L, 2);
    if (!lua_isnil(L, 2))
        data = luaL_checklstring(L, 2, &length);
    if (data == NULL || length > 0)
        result = secsock_feed(socket->handle, data, length);
    if (result < 0)
        return core_fail_socket(L, socket, result);
    lua_pushinteger(L, (lua_Integer)length);
    return 1;
}

/* s:drain([max]) -> bytes, "" for none */
static int drain(lua_State *L)
{
    struct core_socket *socket = core_check_socket(L, 1);
    lua_Number limit = luaL_optnumber(L, 2, INT_MAX);
    struct gather gather;
    size_t size = secsock_drainable(socket->handle);
    int result;

    luaL_argcheck(L, limit >= 0, 2, "size expected");
    if ((lua_Number)size > limit)
        size = (size_t)limit;
    gather_init(&gather, L);
    gather_room(&gather, size);
    result = size > 0 ? secsock_drain(socket->handle, gather.data, size) : 0;
    if (result < 0)
        return core_fail_socket(L, socket, result);
    gather.length = (size_t)result;
    gather_push(&gather);
    return 1;
}

/* s:drainable() -> how many bytes s:drain() would give */
static int drainable(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)secsock_drainable(core_check_socket(L, 1)->handle));
    return 1;
}

const luaL_Reg core_stream_methods[] = {
    { "receive", receive }, { "send", send },           { "unread", unread }, { "feed", feed },
    { "drain", drain },     { "drainable", drainable }, { NULL, NULL },
};

const luaL_Reg core_stream_functions[] = {
    { "receive", receive_unattended },
    { "send", send_unattended },
    { NULL, NULL },
};

/* What validation found out about a peer. */
#include <limits.h>
#include <string.h>

#include "core.h"

static secsock_verdict *check_verdict(lua_State *L, int index)
{
    return core_check_box(L, index, CORE_VERDICT);
}

int core_check_problem(lua_State *L, int index)
{
    const char *wanted = luaL_checkstring(L, index), *name;

    for (int i = 1; strcmp(name = secsock_problem_name(i), "unknown") != 0; i++)
        if (strcmp(name, wanted) == 0)
            return i;
    return luaL_argerror(L, index, "not the name of a problem");
}

secsock_verdict **core_new_verdict(lua_State *L)
{
    return core_new_box(L, CORE_VERDICT);
}

void core_push_verdict(lua_State *L, const secsock_verdict *verdict)
{
    if (verdict != NULL)
        *core_new_verdict(L) = secsock_verdict_ref(verdict);
    else
        lua_pushnil(L);
}

static int collect(lua_State *L)
{
    secsock_verdict_free(core_empty_box(L, CORE_VERDICT));
    return 0;
}

static bool is_repeated(const secsock_verdict *verdict, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (secsock_verdict_problem(verdict, i) == secsock_verdict_problem(verdict, index))
            return true;
    return false;
}

static int tostring(lua_State *L)
{
    secsock_verdict *verdict = check_verdict(L, 1);
    size_t count = secsock_verdict_problem_count(verdict);

    lua_settop(L, 1);
    luaL_checkstack(L, (int)count * 2 + 2, "too many problems");
    lua_pushliteral(L, "secsock verdict: ");
    for (size_t i = 0; i < count; i++) {
        if (is_repeated(verdict, i))
            continue;
        lua_pushstring(L, i == 0 ? "" : ", ");
        lua_pushstring(L, secsock_problem_name(secsock_verdict_problem(verdict, i)));
    }
    if (count == 0)
        lua_pushliteral(L, "ok");
    lua_concat(L, lua_gettop(L) - 1);
    return 1;
}

static int equal(lua_State *L)
{
    lua_pushboolean(L, check_verdict(L, 1) == check_verdict(L, 2));
    return 1;
}

/* v:ok() */
static int ok(lua_State *L)
{
    lua_pushboolean(L, secsock_verdict_ok(check_verdict(L, 1)));
    return 1;
}

/* v:problems() -> list of words, each once */
static int problems(lua_State *L)
{
    secsock_verdict *verdict = check_verdict(L, 1);
    size_t count = secsock_verdict_problem_count(verdict);
    int used = 0;

    lua_newtable(L);
    for (size_t i = 0; i < count; i++) {
        if (is_repeated(verdict, i))
            continue;
        lua_pushstring(L, secsock_problem_name(secsock_verdict_problem(verdict, i)));
        lua_rawseti(L, -2, ++used);
    }
    return 1;
}

static void push_detail(lua_State *L, const secsock_verdict *verdict, size_t index)
{
    int problem = secsock_verdict_problem(verdict, index);

    lua_createtable(L, 0, 5);
    lua_pushstring(L, secsock_problem_name(problem));
    lua_setfield(L, -2, "problem");
    core_push_cert(L, secsock_verdict_problem_cert(verdict, index));
    lua_setfield(L, -2, "cert");
    lua_pushstring(L, secsock_verdict_problem_text(verdict, index));
    lua_setfield(L, -2, "text");
    lua_pushstring(L, secsock_verdict_problem_section(verdict, index));
    lua_setfield(L, -2, "section");
    lua_pushstring(L, secsock_alert_name(secsock_verdict_problem_alert(verdict, index)));
    lua_setfield(L, -2, "alert");
}

/* v:details() -> list of { problem =, cert =, text =, section =, alert = } */
static int details(lua_State *L)
{
    secsock_verdict *verdict = check_verdict(L, 1);
    size_t count = secsock_verdict_problem_count(verdict);

    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_detail(L, verdict, i);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* v:has(problem) */
static int has(lua_State *L)
{
    secsock_verdict *verdict = check_verdict(L, 1);

    lua_pushboolean(L, secsock_verdict_has(verdict, core_check_problem(L, 2)));
    return 1;
}

typedef const secsock_cert *certs_fn(const secsock_verdict *verdict, size_t index);

static int push_certs(lua_State *L, certs_fn *certs, size_t count)
{
    secsock_verdict *verdict = check_verdict(L, 1);

    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        core_push_cert(L, certs(verdict, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* v:chain() -> list of what the peer sent, the leaf first */
static int chain(lua_State *L)
{
    return push_certs(L, secsock_verdict_chain, secsock_verdict_chain_count(check_verdict(L, 1)));
}

/* v:path() -> list from the leaf to the anchor */
static int path(lua_State *L)
{
    return push_certs(L, secsock_verdict_path, secsock_verdict_path_count(check_verdict(L, 1)));
}

/* v:peername() -> the name that was asked for, or nil */
static int peername(lua_State *L)
{
    core_push_text(L, secsock_verdict_peername(check_verdict(L, 1)));
    return 1;
}

/* v:name() -> "matched"|"mismatched"|"unchecked" */
static int name(lua_State *L)
{
    static const char *const results[] = { "unchecked", "matched", "mismatched" };

    lua_pushstring(L, results[secsock_verdict_name_result(check_verdict(L, 1))]);
    return 1;
}

/* v:revocation([index]) -> "unknown"|"good"|"revoked", of a certificate of the path, or nil */
static int revocation(lua_State *L)
{
    static const char *const results[] = { "unknown", "good", "revoked" };
    secsock_verdict *verdict = check_verdict(L, 1);
    int index = lua_isnoneornil(L, 2) ? 1 : core_check_int(L, 2, 1, INT_MAX, "index expected");

    if ((size_t)index > secsock_verdict_path_count(verdict))
        lua_pushnil(L);
    else
        lua_pushstring(L, results[secsock_verdict_revocation(verdict, (size_t)index - 1)]);
    return 1;
}

/* v:resumed() */
static int resumed(lua_State *L)
{
    lua_pushboolean(L, secsock_verdict_resumed(check_verdict(L, 1)));
    return 1;
}

/* v:time() -> seconds since 1970 */
static int judged_at(lua_State *L)
{
    compat_pushint64(L, secsock_verdict_time(check_verdict(L, 1)));
    return 1;
}

/* v:explain() -> text */
static int explain(lua_State *L)
{
    secsock_verdict *verdict = check_verdict(L, 1);
    int length = secsock_verdict_explain(verdict, NULL, 0);
    char *text;

    if (length < 0)
        return luaL_error(L, "not enough memory");
    text = lua_newuserdata(L, (size_t)length + 1);
    secsock_verdict_explain(verdict, text, (size_t)length + 1);
    lua_pushlstring(L, text, (size_t)length);
    return 1;
}

static const luaL_Reg methods[] = {
    { "ok", ok },
    { "problems", problems },
    { "details", details },
    { "has", has },
    { "chain", chain },
    { "path", path },
    { "peername", peername },
    { "name", name },
    { "resumed", resumed },
    { "time", judged_at },
    { "explain", explain },
    { "revocation", revocation },
    { NULL, NULL },
};

void core_open_verdict(lua_State *L)
{
    const struct core_class class = {
        .name = CORE_VERDICT,
        .methods = methods,
        .collect = collect,
        .tostring = tostring,
        .equal = equal,
    };

    core_new_class(L, &class);
    lua_pop(L, 1);
}

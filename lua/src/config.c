/* A configuration: the setters, one to one. The options table is Lua's business. */
#include <limits.h>

#include "core.h"

static secsock_config **new_config(lua_State *L)
{
    return core_new_box(L, CORE_CONFIG);
}

secsock_config *core_check_config(lua_State *L, int index)
{
    return core_check_box(L, index, CORE_CONFIG);
}

void core_push_config(lua_State *L, secsock_config *config)
{
    if (config != NULL)
        *new_config(L) = secsock_config_ref(config);
    else
        lua_pushnil(L);
}

/* core.config() */
static int create(lua_State *L)
{
    secsock_config **config = new_config(L);

    *config = secsock_config_new();
    return *config != NULL ? 1 : luaL_error(L, "not enough memory");
}

static int collect(lua_State *L)
{
    secsock_config_free(core_empty_box(L, CORE_CONFIG));
    return 0;
}

static int tostring(lua_State *L)
{
    lua_pushfstring(L, "secsock config: %p", (void *)core_check_config(L, 1));
    return 1;
}

static int equal(lua_State *L)
{
    lua_pushboolean(L, core_check_config(L, 1) == core_check_config(L, 2));
    return 1;
}

/* Every setter gives the configuration itself, or the failure. */
static int done(lua_State *L, int result)
{
    if (result < 0)
        return core_fail(L, secsock_config_last_error(core_check_config(L, 1)));
    lua_settop(L, 1);
    return 1;
}

/* Setters of one text, and of one of several words. */
typedef int text_setter(secsock_config *config, const char *text);
typedef int number_setter(secsock_config *config, int number);

static int set_text(lua_State *L, text_setter *set)
{
    return done(L, set(core_check_config(L, 1), core_check_text(L, 2)));
}

/* The numbers are the places of the words. */
static int set_word(lua_State *L, number_setter *set, const char *const words[])
{
    secsock_config *config = core_check_config(L, 1);

    return done(L, set(config, luaL_checkoption(L, 2, NULL, words)));
}

static int check_version(lua_State *L, int index)
{
    static const char *const names[] = { "TLSv1.2", "TLSv1.3", NULL };
    static const int numbers[] = { SECSOCK_TLS_1_2, SECSOCK_TLS_1_3 };

    return numbers[luaL_checkoption(L, index, NULL, names)];
}

static int setversions(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    int lowest = check_version(L, 2), highest = check_version(L, 3);

    return done(L, secsock_config_set_versions(config, lowest, highest));
}

static int setciphers(lua_State *L)
{
    return set_text(L, secsock_config_set_ciphers);
}

static int setgroups(lua_State *L)
{
    return set_text(L, secsock_config_set_groups);
}

static int setalpn(lua_State *L)
{
    return done(L, secsock_config_set_alpn(core_check_config(L, 1), core_opt_text(L, 2)));
}

static int setclientauth(lua_State *L)
{
    static const char *const names[] = { "none", "request", "verify", "require", NULL };

    return set_word(L, secsock_config_set_client_auth, names);
}

static int setresumption(lua_State *L)
{
    return done(L, secsock_config_set_resumption(core_check_config(L, 1), core_check_flag(L, 2)));
}

static int setacceleration(lua_State *L)
{
    return done(L, secsock_config_set_acceleration(core_check_config(L, 1), core_check_flag(L, 2)));
}

static int trustfile(lua_State *L)
{
    return set_text(L, secsock_config_trust_file);
}

static int trustdir(lua_State *L)
{
    return set_text(L, secsock_config_trust_dir);
}

static int trustpem(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    size_t length;
    const char *pem = luaL_checklstring(L, 2, &length);

    return done(L, secsock_config_trust_pem(config, pem, length));
}

static int truststore(lua_State *L)
{
    return done(L, secsock_config_trust_store(core_check_config(L, 1), core_check_store(L, 2)));
}

static int trustsystem(lua_State *L)
{
    return done(L, secsock_config_trust_system(core_check_config(L, 1)));
}

static int trustpin(lua_State *L)
{
    return set_text(L, secsock_config_trust_pin);
}

static int requirepin(lua_State *L)
{
    return set_text(L, secsock_config_require_pin);
}

/* config:addstore(role, store) */
static int addstore(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    int role = core_check_role(L, 2);

    return done(L, secsock_config_add_store(config, role, core_check_store(L, 3)));
}

static int setprofile(lua_State *L)
{
    static const char *const names[] = { "auto", "private", "webpki", NULL };

    return set_word(L, secsock_config_set_profile, names);
}

/* config:setmaxdepth([count]) */
static int setmaxdepth(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    int depth =
        lua_isnoneornil(L, 2) ? -1 : core_check_int(L, 2, 0, INT_MAX, "whole number expected");

    return done(L, secsock_config_set_max_depth(config, depth));
}

/* config:settime([seconds]) */
static int settime(lua_State *L)
{
    static const lua_Number latest = 253402300799; /* of the year 9999, as of all certificates */
    secsock_config *config = core_check_config(L, 1);
    lua_Number seconds;

    if (lua_isnoneornil(L, 2))
        return done(L, secsock_config_set_time(config, SECSOCK_NOW));
    seconds = luaL_checknumber(L, 2);
    luaL_argcheck(L, seconds >= 0 && seconds <= latest, 2, "seconds since 1970 expected");
    return done(L, secsock_config_set_time(config, (int64_t)seconds));
}

/* config:addcrl(text) */
static int addcrl(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);

    return done(L, secsock_config_add_crl(config, data, length));
}

static int addcrlfile(lua_State *L)
{
    return set_text(L, secsock_config_add_crl_file);
}

static int addcrldir(lua_State *L)
{
    return set_text(L, secsock_config_add_crl_dir);
}

static int setrevocation(lua_State *L)
{
    static const char *const names[] = { "soft", "leaf", "chain", NULL };

    return set_word(L, secsock_config_set_revocation, names);
}

/* config:setstaple([response]) */
static int setstaple(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    size_t length = 0;
    const char *response = luaL_optlstring(L, 2, NULL, &length);

    return done(L, secsock_config_set_staple(config, response, length));
}

static int staplefile(lua_State *L)
{
    return set_text(L, secsock_config_staple_file);
}

/* config:setsuffixes([path [, private]]) */
static int setsuffixes(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    const char *path = core_opt_text(L, 2);
    bool with_private = !lua_isnoneornil(L, 3) && core_check_flag(L, 3);

    return done(L, secsock_config_set_suffixes(config, path, with_private));
}

static int setidentity(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    secsock_cert *cert = lua_isnoneornil(L, 2) ? NULL : core_check_cert(L, 2);

    return done(L, secsock_config_set_identity(config, cert));
}

/* config:warnings() -> list of { problem = word, text = sentence } */
static int warnings(lua_State *L)
{
    secsock_config *config = core_check_config(L, 1);
    const char *text = NULL;
    int problem;

    lua_newtable(L);
    for (size_t i = 0; (problem = secsock_config_warning(config, i, &text)) != 0; i++) {
        lua_createtable(L, 0, 2);
        lua_pushstring(L, secsock_problem_name(problem));
        lua_setfield(L, -2, "problem");
        lua_pushstring(L, text);
        lua_setfield(L, -2, "text");
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

static const luaL_Reg methods[] = {
    { "setversions", setversions },
    { "setciphers", setciphers },
    { "setgroups", setgroups },
    { "setalpn", setalpn },
    { "setclientauth", setclientauth },
    { "setresumption", setresumption },
    { "setacceleration", setacceleration },
    { "trustfile", trustfile },
    { "trustdir", trustdir },
    { "trustpem", trustpem },
    { "truststore", truststore },
    { "trustsystem", trustsystem },
    { "trustpin", trustpin },
    { "requirepin", requirepin },
    { "addstore", addstore },
    { "setprofile", setprofile },
    { "setmaxdepth", setmaxdepth },
    { "settime", settime },
    { "addcrl", addcrl },
    { "addcrlfile", addcrlfile },
    { "addcrldir", addcrldir },
    { "setrevocation", setrevocation },
    { "setstaple", setstaple },
    { "staplefile", staplefile },
    { "setsuffixes", setsuffixes },
    { "setidentity", setidentity },
    { "warnings", warnings },
    { NULL, NULL },
};

void core_open_config(lua_State *L)
{
    const struct core_class class = {
        .name = CORE_CONFIG,
        .methods = methods,
        .collect = collect,
        .tostring = tostring,
        .equal = equal,
    };

    core_new_class(L, &class);
    lua_pop(L, 1);
    lua_pushcfunction(L, create);
    lua_setfield(L, -2, "config");
}

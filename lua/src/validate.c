/* Validation by itself. */
#include "core.h"

/* What every call begins with: config|nil, purpose, name|nil. */
struct request {
    secsock_config *config;
    int purpose;
    const char *name;
};

static struct request check_request(lua_State *L)
{
    static const char *const purposes[] = { "any", "server", "client", NULL };

    return (struct request){
        .config = lua_isnil(L, 1) ? NULL : core_check_config(L, 1),
        .purpose = luaL_checkoption(L, 2, NULL, purposes),
        .name = core_opt_text(L, 3),
    };
}

/* core.validate(config|nil, purpose, name|nil, chain [, ocsp]) -> verdict */
static int validate(lua_State *L)
{
    struct request request = check_request(L);
    size_t chain_length, ocsp_length;
    const char *chain = luaL_checklstring(L, 4, &chain_length);
    const char *ocsp = luaL_optlstring(L, 5, NULL, &ocsp_length);
    secsock_verdict **verdict = core_new_verdict(L);
    secsock_error error;

    if (secsock_validate(request.config, request.purpose, request.name, chain, chain_length, ocsp,
                         ocsp_length, verdict, &error) < 0)
        return core_fail(L, &error);
    return 1;
}

/* core.validatefile(config|nil, purpose, name|nil, chain path [, ocsp path]) -> verdict */
static int validatefile(lua_State *L)
{
    struct request request = check_request(L);
    const char *chain = core_check_text(L, 4), *ocsp = core_opt_text(L, 5);
    secsock_verdict **verdict = core_new_verdict(L);
    secsock_error error;

    if (secsock_validate_file(request.config, request.purpose, request.name, chain, ocsp, verdict,
                              &error) < 0)
        return core_fail(L, &error);
    return 1;
}

void core_open_validate(lua_State *L)
{
    lua_pushcfunction(L, validate);
    lua_setfield(L, -2, "validate");
    lua_pushcfunction(L, validatefile);
    lua_setfield(L, -2, "validatefile");
}

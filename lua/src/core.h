/* What the files of secsock.core share: the userdata types and how results become Lua values. */
#ifndef SECSOCK_LUA_CORE_H
#define SECSOCK_LUA_CORE_H

#include <stdbool.h>

#include "compat.h"
#include "secsock.h"

/* Names of metatables in the registry, shown in the error messages of Lua too. */
#define CORE_SOCKET  "secsock"
#define CORE_CONFIG  "secsock.config"
#define CORE_CERT    "secsock.cert"
#define CORE_STORE   "secsock.store"
#define CORE_VERDICT "secsock.verdict"
#define CORE_ERROR   "secsock.error"
#define CORE_CAPTURE "secsock.capture"

/* A socket. Nothing that the library calls back touches Lua: a hook written in Lua is run by the
 * loop, in Lua, that finds `hook_due` set. */
struct core_socket {
    secsock *handle; /* NULL only until it is made and after it was collected */
    bool hooked;     /* there is a hook in Lua */
    bool hook_due;   /* the library has asked for its answer, and Lua has not been told yet */
    bool attended;   /* Lua has something to do for it in each call */
    struct core_keylog *keylog; /* lines for a key log hook in Lua; NULL: there is none */
    struct core_trace *trace;   /* the same of what a trace in Lua is to be told */
    double born;
    double received_before, sent_before; /* subtracted from the counters, see setstats() */
};

/* Each registers its metatables and puts its constructors into the table on the top. */
void core_open_error(lua_State *L);
void core_open_socket(lua_State *L);
void core_open_config(lua_State *L);
void core_open_cert(lua_State *L);
void core_open_key(lua_State *L);
void core_open_store(lua_State *L);
void core_open_verdict(lua_State *L);
void core_open_validate(lua_State *L);
void core_open_descriptor(lua_State *L);
void core_open_capture(lua_State *L);
void core_open_trace(lua_State *L);

/* A type of userdata: its methods, and what it does at __gc, __close, __tostring and __eq (NULL for
 * what it has not). core_new_class() leaves the table of methods on the top. */
struct core_class {
    const char *name;
    const luaL_Reg *methods;
    lua_CFunction collect, close, tostring, equal;
};
void core_new_class(lua_State *L, const struct core_class *class);

/* A box: a userdata of such a class that holds one handle of the library. core_new_box() leaves an
 * empty one on the top, to be filled by the library: made first, so that nothing leaks when Lua's
 * memory is short. core_check_box() gives the handle of an argument; core_empty_box() takes it out
 * of the first one, for __gc. */
void *core_new_box(lua_State *L, const char *class);
void *core_check_box(lua_State *L, int index, const char *class);
void *core_empty_box(lua_State *L, const char *class);

/* The methods of a socket, by the file that has them. */
extern const luaL_Reg core_stream_methods[];     /* bytes: stream.c; and, */
extern const luaL_Reg core_stream_functions[];   /* of a socket that is not attended to */
extern const luaL_Reg core_facts_methods[];      /* questions: facts.c */
extern const luaL_Reg core_descriptor_methods[]; /* the descriptor: descriptor.c */
int core_socket_tostring(lua_State *L);

/* Of certificates: the ways to load them, and c:export(form[, options]). */
extern const luaL_Reg core_cert_functions[];
int core_cert_export(lua_State *L);

/* The name that a secsock_state has in Lua. */
const char *core_state_name(int state);

/* Key log lines that wait for Lua: room for them (or an error), to be put into a socket; the
 * library told of it; and both forgotten. */
struct core_keylog *core_new_keylog(lua_State *L);
int core_use_keylog(struct core_socket *socket);
void core_forget_keylog(struct core_socket *socket);

/* The same of what happens on a socket. */
struct core_trace *core_new_trace(lua_State *L);
int core_use_trace(struct core_socket *socket);
void core_forget_trace(struct core_socket *socket);

/* The argument at `index`, or an error in the style of luaL_check*. It takes a third of the time in a
 * function whose first upvalue is the metatable of sockets. */
struct core_socket *core_check_socket(lua_State *L, int index);
secsock_config *core_check_config(lua_State *L, int index);
secsock_cert *core_check_cert(lua_State *L, int index);
secsock_store *core_check_store(lua_State *L, int index);

/* Text without embedded zeros: "good.example\0.evil.example" is nobody's name. */
const char *core_check_text(lua_State *L, int index);
const char *core_opt_text(lua_State *L, int index);

/* A whole number between two others, both included; `message` says what was expected. */
int core_check_int(lua_State *L, int index, int lowest, int highest, const char *message);

/* true or false, and nothing that merely counts as such. */
int core_check_flag(lua_State *L, int index);

/* A secsock_store_role, from "my", "root", "ca" or "disallowed". */
int core_check_role(lua_State *L, int index);

/* The number of a secsock_problem, from its name. */
int core_check_problem(lua_State *L, int index);

/* An empty box. */
secsock_cert **core_new_cert(lua_State *L);
secsock_store **core_new_store(lua_State *L);
secsock_verdict **core_new_verdict(lua_State *L);

/* Pushes an object that holds a reference of its own, or nil for NULL. */
void core_push_cert(lua_State *L, const secsock_cert *cert);
void core_push_verdict(lua_State *L, const secsock_verdict *verdict);
void core_push_config(lua_State *L, secsock_config *config);

/* Pushes nil for NULL. */
void core_push_text(lua_State *L, const char *text);

/* Whether a result means "call again when what it wants has come". */
bool core_is_want(int result);

/* Pushes the table that describes an error; verdict may be NULL. */
void core_push_error(lua_State *L, const secsock_error *error, const secsock_verdict *verdict);

/* Pushes nil, a stable word ("format") and that table, and returns 3. */
int core_fail(lua_State *L, const secsock_error *error);

/* The same for a call on a socket that gave `result`; a want is "timeout" and has no table. */
int core_fail_socket(lua_State *L, const struct core_socket *socket, int result);

/* Pushes the word alone. */
void core_push_socket_word(lua_State *L, const struct core_socket *socket, int result);

/* Seconds on a clock that only goes forward. */
double core_now(void);

#endif

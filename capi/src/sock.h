/* One socket, as the files behind the public functions see it. */
#ifndef SECSOCK_SRC_SOCK_H
#define SECSOCK_SRC_SOCK_H

#include <netdb.h>
#include <stdbool.h>

#include "config.h"
#include "engine.h"
#include "error.h"
#include "net.h"
#include "transport.h"

enum judgement {
    UNJUDGED,  /* the handshake has not come that far */
    JUDGING,   /* the hook is running */
    POSTPONED, /* the hook said later */
    JUDGED     /* `answer` is final */
};

/* What every record touches lies together: the end of the transport, what follows here, and the
 * beginning of the engine. */
struct secsock {
    struct transport transport;
    secsock_state state;
    int timeouts[4]; /* see sock_timeout(); milliseconds, negative: none */
    int want;        /* what the last call waits for */
    uint64_t received, sent;
    bool write_closed; /* secsock_shutdown() was called */
    bool downgrading;  /* close_notify is sent, the peer's awaited */
    bool corked;       /* what is sent gathers */
    struct buffer gathered;
    struct engine engine; /* from the upgrade on */
    secsock_error error;

    secsock_config *config;
    struct engine_context *context; /* the configuration's, once the role is known */
    secsock_role role;
    bool deferred, may_downgrade;
    bool spoken; /* plaintext had been exchanged, or had arrived, before the upgrade */
    char *peername;
    secsock_validate_hook *hook;
    void *hook_arg;
    secsock_keylog_hook *keylog;
    void *keylog_arg;
    secsock_trace_hook *trace;
    void *trace_arg;

    int listener;               /* the descriptor of a listener, else -1 */
    struct addrinfo *addresses; /* of the host that is being connected to */
    struct addrinfo *attempt;   /* which of them is being tried */
    int connecting;             /* the descriptor of that attempt, else -1 */
    int64_t attempted;          /* when it began, by clock_now() */

    enum judgement judgement;
    secsock_verdict *verdict;
    int answer;       /* a secsock_answer, or the secsock_problem that rejects */
    char reason[256]; /* the hook's own words */
};

/* Begins a public call: forgets the error of the last one, unless that has ended the connection. */
static inline void sock_enter(secsock *s)
{
    __builtin_prefetch(&s->engine);
    __builtin_prefetch(&s->error);
    s->want = 0;
    if (s->error.code != SECSOCK_OK && s->state != SECSOCK_STATE_FAILED)
        error_clear(&s->error);
}

/* Ends one: notes what it waits for. Returns `result`. */
static inline int sock_leave(secsock *s, int result)
{
    s->want = result < 0 && !result_failed(result) ? result : 0;
    return result;
}

/* The state is another from now on. */
void sock_become(secsock *s, secsock_state state);

/* Tells the trace hook, if there is one. */
void sock_trace(secsock *s, secsock_trace_event event);

/* An error that ends the connection; `code` is that of s->error. Returns it. */
int sock_fail(secsock *s, int code);

/* The error of a call that is not legal in this state; changes nothing else. */
int sock_wrong_state(secsock *s, const char *call);

/* One attempt at an operation; SECSOCK_WANT_* when it cannot go on. */
typedef int sock_operation(secsock *s, void *args);

/* The time for one kind of operation. */
static inline int sock_timeout(const secsock *s, secsock_timeout kind)
{
    return s->timeouts[__builtin_ctz((unsigned)kind)];
}

static inline bool sock_waits(int result)
{
    return result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE;
}

/* An operation has answered `result`: while it waits for something it is repeated, until the
 * `deadline` has passed, `timeout` after it began. */
int sock_wait(secsock *s, sock_operation *operation, void *args, int result, int timeout,
              int64_t deadline);

/* Repeats an operation until it is done or the time for `kind` of operation is over. */
static inline int sock_run(secsock *s, secsock_timeout kind, sock_operation *operation, void *args)
{
    int timeout = sock_timeout(s, kind);
    int64_t deadline = timeout > 0 ? clock_deadline(timeout) : -1;
    return sock_wait(s, operation, args, operation(s, args), timeout, deadline);
}

/* The same of one whose first attempt, which took no time to speak of, has had this result: nobody
 * asks for the time unless there is something to wait for. */
static inline int sock_run_on(secsock *s, secsock_timeout kind, sock_operation *operation,
                              void *args, int result)
{
    int timeout = sock_timeout(s, kind);
    int64_t deadline = timeout > 0 && sock_waits(result) ? clock_deadline(timeout) : -1;
    return sock_wait(s, operation, args, result, timeout, deadline);
}

/* A sock_operation: sends what secsock_cork() has gathered. */
int sock_flush(secsock *s, void *unused);

/* Forgets the first bytes of that, which may be a password. */
void sock_let_go(secsock *s, size_t len);

/* Gives up a connect that is under way, or the listening. */
void sock_abandon(secsock *s);

/* The role is known: takes the configuration into use. */
int sock_take_role(secsock *s, secsock_role role);

#endif

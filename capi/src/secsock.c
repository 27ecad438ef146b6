/* The socket itself: its life, its settings, its states, and how a call waits. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "handshake.h"
#include "peername.h"
#include "sock.h"

/* ------------------------------------------------------------------------------ life cycle */

secsock *secsock_new(secsock_config *config)
{
    secsock *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->config = config ? secsock_config_ref(config) : secsock_config_new();
    if (!s->config) {
        free(s);
        return NULL;
    }
    for (size_t i = 0; i < sizeof s->timeouts / sizeof *s->timeouts; i++)
        s->timeouts[i] = -1;
    s->listener = s->connecting = -1;
    s->error.alert = -1;
    transport_init(&s->transport);
    return s;
}

void secsock_free(secsock *s)
{
    if (!s)
        return;
    secsock_close(s);
    handshake_forget(s);
    transport_free(&s->transport);
    secsock_config_free(s->config);
    free(s->peername);
    free(s);
}

/* ---------------------------------------------------------------------------- calls, errors */

void sock_enter(secsock *s)
{
    s->want = 0;
    if (s->state != SECSOCK_STATE_FAILED)
        error_clear(&s->error);
}

int sock_leave(secsock *s, int result)
{
    s->want = result < 0 && result > SECSOCK_E_ARGUMENT ? result : 0;
    return result;
}

int sock_fail(secsock *s, int code)
{
    s->state = SECSOCK_STATE_FAILED;
    buffer_clear(&s->transport.input);
    return code;
}

/* What is broken stays broken, for the reason that broke it. */
int sock_wrong_state(secsock *s, const char *call)
{
    if (s->state == SECSOCK_STATE_FAILED)
        return s->error.code;
    if (s->state == SECSOCK_STATE_CLOSED)
        return error_set(&s->error, SECSOCK_E_CLOSED, "%s: the socket is closed", call);
    return error_set(&s->error, SECSOCK_E_STATE, "%s is not legal in the state %s", call,
                     secsock_state_name((int)s->state));
}

const secsock_error *secsock_last_error(const secsock *s)
{
    return &s->error;
}

int secsock_want(const secsock *s)
{
    return s->want;
}

/* --------------------------------------------------------------------------------- waiting */

int sock_timeout(const secsock *s, secsock_timeout kind)
{
    for (unsigned bit = 0; bit < sizeof s->timeouts / sizeof *s->timeouts; bit++)
        if (kind == 1u << bit)
            return s->timeouts[bit];
    return -1;
}

static int timed_out(secsock *s, int timeout)
{
    return error_set(&s->error, SECSOCK_E_TIMEOUT, "not done within %d ms", timeout);
}

int sock_run(secsock *s, secsock_timeout kind, sock_operation *operation, void *args)
{
    int timeout = sock_timeout(s, kind);
    int64_t deadline = clock_deadline(timeout);
    for (;;) {
        int result = operation(s, args);
        bool waits = result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE;
        if (!waits || timeout == 0 || !transport_can_wait(&s->transport))
            return result;
        result = transport_wait(&s->transport, result, deadline);
        if (result == SECSOCK_E_TIMEOUT)
            return timed_out(s, timeout);
        if (result != SECSOCK_OK)
            return sock_fail(s, error_errno(&s->error, result, s->transport.sys_errno, "waiting"));
    }
}

int secsock_set_timeout(secsock *s, int operations, int milliseconds)
{
    if (!s || operations <= 0 || operations > SECSOCK_TIMEOUT_ALL)
        return SECSOCK_E_ARGUMENT;
    for (unsigned bit = 0; bit < sizeof s->timeouts / sizeof *s->timeouts; bit++)
        if ((unsigned)operations & 1u << bit)
            s->timeouts[bit] = milliseconds < 0 ? -1 : milliseconds;
    return SECSOCK_OK;
}

/* -------------------------------------------------------------------------------- settings */

static bool is_in(const secsock *s, unsigned states)
{
    return states >> s->state & 1u;
}

enum {
    IN_NEW = 1 << SECSOCK_STATE_NEW,
    IN_LISTENING = 1 << SECSOCK_STATE_LISTENING,
    IN_PLAIN = 1 << SECSOCK_STATE_PLAIN
};

int secsock_set_peername(secsock *s, const char *name)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_in(s, IN_NEW | IN_PLAIN))
        return sock_wrong_state(s, "secsock_set_peername");
    if (name && peername_classify(name, NULL, NULL) == PEERNAME_INVALID)
        return error_set(&s->error, SECSOCK_E_ARGUMENT,
                         "\"%s\" is neither a DNS name (in A-labels) nor an IP address", name);
    char *copy = name ? strdup(name) : NULL;
    if (name && !copy)
        return error_memory(&s->error);
    free(s->peername);
    s->peername = copy;
    return SECSOCK_OK;
}

const char *secsock_peername(const secsock *s)
{
    return s->peername;
}

int secsock_set_validate_hook(secsock *s, secsock_validate_hook *hook, void *arg)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_in(s, IN_NEW | IN_PLAIN | IN_LISTENING))
        return sock_wrong_state(s, "secsock_set_validate_hook");
    s->hook = hook;
    s->hook_arg = arg;
    return SECSOCK_OK;
}

int secsock_defer(secsock *s, int on)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_in(s, IN_NEW | IN_LISTENING))
        return sock_wrong_state(s, "secsock_defer");
    s->deferred = on != 0;
    return SECSOCK_OK;
}

int secsock_allow_downgrade(secsock *s, int on)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_in(s, IN_NEW | IN_LISTENING | IN_PLAIN))
        return sock_wrong_state(s, "secsock_allow_downgrade");
    s->may_downgrade = on != 0;
    return SECSOCK_OK;
}

int sock_take_role(secsock *s, secsock_role role)
{
    int result = config_use(s->config, role, &s->context, &s->error);
    if (result == SECSOCK_OK)
        s->role = role;
    return result;
}

/* --------------------------------------------------------------------------------- upgrade */

int secsock_upgrade(secsock *s, const char *name)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    int result = SECSOCK_OK;
    if (s->state == SECSOCK_STATE_PLAIN && s->write_closed)
        return error_set(&s->error, SECSOCK_E_STATE, "upgrading after secsock_shutdown()");
    if (s->state == SECSOCK_STATE_PLAIN) {
        if (name)
            result = secsock_set_peername(s, name);
        if (result == SECSOCK_OK)
            result = handshake_check_name(s);
        if (result == SECSOCK_OK)
            result = handshake_begin(s);
    } else if (s->state != SECSOCK_STATE_UPGRADING) {
        return sock_wrong_state(s, "secsock_upgrade");
    }
    if (result == SECSOCK_OK)
        result = sock_run(s, SECSOCK_TIMEOUT_HANDSHAKE, handshake_step, NULL);
    return sock_leave(s, result);
}

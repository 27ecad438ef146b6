/* How a call on a socket begins, waits, fails and ends. */
#include "sock.h"

#include <unistd.h>

#include "error.h"

void sock_enter(secsock *s)
{
    s->want = 0;
    if (s->state != SECSOCK_STATE_FAILED)
        error_clear(&s->error);
}

int sock_leave(secsock *s, int result)
{
    s->want = result < 0 && !result_failed(result) ? result : 0;
    return result;
}

void sock_trace(secsock *s, secsock_trace_event event)
{
    if (s->trace)
        s->trace(s, (int)event, NULL, 0, s->trace_arg);
}

void sock_become(secsock *s, secsock_state state)
{
    bool other = s->state != state;
    s->state = state;
    if (other)
        sock_trace(s, SECSOCK_TRACE_STATE);
}

int sock_fail(secsock *s, int code)
{
    recording_release(s->transport.recording);
    buffer_clear(&s->transport.input);
    sock_become(s, SECSOCK_STATE_FAILED);
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

void sock_abandon(secsock *s)
{
    if (s->addresses)
        freeaddrinfo(s->addresses);
    s->addresses = s->attempt = NULL;
    if (s->connecting >= 0)
        close(s->connecting);
    if (s->listener >= 0)
        close(s->listener);
    s->connecting = s->listener = -1;
}

int sock_take_role(secsock *s, secsock_role role)
{
    int result = config_use(s->config, role, &s->context, &s->error);
    if (result == SECSOCK_OK)
        s->role = role;
    return result;
}

/* --------------------------------------------------------------------------------- waiting */

int sock_timeout(const secsock *s, secsock_timeout kind)
{
    for (unsigned bit = 0; bit < sizeof(s->timeouts) / sizeof(*s->timeouts); bit++)
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
    int64_t deadline = timeout == 0 ? 0 : clock_deadline(timeout); /* 0: nothing waits for it */
    for (;;) {
        int result = operation(s, args);
        bool waits = result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE;
        if (!waits || timeout == 0 || !transport_can_wait(&s->transport))
            return result;
        /* A transport that is always ready must not keep the call beyond its deadline. */
        bool late = deadline >= 0 && clock_now() >= deadline;
        result = late ? SECSOCK_E_TIMEOUT : transport_wait(&s->transport, result, deadline);
        if (result == SECSOCK_E_TIMEOUT)
            return timed_out(s, timeout);
        if (result != SECSOCK_OK)
            return sock_fail(s, error_errno(&s->error, result, s->transport.sys_errno, "waiting"));
    }
}

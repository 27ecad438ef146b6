/* How a call on a socket begins, waits, fails and ends. */
#include "sock.h"

#include <unistd.h>

#include "secret.h"

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
    sock_let_go(s, s->gathered.len);
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

void sock_let_go(secsock *s, size_t len)
{
    if (len == 0)
        return;
    secret_erase(s->gathered.data + s->gathered.start, len);
    buffer_consume(&s->gathered, len);
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

static int timed_out(secsock *s, int timeout)
{
    return error_set(&s->error, SECSOCK_E_TIMEOUT, "not done within %d ms", timeout);
}

/* Until what is wanted may succeed, but not longer than until the deadline: a transport that is
 * always ready must not keep the call beyond it. */
static int wait_for(secsock *s, int want, int timeout, int64_t deadline)
{
    bool late = deadline >= 0 && clock_now() >= deadline;
    int result = late ? SECSOCK_E_TIMEOUT : transport_wait(&s->transport, want, deadline);
    if (result == SECSOCK_E_TIMEOUT)
        return timed_out(s, timeout);
    if (result != SECSOCK_OK)
        return sock_fail(s, error_errno(&s->error, result, s->transport.sys_errno, "waiting"));
    return SECSOCK_OK;
}

int sock_wait(secsock *s, sock_operation *operation, void *args, int result, int timeout,
              int64_t deadline)
{
    while (sock_waits(result) && timeout != 0 && transport_can_wait(&s->transport)) {
        int waited = wait_for(s, result, timeout, deadline);
        if (waited != SECSOCK_OK)
            return waited;
        result = operation(s, args);
    }
    return result;
}

#include "watch.h"

#include "error.h"
#include "recording.h"

static bool may_begin(const secsock *s)
{
    return s->state == SECSOCK_STATE_NEW || s->state == SECSOCK_STATE_LISTENING ||
           s->state == SECSOCK_STATE_PLAIN;
}

int secsock_set_keylog_hook(secsock *s, secsock_keylog_hook *hook, void *arg)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (hook && !may_begin(s))
        return sock_wrong_state(s, "secsock_set_keylog_hook");
    s->keylog = hook;
    s->keylog_arg = arg;
    return SECSOCK_OK;
}

static void on_transport(secsock_trace_event event, const void *data, size_t len, void *arg)
{
    secsock *s = arg;
    s->trace(s, (int)event, data, len, s->trace_arg);
}

static void set_trace(secsock *s, secsock_trace_hook *hook, void *arg)
{
    s->trace = hook;
    s->trace_arg = arg;
    s->transport.trace = hook ? on_transport : NULL;
    s->transport.trace_arg = s;
}

int secsock_set_trace_hook(secsock *s, secsock_trace_hook *hook, void *arg)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (hook && !may_begin(s))
        return sock_wrong_state(s, "secsock_set_trace_hook");
    set_trace(s, hook, arg);
    return SECSOCK_OK;
}

int secsock_set_capture(secsock *s, secsock_capture *capture, int port)
{
    if (!s || port < 0 || port > 65535)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (capture && !may_begin(s))
        return sock_wrong_state(s, "secsock_set_capture");
    struct recording *recording = capture ? recording_new(capture, port) : NULL;
    if (capture && !recording)
        return error_memory(&s->error);
    recording_free(s->transport.recording);
    s->transport.recording = recording;
    if (s->state == SECSOCK_STATE_PLAIN)
        watch_begin(s);
    return SECSOCK_OK;
}

void watch_begin(secsock *s)
{
    recording_begin(s->transport.recording, s->transport.fd, s->role);
}

void watch_unread(secsock *s, const void *data, size_t len)
{
    recording_received(s->transport.recording, data, len);
    if (s->trace && len > 0)
        on_transport(SECSOCK_TRACE_RECEIVED, data, len, s);
}

static void tell(const char *line, void *arg)
{
    secsock *s = arg;
    if (recording_keeps_secrets(s->transport.recording))
        recording_secret(s->transport.recording, line);
    if (s->keylog)
        s->keylog(s, line, s->keylog_arg);
}

void watch_keys(secsock *s)
{
    recording_hold(s->transport.recording);
    if (s->keylog || recording_keeps_secrets(s->transport.recording))
        engine_set_keylog(&s->engine, tell, s);
}

int watch_inherit(secsock *s, const secsock *listener)
{
    s->keylog = listener->keylog;
    s->keylog_arg = listener->keylog_arg;
    set_trace(s, listener->trace, listener->trace_arg);
    if (!listener->transport.recording)
        return SECSOCK_OK;
    s->transport.recording = recording_inherit(listener->transport.recording);
    return s->transport.recording ? SECSOCK_OK : SECSOCK_E_MEMORY;
}

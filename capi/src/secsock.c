/* The socket itself: its life, its settings, its upgrade. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "handshake.h"
#include "peername.h"
#include "sock.h"

/* ------------------------------------------------------------------------------ life cycle */

secsock *secsock_new(secsock_config *config)
{
    secsock *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->config = config ? secsock_config_ref(config) : secsock_config_new();
    if (!s->config) {
        free(s);
        return NULL;
    }
    for (size_t i = 0; i < sizeof(s->timeouts) / sizeof(*s->timeouts); i++)
        s->timeouts[i] = -1;
    s->listener = s->connecting = -1;
    s->error.alert = -1;
    transport_init(&s->transport);
    return s;
}

int secsock_close(secsock *s)
{
    if (!s || s->state == SECSOCK_STATE_CLOSED)
        return SECSOCK_OK;
    sock_enter(s);
    bool whole = sock_flush(s, NULL) == SECSOCK_OK;
    sock_let_go(s, s->gathered.len);
    if (whole && s->state == SECSOCK_STATE_SECURE)
        engine_close_notify(&s->engine, NULL);
    sock_abandon(s);
    transport_close(&s->transport);
    sock_become(s, SECSOCK_STATE_CLOSED);
    return SECSOCK_OK;
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

int secsock_set_timeout(secsock *s, int operations, int milliseconds)
{
    if (!s || operations <= 0 || operations > SECSOCK_TIMEOUT_ALL)
        return SECSOCK_E_ARGUMENT;
    for (unsigned bit = 0; bit < sizeof(s->timeouts) / sizeof(*s->timeouts); bit++)
        if ((unsigned)operations & 1u << bit)
            s->timeouts[bit] = milliseconds < 0 ? -1 : milliseconds;
    return SECSOCK_OK;
}

int secsock_set_peername(secsock *s, const char *name)
{
    if (!s)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    if (!is_in(s, IN_NEW | IN_PLAIN))
        return sock_wrong_state(s, "secsock_set_peername");
    if (name && peername_classify(name, NULL, NULL) == PEERNAME_INVALID)
        return error_set(&s->error, SECSOCK_E_ARGUMENT,
                         "\"%s\" is no DNS name (in A-labels), no IP address and no mailbox", name);
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

/* --------------------------------------------------------------------------------- upgrade */

/* A sock_operation: what was gathered in the clear, then the handshake. */
static int upgrade_step(secsock *s, void *unused)
{
    int result = SECSOCK_OK;
    if (s->state == SECSOCK_STATE_PLAIN) {
        result = sock_flush(s, unused);
        if (result == SECSOCK_OK)
            result = handshake_begin(s);
    }
    return result == SECSOCK_OK ? handshake_step(s, unused) : result;
}

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
    } else if (s->state != SECSOCK_STATE_UPGRADING) {
        return sock_wrong_state(s, "secsock_upgrade");
    } else if (name && (!s->peername || strcmp(name, s->peername) != 0)) {
        return error_set(&s->error, SECSOCK_E_ARGUMENT,
                         "an upgrade for another peer name is under way");
    }
    if (result == SECSOCK_OK)
        result = sock_run(s, SECSOCK_TIMEOUT_HANDSHAKE, upgrade_step, NULL);
    if (result == SECSOCK_E_MEMORY && s->state == SECSOCK_STATE_PLAIN)
        sock_fail(s, result);
    return sock_leave(s, result);
}

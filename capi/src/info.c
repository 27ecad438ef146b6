/* What a socket can be asked. */
#include <errno.h>

#include "error.h"
#include "handshake.h"

int secsock_get_state(const secsock *s)
{
    return (int)s->state;
}

int secsock_get_role(const secsock *s)
{
    return (int)s->role;
}

const secsock_error *secsock_last_error(const secsock *s)
{
    return &s->error;
}

int secsock_want(const secsock *s)
{
    return s->want;
}

secsock_config *secsock_get_config(const secsock *s)
{
    return s->config;
}

int secsock_fd(const secsock *s)
{
    if (s->listener >= 0)
        return s->listener;
    return s->connecting >= 0 ? s->connecting : s->transport.fd;
}

uint64_t secsock_bytes(const secsock *s, int counter)
{
    const uint64_t counters[] = {
        [SECSOCK_BYTES_RECEIVED] = s->received,
        [SECSOCK_BYTES_SENT] = s->sent,
        [SECSOCK_WIRE_RECEIVED] = s->transport.received,
        [SECSOCK_WIRE_SENT] = s->transport.sent,
    };
    bool known = counter >= 0 && (size_t)counter < sizeof(counters) / sizeof(*counters);
    return known ? counters[counter] : 0;
}

/* ------------------------------------------------------------------------------- addresses */

typedef int name_fn(int fd, struct sockaddr *address, socklen_t *len);

static int address_of(secsock *s, name_fn *get, char *buffer, size_t size)
{
    if (!s || !buffer || size == 0)
        return SECSOCK_E_ARGUMENT;
    sock_enter(s);
    struct sockaddr_storage address = { 0 };
    socklen_t len = sizeof(address);
    int fd = secsock_fd(s);
    if (fd < 0)
        return sock_wrong_state(s, "asking for an address");
    if (get(fd, (struct sockaddr *)&address, &len) < 0)
        return error_errno(&s->error, SECSOCK_E_SYSTEM, errno, "asking for an address");
    int port = net_address_text(&address, len, buffer, size);
    if (port < 0)
        return error_set(&s->error, port, "the address does not fit into %zu bytes", size);
    return port;
}

int secsock_local_address(secsock *s, char *buffer, size_t size)
{
    return address_of(s, getsockname, buffer, size);
}

int secsock_remote_address(secsock *s, char *buffer, size_t size)
{
    return address_of(s, getpeername, buffer, size);
}

/* ------------------------------------------------------------------------------------- TLS */

static bool is_secure(const secsock *s)
{
    return s->state == SECSOCK_STATE_SECURE;
}

int secsock_tls_version(const secsock *s)
{
    return is_secure(s) ? engine_version(&s->engine) : 0;
}

const char *secsock_tls_version_name(const secsock *s)
{
    if (!is_secure(s))
        return NULL;
    return engine_version(&s->engine) == SECSOCK_TLS_1_3 ? "TLSv1.3" : "TLSv1.2";
}

const char *secsock_tls_cipher(const secsock *s)
{
    return is_secure(s) ? engine_cipher(&s->engine) : NULL;
}

const char *secsock_tls_group(const secsock *s)
{
    return is_secure(s) ? engine_group(&s->engine) : NULL;
}

const char *secsock_tls_signature(const secsock *s)
{
    return is_secure(s) ? engine_signature(&s->engine) : NULL;
}

const char *secsock_tls_alpn(const secsock *s)
{
    return is_secure(s) ? engine_alpn(&s->engine) : NULL;
}

const char *secsock_tls_sni(const secsock *s)
{
    return is_secure(s) ? engine_sni(&s->engine) : NULL;
}

int secsock_tls_resumed(const secsock *s)
{
    return is_secure(s) && engine_resumed(&s->engine);
}

const secsock_verdict *secsock_get_verdict(const secsock *s)
{
    return s->verdict;
}

const secsock_cert *secsock_own_cert(const secsock *s)
{
    return is_secure(s) && engine_presented(&s->engine) ? s->config->identity : NULL;
}

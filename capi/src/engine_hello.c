/* What a server makes of a ClientHello before it answers. */
#include "engine_internal.h"

/* A client says by the number of a cipher suite that it has come down to this version, because an
 * attempt at a better one had failed. If that is ours as well somebody has made it fail (RFC 7507,
 * section 3). */
static bool is_fallback(const struct engine *engine)
{
    enum { HIGH = 0x56, LOW = 0x00 };
    const unsigned char *suites = NULL;
    unsigned short len = 0;
    if (wolfSSL_version(engine->ssl) >= wolfSSL_CTX_get_max_proto_version(engine->context->ctx))
        return false;
    wolfSSL_get_client_suites_sigalgs(engine->ssl, &suites, &len, NULL, NULL);
    for (size_t i = 0; i + 1 < len; i += 2) {
        if (suites[i] == HIGH && suites[i + 1] == LOW)
            return true;
    }
    return false;
}

/* That there is such a callback also makes a server take note of the name it is called by. */
int engine_on_hello(WOLFSSL *ssl, int *alert, void *unused)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    (void)unused;
    *alert = ALERT_INTERNAL_ERROR;
    int result = engine_choose_protocol(engine);
    if (result == SECSOCK_OK && is_fallback(engine)) {
        *alert = ALERT_INAPPROPRIATE_FALLBACK;
        result = SECSOCK_E_VERSION;
    }
    if (result == SECSOCK_OK)
        return 0;
    engine->failure = result;
    return fatal_return;
}

/* The keys that protect a connection's records: who works with them, and how often they change. */
#include "accelerator_chacha.h"
#include "engine_internal.h"

/* A new key is for whoever has protected much with the old one (RFC 8446, section 5.5), or answers a
 * peer that has. Where nothing is sent in between, the peer only keeps this end busy. */
static bool updates_in_vain(struct engine *engine, int side)
{
    enum { RECEIVING = 2 /* wolfSSL's DECRYPT_SIDE_ONLY */, ENOUGH = 32 };
    return side == RECEIVING && engine->shaken && ++engine->updates > ENOUGH;
}

/*
 * The linker puts this in the place of wolfSSL's function (--wrap), which makes the objects that
 * work with the keys just derived. They alone are given to the device: with one of its own, a
 * connection would ask it for every hash and every signature, too, and wolfSSL would let private
 * keys pass that it cannot read.
 */
int __real_SetKeysSide(WOLFSSL *ssl, int side);
int __wrap_SetKeysSide(WOLFSSL *ssl, int side);
int __wrap_SetKeysSide(WOLFSSL *ssl, int side)
{
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    if (updates_in_vain(engine, side)) {
        engine->failure = SECSOCK_E_LIMIT;
        return OUT_OF_ORDER_E; /* has wolfSSL send the alert unexpected_message */
    }
    wolfSSL_SetDevId(ssl, engine->context->device);
    accelerator_chacha_take_keys(engine->context->accelerates);
    int result = __real_SetKeysSide(ssl, side);
    accelerator_chacha_take_keys(false);
    wolfSSL_SetDevId(ssl, INVALID_DEVID);
    return result;
}

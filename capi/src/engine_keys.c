/* The keys that protect a connection's records: who works with them. */
#include "engine_internal.h"

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
    const struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    wolfSSL_SetDevId(ssl, engine->context->device);
    int result = __real_SetKeysSide(ssl, side);
    wolfSSL_SetDevId(ssl, INVALID_DEVID);
    return result;
}

/*
 * OCSP responses that are stapled to handshakes: a client asks every server for one, and a server
 * sends the one that it was given. What a response is worth, validate() alone says. wolfSSL neither
 * reads nor judges any, and has nothing to fetch one with.
 */
#include <string.h>

#include "engine_internal.h"
#include "error.h"

/*
 * The linker puts this in the place of wolfSSL's reader (--wrap), which would end a handshake over
 * a response that it does not understand, be it no more than a responder's "try later". wolfSSL
 * reads a response twice: without verifying it, which must succeed, and then in earnest; of a
 * failure of that on_staple() is told, which forgives.
 */
int __wrap_OcspResponseDecode(OcspResponse *response, void *manager, void *heap, int unverified,
                              int unsigned_too);
int __wrap_OcspResponseDecode(OcspResponse *response, void *manager, void *heap, int unverified,
                              int unsigned_too)
{
    (void)response;
    (void)manager;
    (void)heap;
    (void)unsigned_too;
    return unverified ? 0 : ASN_PARSE_E;
}

/* wolfSSL's own, as SendAlert() is: makes room in the buffer that it sends from. */
extern int CheckAvailableSize(WOLFSSL *ssl, int size);

/* The response has been taken already: see engine_certificates.c. */
static int on_staple(WOLFSSL *ssl, int failure, unsigned char *response, unsigned int len,
                     unsigned int index, void *unused)
{
    const struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    (void)failure;
    (void)response;
    (void)len;
    (void)index;
    (void)unused;
    return engine->failure == 0 ? 0 : BAD_CERTIFICATE_STATUS_ERROR;
}

/* The connection becomes the owner of the copy. Under TLS 1.3 wolfSSL makes another one, and loses
 * it if there is no room for the record that it goes into: that is seen to first. */
static int on_wanted(WOLFSSL *ssl, void *unused)
{
    enum { LARGEST_RECORD = 16384 + 512 };
    struct engine *engine = wolfSSL_GetIOReadCtx(ssl);
    struct slice staple = engine->context->staple;
    bool room = CheckAvailableSize(ssl, LARGEST_RECORD) == 0;
    unsigned char *copy = room ? XMALLOC(staple.len, NULL, DYNAMIC_TYPE_OCSP) : NULL;
    (void)unused;
    if (!copy) {
        engine->failure = SECSOCK_E_MEMORY;
        return WOLFSSL_OCSP_STATUS_CB_ALERT_FATAL;
    }
    memcpy(copy, staple.data, staple.len);
    wolfSSL_set_tlsext_status_ocsp_resp(ssl, copy, (int)staple.len);
    return WOLFSSL_OCSP_STATUS_CB_OK;
}

/* A server that has nothing to staple passes the request over (RFC 6066, section 8). */
int engine_set_stapling(struct engine_context *context, secsock_error *error)
{
    WOLFSSL_CTX *ctx = context->ctx;
    int set = WOLFSSL_SUCCESS;
    if (context->role == SECSOCK_CLIENT) {
        wolfSSL_CTX_set_ocsp_status_verify_cb(ctx, on_staple, NULL);
        set = wolfSSL_CTX_EnableOCSPStapling(ctx);
        if (set == WOLFSSL_SUCCESS)
            set = wolfSSL_CTX_UseOCSPStapling(ctx, WOLFSSL_CSR_OCSP, 0);
    } else if (context->staple.len > 0) {
        set = wolfSSL_CTX_set_tlsext_status_cb(ctx, on_wanted);
    }
    wolfSSL_CTX_SetOCSP_Cb(ctx, NULL, NULL, NULL); /* it is HTTP, once stapling is enabled */
    return set == WOLFSSL_SUCCESS ? SECSOCK_OK : error_memory(error);
}

/*
 * A context asks for all of its connections. For a response wolfSSL needs the question once more, in
 * the connection's own list of extensions, with room for an answer about each of the 37 certificates
 * that there may be: two fifths of what an idle client would take. So it is put in there when a
 * response has come, and taken out again after the handshake. There is no call for that; where the
 * list is, is seen when something is put in (--wrap).
 */
struct TLSX;
extern void TLSX_Remove(struct TLSX **list, int type, void *heap);
int __real_TLSX_UseCertificateStatusRequest(struct TLSX **list, unsigned char type,
                                            unsigned char options, WOLFSSL *ssl, void *heap,
                                            int device);
int __wrap_TLSX_UseCertificateStatusRequest(struct TLSX **list, unsigned char type,
                                            unsigned char options, WOLFSSL *ssl, void *heap,
                                            int device);
int __wrap_TLSX_UseCertificateStatusRequest(struct TLSX **list, unsigned char type,
                                            unsigned char options, WOLFSSL *ssl, void *heap,
                                            int device)
{
    struct engine *engine = ssl ? wolfSSL_GetIOReadCtx(ssl) : NULL;
    if (engine)
        engine->extensions = list;
    return __real_TLSX_UseCertificateStatusRequest(list, type, options, ssl, heap, device);
}

int engine_expect_staple(struct engine *engine)
{
    bool asked_for = engine->context->role == SECSOCK_CLIENT;
    if (!asked_for || !engine->sent || engine->sent->staple.len == 0)
        return SECSOCK_OK;
    long added = wolfSSL_set_tlsext_status_type(engine->ssl, WOLFSSL_TLSEXT_STATUSTYPE_ocsp);
    return added == WOLFSSL_SUCCESS ? SECSOCK_OK : SECSOCK_E_MEMORY;
}

/* Before TLS 1.3 wolfSSL has put it in by itself: it is replaced, to see where. */
void engine_forget_question(struct engine *engine)
{
    enum { STATUS_REQUEST = 5 }; /* RFC 6066, section 8 */
    if (!engine->extensions)
        engine_expect_staple(engine);
    if (engine->extensions)
        TLSX_Remove(engine->extensions, STATUS_REQUEST, NULL);
}

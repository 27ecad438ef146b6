/* The wolfSSL that secsock stands on, by itself, set up for speed and as safely as it can be. */
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#include <stdlib.h>
#include <string.h>

#include "material.h"
#include "need.h"
#include "subject.h"

/* wolfSSL's servers fail the 256th resumption in a row under TLS 1.3: now and then a full handshake
 * begins another one. */
enum { LONGEST_ROW = 200 };

struct context {
    WOLFSSL_CTX *ctx;
    struct settings settings;
    WOLFSSL_SESSION *last;
    unsigned row;
};

struct connection {
    WOLFSSL *ssl;
    struct context *context;
};

static const char *const suites[] = {
    [AES_128_GCM] = ("TLS13-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:"
                     "ECDHE-RSA-AES128-GCM-SHA256"),
    [AES_256_GCM] = "TLS13-AES256-GCM-SHA384",
    [CHACHA20_POLY1305] = "TLS13-CHACHA20-POLY1305-SHA256",
};

static const char *version(void)
{
    return LIBWOLFSSL_VERSION_STRING;
}

static int on_receive(WOLFSSL *ssl, char *data, int size, void *wire)
{
    size_t len = wire_read(wire, data, (size_t)size);
    (void)ssl;
    return len > 0 ? (int)len : WOLFSSL_CBIO_ERR_WANT_READ;
}

static int on_send(WOLFSSL *ssl, char *data, int size, void *wire)
{
    (void)ssl;
    return (int)wire_write(wire, data, (size_t)size);
}

static bool set_trust(WOLFSSL_CTX *ctx, const struct settings *settings)
{
    static const char bundle[] = "/etc/ssl/certs/ca-certificates.crt";
    int mode = settings->asks     ? WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT
               : settings->server ? WOLFSSL_VERIFY_NONE
                                  : WOLFSSL_VERIFY_PEER;
    wolfSSL_CTX_set_verify(ctx, mode, NULL);
    const char *file = settings->system ? bundle : settings->trust;
    return wolfSSL_CTX_load_verify_locations(ctx, file, NULL) == WOLFSSL_SUCCESS;
}

static bool set_identity(WOLFSSL_CTX *ctx, const struct settings *settings)
{
    return !settings->chain_pem ||
           (wolfSSL_CTX_use_certificate_chain_file(ctx, settings->chain_pem) == WOLFSSL_SUCCESS &&
            wolfSSL_CTX_use_PrivateKey_file(ctx, settings->key_pem, WOLFSSL_FILETYPE_PEM) ==
                WOLFSSL_SUCCESS);
}

static void *new_context(const struct settings *settings)
{
    struct context *context = calloc(1, sizeof(*context));
    int lowest = settings->version == 12 ? WOLFSSL_TLSV1_2 : WOLFSSL_TLSV1_3;
    int highest = settings->version == 12 ? TLS1_2_VERSION : TLS1_3_VERSION;
    char group[32];
    WOLFSSL_CTX *ctx =
        wolfSSL_CTX_new(settings->server ? wolfTLS_server_method() : wolfTLS_client_method());
    need(context && ctx, "no context");
    need(wolfSSL_CTX_SetMinVersion(ctx, lowest) == WOLFSSL_SUCCESS &&
             wolfSSL_CTX_set_max_proto_version(ctx, highest) == WOLFSSL_SUCCESS &&
             wolfSSL_CTX_set_cipher_list(ctx, suites[settings->suite]) == WOLFSSL_SUCCESS &&
             wolfSSL_CTX_set1_groups_list(ctx, strcpy(group, settings->group)) == WOLFSSL_SUCCESS &&
             set_trust(ctx, settings) && set_identity(ctx, settings),
         "setting up wolfSSL");
    wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_NO_INTERNAL);
    if (settings->resumes)
        need(wolfSSL_CTX_UseSessionTicket(ctx) == WOLFSSL_SUCCESS, "no tickets");
    *context = (struct context){ .ctx = ctx, .settings = *settings };
    return context;
}

static void free_context(void *arg)
{
    struct context *context = arg;
    wolfSSL_SESSION_free(context->last);
    wolfSSL_CTX_free(context->ctx);
    free(context);
}

static void offer_session(struct context *context, WOLFSSL *ssl)
{
    bool ends = context->settings.version == 13 && context->row++ % LONGEST_ROW == 0;
    if (context->last && !ends)
        wolfSSL_set_session(ssl, context->last);
}

static int key_share(const char *group)
{
    if (strcmp(group, "X25519") == 0)
        return WOLFSSL_ECC_X25519;
    return strcmp(group, "P-256") == 0 ? WOLFSSL_ECC_SECP256R1 : WOLFSSL_X25519MLKEM768;
}

static void set_up_client(struct context *context, WOLFSSL *ssl)
{
    const struct settings *settings = &context->settings;
    need(wolfSSL_check_domain_name(ssl, settings->name) == WOLFSSL_SUCCESS &&
             wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, settings->name,
                            (unsigned short)strlen(settings->name)) == WOLFSSL_SUCCESS,
         "no name");
    if (settings->version == 13)
        need(wolfSSL_UseKeyShare(ssl, (word16)key_share(settings->group)) == WOLFSSL_SUCCESS,
             "no key share");
    if (settings->resumes)
        offer_session(context, ssl);
}

static void *open_connection(void *arg, struct wire *wire)
{
    struct context *context = arg;
    struct connection *connection = calloc(1, sizeof(*connection));
    WOLFSSL *ssl = wolfSSL_new(context->ctx);
    need(connection && ssl, "no connection");
    *connection = (struct connection){ ssl, context };
    if (wire->fd >= 0) {
        need(wolfSSL_set_fd(ssl, wire->fd) == WOLFSSL_SUCCESS, "no descriptor");
    } else {
        wolfSSL_SSLSetIORecv(ssl, on_receive);
        wolfSSL_SSLSetIOSend(ssl, on_send);
        wolfSSL_SetIOReadCtx(ssl, wire);
        wolfSSL_SetIOWriteCtx(ssl, wire);
    }
    if (!context->settings.server)
        set_up_client(context, ssl);
    return connection;
}

static enum shaken shake(void *arg)
{
    const struct connection *connection = arg;
    int done = connection->context->settings.server ? wolfSSL_accept(connection->ssl)
                                                    : wolfSSL_connect(connection->ssl);
    if (done == WOLFSSL_SUCCESS)
        return SHAKE_DONE;
    int error = wolfSSL_get_error(connection->ssl, done);
    return error == WOLFSSL_ERROR_WANT_READ || error == WOLFSSL_ERROR_WANT_WRITE ? SHAKE_WAITS
                                                                                 : SHAKE_FAILED;
}

static bool resumed(void *connection)
{
    return wolfSSL_session_reused(((struct connection *)connection)->ssl);
}

static void send_all(void *connection, const void *data, size_t len)
{
    need(wolfSSL_write(((struct connection *)connection)->ssl, data, (int)len) == (int)len,
         "sending");
}

static size_t receive(void *connection, void *data, size_t size)
{
    WOLFSSL *ssl = ((struct connection *)connection)->ssl;
    int n = wolfSSL_read(ssl, data, (int)size);
    need(n > 0 || wolfSSL_get_error(ssl, n) == WOLFSSL_ERROR_WANT_READ, "receiving");
    return n > 0 ? (size_t)n : 0;
}

static void keep_session(struct connection *connection)
{
    struct context *context = connection->context;
    WOLFSSL_SESSION *session = wolfSSL_get1_session(connection->ssl);
    wolfSSL_SESSION_free(context->last);
    context->last = session;
}

static void close_connection(void *arg)
{
    struct connection *connection = arg;
    if (connection->context->settings.resumes)
        keep_session(connection);
    wolfSSL_shutdown(connection->ssl);
    wolfSSL_free(connection->ssl);
    free(connection);
}

/* ------------------------------------------------------------------------------- validation */

/* In the archive, though in none of its public headers: what its client compares names with. */
int CheckHostName(DecodedCert *cert, const char *name, size_t len, unsigned flags, byte address);

/* What wolfSSL's own client does (ProcessPeerCerts() in its internal.c): each certificate, from the
 * highest to the leaf, is parsed and verified with the CAs that are known; those of the chain become
 * such themselves, and stay. Here they are from the beginning, as they are for a client that has met
 * the server. */
struct judge {
    WOLFSSL_CERT_MANAGER *cas;
    struct ders chain;
    const char *name;
};

static void add_cas(WOLFSSL_CERT_MANAGER *cas, const struct ders *ders, size_t first)
{
    for (size_t i = first; i < ders->count; i++) {
        size_t len;
        const unsigned char *der = ders_at(ders, i, &len);
        need(wolfSSL_CertManagerLoadCABuffer(cas, der, (long)len, WOLFSSL_FILETYPE_ASN1) ==
                 WOLFSSL_SUCCESS,
             "no CA");
    }
}

static void *new_judge(const struct judged *judged)
{
    struct judge *judge = calloc(1, sizeof(*judge));
    struct ders roots = ders_read(judged->roots, judged->most_roots);
    need(judge && (judge->cas = wolfSSL_CertManagerNew()), "no memory");
    judge->chain = ders_read(judged->chain, LONGEST_CHAIN);
    judge->name = judged->name;
    need(wc_SetTimeCb(judged_clock) == 0, "no clock");
    add_cas(judge->cas, &roots, 0);
    add_cas(judge->cas, &judge->chain, 1);
    ders_free(&roots);
    return judge;
}

static void judge_chain(void *arg)
{
    const struct judge *judge = arg;
    for (size_t i = judge->chain.count; i-- > 0;) {
        DecodedCert cert;
        size_t len;
        const unsigned char *der = ders_at(&judge->chain, i, &len);
        wc_InitDecodedCert(&cert, der, (word32)len, NULL);
        need(wc_ParseCert(&cert, i > 0 ? CHAIN_CERT_TYPE : CERT_TYPE, VERIFY, judge->cas) == 0,
             "the chain is not valid");
        need(i > 0 || CheckHostName(&cert, judge->name, strlen(judge->name), 0, 0) == 0,
             "the name is another");
        wc_FreeDecodedCert(&cert);
    }
}

const struct subject subject = {
    .name = "wolfssl",
    .version = version,
    .new_context = new_context,
    .free_context = free_context,
    .open = open_connection,
    .shake = shake,
    .resumed = resumed,
    .send = send_all,
    .receive = receive,
    .close = close_connection,
    .new_judge = new_judge,
    .judge = judge_chain,
};

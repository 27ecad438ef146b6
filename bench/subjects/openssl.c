/* OpenSSL, of any version from 1.1.1, and AWS-LC, which has the same calls. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "material.h"
#include "need.h"
#include "subject.h"

#ifndef SUBJECT
#define SUBJECT "openssl"
#endif

struct context {
    SSL_CTX *ctx;
    const char *name;
    bool server, resumes;
    SSL_SESSION *session; /* the last one */
};

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

/* ------------------------------------------------------------------------------------- wire */

static int wire_bio_read(BIO *bio, char *data, int size)
{
    BIO_clear_retry_flags(bio);
    size_t len = wire_read(BIO_get_data(bio), data, (size_t)size);
    if (len > 0)
        return (int)len;
    BIO_set_retry_read(bio);
    return -1;
}

static int wire_bio_write(BIO *bio, const char *data, int len)
{
    return (int)wire_write(BIO_get_data(bio), data, (size_t)len);
}

static long wire_bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO *new_bio(struct wire *wire)
{
    static BIO_METHOD *method;
    if (!method) {
        method = BIO_meth_new(BIO_get_new_index(), "wire");
        need(method && BIO_meth_set_read(method, wire_bio_read) &&
                 BIO_meth_set_write(method, wire_bio_write) &&
                 BIO_meth_set_ctrl(method, wire_bio_ctrl),
             "no BIO");
    }
    BIO *bio = BIO_new(method);
    need(bio != NULL, "no BIO");
    BIO_set_data(bio, wire);
    BIO_set_init(bio, 1);
    return bio;
}

/* ---------------------------------------------------------------------------------- context */

static int on_session(SSL *ssl, SSL_SESSION *session)
{
    struct context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL_SESSION_free(context->session);
    context->session = session;
    return 1;
}

static bool set_suite(SSL_CTX *ctx, const struct settings *settings)
{
    static const char *const suites[] = {
        [AES_128_GCM] = "TLS_AES_128_GCM_SHA256",
        [AES_256_GCM] = "TLS_AES_256_GCM_SHA384",
        [CHACHA20_POLY1305] = "TLS_CHACHA20_POLY1305_SHA256",
    };
    if (settings->version == 12)
        return SSL_CTX_set_cipher_list(ctx,
                                       "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
    return SSL_CTX_set_ciphersuites(ctx, suites[settings->suite]);
}

static bool set_files(SSL_CTX *ctx, const struct settings *settings)
{
    bool trusts = settings->system ? SSL_CTX_set_default_verify_paths(ctx)
                                   : SSL_CTX_load_verify_locations(ctx, settings->trust, NULL);
    return trusts && (!settings->chain_pem ||
                      (SSL_CTX_use_certificate_chain_file(ctx, settings->chain_pem) &&
                       SSL_CTX_use_PrivateKey_file(ctx, settings->key_pem, SSL_FILETYPE_PEM)));
}

static void *new_context(const struct settings *settings)
{
    struct context *context = calloc(1, sizeof(*context));
    uint16_t number = settings->version == 12 ? TLS1_2_VERSION : TLS1_3_VERSION;
    int mode = settings->asks     ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
               : settings->server ? SSL_VERIFY_NONE
                                  : SSL_VERIFY_PEER;
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    need(context && ctx, "no context");
    /* Under TLS 1.2 the curve of a certificate is held to the same list. */
    char groups[64];
    snprintf(groups, sizeof(groups), "%s%s", settings->group,
             settings->version == 12 ? ":P-256" : "");
    if (!SSL_CTX_set1_groups_list(ctx, groups))
        return NULL;
    need(SSL_CTX_set_min_proto_version(ctx, number) && SSL_CTX_set_max_proto_version(ctx, number) &&
             set_suite(ctx, settings) && set_files(ctx, settings),
         "setting up " SUBJECT);
    SSL_CTX_set_verify(ctx, mode, NULL);
    *context = (struct context){ ctx, settings->name, settings->server, settings->resumes, NULL };
    SSL_CTX_set_app_data(ctx, context);
    if (settings->server) {
        SSL_CTX_set_num_tickets(ctx, 1);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"bench", 5);
    } else if (settings->resumes) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(ctx, on_session);
    } else {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    }
    return context;
}

static void free_context(void *arg)
{
    struct context *context = arg;
    SSL_SESSION_free(context->session);
    SSL_CTX_free(context->ctx);
    free(context);
}

/* ------------------------------------------------------------------------------- connection */

static void *open_connection(void *arg, struct wire *wire)
{
    struct context *context = arg;
    SSL *ssl = SSL_new(context->ctx);
    need(ssl != NULL, "no connection");
    if (wire->fd >= 0) {
        need(SSL_set_fd(ssl, wire->fd), "no descriptor");
    } else {
        BIO *bio = new_bio(wire);
        SSL_set_bio(ssl, bio, bio);
    }
    if (context->server) {
        SSL_set_accept_state(ssl);
        return ssl;
    }
    SSL_set_connect_state(ssl);
    need(SSL_set1_host(ssl, context->name) && SSL_set_tlsext_host_name(ssl, context->name),
         "no name");
    if (context->resumes && context->session)
        need(SSL_set_session(ssl, context->session), "no session");
    return ssl;
}

static enum shaken shake(void *ssl)
{
    int done = SSL_do_handshake(ssl);
    if (done == 1)
        return SHAKE_DONE;
    int error = SSL_get_error(ssl, done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return SHAKE_WAITS;
    ERR_clear_error();
    return SHAKE_FAILED;
}

static bool resumed(void *ssl)
{
    return SSL_session_reused(ssl);
}

static void send_all(void *ssl, const void *data, size_t len)
{
    need(SSL_write(ssl, data, (int)len) == (int)len, "sending");
}

static size_t receive(void *ssl, void *data, size_t size)
{
    int n = SSL_read(ssl, data, (int)size);
    need(n > 0 || SSL_get_error(ssl, n) == SSL_ERROR_WANT_READ, "receiving");
    return n > 0 ? (size_t)n : 0;
}

static void close_connection(void *ssl)
{
    if (SSL_is_init_finished(ssl))
        SSL_shutdown(ssl);
    SSL_free(ssl);
}

/* ------------------------------------------------------------------------------- validation */

struct judge {
    X509_STORE *store;
    struct ders chain;
    const char *name;
    time_t time;
};

static X509 *parse(const struct ders *ders, size_t index)
{
    size_t len;
    const unsigned char *der = ders_at(ders, index, &len);
    X509 *cert = d2i_X509(NULL, &der, (long)len);
    need(cert != NULL, "a certificate is malformed");
    return cert;
}

static X509_STORE *roots(const struct judged *judged)
{
    X509_STORE *store = X509_STORE_new();
    struct ders ders = ders_read(judged->roots, judged->most_roots);
    for (size_t i = 0; i < ders.count; i++) {
        X509 *root = parse(&ders, i);
        need(X509_STORE_add_cert(store, root), "no anchor");
        X509_free(root);
    }
    ders_free(&ders);
    return store;
}

static void *new_judge(const struct judged *judged)
{
    struct judge *judge = calloc(1, sizeof(*judge));
    need(judge != NULL, "no memory");
    judge->chain = ders_read(judged->chain, LONGEST_CHAIN);
    judge->store = roots(judged);
    judge->name = judged->name;
    judge->time = (time_t)judged->time;
    return judge;
}

static void judge_chain(void *arg)
{
    const struct judge *judge = arg;
    STACK_OF(X509) *others = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509 *leaf = parse(&judge->chain, 0);
    for (size_t i = 1; i < judge->chain.count; i++)
        sk_X509_push(others, parse(&judge->chain, i));
    need(ctx && X509_STORE_CTX_init(ctx, judge->store, leaf, others) &&
             X509_STORE_CTX_set_default(ctx, "ssl_server"),
         "no verification");
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, judge->time);
    need(X509_VERIFY_PARAM_set1_host(param, judge->name, strlen(judge->name)), "no name");
    need(X509_verify_cert(ctx) == 1, X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    X509_STORE_CTX_free(ctx);
    sk_X509_pop_free(others, X509_free);
    X509_free(leaf);
}

const struct subject subject = {
    .name = SUBJECT,
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

/* secsock by its public header alone. */
#include <stdlib.h>
#include <string.h>

#include "material.h"
#include "need.h"
#include "secsock.h"
#include "subject.h"

struct context {
    secsock_config *config;
    secsock_role role;
    const char *name;
};

static const char *const suites[] = {
    [AES_128_GCM] = ("TLS_AES_128_GCM_SHA256:TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:"
                     "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    [AES_256_GCM] = "TLS_AES_256_GCM_SHA384",
    [CHACHA20_POLY1305] = "TLS_CHACHA20_POLY1305_SHA256",
};

static bool set_up(secsock_config *config, const struct settings *settings)
{
    int version = settings->version == 12 ? SECSOCK_TLS_1_2 : SECSOCK_TLS_1_3;
    int auth = settings->asks ? SECSOCK_CLIENT_AUTH_REQUIRE : SECSOCK_CLIENT_AUTH_NONE;
    bool set =
        secsock_config_set_versions(config, version, version) == SECSOCK_OK &&
        secsock_config_set_ciphers(config, suites[settings->suite]) == SECSOCK_OK &&
        secsock_config_set_groups(config, settings->group) == SECSOCK_OK &&
        secsock_config_set_client_auth(config, auth) == SECSOCK_OK &&
        secsock_config_set_resumption(config, settings->server || settings->resumes) == SECSOCK_OK;
    if (set && !settings->system)
        set = secsock_config_trust_file(config, settings->trust) == SECSOCK_OK;
    if (set && settings->chain_pem)
        set = secsock_config_identity_file(config, settings->chain_pem, settings->key_pem, NULL) ==
              SECSOCK_OK;
    return set;
}

static void *new_context(const struct settings *settings)
{
    struct context *context = calloc(1, sizeof(*context));
    need(context && (context->config = secsock_config_new()), "no configuration");
    context->role = settings->server ? SECSOCK_SERVER : SECSOCK_CLIENT;
    context->name = settings->name;
    need(set_up(context->config, settings), secsock_config_last_error(context->config)->message);
    return context;
}

static void free_context(void *arg)
{
    struct context *context = arg;
    secsock_config_free(context->config);
    free(context);
}

static int on_receive(void *data, size_t size, void *wire)
{
    size_t len = wire_read(wire, data, size);
    return len > 0 ? (int)len : SECSOCK_WANT_READ;
}

static int on_send(const void *data, size_t len, void *wire)
{
    return (int)wire_write(wire, data, len);
}

/* A descriptor is the socket's from here on. */
static void *open_connection(void *arg, struct wire *wire)
{
    const struct context *context = arg;
    secsock *s = secsock_new(context->config);
    need(s != NULL, "no socket");
    secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL, 0);
    int attached = wire->fd >= 0
                       ? secsock_attach(s, wire->fd, context->role)
                       : secsock_attach_callbacks(s, context->role, on_receive, on_send, wire);
    need(attached == SECSOCK_OK && secsock_set_peername(s, context->name) == SECSOCK_OK,
         secsock_last_error(s)->message);
    return s;
}

static bool waits(int result)
{
    return result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE;
}

static enum shaken shake(void *s)
{
    int result = secsock_upgrade(s, NULL);
    if (result == SECSOCK_OK)
        return SHAKE_DONE;
    return waits(result) ? SHAKE_WAITS : SHAKE_FAILED;
}

static bool resumed(void *s)
{
    return secsock_tls_resumed(s);
}

static void send_all(void *s, const void *data, size_t len)
{
    need(secsock_send(s, data, len) == (int)len, "sending");
}

static size_t receive(void *s, void *data, size_t size)
{
    int n = secsock_recv(s, data, size);
    need(n > 0 || waits(n), "receiving");
    return n > 0 ? (size_t)n : 0;
}

static void close_connection(void *s)
{
    secsock_free(s);
}

/* ------------------------------------------------------------------------------- validation */

struct judge {
    secsock_config *config;
    const char *name;
    struct ders chain;
};

static secsock_store *roots(const struct judged *judged)
{
    secsock_store *store = secsock_store_new();
    struct ders ders = ders_read(judged->roots, judged->most_roots);
    size_t len;
    need(store != NULL, "no memory");
    for (size_t i = 0; i < ders.count; i++) {
        secsock_cert *root;
        const unsigned char *der = ders_at(&ders, i, &len);
        need(secsock_cert_from_der(&root, der, len, NULL) == SECSOCK_OK &&
                 secsock_store_add(store, root, NULL) == SECSOCK_OK,
             "no anchor");
        secsock_cert_free(root);
    }
    ders_free(&ders);
    return store;
}

static void *new_judge(const struct judged *judged)
{
    struct judge *judge = calloc(1, sizeof(*judge));
    secsock_store *store = roots(judged);
    need(judge && (judge->config = secsock_config_new()) &&
             secsock_config_trust_store(judge->config, store) == SECSOCK_OK &&
             secsock_config_set_time(judge->config, judged->time) == SECSOCK_OK,
         "no configuration");
    secsock_store_free(store);
    judge->name = judged->name;
    judge->chain = ders_read(judged->chain, LONGEST_CHAIN);
    return judge;
}

static void judge_chain(void *arg)
{
    const struct judge *judge = arg;
    const struct ders *chain = &judge->chain;
    secsock_verdict *verdict = NULL;
    need(secsock_validate(judge->config, SECSOCK_PURPOSE_SERVER, judge->name, chain->bytes,
                          chain->ends[chain->count - 1], NULL, 0, &verdict, NULL) == SECSOCK_OK &&
             secsock_verdict_ok(verdict),
         "the chain is not valid");
    secsock_verdict_free(verdict);
}

const struct subject subject = {
    .name = "secsock",
    .version = secsock_version,
    .new_context = new_context,
    .free_context = free_context,
    .open = open_connection,
    .shake = shake,
    .resumed = resumed,
    .send = send_all,
    .receive = receive,
    .speaks_plain = true,
    .close = close_connection,
    .new_judge = new_judge,
    .judge = judge_chain,
};

/* GnuTLS. */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "material.h"
#include "need.h"
#include "subject.h"

struct context {
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    gnutls_datum_t ticket_key, session; /* the last one */
    struct settings settings;
};

struct connection {
    gnutls_session_t tls;
    struct context *context;
    struct wire *wire;
};

static const char *version(void)
{
    return gnutls_check_version(NULL);
}

static ssize_t on_pull(gnutls_transport_ptr_t arg, void *data, size_t size)
{
    struct connection *connection = arg;
    size_t len = wire_read(connection->wire, data, size);
    if (len > 0)
        return (ssize_t)len;
    gnutls_transport_set_errno(connection->tls, EAGAIN);
    return -1;
}

static ssize_t on_push(gnutls_transport_ptr_t arg, const void *data, size_t len)
{
    struct connection *connection = arg;
    return (ssize_t)wire_write(connection->wire, data, len);
}

static bool set_priority(struct context *context, const struct settings *settings)
{
    static const char *const ciphers[] = { [AES_128_GCM] = "AES-128-GCM",
                                           [AES_256_GCM] = "AES-256-GCM",
                                           [CHACHA20_POLY1305] = "CHACHA20-POLY1305" };
    char text[256];
    const char *group = strcmp(settings->group, "P-256") == 0 ? "SECP256R1" : settings->group;
    snprintf(text, sizeof(text),
             "NORMAL:-VERS-ALL:+VERS-TLS1.%d:-GROUP-ALL:+GROUP-%s:-CIPHER-ALL:+%s:-KX-ALL:"
             "+ECDHE-ECDSA:+ECDHE-RSA",
             settings->version - 10, group, ciphers[settings->suite]);
    return gnutls_priority_init(&context->priority, text, NULL) == 0;
}

static void *new_context(const struct settings *settings)
{
    struct context *context = calloc(1, sizeof(*context));
    need(context != NULL, "no memory");
    context->settings = *settings;
    if (!set_priority(context, settings))
        return NULL;
    need(gnutls_certificate_allocate_credentials(&context->credentials) == 0, "no credentials");
    int trusted = settings->system ? gnutls_certificate_set_x509_system_trust(context->credentials)
                                   : gnutls_certificate_set_x509_trust_file(context->credentials,
                                                                            settings->trust,
                                                                            GNUTLS_X509_FMT_PEM);
    need(trusted > 0, "no trust");
    if (settings->chain_pem)
        need(gnutls_certificate_set_x509_key_file(context->credentials, settings->chain_pem,
                                                  settings->key_pem, GNUTLS_X509_FMT_PEM) == 0,
             "no identity");
    if (settings->server)
        need(gnutls_session_ticket_key_generate(&context->ticket_key) == 0, "no ticket key");
    return context;
}

static void free_context(void *arg)
{
    struct context *context = arg;
    gnutls_certificate_free_credentials(context->credentials);
    gnutls_priority_deinit(context->priority);
    gnutls_free(context->ticket_key.data);
    gnutls_free(context->session.data);
    free(context);
}

static void set_up_server(struct context *context, gnutls_session_t tls)
{
    need(gnutls_session_ticket_enable_server(tls, &context->ticket_key) == 0, "no tickets");
    if (!context->settings.asks)
        return;
    gnutls_certificate_server_set_request(tls, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(tls, NULL, 0);
}

static void set_up_client(struct context *context, gnutls_session_t tls)
{
    const char *name = context->settings.name;
    gnutls_session_set_verify_cert(tls, name, 0);
    need(gnutls_server_name_set(tls, GNUTLS_NAME_DNS, name, strlen(name)) == 0, "no name");
    if (context->session.data)
        gnutls_session_set_data(tls, context->session.data, context->session.size);
}

static void *open_connection(void *arg, struct wire *wire)
{
    struct context *context = arg;
    struct connection *connection = calloc(1, sizeof(*connection));
    unsigned role = context->settings.server ? GNUTLS_SERVER : GNUTLS_CLIENT;
    need(connection != NULL, "no memory");
    *connection = (struct connection){ .context = context, .wire = wire };
    gnutls_session_t tls;
    need(gnutls_init(&tls,
                     role | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_AUTO_SEND_TICKET) == 0 &&
             gnutls_priority_set(tls, context->priority) == 0 &&
             gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, context->credentials) == 0,
         "no session");
    connection->tls = tls;
    if (context->settings.server)
        set_up_server(context, tls);
    else
        set_up_client(context, tls);
    if (wire->fd >= 0) {
        gnutls_transport_set_int(tls, wire->fd);
    } else {
        gnutls_transport_set_ptr(tls, connection);
        gnutls_transport_set_pull_function(tls, on_pull);
        gnutls_transport_set_push_function(tls, on_push);
    }
    return connection;
}

static enum shaken shake(void *arg)
{
    const struct connection *connection = arg;
    const struct settings *settings = &connection->context->settings;
    int result = gnutls_handshake(connection->tls);
    if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED)
        return SHAKE_WAITS;
    if (result != 0)
        return SHAKE_FAILED;
    if (settings->server && settings->version == 13)
        need(gnutls_session_ticket_send(connection->tls, 1, 0) == 0, "no ticket");
    return SHAKE_DONE;
}

static bool resumed(void *connection)
{
    return gnutls_session_is_resumed(((struct connection *)connection)->tls) != 0;
}

static void send_all(void *connection, const void *data, size_t len)
{
    need(gnutls_record_send(((struct connection *)connection)->tls, data, len) == (ssize_t)len,
         "sending");
}

static size_t receive(void *connection, void *data, size_t size)
{
    ssize_t n = gnutls_record_recv(((struct connection *)connection)->tls, data, size);
    need(n > 0 || n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED, "receiving");
    return n > 0 ? (size_t)n : 0;
}

static void keep_session(struct connection *connection)
{
    struct context *context = connection->context;
    bool has_ticket = gnutls_session_get_flags(connection->tls) & GNUTLS_SFLAGS_SESSION_TICKET;
    if (context->settings.version == 13 && !has_ticket)
        return;
    gnutls_free(context->session.data);
    need(gnutls_session_get_data2(connection->tls, &context->session) == 0, "no session");
}

static void close_connection(void *arg)
{
    struct connection *connection = arg;
    if (connection->context->settings.resumes)
        keep_session(connection);
    gnutls_bye(connection->tls, GNUTLS_SHUT_WR);
    gnutls_deinit(connection->tls);
    free(connection);
}

/* ------------------------------------------------------------------------------- validation */

struct judge {
    gnutls_x509_trust_list_t list;
    struct ders chain;
    const char *name;
};

static gnutls_x509_crt_t parse(const struct ders *ders, size_t index)
{
    gnutls_x509_crt_t cert;
    size_t len;
    const unsigned char *der = ders_at(ders, index, &len);
    gnutls_datum_t datum = { (unsigned char *)der, (unsigned)len };
    need(gnutls_x509_crt_init(&cert) == 0 &&
             gnutls_x509_crt_import(cert, &datum, GNUTLS_X509_FMT_DER) == 0,
         "a certificate is malformed");
    return cert;
}

static void add_roots(gnutls_x509_trust_list_t list, const struct judged *judged)
{
    struct ders ders = ders_read(judged->roots, judged->most_roots);
    for (size_t i = 0; i < ders.count; i++) {
        gnutls_x509_crt_t root = parse(&ders, i);
        need(gnutls_x509_trust_list_add_cas(list, &root, 1, 0) == 1, "no anchor");
    }
    ders_free(&ders);
}

static void *new_judge(const struct judged *judged)
{
    struct judge *judge = calloc(1, sizeof(*judge));
    need(judge && gnutls_x509_trust_list_init(&judge->list, 0) == 0, "no memory");
    add_roots(judge->list, judged);
    judge->chain = ders_read(judged->chain, LONGEST_CHAIN);
    judge->name = judged->name;
    gnutls_global_set_time_function(judged_clock);
    return judge;
}

static void judge_chain(void *arg)
{
    const struct judge *judge = arg;
    gnutls_x509_crt_t certs[LONGEST_CHAIN];
    size_t count = judge->chain.count;
    unsigned problems = 0;
    for (size_t i = 0; i < count; i++)
        certs[i] = parse(&judge->chain, i);
    gnutls_typed_vdata_st wanted[] = {
        { GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)judge->name, 0 },
        { GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER, 0 },
    };
    need(gnutls_x509_trust_list_verify_crt2(judge->list, certs, (unsigned)count, wanted, 2, 0,
                                            &problems, NULL) == 0 &&
             problems == 0,
         "the chain is not valid");
    for (size_t i = 0; i < count; i++)
        gnutls_x509_crt_deinit(certs[i]);
}

const struct subject subject = {
    .name = "gnutls",
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

/* The secrets of a connection, told to whoever has asked for them; without that, none is looked
 * at. wolfSSL could log keys by itself, but for all connections of a context, to the terminal or to
 * files: its callbacks for one connection are used instead. */
#include "engine_internal.h"
#include "keylog.h"

static void tell(struct engine *engine, const char *label, const unsigned char *secret, size_t len)
{
    unsigned char random[KEYLOG_RANDOM];
    char line[KEYLOG_LINE];
    if (wolfSSL_get_client_random(engine->ssl, random, sizeof(random)) != sizeof(random))
        return;
    keylog_line(line, label, random, secret, len);
    engine->log(line, engine->log_arg);
    secret_erase(line, sizeof(line));
}

void engine_log_traffic(struct engine *engine, int id, const unsigned char *secret, size_t len)
{
    static const char *const labels[] = {
        [CLIENT_HANDSHAKE_TRAFFIC_SECRET] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        [SERVER_HANDSHAKE_TRAFFIC_SECRET] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        [CLIENT_TRAFFIC_SECRET] = "CLIENT_TRAFFIC_SECRET_0",
        [SERVER_TRAFFIC_SECRET] = "SERVER_TRAFFIC_SECRET_0",
        [EXPORTER_SECRET] = "EXPORTER_SECRET",
    };
    bool known = id >= 0 && (size_t)id < sizeof(labels) / sizeof(*labels) && labels[id];
    if (engine->log && known)
        tell(engine, labels[id], secret, len);
}

/* TLS 1.2: the master secret, as it is made in a full handshake. */
static int on_master_secret(WOLFSSL *ssl, void *secret, int len, void *arg)
{
    struct engine *engine = arg;
    (void)ssl;
    engine->logged = true;
    tell(engine, "CLIENT_RANDOM", secret, (size_t)len);
    return 0;
}

/* Nothing is called back when a session is resumed under TLS 1.2. Whether it is, is certain when
 * this end sends after having heard of the other: a server its ServerHello, a client its
 * change_cipher_spec. */
void engine_log_resumed(struct engine *engine)
{
    unsigned char *master, *server, *client;
    unsigned master_len, server_len, client_len;
    if (engine->logged || !engine->first_record || wolfSSL_version(engine->ssl) != TLS1_2_VERSION ||
        !engine_resumed(engine) ||
        wolfSSL_get_keys(engine->ssl, &master, &master_len, &server, &server_len, &client,
                         &client_len) != WOLFSSL_SUCCESS)
        return;
    engine->logged = true;
    tell(engine, "CLIENT_RANDOM", master, master_len);
}

/* wolfSSL makes the exporter secret only if it is to keep its secrets after the handshake: it is,
 * until the end of that. */
void engine_set_keylog(struct engine *engine, engine_log_fn *log, void *arg)
{
    engine->log = log;
    engine->log_arg = arg;
    wolfSSL_set_secret_cb(engine->ssl, on_master_secret, engine);
    wolfSSL_KeepArrays(engine->ssl);
}

void engine_end_keylog(struct engine *engine)
{
    if (engine->log)
        wolfSSL_FreeArrays(engine->ssl);
}

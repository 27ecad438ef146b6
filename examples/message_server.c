/*
 * The tutorial of .NET's SslStream, the server's side: try examples/message_client on it.
 *
 *     message_server [PORT [IDENTITY [PASSWORD [TRUST]]]]
 *
 * IDENTITY is a PFX file, or the folder of a store that it is picked from. With TRUST, a PEM file,
 * a client must show a certificate that leads there. Messages end in <EOF>. It serves one client.
 */
#include <secsock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "<EOF>";

/* All bytes up to the mark, which may come in any number of pieces. */
static int read_message(secsock *s, char *message, size_t size)
{
    size_t len = 0, end = sizeof mark - 1;
    while (len < size - 1 && (len < end || memcmp(message + len - end, mark, end) != 0)) {
        if (secsock_recv(s, message + len, 1) != 1)
            return 0;
        message[++len] = '\0';
    }
    return len < size - 1;
}

static void describe(secsock *s)
{
    const secsock_cert *client = secsock_verdict_chain(secsock_get_verdict(s), 0);
    printf("Secured by %s with %s.\n", secsock_tls_version_name(s), secsock_tls_cipher(s));
    printf("We are %s, the client is %s.\n", secsock_cert_subject(secsock_own_cert(s)),
           client != NULL ? secsock_cert_subject(client) : "not known");
}

/* The identity, from a PFX file or out of a store. */
static int identify(secsock_config *config, const char *path, const char *password,
                    secsock_error *error)
{
    size_t len = strlen(path);
    secsock_cert *cert = NULL;
    secsock_store *store = NULL;
    int result;
    if (len > 4 && strcmp(path + len - 4, ".pfx") == 0) {
        result = secsock_cert_load(&cert, path, password, error);
        if (result == SECSOCK_OK)
            result = secsock_config_set_identity(config, cert);
    } else {
        result =
            secsock_store_open(&store, path, SECSOCK_STORE_MY,
                               SECSOCK_STORE_READ_ONLY | SECSOCK_STORE_EXISTING, password, error);
        if (result == SECSOCK_OK)
            result = secsock_config_add_store(config, SECSOCK_STORE_MY, store);
    }
    secsock_cert_free(cert);
    secsock_store_free(store);
    return result;
}

static secsock_config *configure(const char *identity, const char *password, const char *trust)
{
    secsock_config *config = secsock_config_new();
    secsock_error error = { .code = SECSOCK_OK };
    int ok = config != NULL && identify(config, identity, password, &error) == SECSOCK_OK;
    if (ok && trust != NULL)
        ok = secsock_config_trust_file(config, trust) == SECSOCK_OK &&
             secsock_config_set_client_auth(config, SECSOCK_CLIENT_AUTH_REQUIRE) == SECSOCK_OK;
    if (ok)
        return config;
    fprintf(stderr, "%s\n",
            error.code != SECSOCK_OK ? error.message
            : config != NULL         ? secsock_config_last_error(config)->message
                                     : "out of memory");
    secsock_config_free(config);
    return NULL;
}

/* What clients may find fault with in the identity. */
static void warn(secsock_config *config)
{
    const char *warning;
    for (size_t i = 0; secsock_config_warning(config, i, &warning) != 0; i++)
        printf("Warning: %s\n", warning);
}

/* The next client, upgraded. It may take its time to come, but not to talk. */
static secsock *await_client(secsock *listener, int port)
{
    char address[64];
    secsock *s = NULL;
    int ok = secsock_set_timeout(listener, SECSOCK_TIMEOUT_ALL & ~SECSOCK_TIMEOUT_CONNECT, 5000) ==
                 SECSOCK_OK &&
             secsock_listen(listener, "127.0.0.1", port, 5) == SECSOCK_OK;
    if (ok) {
        warn(secsock_get_config(listener));
        printf("--- listening on port %d\n",
               secsock_local_address(listener, address, sizeof address));
        fflush(stdout);
    }
    if (!ok || secsock_accept(listener, &s) != SECSOCK_OK)
        fprintf(stderr, "%s\n", secsock_last_error(listener)->message);
    return s;
}

static int serve(secsock *s)
{
    static const char hello[] = "Hello from the server.<EOF>";
    char message[2048];
    describe(s);
    int ok = read_message(s, message, sizeof message);
    if (ok)
        printf("Received: %s\n", message);
    ok = ok && secsock_send(s, hello, sizeof hello - 1) == sizeof hello - 1;
    if (!ok)
        fprintf(stderr, "%s\n", secsock_last_error(s)->message);
    secsock_close(s);
    return ok;
}

int main(int argc, char **argv)
{
    int port = argc > 1 ? atoi(argv[1]) : 8443;
    const char *identity = argc > 2 ? argv[2] : "build/certificates/right.pfx";
    const char *password = argc > 3 ? argv[3] : "secret";

    secsock_config *config = configure(identity, password, argc > 4 ? argv[4] : NULL);
    secsock *listener = config != NULL ? secsock_new(config) : NULL;
    secsock *s = listener != NULL ? await_client(listener, port) : NULL;
    int ok = s != NULL && serve(s);
    secsock_free(s);
    secsock_free(listener);
    secsock_config_free(config);
    return ok ? 0 : 1;
}

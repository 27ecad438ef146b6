/*
 * The tutorial of .NET's SslStream, the client's side: try it on examples/message_server.
 *
 *     message_client [HOST [PORT [NAME [TRUST [IDENTITY [PASSWORD]]]]]]
 *
 * TRUST is a PEM file. IDENTITY, a PFX file, is what this end shows if the server asks who it is.
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

static void explain(secsock *s)
{
    char text[4096];
    secsock_verdict_explain(secsock_get_verdict(s), text, sizeof text);
    fputs(text, stdout);
}

/* As it says in the settings; NULL, and the reason on the terminal, if they are not to be had. */
static secsock_config *configure(const char *trust, const char *identity, const char *password)
{
    secsock_config *config = secsock_config_new();
    secsock_cert *cert = NULL;
    secsock_error error = { .code = SECSOCK_OK };
    int ok = config != NULL && secsock_config_trust_file(config, trust) == SECSOCK_OK;
    if (ok && identity != NULL)
        ok = secsock_cert_load(&cert, identity, password, &error) == SECSOCK_OK &&
             secsock_config_set_identity(config, cert) == SECSOCK_OK;
    secsock_cert_free(cert);
    if (ok)
        return config;
    fprintf(stderr, "%s\n",
            error.code != SECSOCK_OK ? error.message
            : config != NULL         ? secsock_config_last_error(config)->message
                                     : "out of memory");
    secsock_config_free(config);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "localhost";
    int port = argc > 2 ? atoi(argv[2]) : 8443;
    const char *name = argc > 3 ? argv[3] : host;
    const char *trust = argc > 4 ? argv[4] : "build/certificates/root.pem";
    static const char hello[] = "Hello from the client.<EOF>";
    char message[2048];

    secsock_config *config =
        configure(trust, argc > 5 ? argv[5] : NULL, argc > 6 ? argv[6] : "secret");
    secsock *s = config != NULL ? secsock_new(config) : NULL;
    if (s == NULL)
        return 1;
    int ok = secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL, 5000) == SECSOCK_OK &&
             secsock_set_peername(s, name) == SECSOCK_OK &&
             secsock_connect(s, host, port) == SECSOCK_OK;
    if (ok)
        explain(s);
    ok = ok && secsock_send(s, hello, sizeof hello - 1) == sizeof hello - 1 &&
         read_message(s, message, sizeof message);
    if (ok)
        printf("Server says: %s\n", message);
    else
        fprintf(stderr, "%s\n", secsock_last_error(s)->message);
    secsock_close(s);
    secsock_free(s);
    secsock_config_free(config);
    return ok ? 0 : 1;
}

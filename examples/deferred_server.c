/*
 * The deferred handshake, the server's side. It serves one client, in a small part of SMTP: try
 * examples/deferred_client on it.
 *
 *     deferred_server [PORT [CERTIFICATE [KEY]]]
 */
#include <secsock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int say(secsock *s, const char *line)
{
    char buffer[512];
    int len = snprintf(buffer, sizeof buffer, "%s\r\n", line);
    printf("S: %s\n", line);
    return secsock_send(s, buffer, (size_t)len) == len;
}

/* Reads one line, and not a byte beyond it. */
static int read_line(secsock *s, char *line, size_t size)
{
    size_t len = 0;
    while (len < size - 1 && (len == 0 || line[len - 1] != '\n')) {
        int got = secsock_recv_line(s, line + len, size - 1 - len);
        if (got <= 0)
            return 0;
        len += (size_t)got;
    }
    line[len] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    return 1;
}

/* 7. In the clear, nothing is done for a client but to wait for its STARTTLS. */
static int plain_talk(secsock *s)
{
    char line[512];
    int ok = say(s, "220 localhost ready");
    while (ok && read_line(s, line, sizeof line)) {
        printf("C: %s\n", line);
        if (strcmp(line, "STARTTLS") == 0)
            return say(s, "220 Go ahead");
        if (strncmp(line, "EHLO ", 5) == 0)
            ok = say(s, "250-localhost") && say(s, "250 STARTTLS");
        else
            ok = say(s, "530 STARTTLS comes first");
    }
    return 0;
}

/* 10. Protected. What the client said before is forgotten: it begins with EHLO again. */
static int secure_talk(secsock *s)
{
    char line[512];
    int ok = 1;
    printf("--- %s, %s\n", secsock_tls_version_name(s), secsock_tls_cipher(s));
    while (ok && read_line(s, line, sizeof line)) {
        printf("C: %s\n", line);
        if (strcmp(line, "QUIT") == 0)
            return say(s, "221 Bye");
        if (strncmp(line, "EHLO ", 5) == 0)
            ok = say(s, "250 localhost, in private");
        else
            ok = say(s, "502 This is but an example");
    }
    return 0;
}

/* A server's hook would be set like a client's, where clients show certificates. */
static int serve(secsock *listener, int port)
{
    secsock *s = NULL;
    char address[64];
    /* 5. SSL_FLAG_DEFER_HANDSHAKE, for every connection to come */
    int ok = secsock_defer(listener, 1) == SECSOCK_OK &&
             secsock_listen(listener, "127.0.0.1", port, 5) == SECSOCK_OK;
    if (ok)
        printf("--- listening on port %d\n",
               secsock_local_address(listener, address, sizeof address));
    fflush(stdout);
    /* 6. accept() */
    ok = ok && secsock_accept(listener, &s) == SECSOCK_OK;
    if (!ok)
        fprintf(stderr, "%s\n", secsock_last_error(listener)->message);
    /* 8. SO_SSL_PERFORM_HANDSHAKE */
    ok = ok && plain_talk(s) && secsock_upgrade(s, NULL) == SECSOCK_OK && secure_talk(s);
    if (s != NULL && !ok)
        fprintf(stderr, "%s\n", secsock_last_error(s)->message);
    /* 11. closesocket() */
    secsock_free(s);
    return ok;
}

int main(int argc, char **argv)
{
    int port = argc > 1 ? atoi(argv[1]) : 2525;
    const char *cert = argc > 2 ? argv[2] : "build/certificates/right.pem";
    const char *key = argc > 3 ? argv[3] : "build/certificates/right.key";

    secsock_config *config = secsock_config_new();
    if (config == NULL || secsock_config_identity_file(config, cert, key, NULL) != SECSOCK_OK) {
        fprintf(stderr, "%s\n", config ? secsock_config_last_error(config)->message : "no memory");
        secsock_config_free(config);
        return 1;
    }
    /* 1. socket(), and 2. SO_SECURE: it is born secure */
    secsock *listener = secsock_new(config);
    int ok = listener != NULL && serve(listener, port);
    secsock_free(listener);
    secsock_config_free(config);
    return ok ? 0 : 1;
}

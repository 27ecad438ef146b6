/*
 * The deferred handshake, the client's side: the eleven steps of a Windows CE secure socket, by
 * their old names and in their old order. It speaks SMTP, to examples/deferred_server or to any
 * mail server.
 *
 *     deferred_client [HOST [PORT [NAME [TRUST]]]]
 */
#include <secsock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Says a line. */
static int say(secsock *s, const char *line)
{
    char buffer[512];
    int len = snprintf(buffer, sizeof buffer, "%s\r\n", line);
    printf("C: %s\n", line);
    return secsock_send(s, buffer, (size_t)len) == len;
}

/* Reads a reply, of one or more lines, and tells whether it has the code that is hoped for. Not a
 * byte beyond it is read: what comes next may be TLS. */
static int expect(secsock *s, const char *code)
{
    char line[512];
    size_t len;
    do {
        len = 0;
        while (len < sizeof line && (len == 0 || line[len - 1] != '\n')) {
            int got = secsock_recv_line(s, line + len, sizeof line - len);
            if (got <= 0)
                return 0;
            len += (size_t)got;
        }
        printf("S: %.*s", (int)len, line);
    } while (len > 4 && line[3] == '-');
    return len > 4 && strncmp(line, code, 3) == 0;
}

/* 9. The hook: is told everything that there is to know about the peer, and judges. */
static int judge(secsock *s, const secsock_verdict *verdict, void *arg)
{
    char text[4096];
    (void)s;
    (void)arg;
    secsock_verdict_explain(verdict, text, sizeof text);
    printf("--- the verdict\n%s---\n", text);
    return SECSOCK_FOLLOW; /* CE had SSL_ERR_OKAY here, whatever it had found */
}

static int plain_talk(secsock *s)
{
    return expect(s, "220") && say(s, "EHLO client.example") && expect(s, "250") &&
           say(s, "STARTTLS") && expect(s, "220");
}

static int secure_talk(secsock *s)
{
    printf("--- %s, %s\n", secsock_tls_version_name(s), secsock_tls_cipher(s));
    return say(s, "EHLO client.example") && expect(s, "250") && say(s, "QUIT") && expect(s, "221");
}

static int converse(secsock *s, const char *host, int port, const char *name)
{
    /* 3. SO_SSL_SET_PEERNAME */
    if (secsock_set_peername(s, name) != SECSOCK_OK)
        return 0;
    /* 4. SO_SSL_SET_VALIDATE_CERT_HOOK */
    if (secsock_set_validate_hook(s, judge, NULL) != SECSOCK_OK)
        return 0;
    /* 5. SSL_FLAG_DEFER_HANDSHAKE */
    if (secsock_defer(s, 1) != SECSOCK_OK)
        return 0;
    /* 6. connect() */
    if (secsock_connect(s, host, port) != SECSOCK_OK)
        return 0;
    /* 7. send() and recv(), in the clear */
    if (!plain_talk(s))
        return 0;
    /* 8. SO_SSL_PERFORM_HANDSHAKE, from which the hook is called: step 9 */
    if (secsock_upgrade(s, NULL) != SECSOCK_OK)
        return 0;
    /* 10. send() and recv(), protected: what was said before the upgrade counts no more */
    return secure_talk(s);
}

/* What secsock says about it; a reply that was not hoped for is no error to secsock. */
static int complain(const secsock_error *error)
{
    fprintf(stderr, "%s\n", error->message[0] ? error->message : "that was the wrong reply");
    return 0;
}

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "127.0.0.1";
    int port = argc > 2 ? atoi(argv[2]) : 2525;
    const char *name = argc > 3 ? argv[3] : "localhost";
    const char *trust = argc > 4 ? argv[4] : "build/certificates/root.pem";

    secsock_config *config = secsock_config_new();
    /* 1. socket(), and 2. SO_SECURE: it is born secure */
    secsock *s = secsock_new(config);
    int ok = 0;
    if (config == NULL || s == NULL)
        fputs("out of memory\n", stderr);
    else if (secsock_config_trust_file(config, trust) != SECSOCK_OK)
        complain(secsock_config_last_error(config));
    else
        ok = converse(s, host, port, name) || complain(secsock_last_error(s));
    /* 11. closesocket() */
    secsock_free(s);
    secsock_config_free(config);
    return ok ? 0 : 1;
}

/*
 * A validation hook that pins: it accepts the one key it knows and no other, whoever has certified
 * it. Against a PostgreSQL server; without a PIN it tells the one it finds, and refuses it.
 *
 *     pin HOST PORT NAME [PIN]
 *
 * A pin is the SHA-256 of the public key, in base64 (RFC 7469): it outlives a certificate that is
 * renewed for the same key.
 */
#include <secsock.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who has issued the certificate, and by which rules, does not matter. These do. */
static const int matters[] = { SECSOCK_PROBLEM_NAME_MISMATCH, SECSOCK_PROBLEM_NAME_UNCHECKED,
                               SECSOCK_PROBLEM_EXPIRED, SECSOCK_PROBLEM_NOT_YET_VALID };

static int judge(secsock *s, const secsock_verdict *verdict, void *arg)
{
    const char *pin = arg;
    const secsock_cert *leaf = secsock_verdict_chain(verdict, 0);
    if (leaf == NULL)
        return SECSOCK_PROBLEM_NO_CERTIFICATE;
    printf("The peer's key is %s\n", secsock_cert_pin(leaf));
    if (strcmp(secsock_cert_pin(leaf), pin) != 0)
        return secsock_decide(s, SECSOCK_PROBLEM_REJECTED, "it is not the key that was pinned");
    for (size_t i = 0; i < sizeof matters / sizeof matters[0]; i++)
        if (secsock_verdict_has(verdict, matters[i]))
            return matters[i];
    return SECSOCK_ACCEPT;
}

int main(int argc, char **argv)
{
    static char none[] = "";
    const char *host = argc > 1 ? argv[1] : "localhost";
    int port = argc > 2 ? atoi(argv[2]) : 5432;
    const char *name = argc > 3 ? argv[3] : host;
    char *pin = argc > 4 ? argv[4] : none;
    char answer = 0;

    secsock *s = secsock_new(NULL);
    if (s == NULL)
        return 1;
    int ok = secsock_set_validate_hook(s, judge, pin) == SECSOCK_OK &&
             secsock_defer(s, 1) == SECSOCK_OK && secsock_connect(s, host, port) == SECSOCK_OK &&
             secsock_send(s, "\0\0\0\10\4\322\26\57", 8) == 8 && secsock_recv(s, &answer, 1) == 1 &&
             answer == 'S' && secsock_upgrade(s, name) == SECSOCK_OK;
    if (ok)
        printf("It is the right one. %s\n", secsock_tls_version_name(s));
    else
        fprintf(stderr, "%s\n", secsock_last_error(s)->message);
    secsock_free(s);
    return ok ? 0 : 1;
}

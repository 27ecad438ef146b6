/*
 * Pins a key: the one it knows is accepted and no other, whoever has certified it; with TRUST, a
 * PEM file, the chain must be right besides. Against a PostgreSQL server; without a PIN it tells
 * the one it finds, and refuses it.
 *
 *     pin HOST PORT NAME [PIN [TRUST]]
 *
 * A pin is the SHA-256 of the public key, in base64 (RFC 7469): it outlives a certificate that is
 * renewed for the same key.
 */
#include <secsock.h>

#include <stdio.h>
#include <stdlib.h>

static int judge(secsock *s, const secsock_verdict *verdict, void *pin)
{
    const secsock_cert *leaf = secsock_verdict_chain(verdict, 0);
    if (leaf != NULL)
        printf("The peer's key is %s\n", secsock_cert_pin(leaf));
    if (pin == NULL)
        return secsock_decide(s, SECSOCK_PROBLEM_REJECTED, "it is not pinned yet");
    return SECSOCK_FOLLOW;
}

/* Instead of the chain, or in addition to it. */
static secsock_config *configure(const char *pin, const char *trust)
{
    secsock_config *config = secsock_config_new();
    int result = SECSOCK_OK;
    if (config == NULL)
        return NULL;
    if (trust != NULL)
        result = secsock_config_trust_file(config, trust);
    if (result == SECSOCK_OK && pin != NULL)
        result = trust != NULL ? secsock_config_require_pin(config, pin)
                               : secsock_config_trust_pin(config, pin);
    if (result == SECSOCK_OK)
        return config;
    fprintf(stderr, "%s\n", secsock_config_last_error(config)->message);
    secsock_config_free(config);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "localhost";
    int port = argc > 2 ? atoi(argv[2]) : 5432;
    const char *name = argc > 3 ? argv[3] : host;
    char *pin = argc > 4 ? argv[4] : NULL;
    char answer = 0;

    secsock_config *config = configure(pin, argc > 5 ? argv[5] : NULL);
    secsock *s = config != NULL ? secsock_new(config) : NULL;
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
    secsock_config_free(config);
    return ok ? 0 : 1;
}

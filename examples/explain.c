/*
 * Explains a chain of certificates without a connection: what it is, and all that is wrong with it.
 *
 *     explain CHAIN [NAME [TRUST [CRL]]]
 *
 * CHAIN is a file in PEM or DER: the certificate in question, then others in any order. NAME is
 * whom it should be issued for; without one it is judged as a client's. TRUST is a PEM file; the
 * system's anchors unless said. CRL is a file with lists of revoked certificates. The exit status
 * is the verdict.
 */
#include <secsock.h>

#include <stdio.h>
#include <stdlib.h>

/* Asks first how long the text is. */
static int print(const secsock_verdict *verdict)
{
    size_t size = (size_t)secsock_verdict_explain(verdict, NULL, 0) + 1;
    char *text = malloc(size);
    if (text == NULL)
        return 0;
    secsock_verdict_explain(verdict, text, size);
    fputs(text, stdout);
    free(text);
    return 1;
}

int main(int argc, char **argv)
{
    const char *name = argc > 2 ? argv[2] : NULL;
    int purpose = name != NULL ? SECSOCK_PURPOSE_SERVER : SECSOCK_PURPOSE_CLIENT;
    secsock_verdict *verdict = NULL;
    secsock_error error = { .code = SECSOCK_OK };

    if (argc < 2)
        return fputs("explain CHAIN [NAME [TRUST [CRL]]]\n", stderr), 2;
    secsock_config *config = secsock_config_new();
    if (config == NULL)
        return fputs("out of memory\n", stderr), 1;
    if ((argc > 3 && secsock_config_trust_file(config, argv[3]) != SECSOCK_OK) ||
        (argc > 4 && secsock_config_add_crl_file(config, argv[4]) != SECSOCK_OK))
        error = *secsock_config_last_error(config);
    else
        secsock_validate_file(config, purpose, name, argv[1], NULL, &verdict, &error);
    int trusted = verdict != NULL && print(verdict) && secsock_verdict_ok(verdict);
    if (verdict == NULL)
        fprintf(stderr, "%s\n", error.message);
    secsock_verdict_free(verdict);
    secsock_config_free(config);
    return trusted ? 0 : 1;
}

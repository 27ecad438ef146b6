/* Asks a PostgreSQL server for TLS and shows who it is: hello [HOST [PORT [TRUST]]] */
#include <secsock.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "localhost";
    char answer = 0;
    secsock_config *config = secsock_config_new();
    if (argc > 3 && secsock_config_trust_file(config, argv[3]) != SECSOCK_OK)
        return puts(secsock_config_last_error(config)->message), 1;
    secsock *s = secsock_new(config);
    int ok = secsock_defer(s, 1) == SECSOCK_OK && /* no handshake yet: plain TCP first */
             secsock_connect(s, host, argc > 2 ? atoi(argv[2]) : 5432) == SECSOCK_OK &&
             secsock_send(s, "\0\0\0\10\4\322\26\57", 8) == 8 &&  /* do you speak TLS? */
             secsock_recv(s, &answer, 1) == 1 && answer == 'S' && /* S: go ahead */
             secsock_upgrade(s, host) == SECSOCK_OK;              /* are you who I mean? */
    puts(ok ? secsock_cert_subject(secsock_verdict_chain(secsock_get_verdict(s), 0))
            : secsock_last_error(s)->message);
    secsock_free(s);
    secsock_config_free(config);
    return !ok;
}

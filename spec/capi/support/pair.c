#include "pair.h"

#include <stdio.h>
#include <string.h>

void pair_open(struct pair *pair, secsock_config *client, secsock_config *server)
{
    *pair = (struct pair){ .client = secsock_new(client), .server = secsock_new(server) };
    secsock_defer(pair->client, 1);
    secsock_defer(pair->server, 1);
    pair->client_result = secsock_attach_memory(pair->client, SECSOCK_CLIENT);
    pair->server_result = secsock_attach_memory(pair->server, SECSOCK_SERVER);
}

void pair_close(struct pair *pair)
{
    secsock_free(pair->client);
    secsock_free(pair->server);
    *pair = (struct pair){ 0 };
}

size_t pair_move(secsock *from, secsock *to, size_t most)
{
    char bytes[4096];
    size_t moved = 0;
    int n;

    if (most > sizeof bytes)
        most = sizeof bytes;
    while ((n = secsock_drain(from, bytes, most)) > 0) {
        secsock_feed(to, bytes, (size_t)n);
        moved += (size_t)n;
    }
    return moved;
}

static int goes_on(int result)
{
    return result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE;
}

void pair_upgrade(struct pair *pair, const char *name)
{
    size_t moved;

    if (secsock_get_state(pair->client) != SECSOCK_STATE_SECURE)
        pair->client_result = secsock_upgrade(pair->client, name);
    if (secsock_get_state(pair->server) != SECSOCK_STATE_SECURE)
        pair->server_result = secsock_upgrade(pair->server, NULL);
    do {
        moved = pair_move(pair->client, pair->server, 4096);
        if (goes_on(pair->server_result))
            pair->server_result = secsock_upgrade(pair->server, NULL);
        moved += pair_move(pair->server, pair->client, 4096);
        if (goes_on(pair->client_result))
            pair->client_result = secsock_upgrade(pair->client, NULL);
    } while (moved > 0);
}

int pair_connect(struct pair *pair, secsock_config *client, secsock_config *server)
{
    pair_open(pair, client, server);
    pair_upgrade(pair, "mail.example");
    return pair->client_result == SECSOCK_OK && pair->server_result == SECSOCK_OK;
}

int pair_hears(secsock *from, secsock *to)
{
    char bytes[4096];
    int n;

    pair_move(from, to, sizeof bytes);
    do {
        n = secsock_recv(to, bytes, sizeof bytes);
    } while (n > 0);
    return n;
}

int pair_says(secsock *from, secsock *to, const char *text)
{
    char heard[1024];
    int len = (int)strlen(text), n;

    if (secsock_send(from, text, (size_t)len) != len)
        return 0;
    pair_move(from, to, 4096);
    n = secsock_recv(to, heard, sizeof heard);
    return n == len && memcmp(heard, text, (size_t)len) == 0;
}

int pair_talks(struct pair *pair)
{
    return pair_says(pair->client, pair->server, "a question") &&
           pair_says(pair->server, pair->client, "an answer");
}

int pair_pours(secsock *from, secsock *to, const void *bytes, size_t len)
{
    char heard[4096];
    size_t got = 0;

    if (secsock_send(from, bytes, len) != (int)len)
        return 0;
    pair_move(from, to, sizeof heard);
    while (got < len) {
        int n = secsock_recv(to, heard, sizeof heard);
        if (n <= 0 || (size_t)n > len - got || memcmp(heard, (const char *)bytes + got, (size_t)n))
            return 0;
        got += (size_t)n;
    }
    return 1;
}

int pair_exchanges(struct pair *pair, const void *bytes, size_t longest)
{
    for (size_t len = 1; len <= longest; len += len / 3 + 1)
        if (!pair_pours(pair->client, pair->server, bytes, len) ||
            !pair_pours(pair->server, pair->client, bytes, len))
            return 0;
    return 1;
}

static void explain(const char *who, const secsock *s, int result)
{
    const secsock_error *error = secsock_last_error(s);
    printf("# %s: %s, %s: %s (%s, alert %d %s)\n", who, secsock_result_name(result),
           secsock_state_name(secsock_get_state(s)), error->message,
           secsock_result_name(error->code), error->alert,
           error->alert_received ? "received" : "sent");
}

void pair_explain(const struct pair *pair)
{
    explain("client", pair->client, pair->client_result);
    explain("server", pair->server, pair->server_result);
}

/* Both ends of a connection in one process, over memory transports. */
#ifndef SECSOCK_SPEC_PAIR_H
#define SECSOCK_SPEC_PAIR_H

#include "secsock.h"

struct pair {
    secsock *client, *server;
    int client_result, server_result; /* of the last upgrade or attempt at one */
};

/* Two sockets in PLAIN, with these configurations (which remain the caller's). */
void pair_open(struct pair *pair, secsock_config *client, secsock_config *server);
void pair_close(struct pair *pair);

/* Moves what one end wants sent to the other, in pieces of at most `most` bytes; returns how
 * many bytes were moved. */
size_t pair_move(secsock *from, secsock *to, size_t most);

/* Upgrades both ends, as far as they are not SECURE yet, by turns until neither can go on. The
 * client expects `name`, or (NULL) what it was told before. */
void pair_upgrade(struct pair *pair, const char *name);

/* Opens and upgrades; the client expects mail.example. 1 if both ends are SECURE. */
int pair_connect(struct pair *pair, secsock_config *client, secsock_config *server);

/* What secsock_recv() says once everything the peer sent has arrived, and the data is dropped. */
int pair_hears(secsock *from, secsock *to);

/* Sends text from one end to the other; 1 if it arrived, and nothing else did. */
int pair_says(secsock *from, secsock *to, const char *text);

/* pair_says() in both directions: 1 if the connection works. */
int pair_talks(struct pair *pair);

/* Sends so many bytes from one end to the other; 1 if they arrive as they were. */
int pair_pours(secsock *from, secsock *to, const void *bytes, size_t len);

/* Pours records of all kinds of lengths up to this one, in both directions by turns. */
int pair_exchanges(struct pair *pair, const void *bytes, size_t longest);

/* Prints the last errors of both ends, as comments for a check that did not hold. */
void pair_explain(const struct pair *pair);

#endif

/* The blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, for IP packets. */
#ifndef SECSOCK_SRC_PCAPNG_H
#define SECSOCK_SRC_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keylog.h"
#include "packet.h"

enum {
    PCAPNG_HEAD_MOST = 512,
    PCAPNG_COMMENT_MOST = 64, /* with its end */
    PCAPNG_PACKET_MOST = PACKET_MOST + PCAPNG_COMMENT_MOST + 64,
    PCAPNG_SECRET_MOST = KEYLOG_LINE + 128
};

/* Which way a packet went, as seen from the end that recorded it: epb_flags. */
enum pcapng_direction { PCAPNG_INBOUND = 1, PCAPNG_OUTBOUND = 2 };

/* Each writes one part of a file and returns its length, at most what its name promises: what a
 * file begins with, which says whether it holds secrets; a packet, at a time in nanoseconds since
 * 1970, with a comment unless that is ""; and a line of a key log, which must precede the packets
 * that it decrypts. */
size_t pcapng_head(bool secrets, uint8_t out[PCAPNG_HEAD_MOST]);
size_t pcapng_packet(const struct packet *packet, enum pcapng_direction direction, uint64_t time,
                     const char *comment, uint8_t out[PCAPNG_PACKET_MOST]);
size_t pcapng_secret(const char *line, uint8_t out[PCAPNG_SECRET_MOST]);

#endif

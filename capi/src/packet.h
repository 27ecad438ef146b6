/* IP packets with a TCP segment, as they would have carried what a recording is made of. */
#ifndef SECSOCK_SRC_PACKET_H
#define SECSOCK_SRC_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The flags of a segment (RFC 9293, section 3.1). */
enum {
    PACKET_FIN = 0x01,
    PACKET_SYN = 0x02,
    PACKET_RST = 0x04,
    PACKET_PSH = 0x08,
    PACKET_ACK = 0x10
};

enum {
    PACKET_WINDOW = 65535,    /* what each end says that it takes */
    PACKET_DATA_MOST = 32768, /* that one packet carries */
    PACKET_MOST = PACKET_DATA_MOST + 60
};

struct endpoint {
    uint8_t address[16]; /* the first four for IPv4 */
    uint16_t port;
};

struct packet {
    bool v6;
    const struct endpoint *from, *to;
    uint32_t seq, ack;
    unsigned flags;
    const uint8_t *data; /* at most PACKET_DATA_MOST bytes */
    size_t len;
};

/* Writes it, with right checksums; returns how many bytes, at most PACKET_MOST. */
size_t packet_write(const struct packet *packet, uint8_t out[PACKET_MOST]);

#endif

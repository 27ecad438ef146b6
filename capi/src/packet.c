#include "packet.h"

#include <string.h>

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, PROTOCOL_TCP = 6, HOPS = 64 };

static uint8_t *put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
    return put16(put16(at, value >> 16), value & 0xffff);
}

static uint8_t *put_bytes(uint8_t *at, const uint8_t *bytes, size_t len)
{
    if (len > 0)
        memcpy(at, bytes, len);
    return at + len;
}

/* The Internet checksum (RFC 1071): sums of several parts add up, as long as all but the last have
 * an even length. */
static uint32_t sum(const uint8_t *bytes, size_t len)
{
    uint32_t total = 0;
    for (size_t i = 0; i + 1 < len; i += 2)
        total += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    if (len % 2 == 1)
        total += (uint32_t)bytes[len - 1] << 8;
    return total;
}

static unsigned checksum(uint32_t total)
{
    while (total > 0xffff)
        total = (total & 0xffff) + (total >> 16);
    return ~total & 0xffff;
}

static uint8_t *put_ipv4(const struct packet *packet, size_t payload, uint8_t *at)
{
    enum { DONT_FRAGMENT = 0x4000, CHECKSUM_AT = 10 };
    uint8_t *header = at;
    at = put16(at, 0x4500);
    at = put16(at, (unsigned)(IPV4_HEADER + payload));
    at = put16(at, 0); /* an identification matters to fragments only: RFC 6864, section 4.1 */
    at = put16(at, DONT_FRAGMENT);
    at = put16(at, HOPS << 8 | PROTOCOL_TCP);
    at = put16(at, 0);
    at = put_bytes(at, packet->from->address, 4);
    at = put_bytes(at, packet->to->address, 4);
    put16(header + CHECKSUM_AT, checksum(sum(header, IPV4_HEADER)));
    return at;
}

static uint8_t *put_ipv6(const struct packet *packet, size_t payload, uint8_t *at)
{
    at = put32(at, 0x60000000);
    at = put16(at, (unsigned)payload);
    at = put16(at, PROTOCOL_TCP << 8 | HOPS);
    at = put_bytes(at, packet->from->address, 16);
    return put_bytes(at, packet->to->address, 16);
}

/* What the checksum covers beside the segment: RFC 9293, section 3.1; RFC 8200, section 8.1. */
static uint32_t pseudo_header_sum(const struct packet *packet, size_t len)
{
    size_t width = packet->v6 ? 16 : 4;
    return sum(packet->from->address, width) + sum(packet->to->address, width) + PROTOCOL_TCP +
           (uint32_t)len;
}

static uint8_t *put_tcp(const struct packet *packet, uint8_t *at)
{
    enum { HEADER_WORDS = TCP_HEADER / 4, CHECKSUM_AT = 16 };
    uint8_t *header = at;
    at = put16(at, packet->from->port);
    at = put16(at, packet->to->port);
    at = put32(at, packet->seq);
    at = put32(at, packet->ack);
    at = put16(at, HEADER_WORDS << 12 | packet->flags);
    at = put16(at, PACKET_WINDOW);
    at = put32(at, 0); /* the checksum, and no urgent data */
    at = put_bytes(at, packet->data, packet->len);
    size_t len = (size_t)(at - header);
    put16(header + CHECKSUM_AT, checksum(pseudo_header_sum(packet, len) + sum(header, len)));
    return at;
}

size_t packet_write(const struct packet *packet, uint8_t out[PACKET_MOST])
{
    size_t payload = TCP_HEADER + packet->len;
    uint8_t *at = packet->v6 ? put_ipv6(packet, payload, out) : put_ipv4(packet, payload, out);
    return (size_t)(put_tcp(packet, at) - out);
}

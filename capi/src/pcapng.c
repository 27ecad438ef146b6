#include "pcapng.h"

#include <string.h>

#include "secsock.h"

enum {
    BLOCK_SECTION = 0x0A0D0D0A,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
    BYTE_ORDER_MAGIC = 0x1A2B3C4D,
    LINKTYPE_RAW = 101, /* IPv4 or IPv6, with nothing before it */
    SECRETS_TLS_KEYLOG = 0x544C534B
};

enum {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_EPB_FLAGS = 2,
    OPTION_IF_NAME = 2,
    OPTION_SHB_USERAPPL = 4,
    OPTION_IF_TSRESOL = 9
};

/* ---------------------------------------------------------------------------------- writing */

static uint8_t *put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
    return put16(put16(at, value & 0xffff), value >> 16);
}

/* Everything begins at a multiple of four bytes. */
static uint8_t *pad(uint8_t *at, size_t len)
{
    for (; len % 4 != 0; len++)
        *at++ = 0;
    return at;
}

static uint8_t *put_option(uint8_t *at, unsigned code, const void *value, size_t len)
{
    at = put16(at, code);
    at = put16(at, (unsigned)len);
    memcpy(at, value, len);
    return pad(at + len, len);
}

static uint8_t *put_text(uint8_t *at, unsigned code, const char *text)
{
    return put_option(at, code, text, strlen(text));
}

/* The length of a block stands at both of its ends. */
static uint8_t *begin_block(uint8_t *block, uint32_t type)
{
    return put32(put32(block, type), 0);
}

static uint8_t *end_block(uint8_t *block, uint8_t *at)
{
    at = put32(at, OPTION_END);
    uint32_t len = (uint32_t)(at + 4 - block);
    put32(block + 4, len);
    return put32(at, len);
}

/* ----------------------------------------------------------------------------------- blocks */

static uint8_t *put_section(uint8_t *block, bool secrets)
{
    static const char with[] =
        "SECRET: holds the TLS secrets of its connections. Who has this file can read everything "
        "that was sent under them.";
    static const char without[] = "Holds no TLS secrets.";
    uint8_t *at = begin_block(block, BLOCK_SECTION);
    at = put32(at, BYTE_ORDER_MAGIC);
    at = put32(at, 1);                             /* version 1.0 */
    at = put32(put32(at, UINT32_MAX), UINT32_MAX); /* of a length that is not known */
    at = put_text(at, OPTION_COMMENT, secrets ? with : without);
    at = put16(at, OPTION_SHB_USERAPPL);
    const char *version = secsock_version();
    size_t len = strlen("secsock ") + strlen(version);
    at = put16(at, (unsigned)len);
    at = (uint8_t *)stpcpy(stpcpy((char *)at, "secsock "), version);
    return end_block(block, pad(at, len));
}

static uint8_t *put_interface(uint8_t *block)
{
    static const uint8_t nanoseconds = 9;
    uint8_t *at = begin_block(block, BLOCK_INTERFACE);
    at = put16(at, LINKTYPE_RAW);
    at = put16(at, 0);
    at = put32(at, 0); /* packets of any length */
    at = put_text(at, OPTION_IF_NAME, "secsock");
    at = put_option(at, OPTION_IF_TSRESOL, &nanoseconds, sizeof(nanoseconds));
    return end_block(block, at);
}

size_t pcapng_head(bool secrets, uint8_t out[PCAPNG_HEAD_MOST])
{
    return (size_t)(put_interface(put_section(out, secrets)) - out);
}

size_t pcapng_packet(const struct packet *packet, enum pcapng_direction direction, uint64_t time,
                     const char *comment, uint8_t out[PCAPNG_PACKET_MOST])
{
    enum { LENGTHS = 8 };
    uint8_t flags[4];
    uint8_t *at = begin_block(out, BLOCK_PACKET);
    at = put32(at, 0); /* the one interface */
    at = put32(at, (uint32_t)(time >> 32));
    at = put32(at, (uint32_t)time);
    size_t len = packet_write(packet, at + LENGTHS);
    at = put32(put32(at, (uint32_t)len), (uint32_t)len); /* as captured, and on the wire */
    at = pad(at + len, len);
    if (*comment)
        at = put_text(at, OPTION_COMMENT, comment);
    put32(flags, direction);
    at = put_option(at, OPTION_EPB_FLAGS, flags, sizeof(flags));
    return (size_t)(end_block(out, at) - out);
}

size_t pcapng_secret(const char *line, uint8_t out[PCAPNG_SECRET_MOST])
{
    size_t len = strlen(line);
    uint8_t *at = begin_block(out, BLOCK_SECRETS);
    at = put32(at, SECRETS_TLS_KEYLOG);
    at = put32(at, (uint32_t)len + 1);
    at = (uint8_t *)stpcpy(stpcpy((char *)at, line), "\n");
    at = pad(at, len + 1);
    at = put_text(at, OPTION_COMMENT, "SECRET: decrypts a TLS connection");
    return (size_t)(end_block(out, at) - out);
}

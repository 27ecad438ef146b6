/* The bytes of capture files: blocks, packets and their checksums; and files that fail. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "disk.h"
#include "memory.h"
#include "pair.h"
#include "pcapng.h"
#include "rig.h"
#include "settings.h"
#include "tcp.h"

enum { BLOCK_SECTION = 0x0A0D0D0A, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6, BLOCK_SECRETS = 10 };

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static unsigned sum(const uint8_t *bytes, size_t len, unsigned total)
{
    for (size_t i = 0; i < len; i++)
        total += i % 2 == 0 ? (unsigned)bytes[i] << 8 : bytes[i];
    return total;
}

static unsigned fold(unsigned total)
{
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return total;
}

/* ---------------------------------------------------------------------------------- packets */

static void test_packet(bool v6, size_t len)
{
    static uint8_t data[PACKET_DATA_MOST], out[PACKET_MOST];
    struct endpoint from = { { 192, 0, 2, 1, 0xFF, 0xFF, 9, 9, 9 }, 40000 };
    struct endpoint to = { { 192, 0, 2, 255, 1 }, 25 };
    struct packet packet = { .v6 = v6,
                             .from = &from,
                             .to = &to,
                             .seq = 0xFFFFFFF0,
                             .ack = 7,
                             .flags = PACKET_PSH | PACKET_ACK,
                             .data = data,
                             .len = len };
    size_t header = v6 ? 40 : 20, tcp = 20 + len;
    memset(data, 0xA5, sizeof data);
    memset(out, 0xEE, sizeof out);
    size_t written = packet_write(&packet, out);
    CHECK(written == header + tcp && (written == sizeof out || out[written] == 0xEE),
          "%zu bytes over IPv%d have the right length", len, v6 ? 6 : 4);
    CHECK(v6 || fold(sum(out, 20, 0)) == 0xFFFF, "the header's checksum is right");
    size_t width = v6 ? 32 : 8;
    CHECK(fold(sum(out + header, tcp, sum(out + header - width, width, (unsigned)tcp + 6))) ==
              0xFFFF,
          "the segment's is");
    CHECK((v6 ? (size_t)(out[4] << 8 | out[5]) : (size_t)(out[2] << 8 | out[3]) - 20) == tcp,
          "the packet tells its length");
    CHECK(memcmp(out + header + 20, data, len) == 0, "the bytes are in it");
}

/* ----------------------------------------------------------------------------------- blocks */

/* Whether bytes are whole blocks; the types of the first `most` of them, and how many there are. */
static size_t read_blocks(const uint8_t *bytes, size_t len, uint32_t *types, size_t most)
{
    size_t count = 0, at = 0;
    while (at + 12 <= len) {
        uint32_t size = get32(bytes + at + 4);
        if (size % 4 != 0 || size < 12 || size > len - at || get32(bytes + at + size - 4) != size)
            return 0;
        if (count < most)
            types[count] = get32(bytes + at);
        count++;
        at += size;
    }
    return at == len ? count : 0;
}

static void writes_blocks(void)
{
    uint8_t head[PCAPNG_HEAD_MOST], secret[PCAPNG_SECRET_MOST];
    static uint8_t data[PACKET_DATA_MOST], block[PCAPNG_PACKET_MOST];
    uint32_t types[4];
    size_t len = pcapng_head(true, head);
    CHECK(read_blocks(head, len, types, 4) == 2 && types[0] == BLOCK_SECTION &&
              types[1] == BLOCK_INTERFACE && get32(head + 8) == 0x1A2B3C4D,
          "a file begins with its section and its interface");
    CHECK(memmem(head, len, "SECRET: ", 8) != NULL, "it says that it is secret");
    len = pcapng_head(false, head);
    CHECK(read_blocks(head, len, types, 4) == 2 && !memmem(head, len, "SECRET", 6),
          "one without secrets does not");

    char line[KEYLOG_LINE];
    bool whole = true;
    for (size_t n = 0; n < sizeof line; n++) {
        memset(line, 'x', n);
        line[n] = '\0';
        len = pcapng_secret(line, secret);
        whole = whole && len <= sizeof secret && read_blocks(secret, len, types, 4) == 1 &&
                types[0] == BLOCK_SECRETS && get32(secret + 8) == 0x544C534B &&
                get32(secret + 12) == n + 1 && secret[16 + n] == '\n';
    }
    CHECK(whole, "a line of any length is a block of secrets");

    struct endpoint end = { { 127, 0, 0, 1 }, 1 };
    struct packet packet = { .from = &end, .to = &end, .data = data };
    for (packet.len = 0; packet.len < PACKET_DATA_MOST; packet.len += packet.len < 9 ? 1 : 5461) {
        len = pcapng_packet(&packet, PCAPNG_INBOUND, 0x0123456789ABCDEF, "", block);
        whole = whole && len <= sizeof block && read_blocks(block, len, types, 4) == 1 &&
                types[0] == BLOCK_PACKET && get32(block + 20) == packet.len + 40 &&
                get32(block + 12) == 0x01234567 && get32(block + 16) == 0x89ABCDEF;
    }
    packet.len = PACKET_DATA_MOST;
    packet.v6 = true;
    CHECK(whole && pcapng_packet(&packet, PCAPNG_OUTBOUND, 1, "", block) <= sizeof block,
          "so is a packet, which tells its time");

    char comment[PCAPNG_COMMENT_MOST];
    memset(comment, 'c', sizeof comment - 1);
    comment[sizeof comment - 1] = '\0';
    len = pcapng_packet(&packet, PCAPNG_OUTBOUND, 1, comment, block);
    CHECK(len <= sizeof block && read_blocks(block, len, types, 4) == 1 &&
              memmem(block, len, comment, sizeof comment - 1),
          "and may have a comment");
}

/* ------------------------------------------------------------------------------------- files */

static char path[] = "/tmp/secsock-pcapng-XXXXXX";

static secsock_capture *open_capture(int what)
{
    secsock_capture *capture = NULL;
    secsock_error error;
    unlink(path);
    if (secsock_capture_open(&capture, path, what, &error) != SECSOCK_OK)
        printf("# %s\n", error.message);
    return capture;
}

static size_t read_bytes(uint8_t *bytes, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, bytes, size);
    close(fd);
    return len > 0 ? (size_t)len : 0;
}

/* How many blocks are in the file, 0 if it is damaged; *packets of them are packets. */
static size_t read_file(size_t *packets)
{
    static uint8_t bytes[1 << 20];
    static uint32_t types[1 << 12];
    size_t count = read_blocks(bytes, read_bytes(bytes, sizeof bytes), types, 1 << 12);
    *packets = 0;
    for (size_t i = 0; i < count; i++)
        *packets += types[i] == BLOCK_PACKET;
    return count;
}

static void opens_files(void)
{
    struct stat status;
    secsock_error error;
    secsock_capture *capture = open_capture(SECSOCK_CAPTURE_SECRETS), *other = capture;
    CHECK(capture && stat(path, &status) == 0 && (status.st_mode & 0777) == 0600,
          "a capture is for its owner alone");
    CHECK(secsock_capture_open(&other, path, SECSOCK_CAPTURE_WIRE, &error) == SECSOCK_E_FILE &&
              !other && error.sys_errno == EEXIST && error.message[0] != '\0',
          "a file that is there is not overwritten");
    CHECK(secsock_capture_open(&other, "/nowhere/x", SECSOCK_CAPTURE_WIRE, &error) ==
                  SECSOCK_E_FILE &&
              error.sys_errno == ENOENT,
          "a file that cannot be made is an error");
    CHECK(secsock_capture_open(NULL, path, 0, &error) == SECSOCK_E_ARGUMENT &&
              secsock_capture_open(&other, NULL, 0, &error) == SECSOCK_E_ARGUMENT &&
              secsock_capture_open(&other, path, 2, &error) == SECSOCK_E_ARGUMENT,
          "so are arguments that are none");
    CHECK(secsock_capture_status(capture, &error) == SECSOCK_OK && error.code == SECSOCK_OK &&
              secsock_capture_close(capture, &error) == SECSOCK_OK &&
              secsock_capture_close(capture, NULL) == SECSOCK_OK,
          "it may be closed twice");
    secsock_capture_free(capture);
    secsock_capture_free(NULL);
}

static secsock_config *client, *server;

/* A connection of which one end is recorded; whether it worked. */
static bool converse(struct pair *pair, secsock_capture *capture, bool of_server)
{
    secsock_set_capture(of_server ? pair->server : pair->client, capture, 25);
    bool well = pair_says(pair->client, pair->server, "STARTTLS\n");
    pair_upgrade(pair, "mail.example");
    well = well && pair_talks(pair);
    pair_close(pair);
    return well;
}

static void survives_a_full_disk(void)
{
    bool told = true, well = true, whole = true;
    unsigned long n = 0;
    for (bool failed = true; failed; n++) {
        secsock_capture *capture = open_capture(SECSOCK_CAPTURE_SECRETS);
        secsock_error error;
        struct pair pair;
        size_t packets;
        pair_open(&pair, client, server);
        disk_fail(n + 1, ENOSPC);
        well = well && converse(&pair, capture, n % 2 == 0);
        failed = disk_failed();
        disk_fail(0, 0);
        int status = secsock_capture_status(capture, &error);
        told = told && (!failed || (status == SECSOCK_E_FILE && error.sys_errno == ENOSPC &&
                                    strstr(error.message, path)));
        told = told && (failed || status == SECSOCK_OK);
        told = told && secsock_capture_close(capture, NULL) == status;
        whole = whole && read_file(&packets) > 1;
        secsock_capture_free(capture);
    }
    CHECK(n > 10 && well, "none of %lu failures to write fails a connection", n);
    CHECK(told, "each is told, with its errno");
    CHECK(whole, "and leaves a file that can be read");
}

/* A disk that takes half of a packet: what it took of it must go again. */
static void takes_back_half_a_packet(void)
{
    struct rlimit before, limit;
    struct pair pair;
    size_t packets;
    secsock_error error;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    bool well = true, told = true;
    for (rlim_t most = 400; most < 1000; most += 60) {
        secsock_capture *capture = open_capture(SECSOCK_CAPTURE_SECRETS);
        limit = (struct rlimit){ most, before.rlim_max };
        setrlimit(RLIMIT_FSIZE, &limit);
        pair_open(&pair, client, server);
        well = converse(&pair, capture, true) && well;
        setrlimit(RLIMIT_FSIZE, &before);
        well = well && read_file(&packets) > 1;
        told = told && secsock_capture_status(capture, &error) == SECSOCK_E_FILE &&
               error.sys_errno == EFBIG;
        secsock_capture_free(capture);
    }
    CHECK(well && told, "a packet that went in by half is taken back");
}

static void survives_shortage(void)
{
    bool well = true, lost = false, told = true;
    unsigned long n = 0;
    for (bool failed = true; failed; n += check_stride()) {
        long before = memory_live();
        secsock_capture *capture = NULL;
        secsock_error error = { 0 };
        struct pair pair;
        size_t packets;
        unlink(path);
        pair_open(&pair, client, server);
        memory_fail(n + 1);
        int result = secsock_capture_open(&capture, path, SECSOCK_CAPTURE_SECRETS, &error);
        told = told && (result == SECSOCK_OK || (!capture && error.message[0] != '\0'));
        if (result == SECSOCK_OK)
            converse(&pair, capture, n % 2 == 0);
        else
            pair_close(&pair);
        failed = memory_failed();
        memory_fail(0);
        well = well && (result != SECSOCK_OK || read_file(&packets) >= 2);
        secsock_capture_free(capture);
        lost = lost || memory_live() != before;
    }
    CHECK(well && n > 20, "the file stays whole while %lu allocations fail in turn", n);
    CHECK(told && !lost, "what fails is told, and nothing is lost");
}

/* Whoever asks too late, or for too much. */
static void is_told_when(void)
{
    struct pair pair;
    size_t packets;
    secsock_capture *capture = open_capture(SECSOCK_CAPTURE_WIRE);
    pair_connect(&pair, client, server);
    CHECK(secsock_set_capture(pair.client, capture, 0) == SECSOCK_E_STATE &&
              secsock_last_error(pair.client)->message[0] != '\0',
          "under TLS it is too late to begin");
    CHECK(secsock_set_capture(pair.client, NULL, 0) == SECSOCK_OK, "never to end");
    pair_close(&pair);
    CHECK(secsock_set_capture(NULL, capture, 0) == SECSOCK_E_ARGUMENT, "there is a socket");
    secsock *s = secsock_new(client);
    CHECK(secsock_set_capture(s, capture, 65536) == SECSOCK_E_ARGUMENT &&
              secsock_set_capture(s, capture, -1) == SECSOCK_E_ARGUMENT,
          "the port is one");
    secsock_set_capture(s, capture, 0);
    secsock_attach_memory(s, SECSOCK_CLIENT);
    secsock_unread(s, "before", 6);
    char bytes[8];
    secsock_recv(s, bytes, sizeof bytes);
    CHECK(read_file(&packets) > 0 && packets == 4, "what came before the transport is recorded");
    secsock_feed(s, "now", 3);
    secsock_recv(s, bytes, sizeof bytes);
    secsock_unread(s, "now", 3);
    CHECK(read_file(&packets) > 0 && packets == 5, "what is given back is not recorded twice");
    secsock_capture_free(capture);
    secsock_close(s);
    CHECK(read_file(&packets) > 0 && packets == 6, "a socket keeps its capture alive");
    secsock_free(s);
}

/* A handshake that ends in an error is in the file as far as it went. */
static void shows_failures(void)
{
    struct pair pair;
    size_t packets = 0;
    secsock_capture *capture = open_capture(SECSOCK_CAPTURE_SECRETS);
    pair_open(&pair, client, server);
    secsock_set_capture(pair.client, capture, 0);
    pair_upgrade(&pair, "wrong.example");
    CHECK(pair.client_result == SECSOCK_E_REJECTED && read_file(&packets) > 0 && packets >= 6,
          "a refused handshake is shown at once");
    pair_close(&pair);
    pair_open(&pair, client, server);
    secsock_set_capture(pair.client, capture, 0);
    secsock_upgrade(pair.client, "mail.example");
    secsock_set_capture(pair.client, NULL, 0);
    size_t before = packets;
    CHECK(read_file(&packets) > 0 && packets >= before + 4, "so is one whose recording is ended");
    pair_close(&pair);
    secsock_capture_free(capture);
}

/* What has no addresses is given some, whatever it is made of. */
static void records_every_transport(void)
{
    for (enum rig_kind kind = 0; kind < RIG_KINDS; kind++) {
        static const uint8_t made_up[] = { 192, 0, 2, 1, 192, 0, 2, 2 };
        static uint8_t bytes[1 << 16];
        secsock_capture *capture = open_capture(SECSOCK_CAPTURE_SECRETS);
        struct rig rig;
        size_t packets;
        int mine, theirs;
        rig_open(&rig, kind, SECSOCK_CLIENT, client);
        secsock *peer = secsock_new(server);
        secsock_attach_memory(peer, SECSOCK_SERVER);
        secsock_set_capture(rig.s, capture, 25);
        rig_upgrade(&rig, peer, "mail.example", &mine, &theirs);
        size_t len = read_bytes(bytes, sizeof bytes);
        CHECK(mine == SECSOCK_OK && theirs == SECSOCK_OK && read_file(&packets) > 0 &&
                  packets >= 6 && memmem(bytes, len, made_up, sizeof made_up),
              "%s is recorded, with made-up addresses", rig_names[kind]);
        secsock_free(peer);
        rig_close(&rig);
        secsock_capture_free(capture);
    }
}

enum { THREADS = 4, CONVERSATIONS = 8 };

static void *converse_often(void *arg)
{
    for (int i = 0; i < CONVERSATIONS; i++) {
        struct pair pair;
        pair_open(&pair, client, server);
        if (!converse(&pair, arg, i % 2 == 0))
            return arg;
    }
    return NULL;
}

static void is_shared_by_threads(void)
{
    secsock_capture *capture = open_capture(SECSOCK_CAPTURE_SECRETS);
    pthread_t threads[THREADS];
    bool well = true;
    size_t packets;
    for (int i = 0; i < THREADS; i++)
        threads[i] = tcp_thread(converse_often, capture);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        well = well && !failed;
    }
    size_t blocks = read_file(&packets);
    CHECK(well && secsock_capture_close(capture, NULL) == SECSOCK_OK &&
              blocks == 2 + packets + 5 * THREADS * CONVERSATIONS,
          "threads that share a capture leave whole blocks, and each its secrets");
    secsock_capture_free(capture);
}

int main(void)
{
    int fd = mkstemp(path);
    close(fd);
    client = settings_config(&(struct settings){ .no_resumption = true });
    server = settings_config(&(struct settings){ .identity = "server", .no_resumption = true });
    static const size_t lengths[] = { 0, 1, 2, 3, 1000, 32767, PACKET_DATA_MOST };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        test_packet(false, lengths[i]);
        test_packet(true, lengths[i]);
    }
    writes_blocks();
    opens_files();
    survives_a_full_disk();
    takes_back_half_a_packet();
    survives_shortage();
    is_told_when();
    shows_failures();
    records_every_transport();
    is_shared_by_threads();
    secsock_config_free(client);
    secsock_config_free(server);
    unlink(path);
    return check_done();
}

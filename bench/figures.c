/* Works that are not timed by the driver: what connections hold of the heap, and processes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "heap.h"
#include "works.h"

/* ------------------------------------------------------------------------------------- heap */

/* What one end has of the heap: the calls made for it are told apart from the other's. */
struct share {
    size_t live, peak, asked;
    struct heap before;
};

static void enter(struct share *share)
{
    share->before = heap_now();
    heap_begin();
}

static void leave(struct share *share)
{
    struct heap now = heap_now();
    size_t most = share->live + now.peak - share->before.live;
    if (most > share->peak)
        share->peak = most;
    share->live += now.live - share->before.live;
    share->asked += now.asked - share->before.asked;
}

static void *open_counted(void *context, struct wire *wire, struct share *share)
{
    enter(share);
    void *connection = subject.open(context, wire);
    leave(share);
    return connection;
}

static enum shaken shake_counted(void *connection, struct share *share)
{
    enter(share);
    enum shaken result = subject.shake(connection);
    leave(share);
    return result;
}

/* As stage_connect(), with what either end allocates for it. */
static void connect_counted(struct stage *stage, struct pair *pair, struct share *client,
                            struct share *server)
{
    enum shaken left = SHAKE_WAITS, right = SHAKE_WAITS;
    char byte = 'a';
    *client = *server = (struct share){ 0 };
    wire_memory(&pair->client_wire, &pair->server_wire);
    pair->client = open_counted(stage->client, &pair->client_wire, client);
    pair->server = open_counted(stage->server, &pair->server_wire, server);
    while (left == SHAKE_WAITS || right == SHAKE_WAITS) {
        if (left == SHAKE_WAITS)
            left = shake_counted(pair->client, client);
        if (right == SHAKE_WAITS)
            right = shake_counted(pair->server, server);
    }
    need(left == SHAKE_DONE && right == SHAKE_DONE, "the handshake failed");
    enter(server);
    subject.send(pair->server, &byte, 1);
    leave(server);
    enter(client);
    pair_receive(pair->client, &pair->client_wire, &byte, 1);
    leave(client);
}

/* Of one idle connection among several: the first ones pay for what is shared. */
void tell_memory(struct stage *stage)
{
    enum { WARM = 8 };
    struct pair pairs[WARM];
    struct share client, server;
    need(heap_now != NULL, "memory is told with heap.so alone");
    for (int i = 0; i < WARM; i++)
        connect_counted(stage, &pairs[i], &client, &server);
    printf("\"client_idle\":%zu,\"server_idle\":%zu,\"client_peak\":%zu,\"server_peak\":%zu,"
           "\"client_allocations\":%zu,\"server_allocations\":%zu",
           client.live, server.live, client.peak, server.peak, client.asked, server.asked);
}

static size_t resident(void)
{
    size_t all = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    need(file && fscanf(file, "%zu %zu", &all, &pages) == 2, "no /proc");
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* A server with so many idle connections; its clients are gone, and take no memory. */
void tell_many(struct stage *stage)
{
    struct pair *pairs = calloc(stage->size, sizeof(*pairs)), warm;
    need(pairs != NULL, "no memory");
    stage_connect(stage, &warm);
    size_t before = resident();
    for (size_t i = 0; i < stage->size; i++) {
        stage_connect(stage, &pairs[i]);
        subject.close(pairs[i].client);
    }
    printf("\"resident\":%zu", resident() - before);
}

/* -------------------------------------------------------------------------------- processes */

/* Up to the first bytes of a client that trusts in the system's anchors. */
static void begin_first(void)
{
    struct settings settings = stage_client(&(struct scene){ 13, .group = "X25519" });
    struct wire client, server;
    unsigned char hello[1];
    settings.system = true;
    wire_memory(&client, &server);
    void *connection = subject.open(subject.new_context(&settings), &client);
    need(subject.shake(connection) == SHAKE_WAITS && wire_read(&server, hello, 1) == 1 &&
             hello[0] == 22,
         "no ClientHello");
    subject.close(connection);
}

void process_begin(const char *what)
{
    if (strcmp(what, "--first") == 0)
        begin_first();
    else
        need(strcmp(what, "--load") == 0 && subject.version() != NULL, "no such process");
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double process_seconds(const char *what)
{
    struct rusage usage;
    int status = 1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", subject.name, material, what, (char *)NULL);
        _exit(1);
    }
    need(child > 0 && wait4(child, &status, 0, &usage) == child && status == 0, "no process");
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/* The CPU time of such processes, from exec to exit; stage->size of them. */
static void tell_processes(const struct stage *stage, const char *what)
{
    double took = 0;
    for (size_t i = 0; i < stage->size; i++)
        took += process_seconds(what);
    printf("\"seconds\":%.9f,\"count\":%zu", took, stage->size);
}

void tell_load(struct stage *stage)
{
    tell_processes(stage, "--load");
}

void tell_first(struct stage *stage)
{
    tell_processes(stage, "--first");
}

/*
 * Many connections in one thread: none of the calls waits, poll() does. It asks any number of
 * PostgreSQL servers for TLS at the same time and tells who they are.
 *
 *     nonblocking NAME TRUST PORT...        all on 127.0.0.1
 */
#include <secsock.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 64 };

/* A connection, and how far it has come. */
struct task {
    secsock *s;
    int port;
    enum { CONNECT, ASK, ANSWER, UPGRADE, DONE, FAILED } step;
};

static const unsigned char SSL_REQUEST[8] = { 0, 0, 0, 8, 4, 210, 22, 47 };

/* One step: a result below zero is SECSOCK_WANT_READ, SECSOCK_WANT_WRITE or an error. */
static int step(struct task *task)
{
    char answer = 0;
    int result = 0;
    switch (task->step) {
    case CONNECT:
        return secsock_connect(task->s, "127.0.0.1", task->port);
    case ASK: /* so few bytes are sent whole */
        return secsock_send(task->s, SSL_REQUEST, sizeof SSL_REQUEST);
    case ANSWER:
        result = secsock_recv(task->s, &answer, 1);
        return result < 0 || answer == 'S' ? result : SECSOCK_E_UNSUPPORTED;
    case UPGRADE:
        return secsock_upgrade(task->s, NULL);
    default:
        return SECSOCK_E_STATE;
    }
}

static int waits(int result)
{
    return result == SECSOCK_WANT_READ || result == SECSOCK_WANT_WRITE;
}

/* Goes on for as long as nothing has to be waited for. */
static void advance(struct task *task)
{
    int result = 0;
    while (result >= 0 && task->step < DONE) {
        result = step(task);
        if (result >= 0)
            task->step++;
    }
    if (task->step == DONE) {
        const secsock_cert *peer = secsock_verdict_chain(secsock_get_verdict(task->s), 0);
        printf("port %d: %s\n", task->port, secsock_cert_subject(peer));
    } else if (!waits(result)) {
        const secsock_error *error = secsock_last_error(task->s);
        printf("port %d: %s\n", task->port,
               error->code ? error->message : secsock_result_text(result));
        task->step = FAILED;
    }
}

/* Until all are done. */
static void run(struct task *tasks, int count)
{
    struct pollfd fds[MOST];
    int waiting = count;
    for (int i = 0; i < count; i++)
        advance(&tasks[i]);
    while (waiting > 0) {
        waiting = 0;
        for (int i = 0; i < count; i++) {
            int idle = tasks[i].step >= DONE;
            int reads = secsock_want(tasks[i].s) == SECSOCK_WANT_READ;
            fds[i] = (struct pollfd){ .fd = idle ? -1 : secsock_fd(tasks[i].s),
                                      .events = reads ? POLLIN : POLLOUT };
            waiting += !idle;
        }
        if (waiting == 0 || poll(fds, (nfds_t)count, -1) < 0)
            break;
        for (int i = 0; i < count; i++)
            if (fds[i].revents != 0)
                advance(&tasks[i]);
    }
}

int main(int argc, char **argv)
{
    struct task tasks[MOST];
    int count = 0, failed = 0;
    const char *name = argc > 1 ? argv[1] : "localhost";
    const char *trust = argc > 2 ? argv[2] : "build/certificates/root.pem";

    secsock_config *config = secsock_config_new();
    if (config == NULL || secsock_config_trust_file(config, trust) != SECSOCK_OK)
        return puts(config ? secsock_config_last_error(config)->message : "out of memory"), 1;
    for (; count < MOST && (count == 0 || count + 3 < argc); count++) {
        int port = count + 3 < argc ? atoi(argv[count + 3]) : 5432;
        tasks[count] = (struct task){ secsock_new(config), port, CONNECT };
        if (tasks[count].s == NULL)
            return puts("out of memory"), 1;
        secsock_set_peername(tasks[count].s, name);
        secsock_defer(tasks[count].s, 1);
        secsock_set_timeout(tasks[count].s, SECSOCK_TIMEOUT_ALL, 0);
    }
    run(tasks, count);
    for (int i = 0; i < count; i++) {
        failed += tasks[i].step != DONE;
        secsock_free(tasks[i].s);
    }
    secsock_config_free(config);
    return failed > 0;
}

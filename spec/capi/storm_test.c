/* Bad weather: signals all the time, a peer that is gone, no descriptor left. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "settings.h"
#include "tcp.h"

static secsock_config *client_config, *server_config;

static secsock *new_client(void)
{
    secsock *s = secsock_new(client_config);
    secsock_set_peername(s, "mail.example");
    return s;
}

/* Says everything back to one guest, until its end. */
static void *echo(void *listener)
{
    static char bytes[65536];
    secsock *s = NULL;
    int n = secsock_accept(listener, &s);
    while (s && (n = secsock_recv(s, bytes, sizeof bytes)) > 0)
        if (secsock_send(s, bytes, (size_t)n) != n)
            break;
    secsock_free(s);
    return n == 0 ? NULL : listener;
}

/* --------------------------------------------------------------------------------- signals */

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

/* Without SA_RESTART, so that every system call that can be interrupted is. */
static void raise_storm(bool on)
{
    struct sigaction action = { .sa_handler = on_alarm };
    struct itimerval often = { { 0, on ? 700 : 0 }, { 0, on ? 700 : 0 } };
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

enum { MANY = 4 * 1024 * 1024 };

static bool exchange(secsock *s)
{
    static char out[65536], in[65536];
    for (size_t sent = 0; sent < MANY; sent += sizeof out) {
        memset(out, (int)(sent >> 16), sizeof out);
        if (secsock_send(s, out, sizeof out) != sizeof out)
            return false;
        for (size_t got = 0; got < sizeof in;) {
            int n = secsock_recv(s, in + got, sizeof in - got);
            if (n <= 0)
                return false;
            got += (size_t)n;
        }
        if (memcmp(in, out, sizeof in) != 0)
            return false;
    }
    return true;
}

static void test_interrupted(void)
{
    int port;
    bool fine;
    void *failed;
    raise_storm(true);
    secsock *listener = tcp_listener(server_config, &port), *s = new_client();
    pthread_t thread = tcp_thread(echo, listener);
    CHECK(secsock_connect(s, "127.0.0.1", port) == SECSOCK_OK,
          "a storm of signals does not keep a client from connecting");
    do
        fine = exchange(s);
    while (fine && alarms < 20);
    CHECK(fine, "nor from sending and receiving %d bytes", MANY);
    CHECK(secsock_shutdown(s) == SECSOCK_OK, "nor from ending it");
    pthread_join(thread, &failed);
    CHECK(!failed, "the server has not been disturbed either");
    secsock_free(s);
    secsock_free(listener);
    raise_storm(false);
}

static void test_interrupted_waiting(void)
{
    int fds[2];
    tcp_pair(fds);
    raise_storm(true);
    secsock *s = new_client();
    secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL, 300);
    secsock_attach(s, fds[0], SECSOCK_CLIENT);
    int64_t begun = tcp_now();
    int result = secsock_upgrade(s, NULL);
    int64_t took = tcp_now() - begun;
    raise_storm(false);
    CHECK(result == SECSOCK_E_TIMEOUT && took >= 290,
          "a deadline is neither missed nor shortened by signals");
    secsock_free(s);
    close(fds[1]);
}

/* Signals whose disposition is another than at first. The test's own is SIGALRM. */
static int changed_signals(bool remember)
{
    static void (*handlers[32])(int);
    int changed = 0;
    for (int number = 1; number < 32; number++) {
        struct sigaction now;
        if (number == SIGALRM || sigaction(number, NULL, &now) != 0)
            continue;
        if (remember)
            handlers[number] = now.sa_handler;
        changed += handlers[number] != now.sa_handler;
    }
    return changed;
}

/* ---------------------------------------------------------------------------- broken pipes */

/* SIGPIPE kills by default: that the test lives on is the proof. */
static void test_no_sigpipe(bool secure)
{
    int port, n = 0;
    void *failed;
    secsock *listener = tcp_listener(server_config, &port), *s = new_client();
    secsock_defer(listener, !secure);
    secsock_defer(s, !secure);
    pthread_t thread = tcp_thread(echo, listener);
    CHECK(secsock_connect(s, "127.0.0.1", port) == SECSOCK_OK, "there is a connection, %s",
          secure ? "protected" : "in the clear");
    shutdown(secsock_fd(s), SHUT_WR);
    for (int i = 0; i < 100 && n >= 0; i++)
        n = secsock_send(s, "is anybody there?", 17);
    CHECK(n == SECSOCK_E_RESET && secsock_last_error(s)->sys_errno == EPIPE &&
              secsock_get_state(s) == SECSOCK_STATE_FAILED,
          "sending into a broken pipe is E_RESET and no signal");
    CHECK(secsock_send(s, "x", 1) == SECSOCK_E_RESET && secsock_shutdown(s) == SECSOCK_E_RESET,
          "and stays so");
    secsock_free(s);
    pthread_join(thread, &failed);
    secsock_free(listener);
}

static void test_no_sigpipe_at_close(void)
{
    int port;
    void *failed;
    secsock *listener = tcp_listener(server_config, &port), *s = new_client();
    pthread_t thread = tcp_thread(echo, listener);
    CHECK(secsock_connect(s, "127.0.0.1", port) == SECSOCK_OK, "there is a connection");
    shutdown(secsock_fd(s), SHUT_RDWR);
    CHECK(secsock_close(s) == SECSOCK_OK, "closing over a broken pipe raises no signal");
    secsock_free(s);
    pthread_join(thread, &failed);
    secsock_free(listener);
}

/* ------------------------------------------------------------------------ no descriptors left */

static struct rlimit usual;

static void allow_descriptors(bool any)
{
    struct rlimit limit = usual;
    int lowest = open("/", O_RDONLY);
    close(lowest);
    if (!any)
        limit.rlim_cur = (rlim_t)lowest;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void test_no_descriptor_for_connect(int port)
{
    secsock *s = new_client();
    allow_descriptors(false);
    int result = secsock_connect(s, "127.0.0.1", port);
    allow_descriptors(true);
    CHECK(result == SECSOCK_E_SYSTEM && secsock_last_error(s)->sys_errno == EMFILE &&
              strstr(secsock_last_error(s)->message, "open files"),
          "connecting without a descriptor left is told");
    secsock_free(s);
}

static void test_no_descriptor_for_accept(secsock *listener, int port)
{
    void *failed;
    secsock *s = listener, *client = new_client();
    int guest = tcp_connect(port);
    allow_descriptors(false);
    int result = secsock_accept(listener, &s);
    allow_descriptors(true);
    CHECK(result == SECSOCK_E_SYSTEM && s == NULL &&
              secsock_last_error(listener)->sys_errno == EMFILE &&
              secsock_get_state(listener) == SECSOCK_STATE_LISTENING,
          "so is accepting, and the listener goes on");
    close(guest);
    secsock_set_timeout(listener, SECSOCK_TIMEOUT_CONNECT, 200);
    secsock_accept(listener, &s); /* the guest, unless the failure has used it up */
    secsock_set_timeout(listener, SECSOCK_TIMEOUT_CONNECT, -1);
    pthread_t thread = tcp_thread(echo, listener);
    CHECK(secsock_connect(client, "127.0.0.1", port) == SECSOCK_OK,
          "with descriptors to spare the next guest is welcome");
    secsock_free(client);
    pthread_join(thread, &failed);
}

static void test_no_descriptor_for_listen(void)
{
    secsock *s = secsock_new(server_config);
    allow_descriptors(false);
    int result = secsock_listen(s, "127.0.0.1", 0, 1);
    allow_descriptors(true);
    CHECK(result == SECSOCK_E_SYSTEM && secsock_last_error(s)->sys_errno == EMFILE &&
              secsock_listen(s, "127.0.0.1", 0, 1) == SECSOCK_OK,
          "so is listening, and it can be tried again");
    secsock_free(s);
}

/* Taking over a descriptor needs no other one. */
static void test_no_descriptor_for_attach(void)
{
    int fds[2];
    tcp_pair(fds);
    secsock *s = new_client();
    allow_descriptors(false);
    int attached = secsock_attach(s, fds[0], SECSOCK_CLIENT);
    secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL, 0);
    int upgraded = secsock_upgrade(s, NULL);
    allow_descriptors(true);
    CHECK(attached == SECSOCK_OK && upgraded == SECSOCK_WANT_READ,
          "what is there already can be attached and upgraded");
    secsock_free(s);
    close(fds[1]);
}

static void test_no_descriptors(void)
{
    int port;
    secsock *listener = tcp_listener(server_config, &port);
    getrlimit(RLIMIT_NOFILE, &usual);
    test_no_descriptor_for_connect(port);
    test_no_descriptor_for_accept(listener, port);
    test_no_descriptor_for_listen();
    test_no_descriptor_for_attach();
    secsock_free(listener);
}

int main(void)
{
    int before = tcp_descriptors();
    changed_signals(true);
    client_config = settings_config(&(struct settings){ 0 });
    server_config = settings_config(&(struct settings){ .identity = "server" });
    test_interrupted();
    test_interrupted_waiting();
    test_no_sigpipe(false);
    test_no_sigpipe(true);
    test_no_sigpipe_at_close();
    test_no_descriptors();
    CHECK(changed_signals(false) == 0, "no disposition of a signal was changed");
    CHECK(tcp_descriptors() == before, "no descriptor is left open");
    secsock_config_free(client_config);
    secsock_config_free(server_config);
    return check_done();
}

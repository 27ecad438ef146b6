/* Random numbers: each connection has its own, whichever thread or process it is of. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "settings.h"

enum { RANDOM = 32, HELLOS = 64, THREADS = 4, MOST = HELLOS * (2 + THREADS) };

/* What a client sends first. */
struct hello {
    unsigned char bytes[4096];
    size_t len;
};

static int on_send(const void *data, size_t len, void *arg)
{
    struct hello *hello = arg;
    size_t room = sizeof(hello->bytes) - hello->len, taken = len < room ? len : room;
    memcpy(hello->bytes + hello->len, data, taken);
    hello->len += taken;
    return (int)len;
}

static int on_receive(void *data, size_t size, void *arg)
{
    (void)data;
    (void)size;
    (void)arg;
    return SECSOCK_WANT_READ;
}

/* The random of a ClientHello (RFC 8446, section 4.1.2), behind the headers of its record and
 * message and a version. */
static bool say_hello(secsock_config *config, unsigned char *random)
{
    enum { AT = 5 + 4 + 2 };
    struct hello hello = { .len = 0 };
    secsock *s = secsock_new(config);
    secsock_attach_callbacks(s, SECSOCK_CLIENT, on_receive, on_send, &hello);
    secsock_set_timeout(s, SECSOCK_TIMEOUT_ALL, 0);
    bool said = secsock_upgrade(s, "mail.example") == SECSOCK_WANT_READ && hello.len > AT + RANDOM;
    memcpy(random, hello.bytes + AT, RANDOM);
    secsock_free(s);
    return said;
}

struct speaker {
    secsock_config *config;
    unsigned char randoms[HELLOS][RANDOM];
    bool spoke;
};

static void *speak(void *arg)
{
    struct speaker *speaker = arg;
    speaker->spoke = true;
    for (int i = 0; i < HELLOS; i++)
        speaker->spoke = say_hello(speaker->config, speaker->randoms[i]) && speaker->spoke;
    return NULL;
}

static bool speak_in_child(struct speaker *speaker)
{
    int ends[2], status = 1;
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        speak(speaker);
        size_t len = sizeof(speaker->randoms);
        bool told = speaker->spoke && write(ends[1], speaker->randoms, len) == (ssize_t)len;
        _exit(told ? 0 : 1);
    }
    close(ends[1]);
    size_t got = 0;
    ssize_t n;
    while ((n = read(ends[0], (char *)speaker->randoms + got, sizeof(speaker->randoms) - got)) > 0)
        got += (size_t)n;
    close(ends[0]);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 &&
           got == sizeof(speaker->randoms);
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, RANDOM);
}

static size_t count_twins(unsigned char (*randoms)[RANDOM], size_t count)
{
    size_t twins = 0;
    qsort(randoms, count, RANDOM, compare);
    for (size_t i = 1; i < count; i++)
        twins += memcmp(randoms[i - 1], randoms[i], RANDOM) == 0;
    return twins;
}

int main(void)
{
    static struct speaker speakers[2 + THREADS];
    static unsigned char all[MOST][RANDOM];
    pthread_t threads[THREADS];
    secsock_config *config = settings_config(&(struct settings){ .version = TLS13 });
    for (size_t i = 0; i < 2 + THREADS; i++)
        speakers[i].config = config;
    speak(&speakers[0]);
    CHECK(speakers[0].spoke, "clients say hello");
    CHECK(speak_in_child(&speakers[1]), "and do in a child process that begins where they are");
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, speak, &speakers[2 + i]);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 2 + THREADS; i++)
        memcpy(all[i * HELLOS], speakers[i].randoms, sizeof(speakers[i].randoms));
    CHECK(speakers[2].spoke && speakers[1 + THREADS].spoke, "and in threads, at the same time");
    size_t twins = count_twins(all, MOST);
    CHECK(twins == 0, "of their %d randoms, %zu are those of another one", MOST, twins);
    secsock_config_free(config);
    return check_done();
}

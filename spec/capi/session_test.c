/* Tickets, which only their own keys open, unchanged and in time; and what a client remembers. */
#include <string.h>

#include "check.h"
#include "session.h"

/* ------------------------------------------------------------------------------------ tickets */

enum { TEXT = 40 };

/* A ticket as it goes over the wire, with a text that is told again from what was opened. */
struct sample {
    unsigned char name[TICKET_NAME], iv[TICKET_IV], mac[TICKET_MAC], text[TEXT + TICKET_DIGEST];
};

static struct ticket as_ticket(struct sample *sample)
{
    return (struct ticket){ sample->name, sample->iv, sample->mac, sample->text, TEXT };
}

static bool seal(struct ticket_keys *keys, struct sample *sample, unsigned generation)
{
    struct ticket ticket = as_ticket(sample);
    memset(sample->text, 'T', sizeof sample->text);
    return ticket_seal(keys, &ticket, generation);
}

static bool opens(struct ticket_keys *keys, struct sample sample, unsigned generation)
{
    unsigned char want[sizeof sample.text];
    struct ticket ticket = as_ticket(&sample);
    unsigned found;
    memset(want, 'T', sizeof want);
    return ticket_open(keys, &ticket, &found) && found == generation &&
           memcmp(sample.text, want, sizeof want) == 0;
}

static bool is_refused(struct ticket_keys *keys, struct sample sample)
{
    struct ticket ticket = as_ticket(&sample);
    unsigned generation;
    return !ticket_open(keys, &ticket, &generation);
}

static void test_sealing(void)
{
    struct ticket_keys keys = { 0 }, others = { 0 };
    struct sample sample, again, foreign;
    CHECK(seal(&keys, &sample, 7) && opens(&keys, sample, 7), "a ticket is opened by its keys");
    CHECK(!memchr(sample.text, 'T', 4) || memcmp(sample.text, "TTTT", 4) != 0,
          "nobody else can read it");
    CHECK(seal(&keys, &again, 7) && memcmp(&again, &sample, sizeof sample) != 0,
          "no two tickets are alike");
    CHECK(seal(&others, &foreign, 7) && is_refused(&keys, foreign) && is_refused(&others, sample),
          "the keys of others do not open it");
    ticket_keys_erase(&keys);
    CHECK(is_refused(&keys, sample), "nor do keys that were erased");
}

/* The tag is as long as AES-GCM's; what stands behind it in the field is padding. */
static void test_changed(void)
{
    enum { TAG = 16 };
    struct ticket_keys keys = { 0 };
    struct sample sample;
    unsigned char *bytes = (unsigned char *)&sample;
    size_t opened = 0;
    seal(&keys, &sample, 3);
    for (size_t i = 0; i < sizeof sample * 8; i++) {
        size_t at = i / 8, in_mac = at - TICKET_NAME - TICKET_IV;
        if (at >= TICKET_NAME + TICKET_IV && in_mac >= TAG && in_mac < TICKET_MAC)
            continue;
        bytes[at] ^= (unsigned char)(1 << i % 8);
        opened += !is_refused(&keys, sample);
        bytes[at] ^= (unsigned char)(1 << i % 8);
    }
    CHECK(opened == 0 && opens(&keys, sample, 3), "no bit of a ticket can be changed");
}

static void test_lifetime(void)
{
    struct ticket_keys keys = { 0 };
    struct sample old, fresh;
    seal(&keys, &old, 0);
    unsigned char first[TICKET_NAME];
    memcpy(first, keys.current.name, sizeof first);
    keys.current.made -= TICKET_LIFETIME;
    CHECK(opens(&keys, old, 0), "a key that seals no more still opens");
    CHECK(seal(&keys, &fresh, 0) && memcmp(keys.current.name, first, sizeof first) != 0 &&
              opens(&keys, fresh, 0) && opens(&keys, old, 0),
          "another one has taken its place, and both open theirs");
    keys.previous.made -= TICKET_LIFETIME;
    CHECK(is_refused(&keys, old) && opens(&keys, fresh, 0), "in the end it opens nothing");
}

/* ----------------------------------------------------------------- what a server remembers */

/* As a Certificate message has it, which need not be one to be remembered. */
static struct chain *new_chain(unsigned mark)
{
    unsigned char message[] = { 0, 0, 5, 0, 0, 2, (unsigned char)mark, (unsigned char)(mark >> 8) };
    struct chain *chain = NULL;
    chain_read(&chain, (struct slice){ message, sizeof message }, false);
    return chain;
}

static void test_chains(void)
{
    struct session_cache *cache = session_cache_new(), *other = session_cache_new();
    struct chain *chain = new_chain(42), *found = NULL;
    struct sample sample = { 0 }, copy;
    struct ticket ticket = as_ticket(&sample);
    unsigned generation;
    CHECK(session_seal(cache, &ticket, chain, 0), "a ticket is sealed with a chain");
    copy = sample;
    ticket = as_ticket(&copy);
    CHECK(session_open(cache, &ticket, &found, &generation) && found && found->count == 1 &&
              found->certs[0].data[0] == 42,
          "the chain comes back with it");
    chain_free(found);
    copy = sample;
    CHECK(!session_open(other, &ticket, &found, &generation) && !found,
          "another configuration knows neither");
    ticket = as_ticket(&sample);
    CHECK(session_seal(cache, &ticket, NULL, TICKET_GENERATIONS - 1) &&
              session_open(cache, &ticket, &found, &generation) && !found,
          "a client without certificates has none");
    CHECK(session_seal(cache, &ticket, NULL, TICKET_GENERATIONS) &&
              !session_open(cache, &ticket, &found, &generation),
          "after %d resumptions in a row a full handshake is due", TICKET_GENERATIONS);
    chain_free(chain);
    session_cache_free(cache);
    session_cache_free(other);
}

/* A chain that was pushed out by those of others takes its tickets along. */
static void test_many_chains(void)
{
    enum { TOO_MANY = 300 };
    struct session_cache *cache = session_cache_new();
    struct sample first = { 0 }, last = { 0 };
    struct ticket ticket;
    struct chain *found;
    unsigned generation;
    for (unsigned i = 0; i < TOO_MANY; i++) {
        struct chain *chain = new_chain(i);
        ticket = as_ticket(i == 0 ? &first : &last);
        session_seal(cache, &ticket, chain, 0);
        chain_free(chain);
    }
    CHECK(session_open(cache, &ticket, &found, &generation) && found,
          "the last of %d chains is known", TOO_MANY);
    chain_free(found);
    ticket = as_ticket(&first);
    CHECK(!session_open(cache, &ticket, &found, &generation) && !found,
          "without the first its ticket is worth nothing");
    session_cache_free(cache);
}

/* ----------------------------------------------------------------- what a client remembers */

static int released;

static void release(void *state)
{
    (void)state;
    released++;
}

static void test_recalling(void)
{
    static int states[3];
    struct session_cache *cache = session_cache_new();
    struct chain *chain = new_chain(1), *found;
    session_remember(cache, "mail.example", &states[0], release, chain);
    session_remember(cache, "other.example", &states[1], release, chain);
    session_remember(cache, "mail.example", &states[2], release, chain);
    CHECK(released == 1, "a newer session takes the place of an older one");
    CHECK(!session_recall(cache, "Mail.example", &found) && !found, "the name must be the same");
    CHECK(session_recall(cache, "mail.example", &found) == &states[2] && found == chain,
          "a session is recalled with its chain");
    chain_free(found);
    CHECK(!session_recall(cache, "mail.example", &found) && !found, "once");
    chain_free(chain);
    session_cache_free(cache);
    CHECK(released == 2, "what was not recalled is released in the end");
}

static void test_many_sessions(void)
{
    enum { TOO_MANY = 100 };
    static int states[TOO_MANY];
    char name[32];
    struct session_cache *cache = session_cache_new();
    struct chain *chain = new_chain(1), *found;
    released = 0;
    for (int i = 0; i < TOO_MANY; i++) {
        snprintf(name, sizeof name, "host%d.example", i);
        session_remember(cache, name, &states[i], release, chain);
    }
    CHECK(released > 0 && released < TOO_MANY && !session_recall(cache, "host0.example", &found),
          "those that were used longest ago make room");
    CHECK(session_recall(cache, name, &found) == &states[TOO_MANY - 1], "the newest is there");
    chain_free(found);
    session_cache_free(cache);
    CHECK(released == TOO_MANY - 1, "none is lost");
    chain_free(chain);
}

int main(void)
{
    test_sealing();
    test_changed();
    test_lifetime();
    test_chains();
    test_many_chains();
    test_recalling();
    test_many_sessions();
    return check_done();
}

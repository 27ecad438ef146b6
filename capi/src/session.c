#include "session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"

/* Enough for the peers that a program comes back to, little enough to search by hand. */
enum { CLIENT_SESSIONS = 64, CHAINS = 256 };

/* What a client needs to resume with one peer. */
struct entry {
    char *key;
    void *state;
    void (*release)(void *state);
    struct chain *chain;
    unsigned long used; /* the least recently used one makes room */
};

/* A chain that clients have shown, by the digest that their tickets hold. */
struct memory {
    unsigned char digest[TICKET_DIGEST];
    struct chain *chain;
    unsigned long used;
};

struct session_cache {
    pthread_mutex_t lock;
    unsigned long clock; /* counts uses */
    struct entry entries[CLIENT_SESSIONS];
    struct memory memories[CHAINS];
    struct ticket_keys keys;
};

struct session_cache *session_cache_new(void)
{
    struct session_cache *cache = calloc(1, sizeof(*cache));
    if (cache && pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        cache = NULL;
    }
    return cache;
}

static void forget(struct entry *entry)
{
    if (entry->state)
        entry->release(entry->state);
    chain_free(entry->chain);
    free(entry->key);
    *entry = (struct entry){ 0 };
}

void session_cache_free(struct session_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < CLIENT_SESSIONS; i++)
        forget(&cache->entries[i]);
    for (size_t i = 0; i < CHAINS; i++)
        chain_free(cache->memories[i].chain);
    ticket_keys_erase(&cache->keys);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* -------------------------------------------------------------------------------- clients */

static struct entry *find(struct session_cache *cache, const char *key)
{
    for (size_t i = 0; i < CLIENT_SESSIONS; i++)
        if (cache->entries[i].key && strcmp(cache->entries[i].key, key) == 0)
            return &cache->entries[i];
    return NULL;
}

static struct entry *least_used(struct session_cache *cache)
{
    struct entry *least = &cache->entries[0];
    for (size_t i = 1; i < CLIENT_SESSIONS; i++)
        if (cache->entries[i].used < least->used)
            least = &cache->entries[i];
    return least;
}

void session_remember(struct session_cache *cache, const char *key, void *state,
                      void (*release)(void *state), struct chain *chain)
{
    char *copy = strdup(key);
    if (!copy) {
        release(state);
        return;
    }
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, key);
    if (!entry)
        entry = least_used(cache);
    struct entry old = *entry;
    *entry = (struct entry){ copy, state, release, chain_ref(chain), ++cache->clock };
    pthread_mutex_unlock(&cache->lock);
    forget(&old);
}

void *session_recall(struct session_cache *cache, const char *key, struct chain **chain)
{
    void *state = NULL;
    *chain = NULL;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, key);
    if (entry) {
        state = entry->state;
        *chain = entry->chain;
        free(entry->key);
        *entry = (struct entry){ 0 };
    }
    pthread_mutex_unlock(&cache->lock);
    return state;
}

/* -------------------------------------------------------------------------------- servers */

/* A ticket has room for a digest, not for a chain: the chain stays here. */
static void keep_chain(struct session_cache *cache, const unsigned char *digest,
                       struct chain *chain)
{
    struct memory *place = &cache->memories[0];
    for (size_t i = 0; i < CHAINS; i++) {
        struct memory *memory = &cache->memories[i];
        if (memory->chain && memcmp(memory->digest, digest, TICKET_DIGEST) == 0) {
            memory->used = ++cache->clock;
            return;
        }
        if (memory->used < place->used)
            place = memory;
    }
    chain_free(place->chain);
    place->chain = chain_ref(chain);
    place->used = ++cache->clock;
    memcpy(place->digest, digest, TICKET_DIGEST);
}

static struct chain *kept_chain(struct session_cache *cache, const unsigned char *digest)
{
    for (size_t i = 0; i < CHAINS; i++) {
        struct memory *memory = &cache->memories[i];
        if (memory->chain && memcmp(memory->digest, digest, TICKET_DIGEST) == 0) {
            memory->used = ++cache->clock;
            return chain_ref(memory->chain);
        }
    }
    return NULL;
}

static const unsigned char no_chain[TICKET_DIGEST];

bool session_seal(struct session_cache *cache, struct ticket *ticket, struct chain *chain,
                  unsigned generation)
{
    unsigned char *digest = ticket->text + ticket->len;
    memcpy(digest, no_chain, TICKET_DIGEST);
    if (chain && !digest_sha256_all(chain->certs, chain->count, digest))
        return false;
    pthread_mutex_lock(&cache->lock);
    if (chain)
        keep_chain(cache, digest, chain);
    bool sealed = ticket_seal(&cache->keys, ticket, generation);
    pthread_mutex_unlock(&cache->lock);
    return sealed;
}

bool session_open(struct session_cache *cache, struct ticket *ticket, struct chain **chain,
                  unsigned *generation)
{
    *chain = NULL;
    pthread_mutex_lock(&cache->lock);
    bool opened = ticket_open(&cache->keys, ticket, generation);
    if (opened) {
        const unsigned char *digest = ticket->text + ticket->len;
        bool had_chain = memcmp(digest, no_chain, TICKET_DIGEST) != 0;
        if (had_chain)
            *chain = kept_chain(cache, digest);
        opened = (*chain || !had_chain) && *generation < TICKET_GENERATIONS;
    }
    pthread_mutex_unlock(&cache->lock);
    if (!opened) {
        chain_free(*chain);
        *chain = NULL;
    }
    return opened;
}

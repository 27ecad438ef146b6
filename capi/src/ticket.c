#include <wolfssl/options.h> /* before all its other headers */

#include <wolfssl/wolfcrypt/aes.h>

#include "ticket.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { NONCE = 12, TAG = 16, GENERATION = TICKET_IV - NONCE };

static int64_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec + 1;
}

/* getrandom() gives up to 256 bytes at once and is not interrupted then. */
static bool random_bytes(void *out, size_t len)
{
    return getrandom(out, len, 0) == (ssize_t)len;
}

static bool renew(struct ticket_keys *keys)
{
    int64_t now = seconds();
    if (keys->current.made != 0 && now - keys->current.made < TICKET_LIFETIME)
        return true;
    struct ticket_key fresh = { .made = now };
    if (!random_bytes(fresh.name, sizeof(fresh.name)) ||
        !random_bytes(fresh.secret, sizeof(fresh.secret)))
        return false;
    keys->previous = keys->current;
    keys->current = fresh;
    explicit_bzero(&fresh, sizeof(fresh));
    return true;
}

static const struct ticket_key *find_key(const struct ticket_keys *keys, const unsigned char *name)
{
    const struct ticket_key *both[] = { &keys->current, &keys->previous };
    for (size_t i = 0; i < 2; i++)
        if (both[i]->made != 0 && seconds() - both[i]->made < 2 * TICKET_LIFETIME &&
            memcmp(both[i]->name, name, TICKET_NAME) == 0)
            return both[i];
    return NULL;
}

/* The generation is not secret, but authenticated along with the text. */
static bool crypt_text(const struct ticket_key *key, struct ticket *ticket, bool sealing)
{
    Aes aes;
    word32 len = (word32)(ticket->len + TICKET_DIGEST);
    if (wc_AesInit(&aes, NULL, INVALID_DEVID) != 0)
        return false;
    int failed = wc_AesGcmSetKey(&aes, key->secret, TICKET_KEY);
    if (!failed && sealing)
        failed = wc_AesGcmEncrypt(&aes, ticket->text, ticket->text, len, ticket->iv, NONCE,
                                  ticket->mac, TAG, ticket->iv + NONCE, GENERATION);
    else if (!failed)
        failed = wc_AesGcmDecrypt(&aes, ticket->text, ticket->text, len, ticket->iv, NONCE,
                                  ticket->mac, TAG, ticket->iv + NONCE, GENERATION);
    wc_AesFree(&aes);
    return !failed;
}

bool ticket_seal(struct ticket_keys *keys, struct ticket *ticket, unsigned generation)
{
    if (!renew(keys) || !random_bytes(ticket->iv, NONCE))
        return false;
    memcpy(ticket->name, keys->current.name, TICKET_NAME);
    memset(ticket->mac, 0, TICKET_MAC);
    for (size_t i = 0; i < GENERATION; i++)
        ticket->iv[NONCE + i] = (unsigned char)(generation >> (8 * i));
    return crypt_text(&keys->current, ticket, true);
}

bool ticket_open(struct ticket_keys *keys, struct ticket *ticket, unsigned *generation)
{
    const struct ticket_key *key = find_key(keys, ticket->name);
    *generation = 0;
    for (size_t i = 0; i < GENERATION; i++)
        *generation |= (unsigned)ticket->iv[NONCE + i] << (8 * i);
    return key && crypt_text(key, ticket, false);
}

void ticket_keys_erase(struct ticket_keys *keys)
{
    explicit_bzero(keys, sizeof(*keys));
}

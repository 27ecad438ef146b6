/* Keys are made, and sign; what is signed by them is believed. */
#include <string.h>

#include "cert.h"
#include "check.h"
#include "key.h"
#include "memory.h"
#include "signature.h"

enum { ROOM = 4096 };

struct bytes {
    uint8_t data[ROOM];
    size_t len;
};

static const char message[] = "to be signed";

static const struct {
    int kind;
    const char *name;
    int scheme;
    int other_scheme; /* of another kind of key */
} kinds[] = {
    { SECSOCK_KEY_P256, "P-256", SECSOCK_SCHEME_ECDSA_SHA256, SECSOCK_SCHEME_RSA_SHA256 },
    { SECSOCK_KEY_P384, "P-384", SECSOCK_SCHEME_ECDSA_SHA384, SECSOCK_SCHEME_ED25519 },
    { SECSOCK_KEY_P521, "P-521", SECSOCK_SCHEME_ECDSA_SHA512, SECSOCK_SCHEME_ED448 },
    { SECSOCK_KEY_ED25519, "Ed25519", SECSOCK_SCHEME_ED25519, SECSOCK_SCHEME_ED448 },
    { SECSOCK_KEY_ED448, "Ed448", SECSOCK_SCHEME_ED448, SECSOCK_SCHEME_ED25519 },
    { SECSOCK_KEY_RSA_2048, "RSA", SECSOCK_SCHEME_RSA_SHA256, SECSOCK_SCHEME_ECDSA_SHA256 },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool took(struct bytes *out, int result)
{
    out->len = result > 0 ? (size_t)result : 0;
    return result > 0;
}

static bool generate(struct bytes *key, int kind, const char *seed, secsock_error *error)
{
    return took(key, secsock_key_generate(kind, seed, seed != NULL ? strlen(seed) : 0, key->data,
                                          ROOM, error));
}

static bool same(const struct bytes *a, const struct bytes *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* ------------------------------------------------------------------------------ all is well */

static void test_kind(size_t i)
{
    struct bytes key, again, public, signature;
    secsock_error error;
    int first;
    CHECK(generate(&key, kinds[i].kind, NULL, &error), "there is a key of %s", kinds[i].name);
    CHECK(generate(&again, kinds[i].kind, NULL, &error) && !same(&key, &again),
          "the next one is another");
    CHECK(took(&public, secsock_key_public(key.data, key.len, public.data, ROOM, &error)),
          "it has a public half");
    first = secsock_key_sign(key.data, key.len, kinds[i].scheme, message, sizeof(message),
                             signature.data, ROOM, &error);
    CHECK(took(&signature, first), "it signs");
    CHECK(secsock_key_sign(key.data, key.len, kinds[i].other_scheme, message, sizeof(message),
                           signature.data, ROOM, &error) == SECSOCK_E_ARGUMENT,
          "but not as keys of another kind do");
}

static void test_seed(void)
{
    struct bytes one, again, other;
    secsock_error error;
    for (size_t i = 0; kinds[i].kind != SECSOCK_KEY_RSA_2048; i++) {
        bool made = generate(&one, kinds[i].kind, "seed", &error) &&
                    generate(&again, kinds[i].kind, "seed", &error) &&
                    generate(&other, kinds[i].kind, "seeds", &error);
        CHECK(made && same(&one, &again) && !same(&one, &other), "a key of %s follows its seed",
              kinds[i].name);
    }
    CHECK(generate(&one, SECSOCK_KEY_ED25519, "", &error) &&
              generate(&again, SECSOCK_KEY_ED25519, "", &error) && same(&one, &again),
          "an empty seed is one");
    CHECK(secsock_key_generate(SECSOCK_KEY_RSA_2048, "seed", 4, one.data, ROOM, &error) ==
              SECSOCK_E_UNSUPPORTED,
          "an RSA key follows none");
}

/* ---------------------------------------------------------------------------------- all is not */

static void test_room(size_t i)
{
    struct bytes key, out;
    secsock_error error;
    size_t tight = 0;
    generate(&key, kinds[i].kind, "seed", &error);
    if (key.len == 0)
        generate(&key, kinds[i].kind, NULL, &error);
    for (size_t size = 0; size < ROOM && tight == 0; size++) {
        memset(out.data, 0xa5, ROOM);
        int result = secsock_key_public(key.data, key.len, out.data, size, &error);
        if (result > 0)
            tight = size;
        else if (result != SECSOCK_E_LIMIT || out.data[size] != 0xa5)
            break;
    }
    CHECK(tight > 0, "a public key of %s writes no further than there is room", kinds[i].name);
    for (size_t size = 0; size < 20; size++) {
        int made = secsock_key_generate(kinds[i].kind, NULL, 0, out.data, size, &error);
        int signature = secsock_key_sign(key.data, key.len, kinds[i].scheme, message,
                                         sizeof(message), out.data, size, &error);
        if (made != SECSOCK_E_LIMIT || signature != SECSOCK_E_LIMIT) {
            CHECK(false, "%d and %d come of a room of %zu", made, signature, size);
            return;
        }
        if (kinds[i].kind == SECSOCK_KEY_RSA_2048)
            break; /* one takes long enough */
    }
    CHECK(true, "nor do a key and a signature");
}

static void test_broken_keys(size_t i)
{
    struct bytes key, out;
    secsock_error error;
    bool refused = true;
    generate(&key, kinds[i].kind, NULL, &error);
    for (size_t len = 0; len < key.len; len++)
        refused &= secsock_key_public(key.data, len, out.data, ROOM, &error) < 0 &&
                   secsock_key_sign(key.data, len, kinds[i].scheme, message, sizeof(message),
                                    out.data, ROOM, &error) < 0;
    CHECK(refused, "no part of a key of %s is one", kinds[i].name);
    for (size_t at = 0; at < key.len; at += kinds[i].kind == SECSOCK_KEY_RSA_2048 ? 41 : 1) {
        struct bytes changed = key;
        changed.data[at] ^= 0x41;
        secsock_key_public(changed.data, changed.len, out.data, ROOM, &error);
        secsock_key_sign(changed.data, changed.len, kinds[i].scheme, message, sizeof(message),
                         out.data, ROOM, &error);
    }
    CHECK(true, "and one with a wrong octet does no harm");
}

static void test_arguments(void)
{
    struct bytes out;
    secsock_error error;
    CHECK(secsock_key_generate(0, NULL, 0, out.data, ROOM, &error) == SECSOCK_E_ARGUMENT &&
              secsock_key_generate(99, NULL, 0, out.data, ROOM, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_key_generate(1, NULL, 0, NULL, ROOM, &error) == SECSOCK_E_ARGUMENT,
          "no key of a kind that there is not, or nowhere");
    CHECK(secsock_key_public(NULL, 0, out.data, ROOM, &error) == SECSOCK_E_ARGUMENT &&
              secsock_key_public("x", 1, out.data, ROOM, &error) == SECSOCK_E_FORMAT &&
              error.message[0] != '\0',
          "nothing comes of no key");
    CHECK(secsock_key_sign("x", 1, 0x0401, "", 0, out.data, ROOM, &error) == SECSOCK_E_ARGUMENT,
          "nothing is signed by no key");
    CHECK(secsock_digest(SECSOCK_DIGEST_SHA1, "", 0, out.data, ROOM, &error) == 20 &&
              secsock_digest(SECSOCK_DIGEST_SHA512, NULL, 0, out.data, 64, NULL) == 64,
          "nothing has a digest");
    CHECK(secsock_digest(3, "", 0, out.data, ROOM, &error) == SECSOCK_E_ARGUMENT &&
              secsock_digest(1, "", 0, out.data, ROOM, &error) == SECSOCK_E_ARGUMENT &&
              secsock_digest(SECSOCK_DIGEST_SHA256, "", 0, out.data, 31, &error) == SECSOCK_E_LIMIT,
          "but not by one that there is not, or where there is no room");
}

/* Everything once, with the n-th allocation failing; whether all of it worked. */
static bool work(const char *kind_name, int kind, int scheme, const struct bytes *key)
{
    struct bytes made, public, signature;
    secsock_error error;
    int results[] = {
        secsock_key_generate(kind, NULL, 0, made.data, ROOM, &error),
        secsock_key_public(key->data, key->len, public.data, ROOM, &error),
        secsock_key_sign(key->data, key->len, scheme, message, sizeof(message), signature.data,
                         ROOM, &error),
    };
    for (size_t i = 0; i < 3; i++) {
        if (results[i] <= 0 && results[i] != SECSOCK_E_MEMORY && results[i] != SECSOCK_E_FORMAT)
            CHECK(false, "%s: step %zu gives %d", kind_name, i, results[i]);
    }
    return results[0] > 0 && results[1] > 0 && results[2] > 0;
}

static void test_memory(size_t i)
{
    struct bytes key;
    bool failed = true, worked = false;
    unsigned long n = 0;
    generate(&key, kinds[i].kind, NULL, NULL);
    long before = memory_live();
    while (failed) {
        memory_fail(++n);
        worked = work(kinds[i].name, kinds[i].kind, kinds[i].scheme, &key);
        failed = memory_failed();
        memory_fail(0);
        if (failed && worked)
            break; /* an allocation that can be done without */
    }
    CHECK(memory_live() == before, "%s: no memory is lost when the %lu-th allocation fails",
          kinds[i].name, n);
    CHECK(n > 1, "there are some that fail");
}

int main(void)
{
    for (size_t i = 0; i < KINDS; i++) {
        test_kind(i);
        test_room(i);
        test_broken_keys(i);
        if (kinds[i].kind != SECSOCK_KEY_RSA_2048) /* whose many numbers take long */
            test_memory(i);
    }
    test_seed();
    test_arguments();
    return check_done();
}

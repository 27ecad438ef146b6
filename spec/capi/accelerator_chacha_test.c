/* ChaCha20 by the accelerator, beside wolfCrypt's own. Where there is none (another build, another
 * CPU), that nothing is missing without it. */
#include <wolfssl/options.h> /* before all its other headers */

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/chacha.h>
#include <wolfssl/wolfcrypt/chacha20_poly1305.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "accelerator.h"
#include "accelerator_chacha.h"
#include "bytes.h"
#include "check.h"
#include "pair.h"
#include "settings.h"
#include "sock.h"

enum { LONGEST = 17000, ROOM = LONGEST + 3 * 64, BLOCK = 64, KEY_LEN = 32, NONCE_LEN = 12 };

static uint8_t text[ROOM], expected[ROOM], ours[ROOM];

/* ------------------------------------------------------------------------- the library's code */

/* It is counted, and may go wrong. Not there in a build without it. */
struct chacha20_poly1305_context_data;
__attribute__((weak)) void
__real_chacha20_enc_dec_ks_avx512(const void *in, void *out, uint64_t len, const void *key,
                                  struct chacha20_poly1305_context_data *state);
void __wrap_chacha20_enc_dec_ks_avx512(const void *in, void *out, uint64_t len, const void *key,
                                       struct chacha20_poly1305_context_data *state);

static atomic_uint uses;
static enum { NOTHING, LAST_BYTE, STATE } wrong;

void __wrap_chacha20_enc_dec_ks_avx512(const void *in, void *out, uint64_t len, const void *key,
                                       struct chacha20_poly1305_context_data *state)
{
    uint8_t more;
    atomic_fetch_add(&uses, 1);
    __real_chacha20_enc_dec_ks_avx512(in, out, len, key, state);
    if (wrong == LAST_BYTE && len > 1500)
        ((uint8_t *)out)[len - 1] ^= 1;
    if (wrong == STATE)
        __real_chacha20_enc_dec_ks_avx512(out, &more, 1, key, state);
}

static void finds_wrong_code_out(void)
{
    bool right = accelerator_chacha_agrees();
    wrong = LAST_BYTE;
    bool byte = accelerator_chacha_agrees();
    wrong = STATE;
    bool state = accelerator_chacha_agrees();
    wrong = NOTHING;
    CHECK(right && !byte && !state, "the self-test tells right code from wrong");
}

/* ------------------------------------------------------------------------------------- keys */

static void begin(ChaCha *ctx, bool wide, const uint8_t *key, const uint8_t *nonce, uint32_t count)
{
    accelerator_chacha_take_keys(wide);
    wc_Chacha_SetKey(ctx, key, KEY_LEN);
    accelerator_chacha_take_keys(false);
    wc_Chacha_SetIV(ctx, nonce, count);
}

/* How often the code is used for a message of that length. */
static unsigned used_for(ChaCha *ctx, size_t len)
{
    unsigned before = uses;
    wc_Chacha_Process(ctx, ours, text, (word32)len);
    return uses - before;
}

static void takes_what_it_is_given(void)
{
    uint8_t key[KEY_LEN] = { 1 }, nonce[NONCE_LEN] = { 2 };
    ChaCha wide, plain;
    begin(&wide, true, key, nonce, 1);
    begin(&plain, false, key, nonce, 1);
    CHECK(used_for(&wide, 1000) == 1 && used_for(&plain, 1000) == 0,
          "keys that are given to it are its own, and no others");
    wc_Chacha_SetIV(&wide, nonce, 1);
    CHECK(used_for(&wide, ACCELERATOR_CHACHA_WORTH - 1) == 0, "%d bytes are not worth it",
          ACCELERATOR_CHACHA_WORTH - 1);
    wc_Chacha_SetIV(&wide, nonce, 1);
    CHECK(used_for(&wide, ACCELERATOR_CHACHA_WORTH) == 1 && used_for(&wide, 1000) == 0,
          "%d are, from the beginning of a block on", ACCELERATOR_CHACHA_WORTH);
    begin(&wide, false, key, nonce, 1);
    CHECK(used_for(&wide, 1000) == 0, "a key that is set anew is what it is said to be then");
    accelerator_chacha_take_keys(true);
    wc_Chacha_SetKey(&wide, key, KEY_LEN / 2);
    accelerator_chacha_take_keys(false);
    wc_Chacha_SetIV(&wide, nonce, 1);
    CHECK(used_for(&wide, 1000) == 0, "keys of 128 bits are wolfCrypt's");
    begin(&wide, true, key, nonce, 1);
    CHECK(wc_Chacha_Process(NULL, ours, text, 1000) == BAD_FUNC_ARG &&
              wc_Chacha_Process(&wide, NULL, text, 1000) == BAD_FUNC_ARG &&
              wc_Chacha_Process(&wide, ours, NULL, 1000) == BAD_FUNC_ARG &&
              wc_Chacha_SetKey(NULL, key, KEY_LEN) == BAD_FUNC_ARG,
          "what is missing is refused as before");
}

/* -------------------------------------------------------------------- beside wolfCrypt's own */

/* A message, in pieces of which the first is as long as said, at other places in memory, in place
 * or not: true if both agree on it and nothing beside it is touched. */
static bool agrees(size_t len, uint32_t count)
{
    size_t from = len % 61, to = len % 3 == 0 ? from : len % 47, end = to + len;
    uint8_t key[KEY_LEN], nonce[NONCE_LEN];
    ChaCha wide, plain;
    bytes_fill(key, sizeof key, (uint32_t)len);
    bytes_fill(nonce, sizeof nonce, ~(uint32_t)len);
    begin(&wide, true, key, nonce, count);
    begin(&plain, false, key, nonce, count);
    memset(ours, 0xA5, sizeof ours);
    memcpy(ours + from, text, len);
    wc_Chacha_Process(&plain, expected, text, (word32)len);
    wc_Chacha_Process(&wide, ours + to, to == from ? ours + from : text, (word32)len);
    size_t low = to < from ? to : from, high = (to < from ? from : to) + len;
    if (memcmp(ours + to, expected, len) != 0 || !bytes_are(ours, low, 0xA5) ||
        !bytes_are(ours + high, sizeof ours - high, 0xA5))
        return false;
    for (size_t piece = 1 + len % 150, i = 0; i < 3 && end + piece <= sizeof ours; i++) {
        wc_Chacha_Process(&plain, expected, text, (word32)piece);
        wc_Chacha_Process(&wide, ours, text, (word32)piece);
        if (memcmp(ours, expected, piece) != 0)
            return false;
    }
    return true;
}

static void agrees_with_wolfcrypt(void)
{
    size_t tried = 0, differ = 0;
    for (size_t len = 0; len <= LONGEST; len += check_stride(), tried++)
        differ += !agrees(len, 1);
    CHECK(differ == 0, "%zu lengths up to %d, and what follows, give the same as wolfCrypt's",
          tried, LONGEST);
    for (uint32_t i = 0; i < 64; i++) {
        differ += !agrees(40 * BLOCK + i, i);
        differ += !agrees(40 * BLOCK + i, 0x7FFFFFFF - i);
        differ += !agrees(40 * BLOCK + i, UINT32_MAX - i);
    }
    CHECK(differ == 0, "so do blocks that are counted from anywhere on, round the end too");
}

/* ------------------------------------------------------------------------------------- erased */

static _Alignas(64) uint8_t stack[1 << 20]; /* that much, for wolfSSL's caches of each thread */

static void *encrypts_zeros(void *ctx)
{
    wc_Chacha_Process(ctx, ours, expected, 1000);
    return NULL;
}

/* What is not used up of the last block's key stream would decrypt what follows on it. */
static void erases_its_key_stream(void)
{
    enum { LAST = 1000 / BLOCK * BLOCK };
    uint8_t key[KEY_LEN] = { 3 }, nonce[NONCE_LEN] = { 4 };
    static ChaCha ctx;
    pthread_attr_t attributes;
    pthread_t thread;
    begin(&ctx, true, key, nonce, 1);
    memset(expected, 0, sizeof expected);
    pthread_attr_init(&attributes);
    if (pthread_attr_setstack(&attributes, stack, sizeof stack) != 0 ||
        pthread_create(&thread, &attributes, encrypts_zeros, &ctx) != 0)
        abort();
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    CHECK(memmem(ctx.over, sizeof ctx.over, ours + LAST, 1000 - LAST) &&
              !memmem(stack, sizeof stack, ours + LAST, 1000 - LAST),
          "a key stream is left in the key's own object, and nowhere on the stack");
}

/* ------------------------------------------------------------------------------ known answers */

/* RFC 8439, sections 2.4.2 and 2.8.2. */
static const char advice[] = "Ladies and Gentlemen of the class of '99: If I could offer you only "
                             "one tip for the future, sunscreen would be it.";
enum { ADVICE_LEN = sizeof advice - 1, TAG_LEN = CHACHA20_POLY1305_AEAD_AUTHTAG_SIZE };

static void gives_known_answers(void)
{
    static const uint8_t nonce[NONCE_LEN] = { 0, 0, 0, 0, 0, 0, 0, 0x4A };
    static const uint8_t sealed[ADVICE_LEN] = {
        0x6E, 0x2E, 0x35, 0x9A, 0x25, 0x68, 0xF9, 0x80, 0x41, 0xBA, 0x07, 0x28, 0xDD, 0x0D, 0x69,
        0x81, 0xE9, 0x7E, 0x7A, 0xEC, 0x1D, 0x43, 0x60, 0xC2, 0x0A, 0x27, 0xAF, 0xCC, 0xFD, 0x9F,
        0xAE, 0x0B, 0xF9, 0x1B, 0x65, 0xC5, 0x52, 0x47, 0x33, 0xAB, 0x8F, 0x59, 0x3D, 0xAB, 0xCD,
        0x62, 0xB3, 0x57, 0x16, 0x39, 0xD6, 0x24, 0xE6, 0x51, 0x52, 0xAB, 0x8F, 0x53, 0x0C, 0x35,
        0x9F, 0x08, 0x61, 0xD8, 0x07, 0xCA, 0x0D, 0xBF, 0x50, 0x0D, 0x6A, 0x61, 0x56, 0xA3, 0x8E,
        0x08, 0x8A, 0x22, 0xB6, 0x5E, 0x52, 0xBC, 0x51, 0x4D, 0x16, 0xCC, 0xF8, 0x06, 0x81, 0x8C,
        0xE9, 0x1A, 0xB7, 0x79, 0x37, 0x36, 0x5A, 0xF9, 0x0B, 0xBF, 0x74, 0xA3, 0x5B, 0xE6, 0xB4,
        0x0B, 0x8E, 0xED, 0xF2, 0x78, 0x5E, 0x42, 0x87, 0x4D
    };
    uint8_t key[KEY_LEN];
    unsigned before = uses;
    ChaCha ctx;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    begin(&ctx, true, key, nonce, 1);
    wc_Chacha_Process(&ctx, ours, (const uint8_t *)advice, ADVICE_LEN);
    CHECK(uses == before + 1 && memcmp(ours, sealed, ADVICE_LEN) == 0, "ChaCha20 of RFC 8439");
}

/* Opens what is in `expected`, and mends what was spoilt of it: whether that is refused. */
static bool refused(uint8_t *spoilt, uint8_t bit, const uint8_t *key, const uint8_t *nonce,
                    const uint8_t *aad, uint32_t aad_len, const uint8_t *tag)
{
    *spoilt ^= bit;
    int opened =
        wc_ChaCha20Poly1305_Decrypt(key, nonce, aad, aad_len, expected, ADVICE_LEN, tag, ours);
    *spoilt ^= bit;
    return opened == MAC_CMP_FAILED_E;
}

static void protects_messages(void)
{
    static const uint8_t nonce[NONCE_LEN] = { 7,    0,    0,    0,    0x40, 0x41,
                                              0x42, 0x43, 0x44, 0x45, 0x46, 0x47 };
    static const uint8_t known[TAG_LEN] = { 0x1A, 0xE1, 0x0B, 0x59, 0x4F, 0x09, 0xE2, 0x6A,
                                            0x7E, 0x90, 0x2E, 0xCB, 0xD0, 0x60, 0x06, 0x91 };
    uint8_t aad[] = { 0x50, 0x51, 0x52, 0x53, 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7 };
    uint8_t key[KEY_LEN], tag[TAG_LEN];
    unsigned before = uses, refusals = 0;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)(0x80 + i);
    accelerator_chacha_take_keys(true);
    wc_ChaCha20Poly1305_Encrypt(key, nonce, aad, sizeof aad, (const uint8_t *)advice, ADVICE_LEN,
                                expected, tag);
    CHECK(uses == before + 1 && memcmp(tag, known, TAG_LEN) == 0,
          "with it, ChaCha20-Poly1305 of RFC 8439");
    for (unsigned i = 0; i < TAG_LEN * 8; i++)
        refusals += refused(&tag[i / 8], (uint8_t)(1u << i % 8), key, nonce, aad, sizeof aad, tag);
    for (unsigned i = 0; i < ADVICE_LEN; i++)
        refusals += refused(&expected[i], (uint8_t)(1u << i % 8), key, nonce, aad, sizeof aad, tag);
    for (unsigned i = 0; i < sizeof aad; i++)
        refusals += refused(&aad[i], 1, key, nonce, aad, sizeof aad, tag);
    CHECK(refusals == TAG_LEN * 8 + ADVICE_LEN + sizeof aad,
          "every wrong bit of a tag, byte of a message and of what goes with it is refused");
    CHECK(!refused(tag, 0, key, nonce, aad, sizeof aad, tag) &&
              memcmp(ours, advice, ADVICE_LEN) == 0,
          "what is not spoilt is opened");
    accelerator_chacha_take_keys(false);
}

/* -------------------------------------------------------------------------------------- TLS */

static secsock_config *config_for(const char *identity, int version, bool accelerated)
{
    return settings_config(&(struct settings){
        .version = version,
        .identity = identity,
        .ciphers = version == TLS12 ? "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
                                    : "TLS_CHACHA20_POLY1305_SHA256",
        .no_acceleration = !accelerated });
}

/* New keys for both directions: the other end answers with its own. */
static bool renews(struct pair *pair)
{
    return wolfSSL_update_keys(pair->server->engine.ssl) == WOLFSSL_SUCCESS && pair_talks(pair);
}

/* How often the code is used by these two ends once they are connected, or -1; under TLS 1.3, as
 * often again with new keys. */
static int used_between(int version, bool client_wide, bool server_wide)
{
    secsock_config *client = config_for(NULL, version, client_wide);
    secsock_config *server = config_for("server", version, server_wide);
    struct pair pair;
    bool well = pair_connect(&pair, client, server) && pair_talks(&pair);
    unsigned before = uses;
    well = well && pair_exchanges(&pair, text, LONGEST);
    int used = well ? (int)(uses - before) : -1;
    well = well && (version == TLS12 || renews(&pair));
    before = uses;
    if (version == TLS13 &&
        !(well && pair_exchanges(&pair, text, LONGEST) && (int)(uses - before) == used))
        used = -1;
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
    return used;
}

static void serves_tls(int version)
{
    int both = used_between(version, true, true), neither = used_between(version, false, false);
    int client = used_between(version, true, false), server = used_between(version, false, true);
    const char *name = version == TLS12 ? "TLS 1.2" : "TLS 1.3";
    bool here = accelerator_chacha_available();
    CHECK(both >= 0 && client >= 0 && server >= 0, "%s: all kinds of ends understand each other",
          name);
    CHECK(here == (client > 0) && client == server && both == client + server,
          "%s: an end uses it for %d records, both for %d", name, client, both);
    CHECK(neither == 0, "%s: without acceleration all is wolfCrypt's", name);
    uint8_t key[KEY_LEN] = { 5 }, nonce[NONCE_LEN] = { 6 };
    ChaCha other;
    wc_Chacha_SetKey(&other, key, KEY_LEN);
    wc_Chacha_SetIV(&other, nonce, 1);
    CHECK(used_for(&other, 1000) == 0, "%s: so are the keys that are no connection's", name);
}

/* A byte of a record is spoilt on its way. */
static void refuses_spoilt_records(int version)
{
    secsock_config *client = config_for(NULL, version, true);
    secsock_config *server = config_for("server", version, true);
    uint8_t record[4096];
    struct pair pair;
    bool well = pair_connect(&pair, client, server) && pair_talks(&pair) &&
                secsock_send(pair.client, text, 1000) == 1000;
    int len = secsock_drain(pair.client, record, sizeof record);
    record[500] ^= 0x10;
    well = well && len > 1000 && secsock_feed(pair.server, record, (size_t)len) == len;
    int got = secsock_recv(pair.server, ours, sizeof ours);
    CHECK(well && got < 0 && got != SECSOCK_WANT_READ &&
              secsock_get_state(pair.server) == SECSOCK_STATE_FAILED,
          "%s: a spoilt record is refused: %s", version == TLS12 ? "TLS 1.2" : "TLS 1.3",
          secsock_last_error(pair.server)->message);
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
}

/* ---------------------------------------------------------------------------------- threads */

enum { THREADS = 4 };

static pthread_barrier_t start;

struct thread {
    pthread_t id;
    bool takes, well;
};

/* The first keys of the process; of which each thread decides by itself. */
static void *uses_it_first(void *arg)
{
    struct thread *thread = arg;
    uint8_t key[KEY_LEN] = { 1 }, nonce[NONCE_LEN] = { 2 }, bytes[2][1000];
    ChaCha ctx, other;
    accelerator_chacha_take_keys(thread->takes);
    pthread_barrier_wait(&start);
    wc_Chacha_SetKey(&ctx, key, KEY_LEN);
    begin(&other, false, key, nonce, 1);
    wc_Chacha_SetIV(&ctx, nonce, 1);
    wc_Chacha_Process(&ctx, bytes[0], text, sizeof bytes[0]);
    wc_Chacha_Process(&other, bytes[1], text, sizeof bytes[1]);
    thread->well = memcmp(bytes[0], bytes[1], sizeof bytes[0]) == 0;
    return NULL;
}

static void serves_threads(void)
{
    struct thread threads[THREADS] = { { .takes = true }, { .takes = false }, { .takes = true } };
    unsigned well = 0;
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i].id, NULL, uses_it_first, &threads[i]) != 0)
            abort();
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i].id, NULL);
        well += threads[i].well;
    }
    pthread_barrier_destroy(&start);
    CHECK(well == THREADS, "threads may be the first to use it, together");
}

int main(void)
{
    bytes_fill(text, sizeof text, 1);
    serves_threads();
    serves_tls(TLS12);
    serves_tls(TLS13);
    refuses_spoilt_records(TLS12);
    refuses_spoilt_records(TLS13);
    agrees_with_wolfcrypt();
    bool here = __real_chacha20_enc_dec_ks_avx512 && accelerator_has_instructions();
    CHECK(accelerator_chacha_available() == here &&
              secsock_has_feature("accelerated_chacha20") == here,
          "the accelerator is %s", here ? "here" : "not of use here");
    if (!here)
        return check_done();
    takes_what_it_is_given();
    erases_its_key_stream();
    gives_known_answers();
    protects_messages();
    finds_wrong_code_out();
    return check_done();
}

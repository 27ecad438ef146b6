/* AES-GCM by the accelerator, beside wolfCrypt's own. Where there is none (another build, another
 * CPU), that nothing is missing without it. */
#include <wolfssl/options.h> /* before all its other headers */

#include <pthread.h>
#include <string.h>

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "accelerator.h"
#include "bytes.h"
#include "check.h"
#include "memory.h"
#include "pair.h"
#include "settings.h"

enum { LONGEST = 17000, NONCE_LEN = 12, TAG_LEN = 16, MOST_AAD = 64, ROOM = LONGEST + 2 * 64 };

/* ------------------------------------------------------------------------------------ keys */

/* A key of the device, which a long message has had expanded. */
static void begin_wide(Aes *aes, const uint8_t *key, size_t key_len)
{
    uint8_t text[ACCELERATOR_WORTH] = { 0 }, tag[TAG_LEN], nonce[NONCE_LEN] = { 0 };
    wc_AesInit(aes, NULL, ACCELERATOR_DEVICE);
    wc_AesGcmSetKey(aes, key, (word32)key_len);
    wc_AesGcmEncrypt(aes, text, text, sizeof text, nonce, NONCE_LEN, tag, TAG_LEN, NULL, 0);
}

static void begin_plain(Aes *aes, const uint8_t *key, size_t key_len)
{
    wc_AesInit(aes, NULL, INVALID_DEVID);
    wc_AesGcmSetKey(aes, key, (word32)key_len);
}

static void expands_a_key_when_it_is_worth_it(void)
{
    enum { SHORT = 64, MANY = ACCELERATOR_WORTH / SHORT };
    uint8_t key[16] = { 1 }, bytes[SHORT] = { 0 }, tag[TAG_LEN], nonce[NONCE_LEN] = { 0 };
    unsigned long before = memory_asked(), short_of = 0, after = 0;
    Aes aes;
    wc_AesInit(&aes, NULL, ACCELERATOR_DEVICE);
    wc_AesGcmSetKey(&aes, key, sizeof key);
    for (int i = 1; i <= 2 * MANY; i++) {
        if (i == MANY)
            short_of = memory_asked();
        wc_AesGcmEncrypt(&aes, bytes, bytes, SHORT, nonce, NONCE_LEN, tag, TAG_LEN, NULL, 0);
        if (i == MANY)
            after = memory_asked();
    }
    CHECK(short_of == before, "a few bytes leave the key to wolfCrypt");
    CHECK(after == before + 1 && memory_asked() == after, "with %d it is expanded, once",
          ACCELERATOR_WORTH);
    wc_AesFree(&aes);
    CHECK(!aes.devCtx, "it goes with its Aes");
    wc_AesInit(&aes, NULL, ACCELERATOR_DEVICE);
    wc_AesGcmSetKey(&aes, key, sizeof key);
    wc_AesGcmEncrypt(&aes, bytes, bytes, SHORT, nonce, NONCE_LEN, tag, TAG_LEN, NULL, 0);
    long live = memory_live();
    wc_AesFree(&aes);
    CHECK(memory_live() == live && !aes.devCtx, "without one nothing is freed");
}

static void leaves_alone_what_it_cannot_do(void)
{
    uint8_t key[24] = { 2 }, text[2048] = { 3 }, sealed[2][2048], tag[2][TAG_LEN] = { { 0 } };
    uint8_t nonce[16] = { 4 };
    static const struct {
        size_t key_len;
        word32 nonce_len, tag_len;
        const char *what;
    } cases[] = {
        { 24, 12, 16, "keys of 192 bits" },
        { 16, 16, 16, "nonces of 16 bytes" },
        { 16, 12, 12, "tags of 12 bytes" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Aes ends[2];
        int done[2];
        begin_wide(&ends[0], key, cases[i].key_len);
        begin_plain(&ends[1], key, cases[i].key_len);
        for (int e = 0; e < 2; e++)
            done[e] = wc_AesGcmEncrypt(&ends[e], sealed[e], text, sizeof text, nonce,
                                       cases[i].nonce_len, tag[e], cases[i].tag_len, NULL, 0);
        CHECK(done[0] == 0 && done[1] == 0 && memcmp(sealed[0], sealed[1], sizeof text) == 0 &&
                  memcmp(tag[0], tag[1], TAG_LEN) == 0,
              "%s are wolfCrypt's as before", cases[i].what);
        wc_AesFree(&ends[0]);
        wc_AesFree(&ends[1]);
    }
}

/* --------------------------------------------------------------------------- known answers */

/* D. McGrew and J. Viega, "The Galois/Counter Mode of Operation", submission to NIST, appendix B:
 * test cases 3, 4, 15 and 16. */
static const uint8_t known_key[32] = { 0xFE, 0xFF, 0xE9, 0x92, 0x86, 0x65, 0x73, 0x1C,
                                       0x6D, 0x6A, 0x8F, 0x94, 0x67, 0x30, 0x83, 0x08,
                                       0xFE, 0xFF, 0xE9, 0x92, 0x86, 0x65, 0x73, 0x1C,
                                       0x6D, 0x6A, 0x8F, 0x94, 0x67, 0x30, 0x83, 0x08 };
static const uint8_t known_nonce[NONCE_LEN] = { 0xCA, 0xFE, 0xBA, 0xBE, 0xFA, 0xCE,
                                                0xDB, 0xAD, 0xDE, 0xCA, 0xF8, 0x88 };
static const uint8_t known_aad[20] = { 0xFE, 0xED, 0xFA, 0xCE, 0xDE, 0xAD, 0xBE, 0xEF, 0xFE, 0xED,
                                       0xFA, 0xCE, 0xDE, 0xAD, 0xBE, 0xEF, 0xAB, 0xAD, 0xDA, 0xD2 };
static const uint8_t known_text[64] = {
    0xD9, 0x31, 0x32, 0x25, 0xF8, 0x84, 0x06, 0xE5, 0xA5, 0x59, 0x09, 0xC5, 0xAF, 0xF5, 0x26, 0x9A,
    0x86, 0xA7, 0xA9, 0x53, 0x15, 0x34, 0xF7, 0xDA, 0x2E, 0x4C, 0x30, 0x3D, 0x8A, 0x31, 0x8A, 0x72,
    0x1C, 0x3C, 0x0C, 0x95, 0x95, 0x68, 0x09, 0x53, 0x2F, 0xCF, 0x0E, 0x24, 0x49, 0xA6, 0xB5, 0x25,
    0xB1, 0x6A, 0xED, 0xF5, 0xAA, 0x0D, 0xE6, 0x57, 0xBA, 0x63, 0x7B, 0x39, 0x1A, 0xAF, 0xD2, 0x55,
};
static const uint8_t known_sealed_128[64] = {
    0x42, 0x83, 0x1E, 0xC2, 0x21, 0x77, 0x74, 0x24, 0x4B, 0x72, 0x21, 0xB7, 0x84, 0xD0, 0xD4, 0x9C,
    0xE3, 0xAA, 0x21, 0x2F, 0x2C, 0x02, 0xA4, 0xE0, 0x35, 0xC1, 0x7E, 0x23, 0x29, 0xAC, 0xA1, 0x2E,
    0x21, 0xD5, 0x14, 0xB2, 0x54, 0x66, 0x93, 0x1C, 0x7D, 0x8F, 0x6A, 0x5A, 0xAC, 0x84, 0xAA, 0x05,
    0x1B, 0xA3, 0x0B, 0x39, 0x6A, 0x0A, 0xAC, 0x97, 0x3D, 0x58, 0xE0, 0x91, 0x47, 0x3F, 0x59, 0x85,
};
static const uint8_t known_sealed_256[64] = {
    0x52, 0x2D, 0xC1, 0xF0, 0x99, 0x56, 0x7D, 0x07, 0xF4, 0x7F, 0x37, 0xA3, 0x2A, 0x84, 0x42, 0x7D,
    0x64, 0x3A, 0x8C, 0xDC, 0xBF, 0xE5, 0xC0, 0xC9, 0x75, 0x98, 0xA2, 0xBD, 0x25, 0x55, 0xD1, 0xAA,
    0x8C, 0xB0, 0x8E, 0x48, 0x59, 0x0D, 0xBB, 0x3D, 0xA7, 0xB0, 0x8B, 0x10, 0x56, 0x82, 0x88, 0x38,
    0xC5, 0xF6, 0x1E, 0x63, 0x93, 0xBA, 0x7A, 0x0A, 0xBC, 0xC9, 0xF6, 0x62, 0x89, 0x80, 0x15, 0xAD,
};

static const struct known {
    const char *name;
    size_t key_len, len, aad_len;
    const uint8_t *sealed;
    uint8_t tag[TAG_LEN];
} knowns[] = {
    { "test case 3",
      16,
      64,
      0,
      known_sealed_128,
      { 0x4D, 0x5C, 0x2A, 0xF3, 0x27, 0xCD, 0x64, 0xA6, 0x2C, 0xF3, 0x5A, 0xBD, 0x2B, 0xA6, 0xFA,
        0xB4 } },
    { "test case 4",
      16,
      60,
      20,
      known_sealed_128,
      { 0x5B, 0xC9, 0x4F, 0xBC, 0x32, 0x21, 0xA5, 0xDB, 0x94, 0xFA, 0xE9, 0x5A, 0xE7, 0x12, 0x1A,
        0x47 } },
    { "test case 15",
      32,
      64,
      0,
      known_sealed_256,
      { 0xB0, 0x94, 0xDA, 0xC5, 0xD9, 0x34, 0x71, 0xBD, 0xEC, 0x1A, 0x50, 0x22, 0x70, 0xE3, 0xCC,
        0x6C } },
    { "test case 16",
      32,
      60,
      20,
      known_sealed_256,
      { 0x76, 0xFC, 0x6E, 0xCE, 0x0F, 0x4E, 0x17, 0x68, 0xCD, 0xDF, 0x88, 0x53, 0xBB, 0x2D, 0x55,
        0x1B } },
};

static void gives_known_answers(void)
{
    for (size_t i = 0; i < sizeof knowns / sizeof *knowns; i++) {
        const struct known *known = &knowns[i];
        uint8_t text[64], tag[TAG_LEN];
        Aes aes;
        begin_wide(&aes, known_key, known->key_len);
        int sealed = wc_AesGcmEncrypt(&aes, text, known_text, (word32)known->len, known_nonce,
                                      NONCE_LEN, tag, TAG_LEN, known_aad, (word32)known->aad_len);
        CHECK(aes.devCtx && sealed == 0 && memcmp(text, known->sealed, known->len) == 0 &&
                  memcmp(tag, known->tag, TAG_LEN) == 0,
              "seals NIST's %s", known->name);
        int opened = wc_AesGcmDecrypt(&aes, text, text, (word32)known->len, known_nonce, NONCE_LEN,
                                      tag, TAG_LEN, known_aad, (word32)known->aad_len);
        CHECK(opened == 0 && memcmp(text, known_text, known->len) == 0, "opens NIST's %s",
              known->name);
        wc_AesFree(&aes);
    }
}

/* ------------------------------------------------------------------ beside wolfCrypt's own */

static uint8_t text[ROOM], expected[ROOM], ours[ROOM], aad[MOST_AAD];

/* A message of this length, there by both and back, at other places in memory, in place or not:
 * true if both agree and nothing beside it is touched. */
static bool agrees(Aes *wide, Aes *plain, size_t len, size_t aad_len)
{
    size_t from = len % 61, to = len % 3 == 0 ? from : len % 47;
    uint8_t nonce[NONCE_LEN], tag[TAG_LEN], our_tag[TAG_LEN];
    word32 size = (word32)len, aad_size = (word32)aad_len;
    bytes_fill(nonce, sizeof nonce, (uint32_t)len);
    memset(ours, 0xA5, sizeof ours);
    memcpy(ours + from, text, len);
    if (wc_AesGcmEncrypt(plain, expected, text, size, nonce, NONCE_LEN, tag, TAG_LEN, aad,
                         aad_size) != 0 ||
        wc_AesGcmEncrypt(wide, ours + to, to == from ? ours + from : text, size, nonce, NONCE_LEN,
                         our_tag, TAG_LEN, aad, aad_size) != 0 ||
        memcmp(ours + to, expected, len) != 0 || memcmp(tag, our_tag, TAG_LEN) != 0)
        return false;
    if (wc_AesGcmDecrypt(wide, ours + to, ours + to, size, nonce, NONCE_LEN, tag, TAG_LEN, aad,
                         aad_size) != 0 ||
        memcmp(ours + to, text, len) != 0)
        return false;
    size_t low = to < from ? to : from, high = (to < from ? from : to) + len;
    return bytes_are(ours, low, 0xA5) && bytes_are(ours + high, sizeof ours - high, 0xA5);
}

static void agrees_with_wolfcrypt(size_t key_len)
{
    static const size_t usual[] = { 13, 5 }; /* of records, RFC 5246, 6.2.3.3, and RFC 8446, 5.2 */
    size_t len, tried = 0, differ = 0;
    Aes wide, plain;
    begin_wide(&wide, known_key, key_len);
    begin_plain(&plain, known_key, key_len);
    for (len = 0; len <= LONGEST; len += check_stride(), tried++)
        differ += !agrees(&wide, &plain, len, usual[len % 2]);
    CHECK(differ == 0, "AES-%zu: %zu lengths up to %d give the same as wolfCrypt's", key_len * 8,
          tried, LONGEST);
    for (size_t n = differ = 0; n <= MOST_AAD; n++)
        differ += !agrees(&wide, &plain, 1000 + n, n);
    CHECK(differ == 0, "AES-%zu: additional data of up to %d bytes, too", key_len * 8, MOST_AAD);
    wc_AesFree(&wide);
    wc_AesFree(&plain);
}

/* ----------------------------------------------------------------------------------- forged */

/* Whether a message is refused with nothing left of it; what was spoilt is mended. */
static bool refused(Aes *aes, uint8_t *spoilt, uint8_t bit, uint8_t *tag, word32 len)
{
    *spoilt ^= bit;
    memcpy(ours, expected, len);
    int opened =
        wc_AesGcmDecrypt(aes, ours, ours, len, known_nonce, NONCE_LEN, tag, TAG_LEN, aad, 13);
    *spoilt ^= bit;
    return opened == AES_GCM_AUTH_E && bytes_are(ours, len, 0);
}

static void refuses_forgeries(size_t key_len)
{
    enum { LEN = 1000 };
    unsigned tags = 0, texts = 0, aads = 0;
    uint8_t tag[TAG_LEN];
    Aes aes;
    begin_wide(&aes, known_key, key_len);
    wc_AesGcmEncrypt(&aes, expected, text, LEN, known_nonce, NONCE_LEN, tag, TAG_LEN, aad, 13);
    for (unsigned i = 0; i < TAG_LEN * 8; i++)
        tags += refused(&aes, &tag[i / 8], (uint8_t)(1u << i % 8), tag, LEN);
    for (unsigned i = 0; i < LEN; i++)
        texts += refused(&aes, &expected[i], (uint8_t)(1u << i % 8), tag, LEN);
    for (unsigned i = 0; i < 13; i++)
        aads += refused(&aes, &aad[i], 1, tag, LEN);
    CHECK(tags == TAG_LEN * 8, "AES-%zu: every wrong bit of a tag, and no text is left",
          key_len * 8);
    CHECK(texts == LEN && aads == 13,
          "AES-%zu: every wrong byte of a message and what goes with it", key_len * 8);
    wc_AesFree(&aes);
}

/* ----------------------------------------------------------------------------------- memory */

/* Round keys; the first sixteen bytes of what is in devCtx are the key itself. */
static void erases_its_keys(void)
{
    static uint8_t rounds[240] __attribute__((aligned(16)));
    static uint8_t key[32]; /* watched to the end of the program */
    Aes aes;
    bytes_fill(key, sizeof key, 77);
    accelerator_code(32)->expand(key, rounds);
    memory_watch(key, 16);
    memory_watch(rounds + 112, 16);
    begin_wide(&aes, key, sizeof key);
    CHECK(memmem(aes.devCtx, 240, rounds + 112, 16) && memory_spilt() == 0,
          "an expanded key is where it is looked for");
    wc_AesFree(&aes);
    CHECK(memory_spilt() == 0, "nothing of a key is left in what is freed");
}

static void does_without_memory(void)
{
    uint8_t tag[TAG_LEN], our_tag[TAG_LEN];
    Aes wide, plain;
    long before = memory_live();
    begin_plain(&plain, known_key, 16);
    wc_AesInit(&wide, NULL, ACCELERATOR_DEVICE);
    wc_AesGcmSetKey(&wide, known_key, 16);
    wc_AesGcmEncrypt(&plain, expected, text, 4096, known_nonce, NONCE_LEN, tag, TAG_LEN, aad, 5);
    memory_fail(1);
    int sealed =
        wc_AesGcmEncrypt(&wide, ours, text, 4096, known_nonce, NONCE_LEN, our_tag, TAG_LEN, aad, 5);
    CHECK(memory_failed() && sealed == 0 && memcmp(ours, expected, 4096) == 0 &&
              memcmp(tag, our_tag, TAG_LEN) == 0,
          "with no memory for its key, wolfCrypt does the work");
    memory_fail(0);
    wc_AesGcmEncrypt(&wide, ours, text, 4096, known_nonce, NONCE_LEN, our_tag, TAG_LEN, aad, 5);
    CHECK(memory_live() == before + 1 && memcmp(ours, expected, 4096) == 0,
          "with memory again, it is expanded");
    wc_AesFree(&wide);
    wc_AesFree(&plain);
    CHECK(memory_live() == before, "nothing is lost");
}

/* -------------------------------------------------------------------------------- self-test */

static gcm_crypt_fn *real_seal, *real_open;

/* From where the counter of blocks, which begins with 2, takes more than a byte. */
static void seal_wrong_byte(const struct gcm_key_data *key, struct gcm_context_data *context,
                            uint8_t *out, const uint8_t *in, uint64_t len, const uint8_t *nonce,
                            const uint8_t *more, uint64_t more_len, uint8_t *tag, uint64_t tag_len)
{
    real_seal(key, context, out, in, len, nonce, more, more_len, tag, tag_len);
    if (len > 254 * 16)
        out[len - 1] ^= 1;
}

static void seal_wrong_tag(const struct gcm_key_data *key, struct gcm_context_data *context,
                           uint8_t *out, const uint8_t *in, uint64_t len, const uint8_t *nonce,
                           const uint8_t *more, uint64_t more_len, uint8_t *tag, uint64_t tag_len)
{
    real_seal(key, context, out, in, len, nonce, more, more_len, tag, tag_len);
    tag[15] ^= 0x80;
}

static void open_wrong_byte(const struct gcm_key_data *key, struct gcm_context_data *context,
                            uint8_t *out, const uint8_t *in, uint64_t len, const uint8_t *nonce,
                            const uint8_t *more, uint64_t more_len, uint8_t *tag, uint64_t tag_len)
{
    real_open(key, context, out, in, len, nonce, more, more_len, tag, tag_len);
    out[0] ^= 1;
}

static void finds_wrong_code_out(void)
{
    for (size_t key_len = 16; key_len <= 32; key_len += 16) {
        const struct gcm_code *right = accelerator_code(key_len);
        struct gcm_code byte = *right, tag = *right, opening = *right;
        real_seal = right->seal;
        real_open = right->open;
        byte.seal = seal_wrong_byte;
        tag.seal = seal_wrong_tag;
        opening.open = open_wrong_byte;
        CHECK(accelerator_agrees(right) && !accelerator_agrees(&byte) &&
                  !accelerator_agrees(&tag) && !accelerator_agrees(&opening),
              "AES-%zu: the self-test tells right code from wrong", key_len * 8);
    }
}

/* -------------------------------------------------------------------------------------- TLS */

static const char *const suites[][2] = {
    { "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
    { "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
};

static secsock_config *config_for(const char *identity, int version, size_t cipher,
                                  bool accelerated)
{
    return settings_config(&(struct settings){ .version = version,
                                               .identity = identity,
                                               .ciphers = suites[cipher][version == TLS12],
                                               .no_acceleration = !accelerated });
}

/* Allocations that are left once nothing more is there to read, and no room for it is kept. */
static long settled(struct pair *pair)
{
    char byte;
    bool quiet = secsock_recv(pair->client, &byte, 1) == SECSOCK_WANT_READ &&
                 secsock_recv(pair->server, &byte, 1) == SECSOCK_WANT_READ;
    return quiet ? memory_live() : -1;
}

static void meets(int version, size_t cipher, bool client_wide, bool server_wide)
{
    long clean = memory_live();
    secsock_config *client = config_for(NULL, version, cipher, client_wide);
    secsock_config *server = config_for("server", version, cipher, server_wide);
    struct pair pair;
    bool well = pair_connect(&pair, client, server) && pair_talks(&pair);
    long before = settled(&pair);
    well = well && before >= 0 && pair_exchanges(&pair, text, LONGEST);
    long keys = settled(&pair) - before;
    int wide = accelerator_available() ? 2 * (client_wide + server_wide) : 0;
    pair_close(&pair);
    secsock_config_free(client);
    secsock_config_free(server);
    CHECK(well && keys == wide && memory_live() == clean,
          "%s, %s client, %s server: %d keys are expanded, and freed",
          suites[cipher][version == TLS12], client_wide ? "accelerated" : "plain",
          server_wide ? "accelerated" : "plain", wide);
}

static void serves_tls(void)
{
    static const int versions[] = { TLS12, TLS13 };
    for (size_t i = 0; i < 16; i++)
        meets(versions[i & 1], i >> 1 & 1, (i & 4) != 0, (i & 8) != 0);
}

/* ---------------------------------------------------------------------------------- threads */

enum { THREADS = 4 };

static pthread_barrier_t start;
static secsock_config *first_client, *first_server;

/* The first connections of the process. */
static void *uses_it_first(void *arg)
{
    bool *well = arg;
    pthread_barrier_wait(&start);
    struct pair pair;
    *well = secsock_has_feature("accelerated_aes_gcm") == accelerator_available() &&
            pair_connect(&pair, first_client, first_server) &&
            pair_pours(pair.client, pair.server, text, LONGEST);
    pair_close(&pair);
    return NULL;
}

static void serves_threads(void)
{
    pthread_t threads[THREADS];
    bool well[THREADS] = { false };
    first_client = config_for(NULL, TLS13, 0, true);
    first_server = config_for("server", TLS13, 0, true);
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, uses_it_first, &well[i]) != 0)
            abort();
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
    secsock_config_free(first_client);
    secsock_config_free(first_server);
    CHECK(well[0] && well[1] && well[2] && well[3], "threads may be the first to use it, together");
}

int main(void)
{
    bytes_fill(text, sizeof text, 1);
    bytes_fill(aad, sizeof aad, 2);
    serves_threads();
    serves_tls();
    bool here = accelerator_code(16) && accelerator_has_instructions();
    CHECK(accelerator_available() == here && secsock_has_feature("accelerated_aes_gcm") == here,
          "the accelerator is %s", here ? "here" : "not of use here");
    if (!here)
        return check_done();
    expands_a_key_when_it_is_worth_it();
    leaves_alone_what_it_cannot_do();
    gives_known_answers();
    for (size_t key_len = 16; key_len <= 32; key_len += 16) {
        agrees_with_wolfcrypt(key_len);
        refuses_forgeries(key_len);
    }
    does_without_memory();
    finds_wrong_code_out();
    erases_its_keys();
    return check_done();
}

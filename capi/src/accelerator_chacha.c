#include <wolfssl/options.h> /* before all its other headers */

#include <wolfssl/wolfcrypt/chacha.h>

#include "accelerator.h"
#include "accelerator_chacha.h"

/* The linker puts the latter two in the place of the former for all callers in other files. */
int __real_wc_Chacha_SetKey(ChaCha *ctx, const byte *key, word32 len);
int __real_wc_Chacha_Process(ChaCha *ctx, byte *out, const byte *in, word32 len);
int __wrap_wc_Chacha_SetKey(ChaCha *ctx, const byte *key, word32 len);
int __wrap_wc_Chacha_Process(ChaCha *ctx, byte *out, const byte *in, word32 len);

#if defined(SECSOCK_IPSEC_MB) && defined(USE_INTEL_CHACHA_SPEEDUP)
#include <intel-ipsec-mb.h>
#include <pthread.h>
#include <string.h>

#include "secret.h"

/* What the library's own functions for ChaCha20-Poly1305 call. It holds no state of its own, and
 * neither asks for alignment nor touches anything beside the message. */
void chacha20_enc_dec_ks_avx512(const void *in, void *out, uint64_t len, const void *key,
                                struct chacha20_poly1305_context_data *state);

/* Where in a ChaCha's matrix they are (RFC 8439, section 2.3). */
enum { KEY = 4, COUNTER = 12, NONCE = 13 };

/* All of one message, from the beginning of a block on. What is left of the last block's key stream
 * goes where wolfCrypt looks for it. */
static void process(ChaCha *ctx, byte *out, const byte *in, word32 len)
{
    struct chacha20_poly1305_context_data state = { .last_block_count = ctx->X[COUNTER] - 1 };
    memcpy(state.IV, &ctx->X[NONCE], sizeof(state.IV));
    chacha20_enc_dec_ks_avx512(in, out, len, &ctx->X[KEY], &state);
    ctx->X[COUNTER] = (word32)state.last_block_count + 1;
    ctx->left = (word32)state.remain_ks_bytes;
    if (ctx->left > 0)
        memcpy(ctx->over, state.last_ks, sizeof(ctx->over));
    secret_erase(&state, sizeof(state));
}

/* ------------------------------------------------------------------------------------- keys */

/* A ChaCha whose key is given to the code has this in its `extra`, of which wolfCrypt reads what it
 * happens to be, together with the matrix, and uses nothing. */
static const char mark[] = "wide vectors";
_Static_assert(sizeof(((ChaCha *)NULL)->extra) == sizeof(mark) - 1, "the mark takes all of it");

static _Thread_local bool taking;

void accelerator_chacha_take_keys(bool take)
{
    taking = take;
}

int __wrap_wc_Chacha_SetKey(ChaCha *ctx, const byte *key, word32 len)
{
    int result = __real_wc_Chacha_SetKey(ctx, key, len);
    bool takes = taking && len == CHACHA_MAX_KEY_SZ && accelerator_chacha_available();
    if (result == 0 && takes)
        memcpy(ctx->extra, mark, sizeof(ctx->extra));
    else if (result == 0)
        memset(ctx->extra, 0, sizeof(ctx->extra));
    return result;
}

/* The counter neither begins with 0, which is the block of Poly1305's key, nor wraps: beyond 32 bits
 * the code counts on into the nonce. */
static bool suits(const ChaCha *ctx, word32 len)
{
    return len >= ACCELERATOR_CHACHA_WORTH && ctx->left == 0 && ctx->X[COUNTER] > 0 &&
           len / CHACHA_CHUNK_BYTES < UINT32_MAX - ctx->X[COUNTER] &&
           memcmp(ctx->extra, mark, sizeof(ctx->extra)) == 0;
}

int __wrap_wc_Chacha_Process(ChaCha *ctx, byte *out, const byte *in, word32 len)
{
    if (!ctx || !out || !in || !suits(ctx, len))
        return __real_wc_Chacha_Process(ctx, out, in, len);
    process(ctx, out, in, len);
    return 0;
}

/* -------------------------------------------------------------------------------- self-test */

/* Long enough for every loop of the code, which takes up to sixteen blocks at a time. */
enum { TEST_LEN = 2200, TEST_STEP = 61 /* each length ends elsewhere in a block */ };

/* One message, by wolfCrypt and, in place, by the code; and by wolfCrypt what follows on it. */
static bool agrees_on(const ChaCha *key, const byte *text, word32 len)
{
    byte expected[TEST_LEN + TEST_STEP], ours[TEST_LEN + TEST_STEP];
    ChaCha plain = *key, wide = *key;
    memcpy(ours, text, len + TEST_STEP);
    process(&wide, ours, ours, len);
    return __real_wc_Chacha_Process(&wide, ours + len, ours + len, TEST_STEP) == 0 &&
           __real_wc_Chacha_Process(&plain, expected, text, len) == 0 &&
           __real_wc_Chacha_Process(&plain, expected + len, text + len, TEST_STEP) == 0 &&
           memcmp(ours, expected, len + TEST_STEP) == 0 && wide.left == plain.left &&
           wide.X[COUNTER] == plain.X[COUNTER];
}

bool accelerator_chacha_agrees(void)
{
    byte text[TEST_LEN + TEST_STEP];
    ChaCha key = { .left = 0 };
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (byte)(1 + i * 31 + i / 256);
    bool agrees = __real_wc_Chacha_SetKey(&key, text, CHACHA_MAX_KEY_SZ) == 0 &&
                  wc_Chacha_SetIV(&key, text + CHACHA_MAX_KEY_SZ, 1) == 0;
    for (word32 len = ACCELERATOR_CHACHA_WORTH; agrees && len <= TEST_LEN; len += TEST_STEP)
        agrees = agrees_on(&key, text, len);
    return agrees;
}

/* ----------------------------------------------------------------------------- availability */

static bool available;

static void find_out(void)
{
    available = accelerator_has_instructions() && accelerator_chacha_agrees();
}

bool accelerator_chacha_available(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_out);
    return available;
}

#else

bool accelerator_chacha_available(void)
{
    return false;
}

void accelerator_chacha_take_keys(bool take)
{
    (void)take;
}

bool accelerator_chacha_agrees(void)
{
    return false;
}

int __wrap_wc_Chacha_SetKey(ChaCha *ctx, const byte *key, word32 len)
{
    return __real_wc_Chacha_SetKey(ctx, key, len);
}

int __wrap_wc_Chacha_Process(ChaCha *ctx, byte *out, const byte *in, word32 len)
{
    return __real_wc_Chacha_Process(ctx, out, in, len);
}

#endif

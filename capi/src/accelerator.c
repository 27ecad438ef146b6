#include <wolfssl/options.h> /* before all its other headers */

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/cryptocb.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "accelerator.h"

#if defined(SECSOCK_IPSEC_MB)
#include <cpuid.h>
#include <immintrin.h>
#include <intel-ipsec-mb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"

#if !defined(WOLF_CRYPTO_CB) || !defined(WOLF_CRYPTO_CB_FREE)
#error "this wolfSSL keeps no devices: see script/bootstrap"
#endif

/* The library's own choice for such CPUs, called directly: its manager of jobs would bring the code
 * for every CPU and every cipher along. The functions hold no state between calls. */
gcm_crypt_fn aes_gcm_enc_128_vaes_avx512, aes_gcm_dec_128_vaes_avx512;
gcm_crypt_fn aes_gcm_enc_256_vaes_avx512, aes_gcm_dec_256_vaes_avx512;
void aes_gcm_precomp_128_vaes_avx512(struct gcm_key_data *key);
void aes_gcm_precomp_256_vaes_avx512(struct gcm_key_data *key);

static const struct gcm_code codes[] = {
    { 16, aes_keyexp_128_enc_avx512, aes_gcm_precomp_128_vaes_avx512, aes_gcm_enc_128_vaes_avx512,
      aes_gcm_dec_128_vaes_avx512 },
    { 32, aes_keyexp_256_enc_avx512, aes_gcm_precomp_256_vaes_avx512, aes_gcm_enc_256_vaes_avx512,
      aes_gcm_dec_256_vaes_avx512 },
};

enum { NONCE_LEN = 12, TAG_LEN = 16 };

const struct gcm_code *accelerator_code(size_t key_len)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        if (codes[i].key_len == key_len)
            return &codes[i];
    return NULL;
}

/* ------------------------------------------------------------------------------------- keys */

/* What an Aes keeps for its device. */
struct wide_key {
    _Alignas(16) struct gcm_key_data data; /* where the code stores whole vectors */
    const struct gcm_code *code;
};

static void expand(struct wide_key *key, const struct gcm_code *code, const void *bytes)
{
    key->code = code;
    code->expand(bytes, key->data.expanded_keys);
    code->precompute(&key->data);
}

/* NULL if there is no memory, or no code for keys of that length: wolfCrypt does the work then. */
static struct wide_key *key_new(const Aes *aes)
{
    const struct gcm_code *code = accelerator_code((size_t)aes->keylen);
    struct wide_key *key = code ? malloc(sizeof(*key)) : NULL;
    if (key)
        expand(key, code, aes->devKey);
    return key;
}

static void key_free(struct wide_key *key)
{
    secret_erase(key, sizeof(*key));
    free(key);
}

/* Until there is a key, devCtx is a number and counts bytes: no memory has so low an address. */
static bool is_count(const Aes *aes)
{
    return (uintptr_t)aes->devCtx < ACCELERATOR_WORTH;
}

/* The expanded key, once it is worth while. */
static const struct wide_key *key_for(Aes *aes, size_t len)
{
    if (!is_count(aes))
        return aes->devCtx;
    uintptr_t count = (uintptr_t)aes->devCtx + len;
    struct wide_key *key = count < ACCELERATOR_WORTH ? NULL : key_new(aes);
    if (key)
        aes->devCtx = key;
    else if (count < ACCELERATOR_WORTH)
        aes->devCtx = (void *)count;
    return key;
}

/* ---------------------------------------------------------------------------------- records */

/* The context has room for a block of the key stream and for the sum over the record before it is
 * masked. Version 1.3 leaves neither there, which nothing promises. */
static int seal_record(const wc_CryptoCb_AesAuthEnc *job)
{
    struct gcm_context_data context;
    const struct wide_key *key = key_for(job->aes, job->sz);
    if (!key || job->ivSz != NONCE_LEN || job->authTagSz != TAG_LEN)
        return CRYPTOCB_UNAVAILABLE;
    key->code->seal(&key->data, &context, job->out, job->in, job->sz, job->iv, job->authIn,
                    job->authInSz, job->authTag, TAG_LEN);
    secret_erase(&context, sizeof(context));
    return 0;
}

/* In a time that tells nothing of where they differ. */
static bool same_tag(const uint8_t *a, const uint8_t *b)
{
    unsigned difference = 0;
    for (size_t i = 0; i < TAG_LEN; i++)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

static int open_record(const wc_CryptoCb_AesAuthDec *job)
{
    struct gcm_context_data context;
    uint8_t tag[TAG_LEN];
    const struct wide_key *key = key_for(job->aes, job->sz);
    if (!key || job->ivSz != NONCE_LEN || job->authTagSz != TAG_LEN)
        return CRYPTOCB_UNAVAILABLE;
    key->code->open(&key->data, &context, job->out, job->in, job->sz, job->iv, job->authIn,
                    job->authInSz, tag, TAG_LEN);
    secret_erase(&context, sizeof(context));
    bool authentic = same_tag(tag, job->authTag);
    secret_erase(tag, sizeof(tag)); /* of a forgery it is the one that would have passed */
    if (!authentic)
        secret_erase(job->out, job->sz);
    return authentic ? 0 : AES_GCM_AUTH_E;
}

/* wolfCrypt goes on to erase its own part of the key. */
static int forget(Aes *aes)
{
    if (!is_count(aes))
        key_free(aes->devCtx);
    aes->devCtx = NULL;
    return CRYPTOCB_UNAVAILABLE;
}

static int on_work(int device, wc_CryptoInfo *info, void *unused)
{
    (void)device;
    (void)unused;
    if (info->algo_type == WC_ALGO_TYPE_FREE && info->free.algo == WC_ALGO_TYPE_CIPHER &&
        info->free.type == WC_CIPHER_AES)
        return forget(info->free.obj);
    if (info->algo_type != WC_ALGO_TYPE_CIPHER || info->cipher.type != WC_CIPHER_AES_GCM)
        return CRYPTOCB_UNAVAILABLE;
    return info->cipher.enc ? seal_record(&info->cipher.aesgcm_enc)
                            : open_record(&info->cipher.aesgcm_dec);
}

/* -------------------------------------------------------------------------------- self-test */

/* Long enough for every loop of the code, which takes up to 48 blocks at a time, and for the counter
 * of blocks to carry out of its lowest byte: the code adds to that alone as long as it can. */
enum { TEST_LEN = 4400 };

/* One message, by wolfCrypt and by the code, there and back, and with a forged tag. */
static bool agrees_on(Aes *aes, uint8_t *text, size_t len)
{
    static const uint8_t nonce[NONCE_LEN] = { 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9 };
    uint8_t sealed[TEST_LEN], ours[TEST_LEN], tag[TAG_LEN], our_tag[TAG_LEN];
    const wc_CryptoCb_AesAuthEnc there = { .aes = aes,
                                           .in = text,
                                           .out = ours,
                                           .sz = (word32)len,
                                           .iv = nonce,
                                           .ivSz = NONCE_LEN,
                                           .authIn = nonce,
                                           .authInSz = NONCE_LEN,
                                           .authTag = our_tag,
                                           .authTagSz = TAG_LEN };
    const wc_CryptoCb_AesAuthDec back = { .aes = aes,
                                          .in = ours,
                                          .out = ours,
                                          .sz = (word32)len,
                                          .iv = nonce,
                                          .ivSz = NONCE_LEN,
                                          .authIn = nonce,
                                          .authInSz = NONCE_LEN,
                                          .authTag = tag,
                                          .authTagSz = TAG_LEN };
    if (wc_AesGcmEncrypt(aes, sealed, text, (word32)len, nonce, NONCE_LEN, tag, TAG_LEN, nonce,
                         NONCE_LEN) != 0 ||
        seal_record(&there) != 0 || memcmp(ours, sealed, len) != 0 || !same_tag(our_tag, tag))
        return false;
    if (open_record(&back) != 0 || memcmp(ours, text, len) != 0)
        return false;
    memcpy(ours, sealed, len);
    tag[0] ^= 1;
    return open_record(&back) == AES_GCM_AUTH_E && memcmp(ours, text, len) != 0;
}

bool accelerator_agrees(const struct gcm_code *code)
{
    static const size_t lengths[] = { 1, 16, 31, 240, 257, 500, 768, 1024, 1600, TEST_LEN };
    uint8_t text[TEST_LEN];
    struct wide_key key;
    Aes aes;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(1 + i * 31 + i / 256);
    expand(&key, code, text);
    bool agrees = wc_AesInit(&aes, NULL, INVALID_DEVID) == 0 &&
                  wc_AesGcmSetKey(&aes, text, code->key_len) == 0;
    aes.devCtx = &key; /* wolfCrypt does not look at it without a device */
    for (size_t i = 0; agrees && i < sizeof(lengths) / sizeof(*lengths); i++)
        agrees = agrees_on(&aes, text, lengths[i]);
    wc_AesFree(&aes);
    return agrees;
}

/* ------------------------------------------------------------------------------------ device */

/* In registers that the system keeps. __builtin_cpu_supports() would ask while every program that
 * has the library is loaded, which takes long where a hypervisor answers. */
__attribute__((target("xsave"))) bool accelerator_has_instructions(void)
{
    const long long kept = 0xe6; /* those of SSE, AVX and AVX-512 */
    const unsigned avx512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    const unsigned wide = bit_VAES | bit_VPCLMULQDQ;
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) != 0 &&
           (_xgetbv(0) & kept) == kept && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
           (b & avx512) == avx512 && (c & wide) == wide;
}

static bool available;

static void find_out(void)
{
    available = accelerator_has_instructions();
    for (size_t i = 0; available && i < sizeof(codes) / sizeof(*codes); i++)
        available = accelerator_agrees(&codes[i]);
}

bool accelerator_available(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_out);
    return available;
}

/* Where it fails, for want of room, nobody finds the device, and wolfCrypt does the work. */
void accelerator_register(void)
{
    if (accelerator_available())
        wc_CryptoCb_RegisterDevice(ACCELERATOR_DEVICE, on_work, NULL);
}

#else

bool accelerator_has_instructions(void)
{
    return false;
}

bool accelerator_available(void)
{
    return false;
}

void accelerator_register(void)
{
}

const struct gcm_code *accelerator_code(size_t key_len)
{
    (void)key_len;
    return NULL;
}

bool accelerator_agrees(const struct gcm_code *code)
{
    return code != NULL;
}

#endif

/*
 * The random generator of each connection: wolfSSL's own (Hash_DRBG of SP 800-90A), seeded by the
 * system. Before it makes one wolfSSL tests its code with known answers, which takes three quarters
 * of the time that a connection takes to begin. The code is the same for all: it is tested when the
 * first generator is made. That one never gives a number. Each of a connection begins as a copy of
 * it and is seeded anew, with as much from the system and the same tests of the seed as before: no
 * two are alike, whatever thread or process made them.
 */
#include "engine_internal.h"

#include <wolfssl/wolfcrypt/random.h>

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* The linker puts the second in the place of the first for all callers in other files. */
int __real_wc_InitRng_ex(WC_RNG *rng, void *heap, int device);
int __wrap_wc_InitRng_ex(WC_RNG *rng, void *heap, int device);

/* Whether all that a generator of this build is made of is one block of memory. */
#if defined(HAVE_HASHDRBG) && !defined(WOLFSSL_SMALL_STACK_CACHE) && !defined(WOLFSSL_DRBG_SHA512)
enum { IS_COPIED = true };
#else
enum { IS_COPIED = false };
#endif

static _Atomic(const WC_RNG *) first;

bool engine_start_random(void)
{
    static WC_RNG rng;
    if (!IS_COPIED)
        return true;
    if (__real_wc_InitRng_ex(&rng, NULL, INVALID_DEVID) != 0)
        return false;
    if (rng.drbg) /* else its numbers come from the processor, and there is nothing to test */
        atomic_store(&first, &rng);
    return true;
}

/* As wolfSSL seeds those that it makes and, by the same function, those that it finds in a new
 * process. What the generator was before goes into it, too. */
static int seed(WC_RNG *rng)
{
    byte bytes[WC_DRBG_MAX_SEED_SZ];
    int failed = wc_GenerateSeed(&rng->seed, bytes, sizeof(bytes));
    if (!failed)
        failed = wc_RNG_TestSeed(bytes, sizeof(bytes));
    if (!failed)
        failed = wc_RNG_DRBG_Reseed(rng, bytes, sizeof(bytes));
    secret_erase(bytes, sizeof(bytes));
#ifdef HAVE_GETPID
    rng->pid = getpid();
#endif
    return failed;
}

int __wrap_wc_InitRng_ex(WC_RNG *rng, void *heap, int device)
{
    const WC_RNG *tested = atomic_load(&first);
    if (!tested || heap != tested->heap || device != tested->devId)
        return __real_wc_InitRng_ex(rng, heap, device);
    struct DRBG_internal *copy = XMALLOC(sizeof(*copy), heap, DYNAMIC_TYPE_RNG);
    if (!copy)
        return MEMORY_E;
    memcpy(copy, tested->drbg, sizeof(*copy));
    *rng = *tested;
    rng->drbg = (struct DRBG *)copy;
    if (seed(rng) == 0)
        return 0;
    wc_FreeRng(rng);
    return RNG_FAILURE_E; /* a reseed's own is positive, which wolfSSL does not take for one */
}

#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_DEFINED(memory, size) ((void)(memory), (void)(size))
#endif

static atomic_ulong asked, doomed;
static atomic_long live;
static atomic_size_t held, most_held;
static atomic_int failed;

unsigned long memory_asked(void)
{
    return atomic_load(&asked);
}

long memory_live(void)
{
    return atomic_load(&live);
}

size_t memory_held(void)
{
    return atomic_load(&held);
}

size_t memory_most_held(void)
{
    return atomic_exchange(&most_held, atomic_load(&held));
}

void memory_fail(unsigned long n)
{
    atomic_store(&failed, 0);
    atomic_store(&doomed, n > 0 ? atomic_load(&asked) + n : 0);
}

int memory_failed(void)
{
    return atomic_load(&failed);
}

int memory_refuses(void)
{
    if (atomic_fetch_add(&asked, 1) + 1 != atomic_load(&doomed))
        return 0;
    atomic_store(&failed, 1);
    return 1;
}

/* ------------------------------------------------------------------------- what is left behind */

enum { MOST_WATCHED = 8 };

static struct {
    const void *bytes;
    size_t len;
} watched[MOST_WATCHED];

static atomic_uint watched_count, spilt;

void memory_watch(const void *bytes, size_t len)
{
    unsigned n = atomic_load(&watched_count);
    if (n == MOST_WATCHED)
        abort();
    watched[n].bytes = bytes;
    watched[n].len = len;
    atomic_store(&watched_count, n + 1);
}

unsigned memory_spilt(void)
{
    return atomic_exchange(&spilt, 0);
}

/* Whether a block has in it what must not be left there. */
static int is_telling(void *memory)
{
    unsigned count = atomic_load(&watched_count);
    if (count == 0)
        return 0;
    size_t size = malloc_usable_size(memory);
    VALGRIND_MAKE_MEM_DEFINED(memory, size); /* what was never written may be looked at here */
    for (unsigned i = 0; i < count; i++) {
        if (memmem(memory, size, watched[i].bytes, watched[i].len) != NULL)
            return 1;
    }
    return 0;
}

/* ---------------------------------------------------------------------------------- of the libc */

static void hold(size_t more)
{
    size_t now = atomic_fetch_add(&held, more) + more, most = atomic_load(&most_held);
    while (now > most && !atomic_compare_exchange_weak(&most_held, &most, now)) {
    }
}

static void *counted(void *memory)
{
    if (memory) {
        atomic_fetch_add(&live, 1);
        hold(malloc_usable_size(memory));
    }
    return memory;
}

/* What the linker makes of calls to these functions, and their own names behind it. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
char *__wrap_strdup(const char *text);

typedef int select_fn(const struct dirent *entry);
typedef int order_fn(const struct dirent **a, const struct dirent **b);
int __real_scandir(const char *path, struct dirent ***list, select_fn *wanted, order_fn *order);
int __wrap_scandir(const char *path, struct dirent ***list, select_fn *wanted, order_fn *order);

void *__wrap_malloc(size_t size)
{
    return memory_refuses() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_refuses() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (memory_refuses())
        return NULL;
    if (memory == NULL)
        return counted(__real_realloc(NULL, size));
    int telling = is_telling(memory);
    uintptr_t before = (uintptr_t)memory;
    size_t had = malloc_usable_size(memory);
    void *after = __real_realloc(memory, size);
    if (after != NULL) {
        hold(malloc_usable_size(after));
        atomic_fetch_sub(&held, had);
    }
    if (telling && (uintptr_t)after != before)
        atomic_fetch_add(&spilt, 1);
    return after;
}

void __wrap_free(void *memory)
{
    if (memory) {
        atomic_fetch_sub(&live, 1);
        atomic_fetch_sub(&held, malloc_usable_size(memory));
        if (is_telling(memory))
            atomic_fetch_add(&spilt, 1);
    }
    __real_free(memory);
}

char *__wrap_strdup(const char *text)
{
    return memory_refuses() ? NULL : counted(__real_strdup(text));
}

/* The list, and each of its entries, is the caller's to free. */
int __wrap_scandir(const char *path, struct dirent ***list, select_fn *wanted, order_fn *order)
{
    if (memory_refuses()) {
        errno = ENOMEM;
        return -1;
    }
    int count = __real_scandir(path, list, wanted, order);
    if (count >= 0)
        atomic_fetch_add(&live, count + (*list != NULL));
    return count;
}

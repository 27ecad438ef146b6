/* See heap.h. It is a module of Lua's, too: require "heap" gives heap_begin and heap_now there. */
#include <errno.h>
#include <lua.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "heap.h"

static struct heap heap;

void heap_begin(void)
{
    heap.peak = heap.live;
}

struct heap heap_now(void)
{
    return heap;
}

/* A chunk has a word of the allocator's besides. */
static size_t size_of(void *memory)
{
    return memory ? malloc_usable_size(memory) + sizeof(size_t) : 0;
}

static void *counted(void *memory)
{
    heap.asked++;
    heap.live += size_of(memory);
    if (heap.live > heap.peak)
        heap.peak = heap.live;
    return memory;
}

/* The C library's own, under the names that it exports for those who replace the others. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

void *malloc(size_t size)
{
    return counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return counted(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
    heap.live -= size_of(memory);
    void *moved = __libc_realloc(memory, size);
    if (!moved && size > 0)
        heap.live += size_of(memory);
    return moved ? counted(moved) : NULL;
}

void *memalign(size_t alignment, size_t size)
{
    return counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    *out = memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

void free(void *memory)
{
    heap.live -= size_of(memory);
    __libc_free(memory);
}

/* -------------------------------------------------------------------------------------- Lua */

static int begin(lua_State *L)
{
    (void)L;
    heap_begin();
    return 0;
}

/* live, peak, asked */
static int now(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)heap.live);
    lua_pushinteger(L, (lua_Integer)heap.peak);
    lua_pushinteger(L, (lua_Integer)heap.asked);
    return 3;
}

int luaopen_heap(lua_State *L);

int luaopen_heap(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, begin);
    lua_setfield(L, -2, "begin");
    lua_pushcfunction(L, now);
    lua_setfield(L, -2, "now");
    return 1;
}

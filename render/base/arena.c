/* Memory that is freed in one call. */
#include "render/base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    ALIGNMENT_BYTES = 64,
    FIRST_CAPACITY = 16, /* elements of an array that grows */
    CHUNK_BYTES = 64 * 1024,
    PAGES_BYTES = 512 * 1024,  /* from here on a block lies in pages of the system */
    HUGE_PAGE_BYTES = 2 << 20, /* of x86-64; elsewhere an alignment like any other */
    LARGEST_REGION_BYTES = 64 << 20,
    STAGGER_BYTES = 17 * 64, /* between big blocks: rows of 2 MB would share their cache sets */
    EXIT_OUT_OF_MEMORY = 5
};

typedef struct Chunk {
    struct Chunk *next;
    size_t used_bytes, size_bytes;
    unsigned char *bytes;
} Chunk;

typedef struct Region { /* pages of the system, zeroed already, which big blocks share */
    struct Region *next;
    void *pages;
    size_t pages_bytes;
    unsigned char *free; /* what is left: up to the end of the pages */
    size_t free_bytes;
} Region;

struct Arena {
    Chunk *chunks;   /* the first one is filled, the others are full */
    Region *regions; /* the first one is filled */
    size_t size_bytes;
    Arena *owner;           /* NULL: none */
    Arena *first_within;    /* of those that end with this one */
    Arena *before, *behind; /* within the same owner */
};

/* The one place outside main that ends the program: no caller could go on without its memory. */
static void end_out_of_memory(void) {
    static const char message[] = "error[E515]: out of memory\n";
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _Exit(EXIT_OUT_OF_MEMORY);
}

static void *get_memory(size_t size_bytes) {
    void *memory = NULL;
    if (posix_memalign(&memory, ALIGNMENT_BYTES, size_bytes) != 0) {
        end_out_of_memory();
    }
    return memory;
}

static size_t round_up(size_t size_bytes) {
    if (size_bytes > SIZE_MAX - ALIGNMENT_BYTES) {
        end_out_of_memory();
    }
    return (size_bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
}

/* Huge pages where the system has them, and one region for many blocks, so that few tails of small
 * pages are left (measured: a convolver of 60 MB spent as long in page faults as in sums). Grows
 * with the arena: what is not touched takes address space only. */
static Region *add_region(Arena *arena, size_t block_bytes) {
    const size_t before = arena->regions ? 2 * arena->regions->pages_bytes : 0;
    const size_t grown = before < LARGEST_REGION_BYTES ? before : LARGEST_REGION_BYTES;
    if (block_bytes > SIZE_MAX / 2) {
        end_out_of_memory();
    }
    Region *region = get_memory(round_up(sizeof *region));
    *region = (Region){.next = arena->regions};
    const size_t wanted = block_bytes > grown ? block_bytes : grown;
    region->pages_bytes = (wanted / HUGE_PAGE_BYTES + 2) * HUGE_PAGE_BYTES;
    region->pages =
        mmap(NULL, region->pages_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region->pages == MAP_FAILED) {
        end_out_of_memory();
    }
    const size_t past = (uintptr_t)region->pages % HUGE_PAGE_BYTES;
    const size_t skipped = past ? HUGE_PAGE_BYTES - past : 0;
    region->free = (unsigned char *)region->pages + skipped;
    region->free_bytes = region->pages_bytes - skipped;
    (void)madvise(region->free, region->free_bytes, MADV_HUGEPAGE); /* may be switched off */
    arena->regions = region;
    return region;
}

static void *take_pages(Arena *arena, size_t size_bytes) {
    Region *region = arena->regions;
    if (!region || region->free_bytes < size_bytes) {
        region = add_region(arena, size_bytes);
    }
    unsigned char *block = region->free;
    const size_t rest = region->free_bytes - size_bytes;
    const size_t stagger = rest < STAGGER_BYTES ? rest : STAGGER_BYTES;
    region->free += size_bytes + stagger;
    region->free_bytes -= size_bytes + stagger;
    arena->size_bytes += size_bytes;
    return block;
}

static Chunk *add_chunk(Arena *arena, size_t size_bytes) {
    Chunk *chunk = get_memory(round_up(sizeof *chunk));
    *chunk = (Chunk){.size_bytes = size_bytes, .bytes = get_memory(size_bytes)};
    arena->size_bytes += size_bytes;
    /* a big block goes behind the chunk that is being filled, so that its rest stays in use */
    if (arena->chunks && size_bytes > CHUNK_BYTES) {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    } else {
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    return chunk;
}

Arena *arena_create(void) {
    Arena *arena = get_memory(round_up(sizeof *arena));
    *arena = (Arena){0};
    return arena;
}

Arena *arena_create_within(Arena *owner) {
    Arena *arena = arena_create();
    arena->owner = owner;
    arena->behind = owner->first_within;
    if (arena->behind) {
        arena->behind->before = arena;
    }
    owner->first_within = arena;
    return arena;
}

static void leave_owner(Arena *arena) {
    if (arena->behind) {
        arena->behind->before = arena->before;
    }
    if (arena->before) {
        arena->before->behind = arena->behind;
    } else if (arena->owner) {
        arena->owner->first_within = arena->behind;
    }
}

static void free_arena(Arena *arena) {
    for (Chunk *chunk = arena->chunks; chunk;) {
        Chunk *next = chunk->next;
        free(chunk->bytes);
        free(chunk);
        chunk = next;
    }
    for (Region *region = arena->regions; region;) {
        Region *next = region->next;
        munmap(region->pages, region->pages_bytes);
        free(region);
        region = next;
    }
    free(arena);
}

void arena_destroy(Arena **arena) {
    if (!*arena) {
        return;
    }
    leave_owner(*arena);
    for (Arena *within = (*arena)->first_within; within;) {
        Arena *next = within->behind;
        free_arena(within);
        within = next;
    }
    free_arena(*arena);
    *arena = NULL;
}

void *arena_alloc(Arena *arena, size_t size_bytes) {
    const size_t rounded_bytes = round_up(size_bytes ? size_bytes : 1);
    if (rounded_bytes >= PAGES_BYTES) {
        return take_pages(arena, rounded_bytes);
    }
    Chunk *chunk = arena->chunks;
    if (!chunk || chunk->size_bytes - chunk->used_bytes < rounded_bytes) {
        chunk = add_chunk(arena, rounded_bytes > CHUNK_BYTES ? rounded_bytes : CHUNK_BYTES);
    }
    void *block = chunk->bytes + chunk->used_bytes;
    chunk->used_bytes += rounded_bytes;
    return memset(block, 0, rounded_bytes);
}

void *arena_array(Arena *arena, size_t count, size_t size_bytes) {
    if (size_bytes && count > SIZE_MAX / size_bytes) {
        end_out_of_memory();
    }
    return arena_alloc(arena, count * size_bytes);
}

void *arena_grow(Arena *arena, void *array, int count, int *capacity, size_t size_bytes) {
    if (count < *capacity) {
        return array;
    }
    *capacity = *capacity > 0 ? 2 * *capacity : FIRST_CAPACITY;
    void *grown = arena_array(arena, (size_t)*capacity, size_bytes);
    return count > 0 ? memcpy(grown, array, (size_t)count * size_bytes) : grown;
}

char *arena_copy_bytes(Arena *arena, const char *bytes, size_t size_bytes) {
    char *copy = arena_alloc(arena, size_bytes + 1);
    if (size_bytes) {
        memcpy(copy, bytes, size_bytes);
    }
    return copy;
}

char *arena_copy_text(Arena *arena, const char *text) {
    return arena_copy_bytes(arena, text, strlen(text));
}

char *arena_format_list(Arena *arena, const char *format, va_list arguments) {
    va_list measured;
    va_copy(measured, arguments);
    const int length = vsnprintf(NULL, 0, format, measured);
    va_end(measured);
    if (length < 0) {
        return arena_copy_text(arena, "");
    }
    char *text = arena_alloc(arena, (size_t)length + 1);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): initialised by the caller, copied above
     */
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *arena_format(Arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

size_t arena_size_bytes(const Arena *arena) {
    return arena->size_bytes;
}

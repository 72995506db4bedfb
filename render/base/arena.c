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
    CHUNK_BYTES = 64 * 1024,
    PAGES_BYTES = 1 << 20,     /* from here on a block has pages of its own */
    HUGE_PAGE_BYTES = 2 << 20, /* of x86-64; elsewhere an alignment like any other */
    EXIT_OUT_OF_MEMORY = 5
};

typedef struct Chunk {
    struct Chunk *next;
    size_t used_bytes, size_bytes;
    unsigned char *bytes;
    bool has_pages; /* of its own, zeroed by the system */
    void *pages;
    size_t pages_bytes;
} Chunk;

struct Arena {
    Chunk *chunks; /* the first one is filled, the others are full */
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

/* Pages from the system, zeroed already; huge ones where it can (measured: a convolver of 60 MB
 * spent as long in page faults as in sums). */
static void get_pages(Chunk *chunk) {
    if (chunk->size_bytes > SIZE_MAX - HUGE_PAGE_BYTES) {
        end_out_of_memory();
    }
    chunk->pages_bytes = chunk->size_bytes + HUGE_PAGE_BYTES;
    chunk->pages =
        mmap(NULL, chunk->pages_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk->pages == MAP_FAILED) {
        end_out_of_memory();
    }
    chunk->has_pages = true;
    const uintptr_t past = (uintptr_t)chunk->pages % HUGE_PAGE_BYTES;
    chunk->bytes = (unsigned char *)chunk->pages + (past ? HUGE_PAGE_BYTES - past : 0);
    (void)madvise(chunk->bytes, chunk->size_bytes, MADV_HUGEPAGE); /* may be switched off */
}

static Chunk *add_chunk(Arena *arena, size_t size_bytes) {
    Chunk *chunk = get_memory(round_up(sizeof *chunk));
    *chunk = (Chunk){.size_bytes = size_bytes};
    if (size_bytes >= PAGES_BYTES) {
        get_pages(chunk);
    } else {
        chunk->bytes = get_memory(size_bytes);
    }
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
        if (chunk->has_pages) {
            munmap(chunk->pages, chunk->pages_bytes);
        } else {
            free(chunk->bytes);
        }
        free(chunk);
        chunk = next;
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
    Chunk *chunk = arena->chunks;
    if (!chunk || chunk->size_bytes - chunk->used_bytes < rounded_bytes) {
        chunk = add_chunk(arena, rounded_bytes > CHUNK_BYTES ? rounded_bytes : CHUNK_BYTES);
    }
    void *block = chunk->bytes + chunk->used_bytes;
    chunk->used_bytes += rounded_bytes;
    return chunk->has_pages ? block : memset(block, 0, rounded_bytes);
}

void *arena_array(Arena *arena, size_t count, size_t size_bytes) {
    if (size_bytes && count > SIZE_MAX / size_bytes) {
        end_out_of_memory();
    }
    return arena_alloc(arena, count * size_bytes);
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

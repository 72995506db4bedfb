/* Memory that is freed in one call. */
#include "render/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALIGNMENT_BYTES = 64, CHUNK_BYTES = 64 * 1024, EXIT_OUT_OF_MEMORY = 5 };

typedef struct Chunk {
    struct Chunk *next;
    size_t used_bytes, size_bytes;
    unsigned char *bytes;
} Chunk;

struct Arena {
    Chunk *chunks; /* the first one is filled, the others are full */
    size_t size_bytes;
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

void arena_destroy(Arena **arena) {
    if (!*arena) {
        return;
    }
    for (Chunk *chunk = (*arena)->chunks; chunk;) {
        Chunk *next = chunk->next;
        free(chunk->bytes);
        free(chunk);
        chunk = next;
    }
    free(*arena);
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
    return memset(block, 0, rounded_bytes);
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

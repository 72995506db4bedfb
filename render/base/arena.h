#ifndef RENDER_BASE_ARENA_H
#define RENDER_BASE_ARENA_H
/* Memory that is freed in one call: one arena per job, one per task.
 *
 *     Arena *arena = arena_create();
 *     double *gains = arena_array(arena, channel_count, sizeof *gains);
 *     arena_destroy(&arena);
 *
 * Every block is zeroed and aligned to 64 bytes; big ones are huge pages where the system has them.
 * Running out of memory ends the process with exit code 5 and one line on stderr (a rank that ends
 * so is started again, nothing is lost): callers never see NULL.
 */
#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_create(void);
/* One that ends with its owner, if it is not destroyed before. The owner belongs to none itself. */
Arena *arena_create_within(Arena *owner);
void arena_destroy(Arena **arena);
void *arena_alloc(Arena *arena, size_t size_bytes);
/* count elements of size_bytes each; an overflow of the product counts as out of memory. */
void *arena_array(Arena *arena, size_t count, size_t size_bytes);
/* An array with room for one more element behind the `count` that are there: itself, or where its
 * capacity is used up a copy with twice as much. NULL, 0 and 0 begin one. */
void *arena_grow(Arena *arena, void *array, int count, int *capacity, size_t size_bytes);
char *arena_copy_text(Arena *arena, const char *text);
char *arena_copy_bytes(Arena *arena, const char *bytes, size_t size_bytes); /* adds a final NUL */
char *arena_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_format_list(Arena *arena, const char *format, va_list arguments);
/* Bytes held from the system, for reports. */
size_t arena_size_bytes(const Arena *arena);

#endif

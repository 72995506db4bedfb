/* The spectra of rooms, the oldest forgotten first. Law: a bank follows from its key alone. */
#include "render/stages/bank_cache.h"

#include <string.h>

enum { ENTRIES = 32 };

typedef struct BankEntry {
    Key key;
    FilterBank *bank;
    Arena *arena;
} BankEntry;

struct BankCache {
    Arena *arena;
    size_t limit_bytes;
    BankEntry entries[ENTRIES]; /* [entry_count], newest first */
    int entry_count;
    Arena *next; /* of the bank that is being made; NULL: none */
};

BankCache *bank_cache_create(size_t limit_bytes, Arena *arena) {
    BankCache *cache = arena_alloc(arena, sizeof *cache);
    cache->arena = arena;
    cache->limit_bytes = limit_bytes;
    return cache;
}

/* Moves an entry to the front. */
static void renew(BankCache *cache, int entry) {
    const BankEntry newest = cache->entries[entry];
    memmove(cache->entries + 1, cache->entries, (size_t)entry * sizeof newest);
    cache->entries[0] = newest;
}

FilterBank *bank_cache_find(BankCache *cache, Key key) {
    for (int entry = 0; cache && entry < cache->entry_count; entry++) {
        if (key_equal(cache->entries[entry].key, key)) {
            renew(cache, entry);
            return cache->entries[0].bank;
        }
    }
    return NULL;
}

static void forget_oldest(BankCache *cache) {
    arena_destroy(&cache->entries[--cache->entry_count].arena);
}

/* Until so many bytes more fit. */
static void make_room(BankCache *cache, size_t new_bytes) {
    size_t held_bytes = new_bytes;
    for (int entry = 0; entry < cache->entry_count; entry++) {
        held_bytes += arena_size_bytes(cache->entries[entry].arena);
    }
    while (cache->entry_count &&
           (held_bytes > cache->limit_bytes || cache->entry_count == ENTRIES)) {
        held_bytes -= arena_size_bytes(cache->entries[cache->entry_count - 1].arena);
        forget_oldest(cache);
    }
}

Arena *bank_cache_arena(BankCache *cache, int64_t expected_bytes, Arena *scratch) {
    if (!cache) {
        return scratch;
    }
    arena_destroy(&cache->next); /* of a bank that failed */
    make_room(cache, (size_t)expected_bytes);
    cache->next = arena_create_within(cache->arena);
    return cache->next;
}

void bank_cache_keep(BankCache *cache, Key key, FilterBank *bank) {
    if (!cache) {
        return;
    }
    make_room(cache, arena_size_bytes(cache->next));
    cache->entries[cache->entry_count] = (BankEntry){key, bank, cache->next};
    renew(cache, cache->entry_count++);
    cache->next = NULL;
}

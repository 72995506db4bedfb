/* Blocks on disk: each as its difference to the one before. */
#include "spatial/adm/adm_block_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"

enum {
    WORD_BYTES = 8,
    FACT_WORDS = sizeof(AdmBlockFacts) / WORD_BYTES,
    BUFFER_BYTES = 256 * 1024,
    RECORD_MAX_BYTES = WORD_BYTES + sizeof(AdmBlock)
};
_Static_assert(sizeof(AdmBlockFacts) % WORD_BYTES == 0, "facts are whole words");
_Static_assert(FACT_WORDS <= 64, "one bit a word");
_Static_assert((int)RECORD_MAX_BYTES <= (int)BLOCK_CURSOR_BYTES,
               "a cursor holds the longest record");

struct BlockStore {
    OpenFile file;
    AdmBlockList *list; /* being filled */
    AdmBlockFacts before;
    int64_t file_bytes; /* written */
    size_t buffered_bytes;
    unsigned char *buffer; /* [BUFFER_BYTES] */
};

/* An unnamed file where the file system can, else one whose name is removed at once. */
static int open_unnamed(const char *folder, Arena *arena) {
    const int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        return descriptor;
    }
    char *const path = arena_format(arena, "%s/nocturne-adm.XXXXXX", folder);
    const int named = mkostemp(path, O_CLOEXEC);
    if (named >= 0) {
        unlink(path);
    }
    return named;
}

Status block_store_create(const char *folder, Arena *arena, BlockStore **store, ErrorList *errors) {
    folder = folder ? folder : "/tmp";
    *store = NULL;
    const int descriptor = open_unnamed(folder, arena);
    if (descriptor < 0) {
        return file_fail_write(folder, errno, errors);
    }
    *store = arena_alloc(arena, sizeof **store);
    (*store)->file = (OpenFile){.descriptor = descriptor, .path = arena_copy_text(arena, folder)};
    (*store)->buffer = arena_alloc(arena, BUFFER_BYTES);
    return DONE;
}

void block_store_close(BlockStore **store) {
    if (*store) {
        close((*store)->file.descriptor);
        *store = NULL;
    }
}

void block_store_begin(BlockStore *store, AdmBlockList *list) {
    *list = (AdmBlockList){.offset = store->file_bytes + (int64_t)store->buffered_bytes};
    store->list = list;
    memset(&store->before, 0, sizeof store->before);
}

Status block_store_flush(BlockStore *store, ErrorList *errors) {
    TRY(file_write_all(&store->file, store->file_bytes, store->buffer, store->buffered_bytes,
                       errors));
    store->file_bytes += (int64_t)store->buffered_bytes;
    store->buffered_bytes = 0;
    return DONE;
}

static void put_bytes(BlockStore *store, const void *bytes, size_t size_bytes) {
    memcpy(store->buffer + store->buffered_bytes, bytes, size_bytes);
    store->buffered_bytes += size_bytes;
}

Status block_store_put(BlockStore *store, const AdmBlock *block, ErrorList *errors) {
    uint64_t now[FACT_WORDS];
    uint64_t before[FACT_WORDS];
    uint64_t changed = 0;
    if (store->buffered_bytes + RECORD_MAX_BYTES > BUFFER_BYTES) {
        TRY(block_store_flush(store, errors));
    }
    memcpy(now, &block->facts, sizeof now);
    memcpy(before, &store->before, sizeof before);
    for (int word = 0; word < FACT_WORDS; ++word) {
        changed |= (uint64_t)(now[word] != before[word]) << word;
    }
    put_bytes(store, &changed, sizeof changed);
    for (int word = 0; word < FACT_WORDS; ++word) {
        if (changed >> word & 1) {
            put_bytes(store, &now[word], WORD_BYTES);
        }
    }
    put_bytes(store, block->labels, (size_t)block->facts.label_bytes);
    put_bytes(store, block->zones, (size_t)block->facts.zone_count * sizeof *block->zones);
    store->before = block->facts;
    store->list->count++;
    return DONE;
}

void block_cursor_open(const BlockStore *store, AdmBlockList list, BlockCursor *cursor) {
    memset(cursor, 0, sizeof *cursor);
    cursor->store = store;
    cursor->offset = list.offset;
    cursor->rest = list.count;
}

/* Whatever there is of the file, up to a full buffer. */
static Status fill(BlockCursor *cursor, ErrorList *errors) {
    size_t got = 0;
    memmove(cursor->bytes, cursor->bytes + cursor->begin, cursor->end - cursor->begin);
    cursor->end -= cursor->begin;
    cursor->begin = 0;
    TRY(file_read_at(&cursor->store->file, cursor->offset, cursor->bytes + cursor->end,
                     sizeof cursor->bytes - cursor->end, &got, errors));
    cursor->offset += (int64_t)got;
    cursor->end += got;
    return DONE;
}

static void take_bytes(BlockCursor *cursor, void *bytes, size_t size_bytes) {
    memcpy(bytes, cursor->bytes + cursor->begin, size_bytes);
    cursor->begin += size_bytes;
}

Status block_cursor_next(BlockCursor *cursor, AdmBlock *block, bool *is_there, ErrorList *errors) {
    uint64_t changed = 0;
    uint64_t words[FACT_WORDS];
    *is_there = cursor->rest > 0;
    if (!*is_there) {
        return DONE;
    }
    if (cursor->end - cursor->begin < RECORD_MAX_BYTES) {
        TRY(fill(cursor, errors));
    }
    take_bytes(cursor, &changed, sizeof changed);
    memcpy(words, &cursor->before, sizeof words);
    for (int word = 0; word < FACT_WORDS; ++word) {
        if (changed >> word & 1) {
            take_bytes(cursor, &words[word], WORD_BYTES);
        }
    }
    memcpy(&block->facts, words, sizeof words);
    take_bytes(cursor, block->labels, (size_t)block->facts.label_bytes);
    take_bytes(cursor, block->zones, (size_t)block->facts.zone_count * sizeof *block->zones);
    cursor->before = block->facts;
    cursor->rest--;
    return DONE;
}

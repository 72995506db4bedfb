/* Seal and checksum of a sound file, taken while its bytes go by. */
#include "render/files/sound_sums.h"

#include <unistd.h>

enum { PORTION_BYTES = 64 * 1024 };

struct SoundSums {
    const OpenFile *file;
    int64_t head_bytes;
    int64_t passed_bytes; /* all in front of it is in the sums */
    KeyStream *head, *rest;
    Sha256 *sha;            /* NULL: not asked for */
    unsigned char *portion; /* [PORTION_BYTES] */
};

bool sound_seal_equal(const SoundSeal *a, const SoundSeal *b) {
    return a->size_bytes == b->size_bytes && a->head_bytes == b->head_bytes &&
           key_equal(a->head, b->head) && key_equal(a->rest, b->rest);
}

static SoundSums *
create_sums(const OpenFile *file, int64_t head_bytes, bool has_sha256, Arena *arena) {
    SoundSums *sums = arena_alloc(arena, sizeof *sums);
    *sums = (SoundSums){.file = file,
                        .head_bytes = head_bytes,
                        .head = key_stream_create(),
                        .rest = key_stream_create(),
                        .sha = has_sha256 ? sha256_create() : NULL,
                        .portion = arena_alloc(arena, PORTION_BYTES)};
    return sums;
}

SoundSums *sound_sums_create(const OpenFile *file, int64_t head_bytes, Arena *arena) {
    return create_sums(file, head_bytes, true, arena);
}

/* The bytes that come next. */
static void add(SoundSums *sums, const unsigned char *bytes, size_t size_bytes) {
    const int64_t left = sums->head_bytes - sums->passed_bytes;
    size_t of_head = left > 0 ? (size_t)left : 0;
    of_head = of_head < size_bytes ? of_head : size_bytes;
    key_stream_update(sums->head, bytes, of_head);
    key_stream_update(sums->rest, bytes + of_head, size_bytes - of_head);
    if (sums->sha) {
        sha256_update(sums->sha, bytes, size_bytes);
    }
    sums->passed_bytes += (int64_t)size_bytes;
}

/* Reads up to `end` or the end of the file. */
static Status catch_up(SoundSums *sums, int64_t end, ErrorList *errors) {
    while (sums->passed_bytes < end) {
        const int64_t rest = end - sums->passed_bytes;
        const size_t wanted = rest < PORTION_BYTES ? (size_t)rest : PORTION_BYTES;
        size_t got = 0;
        TRY(file_read_at(sums->file, sums->passed_bytes, sums->portion, wanted, &got, errors));
        add(sums, sums->portion, got);
        if (got < wanted) {
            break;
        }
    }
    return DONE;
}

Status sound_sums_pass(
    SoundSums *sums, int64_t offset, const void *bytes, size_t size_bytes, ErrorList *errors) {
    TRY(catch_up(sums, offset, errors));
    const int64_t known = sums->passed_bytes - offset;
    if (known >= 0 && known < (int64_t)size_bytes) {
        add(sums, (const unsigned char *)bytes + known, size_bytes - (size_t)known);
    }
    return DONE;
}

Status sound_sums_finish(SoundSums *sums, SoundSeal *seal, Sha256Text sha256, ErrorList *errors) {
    TRY(catch_up(sums, INT64_MAX, errors));
    const Key head = key_stream_finish(&sums->head);
    const Key rest = key_stream_finish(&sums->rest);
    if (sums->sha) {
        sha256_finish(&sums->sha, sha256);
    }
    if (seal) {
        *seal = (SoundSeal){.size_bytes = sums->passed_bytes,
                            .head_bytes = sums->head_bytes,
                            .head = head,
                            .rest = rest};
    }
    return DONE;
}

void sound_sums_destroy(SoundSums **sums) {
    if (!*sums) {
        return;
    }
    if ((*sums)->head) {
        key_stream_finish(&(*sums)->head);
    }
    if ((*sums)->rest) {
        key_stream_finish(&(*sums)->rest);
    }
    if ((*sums)->sha) {
        sha256_finish(&(*sums)->sha, NULL);
    }
    *sums = NULL;
}

Status sound_file_sums(
    const char *path, int64_t head_bytes, SoundSeal *seal, Sha256Text sha256, ErrorList *errors) {
    OpenFile file = {.descriptor = -1};
    TRY(file_open_shown(path, path, NO_PLACE, &file, errors));
    Arena *arena = arena_create();
    SoundSums *sums = create_sums(&file, head_bytes, sha256 != NULL, arena);
    const Status status = sound_sums_finish(sums, seal, sha256, errors);
    sound_sums_destroy(&sums);
    arena_destroy(&arena);
    close(file.descriptor);
    return status;
}

/* The null test on published files: the sum minus its stems is zero in every sample.
 *
 * Integers of at most 24 bits are exact in float, and a sum of 2^28 of them is exact in double.
 */
#include "cluster/null_test.h"

#include <math.h>
#include <string.h>

#include "render/files/sound_reader.h"

enum { CHUNK_FRAMES = 16384, EXACT_BITS = 24 };

typedef struct NullTest { /* one file of the sum and the files of its stems, same channel */
    Arena *arena;
    const char *folder;
    SoundReader **readers; /* [reader_count]: the sum first */
    int reader_count;
    int channel_count;
    bool is_integer, is_same_length;
    int64_t total_frames; /* of the sum, with leader and tail */
    int64_t position;     /* the next frame */
    int64_t tail_frames;  /* behind the programme */
    NullResult *result;
} NullTest;

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int64_t whole_of(const json_t *object, const char *key) {
    return json_integer_value(json_object_get(object, key));
}

/* The file of an output that holds the channel and reel of the sum's ("" where it has none), or
 * NULL. */
static const char *find_file(const json_t *manifest, const char *output, const json_t *sum_file) {
    size_t index = 0;
    const json_t *file = NULL;
    json_array_foreach(json_object_get(manifest, "files"), index, file) {
        if (!strcmp(text_of(file, "output"), output) &&
            !strcmp(text_of(file, "channel"), text_of(sum_file, "channel")) &&
            !strcmp(text_of(file, "reel"), text_of(sum_file, "reel"))) {
            return text_of(file, "name");
        }
    }
    return NULL;
}

static Status open_reader(NullTest *test, const char *name, ErrorList *errors) {
    SoundInfo info = {0};
    SoundReader **reader = &test->readers[test->reader_count];
    TRY(sound_open(path_join(test->arena, test->folder, name), name, NO_PLACE, reader, &info,
                   errors));
    test->reader_count++;
    test->total_frames = test->reader_count == 1 ? info.frame_count : test->total_frames;
    test->is_same_length = test->is_same_length && info.frame_count == test->total_frames;
    TRY(test->position > 0 ? sound_seek(*reader, test->position, errors) : DONE);
    test->channel_count = info.channel_count;
    test->is_integer = test->is_integer && !info.is_float && info.bits_per_sample > 0 &&
                       info.bits_per_sample <= EXACT_BITS;
    return DONE;
}

/* Opens the sum's file and those of its stems; has_all: every stem was delivered. */
static Status open_all(NullTest *test,
                       const json_t *manifest,
                       const json_t *stems,
                       const json_t *sum_file,
                       bool *has_all,
                       ErrorList *errors) {
    size_t index = 0;
    const json_t *stem = NULL;
    *has_all = json_array_size(stems) > 0;
    TRY(open_reader(test, text_of(sum_file, "name"), errors));
    json_array_foreach(stems, index, stem) {
        const char *name = find_file(manifest, json_string_value(stem), sum_file);
        if (!name) {
            *has_all = false;
            return DONE;
        }
        TRY(open_reader(test, name, errors));
    }
    return DONE;
}

/* rest: [sample_count], the sum less the stems so far; the sum itself is reader 0. */
static void subtract(double *rest, const float *chunk, int64_t sample_count, int reader) {
    for (int64_t sample = 0; sample < sample_count; sample++) {
        rest[sample] = reader ? rest[sample] - (double)chunk[sample] : (double)chunk[sample];
    }
}

/* Keeps the place of the first sample that is not zero. */
static bool all_zero(const NullTest *test, const double *rest, int64_t sample_count) {
    for (int64_t sample = 0; sample < sample_count; sample++) {
        if (rest[sample] != 0.0) {
            test->result->frame = test->position + sample / test->channel_count;
            test->result->file_channel = (int)(sample % test->channel_count);
            test->result->difference = fabs(rest[sample]);
            return false;
        }
    }
    return true;
}

static int64_t programme_end(const NullTest *test) {
    return test->total_frames - test->tail_frames;
}

/* Subtracts the next frames of every stem from those of the sum. */
static Status
compare_chunk(NullTest *test, float *chunk, double *rest, bool *is_zero, ErrorList *errors) {
    const int64_t left = programme_end(test) - test->position;
    const int64_t frames = left < CHUNK_FRAMES ? left : CHUNK_FRAMES;
    for (int reader = 0; reader < test->reader_count; reader++) {
        int64_t got = 0;
        TRY(sound_read(test->readers[reader], chunk, frames, &got, errors));
        if (got < frames) {
            *is_zero = false; /* another length */
            return DONE;
        }
        subtract(rest, chunk, frames * test->channel_count, reader);
    }
    *is_zero = all_zero(test, rest, frames * test->channel_count);
    test->position += frames;
    return DONE;
}

static Status compare(NullTest *test, bool *is_zero, ErrorList *errors) {
    const size_t sample_count = (size_t)CHUNK_FRAMES * (size_t)test->channel_count;
    float *chunk = arena_array(test->arena, sample_count, sizeof *chunk);
    double *rest = arena_array(test->arena, sample_count, sizeof *rest);
    *is_zero = test->is_same_length;
    while (test->position < programme_end(test) && *is_zero) {
        TRY(compare_chunk(test, chunk, rest, is_zero, errors));
    }
    return DONE;
}

static Status test_file(const char *folder,
                        const json_t *manifest,
                        const json_t *stems,
                        const json_t *sum_file,
                        NullResult *result,
                        ErrorList *errors) {
    Arena *arena = arena_create();
    const size_t most = json_array_size(stems) + 1;
    NullTest test = {.arena = arena,
                     .folder = folder,
                     .readers = arena_array(arena, most, sizeof(SoundReader *)),
                     .is_integer = true,
                     .is_same_length = true,
                     .position = whole_of(sum_file, "leader_frames"),
                     .tail_frames = whole_of(sum_file, "tail_frames"),
                     .result = result};
    bool has_all = false;
    bool is_zero = false;
    Status status = open_all(&test, manifest, stems, sum_file, &has_all, errors);
    if (status == DONE && has_all && test.is_integer) {
        status = compare(&test, &is_zero, errors);
        result->verdict = is_zero ? NULL_EXACT : NULL_DIFFERS;
    }
    for (int reader = 0; reader < test.reader_count; reader++) {
        sound_close(&test.readers[reader]);
    }
    arena_destroy(&arena);
    return status;
}

Status null_test(const char *folder,
                 const json_t *manifest,
                 const char *sum,
                 Arena *arena,
                 NullResult *result,
                 ErrorList *errors) {
    const json_t *stems = json_object_get(json_object_get(manifest, "sums"), sum);
    size_t index = 0;
    const json_t *file = NULL;
    *result = (NullResult){.verdict = NULL_NOT_TESTED, .frame = -1};
    json_array_foreach(json_object_get(manifest, "files"), index, file) {
        if (strcmp(text_of(file, "output"), sum) != 0) {
            continue;
        }
        TRY(test_file(folder, manifest, stems, file, result, errors));
        if (result->verdict == NULL_DIFFERS) {
            result->name = arena_copy_text(arena, text_of(file, "name"));
            return DONE;
        }
    }
    return DONE;
}

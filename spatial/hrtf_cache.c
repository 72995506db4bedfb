/* Head-related responses from the store, or from SOFA and then into the store. */
#include "spatial/hrtf_cache.h"

#include <string.h>

#include "render/dsp/fft.h"
#include "render/dsp/resample.h"
#include "spatial/hrtf_image.h"

/* Raise the number when the same file gives other responses, or the image another form. */
static const char version[] = "hrtf 1";

static const char *key_text(const MixFile *file, int rate_hz, Arena *arena) {
    return arena_format(arena, "%s\nsofa %s\nrate %d\nfft %s\nresampler %s\n", version,
                        file->sha256, rate_hz, fft_engine_version(FFT_LANE),
                        resampler_library_version());
}

/* NULL: it has to be made. Damage is a warning, never a failure. */
static HrtfSet *read_kept(const HeadFile *head, const char *text, Arena *arena, ErrorList *errors) {
    const Key key = key_of_text(text);
    const bool is_there = store_has(head->store, key);
    HrtfSet *set = NULL;
    StoreObject object;
    Arena *scratch = arena_create();
    if (is_there && store_map(head->store, key, &object, errors_create(scratch)) == DONE) {
        if (store_object_is_of(&object, text)) {
            set = hrtf_image_read(object.bytes, object.size_bytes, arena);
        }
        store_unmap(&object);
    }
    arena_destroy(&scratch);
    if (is_there && !set) {
        warn(errors, E701, NO_PLACE, "damaged cache object is made again: responses of `%s`",
             head->file->path);
    }
    return set;
}

static Status
make(const HeadFile *head, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors) {
    const ErrorEntry *const before = errors_last(errors);
    Arena *scratch = arena_create();
    HrirGrid grid;
    Status status = sofa_read(head->file->real_path, scratch, &grid, errors);
    status = status ? status : hrtf_create(&grid, rate_hz, arena, hrtf, errors);
    if (status != DONE) {
        errors_within(errors, before, "using `%s`", head->file->path);
    }
    arena_destroy(&scratch);
    return status;
}

/* A store that takes nothing more fails when a result is due; this is none. */
static void keep(const HeadFile *head, const HrtfSet *set, const char *text) {
    Arena *scratch = arena_create();
    const Status status = store_put(head->store, key_of_text(text), text, set->image,
                                    set->image_bytes, errors_create(scratch));
    (void)status;
    arena_destroy(&scratch);
}

static Status make_and_keep(const HeadFile *head,
                            int rate_hz,
                            const char *text,
                            Arena *arena,
                            HrtfSet **hrtf,
                            ErrorList *errors) {
    TRY(make(head, rate_hz, arena, hrtf, errors));
    TRY(mix_file_check(head->file, errors));
    keep(head, *hrtf, text);
    return DONE;
}

Status
hrtf_open(const HeadFile *head, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors) {
    if (!head->store || head->file->sha256[0] == '\0') {
        return make(head, rate_hz, arena, hrtf, errors);
    }
    const char *const text = key_text(head->file, rate_hz, arena);
    *hrtf = read_kept(head, text, arena, errors);
    return *hrtf ? DONE : make_and_keep(head, rate_hz, text, arena, hrtf, errors);
}

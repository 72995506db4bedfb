/* Head-related responses from the store, or from SOFA and then into the store. */
#include "spatial/hrtf_cache.h"

#include "render/dsp/fft.h"
#include "render/dsp/resample.h"
#include "spatial/hrtf_image.h"
#include "spatial/kept_object.h"

/* Raise the number when the same file gives other responses, or the image another form. */
static const char version[] = "hrtf 2";

const char *hrtf_key_text(const MixFile *file, int rate_hz, Arena *arena) {
    return arena_format(arena, "%s\nsofa %s\nrate %d\nfft %s\nresampler %s\n", version,
                        file->sha256, rate_hz, fft_engine_version(FFT_LANE),
                        resampler_library_version());
}

/* NULL: it has to be made. */
static HrtfSet *read_kept(const HeadFile *head, const char *text, Arena *arena, ErrorList *errors) {
    HrtfSet *set = NULL;
    size_t size_bytes = 0;
    Arena *scratch = arena_create();
    const void *const bytes = kept_object_read(head, text, scratch, &size_bytes, errors);
    if (bytes) {
        set = hrtf_image_read(bytes, size_bytes, arena);
    }
    if (bytes && !set) {
        kept_object_warn(head, errors);
    }
    arena_destroy(&scratch);
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

static Status make_and_keep(const HeadFile *head,
                            int rate_hz,
                            const char *text,
                            Arena *arena,
                            HrtfSet **hrtf,
                            ErrorList *errors) {
    TRY(make(head, rate_hz, arena, hrtf, errors));
    TRY(mix_file_check(head->file, errors));
    kept_object_write(head, text, (*hrtf)->image, (*hrtf)->image_bytes);
    return DONE;
}

Status
hrtf_open(const HeadFile *head, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors) {
    if (!kept_object_can_be(head)) {
        return make(head, rate_hz, arena, hrtf, errors);
    }
    const char *const text = hrtf_key_text(head->file, rate_hz, arena);
    *hrtf = read_kept(head, text, arena, errors);
    return *hrtf ? DONE : make_and_keep(head, rate_hz, text, arena, hrtf, errors);
}

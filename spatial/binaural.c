/* The Spatializer "hrtf": a direction becomes a pair of filters. */
#include "spatial/binaural.h"

#include "render/model/direction.h"
#include "spatial/hrtf.h"

static Status create(const Layout *bus,
                     int rate_hz,
                     const char *sofa_path,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    HrirGrid grid;
    HrtfSet *hrtf = NULL;
    Arena *scratch = NULL;
    if (bus->channel_count != EAR_COUNT) {
        return fail(errors, E415, NO_PLACE, "a binaural bus has 2 channels");
    }
    if (!sofa_path) {
        return fail(errors, E420, NO_PLACE, "a binaural bus needs a SOFA file");
    }
    scratch = arena_create();
    Status status = sofa_read(sofa_path, scratch, &grid, errors);
    if (status == DONE) {
        const ErrorEntry *const before = errors_last(errors);
        status = hrtf_create(&grid, rate_hz, arena, &hrtf, errors);
        if (status != DONE) {
            errors_within(errors, before, "using `%s`", sofa_path);
        }
    }
    arena_destroy(&scratch);
    *self = hrtf;
    return status;
}

static int tap_count(const void *self) {
    return hrtf_tap_count(self);
}

static void respond(const void *self, Position at, float *out) {
    hrtf_respond(self, direction_of(at.azimuth_deg, at.elevation_deg), out);
}

const Spatializer binaural = {
    .name = "hrtf",
    .summary = "two ears by measured responses, aligned and interpolated between directions",
    .source = "AES69 SimpleFreeFieldHRIR; barycentric interpolation of onset-aligned responses",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
};

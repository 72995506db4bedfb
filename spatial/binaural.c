/* The Spatializer "hrtf": a direction becomes a pair of filters. */
#include "spatial/binaural.h"

#include <string.h>

#include "render/model/direction.h"
#include "spatial/binaural_lfe.h"
#include "spatial/hrir_prepare.h"
#include "spatial/hrtf_cache.h"
#include "spatial/layout_table.h"
#include "spatial/near_field.h"
#include "spatial/pan_bs2127.h"

typedef struct Binaural {
    HrtfSet *hrtf;
    void *fold; /* pan_bs2127 on 2.0 */
    float *lfe; /* [hrtf_tap_count()], of either ear */
    int rate_hz;
} Binaural;

static Status make_lfe(Binaural *made, int rate_hz, Arena *arena, ErrorList *errors) {
    const int taps = hrtf_tap_count(made->hrtf);
    made->lfe = arena_array(arena, (size_t)taps, sizeof *made->lfe);
    return binaural_lfe(taps, HRIR_LEAD_SAMPLES, rate_hz, made->lfe, errors);
}

static Status create(const Layout *bus,
                     int rate_hz,
                     const HeadFile *head,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    Binaural *const made = arena_alloc(arena, sizeof *made);
    made->rate_hz = rate_hz;
    *self = made;
    if (bus->channel_count != EAR_COUNT) {
        return fail(errors, E415, NO_PLACE, "a binaural bus has 2 channels");
    }
    if (!head || !head->file) {
        return fail(errors, E420, NO_PLACE, "a binaural bus needs a SOFA file");
    }
    TRY(hrtf_open(head, rate_hz, arena, &made->hrtf, errors));
    TRY(pan_bs2127.create(layout_find("2.0"), rate_hz, NULL, arena, &made->fold, errors));
    return make_lfe(made, rate_hz, arena, errors);
}

static int tap_count(const void *self) {
    const Binaural *const made = self;
    return hrtf_tap_count(made->hrtf);
}

static void respond(const void *self, Position at, float *out) {
    const Binaural *const made = self;
    const Direction towards = direction_of(at.azimuth_deg, at.elevation_deg);
    const int taps = hrtf_tap_count(made->hrtf);
    hrtf_respond(made->hrtf, towards, out);
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        const NearField shelf = near_field_at(ear == 0 ? towards.y : -towards.y, at.distance_m);
        near_field_apply(&shelf, made->rate_hz, out + (size_t)ear * (size_t)taps, taps);
    }
}

static void respond_flat(const void *self, Position at, float *out) {
    const Binaural *const made = self;
    const int taps = hrtf_tap_count(made->hrtf);
    float gains[EAR_COUNT];
    pan_bs2127.respond(made->fold, at, gains);
    memset(out, 0, sizeof(float) * EAR_COUNT * (size_t)taps);
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        out[(size_t)ear * (size_t)taps + HRIR_LEAD_SAMPLES] = gains[ear];
    }
}

static void respond_lfe(const void *self, float *out) {
    const Binaural *const made = self;
    const int taps = hrtf_tap_count(made->hrtf);
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        memcpy(out + (size_t)ear * (size_t)taps, made->lfe, sizeof(float) * (size_t)taps);
    }
}

const Spatializer binaural = {
    .name = "hrtf",
    .summary =
        "two ears by measured responses, interpolated between directions, diffuse field flat",
    .source = "AES69 SimpleFreeFieldHRIR; barycentric interpolation of minimum-phase responses and "
              "onsets",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
    .respond_flat = respond_flat,
    .respond_lfe = respond_lfe,
};

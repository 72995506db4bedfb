/* The object panner of BS.2127 as the engine asks for it: places, objects, and a diffuse bus. */
#include "spatial/pan_bs2127.h"

#include <math.h>

#include "spatial/decorrelator.h"
#include "spatial/object_gains.h"
#include "spatial/point_source.h"

typedef struct Panner {
    int channel_count;
    const Layout *layout;
    ObjectPanner *objects;
    float *decorrelators; /* [channel_count][DECORRELATOR_TAPS] */
} Panner;

static void make_decorrelators(Panner *panner, Arena *arena) {
    const size_t channels = (size_t)panner->channel_count;
    double taps[DECORRELATOR_TAPS];
    panner->decorrelators =
        arena_array(arena, channels * DECORRELATOR_TAPS, sizeof *panner->decorrelators);
    for (int channel = 0; channel < panner->channel_count; ++channel) {
        float *const row = panner->decorrelators + (size_t)channel * DECORRELATOR_TAPS;
        decorrelator_taps(panner->layout, channel, taps);
        for (int tap = 0; tap < DECORRELATOR_TAPS; ++tap) {
            row[tap] = (float)taps[tap];
        }
    }
}

static Status create(const Layout *bus,
                     int rate_hz,
                     const HeadFile *head,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    (void)rate_hz;
    (void)head;
    Panner *const panner = arena_alloc(arena, sizeof *panner);
    *self = panner;
    panner->layout = bus;
    panner->channel_count = bus->channel_count;
    make_decorrelators(panner, arena);
    return object_panner_create(bus, arena, &panner->objects, errors);
}

static int tap_count(const void *self) {
    (void)self;
    return 0;
}

static void respond_object(const void *self, const ObjectState *at, float *direct, float *diffuse) {
    const Panner *const panner = self;
    double gains[2][POINT_SOURCE_CHANNELS];
    ObjectState state = *at;
    const bool has_extent = state.width != 0.0 || state.height != 0.0;
    if (!has_extent && !state.is_cartesian) { /* the spread of a place is an even extent */
        state.width = state.height = fmin(fmax(at->position.spread_deg, 0.0), 360.0);
    }
    object_panner_gains(panner->objects, &state, gains[0], gains[1]);
    for (int channel = 0; channel < panner->channel_count; ++channel) {
        direct[channel] = (float)gains[0][channel];
        diffuse[channel] = (float)gains[1][channel];
    }
}

static void respond_towards(const void *self, Direction at, double spread_deg, float *out) {
    const Panner *const panner = self;
    double gains[POINT_SOURCE_CHANNELS];
    object_panner_gains_towards(panner->objects, at, fmin(fmax(spread_deg, 0.0), 360.0), gains);
    for (int channel = 0; channel < panner->channel_count; ++channel) {
        out[channel] = (float)gains[channel];
    }
}

/* Distance says nothing about a plain place: mixers author the level. */
static void respond(const void *self, Position at, float *out) {
    float diffuse[POINT_SOURCE_CHANNELS];
    const ObjectState state = {
        .position = {.azimuth_deg = at.azimuth_deg,
                     .elevation_deg = at.elevation_deg,
                     .distance_m = 1.0,
                     .spread_deg = at.spread_deg}
    };
    respond_object(self, &state, out, diffuse);
}

static Decorrelator decorrelator(const void *self, int channel) {
    const Panner *const panner = self;
    const bool is_lfe = panner->layout->channels[channel].role == CHANNEL_LFE;
    const float *const row = panner->decorrelators + (size_t)channel * DECORRELATOR_TAPS;
    return (Decorrelator){.taps = is_lfe ? NULL : row,
                          .tap_count = DECORRELATOR_TAPS,
                          .delay_samples = DECORRELATOR_DELAY_SAMPLES};
}

const Spatializer pan_bs2127 = {
    .name = "bs2127",
    .summary = "the ITU object panner: places, extent, lock, zones, diffuse; power 1 everywhere",
    .source = "BS.2127-1, clauses 6 and 7",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
    .respond_towards = respond_towards,
    .respond_object = respond_object,
    .decorrelator = decorrelator,
};

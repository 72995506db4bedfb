/* Plain positions through the object panner of BS.2127. */
#include "spatial/pan_bs2127.h"

#include "spatial/adm_frame.h"
#include "spatial/extent.h"

typedef struct Panner {
    int channel_count;
    const ExtentPanner *extent;
} Panner;

static Status create(const Layout *bus,
                     int rate_hz,
                     const char *sofa_path,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    (void)rate_hz;
    (void)sofa_path;
    PointSource *point_source = NULL;
    Panner *const panner = arena_alloc(arena, sizeof *panner);
    *self = panner;
    TRY(point_source_create(bus, arena, &point_source, errors));
    panner->channel_count = bus->channel_count;
    panner->extent = extent_create(point_source, arena);
    return DONE;
}

static int tap_count(const void *self) {
    (void)self;
    return 0;
}

static void respond(const void *self, Position at, float *out) {
    const Panner *const panner = self;
    const double spread_deg = fmin(fmax(at.spread_deg, 0.0), 360.0);
    const Direction vector = adm_vector(at.azimuth_deg, at.elevation_deg, 1.0);
    const double position[3] = {vector.x, vector.y, vector.z};
    const double size[3] = {spread_deg, spread_deg, 0.0};
    double gains[POINT_SOURCE_CHANNELS];
    extent_gains(panner->extent, position, size, gains);
    for (int channel = 0; channel < panner->channel_count; ++channel) {
        out[channel] = (float)gains[channel];
    }
}

const Spatializer pan_bs2127 = {
    .name = "bs2127",
    .summary = "the ITU object panner: point sources and extent, power 1 everywhere",
    .source = "BS.2127-1, 6.1 and 6.2",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
};

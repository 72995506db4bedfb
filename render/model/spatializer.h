#ifndef RENDER_MODEL_SPATIALIZER_H
#define RENDER_MODEL_SPATIALIZER_H
/* How a direction becomes the channels of a bus: declared here, implemented in spatial/.
 *
 * Law: respond is a pure function of the position.
 */
#include "render/base/error.h"
#include "render/model/direction.h"
#include "render/model/layout.h"
#include "render/model/mix_file.h"
#include "render/model/object_state.h"
#include "render/model/store.h"

typedef struct Decorrelator {
    const float *taps; /* NULL: the channel has no diffuse part */
    int tap_count, delay_samples;
} Decorrelator;

typedef struct HeadFile { /* whose ears hear a bus */
    const MixFile *file;  /* SOFA */
    Store *store;         /* where what is made of it is kept; NULL: nowhere. Reaches no sample. */
    const Layout *speakers; /* what a spatializer of virtual loudspeakers needs, else NULL */
} HeadFile;

typedef struct Spatializer {
    const char *name, *summary, *source; /* source: the paper or standard */
    /* head: NULL for loudspeakers. self lives in the arena. */
    Status (*create)(const Layout *bus,
                     int rate_hz,
                     const HeadFile *head,
                     Arena *arena,
                     void **self,
                     ErrorList *errors);
    /* 0: the response is one gain per channel; else a filter of this many taps per channel. */
    int (*tap_count)(const void *self);
    /* out: [channel_count * max(tap_count, 1)], channel by channel. Gains: LFE 0, sum of
     * squares 1 (ambisonic: W 1 where nothing spreads). */
    void (*respond)(const void *self, Position at, float *out);
    /* The same of a direction that is no angles yet, at distance 1; NULL: respond. */
    void (*respond_towards)(const void *self, Direction at, double spread_deg, float *out);
    /* Objects that are more than a place (extent, lock, zones, diffuse ...); NULL: none. direct,
     * diffuse: [channel_count]; the diffuse part is heard through the decorrelators. */
    void (*respond_object)(const void *self, const ObjectState *at, float *direct, float *diffuse);
    /* The filter of a channel of the diffuse bus: [tap_count], heard delay_samples too late. */
    Decorrelator (*decorrelator)(const void *self, int channel);
    /* A place without a head: the fold to two channels, late as the filters are. NULL: respond. */
    void (*respond_flat)(const void *self, Position at, float *out);
    /* The same for an LFE channel. NULL: to the LFE of the bus, or dropped where it has none. */
    void (*respond_lfe)(const void *self, float *out);
    /* Ambisonic channels (ACN, SN3D): out as of so many places, [(order + 1)^2] times. NULL: by
     * respond at places all around (spatial/decode_ambisonics.h). */
    Status (*decode)(const void *self, int order, Arena *arena, float *out, ErrorList *errors);
} Spatializer;

#endif

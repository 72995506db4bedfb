/* From the state of an object to gains: lock, divergence, extent, zones, diffuseness. */
#include "spatial/object_gains.h"

#include <math.h>
#include <string.h>

#include "spatial/adm_frame.h"
#include "spatial/channel_lock.h"
#include "spatial/cube_gains.h"
#include "spatial/divergence.h"
#include "spatial/extent.h"
#include "spatial/zone_exclusion.h"

struct ObjectPanner {
    const Layout *layout;
    ExtentPanner *extent;
    CubePanner *cube;
    ChannelLock *lock;
    ZoneExclusion *zones;
};

static void add_power(double *powers, const double *gains, double power, int count) {
    for (int channel = 0; channel < count; ++channel) {
        powers[channel] += power * gains[channel] * gains[channel];
    }
}

static void take_roots(double *powers, int count) {
    for (int channel = 0; channel < count; ++channel) {
        powers[channel] = sqrt(powers[channel]);
    }
}

static const double *lock_distance(const ObjectState *state) {
    return state->has_lock_distance ? &state->lock_distance : NULL;
}

/* The sources of a diverged object. */
static void add_sources(const ObjectPanner *panner,
                        const DivergedSource sources[3],
                        const double size[3],
                        double *gains) {
    const int count = panner->layout->channel_count;
    for (int source = 0; source < 3; ++source) {
        double one[POINT_SOURCE_CHANNELS];
        extent_gains(panner->extent, sources[source].position, size, one);
        add_power(gains, one, sources[source].power, count);
    }
    take_roots(gains, count);
}

static void pan_polar(const ObjectPanner *panner, const ObjectState *state, double *gains) {
    const Position *const at = &state->position;
    const Direction vector = adm_vector(at->azimuth_deg, at->elevation_deg, at->distance_m);
    const double size[3] = {state->width, state->height, state->depth};
    double position[3] = {vector.x, vector.y, vector.z};
    if (state->is_locked) {
        channel_lock_polar(panner->lock, lock_distance(state), position);
    }
    DivergedSource sources[3];
    const int source_count =
        divergence_polar(position, state->divergence, state->divergence_range, sources);
    if (source_count == 1) {
        extent_gains(panner->extent, sources[0].position, size, gains);
    } else {
        add_sources(panner, sources, size, gains);
    }
    zone_exclusion_apply(panner->zones, state->zones, state->zone_count, gains);
}

static void pan_cube(const ObjectPanner *panner, const ObjectState *state, double *gains) {
    const int count = panner->layout->channel_count;
    /* as the reference renderer takes them, which the oracles are made with */
    const double size[3] = {state->width, state->height, state->depth};
    double position[3] = {fmin(fmax(state->x, -1.0), 1.0), fmin(fmax(state->y, -1.0), 1.0),
                          fmin(fmax(state->z, -1.0), 1.0)};
    bool excluded[POINT_SOURCE_CHANNELS] = {false};
    if (state->zone_count > 0) {
        cube_zone_excluded(panner->layout, state->zones, state->zone_count, excluded);
    }
    if (state->is_locked) {
        channel_lock_cube(panner->lock, lock_distance(state), excluded, position);
    }
    DivergedSource sources[3];
    const int source_count =
        divergence_cube(position, state->divergence, state->divergence_range, sources);
    for (int source = 0; source < source_count; ++source) {
        double one[POINT_SOURCE_CHANNELS];
        cube_panner_gains(panner->cube, sources[source].position, size, excluded, one);
        add_power(gains, one, sources[source].power, count);
    }
    take_roots(gains, count);
}

Status
object_panner_create(const Layout *layout, Arena *arena, ObjectPanner **panner, ErrorList *errors) {
    PointSource *point_source = NULL;
    ObjectPanner *const self = arena_alloc(arena, sizeof *self);
    *panner = self;
    TRY(point_source_create(layout, arena, &point_source, errors));
    TRY(cube_panner_create(layout, arena, &self->cube, errors));
    self->layout = layout;
    self->extent = extent_create(point_source, arena);
    self->lock = channel_lock_create(layout, arena);
    self->zones = zone_exclusion_create(layout, arena);
    return DONE;
}

void object_panner_gains_towards(const ObjectPanner *panner,
                                 Direction at,
                                 double spread_deg,
                                 double *direct) {
    const double position[3] = {-at.y, at.x, at.z};
    const double size[3] = {spread_deg, spread_deg, 0.0};
    memset(direct, 0, sizeof(double) * (size_t)panner->layout->channel_count);
    extent_gains(panner->extent, position, size, direct);
}

void object_panner_gains(const ObjectPanner *panner,
                         const ObjectState *state,
                         double *direct,
                         double *diffuse) {
    const int count = panner->layout->channel_count;
    memset(direct, 0, sizeof(double) * (size_t)count);
    if (state->is_cartesian) {
        pan_cube(panner, state, direct);
    } else {
        pan_polar(panner, state, direct);
    }
    if (state->diffuse == 0.0) {
        memset(diffuse, 0, sizeof(double) * (size_t)count);
        for (int channel = 0; channel < count; ++channel) {
            direct[channel] = isnan(direct[channel]) ? 0.0 : direct[channel];
        }
        return;
    }
    const double direct_gain = sqrt(1.0 - state->diffuse);
    const double diffuse_gain = sqrt(state->diffuse);
    for (int channel = 0; channel < count; ++channel) {
        const double gain = isnan(direct[channel]) ? 0.0 : direct[channel];
        direct[channel] = gain * direct_gain;
        diffuse[channel] = gain * diffuse_gain;
    }
}

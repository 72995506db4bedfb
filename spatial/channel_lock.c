/* The nearest loudspeaker of an object that is locked to one: BS.2127-1, 7.3.6. */
#include "spatial/channel_lock.h"

#include <math.h>
#include <string.h>

#include "spatial/adm_frame.h"
#include "spatial/cube_gains.h"
#include "spatial/layout_table.h"

/* Distances closer than this are equal. */
static const double distance_tolerance = 1e-5;
static const double polar_axes[3] = {1.0, 1.0, 1.0};
/* Weights of the squared distances along x, y, z in the cube. */
static const double cube_axes[3] = {1.0 / 16.0, 4.0, 32.0};

typedef struct Target {
    int channel, priority; /* 0: the first */
    double polar[3], cube[3];
} Target;

struct ChannelLock {
    int target_count;
    Target targets[LAYOUT_MAX_CHANNELS];
};

typedef struct Search {
    const double *axes, *max_distance;
    const bool *excluded;
    bool is_cube;
} Search;

/* -1: a comes before b. */
static int compare_keys(const double a[4], const double b[4]) {
    for (int key = 0; key < 4; ++key) {
        if (a[key] != b[key]) {
            return a[key] < b[key] ? -1 : 1;
        }
    }
    return 0;
}

static void key_of(const Position *at, double key[4]) {
    key[0] = fabs(at->elevation_deg);
    key[1] = at->elevation_deg;
    key[2] = fabs(at->azimuth_deg);
    key[3] = at->azimuth_deg;
}

static int priority_of(const Layout *layout, int channel) {
    double key[4];
    int priority = 0;
    key_of(&layout->channels[channel].position, key);
    for (int other = 0; other < layout->channel_count; ++other) {
        double other_key[4];
        key_of(&layout->channels[other].position, other_key);
        priority +=
            layout->channels[other].role == CHANNEL_SPEAKER && compare_keys(other_key, key) < 0;
    }
    return priority;
}

static double distance_between(const double a[3], const double b[3], const double axes[3]) {
    double sum = 0.0;
    for (int axis = 0; axis < 3; ++axis) {
        sum += axes[axis] * (a[axis] - b[axis]) * (a[axis] - b[axis]);
    }
    return sqrt(sum);
}

static const double *place_of(const Target *target, const Search *search) {
    return search->is_cube ? target->cube : target->polar;
}

static bool is_possible(const Target *target, const Search *search, const double position[3]) {
    if (search->excluded && search->excluded[target->channel]) {
        return false;
    }
    return !search->max_distance ||
           distance_between(place_of(target, search), position, polar_axes) <
               *search->max_distance + distance_tolerance;
}

static double
nearest_distance(const ChannelLock *lock, const Search *search, const double position[3]) {
    double nearest = INFINITY;
    for (int index = 0; index < lock->target_count; ++index) {
        const Target *const target = &lock->targets[index];
        if (is_possible(target, search, position)) {
            nearest =
                fmin(nearest, distance_between(place_of(target, search), position, search->axes));
        }
    }
    return nearest;
}

static void move_to_nearest(const ChannelLock *lock, const Search *search, double position[3]) {
    const double limit = nearest_distance(lock, search, position) + distance_tolerance;
    const Target *found = NULL;
    for (int index = 0; index < lock->target_count; ++index) {
        const Target *const target = &lock->targets[index];
        if (is_possible(target, search, position) &&
            distance_between(place_of(target, search), position, search->axes) < limit &&
            (!found || target->priority < found->priority)) {
            found = target;
        }
    }
    if (found) {
        memcpy(position, place_of(found, search), sizeof found->polar);
    }
}

ChannelLock *channel_lock_create(const Layout *layout, Arena *arena) {
    ChannelLock *const lock = arena_alloc(arena, sizeof *lock);
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const Channel *const of = &layout->channels[channel];
        if (of->role != CHANNEL_SPEAKER || lock->target_count == LAYOUT_MAX_CHANNELS) {
            continue;
        }
        Target *const target = &lock->targets[lock->target_count++];
        const Position real = layout_real_position(layout, channel);
        const Direction at = adm_vector(real.azimuth_deg, real.elevation_deg, 1.0);
        *target = (Target){
            .channel = channel,
            .priority = priority_of(layout, channel),
            .polar = {at.x, at.y, at.z}
        };
        cube_speaker_position(layout, channel, target->cube);
    }
    return lock;
}

void channel_lock_polar(const ChannelLock *lock, const double *max_distance, double position[3]) {
    const Search search = {.axes = polar_axes, .max_distance = max_distance};
    move_to_nearest(lock, &search, position);
}

void channel_lock_cube(const ChannelLock *lock,
                       const double *max_distance,
                       const bool *excluded,
                       double position[3]) {
    const Search search = {
        .axes = cube_axes, .max_distance = max_distance, .excluded = excluded, .is_cube = true};
    move_to_nearest(lock, &search, position);
}

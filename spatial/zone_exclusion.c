/* The power of excluded loudspeakers, handed to their neighbours: BS.2127-1, 7.3.12. */
#include "spatial/zone_exclusion.h"

#include <math.h>
#include <string.h>

#include "spatial/adm_frame.h"
#include "spatial/angle_range.h"
#include "spatial/layout_table.h"

/* Of angles in degrees, and of places and distances. */
static const double tolerance = 1e-6;
/* Elevations at which the layers end: bottom, middle, upper, top. */
static const double layer_ends_deg[] = {-10.0, 10.0, 75.0};
/* Which layer takes over from which: row from, column to, lowest first. */
static const int layer_order[4][4] = {
    {0, 1, 2, 3},
    {3, 0, 1, 2},
    {3, 2, 0, 1},
    {3, 2, 1, 0}
};

enum { KEYS = 4 };

struct ZoneExclusion {
    const Layout *layout;
    Direction places[LAYOUT_MAX_CHANNELS]; /* nominal */
    /* From a channel: how many loudspeakers come before this one. */
    int rank[LAYOUT_MAX_CHANNELS][LAYOUT_MAX_CHANNELS];
};

static bool is_speaker(const ZoneExclusion *exclusion, int channel) {
    return exclusion->layout->channels[channel].role == CHANNEL_SPEAKER;
}

static int layer_of(const Channel *channel) {
    int layer = 0;
    while (layer < 3 && channel->position.elevation_deg >= layer_ends_deg[layer]) {
        ++layer;
    }
    return layer;
}

/* 1 in front of the listener, -1 behind, 0 beside. */
static int side_of(Direction at) {
    return (at.y > tolerance) - (at.y < -tolerance);
}

static void neighbour_keys(const ZoneExclusion *exclusion, int from, int to, double keys[KEYS]) {
    const Channel *const channels = exclusion->layout->channels;
    const Direction a = exclusion->places[from];
    const Direction b = exclusion->places[to];
    keys[0] = layer_order[layer_of(&channels[from])][layer_of(&channels[to])];
    keys[1] = fabs((double)(side_of(a) - side_of(b)));
    keys[2] = direction_length(direction_subtract(a, b));
    keys[3] = fabs(a.y - b.y);
}

static bool comes_before(const double a[KEYS], const double b[KEYS]) {
    for (int key = 0; key < KEYS; ++key) {
        if (fabs(a[key] - b[key]) > tolerance) {
            return a[key] < b[key];
        }
    }
    return false;
}

static void rank_neighbours(ZoneExclusion *exclusion, int from) {
    const int count = exclusion->layout->channel_count;
    for (int to = 0; to < count; ++to) {
        double keys[KEYS];
        neighbour_keys(exclusion, from, to, keys);
        for (int other = 0; other < count; ++other) {
            double other_keys[KEYS];
            neighbour_keys(exclusion, from, other, other_keys);
            exclusion->rank[from][to] +=
                is_speaker(exclusion, other) && comes_before(other_keys, keys);
        }
    }
}

static bool is_in_polar(const ExclusionZone *zone, const Position *at) {
    const double elevation_deg = at->elevation_deg;
    const bool is_pole = fabs(elevation_deg) > 90.0 - tolerance;
    return elevation_deg < zone->elevation_max_deg + tolerance &&
           elevation_deg > zone->elevation_min_deg - tolerance &&
           (is_pole || angle_is_within(at->azimuth_deg, zone->azimuth_min_deg,
                                       zone->azimuth_max_deg, tolerance));
}

static bool is_in_box(const ExclusionZone *zone, Direction at) {
    return at.x < zone->x_max + tolerance && at.x > zone->x_min - tolerance &&
           at.y < zone->y_max + tolerance && at.y > zone->y_min - tolerance &&
           at.z < zone->z_max + tolerance && at.z > zone->z_min - tolerance;
}

ZoneExclusion *zone_exclusion_create(const Layout *layout, Arena *arena) {
    ZoneExclusion *const exclusion = arena_alloc(arena, sizeof *exclusion);
    exclusion->layout = layout;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const Position *const at = &layout->channels[channel].position;
        exclusion->places[channel] = adm_vector(at->azimuth_deg, at->elevation_deg, 1.0);
    }
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        rank_neighbours(exclusion, channel);
    }
    return exclusion;
}

void zone_exclusion_find(const ZoneExclusion *exclusion,
                         const ExclusionZone *zones,
                         int zone_count,
                         bool *excluded) {
    for (int channel = 0; channel < exclusion->layout->channel_count; ++channel) {
        excluded[channel] = false;
        for (int zone = 0; zone < zone_count && is_speaker(exclusion, channel); ++zone) {
            const bool is_in =
                zones[zone].is_cartesian
                    ? is_in_box(&zones[zone], exclusion->places[channel])
                    : is_in_polar(&zones[zone], &exclusion->layout->channels[channel].position);
            excluded[channel] = excluded[channel] || is_in;
        }
    }
}

/* Shares the power of a channel among the first loudspeakers outside the zones. */
static void hand_over(
    const ZoneExclusion *exclusion, int from, const bool *excluded, double power, double *powers) {
    const int count = exclusion->layout->channel_count;
    const int *const rank = exclusion->rank[from];
    int first = count;
    int sharing = 0;
    for (int to = 0; to < count; ++to) {
        if (is_speaker(exclusion, to) && !excluded[to] && rank[to] <= first) {
            sharing = rank[to] < first ? 1 : sharing + 1;
            first = rank[to];
        }
    }
    for (int to = 0; to < count; ++to) {
        if (is_speaker(exclusion, to) && !excluded[to] && rank[to] == first) {
            powers[to] += power / sharing;
        }
    }
}

void zone_exclusion_apply(const ZoneExclusion *exclusion,
                          const ExclusionZone *zones,
                          int zone_count,
                          double *gains) {
    const int count = exclusion->layout->channel_count;
    bool excluded[LAYOUT_MAX_CHANNELS];
    double powers[LAYOUT_MAX_CHANNELS] = {0};
    int used = 0;
    int all = 0;
    if (zone_count == 0) {
        return;
    }
    zone_exclusion_find(exclusion, zones, zone_count, excluded);
    for (int channel = 0; channel < count; ++channel) {
        all += is_speaker(exclusion, channel);
        used += is_speaker(exclusion, channel) && !excluded[channel];
    }
    if (used == 0 || used == all) {
        return;
    }
    for (int channel = 0; channel < count; ++channel) {
        if (gains[channel] != 0.0) {
            hand_over(exclusion, channel, excluded, gains[channel] * gains[channel], powers);
        }
    }
    for (int channel = 0; channel < count; ++channel) {
        gains[channel] = sqrt(powers[channel]);
    }
}

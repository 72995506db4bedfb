/* Loudspeakers in the room cube: gains by planes, rows and columns, and zones without them. */
#include "spatial/cube_gains.h"

#include <string.h>

#include "spatial/adm_frame.h"
#include "spatial/angle_range.h"
#include "spatial/cube_conversion.h"
#include "spatial/cube_room.h"
#include "spatial/layout_table.h"

/* Zone borders belong to the zone in spite of rounding. BS.2127-1, 7.3.12. */
static const double zone_tolerance = 1e-6;
/* Rounding must not give a loudspeaker on a wall a row of its own. */
static const double plane_tolerance = 1e-10;

struct CubePanner {
    int channel_count;
    bool is_speaker[LAYOUT_MAX_CHANNELS];
    double position[LAYOUT_MAX_CHANNELS][3];
    CubeRoom whole; /* nothing excluded */
};

static void room_add(CubeRoom *room, int channel, const double position[3]) {
    CubeSpeaker *const speaker = &room->speakers[room->count++];
    *speaker = (CubeSpeaker){.channel = channel};
    memcpy(speaker->at, position, sizeof speaker->at);
    for (int axis = 0; axis < 3; ++axis) {
        speaker->below[axis] = -INFINITY;
        speaker->above[axis] = INFINITY;
    }
}

/* x is panned among the loudspeakers of one row, y among the rows of one plane, z among planes. */
static bool shares_set(const CubeSpeaker *a, const CubeSpeaker *b, int axis) {
    return (axis > 0 || a->at[1] == b->at[1]) && (axis > 1 || a->at[2] == b->at[2]);
}

static void find_neighbours(CubeSpeaker *of, const CubeRoom *room, int axis) {
    const double own = of->at[axis];
    for (int index = 0; index < room->count; ++index) {
        const CubeSpeaker *const other = &room->speakers[index];
        const double at = other->at[axis];
        if (!shares_set(of, other, axis)) {
            continue;
        }
        if (at < own && at > of->below[axis]) {
            of->below[axis] = at;
        }
        if (at > own && at < of->above[axis]) {
            of->above[axis] = at;
        }
    }
}

static void room_build(const CubePanner *panner, const bool *excluded, CubeRoom *room) {
    room->count = 0;
    for (int channel = 0; channel < panner->channel_count; ++channel) {
        if (panner->is_speaker[channel] && !(excluded && excluded[channel])) {
            room_add(room, channel, panner->position[channel]);
        }
    }
    for (int index = 0; index < room->count; ++index) {
        for (int axis = 0; axis < 3; ++axis) {
            find_neighbours(&room->speakers[index], room, axis);
        }
    }
    cube_room_prepare(room);
}

static bool has_excluded(const CubePanner *panner, const bool *excluded) {
    for (int channel = 0; excluded && channel < panner->channel_count; ++channel) {
        if (panner->is_speaker[channel] && excluded[channel]) {
            return true;
        }
    }
    return false;
}

static bool polar_zone_holds(const ExclusionZone *zone, const Position *at) {
    const bool is_pole = fabs(at->elevation_deg) > 90.0 - zone_tolerance;
    return at->elevation_deg - zone_tolerance < zone->elevation_max_deg &&
           at->elevation_deg + zone_tolerance > zone->elevation_min_deg &&
           (is_pole || angle_is_within(at->azimuth_deg, zone->azimuth_min_deg,
                                       zone->azimuth_max_deg, zone_tolerance));
}

static bool zone_holds(const ExclusionZone *zone, const Position *at) {
    if (!zone->is_cartesian) {
        return polar_zone_holds(zone, at);
    }
    const Direction on_sphere = adm_vector(at->azimuth_deg, at->elevation_deg, 1.0);
    const double places[3] = {on_sphere.x, on_sphere.y, on_sphere.z};
    const double least[3] = {zone->x_min, zone->y_min, zone->z_min};
    const double most[3] = {zone->x_max, zone->y_max, zone->z_max};
    for (int axis = 0; axis < 3; ++axis) {
        if (places[axis] - zone_tolerance >= most[axis] ||
            places[axis] + zone_tolerance <= least[axis]) {
            return false;
        }
    }
    return true;
}

static bool is_in_a_zone(const Channel *channel, const ExclusionZone *zones, int zone_count) {
    for (int zone = 0; channel->role == CHANNEL_SPEAKER && zone < zone_count; ++zone) {
        if (zone_holds(&zones[zone], &channel->position)) {
            return true;
        }
    }
    return false;
}

static void exclude_row(const Layout *layout, const double of[3], bool *excluded) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        double at[3];
        cube_speaker_position(layout, channel, at);
        if (layout->channels[channel].role == CHANNEL_SPEAKER && at[1] == of[1] && at[2] == of[2]) {
            excluded[channel] = true;
        }
    }
}

static bool all_are_excluded(const Layout *layout, const bool *excluded) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (layout->channels[channel].role == CHANNEL_SPEAKER && !excluded[channel]) {
            return false;
        }
    }
    return true;
}

Status
cube_panner_create(const Layout *layout, Arena *arena, CubePanner **panner, ErrorList *errors) {
    CubePanner *const made = arena_alloc(arena, sizeof *made);
    if (layout->kind != LAYOUT_SPEAKERS || layout->channel_count > LAYOUT_MAX_CHANNELS) {
        return fail(errors, E213, NO_PLACE, "`%s` is no layout of 1 .. %d loudspeakers",
                    layout->name, LAYOUT_MAX_CHANNELS);
    }
    made->channel_count = layout->channel_count;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        made->is_speaker[channel] = layout->channels[channel].role == CHANNEL_SPEAKER;
        cube_speaker_position(layout, channel, made->position[channel]);
    }
    room_build(made, NULL, &made->whole);
    if (made->whole.count == 0) {
        return fail(errors, E213, NO_PLACE, "`%s` has no loudspeaker but an LFE", layout->name);
    }
    *panner = made;
    return DONE;
}

void cube_speaker_position(const Layout *layout, int channel, double position[3]) {
    if (!layout_cube_position(layout, channel, position)) {
        const Position *const at = &layout->channels[channel].position;
        cube_position_of(at->azimuth_deg, at->elevation_deg, 1.0, position);
        for (int axis = 0; axis < 3; ++axis) {
            const double plane = rint(position[axis]);
            position[axis] =
                fabs(position[axis] - plane) < plane_tolerance ? plane : position[axis];
        }
    }
}

void cube_panner_gains(const CubePanner *panner,
                       const double position[3],
                       const double size[3],
                       const bool *excluded,
                       double *gains) {
    CubeRoom remaining;
    const CubeRoom *room = &panner->whole;
    if (has_excluded(panner, excluded)) {
        room_build(panner, excluded, &remaining);
        room = remaining.count > 0 ? &remaining : room;
    }
    double at[3];
    for (int axis = 0; axis < 3; ++axis) {
        at[axis] = fmin(fmax(position[axis], -1.0), 1.0);
    }
    double shares[LAYOUT_MAX_CHANNELS];
    const bool is_point = size[0] <= 0.0 && size[1] <= 0.0 && size[2] <= 0.0;
    if (is_point) {
        cube_room_point(room, at, shares);
    } else {
        cube_room_extent(room, at, size, shares);
    }
    for (int channel = 0; channel < panner->channel_count; ++channel) {
        gains[channel] = 0.0;
    }
    for (int index = 0; index < room->count; ++index) {
        gains[room->speakers[index].channel] = shares[index];
    }
}

void cube_zone_excluded(const Layout *layout,
                        const ExclusionZone *zones,
                        int zone_count,
                        bool *excluded) {
    bool is_zoned[LAYOUT_MAX_CHANNELS];
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        is_zoned[channel] = is_in_a_zone(&layout->channels[channel], zones, zone_count);
        excluded[channel] = is_zoned[channel];
    }
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        double at[3];
        cube_speaker_position(layout, channel, at);
        if (is_zoned[channel] && fabs(at[0]) == 1.0 && fabs(at[1]) != 1.0) {
            exclude_row(layout, at, excluded);
        }
    }
    if (all_are_excluded(layout, excluded)) {
        memset(excluded, 0, (size_t)layout->channel_count * sizeof *excluded);
    }
}

/* Vector base amplitude panning with virtual loudspeakers and spread. */
#include "spatial/pan_vbap.h"

#include <stddef.h>
#include <string.h>

#include "render/base/units.h"
#include "render/model/direction.h"
#include "spatial/hull.h"
#include "spatial/layout_table.h"

/* A dome counts as closed by a loudspeaker this high (or low); practice of VBAP tools. */
static const double closing_elevation_deg = 60.0;
/* Virtual loudspeakers for layouts without a rear: where 5.0 has its surrounds. */
static const double virtual_rear_deg = 110.0;
/* Corners of a quad lie in one plane up to rounding. */
static const double flat_distance = 1e-6;
/* Gains below -240 dB are rounding of the solution. */
static const double silent_gain = 1e-12;
/* tan(spread / 2) must stay finite. */
static const double widest_spread_deg = 170.0;

enum { VIRTUAL_MAX = 4, POINT_MAX = LAYOUT_MAX_CHANNELS + VIRTUAL_MAX, RING_COUNT = 8 };

/* A quad is there twice, once for each diagonal. */
typedef enum Split { SPLIT_NONE, SPLIT_FIRST, SPLIT_SECOND } Split;

typedef struct Region {
    int corner[3];
    Direction rows[3]; /* weight k = rows[k] . direction */
    Split split;
} Region;

typedef struct Vbap {
    const Layout *bus;
    int point_count, real_count; /* real ones first */
    int channel[POINT_MAX];      /* of a real point */
    Direction points[POINT_MAX];
    bool shares[VIRTUAL_MAX][POINT_MAX]; /* real neighbours of a virtual point */
    double share_gain[VIRTUAL_MAX];      /* 1/sqrt(n) */
    Region *regions;
    int region_count;
    const struct Vbap *surround; /* 2.0: the panner of 5.0 */
} Vbap;

static void add_virtual(Vbap *vbap, double azimuth_deg, double elevation_deg) {
    vbap->points[vbap->point_count++] = direction_of(azimuth_deg, elevation_deg);
}

static void add_loudspeakers(Vbap *vbap) {
    for (int channel = 0; channel < vbap->bus->channel_count; ++channel) {
        const Channel *const of = &vbap->bus->channels[channel];
        if (of->role == CHANNEL_SPEAKER) {
            vbap->channel[vbap->point_count] = channel;
            const Position real = layout_real_position(vbap->bus, channel);
            vbap->points[vbap->point_count++] = direction_of(real.azimuth_deg, real.elevation_deg);
        }
    }
    vbap->real_count = vbap->point_count;
}

static void close_poles(Vbap *vbap) {
    double highest_deg = 0.0;
    double lowest_deg = 0.0;
    for (int point = 0; point < vbap->real_count; ++point) {
        const double elevation_deg =
            layout_real_position(vbap->bus, vbap->channel[point]).elevation_deg;
        highest_deg = elevation_deg > highest_deg ? elevation_deg : highest_deg;
        lowest_deg = elevation_deg < lowest_deg ? elevation_deg : lowest_deg;
    }
    if (lowest_deg > -closing_elevation_deg) {
        add_virtual(vbap, 0.0, -90.0);
    }
    if (highest_deg < closing_elevation_deg) {
        add_virtual(vbap, 0.0, 90.0);
    }
}

/* Layouts without a rear get one, which sounds from their outermost loudspeakers. */
static Hull close_hull(Vbap *vbap, Arena *arena) {
    close_poles(vbap);
    Hull hull = hull_of(vbap->points, vbap->point_count, arena);
    if (!hull_encloses_listener(&hull)) {
        add_virtual(vbap, virtual_rear_deg, 0.0);
        add_virtual(vbap, -virtual_rear_deg, 0.0);
        hull = hull_of(vbap->points, vbap->point_count, arena);
    }
    return hull;
}

static void add_region(Vbap *vbap, const int corner[3], Split split) {
    Region *const region = &vbap->regions[vbap->region_count++];
    Direction corners[3];
    for (int index = 0; index < 3; ++index) {
        region->corner[index] = corner[index];
        corners[index] = vbap->points[corner[index]];
    }
    region->split = split;
    triangle_inverse(corners, region->rows);
}

/* The corner of `other` opposite to the side it shares with `triangle`, when both lie in one plane;
 * else -1. own: index of the corner of `triangle` opposite to that side. */
static int
flat_corner(const Vbap *vbap, const HullTriangle *triangle, const HullTriangle *other, int *own) {
    for (int side = 0; side < 9; ++side) {
        const int from = side / 3;
        const int other_from = side % 3;
        const int opposite = other->corner[(other_from + 2) % 3];
        const bool is_shared = triangle->corner[from] == other->corner[(other_from + 1) % 3] &&
                               triangle->corner[(from + 1) % 3] == other->corner[other_from];
        if (is_shared) {
            *own = (from + 2) % 3;
            const double distance =
                direction_dot(triangle->normal, vbap->points[opposite]) - triangle->offset;
            return fabs(distance) < flat_distance ? opposite : -1;
        }
    }
    return -1;
}

/* The one neighbour in the same plane; -1 when there is none or several. */
static int flat_neighbour(const Vbap *vbap, const Hull *hull, int index, int *opposite, int *own) {
    int found = -1;
    for (int other = 0; other < hull->triangle_count; ++other) {
        int side = 0;
        const int corner = other == index ? -1
                                          : flat_corner(vbap, &hull->triangles[index],
                                                        &hull->triangles[other], &side);
        if (corner < 0) {
            continue;
        }
        if (found >= 0) {
            return -1;
        }
        found = other;
        *opposite = corner;
        *own = side;
    }
    return found;
}

/* Both splits of the quad that the triangle is one half of; once, by the half with the lower
 * index. */
static void add_quad(Vbap *vbap, const Hull *hull, int index, int opposite, int own) {
    const int *const corner = hull->triangles[index].corner;
    const int a = corner[own];
    const int b = corner[(own + 1) % 3];
    const int c = corner[(own + 2) % 3];
    add_region(vbap, (int[]){a, b, c}, SPLIT_FIRST);
    add_region(vbap, (int[]){c, b, opposite}, SPLIT_FIRST);
    add_region(vbap, (int[]){a, b, opposite}, SPLIT_SECOND);
    add_region(vbap, (int[]){a, opposite, c}, SPLIT_SECOND);
}

static void add_regions(Vbap *vbap, const Hull *hull, Arena *arena) {
    vbap->regions = arena_array(arena, 2 * (size_t)hull->triangle_count, sizeof(Region));
    for (int index = 0; index < hull->triangle_count; ++index) {
        int opposite = -1;
        int own = 0;
        int ignored_opposite = -1;
        int ignored_own = 0;
        const int partner = flat_neighbour(vbap, hull, index, &opposite, &own);
        const bool is_quad = partner >= 0 && flat_neighbour(vbap, hull, partner, &ignored_opposite,
                                                            &ignored_own) == index;
        if (!is_quad) {
            add_region(vbap, hull->triangles[index].corner, SPLIT_NONE);
        } else if (index < partner) {
            add_quad(vbap, hull, index, opposite, own);
        }
    }
}

static void share_virtual(Vbap *vbap) {
    for (int index = 0; index < vbap->region_count; ++index) {
        const int *const corner = vbap->regions[index].corner;
        for (int pair = 0; pair < 9; ++pair) {
            const int from = corner[pair / 3];
            const int to = corner[pair % 3];
            if (from >= vbap->real_count && to < vbap->real_count) {
                vbap->shares[from - vbap->real_count][to] = true;
            }
        }
    }
    for (int index = 0; index < vbap->point_count - vbap->real_count; ++index) {
        int count = 0;
        for (int point = 0; point < vbap->real_count; ++point) {
            count += vbap->shares[index][point];
        }
        vbap->share_gain[index] = count > 0 ? 1.0 / sqrt((double)count) : 0.0;
    }
}

static Vbap *build_regions(const Layout *bus, Arena *arena) {
    Vbap *const vbap = arena_alloc(arena, sizeof *vbap);
    vbap->bus = bus;
    add_loudspeakers(vbap);
    if (vbap->real_count > 2) {
        const Hull hull = close_hull(vbap, arena);
        add_regions(vbap, &hull, arena);
        share_virtual(vbap);
    }
    return vbap;
}

static Status create(const Layout *bus,
                     int rate_hz,
                     const HeadFile *head,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    (void)rate_hz;
    (void)head;
    (void)errors;
    Vbap *const vbap = build_regions(bus, arena);
    if (vbap->real_count == 2) {
        vbap->surround = build_regions(layout_find("5.0"), arena);
    }
    *self = vbap;
    return DONE;
}

static int tap_count(const void *self) {
    (void)self;
    return 0;
}

static void scale_to_unit_power(double *gains, int count) {
    double power = 0.0;
    for (int index = 0; index < count; ++index) {
        power += gains[index] * gains[index];
    }
    const double factor = power > 0.0 ? 1.0 / sqrt(power) : 0.0;
    for (int index = 0; index < count; ++index) {
        gains[index] *= factor;
    }
}

/* The region of one of the two splits that holds the direction: the one whose least weight is
 * largest, so that a direction on a border finds one as well. */
static const Region *find_region(const Vbap *vbap, Direction at, Split split, double weights[3]) {
    const Region *found = vbap->regions;
    double best = -INFINITY;
    for (int index = 0; index < vbap->region_count; ++index) {
        const Region *const region = &vbap->regions[index];
        if (region->split != SPLIT_NONE && region->split != split) {
            continue;
        }
        const double first = direction_dot(region->rows[0], at);
        const double second = direction_dot(region->rows[1], at);
        const double third = direction_dot(region->rows[2], at);
        const double least = fmin(first, fmin(second, third));
        if (least > best) {
            best = least;
            found = region;
            weights[0] = first;
            weights[1] = second;
            weights[2] = third;
        }
    }
    return found;
}

/* Adds the unit gains of the three corners. gains: [point_count]. */
static void add_corner_gains(const Region *region, double weights[3], double *gains) {
    for (int index = 0; index < 3; ++index) {
        weights[index] = weights[index] > silent_gain ? weights[index] : 0.0;
    }
    scale_to_unit_power(weights, 3);
    for (int index = 0; index < 3; ++index) {
        gains[region->corner[index]] += weights[index];
    }
}

/* gains: [real_count], power 1. */
static void pan_direction(const Vbap *vbap, Direction at, double gains[POINT_MAX]) {
    double weights[3] = {0};
    memset(gains, 0, sizeof(double) * POINT_MAX);
    const Region *const region = find_region(vbap, at, SPLIT_FIRST, weights);
    add_corner_gains(region, weights, gains);
    if (region->split != SPLIT_NONE) {
        add_corner_gains(find_region(vbap, at, SPLIT_SECOND, weights), weights, gains);
        scale_to_unit_power(gains, vbap->point_count);
    }
    for (int index = 0; index < vbap->point_count - vbap->real_count; ++index) {
        const double given = gains[vbap->real_count + index] * vbap->share_gain[index];
        for (int point = 0; point < vbap->real_count; ++point) {
            gains[point] += vbap->shares[index][point] ? given : 0.0;
        }
    }
    scale_to_unit_power(gains, vbap->real_count);
}

/* Two directions that span the plane across `at`: to its right and upwards. */
static void span_across(Direction at, Direction *right, Direction *up) {
    const Direction across = {at.y, -at.x, 0.0}; /* at x z */
    const bool is_pole = direction_length(across) < flat_distance;
    *right = is_pole ? (Direction){1.0, 0.0, 0.0} : direction_normalise(across);
    *up = direction_cross(*right, at);
}

/* gains: [real_count], power 1. Multiple-direction amplitude panning, Pulkki 1999. */
static void pan_spread(const Vbap *vbap, Direction at, double spread_deg, double gains[POINT_MAX]) {
    pan_direction(vbap, at, gains);
    if (spread_deg <= 0.0) {
        return;
    }
    Direction right;
    Direction up;
    span_across(at, &right, &up);
    const double half_deg = fmin(spread_deg, widest_spread_deg) / 2.0;
    const double radius = exact_tan(rad_from_deg(half_deg));
    for (int index = 0; index < RING_COUNT; ++index) {
        const Direction turn = direction_of(360.0 * index / RING_COUNT, 0.0);
        const Direction offset = direction_add(direction_scale(right, radius * turn.x),
                                               direction_scale(up, radius * turn.y));
        double ring_gains[POINT_MAX];
        pan_direction(vbap, direction_normalise(direction_add(at, offset)), ring_gains);
        for (int point = 0; point < vbap->real_count; ++point) {
            gains[point] += ring_gains[point];
        }
    }
    scale_to_unit_power(gains, vbap->real_count);
}

/* BS.2127-1, 6.1.3.3: 5.0 is brought to two channels; what comes from behind is up to 3 dB lower.
 */
static void bring_to_stereo(const double surround[5], double stereo[2]) {
    const double third = sqrt(1.0 / 3.0);
    const double half = sqrt(0.5);
    const double front = fmax(surround[0], fmax(surround[1], surround[2]));
    const double back = fmax(surround[3], surround[4]);
    stereo[0] = surround[0] + third * surround[2] + half * surround[3];
    stereo[1] = surround[1] + third * surround[2] + half * surround[4];
    scale_to_unit_power(stereo, 2);
    const double level_db = -10.0 * 0.30102999566398120 * back / (front + back); /* 0.5^(1/2 ...) */
    const double gain = gain_from_db(level_db);
    stereo[0] *= gain;
    stereo[1] *= gain;
}

static void respond(const void *self, Position at, float *out) {
    const Vbap *const vbap = self;
    const Direction direction = direction_of(at.azimuth_deg, at.elevation_deg);
    double gains[POINT_MAX] = {1.0};
    if (vbap->surround) {
        double surround[POINT_MAX];
        pan_spread(vbap->surround, direction, at.spread_deg, surround);
        bring_to_stereo(surround, gains);
    } else if (vbap->real_count > 2) {
        pan_spread(vbap, direction, at.spread_deg, gains);
    }
    memset(out, 0, sizeof(float) * (size_t)vbap->bus->channel_count);
    for (int point = 0; point < vbap->real_count; ++point) {
        out[vbap->channel[point]] = (float)gains[point];
    }
}

const Spatializer pan_vbap = {
    .name = "vbap",
    .summary = "vector base amplitude panning with virtual loudspeakers, power 1 everywhere",
    .source = "Pulkki 1997 and 1999; BS.2127-1, 6.1 for virtual loudspeakers and 2.0",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
};

/* The set-up of the point source panner: extra and virtual loudspeakers, facets, regions. */
#include "spatial/point_source_regions.h"

#include <stdint.h>
#include <string.h>

#include "render/base/units.h"
#include "spatial/adm_frame.h"
#include "spatial/hull.h"
#include "spatial/layout_table.h"
#include "spatial/point_source.h"

/* BS.2127-1, 6.1.3.1: the layers, and how far beyond the outermost loudspeaker of a layer the
 * middle one is lifted into it. */
typedef struct Layer {
    double nominal_deg, lowest_deg, highest_deg;
} Layer;
static const Layer middle_layer = {0.0, -10.0, 10.0};
static const Layer outer_layers[] = {
    {-30.0, -70.0, -10.0},
    {30.0,  10.0,  70.0 }
};
static const double lift_beyond_deg = 40.0;
static const double angle_tolerance_deg = 1e-5;
/* A loudspeaker at this elevation closes the top: T+000, UH+180 (6.1.3.1). */
static const char *const top_labels[] = {"T+000", "UH+180"};
/* Points of a facet lie in one plane up to rounding. */
static const double plane_tolerance = 1e-6;
/* Three points on the sphere span a plane unless two are one. */
static const double smallest_area = 1e-9;
/* Where layouts without a rear are given loudspeakers: as in 0+5+0. */
static const double rear_deg = 110.0;

typedef struct Point { /* of a loudspeaker: where it is taken to be, and where it is */
    double nominal_azimuth_deg, nominal_elevation_deg, real_azimuth_deg;
    Direction nominal, real;
} Point;

typedef struct Facet {
    uint64_t points; /* one bit each */
    Direction normal;
    double offset; /* > 0: the listener lies inside */
} Facet;

enum { FACETS = 4 * REGION_POINTS };

typedef struct Builder {
    const Layout *layout;
    Arena *arena;
    RegionSet *set;
    Point points[REGION_POINTS];
    int point_count, virtual_begin;
    Facet facets[FACETS];
    int facet_count;
    Region *regions;
} Builder;

static bool lies_in(const Layer *layer, double elevation_deg) {
    return elevation_deg >= layer->lowest_deg && elevation_deg <= layer->highest_deg;
}

static void
add_point(Builder *builder, Point point, double azimuth_deg, double elevation_deg, int channel) {
    point.nominal = adm_vector(point.nominal_azimuth_deg, point.nominal_elevation_deg, 1.0);
    point.real_azimuth_deg = azimuth_deg;
    point.real = adm_vector(azimuth_deg, elevation_deg, 1.0);
    builder->set->channel[builder->point_count] = channel;
    builder->points[builder->point_count++] = point;
}

static void add_nominal(Builder *builder, double azimuth_deg, double elevation_deg, int channel) {
    const Point point = {.nominal_azimuth_deg = azimuth_deg,
                         .nominal_elevation_deg = elevation_deg};
    add_point(builder, point, azimuth_deg, elevation_deg, channel);
}

static void add_loudspeakers(Builder *builder) {
    for (int channel = 0; channel < builder->layout->channel_count; ++channel) {
        const Channel *const of = &builder->layout->channels[channel];
        if (of->role == CHANNEL_SPEAKER) {
            const Position real = layout_real_position(builder->layout, channel);
            const Point point = {.nominal_azimuth_deg = of->position.azimuth_deg,
                                 .nominal_elevation_deg = of->position.elevation_deg};
            add_point(builder, point, real.azimuth_deg, real.elevation_deg, channel);
        }
    }
}

/* The channel of the middle layer that is furthest to one side; side: 1 left, -1 right. */
static int outermost_channel(const Layout *layout, double side) {
    int found = 0;
    double furthest_deg = -360.0;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const Channel *const of = &layout->channels[channel];
        const double azimuth_deg = side * of->position.azimuth_deg;
        if (of->role == CHANNEL_SPEAKER && lies_in(&middle_layer, of->position.elevation_deg) &&
            azimuth_deg > furthest_deg) {
            furthest_deg = azimuth_deg;
            found = channel;
        }
    }
    return found;
}

static void add_rear(Builder *builder) {
    add_nominal(builder, rear_deg, 0.0, outermost_channel(builder->layout, 1.0));
    add_nominal(builder, -rear_deg, 0.0, outermost_channel(builder->layout, -1.0));
}

/* What the layer has: its elevation, and from which azimuth on the middle layer is lifted into
 * it. */
static void measure_layer(const Builder *builder,
                          const Layer *layer,
                          double *elevation_deg,
                          double *lift_from_deg) {
    double widest_deg = 0.0;
    double sum_deg = 0.0;
    int count = 0;
    for (int index = 0; index < builder->point_count; ++index) {
        const Point *const point = &builder->points[index];
        if (lies_in(layer, point->nominal_elevation_deg)) {
            widest_deg = fmax(widest_deg, fabs(point->nominal_azimuth_deg));
            sum_deg += direction_elevation_deg(point->real);
            ++count;
        }
    }
    *elevation_deg = count > 0 ? sum_deg / count : layer->nominal_deg;
    *lift_from_deg = count > 0 ? widest_deg + lift_beyond_deg : 0.0;
}

static void lift_middle_layer(Builder *builder, const Layer *layer) {
    double elevation_deg = 0.0;
    double lift_from_deg = 0.0;
    measure_layer(builder, layer, &elevation_deg, &lift_from_deg);
    const int count = builder->point_count;
    for (int index = 0; index < count; ++index) {
        Point point = builder->points[index];
        if (lies_in(&middle_layer, point.nominal_elevation_deg) &&
            fabs(point.nominal_azimuth_deg) >= lift_from_deg - angle_tolerance_deg) {
            point.nominal_elevation_deg = layer->nominal_deg;
            add_point(builder, point, point.real_azimuth_deg, elevation_deg,
                      builder->set->channel[index]);
        }
    }
}

static bool has_top(const Layout *layout) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const char *const label = layout_bs2051_label(layout, channel);
        if (strcmp(label, top_labels[0]) == 0 || strcmp(label, top_labels[1]) == 0) {
            return true;
        }
    }
    return false;
}

static void add_all(Builder *builder, bool with_rear) {
    builder->point_count = 0;
    add_loudspeakers(builder);
    if (with_rear) {
        add_rear(builder);
    }
    lift_middle_layer(builder, &outer_layers[0]);
    lift_middle_layer(builder, &outer_layers[1]);
    builder->virtual_begin = builder->point_count;
    add_nominal(builder, 0.0, -90.0, -1);
    if (!has_top(builder->layout)) {
        add_nominal(builder, 0.0, 90.0, -1);
    }
}

/* The plane through three points; false when they span none or points lie on both sides. */
static bool facet_through(const Builder *builder, const int corner[3], Facet *facet) {
    const Direction a = builder->points[corner[0]].nominal;
    const Direction b = builder->points[corner[1]].nominal;
    const Direction c = builder->points[corner[2]].nominal;
    Direction normal = direction_cross(direction_subtract(b, a), direction_subtract(c, a));
    if (direction_length(normal) < smallest_area) {
        return false;
    }
    normal = adm_normalise(normal);
    const double offset = direction_dot(normal, a);
    uint64_t points = 0;
    bool has_below = false;
    bool has_above = false;
    for (int index = 0; index < builder->point_count; ++index) {
        const double height = direction_dot(normal, builder->points[index].nominal) - offset;
        has_below = has_below || height < -plane_tolerance;
        has_above = has_above || height > plane_tolerance;
        points |= fabs(height) <= plane_tolerance ? (uint64_t)1 << index : 0;
    }
    const double side = has_above ? -1.0 : 1.0;
    *facet = (Facet){points, direction_scale(normal, side), offset * side};
    return has_below != has_above;
}

static bool is_known(const Builder *builder, uint64_t points) {
    for (int index = 0; index < builder->facet_count; ++index) {
        if (builder->facets[index].points == points) {
            return true;
        }
    }
    return false;
}

/* All planes that have every point on one side; the hull of the nominal points. */
static void find_facets(Builder *builder) {
    const int count = builder->point_count;
    builder->facet_count = 0;
    for (int triple = 0; triple < count * count * count; ++triple) {
        const int corner[3] = {triple / (count * count), triple / count % count, triple % count};
        Facet facet;
        if (corner[0] < corner[1] && corner[1] < corner[2] &&
            facet_through(builder, corner, &facet) && !is_known(builder, facet.points) &&
            builder->facet_count < FACETS) {
            builder->facets[builder->facet_count++] = facet;
        }
    }
}

static bool facets_enclose_listener(const Builder *builder) {
    for (int index = 0; index < builder->facet_count; ++index) {
        if (builder->facets[index].offset <= plane_tolerance) {
            return false;
        }
    }
    return builder->facet_count > 3;
}

/* Writes the points anticlockwise around the axis, seen against it; returns how many. */
static int
order_around(const Builder *builder, uint64_t points, Direction axis, int order[REGION_CORNERS]) {
    double angle_rad[REGION_CORNERS];
    Direction sum = {0.0, 0.0, 0.0};
    int count = 0;
    for (int index = 0; index < builder->point_count; ++index) {
        if (points >> index & 1) {
            sum = direction_add(sum, builder->points[index].real);
            order[count++] = index;
        }
    }
    const Direction centre = direction_scale(sum, 1.0 / count);
    const AdmFrame frame = adm_frame_around(axis);
    for (int index = 0; index < count; ++index) {
        const int point = order[index];
        const Direction from = direction_subtract(builder->points[point].real, centre);
        const double angle =
            exact_atan2(direction_dot(frame.up, from), direction_dot(frame.right, from));
        int hole = index;
        for (; hole > 0 && angle_rad[hole - 1] > angle; --hole) {
            angle_rad[hole] = angle_rad[hole - 1];
            order[hole] = order[hole - 1];
        }
        angle_rad[hole] = angle;
        order[hole] = point;
    }
    return count;
}

static Region *add_region(Builder *builder, RegionKind kind, uint64_t points, Direction axis) {
    Region *const region = &builder->regions[builder->set->region_count++];
    region->kind = kind;
    region->corner_count = order_around(builder, points, axis, region->corners);
    return region;
}

static Direction corner_at(const Builder *builder, const Region *region, int corner) {
    const int index = corner < region->corner_count ? corner : 0;
    return builder->points[region->corners[index]].real;
}

/* The corners share what falls to a virtual loudspeaker in their middle. */
static void add_ring(Builder *builder, uint64_t points, Direction centre) {
    Region *const region = add_region(builder, REGION_RING, points, centre);
    const int count = region->corner_count;
    Triangle *const triangles = arena_array(builder->arena, (size_t)count, sizeof *triangles);
    for (int corner = 0; corner < count; ++corner) {
        const Direction corners[3] = {corner_at(builder, region, corner),
                                      corner_at(builder, region, corner + 1), centre};
        triangle_inverse(corners, triangles[corner].rows);
    }
    region->triangles = triangles;
    region->share = 1.0 / sqrt((double)count);
}

static void add_triangle(Builder *builder, const Facet *facet) {
    Region *const region = add_region(builder, REGION_TRIANGLE, facet->points, facet->normal);
    Triangle *const triangle = arena_alloc(builder->arena, sizeof *triangle);
    const Direction corners[3] = {corner_at(builder, region, 0), corner_at(builder, region, 1),
                                  corner_at(builder, region, 2)};
    triangle_inverse(corners, triangle->rows);
    region->triangles = triangle;
}

/* The polynomial of x in which p is on the line from a + x (b - a) to d + x (c - d). */
static void quad_terms(const Direction *corners, int first, Direction *terms) {
    const Direction a = corners[first];
    const Direction b = corners[(first + 1) % 4];
    const Direction c = corners[(first + 2) % 4];
    const Direction d = corners[(first + 3) % 4];
    const Direction near_side = direction_subtract(b, a);
    const Direction far_side = direction_subtract(c, d);
    terms[0] = direction_cross(near_side, far_side);
    terms[1] = direction_add(direction_cross(a, far_side), direction_cross(near_side, d));
    terms[2] = direction_cross(a, d);
}

static void add_quad(Builder *builder, const Facet *facet) {
    Region *const region = add_region(builder, REGION_QUAD, facet->points, facet->normal);
    for (int corner = 0; corner < 4; ++corner) {
        region->quad[corner] = corner_at(builder, region, corner);
    }
    quad_terms(region->quad, 0, region->across);
    quad_terms(region->quad, 1, region->along);
}

static void add_facet(Builder *builder, const Facet *facet) {
    switch (__builtin_popcountll(facet->points)) {
    case 3:
        add_triangle(builder, facet);
        break;
    case 4:
        add_quad(builder, facet);
        break;
    default: /* in no layout of the standard: shared like a ring around a pole */
        add_ring(builder, facet->points, facet->normal);
        break;
    }
}

static void add_regions(Builder *builder) {
    const uint64_t virtual_points = ~(uint64_t)0 << builder->virtual_begin;
    builder->regions = arena_array(builder->arena, FACETS, sizeof(Region));
    builder->set->regions = builder->regions;
    for (int centre = builder->virtual_begin; centre < builder->point_count; ++centre) {
        uint64_t around = 0;
        for (int index = 0; index < builder->facet_count; ++index) {
            const uint64_t points = builder->facets[index].points;
            around |= points >> centre & 1 ? points : 0;
        }
        add_ring(builder, around & ~virtual_points, builder->points[centre].real);
    }
    for (int index = 0; index < builder->facet_count; ++index) {
        if (!(builder->facets[index].points & virtual_points)) {
            add_facet(builder, &builder->facets[index]);
        }
    }
}

static bool fits(const Layout *layout) {
    int point_count = 2 + 2;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const Channel *const of = &layout->channels[channel];
        const bool is_middle = lies_in(&middle_layer, of->position.elevation_deg);
        point_count += of->role != CHANNEL_SPEAKER ? 0 : is_middle ? 3 : 1;
    }
    return point_count + 4 <= REGION_POINTS && layout->channel_count <= POINT_SOURCE_CHANNELS;
}

Status regions_create(const Layout *layout, Arena *arena, RegionSet *set, ErrorList *errors) {
    *set = (RegionSet){0};
    if (!fits(layout)) {
        return fail(errors, E213, NO_PLACE, "`%s` has too many loudspeakers to pan", layout->name);
    }
    Builder *const builder = arena_alloc(arena, sizeof *builder);
    *builder = (Builder){.layout = layout, .arena = arena, .set = set};
    add_all(builder, false);
    find_facets(builder);
    if (!facets_enclose_listener(builder)) {
        add_all(builder, true);
        find_facets(builder);
    }
    if (!facets_enclose_listener(builder)) {
        return fail(errors, E213, NO_PLACE, "the loudspeakers of `%s` do not surround the listener",
                    layout->name);
    }
    add_regions(builder);
    return DONE;
}

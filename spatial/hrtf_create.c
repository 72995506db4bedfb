/* Head-related responses taken apart, closed at the poles, equalized, levelled. */
#include <string.h>

#include "render/base/units.h"
#include "spatial/binaural_level.h"
#include "spatial/hrir_equalize.h"
#include "spatial/hrtf_find.h"
#include "spatial/hull.h"

/* A grid that reaches this far up or down needs no synthetic pole. */
static const double closed_elevation_deg = 75.0;
/* Measurements within this of the lowest (highest) one form the ring that stands for the pole. */
static const double ring_width_deg = 1.0;

typedef struct Points { /* directions with synthetic poles, and the triangles between them */
    int count;
    Direction *directions; /* [count] */
    Hull hull;
} Points;

static void add_floats(const float *from, double factor, float *to, int count) {
    for (int index = 0; index < count; ++index) {
        to[index] = (float)((double)to[index] + factor * (double)from[index]);
    }
}

/* The mean of the ring (magnitudes in dB, onsets in time) becomes one more point straight above or
 * below; sign: 1 above, -1 below. */
static void close_pole(Points *points, HrirSpectra *spectra, int measured_count, double sign) {
    enum { PAIR_BINS = EAR_COUNT * PHASE_BINS };
    double farthest_deg = -90.0;
    int ring_count = 0;
    for (int point = 0; point < measured_count; ++point) {
        farthest_deg =
            fmax(farthest_deg, sign * direction_elevation_deg(points->directions[point]));
    }
    if (farthest_deg >= closed_elevation_deg) {
        return;
    }
    const int pole = points->count++;
    points->directions[pole] = (Direction){0.0, 0.0, sign};
    for (int pass = 0; pass < 2; ++pass) { /* counts, then adds */
        const double share = ring_count ? 1.0 / ring_count : 0.0;
        for (int point = 0; point < measured_count; ++point) {
            const double height_deg = sign * direction_elevation_deg(points->directions[point]);
            if (height_deg < farthest_deg - ring_width_deg) {
                continue;
            }
            ring_count += pass == 0;
            add_floats(&spectra->logs[(size_t)point * PAIR_BINS], share,
                       &spectra->logs[(size_t)pole * PAIR_BINS], PAIR_BINS);
            spectra->low_itds_samples[pole] += share * spectra->low_itds_samples[point];
            for (int ear = 0; ear < EAR_COUNT; ++ear) {
                spectra->onsets_samples[EAR_COUNT * pole + ear] +=
                    share * spectra->onsets_samples[EAR_COUNT * point + ear];
            }
        }
    }
}

/* Solid angle of a spherical triangle: van Oosterom and Strackee 1983. */
static double solid_angle(const Points *points, const HullTriangle *triangle) {
    const Direction a = points->directions[triangle->corner[0]];
    const Direction b = points->directions[triangle->corner[1]];
    const Direction c = points->directions[triangle->corner[2]];
    const double above = direction_dot(a, direction_cross(b, c));
    const double below = 1.0 + direction_dot(a, b) + direction_dot(b, c) + direction_dot(c, a);
    return 2.0 * exact_atan2(fabs(above), below);
}

/* Shares of the sphere, sum 1: every triangle is divided among its corners. */
static double *point_weights(const Points *points, Arena *arena) {
    double *const weights = arena_array(arena, (size_t)points->count, sizeof *weights);
    double sum = 0.0;
    for (int index = 0; index < points->hull.triangle_count; ++index) {
        const HullTriangle *const triangle = &points->hull.triangles[index];
        const double share = solid_angle(points, triangle);
        for (int corner = 0; corner < 3; ++corner) {
            weights[triangle->corner[corner]] += share;
            sum += share;
        }
    }
    for (int point = 0; point < points->count; ++point) {
        weights[point] /= sum;
    }
    return weights;
}

/* The sides of triangles, each listed at the point where it begins. */
typedef struct Sides {
    int32_t *first; /* [point_count] a side that begins there, -1: none */
    int32_t *next;  /* [3 * triangle_count] side 3 t + k lies opposite to corner k of triangle t */
} Sides;

static int32_t side_begin(const HrtfTriangle *triangles, int32_t side) {
    return triangles[side / 3].points[(side % 3 + 1) % 3];
}

static int32_t side_end(const HrtfTriangle *triangles, int32_t side) {
    return triangles[side / 3].points[(side % 3 + 2) % 3];
}

static Sides list_sides(const HrtfSet *set, Arena *arena) {
    const int32_t point_count = set->head->point_count;
    const int32_t side_count = 3 * set->head->triangle_count;
    Sides sides = {arena_array(arena, (size_t)point_count, sizeof(int32_t)),
                   arena_array(arena, (size_t)side_count, sizeof(int32_t))};
    for (int32_t point = 0; point < point_count; ++point) {
        sides.first[point] = -1;
    }
    for (int32_t side = 0; side < side_count; ++side) {
        const int32_t from = side_begin(set->triangles, side);
        sides.next[side] = sides.first[from];
        sides.first[from] = side;
    }
    return sides;
}

/* Beyond a side lies the triangle that has it the other way round. */
static void link_triangles(HrtfSet *set, Arena *arena) {
    const Sides sides = list_sides(set, arena);
    for (int32_t side = 0; side < 3 * set->head->triangle_count; ++side) {
        const int32_t from = side_begin(set->triangles, side);
        int32_t other = sides.first[side_end(set->triangles, side)];
        while (other >= 0 && side_end(set->triangles, other) != from) {
            other = sides.next[other];
        }
        set->triangles[side / 3].neighbours[side % 3] = other >= 0 ? other / 3 : side / 3;
    }
}

static void copy_triangles(const Points *points, HrtfSet *set) {
    for (int index = 0; index < points->hull.triangle_count; ++index) {
        HrtfTriangle *const triangle = &set->triangles[index];
        Direction corners[3];
        for (int corner = 0; corner < 3; ++corner) {
            triangle->points[corner] = points->hull.triangles[index].corner[corner];
            corners[corner] = points->directions[triangle->points[corner]];
        }
        triangle_inverse(corners, triangle->rows);
    }
}

/* From magnitudes back to responses. */
static Status write_responses(HrtfSet *set, const HrirSpectra *spectra, ErrorList *errors) {
    Arena *scratch = arena_create();
    MinimumPhase *phase = NULL;
    const int length = spectra->length_samples;
    double *const response = arena_array(scratch, (size_t)length, sizeof *response);
    const Status status = minimum_phase_create(scratch, &phase, errors);
    for (int index = 0; status == DONE && index < EAR_COUNT * set->head->point_count; ++index) {
        float *const out = &set->aligned[(size_t)index * (size_t)length];
        hrir_write(spectra, phase, index / EAR_COUNT, index % EAR_COUNT, response);
        for (int sample = 0; sample < length; ++sample) {
            out[sample] = (float)response[sample];
        }
    }
    minimum_phase_destroy(&phase);
    arena_destroy(&scratch);
    return status;
}

/* Points, triangles and equalized spectra. */
static Status make_points(const HrirGrid *grid,
                          int rate_hz,
                          Arena *scratch,
                          Points *points,
                          HrirSpectra *spectra,
                          ErrorList *errors) {
    TRY(hrirs_measure(grid, rate_hz, scratch, spectra, errors));
    points->count = grid->count;
    points->directions = arena_array(scratch, (size_t)grid->count + HRIR_POLES, sizeof(Direction));
    memcpy(points->directions, grid->directions, (size_t)grid->count * sizeof(Direction));
    close_pole(points, spectra, grid->count, -1.0);
    close_pole(points, spectra, grid->count, 1.0);
    points->hull = hull_of(points->directions, points->count, scratch);
    if (!hull_encloses_listener(&points->hull)) {
        return fail(errors, E421, NO_PLACE,
                    "the %d directions of the SOFA file do not surround the listener",
                    points->count);
    }
    const double *const weights = point_weights(points, scratch);
    return hrirs_equalize(spectra, weights, points->count, rate_hz, errors);
}

/* Front pink noise becomes as loud as between two loudspeakers. */
static Status level_set(HrtfSet *set, int rate_hz, Arena *scratch, ErrorList *errors) {
    double level_lu = 0.0;
    const int taps = set->head->tap_count;
    float *const pair = arena_array(scratch, EAR_COUNT * (size_t)taps, sizeof *pair);
    hrtf_respond(set, (Direction){1.0, 0.0, 0.0}, pair);
    TRY(binaural_level_lu(pair, taps, rate_hz, &level_lu, errors));
    set->head->level_offset_db = -level_lu;
    const double gain = gain_from_db(-level_lu);
    const size_t count =
        EAR_COUNT * (size_t)set->head->point_count * (size_t)set->head->aligned_samples;
    for (size_t sample = 0; sample < count; ++sample) {
        set->aligned[sample] = (float)(gain * (double)set->aligned[sample]);
    }
    return DONE;
}

static Status
make_set(const HrirGrid *grid, int rate_hz, Arena *arenas[2], HrtfSet **hrtf, ErrorList *errors) {
    Arena *const scratch = arenas[1];
    Points points = {0};
    HrirSpectra spectra;
    TRY(make_points(grid, rate_hz, scratch, &points, &spectra, errors));
    const HrtfHead head = {.point_count = points.count,
                           .triangle_count = points.hull.triangle_count,
                           .aligned_samples = spectra.length_samples,
                           .tap_count = spectra.tap_count};
    HrtfSet *const set = hrtf_image_create(&head, arenas[0]);
    copy_triangles(&points, set);
    link_triangles(set, scratch);
    hrtf_find_seeds(set);
    memcpy(set->onsets_samples, spectra.onsets_samples,
           EAR_COUNT * (size_t)points.count * sizeof *set->onsets_samples);
    TRY(write_responses(set, &spectra, errors));
    *hrtf = set;
    return level_set(set, rate_hz, scratch, errors);
}

Status
hrtf_create(const HrirGrid *grid, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors) {
    Arena *scratch = arena_create();
    const Status status = make_set(grid, rate_hz, (Arena *[]){arena, scratch}, hrtf, errors);
    arena_destroy(&scratch);
    return status;
}

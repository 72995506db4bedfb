/* Head-related responses: aligned, interpolated in triangles, delayed again. */
#include "spatial/hrtf.h"

#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fractional_delay.h"
#include "spatial/hrir_prepare.h"
#include "spatial/hull.h"

/* A grid that reaches this far up or down needs no synthetic pole. */
static const double closed_elevation_deg = 75.0;
/* Measurements within this of the lowest (highest) one form the ring that stands for the pole. */
static const double ring_width_deg = 1.0;

struct HrtfSet {
    int point_count;        /* with synthetic poles */
    Direction *points;      /* [point_count] */
    double *aligned;        /* [point_count][EAR_COUNT][aligned_samples] */
    double *onsets_samples; /* [point_count][EAR_COUNT] after the earliest */
    int aligned_samples, tap_count;
    Hull hull;
    Direction (*inverses)[3]; /* [triangle_count]: weight k = inverses[t][k] . direction */
};

typedef struct Mixture { /* three points and their weights, sum 1 */
    const int *points;
    double weights[3];
} Mixture;

static double *point_response(const HrtfSet *hrtf, int point, int ear) {
    return &hrtf->aligned[((size_t)point * EAR_COUNT + (size_t)ear) *
                          (size_t)hrtf->aligned_samples];
}

/* The ring's mean becomes one more point straight above or below; sign: 1 above, -1 below. */
static void close_pole(HrtfSet *hrtf, int measured_count, double sign) {
    double farthest_deg = -90.0;
    for (int point = 0; point < measured_count; ++point) {
        farthest_deg = fmax(farthest_deg, sign * direction_elevation_deg(hrtf->points[point]));
    }
    if (farthest_deg >= closed_elevation_deg) {
        return;
    }
    const int pole = hrtf->point_count++;
    const int ear_samples = EAR_COUNT * hrtf->aligned_samples;
    double *const response = point_response(hrtf, pole, 0);
    double ring_count = 0.0;
    hrtf->points[pole] = (Direction){0.0, 0.0, sign};
    for (int point = 0; point < measured_count; ++point) {
        if (sign * direction_elevation_deg(hrtf->points[point]) < farthest_deg - ring_width_deg) {
            continue;
        }
        const double *const from = point_response(hrtf, point, 0);
        for (int sample = 0; sample < ear_samples; ++sample) {
            response[sample] += from[sample];
        }
        for (int ear = 0; ear < EAR_COUNT; ++ear) {
            hrtf->onsets_samples[EAR_COUNT * pole + ear] +=
                hrtf->onsets_samples[EAR_COUNT * point + ear];
        }
        ring_count += 1.0;
    }
    for (int sample = 0; sample < ear_samples; ++sample) {
        response[sample] /= ring_count;
    }
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        hrtf->onsets_samples[EAR_COUNT * pole + ear] /= ring_count;
    }
}

static Status make_triangles(HrtfSet *hrtf, Arena *arena, ErrorList *errors) {
    hrtf->hull = hull_of(hrtf->points, hrtf->point_count, arena);
    if (!hull_encloses_listener(&hrtf->hull)) {
        return fail(errors, E421, NO_PLACE,
                    "the %d directions of the SOFA file do not surround the listener",
                    hrtf->point_count);
    }
    hrtf->inverses = arena_array(arena, (size_t)hrtf->hull.triangle_count, sizeof *hrtf->inverses);
    for (int index = 0; index < hrtf->hull.triangle_count; ++index) {
        Direction corners[3];
        for (int corner = 0; corner < 3; ++corner) {
            corners[corner] = hrtf->points[hrtf->hull.triangles[index].corner[corner]];
        }
        triangle_inverse(corners, hrtf->inverses[index]);
    }
    return DONE;
}

static double point_energy(const HrtfSet *hrtf, int point) {
    const double *const response = point_response(hrtf, point, 0);
    double energy = 0.0;
    for (int sample = 0; sample < EAR_COUNT * hrtf->aligned_samples; ++sample) {
        energy += response[sample] * response[sample];
    }
    return energy;
}

/* Solid angle of a spherical triangle: van Oosterom and Strackee 1983. */
static double solid_angle(const HrtfSet *hrtf, const HullTriangle *triangle) {
    const Direction a = hrtf->points[triangle->corner[0]];
    const Direction b = hrtf->points[triangle->corner[1]];
    const Direction c = hrtf->points[triangle->corner[2]];
    const double above = direction_dot(a, direction_cross(b, c));
    const double below = 1.0 + direction_dot(a, b) + direction_dot(b, c) + direction_dot(c, a);
    return 2.0 * exact_atan2(fabs(above), below);
}

/* Mean over the sphere of the squares of both ears becomes 1. */
static Status normalise_diffuse_field(HrtfSet *hrtf, ErrorList *errors) {
    double energy = 0.0;
    for (int index = 0; index < hrtf->hull.triangle_count; ++index) {
        const HullTriangle *const triangle = &hrtf->hull.triangles[index];
        const double share = solid_angle(hrtf, triangle) / (4.0 * pi) / 3.0;
        for (int corner = 0; corner < 3; ++corner) {
            energy += share * point_energy(hrtf, triangle->corner[corner]);
        }
    }
    if (!(energy > 0.0)) {
        return fail(errors, E420, NO_PLACE, "the responses of the SOFA file are silent");
    }
    const double gain = 1.0 / sqrt(energy);
    const size_t count = (size_t)hrtf->point_count * EAR_COUNT * (size_t)hrtf->aligned_samples;
    for (size_t sample = 0; sample < count; ++sample) {
        hrtf->aligned[sample] *= gain;
    }
    return DONE;
}

/* The triangle whose least weight is largest: the one around the direction. */
static Mixture find_mixture(const HrtfSet *hrtf, Direction at) {
    Mixture found = {.points = hrtf->hull.triangles[0].corner};
    double best = -INFINITY;
    for (int index = 0; index < hrtf->hull.triangle_count; ++index) {
        const Direction *const rows = hrtf->inverses[index];
        const double first = direction_dot(rows[0], at);
        const double second = direction_dot(rows[1], at);
        const double third = direction_dot(rows[2], at);
        const double least = fmin(first, fmin(second, third));
        if (least > best) {
            best = least;
            found.points = hrtf->hull.triangles[index].corner;
            found.weights[0] = fmax(first, 0.0);
            found.weights[1] = fmax(second, 0.0);
            found.weights[2] = fmax(third, 0.0);
        }
    }
    const double sum = found.weights[0] + found.weights[1] + found.weights[2];
    for (int corner = 0; corner < 3; ++corner) {
        found.weights[corner] /= sum;
    }
    return found;
}

static double mixed_onset(const HrtfSet *hrtf, const Mixture *mixture, int ear) {
    double onset_samples = 0.0;
    for (int corner = 0; corner < 3; ++corner) {
        onset_samples += mixture->weights[corner] *
                         hrtf->onsets_samples[EAR_COUNT * mixture->points[corner] + ear];
    }
    return onset_samples;
}

Status
hrtf_create(const HrirGrid *grid, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors) {
    HrtfSet *const set = arena_alloc(arena, sizeof *set);
    AlignedHrirs aligned;
    TRY(hrirs_align(grid, rate_hz, arena, &aligned, errors));
    set->point_count = grid->count;
    set->aligned_samples = aligned.length_samples;
    set->tap_count = aligned.tap_count;
    set->aligned = aligned.samples;
    set->onsets_samples = aligned.onsets_samples;
    set->points = arena_array(arena, (size_t)grid->count + HRIR_POLES, sizeof(Direction));
    memcpy(set->points, grid->directions, (size_t)grid->count * sizeof(Direction));
    close_pole(set, grid->count, -1.0);
    close_pole(set, grid->count, 1.0);
    TRY(make_triangles(set, arena, errors));
    TRY(normalise_diffuse_field(set, errors));
    *hrtf = set;
    return DONE;
}

int hrtf_tap_count(const HrtfSet *hrtf) {
    return hrtf->tap_count;
}

void hrtf_respond(const HrtfSet *hrtf, Direction at, float *out) {
    const Mixture mixture = find_mixture(hrtf, at);
    const double *const weights = mixture.weights;
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        const double *const first = point_response(hrtf, mixture.points[0], ear);
        const double *const second = point_response(hrtf, mixture.points[1], ear);
        const double *const third = point_response(hrtf, mixture.points[2], ear);
        double mixed[HRIR_MAX_TAPS];
        double delayed[HRIR_MAX_TAPS];
        for (int sample = 0; sample < hrtf->aligned_samples; ++sample) {
            mixed[sample] = weights[0] * first[sample] + weights[1] * second[sample] +
                            weights[2] * third[sample];
        }
        fractional_delay_apply(mixed, hrtf->aligned_samples, mixed_onset(hrtf, &mixture, ear),
                               delayed, hrtf->tap_count);
        for (int tap = 0; tap < hrtf->tap_count; ++tap) {
            out[ear * hrtf->tap_count + tap] = (float)delayed[tap];
        }
    }
}

void hrtf_onsets(const HrtfSet *hrtf, Direction at, double onsets_samples[EAR_COUNT]) {
    const Mixture mixture = find_mixture(hrtf, at);
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        onsets_samples[ear] = mixed_onset(hrtf, &mixture, ear);
    }
}

/* Head-related responses: minimum phase, interpolated in triangles, delayed again. */
#include "spatial/hrtf.h"

#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fractional_delay.h"
#include "spatial/binaural_level.h"
#include "spatial/hrir_equalize.h"
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
    double level_offset_db;
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

static void add_floats(const float *from, double factor, float *to, int count) {
    for (int index = 0; index < count; ++index) {
        to[index] = (float)((double)to[index] + factor * (double)from[index]);
    }
}

/* The mean of the ring (magnitudes in dB, onsets in time) becomes one more point straight above or
 * below; sign: 1 above, -1 below. */
static void close_pole(HrtfSet *hrtf, HrirSpectra *spectra, int measured_count, double sign) {
    enum { PAIR_BINS = EAR_COUNT * PHASE_BINS };
    double farthest_deg = -90.0;
    int ring_count = 0;
    for (int point = 0; point < measured_count; ++point) {
        farthest_deg = fmax(farthest_deg, sign * direction_elevation_deg(hrtf->points[point]));
    }
    if (farthest_deg >= closed_elevation_deg) {
        return;
    }
    const int pole = hrtf->point_count++;
    hrtf->points[pole] = (Direction){0.0, 0.0, sign};
    for (int pass = 0; pass < 2; ++pass) { /* counts, then adds */
        const double share = ring_count ? 1.0 / ring_count : 0.0;
        for (int point = 0; point < measured_count; ++point) {
            const double height_deg = sign * direction_elevation_deg(hrtf->points[point]);
            if (height_deg < farthest_deg - ring_width_deg) {
                continue;
            }
            ring_count += pass == 0;
            add_floats(&spectra->logs[(size_t)point * PAIR_BINS], share,
                       &spectra->logs[(size_t)pole * PAIR_BINS], PAIR_BINS);
            for (int ear = 0; ear < EAR_COUNT; ++ear) {
                spectra->onsets_samples[EAR_COUNT * pole + ear] +=
                    share * spectra->onsets_samples[EAR_COUNT * point + ear];
            }
        }
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

/* Solid angle of a spherical triangle: van Oosterom and Strackee 1983. */
static double solid_angle(const HrtfSet *hrtf, const HullTriangle *triangle) {
    const Direction a = hrtf->points[triangle->corner[0]];
    const Direction b = hrtf->points[triangle->corner[1]];
    const Direction c = hrtf->points[triangle->corner[2]];
    const double above = direction_dot(a, direction_cross(b, c));
    const double below = 1.0 + direction_dot(a, b) + direction_dot(b, c) + direction_dot(c, a);
    return 2.0 * exact_atan2(fabs(above), below);
}

/* Shares of the sphere, sum 1: every triangle is divided among its corners. */
static double *point_weights(const HrtfSet *hrtf, Arena *arena) {
    double *const weights = arena_array(arena, (size_t)hrtf->point_count, sizeof *weights);
    double sum = 0.0;
    for (int index = 0; index < hrtf->hull.triangle_count; ++index) {
        const HullTriangle *const triangle = &hrtf->hull.triangles[index];
        const double share = solid_angle(hrtf, triangle);
        for (int corner = 0; corner < 3; ++corner) {
            weights[triangle->corner[corner]] += share;
            sum += share;
        }
    }
    for (int point = 0; point < hrtf->point_count; ++point) {
        weights[point] /= sum;
    }
    return weights;
}

/* From magnitudes back to responses. */
static Status
write_responses(HrtfSet *hrtf, const HrirSpectra *spectra, Arena *arena, ErrorList *errors) {
    Arena *scratch = arena_create();
    MinimumPhase *phase = NULL;
    const int response_count = hrtf->point_count * EAR_COUNT;
    hrtf->tap_count = spectra->tap_count;
    hrtf->aligned_samples = spectra->length_samples;
    hrtf->aligned = arena_array(arena, (size_t)response_count * (size_t)hrtf->aligned_samples,
                                sizeof *hrtf->aligned);
    hrtf->onsets_samples = arena_array(arena, (size_t)response_count, sizeof *hrtf->onsets_samples);
    memcpy(hrtf->onsets_samples, spectra->onsets_samples,
           (size_t)response_count * sizeof *hrtf->onsets_samples);
    const Status status = minimum_phase_create(scratch, &phase, errors);
    for (int response = 0; status == DONE && response < response_count; ++response) {
        hrir_write(spectra, phase, &spectra->logs[(size_t)response * PHASE_BINS],
                   &hrtf->aligned[(size_t)response * (size_t)hrtf->aligned_samples]);
    }
    minimum_phase_destroy(&phase);
    arena_destroy(&scratch);
    return status;
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

int hrtf_tap_count(const HrtfSet *hrtf) {
    return hrtf->tap_count;
}

double hrtf_level_offset_db(const HrtfSet *hrtf) {
    return hrtf->level_offset_db;
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

/* Points, triangles and equalized responses; the level is still that of the diffuse field. */
static Status
make_set(const HrirGrid *grid, int rate_hz, Arena *arenas[2], HrtfSet *set, ErrorList *errors) {
    Arena *const arena = arenas[0];
    Arena *const scratch = arenas[1];
    HrirSpectra spectra;
    TRY(hrirs_measure(grid, rate_hz, scratch, &spectra, errors));
    set->point_count = grid->count;
    set->points = arena_array(arena, (size_t)grid->count + HRIR_POLES, sizeof(Direction));
    memcpy(set->points, grid->directions, (size_t)grid->count * sizeof(Direction));
    close_pole(set, &spectra, grid->count, -1.0);
    close_pole(set, &spectra, grid->count, 1.0);
    TRY(make_triangles(set, arena, errors));
    const double *const weights = point_weights(set, scratch);
    TRY(hrirs_equalize(&spectra, weights, set->point_count, rate_hz, errors));
    return write_responses(set, &spectra, arena, errors);
}

/* Front pink noise becomes as loud as between two loudspeakers. */
static Status level_set(HrtfSet *set, int rate_hz, Arena *scratch, ErrorList *errors) {
    double level_lu = 0.0;
    float *const pair = arena_array(scratch, EAR_COUNT * (size_t)set->tap_count, sizeof *pair);
    hrtf_respond(set, (Direction){1.0, 0.0, 0.0}, pair);
    TRY(binaural_level_lu(pair, set->tap_count, rate_hz, &level_lu, errors));
    const size_t count = (size_t)set->point_count * EAR_COUNT * (size_t)set->aligned_samples;
    const double gain = gain_from_db(-level_lu);
    for (size_t sample = 0; sample < count; ++sample) {
        set->aligned[sample] *= gain;
    }
    set->level_offset_db = -level_lu;
    return DONE;
}

Status
hrtf_create(const HrirGrid *grid, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors) {
    HrtfSet *const set = arena_alloc(arena, sizeof *set);
    Arena *scratch = arena_create();
    Status status = make_set(grid, rate_hz, (Arena *[]){arena, scratch}, set, errors);
    status = status ? status : level_set(set, rate_hz, scratch, errors);
    arena_destroy(&scratch);
    *hrtf = set;
    return status;
}

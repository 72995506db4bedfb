/* Grid, gaps and interpolation error of a set of head-related responses. */
#include "spatial/hrtf_report.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/minimum_phase.h"
#include "spatial/hrtf.h"
#include "spatial/hull.h"

/* Above 5 kHz pinnae tell elevations apart; there interpolation errs first. */
static const double lowest_hz = 5000.0;
static const double highest_hz = 16000.0;
static const double twelfth_octave = 1.05946309435929526; /* 2^(1/12): half of a sixth */
/* One direction in seven: few enough that its neighbours are there, many enough for a mean. */
enum { STRIDE = 7, FIRST_LEFT_OUT = 3, FEWEST_LEFT_OUT = 2 };

/* The full set and the one that has to do without every 7th direction. */
typedef struct Comparison {
    const HrirGrid *grid;
    HrtfSet *full, *rest;
    MinimumPhase *phase;
    float *pair;    /* [EAR_COUNT][taps] */
    double *wide;   /* [taps] */
    float *logs[2]; /* [PHASE_BINS] */
} Comparison;

static double half_degree(double angle_deg) {
    return rint(2.0 * angle_deg) / 2.0;
}

static void measure_rings(const HrirGrid *grid, HrtfReport *report) {
    enum { HALF_DEGREES = 361 };
    bool is_ring[HALF_DEGREES] = {false};
    report->lowest_deg = 90.0;
    report->highest_deg = -90.0;
    for (int point = 0; point < grid->count; ++point) {
        const double elevation_deg = half_degree(direction_elevation_deg(grid->directions[point]));
        is_ring[(int)(2.0 * elevation_deg) + HALF_DEGREES / 2] = true;
        report->lowest_deg = fmin(report->lowest_deg, elevation_deg);
        report->highest_deg = fmax(report->highest_deg, elevation_deg);
    }
    for (int step = 0; step < HALF_DEGREES; ++step) {
        report->ring_count += is_ring[step];
    }
}

/* No measurement lies in the circle around a triangle of the hull: its centre is the direction
 * farthest from all of them. */
static Status
measure_gap(const HrirGrid *grid, Arena *arena, HrtfReport *report, ErrorList *errors) {
    const Hull hull = hull_of(grid->directions, grid->count, arena);
    if (hull.triangle_count == 0) {
        return fail(errors, E421, NO_PLACE, "the %d directions of the SOFA file lie in one plane",
                    grid->count);
    }
    report->gap_deg = -1.0;
    for (int index = 0; index < hull.triangle_count; ++index) {
        const HullTriangle *const triangle = &hull.triangles[index];
        const double gap_deg = deg_from_rad(exact_acos(triangle->offset));
        if (gap_deg > report->gap_deg) {
            report->gap_deg = gap_deg;
            report->gap_azimuth_deg = direction_azimuth_deg(triangle->normal);
            report->gap_elevation_deg = direction_elevation_deg(triangle->normal);
        }
    }
    return DONE;
}

static bool is_left_out(int point) {
    return point % STRIDE == FIRST_LEFT_OUT;
}

static HrirGrid leave_out(const HrirGrid *grid, Arena *arena) {
    const size_t count = (size_t)grid->count;
    const size_t pair_samples = (size_t)EAR_COUNT * (size_t)grid->length_samples;
    Direction *const directions = arena_array(arena, count, sizeof *directions);
    float *const samples = arena_array(arena, count * pair_samples, sizeof *samples);
    double *const delays = arena_array(arena, count * EAR_COUNT, sizeof *delays);
    HrirGrid rest = {directions, samples, delays, 0, grid->length_samples, grid->rate_hz};
    for (size_t point = 0; point < count; ++point) {
        if (is_left_out((int)point)) {
            continue;
        }
        const size_t to = (size_t)rest.count++;
        directions[to] = grid->directions[point];
        memcpy(&samples[to * pair_samples], &grid->samples[point * pair_samples],
               pair_samples * sizeof *samples);
        memcpy(&delays[to * EAR_COUNT], &grid->delays_samples[point * EAR_COUNT],
               EAR_COUNT * sizeof *delays);
    }
    return rest;
}

static void read_ear(const Comparison *comparison, const HrtfSet *hrtf, Direction at, float *logs) {
    const int taps = hrtf_tap_count(hrtf);
    const int nearer_ear = at.y >= 0.0 ? 0 : 1;
    hrtf_respond(hrtf, at, comparison->pair);
    for (int tap = 0; tap < taps; ++tap) {
        comparison->wide[tap] = (double)comparison->pair[nearer_ear * taps + tap];
    }
    minimum_phase_read(comparison->phase, comparison->wide, taps, logs);
}

/* Power of the bins in 1/6 octave around a frequency, in dB but for a constant. */
static double sixth_db(const float *logs, double centre_hz, int rate_hz) {
    const double centre_bin = centre_hz / rate_hz * PHASE_SIZE;
    double power = 0.0;
    for (int bin = (int)ceil(centre_bin / twelfth_octave); bin <= centre_bin * twelfth_octave;
         ++bin) {
        power += exact_exp(2.0 * (double)logs[bin]);
    }
    return db_from_gain(sqrt(power));
}

/* Mean of |dB| at one direction. */
static double direction_error_db(const Comparison *comparison, Direction at) {
    const int rate_hz = comparison->grid->rate_hz;
    double centre_hz = lowest_hz;
    double sum_db = 0.0;
    int band_count = 0;
    read_ear(comparison, comparison->full, at, comparison->logs[0]);
    read_ear(comparison, comparison->rest, at, comparison->logs[1]);
    while (centre_hz <= fmin(highest_hz, 0.45 * rate_hz)) {
        sum_db += fabs(sixth_db(comparison->logs[1], centre_hz, rate_hz) -
                       sixth_db(comparison->logs[0], centre_hz, rate_hz));
        centre_hz *= twelfth_octave * twelfth_octave;
        ++band_count;
    }
    return band_count ? sum_db / band_count : 0.0;
}

static double direction_error_us(const Comparison *comparison, Direction at) {
    double full[EAR_COUNT];
    double rest[EAR_COUNT];
    hrtf_onsets(comparison->full, at, full);
    hrtf_onsets(comparison->rest, at, rest);
    return 1e6 / comparison->grid->rate_hz * fabs((full[1] - full[0]) - (rest[1] - rest[0]));
}

static void compare(const Comparison *comparison, HrtfReport *report) {
    for (int point = FIRST_LEFT_OUT; point < comparison->grid->count; point += STRIDE) {
        const Direction at = comparison->grid->directions[point];
        report->error_db += direction_error_db(comparison, at);
        report->itd_error_us += direction_error_us(comparison, at);
        ++report->left_out_count;
    }
    report->error_db /= report->left_out_count;
    report->itd_error_us /= report->left_out_count;
    report->has_errors = true;
}

/* What is left may surround the listener no longer: then nothing can be said, which is no error. */
static Status
measure_errors(Comparison *comparison, Arena *arena, HrtfReport *report, ErrorList *errors) {
    const HrirGrid rest = leave_out(comparison->grid, arena);
    if (comparison->grid->count - rest.count < FEWEST_LEFT_OUT ||
        hrtf_create(&rest, rest.rate_hz, arena, &comparison->rest, errors_create(arena)) != DONE) {
        return DONE;
    }
    const int taps = hrtf_tap_count(comparison->full) > hrtf_tap_count(comparison->rest)
                         ? hrtf_tap_count(comparison->full)
                         : hrtf_tap_count(comparison->rest);
    comparison->pair = arena_array(arena, EAR_COUNT * (size_t)taps, sizeof(float));
    comparison->wide = arena_array(arena, (size_t)taps, sizeof(double));
    comparison->logs[0] = arena_array(arena, PHASE_BINS, sizeof(float));
    comparison->logs[1] = arena_array(arena, PHASE_BINS, sizeof(float));
    const Status status = minimum_phase_create(arena, &comparison->phase, errors);
    if (status == DONE) {
        compare(comparison, report);
    }
    minimum_phase_destroy(&comparison->phase);
    return status;
}

static Status
make_report(const HrirGrid *grid, Arena *arena, HrtfReport *report, ErrorList *errors) {
    Comparison comparison = {.grid = grid};
    measure_rings(grid, report);
    TRY(measure_gap(grid, arena, report, errors));
    TRY(hrtf_create(grid, grid->rate_hz, arena, &comparison.full, errors));
    report->tap_count = hrtf_tap_count(comparison.full);
    report->level_offset_db = hrtf_level_offset_db(comparison.full);
    return measure_errors(&comparison, arena, report, errors);
}

Status hrtf_report(const HrirGrid *grid, HrtfReport *report, ErrorList *errors) {
    Arena *arena = arena_create();
    *report = (HrtfReport){0};
    const Status status = make_report(grid, arena, report, errors);
    arena_destroy(&arena);
    return status;
}

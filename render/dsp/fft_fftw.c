/* The transforms by FFTW, planned so that every run gives the same bits. */
#include <fftw3.h>
#include <string.h>

#include "render/dsp/convolver_kernels.h"
#include "render/dsp/fft.h"
#include "render/dsp/fft_methods.h"
#include "render/dsp/lane_fft.h"

/* Plans are made on buffers of the arena: ESTIMATE looks at their alignment only. What earlier
 * plans taught FFTW is forgotten first: a plan follows from its size, not from what this rank did
 * before.
 */
typedef struct FftwPlans {
    int size;
    fftwf_plan forward, inverse;
    float *rows; /* lanes: [FFT_LANES][row_floats] */
    size_t row_floats;
    const ConvolverKernels *kernels;
    int portion_bins;    /* points of a row; size, or what our passes leave of it */
    const LaneFft *ends; /* passes beside the library's; NULL: it makes all of them */
    int *positions;      /* of portions: [bin % portion count]; NULL: one */
} FftwPlans;

static void fftw_release(void *self) {
    FftwPlans *plans = self;
    if (plans->forward) {
        fftwf_destroy_plan(plans->forward);
    }
    if (plans->inverse) {
        fftwf_destroy_plan(plans->inverse);
    }
}

static Status check_plans(const FftwPlans *plans, ErrorList *errors) {
    if (!plans->forward || !plans->inverse) {
        return fail(errors, E515, NO_PLACE, "no memory for a transform of %d samples", plans->size);
    }
    return DONE;
}

static Status real_create(int size, Arena *arena, void **self, ErrorList *errors) {
    FftwPlans *plans = arena_alloc(arena, sizeof *plans);
    float *samples = arena_array(arena, (size_t)size, sizeof *samples);
    float *spectrum = arena_array(arena, (size_t)size + 2, sizeof *spectrum);
    fftwf_complex *bins = (fftwf_complex *)spectrum;
    *self = plans;
    plans->size = size;
    fftwf_forget_wisdom();
    plans->forward =
        fftwf_plan_dft_r2c_1d(size, samples, bins, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    plans->inverse = fftwf_plan_dft_c2r_1d(size, bins, samples, FFTW_ESTIMATE);
    return check_plans(plans, errors);
}

/* FFTW's interface lacks const; this plan keeps its input. */
static void real_forward(const void *self, const float *samples, float *spectrum) {
    const FftwPlans *plans = self;
    fftwf_execute_dft_r2c(plans->forward, (float *)samples, (fftwf_complex *)spectrum);
}

static void real_inverse(const void *self, float *spectrum, float *samples) {
    const FftwPlans *plans = self;
    fftwf_execute_dft_c2r(plans->inverse, (fftwf_complex *)spectrum, samples);
}

/* What ESTIMATE plans above this size takes up to three times as long a point (FFTW 3.3.10: 0.9 ns
 * at 4096, 3.0 at 16384): longest passes of ours leave transforms of at most so many points. */
enum { LARGEST_PLANNED = 4096 };

static void part_size(FftwPlans *plans, Arena *arena) {
    plans->portion_bins = plans->size;
    if (plans->size > LARGEST_PLANNED) {
        plans->ends = lane_fft_create(plans->size, arena);
        plans->portion_bins = lane_fft_portion_bins(plans->ends);
        const int portion_count = plans->size / plans->portion_bins;
        plans->positions = arena_array(arena, (size_t)portion_count, sizeof *plans->positions);
        for (int bin = 0; bin < portion_count; bin++) {
            plans->positions[bin] = lane_fft_position(plans->ends, bin);
        }
    }
}

/* A row for each lane; 16 floats more than a power of two, so that eight rows do not fall on the
 * same lines of a cache. */
static Status lanes_create(int size, Arena *arena, void **self, ErrorList *errors) {
    FftwPlans *plans = arena_alloc(arena, sizeof *plans);
    *self = plans;
    plans->size = size;
    part_size(plans, arena);
    const int points = plans->portion_bins;
    plans->kernels = convolver_kernels_at(cpu_level_choose());
    plans->row_floats = 2 * (size_t)points + FFT_BIN_FLOATS;
    plans->rows = arena_array(arena, FFT_LANES * plans->row_floats, sizeof *plans->rows);
    fftwf_complex *row = (fftwf_complex *)plans->rows;
    fftwf_forget_wisdom();
    plans->forward = fftwf_plan_dft_1d(points, row, row, FFTW_FORWARD, FFTW_ESTIMATE);
    plans->inverse = fftwf_plan_dft_1d(points, row, row, FFTW_BACKWARD, FFTW_ESTIMATE);
    return check_plans(plans, errors);
}

static void transform_portions(const FftwPlans *plans, fftwf_plan plan, float *bins) {
    const int count = plans->portion_bins;
    const ptrdiff_t row_floats = (ptrdiff_t)plans->row_floats;
    for (int first = 0; first < plans->size; first += count) {
        float *portion = bins + (ptrdiff_t)first * FFT_BIN_FLOATS;
        plans->kernels->part_lanes(portion, count, plans->rows, row_floats);
        for (ptrdiff_t lane = 0; lane < FFT_LANES; lane++) {
            fftwf_complex *row = (fftwf_complex *)(plans->rows + lane * row_floats);
            fftwf_execute_dft(plan, row, row);
        }
        plans->kernels->join_lanes(plans->rows, row_floats, count, portion);
    }
}

static void lanes_forward(const void *self, float *bins) {
    const FftwPlans *plans = self;
    if (plans->ends) {
        lane_fft_forward_first(plans->ends, bins);
    }
    transform_portions(plans, plans->forward, bins);
}

static void lanes_inverse(const void *self, float *bins) {
    const FftwPlans *plans = self;
    transform_portions(plans, plans->inverse, bins);
    if (plans->ends) {
        lane_fft_inverse_last(plans->ends, bins);
    }
}

static FftLanesParts lanes_parts(const void *self) {
    const FftwPlans *plans = self;
    return (FftLanesParts){.portion_bins = plans->size,
                           .range_samples = plans->ends ? plans->portion_bins : plans->size / 2};
}

/* One portion of the caller's: smaller ones would have to fit those of half the size. */
static void lanes_inverse_portion(const void *self, float *bins, int first) {
    (void)first;
    const FftwPlans *plans = self;
    transform_portions(plans, plans->inverse, bins);
}

static void
lanes_inverse_half(const void *self, const float *bins, int at, int count, float *tile) {
    const FftwPlans *plans = self;
    if (plans->ends) {
        lane_fft_inverse_last_half(plans->ends, bins, at, count, tile);
    } else {
        memcpy(tile, bins + (ptrdiff_t)(plans->size / 2 + at) * FFT_BIN_FLOATS,
               (size_t)count * FFT_BIN_FLOATS * sizeof *tile);
    }
}

static int lanes_position(const void *self, int bin) {
    const FftwPlans *plans = self;
    const int portion_count = plans->size / plans->portion_bins;
    return plans->positions ? plans->positions[bin % portion_count] + bin / portion_count : bin;
}

static void lanes_positions(const void *self, int *positions) {
    const FftwPlans *plans = self;
    for (int bin = 0; bin < plans->size; bin++) {
        positions[bin] = lanes_position(self, bin);
    }
}

const RealMethods fft_fftw_real = {
    {real_create, fftw_release},
    real_forward, real_inverse
};
const LanesMethods fft_fftw_lanes = {
    {lanes_create, fftw_release},
    lanes_forward,  lanes_inverse,  lanes_parts,
    lanes_inverse_portion,

    lanes_inverse_half,           lanes_position, lanes_positions
};

const char *fft_library_version(void) {
    return fftwf_version;
}

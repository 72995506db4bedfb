/* The transforms by FFTW, planned so that every run gives the same bits. */
#include <fftw3.h>

#include "render/dsp/convolver_kernels.h"
#include "render/dsp/fft.h"
#include "render/dsp/fft_methods.h"

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

/* A row for each lane; 16 floats more than a power of two, so that eight rows do not fall on the
 * same lines of a cache. */
static Status lanes_create(int size, Arena *arena, void **self, ErrorList *errors) {
    FftwPlans *plans = arena_alloc(arena, sizeof *plans);
    *self = plans;
    plans->size = size;
    plans->kernels = convolver_kernels_at(cpu_level_choose());
    plans->row_floats = 2 * (size_t)size + FFT_BIN_FLOATS;
    plans->rows = arena_array(arena, FFT_LANES * plans->row_floats, sizeof *plans->rows);
    fftwf_complex *row = (fftwf_complex *)plans->rows;
    fftwf_forget_wisdom();
    plans->forward = fftwf_plan_dft_1d(size, row, row, FFTW_FORWARD, FFTW_ESTIMATE);
    plans->inverse = fftwf_plan_dft_1d(size, row, row, FFTW_BACKWARD, FFTW_ESTIMATE);
    return check_plans(plans, errors);
}

static void transform_rows(const FftwPlans *plans, fftwf_plan plan, const float *bins) {
    plans->kernels->part_lanes(bins, plans->size, plans->rows, (ptrdiff_t)plans->row_floats);
    for (size_t lane = 0; lane < FFT_LANES; lane++) {
        fftwf_complex *row = (fftwf_complex *)(plans->rows + lane * plans->row_floats);
        fftwf_execute_dft(plan, row, row);
    }
}

static void join_rows(const FftwPlans *plans, int first, int count, float *bins) {
    plans->kernels->join_lanes(plans->rows + (ptrdiff_t)2 * first, (ptrdiff_t)plans->row_floats,
                               count, bins);
}

static void lanes_forward(const void *self, float *bins) {
    const FftwPlans *plans = self;
    transform_rows(plans, plans->forward, bins);
    join_rows(plans, 0, plans->size, bins);
}

static void lanes_inverse(const void *self, float *bins) {
    const FftwPlans *plans = self;
    transform_rows(plans, plans->inverse, bins);
    join_rows(plans, 0, plans->size, bins);
}

/* All bins are one portion: the library makes no parts of a transform. */
static FftLanesParts lanes_parts(const void *self) {
    const FftwPlans *plans = self;
    return (FftLanesParts){plans->size, plans->size / 2};
}

// NOLINTNEXTLINE(readability-non-const-parameter): another engine writes there
static void lanes_inverse_portion(const void *self, float *bins, int first) {
    (void)self;
    (void)bins;
    (void)first;
}

/* The samples stay in the rows. */
static void lanes_inverse_rest(const void *self, const float *bins) {
    const FftwPlans *plans = self;
    transform_rows(plans, plans->inverse, bins);
}

static void
lanes_inverse_half(const void *self, const float *bins, int at, int count, float *tile) {
    (void)bins;
    const FftwPlans *plans = self;
    join_rows(plans, plans->size / 2 + at, count, tile);
}

static int lanes_position(const void *self, int bin) {
    (void)self;
    return bin;
}

static void lanes_positions(const void *self, int *positions) {
    const FftwPlans *plans = self;
    for (int bin = 0; bin < plans->size; bin++) {
        positions[bin] = bin;
    }
}

const RealMethods fft_fftw_real = {
    {real_create, fftw_release},
    real_forward, real_inverse
};
const LanesMethods fft_fftw_lanes = {
    {lanes_create, fftw_release},
    lanes_forward,
    lanes_inverse,
    lanes_parts,
    lanes_inverse_portion,
    lanes_inverse_rest,
    lanes_inverse_half,
    lanes_position,
    lanes_positions
};

const char *fft_library_version(void) {
    return fftwf_version;
}

/* The transforms by the lane transform; a single real one goes through one lane of eight.
 *
 * A real signal of N samples is the complex one of its even and odd samples, of N / 2, and a step
 * that parts the two (Oppenheim and Schafer, Discrete-Time Signal Processing, 3rd ed., problem
 * 8.33). Where N / 2 is no power of two, or too small for the lanes, the chirp transform gets there
 * by a convolution (Bluestein 1970).
 */
#include <assert.h>
#include <string.h>

#include "render/base/exact_math.h"
#include "render/base/units.h"
#include "render/dsp/fft.h"
#include "render/dsp/fft_methods.h"
#include "render/dsp/lane_fft.h"

_Static_assert((int)FFT_LANES == (int)LANE_FFT_LANES, "bins have the same shape");

typedef struct EightLanes {
    const LaneFft *fft;
} EightLanes;

static Status lanes_create(int size, Arena *arena, void **self, ErrorList *errors) {
    (void)errors;
    EightLanes *lanes = arena_alloc(arena, sizeof *lanes);
    lanes->fft = lane_fft_create(size, arena);
    *self = lanes;
    return DONE;
}

static const LaneFft *lanes_of(const void *self) {
    return ((const EightLanes *)self)->fft;
}

static void lanes_forward(const void *self, float *bins) {
    lane_fft_forward(lanes_of(self), bins);
}

static void lanes_inverse(const void *self, float *bins) {
    lane_fft_inverse(lanes_of(self), bins);
}

static FftLanesParts lanes_parts(const void *self) {
    const int portion_bins = lane_fft_portion_bins(lanes_of(self));
    return (FftLanesParts){portion_bins, portion_bins};
}

static void lanes_inverse_portion(const void *self, float *bins, int first) {
    lane_fft_inverse_portion(lanes_of(self), bins, first);
}

static void
lanes_inverse_half(const void *self, const float *bins, int at, int count, float *tile) {
    lane_fft_inverse_half(lanes_of(self), bins, at, count, tile);
}

static int lanes_position(const void *self, int bin) {
    return lane_fft_position(lanes_of(self), bin);
}

static void lanes_positions(const void *self, int *positions) {
    lane_fft_positions(lanes_of(self), positions);
}

typedef struct RealFft {
    int half_size;      /* of the signal: points of the complex transform */
    int lane_size;      /* half_size, or what the chirp convolution needs */
    const LaneFft *fft; /* of lane_size */
    int *positions;     /* [lane_size] floats from the first bin to this one */
    float *bins;        /* [lane_size][re, im][8], lane 0 is ours */
    float *points;      /* [half_size][re, im] */
    float *turns;       /* [half_size + 1][re, im]: exp(-i pi k / half_size) */
    float *chirp;       /* [half_size][re, im]: exp(-i pi k^2 / half_size); NULL: no chirp */
    float *chirp_bins;  /* [lane_size][re, im]: spectrum of its inverse, over lane_size */
} RealFft;

/* exp(-i pi numerator / denominator) */
static void set_turn(float *turn, int64_t numerator, int denominator) {
    const double angle_rad = -pi * (double)(numerator % (2 * (int64_t)denominator)) / denominator;
    turn[0] = (float)exact_cos(angle_rad);
    turn[1] = (float)exact_sin(angle_rad);
}

static void clear_bins(const RealFft *real) {
    memset(real->bins, 0, (size_t)real->lane_size * FFT_BIN_FLOATS * sizeof *real->bins);
}

static void set_bin(const RealFft *real, size_t at, float re, float im) {
    real->bins[at] = re;
    real->bins[at + FFT_LANES] = im;
}

static size_t sample_at(int sample) {
    return (size_t)sample * FFT_BIN_FLOATS;
}

static void make_chirp(RealFft *real, Arena *arena) {
    real->chirp = arena_array(arena, (size_t)real->half_size, 2 * sizeof(float));
    real->chirp_bins = arena_array(arena, (size_t)real->lane_size, 2 * sizeof(float));
    for (int k = 0; k < real->half_size; k++) {
        float *w = real->chirp + (ptrdiff_t)2 * k;
        set_turn(w, (int64_t)k * k, real->half_size);
        set_bin(real, sample_at(k), w[0], -w[1]);
        set_bin(real, sample_at(k > 0 ? real->lane_size - k : 0), w[0], -w[1]);
    }
    lane_fft_forward(real->fft, real->bins);
    const float scale = 1.0F / (float)real->lane_size;
    for (int bin = 0; bin < real->lane_size; bin++) {
        real->chirp_bins[2 * (size_t)bin] = real->bins[sample_at(bin)] * scale;
        real->chirp_bins[2 * (size_t)bin + 1] = real->bins[sample_at(bin) + FFT_LANES] * scale;
    }
}

static bool fits_lanes(int size) {
    return size >= LANE_FFT_SIZE_MIN && size <= LANE_FFT_SIZE_MAX && (size & (size - 1)) == 0;
}

static int find_lane_size(int half_size) {
    int size = LANE_FFT_SIZE_MIN;
    while (!fits_lanes(half_size) && size < 2 * half_size - 1) {
        size *= 2;
    }
    return fits_lanes(half_size) ? half_size : size;
}

static Status real_create(int size, Arena *arena, void **self, ErrorList *errors) {
    (void)errors;
    assert(size >= 2 && size % 2 == 0);
    RealFft *real = arena_alloc(arena, sizeof *real);
    real->half_size = size / 2;
    real->lane_size = find_lane_size(size / 2);
    assert(real->lane_size <= LANE_FFT_SIZE_MAX);
    real->fft = lane_fft_create(real->lane_size, arena);
    real->positions = arena_array(arena, (size_t)real->lane_size, sizeof *real->positions);
    lane_fft_positions(real->fft, real->positions);
    for (int bin = 0; bin < real->lane_size; bin++) {
        real->positions[bin] *= FFT_BIN_FLOATS;
    }
    real->bins = arena_array(arena, (size_t)real->lane_size, FFT_BIN_FLOATS * sizeof(float));
    real->points = arena_array(arena, (size_t)real->half_size, 2 * sizeof(float));
    real->turns = arena_array(arena, (size_t)real->half_size + 1, 2 * sizeof(float));
    for (int k = 0; k <= real->half_size; k++) {
        set_turn(real->turns + (ptrdiff_t)2 * k, k, real->half_size);
    }
    if (real->lane_size != real->half_size) {
        make_chirp(real, arena);
    }
    *self = real;
    return DONE;
}

/* points -> their transform, in order. */
static void transform_points(const RealFft *real) {
    for (int k = 0; k < real->half_size; k++) {
        const float *point = real->points + (ptrdiff_t)2 * k;
        set_bin(real, sample_at(k), point[0], point[1]);
    }
    lane_fft_forward(real->fft, real->bins);
    for (int k = 0; k < real->half_size; k++) {
        real->points[2 * (size_t)k] = real->bins[real->positions[k]];
        real->points[2 * (size_t)k + 1] = real->bins[real->positions[k] + FFT_LANES];
    }
}

/* bins times the chirp's; both are scrambled in the same way. */
static void multiply_bins(const RealFft *real) {
    for (int bin = 0; bin < real->lane_size; bin++) {
        const float *w = real->chirp_bins + (ptrdiff_t)2 * bin;
        const float *x = real->bins + sample_at(bin);
        set_bin(real, sample_at(bin), x[0] * w[0] - x[FFT_LANES] * w[1],
                x[0] * w[1] + x[FFT_LANES] * w[0]);
    }
}

/* points -> their transform: with nk = (n^2 + k^2 - (k - n)^2) / 2 it is a convolution. */
static void transform_points_by_chirp(const RealFft *real) {
    clear_bins(real);
    for (int k = 0; k < real->half_size; k++) {
        const float *x = real->points + (ptrdiff_t)2 * k;
        const float *w = real->chirp + (ptrdiff_t)2 * k;
        set_bin(real, sample_at(k), x[0] * w[0] - x[1] * w[1], x[0] * w[1] + x[1] * w[0]);
    }
    lane_fft_forward(real->fft, real->bins);
    multiply_bins(real);
    lane_fft_inverse(real->fft, real->bins);
    for (int k = 0; k < real->half_size; k++) {
        const float *x = real->bins + sample_at(k);
        const float *w = real->chirp + (ptrdiff_t)2 * k;
        real->points[2 * (size_t)k] = x[0] * w[0] - x[FFT_LANES] * w[1];
        real->points[2 * (size_t)k + 1] = x[0] * w[1] + x[FFT_LANES] * w[0];
    }
}

static void transform(const RealFft *real) {
    if (real->chirp) {
        transform_points_by_chirp(real);
    } else {
        transform_points(real);
    }
}

/* With Z the transform of even + i odd samples: X[k] = (Z[k] + Z*[-k]) / 2 + turn[k] (Z[k] -
 * Z*[-k]) / 2i. */
static void real_forward(const void *self, const float *samples, float *spectrum) {
    const RealFft *real = self;
    memcpy(real->points, samples, (size_t)real->half_size * 2 * sizeof *samples);
    transform(real);
    for (int k = 0; k <= real->half_size; k++) {
        const float *here = real->points + (ptrdiff_t)2 * (k % real->half_size);
        const float *mirror =
            real->points + (ptrdiff_t)2 * ((real->half_size - k) % real->half_size);
        const float *turn = real->turns + (ptrdiff_t)2 * k;
        const float odd_re = here[1] + mirror[1];
        const float odd_im = mirror[0] - here[0];
        spectrum[2 * (size_t)k] =
            0.5F * (here[0] + mirror[0] + (odd_re * turn[0] - odd_im * turn[1]));
        spectrum[2 * (size_t)k + 1] =
            0.5F * (here[1] - mirror[1] + (odd_re * turn[1] + odd_im * turn[0]));
    }
}

/* Z[k] = X[k] + X*[-k] + i turn*[k] (X[k] - X*[-k]); the inverse is the conjugate of the transform
 * of conjugates. */
static void real_inverse(const void *self, float *spectrum, float *samples) {
    const RealFft *real = self;
    spectrum[1] = 0;
    spectrum[2 * (size_t)real->half_size + 1] =
        0; /* both are real: what stands there is not read */
    for (int k = 0; k < real->half_size; k++) {
        const float *here = spectrum + (ptrdiff_t)2 * k;
        const float *mirror = spectrum + (ptrdiff_t)2 * (real->half_size - k);
        const float *turn = real->turns + (ptrdiff_t)2 * k;
        const float re = here[0] - mirror[0];
        const float im = here[1] + mirror[1];
        real->points[2 * (size_t)k] = here[0] + mirror[0] + (re * turn[1] - im * turn[0]);
        real->points[2 * (size_t)k + 1] = -(here[1] - mirror[1] + (re * turn[0] + im * turn[1]));
    }
    transform(real);
    for (int k = 0; k < real->half_size; k++) {
        samples[2 * (size_t)k] = real->points[2 * (size_t)k];
        samples[2 * (size_t)k + 1] = -real->points[2 * (size_t)k + 1];
    }
}

const RealMethods fft_lane_real = {
    {real_create, NULL},
    real_forward, real_inverse
};
const LanesMethods fft_lane_lanes = {
    {lanes_create, NULL},
    lanes_forward,      lanes_inverse,  lanes_parts,
    lanes_inverse_portion, lanes_inverse_half, lanes_position, lanes_positions
};

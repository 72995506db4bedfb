#ifndef RENDER_DSP_FFT_H
#define RENDER_DSP_FFT_H
/* Fourier transforms in single precision: two engines behind one door.
 *
 *     FftLanes *fft = NULL;
 *     TRY(fft_lanes_create(FFT_LANE, 4096, &fft, errors));
 *     fft_lanes_forward(fft, bins);
 *     multiply(bins, response, fft);        any product of bins at the same position
 *     fft_lanes_inverse(fft, bins);          4096 times the convolution
 *     fft_lanes_destroy(&fft);
 *
 * FFT_LANE is our own (lane_fft.h): the same bits on every CPU, and faster. FFT_FFTW is planned
 * with FFTW_ESTIMATE on buffers aligned to 64 bytes, one thread, no wisdom from outside: the same
 * bits in every run of one build of the library on CPUs that have AVX or that have not; of lanes of
 * more than 4096 points it makes portions, for which its plans are good, and the lane engine's
 * passes the rest. Every
 * buffer given must be aligned to 64 bytes too (an arena's blocks are). A transform has scratch of
 * its own: one call at a time.
 */
#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/model/fft_engine.h"

const char *fft_engine_name(FftEngine engine); /* "lane", "fftw" */
/* What its bits depend on ("lane 1", "fftw-3.3.10-sse2-avx"): it is in keys. */
const char *fft_engine_version(FftEngine engine);
const char *fft_library_version(void); /* of FFTW */

/* Eight complex transforms side by side, in place. bins: [size][re, im][FFT_LANES]. Lanes never
 * mix: a lane's bits do not depend on its neighbours or its place. Two real signals fit into one
 * lane, as its real and imaginary part; rounding leaks between the two (-140 dB), so a pair must
 * follow from the job and not from how the timeline was cut. */
enum { FFT_LANES = 8, FFT_BIN_FLOATS = 2 * FFT_LANES };
typedef struct FftLanes FftLanes;

/* size: a power of two, 256 .. 131072. E515 when the library has no memory left. */
Status fft_lanes_create(FftEngine engine, int size, FftLanes **fft, ErrorList *errors);
/* The same in the caller's arena; only what FFTW holds beside it waits for destroy. */
Status
fft_lanes_create_in(FftEngine engine, int size, Arena *arena, FftLanes **fft, ErrorList *errors);
void fft_lanes_destroy(FftLanes **fft);
/* Sum over samples n of bins[n] exp(-2 pi i k n / size); where bin k stands is the engine's affair:
 * it is the same in all spectra of one engine and size. */
void fft_lanes_forward(const FftLanes *fft, float *bins);
/* The way back, unnormalised: forward and inverse together multiply by size. */
void fft_lanes_inverse(const FftLanes *fft, float *bins);
/* The way back in parts, the same bits: portions of bins are inverted in any order, each as soon as
 * it is made, then the second half of the samples is taken (the first one is lost: overlap-save
 * throws it away). Of columns at .. at + count - 1, tile: [size / 2 / range][count][re, im][8],
 * samples size / 2 + index * range + at ... of each range. at, count: multiples of 8. */
typedef struct FftLanesParts {
    int portion_bins; /* bins portion * portion_bins ... */
    int range_samples;
} FftLanesParts;

FftLanesParts fft_lanes_parts(const FftLanes *fft);
void fft_lanes_inverse_portion(const FftLanes *fft, float *bins, int first);
void fft_lanes_inverse_half(const FftLanes *fft, const float *bins, int at, int count, float *tile);
int fft_lanes_position(const FftLanes *fft, int bin); /* where forward leaves bin 0 .. size - 1 */
void fft_lanes_positions(const FftLanes *fft, int *positions); /* of all bins: [size] */

/* One real transform, for tables and designs; the convolvers take eight at a time. */
typedef struct Fft Fft;

/* By the lane engine, so that tables have the same bits on every CPU. size: even, >= 2; a power of
 * two up to 262144, else up to 131072 and three times slower (Bluestein). */
Status fft_create(int size, Fft **fft, ErrorList *errors);
Status fft_create_by(FftEngine engine, int size, Fft **fft, ErrorList *errors);
void fft_destroy(Fft **fft);

/* samples: [size], kept; spectrum: [size + 2], real and imaginary part of bins 0 .. size / 2. */
void fft_forward(const Fft *fft, const float *samples, float *spectrum);
/* Unnormalised: forward and inverse together multiply by size. spectrum: [size + 2], destroyed
 * (keeping it would cost FFTW up to 40 %); samples: [size]. */
void fft_inverse(const Fft *fft, float *spectrum, float *samples);

#endif

#ifndef RENDER_DSP_LANE_FFT_H
#define RENDER_DSP_LANE_FFT_H
/* Eight complex Fourier transforms side by side, with the same bits on every CPU.
 *
 *     const LaneFft *fft = lane_fft_create(4096, arena);
 *     lane_fft_forward(fft, bins);
 *     multiply(bins, response, fft);        any product of bins at the same position
 *     lane_fft_inverse(fft, bins);          4096 times the convolution
 *
 * bins: [size][re, im][LANE_FFT_LANES], in place, aligned to 64 bytes (an arena's blocks are):
 * a bin of all lanes is one cache line. Lanes never mix. Forward leaves the bins scrambled and
 * inverse takes them so; lane_fft_position tells where one went. Two real signals fit into one
 * lane, as its real and imaginary part; rounding leaks between the two (never between lanes), so a
 * pair must follow from the job and not from how the timeline was cut.
 *
 * The factorisation, the order of operations and the tables follow from the size alone; the level
 * of the CPU chooses registers, never bits.
 */
#include "render/base/arena.h"
#include "render/dsp/cpu_level.h"

enum { LANE_FFT_LANES = 8, LANE_FFT_SIZE_MIN = 1 << 8, LANE_FFT_SIZE_MAX = 1 << 17 };

typedef struct LaneFft LaneFft;

/* size: a power of two, LANE_FFT_SIZE_MIN .. LANE_FFT_SIZE_MAX; tables take 8 bytes a bin.
 * At the level of cpu_level_choose. */
const LaneFft *lane_fft_create(int size, Arena *arena);
/* For tests and benchmarks. level: one that runs. */
const LaneFft *lane_fft_create_at_level(int size, CpuLevel level, Arena *arena);
CpuLevel lane_fft_level(const LaneFft *fft);

/* Sum over samples n of bins[n] exp(-2 pi i k n / size), bin k at lane_fft_position(fft, k). */
void lane_fft_forward(const LaneFft *fft, float *bins);
/* The way back, unnormalised: forward and inverse together multiply by size. */
void lane_fft_inverse(const LaneFft *fft, float *bins);
/* The way back in parts, for who makes bins while they are in cache and wants the second half of
 * the samples only: the same bits. All portions are inverted, in any order, then halves are taken:
 * of `count` columns from `at` on, tile: [size / 2 / portion][count][re, im][8], samples size / 2 +
 * range * portion + at ... of each range. bins are no spectrum any more. at, count: even. */
int lane_fft_portion_bins(const LaneFft *fft); /* size / 4 or size / 16 */
void lane_fft_inverse_portion(const LaneFft *fft, float *bins, int first);
void lane_fft_inverse_half(const LaneFft *fft, const float *bins, int at, int count, float *tile);
/* The same where another transform makes the portions, of lane_fft_portion_bins points each in
 * their natural order: what comes before it, what comes behind it. Portion p holds the bins that
 * lane_fft_position leaves there. */
void lane_fft_forward_first(const LaneFft *fft, float *bins);
void lane_fft_inverse_last(const LaneFft *fft, float *bins);
void lane_fft_inverse_last_half(
    const LaneFft *fft, const float *bins, int at, int count, float *tile);
/* Where forward leaves bin 0 .. size - 1: its digits in base 4 from behind, the last one in base 4
 * or 8. */
int lane_fft_position(const LaneFft *fft, int bin);
void lane_fft_positions(const LaneFft *fft, int *positions); /* of all bins: [size] */

#endif

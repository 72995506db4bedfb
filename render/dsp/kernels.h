#ifndef RENDER_DSP_KERNELS_H
#define RENDER_DSP_KERNELS_H
/* The inner loops of the convolvers, plain C that compilers vectorise.
 *
 * A grouped spectrum holds its bins in groups of 16: 16 real parts, then 16 imaginary parts, zeros
 * behind the last bin. Every bin is computed by itself in a fixed order of operations, so vector
 * width changes no bit. restrict: no two arguments of a call overlap.
 */

enum { GROUP_BINS = 16, GROUP_FLOATS = 2 * GROUP_BINS };

/* Groups that hold bins 0 .. block_samples (a transform of 2 * block_samples). */
static inline int spectrum_groups(int block_samples) {
    return block_samples / GROUP_BINS + 1;
}

/* interleaved: [2 * bin_count] re, im -> grouped, times scale. bin_count = 16 n + 1. */
void kernel_group(const float *restrict interleaved,
                  int bin_count,
                  float scale,
                  float *restrict grouped);
/* The way back. interleaved: [2 * bin_count] */
void kernel_ungroup(const float *restrict grouped, int bin_count, float *restrict interleaved);
/* sum += a[0] b[0] + a[1] b[1] + ..., one after the other; all grouped: [group_count * 32]. */
void kernel_multiply_add(const float *const *restrict a,
                         const float *const *restrict b,
                         int product_count,
                         int group_count,
                         float *restrict sum);

#endif

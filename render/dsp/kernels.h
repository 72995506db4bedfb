#ifndef RENDER_DSP_KERNELS_H
#define RENDER_DSP_KERNELS_H
/* The inner loop of the moving convolver, plain C that compilers vectorise.
 *
 * Every bin and lane is computed by itself in a fixed order of operations, so vector width changes
 * no bit. restrict: no two arguments of a call overlap.
 */

/* sum += source x filter. source: [bin_count][re, im][8], at the lane that counts; filter, sum:
 * [bin_count][re, im][8], all lanes. */
void kernel_add_product(const float *restrict source,
                        const float *restrict filter,
                        int bin_count,
                        float *restrict sum);

#endif

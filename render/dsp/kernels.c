/* The inner loops of the convolvers, built with -O3. */
#include "render/dsp/kernels.h"

#include <stddef.h>

void kernel_group(const float *restrict interleaved,
                  int bin_count,
                  float scale,
                  float *restrict grouped) {
    const size_t last = (size_t)bin_count - 1; /* alone in its group */
    for (size_t first = 0; first < last; first += GROUP_BINS) {
        const float *from = interleaved + 2 * first;
        float *to = grouped + 2 * first;
        for (size_t lane = 0; lane < GROUP_BINS; lane++) {
            to[lane] = from[2 * lane] * scale;
            to[GROUP_BINS + lane] = from[2 * lane + 1] * scale;
        }
    }
    for (size_t lane = 0; lane < GROUP_FLOATS; lane++) {
        grouped[2 * last + lane] = 0;
    }
    grouped[2 * last] = interleaved[2 * last] * scale;
    grouped[2 * last + GROUP_BINS] = interleaved[2 * last + 1] * scale;
}

void kernel_ungroup(const float *restrict grouped, int bin_count, float *restrict interleaved) {
    const size_t last = (size_t)bin_count - 1;
    for (size_t first = 0; first < last; first += GROUP_BINS) {
        const float *from = grouped + 2 * first;
        float *to = interleaved + 2 * first;
        for (size_t lane = 0; lane < GROUP_BINS; lane++) {
            to[2 * lane] = from[lane];
            to[2 * lane + 1] = from[GROUP_BINS + lane];
        }
    }
    interleaved[2 * last] = grouped[2 * last];
    interleaved[2 * last + 1] = grouped[2 * last + GROUP_BINS];
}

/* One group: the sums stay in registers over all products. */
static inline void multiply_add_group(const float *const *restrict a,
                                      const float *const *restrict b,
                                      int product_count,
                                      int offset,
                                      float *restrict sum) {
    float re[GROUP_BINS];
    float im[GROUP_BINS];
    for (int lane = 0; lane < GROUP_BINS; lane++) {
        re[lane] = sum[lane];
        im[lane] = sum[GROUP_BINS + lane];
    }
    for (int product = 0; product < product_count; product++) {
        const float *x = a[product] + offset;
        const float *h = b[product] + offset;
        for (int lane = 0; lane < GROUP_BINS; lane++) {
            re[lane] += x[lane] * h[lane] - x[GROUP_BINS + lane] * h[GROUP_BINS + lane];
            im[lane] += x[lane] * h[GROUP_BINS + lane] + x[GROUP_BINS + lane] * h[lane];
        }
    }
    for (int lane = 0; lane < GROUP_BINS; lane++) {
        sum[lane] = re[lane];
        sum[GROUP_BINS + lane] = im[lane];
    }
}

void kernel_multiply_add(const float *const *restrict a,
                         const float *const *restrict b,
                         int product_count,
                         int group_count,
                         float *restrict sum) {
    for (int group = 0; group < group_count; group++) {
        const int offset = group * GROUP_FLOATS;
        multiply_add_group(a, b, product_count, offset, sum + offset);
    }
}

/* The inner loop of the moving convolver, built with -O3. */
#include "render/dsp/kernels.h"

enum { LANES = 8, BIN_FLOATS = 2 * LANES };

void kernel_add_product(const float *restrict source,
                        const float *restrict filter,
                        int bin_count,
                        float *restrict sum) {
    for (int bin = 0; bin < bin_count; bin++) {
        const float re = source[0];
        const float im = source[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            const float a = filter[lane];
            const float b = filter[LANES + lane];
            sum[lane] += re * a - im * b;
            sum[LANES + lane] += re * b + im * a;
        }
        source += BIN_FLOATS;
        filter += BIN_FLOATS;
        sum += BIN_FLOATS;
    }
}

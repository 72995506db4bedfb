/* Gains at every level of the CPU: the same bits as the scalar ones, which are the plain formula.
 */
#include "render/dsp/gain_kernels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 131, GUARD = 8 };

static void fill(double *values, uint64_t seed) {
    for (int index = 0; index < MOST + GUARD; ++index) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        values[index] = (double)(int64_t)(seed >> 11) * 0x1p-53 - 0.5;
    }
}

static void every_level_gives_the_plain_formula(void **state) {
    (void)state;
    static const double line[3] = {0.125, 1.0 / 960.0, 17.0};
    static const double from_and_change[2] = {0.3, -0.7};
    double samples[MOST + GUARD];
    double start[MOST + GUARD];
    fill(samples, 1);
    fill(start, 2);
    for (int level = 0; level < CPU_LEVEL_COUNT; ++level) {
        for (int count = 0; cpu_level_runs((CpuLevel)level) && count <= MOST; ++count) {
            const GainKernels *const kernels = gain_kernels_at_level((CpuLevel)level);
            double rising[MOST + GUARD];
            double out[MOST + GUARD];
            memcpy(rising, start, sizeof rising);
            memcpy(out, start, sizeof out);
            kernels->ramp(samples, line, count, rising);
            kernels->add_ramped(samples, rising, from_and_change, count, out);
            kernels->add_scaled(samples, 1.7, count, out);
            for (int index = 0; index < MOST + GUARD; ++index) {
                const double ramp = samples[index] * (line[0] + line[1] * (line[2] + index));
                const double moved = start[index] + (0.3 * samples[index] + -0.7 * ramp);
                const double wanted = moved + 1.7 * samples[index];
                assert_true(rising[index] == (index < count ? ramp : start[index]));
                assert_true(out[index] == (index < count ? wanted : start[index]));
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_gives_the_plain_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

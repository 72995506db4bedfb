/* Whole channels added, compared and laid beside each other, by the kernels of this CPU. */
#include "render/dsp/planes.h"

#include "render/dsp/cpu_level.h"
#include "render/dsp/planes_kernels.h"

static const PlanesKernels *kernels(void) {
    static const PlanesKernels *const of_levels[CPU_LEVEL_COUNT] = {
        [CPU_SCALAR] = &planes_kernels_scalar,
        [CPU_BASELINE] = &planes_kernels_baseline,
#ifdef __x86_64__
        [CPU_X86_64_V3] = &planes_kernels_v3,
        [CPU_X86_64_V4] = &planes_kernels_v4,
#endif
    };
    return of_levels[cpu_level_choose()];
}

void planes_add(const double *restrict samples, int64_t count, double *restrict sum) {
    kernels()->add(samples, count, sum);
}

void planes_add_floats(const float *restrict samples,
                       double gain,
                       int64_t count,
                       double *restrict sum) {
    kernels()->add_floats(samples, gain, count, sum);
}

void planes_subtract_floats(const float *restrict samples,
                            int64_t count,
                            double *restrict difference) {
    kernels()->subtract_floats(samples, count, difference);
}

void planes_scale_floats(double gain, int64_t count, float *samples) {
    kernels()->scale_floats(gain, count, samples);
}

void planes_widen(const float *restrict samples, int64_t count, double *restrict wide) {
    kernels()->widen(samples, count, wide);
}

bool planes_are_finite(const float *samples, int64_t count) {
    return kernels()->are_finite(samples, count);
}

double planes_greatest(const double *samples, int64_t count) {
    return kernels()->greatest(samples, count);
}

void planes_heard(const double *restrict steps,
                  int64_t count,
                  double scale,
                  double *restrict levels) {
    kernels()->heard(steps, count, scale, levels);
}

void planes_heard_floats(const double *restrict values, int64_t count, double *restrict levels) {
    kernels()->heard_floats(values, count, levels);
}

int64_t planes_to_integers(const double *restrict steps,
                           int64_t count,
                           double scale,
                           int32_t *restrict integers) {
    return kernels()->to_integers(steps, count, scale, integers);
}

void planes_from_16(const unsigned char *restrict bytes, int64_t count, float *restrict samples) {
    kernels()->from_16(bytes, count, samples);
}

void planes_take(const float *restrict from, int64_t count, int width, float *restrict plane) {
    kernels()->take(from, count, width, plane);
}

void planes_place(const int32_t *restrict plane, int64_t count, int width, int32_t *restrict to) {
    kernels()->place(plane, count, width, to);
}

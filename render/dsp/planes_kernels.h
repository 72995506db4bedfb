#ifndef RENDER_DSP_PLANES_KERNELS_H
#define RENDER_DSP_PLANES_KERNELS_H
/* What planes.c hands to the kernels (planes.h says what each does). Inside render/dsp only. */
#include <stdbool.h>
#include <stdint.h>

typedef struct PlanesKernels {
    void (*add)(const double *restrict samples, int64_t count, double *restrict sum);
    void (*add_floats)(const float *restrict samples,
                       double gain,
                       int64_t count,
                       double *restrict sum);
    void (*subtract_floats)(const float *restrict samples,
                            int64_t count,
                            double *restrict difference);
    void (*scale_floats)(double gain, int64_t count, float *samples);
    void (*widen)(const float *restrict samples, int64_t count, double *restrict wide);
    bool (*are_finite)(const float *samples, int64_t count);
    double (*greatest)(const double *samples, int64_t count);
    void (*heard)(const double *restrict steps,
                  int64_t count,
                  double scale,
                  double *restrict levels);
    void (*heard_floats)(const double *restrict values, int64_t count, double *restrict levels);
    int64_t (*to_integers)(const double *restrict steps,
                           int64_t count,
                           double scale,
                           int32_t *restrict integers);
    void (*from_16)(const unsigned char *restrict bytes, int64_t count, float *restrict samples);
    void (*take)(const float *restrict from, int64_t count, int width, float *restrict plane);
    void (*place)(const int32_t *restrict plane, int64_t count, int width, int32_t *restrict to);
} PlanesKernels;

/* One object each, all from planes_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern const PlanesKernels planes_kernels_scalar;
extern const PlanesKernels planes_kernels_baseline;
extern const PlanesKernels planes_kernels_v3;
extern const PlanesKernels planes_kernels_v4;

#endif

#ifndef RENDER_DSP_EAR_KERNELS_LEVELS_H
#define RENDER_DSP_EAR_KERNELS_LEVELS_H
/* One object each, all from ear_kernels.c; the v3 and v4 ones exist on x86-64 only. Inside
 * render/dsp only. */
#include "render/dsp/ear_kernels.h"

extern const EarKernels ear_kernels_scalar;
extern const EarKernels ear_kernels_baseline;
extern const EarKernels ear_kernels_v3;
extern const EarKernels ear_kernels_v4;

#endif

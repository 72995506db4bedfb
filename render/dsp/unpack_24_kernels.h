#ifndef RENDER_DSP_UNPACK_24_KERNELS_H
#define RENDER_DSP_UNPACK_24_KERNELS_H
/* What unpack_24.c hands to the kernels. Inside render/dsp only. */
#include "render/dsp/unpack_24.h"

typedef void Unpack24Kernel(const unsigned char *bytes, size_t count, float *samples);

/* One object each, all from unpack_24_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern Unpack24Kernel *const unpack_24_kernels_scalar;
extern Unpack24Kernel *const unpack_24_kernels_baseline;
extern Unpack24Kernel *const unpack_24_kernels_v3;
extern Unpack24Kernel *const unpack_24_kernels_v4;

#endif

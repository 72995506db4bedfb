#ifndef RENDER_DSP_QUANTIZE_KERNELS_H
#define RENDER_DSP_QUANTIZE_KERNELS_H
/* What quantize.c hands to the kernels. Inside render/dsp only. */
#include "render/dsp/quantize.h"

typedef int64_t QuantizeKernel(const Quantizer *quantizer,
                               const QuantizerInput *input,
                               int64_t count,
                               double *steps);

/* One object each, all from quantize_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern QuantizeKernel *const quantize_kernels_scalar;
extern QuantizeKernel *const quantize_kernels_baseline;
extern QuantizeKernel *const quantize_kernels_v3;
extern QuantizeKernel *const quantize_kernels_v4;

#endif

/* The quantizer of the level that is asked for. */
#include "render/dsp/quantize.h"

#include <stddef.h>

#include "render/dsp/quantize_kernels.h"

int64_t
quantize(const Quantizer *quantizer, const QuantizerInput *input, int64_t count, double *steps) {
    QuantizeKernel *const kernels[CPU_LEVEL_COUNT] = {
        [CPU_SCALAR] = quantize_kernels_scalar,
        [CPU_BASELINE] = quantize_kernels_baseline,
#ifdef __x86_64__
        [CPU_X86_64_V3] = quantize_kernels_v3,
        [CPU_X86_64_V4] = quantize_kernels_v4,
#endif
    };
    return kernels[quantizer->level](quantizer, input, count, steps);
}

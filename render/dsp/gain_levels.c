/* The kernels of gains, by the level of the CPU. */
#include <stddef.h>

#include "render/dsp/gain_kernels.h"

static const GainKernels *const kernels[CPU_LEVEL_COUNT] = {
    [CPU_SCALAR] = &gain_kernels_scalar,
    [CPU_BASELINE] = &gain_kernels_baseline,
#ifdef __x86_64__
    [CPU_X86_64_V3] = &gain_kernels_v3,
    [CPU_X86_64_V4] = &gain_kernels_v4,
#endif
};

const GainKernels *gain_kernels_at_level(CpuLevel level) {
    return kernels[level];
}

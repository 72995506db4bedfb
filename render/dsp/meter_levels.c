/* The meter's kernels, by the level of the CPU. */
#include <stddef.h>

#include "render/dsp/meter_kernels.h"

static const MeterKernels *const kernels[CPU_LEVEL_COUNT] = {
    [CPU_SCALAR] = &meter_kernels_scalar,
    [CPU_BASELINE] = &meter_kernels_baseline,
#ifdef __x86_64__
    [CPU_X86_64_V3] = &meter_kernels_v3,
    [CPU_X86_64_V4] = &meter_kernels_v4,
#endif
};

const MeterKernels *meter_kernels_at_level(CpuLevel level) {
    return kernels[level];
}

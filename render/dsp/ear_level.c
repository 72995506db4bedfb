/* Which of the ear kernels a level of the CPU has. */
#include <stddef.h>

#include "render/dsp/ear_kernels_levels.h"

static const EarKernels *const kernels[CPU_LEVEL_COUNT] = {
    [CPU_SCALAR] = &ear_kernels_scalar,
    [CPU_BASELINE] = &ear_kernels_baseline,
#ifdef __x86_64__
    [CPU_X86_64_V3] = &ear_kernels_v3,
    [CPU_X86_64_V4] = &ear_kernels_v4,
#else
    [CPU_X86_64_V3] = NULL,
    [CPU_X86_64_V4] = NULL,
#endif
};

const EarKernels *ear_kernels_at_level(CpuLevel level) {
    return kernels[level];
}

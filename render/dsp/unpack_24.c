/* The kernel of the level that is asked for. */
#include "render/dsp/unpack_24.h"

#include "render/dsp/unpack_24_kernels.h"

void unpack_24(CpuLevel level, const unsigned char *bytes, size_t count, float *samples) {
    Unpack24Kernel *const kernels[CPU_LEVEL_COUNT] = {
        [CPU_SCALAR] = unpack_24_kernels_scalar,
        [CPU_BASELINE] = unpack_24_kernels_baseline,
#ifdef __x86_64__
        [CPU_X86_64_V3] = unpack_24_kernels_v3,
        [CPU_X86_64_V4] = unpack_24_kernels_v4,
#endif
    };
    kernels[level](bytes, count, samples);
}

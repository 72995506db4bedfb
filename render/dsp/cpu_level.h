#ifndef RENDER_DSP_CPU_LEVEL_H
#define RENDER_DSP_CPU_LEVEL_H
/* Which registers this CPU has: kernels are built once per level and chosen at run time.
 *
 * A kernel source is compiled for every level (CMakeLists.txt, kernel_levels), with KERNEL_TABLE
 * the name of its table and KERNEL_WIDTH the floats of a register. The level never changes a bit:
 * the scalar build is the reference and fixes the order of operations.
 */
#include <stdbool.h>

/* Slowest first. */
typedef enum CpuLevel {
    CPU_SCALAR,
    CPU_BASELINE,
    CPU_X86_64_V3,
    CPU_X86_64_V4,
    CPU_LEVEL_COUNT
} CpuLevel;

/* Whether it was built and this CPU has it; true of scalar and baseline everywhere. */
bool cpu_level_runs(CpuLevel level);
const char *cpu_level_name(CpuLevel level);
/* The fastest level that runs, no faster than the one that NOCTURNE_KERNELS names in the
 * environment. */
CpuLevel cpu_level_choose(void);

#endif

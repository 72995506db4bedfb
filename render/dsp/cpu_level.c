/* The levels a kernel may be built for, and the one this CPU runs best. */
#include "render/dsp/cpu_level.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct Level {
    const char *name;
    bool (*runs)(void); /* NULL: not built for this machine */
} Level;

static bool runs_always(void) {
    return true;
}

#ifdef __x86_64__
/* The features are named one by one: clang 14 does not know levels here. lzcnt, movbe and f16c
 * came with every CPU that has these. */
static bool runs_v3(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static bool runs_v4(void) {
    return runs_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

static const Level levels[CPU_LEVEL_COUNT] = {
    [CPU_SCALAR] = {"scalar",    runs_always},
    [CPU_BASELINE] = {"baseline",  runs_always},
#ifdef __x86_64__
    [CPU_X86_64_V3] = {"x86-64-v3", runs_v3    },
    [CPU_X86_64_V4] = {"x86-64-v4", runs_v4    },
#else
    [CPU_X86_64_V3] = {"x86-64-v3", NULL},
    [CPU_X86_64_V4] = {"x86-64-v4", NULL},
#endif
};

bool cpu_level_runs(CpuLevel level) {
    return levels[level].runs && levels[level].runs();
}

const char *cpu_level_name(CpuLevel level) {
    return levels[level].name;
}

CpuLevel cpu_level_choose(void) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no threads here
    const char *wish = getenv("NOCTURNE_KERNELS"); /* word: chooses registers, never bits */
    CpuLevel level = CPU_LEVEL_COUNT - 1;
    for (CpuLevel named = 0; wish && named < CPU_LEVEL_COUNT; named++) {
        level = strcmp(wish, levels[named].name) == 0 ? named : level;
    }
    while (!cpu_level_runs(level)) {
        level--;
    }
    return level;
}

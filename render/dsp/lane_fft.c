/* Lane transforms: tables by exact_math, the kernels the CPU runs best. */
#include "render/dsp/lane_fft.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/exact_math.h"
#include "render/base/units.h"
#include "render/dsp/lane_fft_kernels.h"

enum { TAIL_LENGTH_MAX = 8, TWIDDLE_FLOATS = 6 };

struct LaneFft {
    LaneFftPlan plan;
    LaneFftLevel level;
    const LaneFftKernels *kernels;
};

typedef struct Level {
    const char *name;
    const LaneFftKernels *kernels; /* NULL: not built for this machine */
    bool (*runs)(void);
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

static const Level levels[LANE_FFT_LEVEL_COUNT] = {
    [LANE_FFT_SCALAR] = {"scalar",    &lane_fft_kernels_scalar,   runs_always},
    [LANE_FFT_BASELINE] = {"baseline",  &lane_fft_kernels_baseline, runs_always},
#ifdef __x86_64__
    [LANE_FFT_X86_64_V3] = {"x86-64-v3", &lane_fft_kernels_v3,       runs_v3    },
    [LANE_FFT_X86_64_V4] = {"x86-64-v4", &lane_fft_kernels_v4,       runs_v4    },
#else
    [LANE_FFT_X86_64_V3] = {"x86-64-v3", NULL, NULL},
    [LANE_FFT_X86_64_V4] = {"x86-64-v4", NULL, NULL},
#endif
};

bool lane_fft_level_runs(LaneFftLevel level) {
    return levels[level].kernels && levels[level].runs();
}

const char *lane_fft_level_name(LaneFftLevel level) {
    return levels[level].name;
}

/* In double, rounded once; the angle is reduced in integers before. */
static const float *make_twiddles(int length, Arena *arena) {
    const int quarter = length / 4;
    float *twiddles = arena_array(arena, (size_t)quarter, TWIDDLE_FLOATS * sizeof *twiddles);
    for (int q = 0; q < quarter; q++) {
        for (int power = 1; power < 4; power++) {
            const double angle_rad = -2 * pi * (q * power) / length;
            float *w = twiddles + (ptrdiff_t)q * TWIDDLE_FLOATS + (ptrdiff_t)2 * (power - 1);
            w[0] = (float)exact_cos(angle_rad);
            w[1] = (float)exact_sin(angle_rad);
        }
    }
    return twiddles;
}

static void make_plan(int size, LaneFftPlan *plan, Arena *arena) {
    int length = size;
    for (; length > TAIL_LENGTH_MAX; length /= 4) {
        assert(plan->stage_count < LANE_FFT_STAGES_MAX);
        plan->stages[plan->stage_count++] = (LaneFftStage){length, make_twiddles(length, arena)};
    }
    plan->size = size;
    plan->tail_length = length;
}

const LaneFft *lane_fft_create_at_level(int size, LaneFftLevel level, Arena *arena) {
    assert(size >= LANE_FFT_SIZE_MIN && size <= LANE_FFT_SIZE_MAX && (size & (size - 1)) == 0);
    assert(lane_fft_level_runs(level));
    LaneFft *fft = arena_alloc(arena, sizeof *fft);
    make_plan(size, &fft->plan, arena);
    fft->level = level;
    fft->kernels = levels[level].kernels;
    return fft;
}

static LaneFftLevel choose_level(void) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no threads here
    const char *wish = getenv("NOCTURNE_KERNELS"); /* word: chooses registers, never bits */
    LaneFftLevel level = LANE_FFT_LEVEL_COUNT - 1;
    if (wish && strcmp(wish, "scalar") == 0) {
        return LANE_FFT_SCALAR;
    }
    while (!lane_fft_level_runs(level)) {
        level--;
    }
    return level;
}

const LaneFft *lane_fft_create(int size, Arena *arena) {
    return lane_fft_create_at_level(size, choose_level(), arena);
}

LaneFftLevel lane_fft_level(const LaneFft *fft) {
    return fft->level;
}

void lane_fft_forward(const LaneFft *fft, float *bins) {
    fft->kernels->forward(&fft->plan, bins);
}

void lane_fft_inverse(const LaneFft *fft, float *bins) {
    fft->kernels->inverse(&fft->plan, bins);
}

int lane_fft_position(const LaneFft *fft, int bin) {
    int position = 0;
    for (int stage = 0; stage < fft->plan.stage_count; stage++) {
        position += bin % 4 * (fft->plan.stages[stage].length / 4);
        bin /= 4;
    }
    return position + bin;
}

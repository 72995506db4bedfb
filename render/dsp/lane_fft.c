/* Lane transforms: tables of the unit circle, the kernels the CPU runs best. */
#include "render/dsp/lane_fft.h"

#include <assert.h>
#include <stddef.h>

#include "render/dsp/lane_fft_kernels.h"
#include "render/dsp/unit_circle.h"

enum { TAIL_LENGTH_MAX = 8, TWIDDLE_FLOATS = 6 };

struct LaneFft {
    LaneFftPlan plan;
    CpuLevel level;
    const LaneFftKernels *kernels;
};

static const LaneFftKernels *const kernels[CPU_LEVEL_COUNT] = {
    [CPU_SCALAR] = &lane_fft_kernels_scalar,
    [CPU_BASELINE] = &lane_fft_kernels_baseline,
#ifdef __x86_64__
    [CPU_X86_64_V3] = &lane_fft_kernels_v3,
    [CPU_X86_64_V4] = &lane_fft_kernels_v4,
#endif
};

/* circle: [size][re, im] of the whole transform */
static const float *make_twiddles(int length, const float *circle, int size, Arena *arena) {
    const int quarter = length / 4;
    float *twiddles = arena_array(arena, (size_t)quarter, TWIDDLE_FLOATS * sizeof *twiddles);
    for (int q = 0; q < quarter; q++) {
        for (int power = 1; power < 4; power++) {
            const float *turn = circle + (ptrdiff_t)2 * q * power * (size / length);
            float *w = twiddles + (ptrdiff_t)q * TWIDDLE_FLOATS + (ptrdiff_t)2 * (power - 1);
            w[0] = turn[0];
            w[1] = turn[1];
        }
    }
    return twiddles;
}

static void make_plan(int size, LaneFftPlan *plan, Arena *arena) {
    Arena *scratch = arena_create();
    float *circle = arena_array(scratch, (size_t)size, 2 * sizeof *circle);
    unit_circle_fill(size, circle);
    int length = size;
    for (; length > TAIL_LENGTH_MAX; length /= 4) {
        assert(plan->stage_count < LANE_FFT_STAGES_MAX);
        plan->stages[plan->stage_count++] =
            (LaneFftStage){length, make_twiddles(length, circle, size, arena)};
    }
    plan->size = size;
    plan->tail_length = length;
    arena_destroy(&scratch);
}

const LaneFft *lane_fft_create_at_level(int size, CpuLevel level, Arena *arena) {
    assert(size >= LANE_FFT_SIZE_MIN && size <= LANE_FFT_SIZE_MAX && (size & (size - 1)) == 0);
    assert(cpu_level_runs(level));
    LaneFft *fft = arena_alloc(arena, sizeof *fft);
    make_plan(size, &fft->plan, arena);
    fft->level = level;
    fft->kernels = kernels[level];
    return fft;
}

const LaneFft *lane_fft_create(int size, Arena *arena) {
    return lane_fft_create_at_level(size, cpu_level_choose(), arena);
}

CpuLevel lane_fft_level(const LaneFft *fft) {
    return fft->level;
}

void lane_fft_forward(const LaneFft *fft, float *bins) {
    fft->kernels->forward(&fft->plan, bins);
}

void lane_fft_inverse(const LaneFft *fft, float *bins) {
    fft->kernels->inverse(&fft->plan, bins);
}

int lane_fft_portion_bins(const LaneFft *fft) {
    return fft->plan.stages[lane_fft_last_passes(fft->plan.size)].length;
}

void lane_fft_inverse_portion(const LaneFft *fft, float *bins, int first) {
    fft->kernels->inverse_portion(&fft->plan, bins, first);
}

void lane_fft_inverse_half(const LaneFft *fft, const float *bins, int at, int count, float *tile) {
    fft->kernels->inverse_half(&fft->plan, bins, at, count, tile);
}

void lane_fft_forward_first(const LaneFft *fft, float *bins) {
    fft->kernels->forward_first(&fft->plan, bins);
}

void lane_fft_inverse_last(const LaneFft *fft, float *bins) {
    fft->kernels->inverse_last(&fft->plan, bins);
}

void lane_fft_inverse_last_half(
    const LaneFft *fft, const float *bins, int at, int count, float *tile) {
    fft->kernels->inverse_last_half(&fft->plan, bins, at, count, tile);
}

void lane_fft_positions(const LaneFft *fft, int *positions) {
    int known = 1;
    int step = fft->plan.size;
    positions[0] = 0;
    while (known < fft->plan.size) {
        const int digits = step > TAIL_LENGTH_MAX ? 4 : step;
        step /= digits;
        for (int bin = known; bin < known * digits; bin++) {
            positions[bin] = positions[bin - known] + step;
        }
        known *= digits;
    }
}

int lane_fft_position(const LaneFft *fft, int bin) {
    int position = 0;
    for (int stage = 0; stage < fft->plan.stage_count; stage++) {
        position += bin % 4 * (fft->plan.stages[stage].length / 4);
        bin /= 4;
    }
    return position + bin;
}

/* Sums over a short block, in eight lanes and a fixed order, so that no CPU changes a bit. */
#include "render/qc/block_facts.h"

#include <math.h>

typedef struct FactLanes {
    float peak[QC_LANES], difference[QC_LANES];
    double sum[QC_LANES], power[QC_LANES], difference_power[QC_LANES];
} FactLanes;

static inline void take_sample(FactLanes *lanes, int lane, const float *at) {
    const float difference = at[0] - 2.0F * at[-1] + at[-2];
    const float size = fabsf(at[0]);
    const float difference_size = fabsf(difference);
    lanes->peak[lane] = size > lanes->peak[lane] ? size : lanes->peak[lane];
    lanes->difference[lane] =
        difference_size > lanes->difference[lane] ? difference_size : lanes->difference[lane];
    lanes->sum[lane] += (double)at[0];
    lanes->power[lane] += (double)at[0] * (double)at[0];
    lanes->difference_power[lane] += (double)difference * (double)difference;
}

void block_facts_take(const float *samples, int count, BlockFacts *facts) {
    FactLanes lanes = {0};
    int at = 0;
    for (; at + QC_LANES <= count; at += QC_LANES) {
        for (int lane = 0; lane < QC_LANES; lane++) {
            take_sample(&lanes, lane, samples + at + lane);
        }
    }
    for (int lane = 0; at < count; at++, lane++) {
        take_sample(&lanes, lane, samples + at);
    }
    *facts = (BlockFacts){0};
    for (int lane = 0; lane < QC_LANES; lane++) {
        facts->peak = fmaxf(facts->peak, lanes.peak[lane]);
        facts->greatest_difference = fmaxf(facts->greatest_difference, lanes.difference[lane]);
        facts->sum += lanes.sum[lane];
        facts->power += lanes.power[lane];
        facts->difference_power += lanes.difference_power[lane];
    }
}

double block_product(const float *a, const float *b, int count) {
    double lanes[QC_LANES] = {0};
    double sum = 0.0;
    int at = 0;
    for (; at + QC_LANES <= count; at += QC_LANES) {
        for (int lane = 0; lane < QC_LANES; lane++) {
            lanes[lane] += (double)a[at + lane] * (double)b[at + lane];
        }
    }
    for (; at < count; at++) {
        sum += (double)a[at] * (double)b[at];
    }
    for (int lane = 0; lane < QC_LANES; lane++) {
        sum += lanes[lane];
    }
    return sum;
}

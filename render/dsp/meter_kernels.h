#ifndef RENDER_DSP_METER_KERNELS_H
#define RENDER_DSP_METER_KERNELS_H
/* What the K filter and the true-peak interpolator hand to the kernels. Inside render/dsp only. */
#include "render/dsp/cpu_level.h"
#include "render/dsp/true_peak.h"

enum {
    K_STATES = 4,
    LANE_STRIDE = 16, /* lanes of the K filter come in whole groups of so many */
    PEAK_HALF_TAPS = TRUE_PEAK_TAPS / 2,
    PEAK_ROWS = TRUE_PEAK_FACTOR / 2,            /* phase 1 and 7, 2 and 6, 3 and 5, 4 */
    PEAK_GROUP_SAMPLES = TRUE_PEAK_ROOM_SAMPLES, /* judged as one; may end behind the piece */
    PEAK_WINDOW_SAMPLES = PEAK_GROUP_SAMPLES + TRUE_PEAK_TAPS /* what a group may read */
};

typedef struct KWeighting { /* both stages, a0 = 1; b of stage 2 is 1, -2, 1 */
    double b[3], shelf_a[2], pass_a[2];
} KWeighting;

typedef struct KLanes { /* lane_room: a multiple of LANE_STRIDE */
    int lane_count, lane_room;
    double *states;  /* [K_STATES][lane_room] */
    double *squares; /* [lane_room] */
} KLanes;

/* Phases p and 8 - p have the same taps in opposite order. With even = w[t] + w[31 - t] and
 * odd = w[t] - w[31 - t] they are sum(even a) + sum(odd b) and sum(even a) - sum(odd b): half the
 * products. The greater size of the two is the sum of both sizes. */
typedef struct PeakTaps {
    float even[PEAK_HALF_TAPS][PEAK_ROWS], odd[PEAK_HALF_TAPS][PEAK_ROWS];
    double bound; /* greatest |x| that comes of samples up to 1 */
} PeakTaps;

typedef struct MeterKernels {
    /* Filters count samples of all lanes and adds their squares. rows: [lane_room] */
    void (*weigh)(const KWeighting *filter, KLanes *lanes, const double *const *rows, int count);
    /* Greatest |x|. */
    double (*greatest)(const double *samples, int count);
    void (*load)(const double *samples, int count, double gain, float *target);
    /* Greatest |x| of each interval, 0 where none of the group exceeds the threshold; returns the
     * greatest of all. window: [count + PEAK_WINDOW_SAMPLES]; peaks: count rounded up to whole
     * groups. */
    float (*intervals)(
        const PeakTaps *taps, const float *window, int count, double threshold, float *peaks);
} MeterKernels;

/* level: one that runs. */
const MeterKernels *meter_kernels_at_level(CpuLevel level);

/* One object each, all from meter_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern const MeterKernels meter_kernels_scalar;
extern const MeterKernels meter_kernels_baseline;
extern const MeterKernels meter_kernels_v3;
extern const MeterKernels meter_kernels_v4;

#endif

/* The meter's inner loops, compiled once per CPU level with the same bits.
 *
 * The K filter has channels in its lanes, the interpolator moments: lanes never mix, so the width
 * of a register changes no order of operations. Maxima have none. */
#include "render/dsp/meter_kernels.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef KERNEL_TABLE
#define KERNEL_TABLE meter_kernels_scalar
#define KERNEL_WIDTH 1
#endif
#define INLINE static inline __attribute__((always_inline))

#if KERNEL_WIDTH == 1

enum { FLOATS = 1, DOUBLES = 1, JOINT_PARTS = 1 };
typedef float Floats;
typedef double Doubles;

INLINE Floats floats_size(Floats x) {
    return __builtin_fabsf(x);
}

INLINE Floats floats_greater(Floats x, Floats y) {
    return x > y ? x : y;
}

INLINE Doubles doubles_size(Doubles x) {
    return __builtin_fabs(x);
}

INLINE Doubles doubles_greater(Doubles x, Doubles y) {
    return x > y ? x : y;
}

#else

enum { FLOATS = KERNEL_WIDTH, DOUBLES = KERNEL_WIDTH / 2, JOINT_PARTS = 2 };
typedef float Floats __attribute__((vector_size(4 * KERNEL_WIDTH)));
typedef int32_t FloatBits __attribute__((vector_size(4 * KERNEL_WIDTH)));
typedef double Doubles __attribute__((vector_size(4 * KERNEL_WIDTH)));
typedef int64_t DoubleBits __attribute__((vector_size(4 * KERNEL_WIDTH)));

INLINE Floats floats_size(Floats x) {
    return (Floats)((FloatBits)x & INT32_MAX);
}

INLINE Floats floats_greater(Floats x, Floats y) {
    const FloatBits is_x = x > y;
    return (Floats)((is_x & (FloatBits)x) | (~is_x & (FloatBits)y));
}

INLINE Doubles doubles_size(Doubles x) {
    return (Doubles)((DoubleBits)x & INT64_MAX);
}

INLINE Doubles doubles_greater(Doubles x, Doubles y) {
    const DoubleBits is_x = x > y;
    return (Doubles)((is_x & (DoubleBits)x) | (~is_x & (DoubleBits)y));
}

#endif

INLINE Floats floats_load(const float *from) {
    Floats floats;
    memcpy(&floats, from, sizeof floats);
    return floats;
}

INLINE void floats_store(float *to, Floats floats) {
    memcpy(to, &floats, sizeof floats);
}

INLINE Doubles doubles_load(const double *from) {
    Doubles doubles;
    memcpy(&doubles, from, sizeof doubles);
    return doubles;
}

INLINE void doubles_store(double *to, Doubles doubles) {
    memcpy(to, &doubles, sizeof doubles);
}

/* One sample of each row. */
#if KERNEL_WIDTH == 1
INLINE Doubles doubles_gather(const double *const *rows, int at) {
    return rows[0][at];
}
#elif KERNEL_WIDTH == 4
INLINE Doubles doubles_gather(const double *const *rows, int at) {
    return (Doubles){rows[0][at], rows[1][at]};
}
#elif KERNEL_WIDTH == 8
INLINE Doubles doubles_gather(const double *const *rows, int at) {
    return (Doubles){rows[0][at], rows[1][at], rows[2][at], rows[3][at]};
}
#else
INLINE Doubles doubles_gather(const double *const *rows, int at) {
    return (Doubles){rows[0][at], rows[1][at], rows[2][at], rows[3][at],
                     rows[4][at], rows[5][at], rows[6][at], rows[7][at]};
}
#endif

typedef struct KParts {
    Doubles states[K_STATES], sum;
} KParts;

/* Both stages, transposed direct form 2. */
INLINE void weigh_sample(const KWeighting *f, Doubles x, KParts *part) {
    Doubles *s = part->states;
    const Doubles y = f->b[0] * x + s[0];
    s[0] = f->b[1] * x - f->shelf_a[0] * y + s[1];
    s[1] = f->b[2] * x - f->shelf_a[1] * y;
    const Doubles z = y + s[2];
    s[2] = -2.0 * y - f->pass_a[0] * z + s[3];
    s[3] = y - f->pass_a[1] * z;
    part->sum += z * z;
}

/* The sums go on from the piece before: one sum per 10 ms, whatever the pieces. */
INLINE void weigh_lanes(
    const KWeighting *filter, KLanes *lanes, int first, const double *const *rows, int count) {
    const KWeighting f = *filter;
    KParts parts[JOINT_PARTS];
    for (int part = 0; part < JOINT_PARTS; part++) {
        const int lane = first + part * DOUBLES;
        for (int state = 0; state < K_STATES; state++) {
            parts[part].states[state] =
                doubles_load(lanes->states + (ptrdiff_t)state * lanes->lane_room + lane);
        }
        parts[part].sum = doubles_load(lanes->squares + lane);
    }
    for (int sample = 0; sample < count; sample++) {
        for (int part = 0; part < JOINT_PARTS; part++) {
            const Doubles x = doubles_gather(rows + first + (ptrdiff_t)part * DOUBLES, sample);
            weigh_sample(&f, x, &parts[part]);
        }
    }
    for (int part = 0; part < JOINT_PARTS; part++) {
        const int lane = first + part * DOUBLES;
        for (int state = 0; state < K_STATES; state++) {
            doubles_store(lanes->states + (ptrdiff_t)state * lanes->lane_room + lane,
                          parts[part].states[state]);
        }
        doubles_store(lanes->squares + lane, parts[part].sum);
    }
}

static void weigh(const KWeighting *filter, KLanes *lanes, const double *const *rows, int count) {
    for (int first = 0; first < lanes->lane_count; first += JOINT_PARTS * DOUBLES) {
        weigh_lanes(filter, lanes, first, rows, count);
    }
}

static double greatest(const double *samples, int count) {
    Doubles most = {0};
    int at = 0;
    for (; at + DOUBLES <= count; at += DOUBLES) {
        most = doubles_greater(doubles_size(doubles_load(samples + at)), most);
    }
    double lanes[DOUBLES];
    doubles_store(lanes, most);
    for (; at < count; at++) {
        const double size = __builtin_fabs(samples[at]);
        lanes[0] = size > lanes[0] ? size : lanes[0];
    }
    for (int lane = 1; lane < DOUBLES; lane++) {
        lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
    }
    return lanes[0];
}

static void load(const double *samples, int count, double gain, float *target) {
    for (int sample = 0; sample < count; sample++) {
        target[sample] = (float)(samples[sample] * gain);
    }
}

/* Greatest |x|; count: a multiple of 16. */
INLINE float greatest_float(const float *samples, int count) {
    Floats most = {0};
    for (int at = 0; at < count; at += FLOATS) {
        most = floats_greater(floats_size(floats_load(samples + at)), most);
    }
    float lanes[FLOATS];
    floats_store(lanes, most);
    for (int lane = 1; lane < FLOATS; lane++) {
        lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
    }
    return lanes[0];
}

/* The intervals that begin in one register. */
INLINE Floats intervals_at(const PeakTaps *taps, const float *window) {
    Floats even_sums[PEAK_ROWS] = {0};
    Floats odd_sums[PEAK_ROWS] = {0};
    for (int tap = 0; tap < PEAK_HALF_TAPS; tap++) {
        const Floats near = floats_load(window + tap);
        const Floats far = floats_load(window + TRUE_PEAK_TAPS - 1 - tap);
        const Floats even = near + far;
        const Floats odd = near - far;
        for (int row = 0; row < PEAK_ROWS; row++) {
            even_sums[row] += even * taps->even[tap][row];
        }
        for (int row = 0; row < PEAK_ROWS - 1; row++) { /* phase 4 is its own mirror */
            odd_sums[row] += odd * taps->odd[tap][row];
        }
    }
    Floats peak = floats_size(floats_load(window + PEAK_HALF_TAPS - 1)); /* phase 0 */
    for (int row = 0; row < PEAK_ROWS; row++) {
        peak = floats_greater(floats_size(even_sums[row]) + floats_size(odd_sums[row]), peak);
    }
    return peak;
}

static float
intervals(const PeakTaps *taps, const float *window, int count, double threshold, float *peaks) {
    float most = 0;
    for (int begin = 0; begin < count; begin += PEAK_GROUP_SAMPLES) {
        float *group = peaks + begin;
        if ((double)greatest_float(window + begin, PEAK_WINDOW_SAMPLES) * taps->bound <=
            threshold) {
            memset(group, 0, PEAK_GROUP_SAMPLES * sizeof *group);
            continue;
        }
        for (int at = 0; at < PEAK_GROUP_SAMPLES; at += FLOATS) {
            floats_store(group + at, intervals_at(taps, window + begin + at));
        }
        const int own = count - begin;
        for (int at = own; at < PEAK_GROUP_SAMPLES; at++) { /* behind the end */
            group[at] = 0;
        }
        const float peak = greatest_float(group, PEAK_GROUP_SAMPLES);
        most = peak > most ? peak : most;
    }
    return most;
}

const MeterKernels KERNEL_TABLE = {weigh, greatest, load, intervals};

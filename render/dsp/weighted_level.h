#ifndef RENDER_DSP_WEIGHTED_LEVEL_H
#define RENDER_DSP_WEIGHTED_LEVEL_H
/* Ungated means of a whole programme under older weightings: Leq(m) of trailers, Leq(A).
 *
 *     TRY(weighted_level_create(channel_count, gains, rate_hz, arena, &level, errors));
 *     weighted_level_add(level, samples, count);    ... from sample 0 to the end, in any pieces
 *     weighted_level_finish(&level, &result);
 *
 * The power spectrum of windows on an absolute grid is weighted, so both weightings cost one
 * transform and no filter warps at high frequencies. The size of the pieces changes no bit.
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/model/layout.h"

typedef struct WeightedLevel WeightedLevel;

typedef struct WeightedGains { /* of one channel */
    double m, a;
} WeightedGains;

typedef struct WeightedResult {
    bool is_silent; /* then the levels are silence_db */
    /* ISO 21727: a sine of 2 kHz with a peak of -20 dBFS in one screen channel is 85 dB. */
    double leq_m_db;
    /* 10 log10 of the mean square, A-weighted (IEC 61672-1): 1 kHz at full scale is -3.01 dBFS. */
    double leq_a_dbfs;
} WeightedResult;

/* Of a layout of loudspeakers, [channel_count]. ISO 21727, table 2: surrounds are calibrated 3 dB
 * below the screen, and heights count as surrounds; the LFE is in Leq(m) as the screen is, not in
 * Leq(A). */
void weighted_gains_of(const Layout *layout, WeightedGains *gains);

/* gains: [channel_count]. E515 when there is no memory for a transform. */
Status weighted_level_create(int channel_count,
                             const WeightedGains *gains,
                             int rate_hz,
                             Arena *arena,
                             WeightedLevel **level,
                             ErrorList *errors);
void weighted_level_destroy(WeightedLevel **level); /* NULL is fine */
/* samples: [channel_count][count] */
void weighted_level_add(WeightedLevel *level, const double *const *samples, int64_t count);
void weighted_level_finish(WeightedLevel *level, WeightedResult *result);

/* Amplitude factors of the two weightings; 1 at 2 kHz (m) and at 1 kHz (A). */
double weighting_m(double frequency_hz);
double weighting_a(double frequency_hz);

#endif

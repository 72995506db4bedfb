#ifndef RENDER_DSP_TRUE_PEAK_H
#define RENDER_DSP_TRUE_PEAK_H
/* The level between the samples: 8 times oversampled, BS.1770-5 annex 2 with a longer filter.
 *
 * Phase 0 is the sample itself. Between the points it reads at most 0.17 dB too low just below half
 * the sample rate and 0.04 dB at a quarter of it (20 log10 cos(pi f / 8), annex 2 attachment).
 */
#include <stdint.h>

#include "render/base/arena.h"
#include "render/dsp/cpu_level.h"

enum {
    TRUE_PEAK_FACTOR = 8,
    TRUE_PEAK_TAPS = 32,                         /* per phase */
    TRUE_PEAK_DELAY_SAMPLES = TRUE_PEAK_TAPS / 2 /* samples behind the one judged */
};

enum { TRUE_PEAK_PIECE_SAMPLES = 512, TRUE_PEAK_ROOM_SAMPLES = 64 };

typedef struct TruePeak TruePeak; /* the filter; read only, shared by all channels */

TruePeak *true_peak_create(Arena *arena);
/* For tests. level: one that runs. */
TruePeak *true_peak_create_at_level(CpuLevel level, Arena *arena);

/* How much greater than the samples under it an interval can become, rounding included. */
double true_peak_bound(const TruePeak *filter);

/* One channel on its way through the filter: history, then the newest piece, then room for the
 * whole registers of the kernels. Begins with zeros. */
typedef struct TruePeakTrack {
    float window[TRUE_PEAK_TAPS - 1 + TRUE_PEAK_PIECE_SAMPLES + TRUE_PEAK_ROOM_SAMPLES];
    int piece_samples;
} TruePeakTrack;

/* Takes the next piece, times gain; count: 0 .. TRUE_PEAK_PIECE_SAMPLES. */
void true_peak_append(
    const TruePeak *filter, TruePeakTrack *track, const double *samples, int count, double gain);
/* Greatest |x| of each interval t = n .. n + 7/8 of the newest piece, as far as it is known: n runs
 * TRUE_PEAK_DELAY_SAMPLES behind the piece. Those that do not exceed the threshold may be given as
 * 0, which spares most of them their computation. peaks: [TRUE_PEAK_PIECE_SAMPLES]. Returns the
 * greatest of what is given. */
float true_peak_intervals(const TruePeak *filter,
                          const TruePeakTrack *track,
                          double threshold,
                          float *peaks);

#endif

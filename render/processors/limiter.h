#ifndef RENDER_PROCESSORS_LIMITER_H
#define RENDER_PROCESSORS_LIMITER_H
/* True-peak limiter of a whole deliverable: one gain envelope for all channels and all stems.
 *
 *     Limiter *limiter = limiter_create(channel_count, rate_hz, ceiling_gain, arena);
 *     out_count = limiter_feed(limiter, samples, count, gain, envelope);   ... in pieces of any
 * size out_count = limiter_flush(limiter, envelope);
 *
 * The envelope lags behind the input by limiter_delay_samples; envelope sample n belongs to input
 * sample n. It is exactly 1 except from 5 ms before a place that exceeds the ceiling until the
 * release has ended. Attack: over the 5 ms of look-ahead, S-shaped (three box filters over the
 * sliding maximum of the attenuation, so that no peak is missed). Release: the attenuation
 * (1 - gain) decays by e in 150 ms and is 0 after 2 s at most. Attenuation is counted in whole
 * units of 2^-30, so running sums are exact and the size of the pieces changes no bit.
 */
#include <stdint.h>

#include "render/base/arena.h"
#include "render/dsp/true_peak.h"

typedef struct Limiter Limiter;

static const double limiter_look_ahead_s = 0.005; /* DECISIONS 8 */
static const double limiter_told_share = 0.8;
static const double limiter_release_s = 0.15; /* attenuation falls to 1 / e */

/* ceiling_gain: greatest true peak that is left, linear, > 0 (DECISIONS 8: peak - 0.3 dB). */
Limiter *limiter_create(int channel_count, int rate_hz, double ceiling_gain, Arena *arena);
/* By how many samples the envelope lags: what limiter_flush gives at most. */
int64_t limiter_delay_samples(const Limiter *limiter);
/* in: [channel_count][count], before pre_gain; envelope: room for count. Returns how many envelope
 * samples came out. */
int64_t limiter_feed(
    Limiter *limiter, const double *const *in, int64_t count, double pre_gain, float *envelope);
/* The rest, once, after the last feed. envelope: room for limiter_delay_samples. */
int64_t limiter_flush(Limiter *limiter, float *envelope);

/* What is known to ask for nothing needs not be fed:
 *
 *     out_count = limiter_rest(limiter, count, envelope);
 *     limiter_recall(limiter, before, count, gain);      ... ahead of the next feed
 *
 * gives the same envelope, bit by bit, where no interval that is judged meanwhile exceeds the
 * ceiling. These are those of the samples TRUE_PEAK_DELAY_SAMPLES earlier; they hear samples
 * from LIMITER_MEMORY_SAMPLES before the rest on. */
enum { LIMITER_MEMORY_SAMPLES = TRUE_PEAK_TAPS - 1 };

int64_t limiter_rest(Limiter *limiter, int64_t count, float *envelope);
/* in: [channel_count][count], the last samples ahead of those that are fed next, before pre_gain;
 * count: LIMITER_MEMORY_SAMPLES, less only at the programme's begin. */
void limiter_recall(Limiter *limiter, const double *const *in, int count, double pre_gain);
/* The greatest interval since this was asked last, behind the gain. One that does not exceed
 * limiter_told_share of the ceiling may be told as less, down to 0. */
double limiter_take_greatest(Limiter *limiter);

#endif

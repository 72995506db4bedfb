#ifndef RENDER_DSP_LOUDNESS_SLOTS_H
#define RENDER_DSP_LOUDNESS_SLOTS_H
/* The loudness of a programme over time: its K-weighted power in slots of 100 ms.
 *
 *     LoudnessSlots *slots = loudness_slots_create(2, weights, mix->rate_hz, length_samples,
 * arena); loudness_slots_add(slots, samples, count);  ... from sample 0 to the end, in pieces of
 * any size int slot_count = 0; const double *power = loudness_slots_finish(slots, &slot_count);
 *
 * State: from sample 0 only. -0.691 dB + 10 lg(power) is LUFS (BS.1770-5 annex 1).
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"

enum { LOUDNESS_SLOTS_PER_SECOND = 10 };

typedef struct LoudnessSlots LoudnessSlots;

/* weights: [channel_count], energy factors of BS.1770-5 table 4, 0 = not counted. The arena holds 8
 * bytes a slot of length_samples; what comes after them is not heard. */
LoudnessSlots *loudness_slots_create(
    int channel_count, const double *weights, int rate_hz, int64_t length_samples, Arena *arena);
/* samples: [channel_count][count] */
void loudness_slots_add(LoudnessSlots *slots, const double *const *samples, int64_t count);
/* Mean squares, [slot_count]; the last slot may be short and is the mean of what it has. */
const double *loudness_slots_finish(LoudnessSlots *slots, int *slot_count);

/* Integrated loudness with both gates (BS.1770-5 annex 1) of such slots: four to a block. false:
 * nothing above -70 LUFS. */
bool loudness_slots_integrate(const double *power, int slot_count, double *integrated_lufs);
/* What the K filter does to power at a frequency: |H|^2. */
double loudness_weight_at(int rate_hz, double frequency_hz);
/* LUFS of a mean square; silence_db for none. */
double slot_loudness_lufs(double power);

#endif

#ifndef RENDER_DSP_LOUDNESS_GATES_H
#define RENDER_DSP_LOUDNESS_GATES_H
/* Windows and gates of programmes without end: what loudness_blocks.h finds in a list, found while
 * the energies come, in 0.6 MB whatever the length.
 *
 *     LoudnessGates *gates = loudness_gates_create(rate_hz, arena);
 *     loudness_gates_add(gates, energy);               ... of every 10 ms, in order
 *     loudness_gates_finish(gates, &result);
 *
 * Maxima are those of the lists, bit for bit. Gating blocks fall into bins of 0.005 LU that keep
 * their number and the sum of their powers: only the one bin in which a gate lies is taken or left
 * as a whole (by its mean: equal blocks are gated exactly), and a percentile of LRA is the mean of
 * its bin: within 0.01 LU of the lists. Sums run in time order: the same at every cut.
 */
#include "render/base/arena.h"
#include "render/dsp/meter.h"

typedef struct LoudnessGates LoudnessGates;

/* rate_hz: >= 100 */
LoudnessGates *loudness_gates_create(int rate_hz, Arena *arena);
/* energy: sum of weighted squares of the next slot of 10 ms (slot_begin) */
void loudness_gates_add(LoudnessGates *gates, double energy);
/* Loudness, range, momentary and short-term maxima of all slots so far, and their flags. */
void loudness_gates_finish(const LoudnessGates *gates, MeterResult *result);

#endif

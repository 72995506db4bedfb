#ifndef RENDER_PROCESSORS_TRANSIENT_SHAPER_H
#define RENDER_PROCESSORS_TRANSIENT_SHAPER_H
/* Louder or softer beginnings and endings of notes, whatever their level.
 *
 *     TransientShaper *shaper = transient_shaper_create(3.0, -2.0, 48000, arena);
 *     transient_shaper_run(shaper, planes, channel_count, count);   // in order, from the first
 *
 * Law. The level L of a sample is the greatest size of any channel over the last 10 ms (constant
 * for a tone from 50 Hz up). Beside it run two followers of L: `rise` falls with it at once and
 * climbs towards it with a time constant of 25 ms; `fall` climbs with it at once and sinks towards
 * it with one of 1 s. A weight is 0 while the two are within 0.5 dB, 1 from 3.5 dB apart on, and a
 * straight line of dB between: L over rise makes the weight of `attack` (full for the first 28 ms
 * of a note that begins from silence), fall over L that of `sustain` (full once a note has decayed
 * by 3.5 dB or more; a note's own end, too). The gain is their weighted sum in dB, smoothed with a
 * time constant of 0.3 ms, the same for all channels. So a steady tone comes back bit for bit once
 * its first 72 ms are over.
 *
 * An exponential decay falls faster by a sustain of -s dB until it is 3.5 dB down, and as before
 * below that: its T20 (-5 to -25 dB) becomes (25 - s - x) / 20 of what it was, x = (5 + s (0.5 + l)
 * / 3) / (1 + s / 3), where l is what it decays by in 10 ms. Of a long one 0.85 with -6 dB, 0.58
 * with -12 dB.
 *
 * State: for stages that walk from the first sample; the size of the pieces does not matter.
 */
#include <stdint.h>

#include "render/base/arena.h"

typedef struct TransientShaper TransientShaper;

TransientShaper *
transient_shaper_create(double attack_db, double sustain_db, int rate_hz, Arena *arena);
/* In place. planes: [channel_count][count]. */
void transient_shaper_run(TransientShaper *shaper,
                          float *const *planes,
                          int channel_count,
                          int64_t count);
/* The same with other amounts at every sample, [count]. Where both are 0 every bit comes back as it
 * was, from 6 ms behind the last sample that was shaped on. */
void transient_shaper_run_along(TransientShaper *shaper,
                                float *const *planes,
                                int channel_count,
                                int64_t count,
                                const double *attack_db,
                                const double *sustain_db);

#endif

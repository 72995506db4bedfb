#ifndef RENDER_DSP_MOVING_DELAY_H
#define RENDER_DSP_MOVING_DELAY_H
/* A signal read at any place between its samples, at any speed.
 *
 *     SincTable *table = sinc_table_create(arena);
 *     double value = sinc_table_read(table, samples, 4096, 1000.25, 1.1);
 *
 * Sinc under a 4-term Blackman-Harris window (Harris 1978: side lobes -92 dB) of 32 zero crossings
 * a side: flat within 0.01 dB up to 0.85 of half the rate. Read faster than 1, the filter is as
 * much narrower in frequency, so that nothing folds back.
 */
#include <stdint.h>

#include "render/base/arena.h"

enum { SINC_ZERO_CROSSINGS = 32 };

typedef struct SincTable SincTable;
SincTable *sinc_table_create(Arena *arena);

/* How many samples on either side of a place count at this speed. */
int sinc_table_reach(double speed);
/* The band-limited value at a place in samples: [sample_count], zeros outside. speed: how far the
 * place moves from one reading to the next, in samples; below 1 counts as 1. */
double sinc_table_read(
    const SincTable *table, const float *samples, int64_t sample_count, double at, double speed);

#endif

#ifndef RENDER_DSP_LOUDNESS_BLOCKS_H
#define RENDER_DSP_LOUDNESS_BLOCKS_H
/* What the windows and gates of BS.1770-5, EBU Tech 3341 and 3342 make of energies of 10 ms.
 *
 * Every window of the standards is a whole number of these slots. Gating blocks last 400 ms and
 * begin every 100 ms, windows of the loudness range 3 s likewise; maxima are searched at a hop of
 * 10 ms.
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"

enum {
    SLOTS_PER_SECOND = 100,
    HOP_SLOTS = 10,        /* 100 ms: gating blocks and LRA */
    MOMENTARY_SLOTS = 40,  /* 400 ms, a gating block as well */
    SHORT_TERM_SLOTS = 300 /* 3 s */
};

typedef struct SlotEnergies { /* of one programme, from its first sample on (dsp/meter.h) */
    const double *values;     /* [count] sums of weighted squares */
    int64_t count;
    int rate_hz;
} SlotEnergies;

/* First sample of a slot: rates that are no multiple of 100 have slots of two lengths. */
int64_t slot_begin(int rate_hz, int64_t slot);
/* How many whole slots so many samples hold. */
int64_t slots_in(int rate_hz, int64_t sample_count);

double loudness_of_power(double power);
double power_of_loudness(double level_lufs);

typedef struct Windows { /* the sums of ten slots from each slot on: the part that windows share */
    const double *hops;
    int64_t slot_count;
    int rate_hz;
} Windows;

Windows windows_of(const SlotEnergies *energies, Arena *arena);
/* Mean power of the window of so many slots (a multiple of HOP_SLOTS) that begins at a slot. */
double window_power(const Windows *windows, int64_t slot, int slots);
/* Greatest loudness of all windows at a hop of 10 ms; 100 ms would miss case 13 of Tech 3341.
 * False: silent, or shorter than a window. */
bool windows_maximum(const Windows *windows, int slots, double *loudness_lufs);

/* Gated loudness of several programmes as one; no block spans a border. False: nothing above the
 * absolute gate of -70 LUFS, the level is silence_db then. gains: linear, [part_count]. */
bool loudness_integrated(const SlotEnergies *parts,
                         const double *gains,
                         int part_count,
                         Arena *arena,
                         double *integrated_lufs);
/* LRA of one programme; false as above for windows of 3 s. */
bool loudness_range(const SlotEnergies *energies, Arena *arena, double *range_lu);

#endif

#ifndef RENDER_STAGES_PROGRAMME_H
#define RENDER_STAGES_PROGRAMME_H
/* The loudness of a programme whose reels are jobs of their own.
 *
 * Output 1 of MASTER holds the energies of the full mix before any gain, in 10 ms: its first double
 * is the rate, then one for each slot. Every reel adds up the same energies in the order of their
 * keys, so every reel comes to the same gain, bit for bit.
 */
#include "render/dsp/loudness_blocks.h"
#include "render/stages/stage.h"

/* Keeps the own energies for the other reels. */
Status programme_put(const Stage *stage, const SlotEnergies *own, ErrorList *errors);
/* Gated loudness of all reels, no block spanning two; silence_db: nothing above the gate. E606 when
 * a reel has not been measured. */
Status programme_loudness(const Stage *stage,
                          const MixDeliverable *deliverable,
                          const SlotEnergies *own,
                          double *integrated_lufs,
                          ErrorList *errors);

#endif

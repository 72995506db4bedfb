#ifndef SPATIAL_SHOEBOX_H
#define SPATIAL_SHOEBOX_H
/* Synthetic rooms: the diffuse tail, third-order ambisonic.
 *
 * A diffuse field is noise that is independent and equally strong in all N3D harmonics. Its decay
 * is exponential at every frequency: t60_s up to 1 kHz, t60_hf_s from 8 kHz on, log-log between.
 * The tail sounds from early_s after the direct sound on, at the level the exponential has there.
 * Early reflections (shoebox_images.h) are not part of it, but its level is theirs: a source whose
 * direct sound has power 1 at 1 m fills the room with 4 pi c / V a second, which then decays.
 *
 * Law: every value is a hash of seed, room, channel and sample, shaped on an absolute grid.
 */
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/model/audio.h"
#include "render/model/mix.h"

enum { SHOEBOX_ORDER = 3, SHOEBOX_CHANNELS = 16 };

/* out: [SHOEBOX_CHANNELS][samples], ACN, SN3D; the sums of squares of N3D harmonics are equal on
 * average. Ends where the slowest decay has fallen to room->truncate_db, after 60 s at most.
 * out lives in the arena. */
Status shoebox_tail(const MixRoom *room,
                    uint64_t seed,
                    int rate_hz,
                    Arena *arena,
                    AudioBlock *out,
                    ErrorList *errors);

/* What shoebox_tail's W adds up to on average, where the direct sound at 1 m has 1. */
double shoebox_late_power(const MixRoom *room, int rate_hz);

/* Decay time at a frequency. */
double shoebox_t60_s(const MixShoebox *shoebox, double frequency_hz);

#endif

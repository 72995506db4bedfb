#ifndef SPATIAL_DECAY_H
#define SPATIAL_DECAY_H
/* What an impulse response says about its room: ISO 3382-1:2009.
 *
 * The decay is Schroeder's (1965): the energy still to come, in dB of all of it, from the arrival
 * on, which is the first sample less than 20 dB below the largest (annex A.3.4). Energies are
 * summed over the channels. A time is a straight line through a part of the decay, prolonged to 60
 * dB: EDT 0 to -10 dB, T20 -5 to -25, T30 -5 to -35. It is known only where its part lies 10 dB
 * above a noise as strong as the last tenth of the response.
 */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/model/audio.h"

enum { DECAY_LEVELS = 6, DECAY_POINTS = 61 };

typedef struct DecayTime {
    bool is_known;
    double seconds;
} DecayTime;

typedef struct DecayRatio { /* in dB; not known where one side is silent */
    bool is_known;
    double level_db;
} DecayRatio;

typedef struct DecayFacts {
    double length_s, arrival_s;
    DecayTime edt, t20, t30;
    DecayRatio c50, c80;              /* before and behind 50, 80 ms */
    DecayRatio direct_to_reverberant; /* up to 2.5 ms behind the largest sample (Zahorik 2002) */
    DecayTime below[DECAY_LEVELS];    /* when the decay is below -10, -20 ... -60 dB */
    double curve_db[DECAY_POINTS];    /* at even times from the arrival to the end, -150 at least */
} DecayFacts;

/* Adds the squares of all channels to energy [portion->sample_count]. */
void decay_add_energy(const AudioBlock *portion, double *energy);
/* energy: [sample_count] of a response, not all 0. */
void decay_measure(
    const double *energy, int64_t sample_count, int rate_hz, Arena *scratch, DecayFacts *facts);

#endif

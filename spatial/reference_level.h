#ifndef SPATIAL_REFERENCE_LEVEL_H
#define SPATIAL_REFERENCE_LEVEL_H
/* Film and nearfield beds: film stages monitor every surround 3 dB lower (SMPTE RP 200: screen 85
 * dBC, surrounds 82 dBC), so the files of their 5.1 and 7.1 hold each surround 3 dB hotter. Inside
 * the program everything is nearfield. Layouts with heights, stereo and 3.0 are the same in both.
 */
#include "render/model/layout.h"

typedef enum ReferenceLevel { REFERENCE_NEARFIELD, REFERENCE_FILM } ReferenceLevel;

/* The gain of a channel from a nearfield file to a film file: 3 dB for a surround, else 1. */
double reference_film_gain(const Layout *layout, int channel);

/* Some channel differs between the two. */
bool reference_matters(const Layout *layout);

/* How much louder than a main channel an LFE channel is heard: 10 dB in band (RP 200). */
static const double reference_lfe_db = 10.0;

#endif

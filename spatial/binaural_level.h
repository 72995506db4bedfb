#ifndef SPATIAL_BINAURAL_LEVEL_H
#define SPATIAL_BINAURAL_LEVEL_H
/* How loud a pair of responses is beside the same source between two loudspeakers. */
#include "render/base/arena.h"
#include "render/base/error.h"

/* Loudness (BS.1770) of pink noise, 20 Hz to 20 kHz, through the pair less that of the same noise
 * at 1/sqrt 2 in each of two channels. pair: [2][tap_count]; negative: the pair is softer. */
Status binaural_level_lu(
    const float *pair, int tap_count, int rate_hz, double *level_lu, ErrorList *errors);

#endif

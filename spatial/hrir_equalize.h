#ifndef SPATIAL_HRIR_EQUALIZE_H
#define SPATIAL_HRIR_EQUALIZE_H
/* A set of head-related responses freed from the loudspeaker and the ear canal they were measured
 * with. */
#include "spatial/hrir_prepare.h"

/* Low frequencies: below 100 Hz every response takes the level that the whole set has from 250 to
 * 400 Hz, between 100 and 250 Hz it goes over to its own. A head does nothing to such long waves
 * but delay them; what sets show there is their loudspeaker's roll-off.
 *
 * Diffuse-field equalization (Moller 1992): one filter for all directions and both ears, so that
 * the mean power over the sphere is 1 at every frequency, both ears together. 1/3-octave
 * smoothing, at most 15 dB either way of its own mean, held above 16 kHz. Differences between ears
 * and between directions stay as they are.
 *
 * weights: [point_count], solid angles, sum 1. E420 when all is silent. */
Status hrirs_equalize(
    HrirSpectra *spectra, const double *weights, int point_count, int rate_hz, ErrorList *errors);

#endif

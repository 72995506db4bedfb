#ifndef SPATIAL_BINAURAL_MAGLS_H
#define SPATIAL_BINAURAL_MAGLS_H
/* Two ears that hear ambisonic channels by magnitude least squares (the Spatializer "hrtf_magls").
 *
 * Places, LFE and `off` layers are those of "hrtf". Ambisonic layers and rooms go through the
 * decoder of magls.h, made of the same prepared responses at even points all around: equalized,
 * levelled, as late. Plain least squares up to 1500 Hz, or 600 Hz times the order, as far as that
 * order reaches in a head; the diffuse field has the power and the coherence of real ears.
 *
 * The decoder of an order is kept in the store. Law: a pure function of file, rate and order.
 */
#include "render/model/spatializer.h"

extern const Spatializer binaural_magls;

#endif

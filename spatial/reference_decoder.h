#ifndef SPATIAL_REFERENCE_DECODER_H
#define SPATIAL_REFERENCE_DECODER_H
/* Ambisonic decoders of BS.2127 to the last digit.
 *
 * The standard sums over 5200 points of its own (a spherical design of degree 100). Any other even
 * points give the same decoder to 1e-4, which is 60 dB above the last bit of a 24-bit file; so
 * where the standard's result is known it is taken: 0+2+0, 0+5+0, 4+5+0, 4+7+0 and 9+10+3 to third
 * order.
 */
#include <stdbool.h>

#include "render/model/layout.h"

enum { REFERENCE_MAX_ORDER = 3 };

/* matrix: [channel_count][(order + 1)^2] for N3D input, zeros before; false (untouched): not known
 * for this layout or order. Rows are in proportion: their power is of third order. */
bool reference_decoder(const Layout *layout, int order, double *matrix);

#endif

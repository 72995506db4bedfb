#ifndef SPATIAL_DECODER_MATRIX_H
#define SPATIAL_DECODER_MATRIX_H
/* Ambisonic channels to loudspeakers by a matrix of gains.
 *
 *     double matrix[12 * 16];
 *     TRY(decoder_matrix(layout_find("7.1.4"), 3, DECODER_BS2127, arena, matrix, errors));
 *     max_re_apply(3, MAX_RE_EXACT, MAX_RE_KEEPS_POWER, 12, matrix);   // above the crossover
 *
 * Whatever the method, a plane wave with W = 1 has power 1 on the mean over the sphere.
 *
 * bs2127  the point source panner at 10400 even points (BS.2127-1, 9.2): for any layout
 * reference  bs2127 with the standard's own 5200 points where their result is known
 *         (reference_decoder.h): equal to other renderers of ADM to the last bit of a 24-bit file,
 *         left and right alike to 1e-4 only
 * allrad  the same with VBAP and virtual loudspeakers (Zotter and Frank 2012): for any layout
 * epad    singular values made equal (Zotter et al. 2012): power does not depend on the direction;
 *         where the loudspeakers are too few or too uneven for the order, the highest order whose
 *         least singular value is above a tenth of the largest is decoded and the rest is dropped;
 *         where not even the first is, it is allrad
 * sad     every loudspeaker hears its own direction: for even layouts only
 * mmd     least squares of the harmonics: accurate and loud where the layout is poor
 */
#include "render/base/error.h"
#include "render/model/layout.h"

typedef enum DecoderMethod {
    DECODER_BS2127,
    DECODER_ALLRAD,
    DECODER_EPAD,
    DECODER_SAD,
    DECODER_MMD,
    DECODER_REFERENCE
} DecoderMethod;

/* matrix: [channel_count][(order + 1)^2] for SN3D input in ACN order; LFE rows are 0. order 0 .. 7.
 * E415 when the layout has no loudspeakers. */
Status decoder_matrix(const Layout *layout,
                      int order,
                      DecoderMethod method,
                      Arena *arena,
                      double *matrix,
                      ErrorList *errors);

#endif

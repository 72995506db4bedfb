#ifndef SPATIAL_DECODE_AMBISONICS_H
#define SPATIAL_DECODE_AMBISONICS_H
/* Ambisonic channels to a bus by sampling: virtual sources on the sphere, each through the bus's
 * own Spatializer.
 *
 * Gains: 5200 even points (as BS.2127-1, 6.1.3.3 of its decoder), mirrored left and right. Filters:
 * the Lebedev points that are just exact for the order (6, 14, 26 for orders 1, 2, 3): more points
 * would cancel what two ears receive at high frequencies.
 *
 * A Spatializer with a decoder of its own is asked for that instead.
 */
#include "render/model/spatializer.h"

/* A decoded ambisonic channel in every channel of the bus. */
typedef struct DecoderShape {
    int order;         /* 0 .. HARMONIC_MAX_ORDER */
    int channel_count; /* of the bus */
    int tap_count;     /* >= 1; 1: gains */
} DecoderShape;

/* responses: [(order + 1)^2][channel_count][tap_count], for SN3D input. Gains: scaled so that a
 * plane wave with W = 1 has power 1 on the mean over the sphere. Filters: as the panner answers
 * (hrtf: power 1 on the mean), with the diffuse field's power spectrum restored at high
 * frequencies; their first 15 samples must be silent and tap_count at most 1024. self: of the
 * panner, on this bus. Errors of its own decoder only. */
Status decoder_responses(const Spatializer *panner,
                         const void *self,
                         const DecoderShape *shape,
                         Arena *arena,
                         float *responses,
                         ErrorList *errors);

#endif

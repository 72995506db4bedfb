#ifndef SPATIAL_DECODE_INVERSE_H
#define SPATIAL_DECODE_INVERSE_H
/* Ambisonic decoders made from the loudspeakers' own harmonics Y ((order + 1)^2 x L, N3D), not yet
 * scaled to a level; decoder_matrix.h is what others call. */
#include "render/base/arena.h"
#include "render/model/direction.h"

typedef struct SpeakerSet {
    const Direction *directions;
    int count;
} SpeakerSet;

/* matrix: [count][(order + 1)^2] for N3D input. Y^T / L. */
void decode_by_sampling(const SpeakerSet *speakers, int order, double *matrix);
/* The pseudo inverse of Y: mode matching. */
void decode_by_mode_matching(const SpeakerSet *speakers, int order, Arena *arena, double *matrix);
/* V U^T of Y = U S V^T: all singular values 1. */
void decode_by_equal_power(const SpeakerSet *speakers, int order, Arena *arena, double *matrix);

/* The highest order up to `order` that equal power can serve: at least as many loudspeakers as
 * harmonics, least singular value above a tenth of the largest. */
int equal_power_order(const SpeakerSet *speakers, int order, Arena *arena);

#endif

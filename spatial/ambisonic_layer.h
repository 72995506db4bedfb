#ifndef SPATIAL_AMBISONIC_LAYER_H
#define SPATIAL_AMBISONIC_LAYER_H
/* How a layer of ambisonic channels (ACN, SN3D: AmbiX) sounds in a bus.
 *
 * Loudspeakers: the decoder of BS.2127 (decoder_matrix.h). Two ears: by the
 * decoder of the bus's spatializer, else virtual sources through its HRTF; 16 samples late as all
 * direct sound there (decode_ambisonics.h). Ambisonic: channel
 * by channel; degrees that only one of the two sides has are dropped or stay silent. Everywhere a
 * plane wave with W = 1 has power 1 on the mean. pan.az turns the scene to the left; the rest of
 * the pan and the width have no effect.
 *
 * Law: the responses depend on the layer's layout, its azimuth and the bus alone.
 */
#include "render/model/mix.h"

/* responses: [layer channels][bus channels][max(tap_count, 1)], in the arena. self: of the bus's
 * panner. */
Status ambisonic_layer_responses(const MixLayer *layer,
                                 const MixBus *bus,
                                 const void *self,
                                 Arena *arena,
                                 float **responses,
                                 ErrorList *errors);

#endif

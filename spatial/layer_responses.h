#ifndef SPATIAL_LAYER_RESPONSES_H
#define SPATIAL_LAYER_RESPONSES_H
/* The layers whose channels are not panned: what Mix.layer_responses calls.
 *
 * Ambisonic channels have no place (ambisonic_layer.h); those of beds have a name
 * (bed_layer.h). */
#include "render/model/mix.h"

/* responses: [layer channels][bus channels][max(tap_count, 1)], in the arena; NULL: the channels
 * are panned. self: of the bus's panner. */
Status layer_responses(const MixLayer *layer,
                       const MixBus *bus,
                       const void *self,
                       Arena *arena,
                       float **responses,
                       ErrorList *errors);

#endif

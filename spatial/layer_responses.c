/* The layers whose channels are not panned: ambisonic ones and beds. */
#include "spatial/layer_responses.h"

#include "spatial/ambisonic_layer.h"
#include "spatial/bed_layer.h"

Status layer_responses(const MixLayer *layer,
                       const MixBus *bus,
                       const void *self,
                       Arena *arena,
                       float **responses,
                       ErrorList *errors) {
    if (layer->layout->kind == LAYOUT_AMBISONIC) {
        return ambisonic_layer_responses(layer, bus, self, arena, responses, errors);
    }
    bed_layer_responses(layer, bus, arena, responses);
    return DONE;
}

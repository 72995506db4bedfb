/* The layers whose channels are not panned: ambisonic ones and beds. */
#include "spatial/layer_responses.h"

#include <string.h>

#include "spatial/ambisonic_layer.h"
#include "spatial/bed_layer.h"
#include "spatial/direct_speakers.h"
#include "spatial/layout_table.h"

/* A loudspeaker of ADM by the rules of BS.2127-1, 8; other panners hear it from its place. */
static Status speaker_responses(
    const MixLayer *layer, const MixBus *bus, Arena *arena, float **responses, ErrorList *errors) {
    const Spatializer *const panner = layer->panner ? layer->panner : bus->panner;
    DirectSpeakers *speakers = NULL;
    double gains[LAYOUT_MAX_CHANNELS] = {0.0};
    *responses = NULL;
    if (bus->layout->kind != LAYOUT_SPEAKERS || strcmp(panner->name, "bs2127") != 0) {
        return DONE;
    }
    TRY(direct_speakers_create(bus->layout, arena, &speakers, errors));
    direct_speakers_gains(speakers, layer->direct_speaker, gains);
    *responses = arena_array(arena, (size_t)bus->layout->channel_count, sizeof **responses);
    for (int channel = 0; channel < bus->layout->channel_count; ++channel) {
        (*responses)[channel] = (float)gains[channel];
    }
    return DONE;
}

Status layer_responses(const MixLayer *layer,
                       const MixBus *bus,
                       const void *self,
                       Arena *arena,
                       float **responses,
                       ErrorList *errors) {
    if (layer->layout->kind == LAYOUT_AMBISONIC) {
        return ambisonic_layer_responses(layer, bus, self, arena, responses, errors);
    }
    if (layer->direct_speaker) {
        return speaker_responses(layer, bus, arena, responses, errors);
    }
    bed_layer_responses(layer, bus, arena, responses);
    return DONE;
}

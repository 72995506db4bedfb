/* The table of Spatializers. */
#include "spatial/registry.h"

#include <stddef.h>
#include <string.h>

#include "spatial/binaural.h"
#include "spatial/binaural_magls.h"
#include "spatial/binaural_speakers.h"
#include "spatial/encode_ambisonics.h"
#include "spatial/pan_bs2127.h"
#include "spatial/pan_vbap.h"

enum { SPATIALIZER_COUNT = 6 };

static const Spatializer *const spatializers[SPATIALIZER_COUNT] = {
    &pan_bs2127, &pan_vbap, &binaural, &binaural_speakers, &binaural_magls, &ambisonic,
};

const Spatializer *spatializer_find(const char *name) {
    for (int index = 0; index < SPATIALIZER_COUNT; ++index) {
        if (strcmp(spatializers[index]->name, name) == 0) {
            return spatializers[index];
        }
    }
    return NULL;
}

const Spatializer *spatializer_at(int index) {
    return index >= 0 && index < SPATIALIZER_COUNT ? spatializers[index] : NULL;
}

const Spatializer *spatializer_for(const Layout *layout) {
    switch (layout->kind) {
    case LAYOUT_SPEAKERS:
        return &pan_vbap;
    case LAYOUT_BINAURAL:
        return &binaural;
    case LAYOUT_AMBISONIC:
        return &ambisonic;
    }
    return NULL;
}

const Spatializer *spatializer_for_head(HeadRendering rendering) {
    switch (rendering) {
    case HEAD_DIRECT:
        return &binaural;
    case HEAD_BY_SPEAKERS:
        return &binaural_speakers;
    case HEAD_BY_MAGLS:
        return &binaural_magls;
    }
    return NULL;
}

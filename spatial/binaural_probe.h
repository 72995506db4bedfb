#ifndef SPATIAL_BINAURAL_PROBE_H
#define SPATIAL_BINAURAL_PROBE_H
/* What the ears of a SOFA file hear of a direction, as two numbers. */
#include "render/base/error.h"
#include "render/model/layout.h"

typedef struct BinauralProbe BinauralProbe;

typedef struct BinauralCues {
    double itd_us; /* positive: earlier in the left ear */
    double ild_db; /* positive: louder in the left ear, broadband energy */
} BinauralCues;

/* E410, E420 .. E426 as any HRTF. */
Status binaural_probe_create(const char *sofa_path,
                             Arena *arena,
                             BinauralProbe **probe,
                             ErrorList *errors);
BinauralCues binaural_probe(BinauralProbe *probe, const Position *at);

#endif

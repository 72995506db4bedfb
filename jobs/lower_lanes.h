#ifndef JOBS_LOWER_LANES_H
#define JOBS_LOWER_LANES_H
/* What moves the parameters of a layer becomes lanes: drives, automation, entries and thinning. */
#include "jobs/lane_writers.h"
#include "render/model/mix.h"

typedef struct LayerLanes {
    const Lane *lanes;    /* of a kind (and room): those that stand for the written value first */
    const bool *is_added; /* [count]: to what others do */
    int count;
} LayerLanes;

/* layer: its start and length are known. */
LayerLanes layer_lanes_make(const JobSpec *job,
                            const LayerFacts *facts,
                            const JobLayer *written,
                            const MixLayer *layer,
                            Arena *arena);
/* The lane that stands for the written value; NULL: there is none. */
const Lane *layer_lanes_find(const LayerLanes *lanes, LaneKind kind);

/* Lanes of the layer's sends; a room that only lanes name is added behind the others. */
void lower_send_lanes(const JobSpec *job,
                      const JobLayer *written,
                      const LayerLanes *lanes,
                      MixLayer *layer,
                      MixSend *sends);
/* Gain, fades, width and distance. E208: a width or distance that moves, of a bed. */
Status lower_lanes(const JobLayer *written,
                   const LayerLanes *lanes,
                   MixLayer *layer,
                   Arena *arena,
                   ErrorList *errors);

#endif

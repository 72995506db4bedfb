#ifndef JOBS_ENTER_LANE_H
#define JOBS_ENTER_LANE_H
/* Fades that follow from arcs: layers that come in above a value, and layers that leave during a
 * release. */
#include "jobs/curve.h"
#include "jobs/layer_facts.h"

/* DECISIONS 16; NULL: the layer has no `enter`. */
const Lane *enter_lane_make(const JobSpec *job, const JobLayer *layer, Arena *arena);

/* Layers that are too many leave one after the other, each in its equal share of the release;
 * NULL: this one stays. */
const Lane *thin_lane_make(
    const JobSpec *job, const LayerFacts *facts, const JobArc *arc, int layer, Arena *arena);

#endif

#ifndef JOBS_RECUT_LANE_H
#define JOBS_RECUT_LANE_H
/* A lane of the cut before in the new one: at each sample that both show it has the same value. */
#include "jobs/change_list.h"
#include "render/model/lane.h"

typedef struct Recut { /* how curves go from cut to cut */
    const ChangeList *changes;
    int rate_hz;
    SampleTime half_samples; /* half of a splice */
} Recut;

/* Where a change leaves a step, a straight line of the length of a splice; through new picture a
 * straight line from the value before it to the one behind it. */
Lane recut_lane(const Recut *recut, const Lane *old, Arena *arena);

/* The passages in samples, and what is left of each when splices lie between neighbours of the new
 * cut. is_step: whether a curve steps from one place of the old cut to another. */
PassageSamples *recut_passages(const Recut *recut,
                               bool (*is_step)(const void *curve, SampleTime out, SampleTime in),
                               const void *curve,
                               Arena *arena);

#endif

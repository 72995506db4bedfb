#ifndef JOBS_LANE_WRITERS_H
#define JOBS_LANE_WRITERS_H
/* Who writes the moving parameters of a layer: drives of arcs and its own automation. */
#include "jobs/curve.h"
#include "jobs/layer_facts.h"

typedef struct LaneWriter {
    const Parameter *parameter;
    int room;      /* of a send, else -1 */
    bool is_added; /* to what others do */
    bool is_arc;
    Curve curve; /* in the unit of the parameter's lane */
    Place place;
} LaneWriter;

typedef struct LaneWriters {
    const LaneWriter *writers; /* by parameter and room; those that are not added first, in time */
    int count;
} LaneWriters;

LaneWriters lane_writers_make(const JobSpec *job, const LayerFacts *facts, int layer, Arena *arena);

/* E317: two that are not added overlap in [first point, last point). E208: a distance that moves
 * with a path, Doppler or air. */
void lane_writers_check(
    const JobSpec *job, const LayerFacts *facts, int layer, Arena *arena, ErrorList *errors);

#endif

#ifndef JOBS_PARAMETER_H
#define JOBS_PARAMETER_H
/* The parameters of a layer that may move: what arcs, automation and rules write. One row each.
 *
 *     const Parameter *parameter = parameter_find("lpf");
 *     const double at = parameter_to_lane(parameter, 2000.0); // log2 Hz
 */
#include "jobs/value.h"
#include "render/model/lane.h"

typedef struct Parameter {
    const char *name;
    QuantityKind kind; /* as it is written */
    const char *range;
    LaneKind lane;    /* what moves it, and in what it goes straight */
    bool can_add;     /* two of them may sound together: the sum in dB */
    const char *noun; /* "the gain of" */
} Parameter;

const Parameter *parameter_find(const char *name);
/* E304, did you mean. */
Status parameter_read(const Node *node, const Parameter **parameter, ErrorList *errors);
/* A written value: E206, E210, E207 for a frequency above half the rate. */
Status parameter_read_value(const Parameter *parameter,
                            const Node *node,
                            const TimeBase *base,
                            double *value,
                            ErrorList *errors);
/* From the unit it is written in to that of its lane. */
double parameter_to_lane(const Parameter *parameter, double value);

#endif

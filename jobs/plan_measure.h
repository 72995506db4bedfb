#ifndef JOBS_PLAN_MEASURE_H
#define JOBS_PLAN_MEASURE_H
/* What a task of MEASURE needs and what its result depends on. */
#include "render/model/mix.h"
#include "render/model/task.h"

/* Which spans of the plan its cells hear: all their stems are needed. */
Span plan_measure_spans(const Mix *mix, const Plan *plan, int deliverable, int group);
const char *
plan_text_measure(const Mix *mix, const Plan *plan, int deliverable, int group, Arena *arena);

#endif

#ifndef JOBS_PLAN_H
#define JOBS_PLAN_H
/* Mix -> Plan: tasks, needs, keys and cost. The same on every rank. */
#include "render/model/mix.h"
#include "render/model/task.h"

typedef struct PlanOptions {
    int64_t span_samples; /* 0: the default; a multiple of 32768 */
} PlanOptions;

Status plan_make(const Mix *mix,
                 const char *run_name,
                 PlanOptions options,
                 Arena *arena,
                 Plan **plan,
                 ErrorList *errors);

#endif

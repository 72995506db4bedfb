#ifndef CLUSTER_COST_MODEL_H
#define CLUSTER_COST_MODEL_H
/* How long a task takes, learnt from the journals of earlier runs.
 *
 * seconds = units x seconds per unit of its kind; units are samples x channels x partitions,
 * counted by the plan (Task.units). The rate of a kind is all its seconds over all its units, so
 * that the same journals give the same model whatever their order. It serves the order of tasks,
 * forecasts and time limits, and touches no key and no sample.
 *
 *     cost_model_read(store_folder, arena, &model);               // what earlier runs have left
 *     cost_model_apply(&model, plan);                              // Task.cost in seconds
 *     cost_model_add(&model, task->kind, task->units, cpu_seconds);  // each task that is done
 *     TRY(cost_model_write(&model, store_folder, arena, errors));
 */
#include <jansson.h>

#include "render/base/error.h"
#include "render/model/task.h"

enum { COST_KIND_COUNT = TASK_INSPECT + 1 };

typedef struct KindCost {
    double units, seconds; /* sums over tasks */
} KindCost;

typedef struct CostModel {
    KindCost kinds[COST_KIND_COUNT];
} CostModel;

/* A missing or damaged file is an empty model: the rates of the plan hold. */
void cost_model_read(const char *store_folder, Arena *arena, CostModel *model);
void cost_model_add(CostModel *model, TaskKind kind, double units, double seconds);
/* From a task_done record of a journal: {kind, units, cpu}; other records are passed over. */
void cost_model_learn(CostModel *model, const json_t *event);
void cost_model_apply(const CostModel *model, Plan *plan);
/* Replaces the file by rename; old runs count for no more than an hour of work. */
Status
cost_model_write(const CostModel *model, const char *store_folder, Arena *arena, ErrorList *errors);

#endif

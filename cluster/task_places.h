#ifndef CLUSTER_TASK_PLACES_H
#define CLUSTER_TASK_PLACES_H
/* Which node has read or written the results of which task: they are in its memory, and reading
 * them there again costs the shared file system nothing. And how much of which job it was given. */
#include "render/base/arena.h"
#include "render/model/task.h"

typedef struct TaskPlaces TaskPlaces;

TaskPlaces *task_places_create(const Plan *plan, int node_count, int job_count, Arena *arena);
/* The task ran on the node: what it needed and what it made is there. */
void task_places_note(TaskPlaces *places, int node, int task);
/* How many of the results that the task needs are on the node. 0 for a task that needs nearly
 * everything (a master): no node is better for it. */
int task_places_count(const TaskPlaces *places, int node, int task);

/* A task of the job that costs so much is given to the node. */
void task_places_give(TaskPlaces *places, int node, int job, double cost);
/* How much of what was given of the job so far went to the node, 0 .. 1. A job that nobody has
 * begun counts as a very small share: it is better begun than one that others have. */
double task_places_share(const TaskPlaces *places, int node, int job);

#endif

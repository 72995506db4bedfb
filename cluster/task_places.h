#ifndef CLUSTER_TASK_PLACES_H
#define CLUSTER_TASK_PLACES_H
/* Which node has read or written the results of which task: they are in its memory, and reading
 * them there again costs the shared file system nothing. */
#include "render/base/arena.h"
#include "render/model/task.h"

typedef struct TaskPlaces TaskPlaces;

TaskPlaces *task_places_create(const Plan *plan, int node_count, Arena *arena);
/* The task ran on the node: what it needed and what it made is there. */
void task_places_note(TaskPlaces *places, int node, int task);
/* How many of the results that the task needs are on the node. 0 for a task that needs nearly
 * everything (a master): no node is better for it. */
int task_places_count(const TaskPlaces *places, int node, int task);

#endif

#ifndef CLUSTER_EXPLAIN_TASK_H
#define CLUSTER_EXPLAIN_TASK_H
/* `explain DIR --task NAME`: why a task of a run had to run. Returns the exit code. */
#include "cluster/options.h"

int explain_task(const Options *options, Arena *arena, ErrorList *errors);

#endif

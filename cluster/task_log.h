#ifndef CLUSTER_TASK_LOG_H
#define CLUSTER_TASK_LOG_H
/* logs/rank-NNN.jsonl of the output folder: what each rank ran, one JSON object a line, with all
 * that a task said. NNN is the rank among those of mpirun or srun, 0 without them; a process that
 * joined writes join-HOST-PID.jsonl. One writer a file; a line that cannot be written is lost.
 */
#include <stdbool.h>

#include "cluster/run.h"
#include "cluster/transport.h"

typedef enum TaskPlace {
    TASK_ON_RANK,  /* of the run itself */
    TASK_ON_HELPER /* in a process that joined */
} TaskPlace;

void task_log_add(const Run *run,
                  TaskPlace place,
                  int attempt,
                  const TaskResult *result,
                  const ErrorList *errors);

#endif

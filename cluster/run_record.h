#ifndef CLUSTER_RUN_RECORD_H
#define CLUSTER_RUN_RECORD_H
/* .nocturne/tasks: the tasks of a run and the keys of their results, one line a task; beside it,
 * where the job was another, those of the run before (tasks.before, run.before.json). With the key
 * texts that the store keeps it says why a task ran. */
#include "cluster/run.h"
#include "jobs/name_table.h"

typedef struct RecordedTask {
    const char *name; /* of the task, as people know it */
    const Key *outputs;
    int output_count;
} RecordedTask;

typedef struct RunRecord {
    Key plan_key;
    RecordedTask *tasks;
    int task_count;
    NameTable names; /* run_record_name of each */
} RunRecord;

/* Two rooms of one name in buses of one layout are told apart. */
const char *run_record_name(const Plan *plan, int task, Arena *arena);

/* Before run.json is written: what is there of another plan becomes the run before. */
Status run_record_write(const Run *run, ErrorList *errors);
/* E410 when the folder has none; is_before: of the run before. */
Status run_record_read(
    const char *state_folder, bool is_before, Arena *arena, RunRecord *record, ErrorList *errors);
/* NULL: there was no such task. */
const RecordedTask *
run_record_find(const RunRecord *record, const Plan *plan, int task, Arena *arena);

#endif

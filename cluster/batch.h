#ifndef CLUSTER_BATCH_H
#define CLUSTER_BATCH_H
/* The jobs that are rendered together: one list of tasks for the scheduler, each job with its own
 * output folder, journal and messages.
 *
 *     Batch *batch = batch_create(arena);
 *     batch_add(batch, &job);          once its run is made
 *     batch_close(batch);              batch->plan: the tasks of all jobs, in the order of the jobs
 *     transport_inline(batch_runner(batch), arena);
 *
 * What a job sounds like does not depend on the others: its tasks and keys are those of its own
 * plan.
 */
#include "cluster/ready_queue.h"
#include "cluster/run.h"
#include "cluster/transport.h"

typedef struct BatchJob {
    Run run;
    const Options *options;
    ErrorList *errors;
    int exit_code;
} BatchJob;

typedef struct Batch {
    Arena *arena;
    BatchJob **jobs; /* [count] */
    int count, limit;
    Plan *plan;          /* of one job: its own */
    int *job_of;         /* [plan->task_count] */
    int *first_tasks;    /* [count] in plan */
    JobClass *urgencies; /* [count] */
    /* Another job waits that is more urgent than one of these; NULL: nobody looks. */
    bool (*must_yield)(void *context);
    void *yield_context;
} Batch;

Batch *batch_create(Arena *arena);
/* job must outlive the batch. */
void batch_add(Batch *batch, BatchJob *job);
/* After the last job, and again when costs have changed. */
void batch_close(Batch *batch);
/* Call once a second: asks, and then lets what runs be finished (signals_yield). */
void batch_look_for_urgent(const Batch *batch);
/* Of the programmes of all jobs together. */
double batch_length_s(const Batch *batch);
int batch_deliverable_count(const Batch *batch);
/* Runs tasks of batch->plan. */
TaskRunner batch_runner(const Batch *batch);

/* All jobs as one text for the ranks: run files, each ended by a zero byte. */
const char *batch_format(const Batch *batch, size_t *size_bytes);
/* The jobs of such a text, made on this rank. */
Status batch_parse(Batch *batch, const char *text, size_t size_bytes, ErrorList *errors);

#endif

#ifndef CLUSTER_RUN_H
#define CLUSTER_RUN_H
/* One run of one job: everything that every rank makes for itself from the same bytes. */
#include "cluster/options.h"
#include "jobs/job.h"
#include "render/model/mix.h"
#include "render/model/store.h"
#include "render/model/task.h"
#include "render/run_task.h"

typedef struct Run {
    Arena *arena;
    JobSpec *job;
    Mix *mix;
    Plan *plan;
    Store *store;
    const char *output_folder; /* out/CODE_CUT */
    const char *state_folder;  /* <output>/.nocturne */
    Workplace workplace;
    RefusedList refused; /* deliverables of the job that the mix is without */
} Run;

/* job_load, lower_job, store_open, plan_make; touches nothing in the output folder.
 * job_text: NULL, or the job as rank 0 sent it. Deliverables that options->refused names are left
 * out. */
Status run_make(const Options *options,
                const char *job_path,
                const char *job_text,
                Arena *arena,
                Run *run,
                ErrorList *errors);

/* --store, else with --hosts or --slurm a folder beside the output folders, else the user's cache
 * folder; NULL: a store of its own in every output folder. DECISIONS 25. */
const char *run_store_folder(const Options *options, Arena *arena);

/* Makes the output folder ours: E405, E510, E511, E512, E501-E503; takes the lock (E701, W703);
 * writes job/ (copy of the job) and .nocturne/run.json (what `resume` and the ranks need). */
Status run_claim(Run *run, const Options *options, ErrorList *errors);
void run_release(Run *run);

/* A task whose results exist: run_task's task_is_done, or its deliverable is published with the
 * same encode key and whole. */
bool run_task_is_done(const Run *run, int task);

#endif

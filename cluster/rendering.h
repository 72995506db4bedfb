#ifndef CLUSTER_RENDERING_H
#define CLUSTER_RENDERING_H
/* What render_job.c, render_ranks.c and render_report.c share: the jobs of one `render` command. */
#include "cluster/batch.h"
#include "cluster/progress.h"
#include "cluster/render_job.h"

typedef struct RenderJob {
    BatchJob job;
    RenderOrder *order;
    ErrorList *refusals; /* what is wrong with deliverables that the run is made without */
    bool is_made, is_claimed, is_complete_before;
} RenderJob;

typedef struct Rendering {
    Arena *arena;
    const Options *options; /* of the first job: how it is rendered */
    RenderJob *jobs;
    int job_count;
    Batch *batch; /* what is to be rendered */
    Progress *progress;
    ErrorList *errors; /* of the run as a whole: those of the first job that can be rendered */
    double begin_s;
    int rank_count, code_before;
    bool has_choice; /* rank_count is decided */
} Rendering;

/* render_ranks.c: -j N, else the cores of this process; 1 without mpirun, said in one line. On
 * hosts: 0, as many as they take. E514, E517, E504, E002. */
Status rendering_choose_ranks(Rendering *rendering);
bool rendering_is_on_hosts(const Options *options);

/* render_report.c: messages on stderr, a summary per job on stdout; --json: both also as lines on
 * stdout. Returns the worst exit code. */
int rendering_report(Rendering *rendering);

#endif

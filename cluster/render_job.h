#ifndef CLUSTER_RENDER_JOB_H
#define CLUSTER_RENDER_JOB_H
/* Renders one job into its output folder, from the plan to the last line on stdout. */
#include "cluster/options.h"

/* job_bytes: NULL, or the job's text (job_path still names it). knows_change: the folder was made
 * from another text of the job: says how much must run again. Returns the exit code. */
typedef struct RenderOrder {
    const Options *options;
    const char *job_path;
    const char *job_bytes;
    size_t job_size;
    bool has_changed;
} RenderOrder;

int render_job(const RenderOrder *order);

#endif

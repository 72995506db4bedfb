#ifndef CLUSTER_RENDER_JOB_H
#define CLUSTER_RENDER_JOB_H
/* Renders one job into its output folder, from the plan to the last line on stdout. */
#include "cluster/options.h"

typedef struct RenderOrder {
    const Options *options;
    const char *job_path;
    const char *job_text; /* NULL: read job_path; else the text, and job_path only names it */
    bool has_changed;     /* the folder was made from another text: says how much must run again */
} RenderOrder;

/* Returns the exit code. */

int render_job(const RenderOrder *order);

#endif

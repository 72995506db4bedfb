#ifndef CLUSTER_RENDER_JOB_H
#define CLUSTER_RENDER_JOB_H
/* Renders jobs into their output folders, from the plans to the last line on stdout. */
#include "cluster/options.h"

typedef struct RenderOrder {
    const Options *options;
    const char *job_path;
    const char *job_text; /* NULL: read job_path; else the text, and job_path only names it */
    bool has_changed;     /* the folder was made from another text: says how much must run again */
    int exit_code;        /* of this job, afterwards */
    bool has_yielded;     /* it waits for a more urgent one */
} RenderOrder;

/* All jobs in one run, on the ranks that the first one's options ask for; a job that is wrong does
 * not keep the others from being rendered. code_before: of earlier calls of the same command.
 * Returns the worst exit code. */
int render_jobs(RenderOrder *orders, int count, int code_before);

/* The same, until must_yield says that something more urgent waits: then what runs is finished, and
 * jobs that are not complete have has_yielded and nothing is said of them. Call it again with them.
 */
typedef struct RenderYield {
    bool (*must_yield)(void *context);
    void *context;
} RenderYield;
int render_jobs_until(RenderOrder *orders, int count, int code_before, RenderYield yield);

/* Which of two exit codes says more about what is to be done. */
int render_worse_code(int a, int b);

#endif

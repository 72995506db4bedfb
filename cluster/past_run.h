#ifndef CLUSTER_PAST_RUN_H
#define CLUSTER_PAST_RUN_H
/* A run as its folder remembers it: its job, options and plan, whatever has become of the job file
 * since. Nothing in the folder is touched. */
#include "cluster/run_file.h"

typedef struct PastRun {
    RunFile file;
    Run run;
} PastRun;

/* E410: no folder of a run. Relative paths of the earlier command count from where it was given. */
Status past_run_open(const char *folder, Arena *arena, PastRun *past, ErrorList *errors);
/* The job of the run before it in the same folder, NULL: there was none. */
const Node *past_run_tree_before(const PastRun *past, Arena *arena);

#endif

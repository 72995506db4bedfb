#ifndef CLUSTER_LIST_LAYOUTS_H
#define CLUSTER_LIST_LAYOUTS_H
/* `list layouts [JOB]` and `list folds`: what can be delivered, and what is folded into what. */
#include "cluster/job_input.h"

/* Without a job the built-in layouts; with one its own, loudspeaker by loudspeaker. */
Status list_layouts(const Options *options, Arena *arena, JobInput *input, ErrorList *errors);

/* The named matrices of `deliverables.*.fold`, written out. */
Status list_folds(const Options *options, Arena *arena, ErrorList *errors);

#endif

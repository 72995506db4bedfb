#ifndef CLUSTER_LIST_PROFILES_H
#define CLUSTER_LIST_PROFILES_H
/* `list profiles [NAME]`: what receivers ask for, or one profile value by value. */
#include "cluster/job_input.h"

/* NAME as a deliverable's `profile` writes it; `profiles` beside the current folder counts, too. */
Status list_profiles(const Options *options, Arena *arena, JobInput *input, ErrorList *errors);

#endif

#ifndef CLUSTER_CLAIM_H
#define CLUSTER_CLAIM_H
/* What must hold before anything is written below an output folder. */
#include "cluster/run.h"

/* E510 not a folder, E511 holds foreign files, E512 a part of it is a symbolic link. A missing
 * folder is fine. Touches nothing. */
Status claim_check_folder(const char *output_folder, Arena *arena, ErrorList *errors);
/* The same for the folder of a run; E512 also for its deliverables, E405 where it lies inside what
 * the job reads. Touches nothing. */
Status claim_check(const Run *run, ErrorList *errors);

#endif

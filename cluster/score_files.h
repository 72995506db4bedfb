#ifndef CLUSTER_SCORE_FILES_H
#define CLUSTER_SCORE_FILES_H
/* The lists of jobs/score_sheets.h in the folder `score` of the output. */
#include "cluster/run.h"

/* Writes all of them, and takes away those that the job has no more. Rank 0 only. E501-E509. */
Status score_files_write(const Run *run, Arena *arena, ErrorList *errors);

#endif

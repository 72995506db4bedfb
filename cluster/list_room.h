#ifndef CLUSTER_LIST_ROOM_H
#define CLUSTER_LIST_ROOM_H
/* `list room FILE|JOB`: how an impulse response, or every room of a job, rings. */
#include "cluster/job_input.h"

/* Prints the answer on stdout. Errors of the job, of sound files, E422 and E424 of responses.
 * input: of the job, if it is one. */
Status list_room(const Options *options, Arena *arena, JobInput *input, ErrorList *errors);

#endif

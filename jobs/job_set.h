#ifndef JOBS_JOB_SET_H
#define JOBS_JOB_SET_H
/* `--set layers.vln.gain=-3dB`: values of the command line, above everything that is written. */
#include "jobs/node.h"

/* Puts the value into the tree; maps on the way are made. Shared nodes (aliases) stay as they are.
 * The places of the value have the file "--set". E002 without `path=`, or a path through a value;
 * E1xx when the value is not YAML. */
Status job_set_apply(Node **root, const char *set, Arena *arena, ErrorList *errors);

#endif

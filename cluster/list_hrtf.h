#ifndef CLUSTER_LIST_HRTF_H
#define CLUSTER_LIST_HRTF_H
/* `list hrtf FILE`: what a SOFA file holds, and how well its gaps can be filled. */
#include "cluster/options.h"

/* Prints the answer on stdout; W420 above 1 dB of interpolation error. E420 to E426 of the file. */
Status list_hrtf(const Options *options, Arena *arena, ErrorList *errors);

#endif

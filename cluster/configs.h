#ifndef CLUSTER_CONFIGS_H
#define CLUSTER_CONFIGS_H
/* Where the files of configs/ are: in the source tree this was built from, or installed. */
#include "render/base/arena.h"

/* The path of configs/<name>, NULL when it is in neither place. */
const char *configs_find(const char *name, Arena *arena);

#endif

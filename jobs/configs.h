#ifndef JOBS_CONFIGS_H
#define JOBS_CONFIGS_H
/* Where the files of configs/ are: in the source tree this was built from, or installed. */
#include "render/base/arena.h"

/* The path of configs/<name>, NULL when it is in neither place. */
const char *configs_find(const char *name, Arena *arena);

/* How a job and its messages name a file of configs/: "configs:profiles/ebu-r128@2026-11-20.yaml".
 */
#define CONFIGS_ROOT "configs:"

/* Where a file lies that is named from `folder`, or from CONFIGS_ROOT. */
const char *configs_path(const char *folder, const char *name, Arena *arena);

/* The name without CONFIGS_ROOT: where a copy of the file stands beside a job. */
const char *configs_plain_name(const char *name);

#endif

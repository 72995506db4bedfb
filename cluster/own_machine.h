#ifndef CLUSTER_OWN_MACHINE_H
#define CLUSTER_OWN_MACHINE_H
/* What the machine under this process has for a launch. */
#include "render/base/arena.h"

/* The path of mpirun in search_path (folders with `:` between them, as in PATH), NULL: none. */
const char *own_machine_find_mpirun(const char *search_path, Arena *arena);
/* Cores that this process may use (sched_getaffinity), at least 1. */
int own_machine_count_cores(void);

#endif

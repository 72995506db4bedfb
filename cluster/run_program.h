#ifndef CLUSTER_RUN_PROGRAM_H
#define CLUSTER_RUN_PROGRAM_H
/* A run keeps a copy of the program that began it: ranks that are started again, tonight or on
 * another host, are of the same build even when the installed one was replaced meanwhile. */
#include "cluster/run.h"

/* The path of the copy in .nocturne/, made by rename; `program` itself where nothing can be run
 * from the output folder (noexec). */
const char *run_program_keep(const Run *run, const char *program);

#endif

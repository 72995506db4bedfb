#ifndef CLUSTER_SLURM_NODES_H
#define CLUSTER_SLURM_NODES_H
/* The nodes of the Slurm allocation that we are in. */
#include "cluster/host_list.h"

/* E517 outside an allocation. */
Status slurm_check(ErrorList *errors);
/* Of SLURM_JOB_NODELIST and SLURM_JOB_CPUS_PER_NODE. E517 also when scontrol does not
 * answer. */
Status slurm_nodes_read(Arena *arena, HostList *list, ErrorList *errors);
/* Cores of the node with this index in `2(x3),4`: three nodes of 2, one of 4. 1 when it is not in
 * the text. */
int slurm_cores_at(const char *text, int node);
/* Whether srun can start Open MPI's ranks here (--mpi=pmix). */
bool slurm_has_pmix(Arena *arena);
/* SLURM_JOB_ID, NULL outside. */
const char *slurm_job(void);

#endif

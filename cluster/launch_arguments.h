#ifndef CLUSTER_LAUNCH_ARGUMENTS_H
#define CLUSTER_LAUNCH_ARGUMENTS_H
/* What mpirun or srun is told: one table of flags per major version of Open MPI. */
#include <stdbool.h>

#include "render/base/arena.h"

enum { MPI_UNKNOWN = 0, MPI_NEWEST_TESTED = 4 };

typedef struct LaunchOrder {
    const char *starter;        /* path of mpirun, or srun */
    int mpi_major;              /* of mpirun; an unknown one gets the flags of the nearest */
    const char *launch_folder;  /* launch_folder.h */
    const char *const *command; /* of a rank, NULL at the end */
    int rank_count;             /* computing ranks; one more schedules */
    const char *hostfile;       /* NULL: this machine alone */
    const char *ssh;            /* with a hostfile: how its hosts are reached */
    const char *ssh_options;    /* "": none */
    const char *network;        /* 10.77.0.0/24, NULL: whatever Open MPI finds */
    const char *nodes;          /* of a Slurm allocation, a,b,c; NULL: none */
    int node_count;
    bool keeps_ranks; /* those that live go on when one dies */
    bool is_srun;     /* starter is srun; else mpirun starts its own daemons by srun */
} LaunchOrder;

/* starter's arguments, NULL at the end: rank_count + 1 times the command. */
const char *const *launch_arguments(const LaunchOrder *order, Arena *arena);

/* In the child that becomes the starter: what the flags cannot say. */
void launch_set_environment(const LaunchOrder *order);

/* 4 of "mpirun (Open MPI) 4.1.4"; MPI_UNKNOWN when it is none of ours. */
int launch_read_major(const char *version_text);
/* The first line that mpirun says about itself, "" when it says none; at most some seconds. */
const char *launch_ask_version(const char *mpirun, Arena *arena);

/* What the ompi_info beside mpirun lists of the parameters that our flags set; "" when it cannot be
 * asked. */
const char *launch_ask_parameters(const char *mpirun, int mpi_major, Arena *arena);
/* The parameters of our flags that are not in what it listed, `a, b`; "": none. */
const char *launch_unknown_parameters(int mpi_major, const char *listed, Arena *arena);

#endif

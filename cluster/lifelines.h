#ifndef CLUSTER_LIFELINES_H
#define CLUSTER_LIFELINES_H
/* An ssh to every host that ends when the host does: told at once of a crash, after three seconds
 * of a cut line (host_probe.c: the ssh options). An mpirun that keeps the ranks that live waits for
 * such a host for ever. */
#include "cluster/host_list.h"
#include "render/base/arena.h"

typedef struct Lifelines {
    const HostList *hosts;
    int *children, *inputs; /* [hosts->count] 0 and -1: no line */
    int count;
} Lifelines;

/* ssh: the command; to all other hosts that take part. hosts must outlive it. */
Lifelines lifelines_open(const HostList *hosts, const char *ssh, Arena *arena);
/* The host whose line has ended, NULL: none. */
const char *lifelines_find_cut(Lifelines *lines);
void lifelines_close(Lifelines *lines);

#endif

#ifndef CLUSTER_HOST_LIST_H
#define CLUSTER_HOST_LIST_H
/* The hosts of a run: who was named, who lives, how many ranks each takes.
 *
 *     TRY(host_list_read("a,b:4", arena, &hosts, errors));     or the name of a file
 *
 * A file has a host a line, as `b`, `b:4` or `b slots=4` (so a hostfile of Open MPI will do); `#`
 * begins a comment. A host without a number takes as many ranks as it has cores.
 */
#include <stdbool.h>

#include "render/base/error.h"

enum { HOST_STRIKES = 2 }; /* launches it was blamed for without progress: out for the night */

typedef struct Host {
    const char *name;
    int slots;            /* as written, 0: as many as core_count */
    int core_count;       /* as it told when it was asked */
    bool is_own, is_here; /* this machine; answered when it was asked last */
    bool is_told;         /* people know that it is left out */
    int strike_count;
    const char *problem; /* why it is left out, NULL: it is not */
} Host;

typedef struct HostList {
    Host *hosts; /* in the order they were named */
    int count;
} HostList;

/* text: hosts separated by commas, or the name of a file that exists. E002: no host, a host twice,
 * a name that no host has, a number out of 1 .. 4096. */
Status host_list_read(const char *text, Arena *arena, HostList *list, ErrorList *errors);
/* Ranks that a host takes; 0 when it is left out. */
int host_slots(const Host *host);
/* Of all hosts that are not left out. */
int host_list_count_slots(const HostList *list);

#endif

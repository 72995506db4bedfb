#ifndef CLUSTER_LOCK_H
#define CLUSTER_LOCK_H
/* One run at a time in an output folder.
 *
 * The lock is a file that names its owner (pid and its start time, host, boot id, since when). It
 * appears whole, by link(2). An owner that provably lives no more - same host, and the pid is gone
 * or belongs to a younger process or the host was booted again - is replaced without asking (W703).
 * An owner of our own Slurm job, which was put back into the queue, is dead on whichever host it
 * was: Slurm runs a job once. Another owner on another host cannot be proved dead: E701 unless
 * take_over.
 */
#include <stdbool.h>

#include "cluster/process.h"
#include "render/base/error.h"

typedef enum LockState {
    LOCK_FREE,
    LOCK_HELD,      /* its owner lives */
    LOCK_STALE,     /* its owner is dead */
    LOCK_ELSEWHERE, /* on another host */
    LOCK_UNREADABLE
} LockState;

typedef struct LockOwner {
    long pid;
    long long start_ticks; /* /proc/<pid>/stat field 22: tells a reused pid */
    char host[256];
    BootId boot_id;
    char since[32];     /* UTC, RFC 3339 */
    char slurm_job[32]; /* "": none */
} LockOwner;

/* owner is zeroed when nothing can be read. */
LockState lock_look(const char *path, LockOwner *owner);
Status lock_take(const char *path, bool take_over, ErrorList *errors);
void lock_release(const char *path); /* only when it is this process's own */

#endif

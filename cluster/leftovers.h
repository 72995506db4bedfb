#ifndef CLUSTER_LEFTOVERS_H
#define CLUSTER_LEFTOVERS_H
/* What a launch leaves on a host: ranks that outlive it, and its folder. Both are noted where they
 * can be found, and whoever looks on that host later takes them away.
 *
 * A note is .nocturne/ranks/<host>.<pid>, with the start time of the process and the boot of the
 * host: only a process that is provably the one that wrote it is ended. <host>.folder names the
 * folder. Rolls of dead ranks (rank_sentry.h) lie there too, one for each launch.
 */
#include "render/base/error.h"

/* Of this process. Silent when it cannot be written: then there is only PR_SET_PDEATHSIG. */
void leftovers_note(const char *state_folder);
void leftovers_forget(const char *state_folder); /* what leftovers_note wrote */
/* Makes a launch folder on this host and notes it. It is ours, or E503. */
Status leftovers_make_folder(const char *state_folder, const char *path, ErrorList *errors);
/* Before ranks are started: ends the processes of this host that were noted, and takes away the
 * noted folder and the notes. Returns how many still lived. */
int leftovers_sweep(const char *state_folder);

#endif

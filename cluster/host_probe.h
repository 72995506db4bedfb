#ifndef CLUSTER_HOST_PROBE_H
#define CLUSTER_HOST_PROBE_H
/* Asks all hosts at once whether they can take part: `nocturne probe` there, by the program and
 * over the network that will start the ranks.
 *
 * A host is left out (its `problem` says why) when it does not answer in time, does not see the
 * folder of the run, or is of another kind than we are (fingerprint.h). What earlier launches left
 * running there is ended.
 */
#include "cluster/fingerprint.h"
#include "cluster/host_list.h"

typedef struct ProbeOrder {
    const char *const *agent; /* ssh and its options, or srun; NULL at the end. The host follows */
    bool is_srun;             /* its host is an option, and it takes words instead of one text */
    const char *program, *state_folder; /* as seen from working_folder */
    const char *working_folder;         /* absolute */
    const char *launch_folder;          /* made there too; NULL: the last one is taken away */
    double limit_s;
} ProbeOrder;

/* Sets core_count, is_here and problem of every host; one with all its strikes stays out. */
void hosts_probe(const ProbeOrder *order, const Fingerprint *own, HostList *list, Arena *arena);

/* The words of `ssh -F file` and what makes it quick and silent; NULL at the end. */
const char *const *host_probe_agent(const char *ssh, Arena *arena);
/* The options of those alone, in one text; "" when it is no ssh. */
const char *host_probe_agent_options(const char *ssh);

#endif

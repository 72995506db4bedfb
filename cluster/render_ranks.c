/* How many ranks render, and whether there is what they need. */
#include <stdlib.h>
#include <sys/resource.h>

#include "cluster/host_list.h"
#include "cluster/own_machine.h"
#include "cluster/rank.h"
#include "cluster/rendering.h"
#include "cluster/slurm_nodes.h"
#include "cluster/transport_mpi.h"

enum { RANKS_FILE_BYTES = 64 << 20 }; /* more than Open MPI's files of one node */

/* The ranks share memory through files of Open MPI: under a small `ulimit -f` they die at their
 * start. */
static Status check_file_limit(Rendering *rendering) {
    struct rlimit limit;
    if (rendering->rank_count == 1 || getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
        limit.rlim_cur >= RANKS_FILE_BYTES) {
        return DONE;
    }
    fail(rendering->errors, E504, NO_PLACE,
         "the file size limit (ulimit -f) is too small for %d ranks: %llu bytes",
         rendering->rank_count, (unsigned long long)limit.rlim_cur);
    error_help(rendering->errors, "raise it to 64 MiB or more, or render with -j 1");
    return E504;
}

bool rendering_is_on_hosts(const Options *options) {
    return options->hosts || options->is_slurm;
}

/* What is wrong with the hosts is said before anything is written. */
static Status check_hosts(Rendering *rendering) {
    const Options *options = rendering->options;
    HostList hosts;
    if (options->hosts && options->is_slurm) {
        return fail(rendering->errors, E002, NO_PLACE, "--hosts and --slurm exclude each other");
    }
    if (options->keeps_ranks && options->is_slurm) {
        return fail(rendering->errors, E002, NO_PLACE,
                    "--keep-ranks and --slurm exclude each other");
    }
    if (options->hosts) {
        TRY(host_list_read(options->hosts, rendering->arena, &hosts, rendering->errors));
    }
    return options->is_slurm ? slurm_check(rendering->errors) : DONE;
}

static Status fail_without_mpi(const Rendering *rendering) {
    const Options *options = rendering->options;
    const char *wish = options->hosts ? "--hosts"
                       : options->is_slurm
                           ? "--slurm"
                           : arena_format(rendering->arena, "-j %d", options->rank_count);
    fail(rendering->errors, E514, NO_PLACE,
         ranks_are_built_in() ? "%s needs mpirun, which is not in PATH"
                              : "%s needs MPI, which this program was built without",
         wish);
    error_help(rendering->errors, "install openmpi-bin, or render with -j 1");
    return E514;
}

/* srun may do without it. */
static bool has_starter(const Rendering *rendering) {
    return ranks_are_built_in() &&
           (rendering->options->is_slurm ||
            own_machine_find_mpirun(getenv("PATH"), rendering->arena) != NULL);
}

Status rendering_choose_ranks(Rendering *rendering) {
    const Options *options = rendering->options;
    if (rank_is_launched()) { /* mpirun -n 1: its one rank */
        rendering->rank_count = 1;
        return DONE;
    }
    const int own_count = rendering_is_on_hosts(options) ? 0 : own_machine_count_cores();
    const int wanted = options->rank_count > 0 ? options->rank_count : own_count;
    const bool has_mpi = has_starter(rendering);
    rendering->rank_count = has_mpi ? wanted : 1;
    if (has_mpi || wanted == 1) {
        TRY(check_hosts(rendering));
        return check_file_limit(rendering);
    }
    if (options->rank_count == 0 && !rendering_is_on_hosts(options)) {
        progress_say(rendering->progress, "no mpirun in PATH: rendering with one rank");
        return DONE;
    }
    return fail_without_mpi(rendering);
}

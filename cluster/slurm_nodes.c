/* The nodes of the Slurm allocation that we are in. */
#include "cluster/slurm_nodes.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/subprocess.h"

enum { NODE_LIMIT = 1024 }; /* as many names as fit into SUBPROCESS_TEXT_BYTES */
static const double answer_limit_s = 20.0;

const char *slurm_job(void) {
    const char *job = getenv("SLURM_JOB_ID");
    return job && *job ? job : NULL;
}

/* `2(x3)` or `4` at text; what comes behind it in *rest. */
static bool read_group(const char *text, const char **rest, long *cores, long *repeats) {
    char *end = NULL;
    *cores = strtol(text, &end, 10);
    *repeats = 1;
    if (end == text) {
        return false;
    }
    if (strncmp(end, "(x", 2) == 0) {
        *repeats = strtol(end + 2, &end, 10);
        end += *end == ')';
    }
    *rest = *end == ',' ? end + 1 : "";
    return true;
}

int slurm_cores_at(const char *text, int node) {
    long first = 0;
    long cores = 1;
    long repeats = 1;
    while (text && *text && read_group(text, &text, &cores, &repeats)) {
        if (node < first + repeats) {
            return cores > 0 && cores <= INT_MAX ? (int)cores : 1;
        }
        first += repeats;
    }
    return 1;
}

Status slurm_check(ErrorList *errors) {
    if (slurm_job() && getenv("SLURM_JOB_NODELIST")) {
        return DONE;
    }
    const Status status = fail(errors, E517, NO_PLACE, "--slurm: this is no Slurm allocation");
    error_help(errors, "start it by sbatch (cluster/slurm/night.sbatch) or salloc");
    return status;
}

Status slurm_nodes_read(Arena *arena, HostList *list, ErrorList *errors) {
    TRY(slurm_check(errors));
    const char *compressed = getenv("SLURM_JOB_NODELIST");
    const char *cores = getenv("SLURM_JOB_CPUS_PER_NODE");
    const char *const words[] = {"scontrol", "show", "hostnames", compressed, NULL};
    Subprocess *process = arena_alloc(arena, sizeof *process);
    subprocess_start(words, process);
    subprocess_wait_all(process, 1, answer_limit_s);
    if (process->exit_code != 0) {
        return fail(errors, E517, NO_PLACE, "`scontrol show hostnames` ended with code %d",
                    process->exit_code);
    }
    *list = (HostList){.hosts = arena_array(arena, NODE_LIMIT, sizeof *list->hosts)};
    char *rest = NULL;
    for (char *name = strtok_r(process->text, "\n", &rest); name && list->count < NODE_LIMIT;
         name = strtok_r(NULL, "\n", &rest)) {
        const int slots = slurm_cores_at(cores, list->count);
        list->hosts[list->count++] = (Host){.name = name, .slots = slots};
    }
    return DONE;
}

bool slurm_has_pmix(Arena *arena) {
    const char *const words[] = {"srun", "--mpi=list", NULL};
    Subprocess *process = arena_alloc(arena, sizeof *process);
    subprocess_start(words, process);
    subprocess_wait_all(process, 1, answer_limit_s);
    return process->exit_code == 0 && strstr(process->text, "pmix");
}

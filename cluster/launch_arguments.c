/* What mpirun or srun is told: one table of flags per major version of Open MPI. */
#include "cluster/launch_arguments.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/subprocess.h"

extern char **environ;

enum { ROW_WORDS = 3, ARGUMENT_LIMIT = 256 };
static const double version_limit_s = 5.0;

/* A row is left out when what it is about is not asked for. */
typedef enum FlagNeed {
    ALWAYS,
    WITH_HOSTS,
    WITH_SSH_OPTIONS,
    WITH_NETWORK,
    IN_SLURM,
    KEEPING_RANKS
} FlagNeed;

/* Words in braces stand for the members of LaunchOrder. */
typedef struct FlagRow {
    FlagNeed need;
    const char *words[ROW_WORDS];
} FlagRow;

/* Open MPI 4.1, tested with 4.1.4. */
// clang-format off
static const FlagRow flags_4[] = {
    {ALWAYS, {"--oversubscribe"}},
    {ALWAYS, {"--bind-to", "none"}}, /* else two ranks share a core */
    /* shared memory and TCP only: no probing for fabrics */
    {ALWAYS, {"--mca", "pml", "ob1"}},
    {ALWAYS, {"--mca", "btl", "self,vader,tcp"}},
    {ALWAYS, {"--mca", "btl_base_warn_component_unused", "0"}},
    {ALWAYS, {"--mca", "btl_vader_backing_directory", "{folder}"}},
    {ALWAYS, {"--mca", "orte_tmpdir_base", "{folder}"}},
    {ALWAYS, {"--mca", "odls_base_sigkill_timeout", "0"}}, /* a lost rank: the others go at once */
    {ALWAYS, {"--mca", "odls_base_num_threads", "0"}}, /* PR_SET_PDEATHSIG is about the thread */
    {ALWAYS, {"--mca", "mpi_yield_when_idle", "1"}},
    {KEEPING_RANKS, {"--mca", "orte_enable_recovery", "1"}}, /* a dead rank: the others live on */
    {WITH_HOSTS, {"--hostfile", "{hostfile}"}},
    {WITH_HOSTS, {"--map-by", "slot"}}, /* rank 0 on the first host of the file: this one */
    {IN_SLURM, {"--host", "{nodes}"}},
    {IN_SLURM, {"--map-by", "node"}},
    {IN_SLURM, {"--mca", "plm", "slurm"}},
    {IN_SLURM, {"--mca", "plm_slurm_args", "--overlap"}}, /* a dead step may still hold its share */
    {WITH_HOSTS, {"--mca", "plm", "rsh"}},
    {WITH_HOSTS, {"--mca", "plm_rsh_agent", "{ssh}"}},
    {WITH_SSH_OPTIONS, {"--mca", "plm_rsh_args", "{ssh_options}"}},
    {WITH_HOSTS, {"--mca", "plm_rsh_no_tree_spawn", "1"}}, /* keys are needed here only */
    /* a silent line is noticed in 4 s (default: 480 s) */
    {WITH_HOSTS, {"--mca", "oob_tcp_keepalive_time", "1"}},
    {WITH_HOSTS, {"--mca", "oob_tcp_keepalive_intvl", "1"}},
    {WITH_HOSTS, {"--mca", "oob_tcp_keepalive_probes", "3"}},
    {WITH_NETWORK, {"--mca", "btl_tcp_if_include", "{network}"}},
    {WITH_NETWORK, {"--mca", "oob_tcp_if_include", "{network}"}},
};

/* Open MPI 5.0, whose run-time is PRRTE: written after its manual, not tested. */
static const FlagRow flags_5[] = {
    {ALWAYS, {"--map-by", "slot:OVERSUBSCRIBE"}},
    {ALWAYS, {"--bind-to", "none"}},
    {ALWAYS, {"--mca", "pml", "ob1"}},
    {ALWAYS, {"--mca", "btl", "self,sm,tcp"}},
    {ALWAYS, {"--mca", "btl_base_warn_component_unused", "0"}},
    {ALWAYS, {"--mca", "btl_sm_backing_directory", "{folder}"}},
    {ALWAYS, {"--prtemca", "prte_tmpdir_base", "{folder}"}},
    {ALWAYS, {"--prtemca", "odls_base_sigkill_timeout", "0"}},
    {ALWAYS, {"--mca", "mpi_yield_when_idle", "1"}},
    {KEEPING_RANKS, {"--enable-recovery"}},
    {WITH_HOSTS, {"--hostfile", "{hostfile}"}},
    {IN_SLURM, {"--host", "{nodes}"}},
    {IN_SLURM, {"--prtemca", "plm", "slurm"}},
    {IN_SLURM, {"--prtemca", "plm_slurm_args", "--overlap"}},
    {WITH_HOSTS, {"--prtemca", "plm", "ssh"}},
    {WITH_HOSTS, {"--prtemca", "plm_ssh_agent", "{ssh}"}},
    {WITH_SSH_OPTIONS, {"--prtemca", "plm_ssh_args", "{ssh_options}"}},
    {WITH_HOSTS, {"--prtemca", "plm_ssh_no_tree_spawn", "1"}},
    {WITH_HOSTS, {"--prtemca", "prte_keepalive_time", "1"}},
    {WITH_HOSTS, {"--prtemca", "prte_keepalive_intvl", "1"}},
    {WITH_HOSTS, {"--prtemca", "prte_keepalive_probes", "3"}},
    {WITH_NETWORK, {"--mca", "btl_tcp_if_include", "{network}"}},
    {WITH_NETWORK, {"--prtemca", "prte_if_include", "{network}"}},
};
// clang-format on

typedef struct FlagTable {
    int mpi_major;
    const FlagRow *rows;
    size_t row_count;
} FlagTable;

static const FlagTable tables[] = {
    {4, flags_4, sizeof flags_4 / sizeof *flags_4},
    {5, flags_5, sizeof flags_5 / sizeof *flags_5}
};

typedef struct ArgumentList {
    const char **words;
    int count;
} ArgumentList;

static void add(ArgumentList *list, const char *word) {
    if (list->count < ARGUMENT_LIMIT) {
        list->words[list->count++] = word;
    }
}

static bool is_asked_for(FlagNeed need, const LaunchOrder *order) {
    switch (need) {
    case WITH_HOSTS:
        return order->hostfile != NULL;
    case WITH_SSH_OPTIONS:
        return order->hostfile && order->ssh_options && *order->ssh_options;
    case WITH_NETWORK:
        return order->network != NULL;
    case IN_SLURM:
        return order->nodes != NULL;
    case KEEPING_RANKS:
        return order->keeps_ranks;
    case ALWAYS:
        break;
    }
    return true;
}

static const char *fill_in(const char *word, const LaunchOrder *order) {
    const struct {
        const char *name, *value;
    } members[] = {
        {"{folder}",      order->launch_folder},
        {"{hostfile}",    order->hostfile     },
        {"{ssh}",         order->ssh          },
        {"{ssh_options}", order->ssh_options  },
        {"{network}",     order->network      },
        {"{nodes}",       order->nodes        },
    };
    for (size_t member = 0; member < sizeof members / sizeof *members; member++) {
        if (strcmp(word, members[member].name) == 0) {
            return members[member].value;
        }
    }
    return word;
}

static const FlagTable *table_for(int mpi_major) {
    return &tables[mpi_major >= 5];
}

static void add_flags(ArgumentList *list, const LaunchOrder *order) {
    const FlagTable *table = table_for(order->mpi_major);
    for (size_t row = 0; row < table->row_count; row++) {
        const FlagRow *flag = &table->rows[row];
        for (int word = 0; word < ROW_WORDS && flag->words[word]; word++) {
            if (is_asked_for(flag->need, order)) {
                add(list, fill_in(flag->words[word], order));
            }
        }
    }
}

/* Open MPI takes only its own variables to other hosts: these of ours must come too. */
static void add_environment(ArgumentList *list, Arena *arena) {
    for (char **at = environ; *at; at++) {
        const size_t length = strcspn(*at, "=");
        const bool is_libraries = strncmp(*at, "LD_LIBRARY_PATH=", length + 1) == 0;
        if (is_libraries || strncmp(*at, "NOCTURNE_", strlen("NOCTURNE_")) == 0) {
            add(list, "-x");
            add(list, arena_copy_bytes(arena, *at, length));
        }
    }
}

/* One step over all nodes, however much a step before it still holds. */
static void add_srun(ArgumentList *list, const LaunchOrder *order, Arena *arena) {
    const char *const words[] = {"--mpi=pmix",
                                 "--overlap",
                                 "--overcommit", /* rank 0 needs no core of its own */
                                 "--mem=0",      /* the share of the job, not of a task */
                                 "--cpu-bind=none",
                                 "--distribution=block",
                                 "--kill-on-bad-exit=1",
                                 "--wait=2",
                                 "--quiet",
                                 "--cpus-per-task=1",
                                 "--ntasks",
                                 arena_format(arena, "%d", order->rank_count + 1),
                                 "--nodes",
                                 arena_format(arena, "%d", order->node_count),
                                 "--nodelist",
                                 order->nodes};
    for (size_t word = 0; word < sizeof words / sizeof *words; word++) {
        add(list, words[word]);
    }
}

/* srun takes no flags of Open MPI, and it heeds what sbatch was told about tasks of its own. */
static void set_srun_environment(const LaunchOrder *order) {
    static const char *const forgotten[] = {"SLURM_NTASKS",          "SLURM_NPROCS",
                                            "SLURM_NTASKS_PER_NODE", "SLURM_TASKS_PER_NODE",
                                            "SLURM_CPUS_PER_TASK",   "SLURM_DISTRIBUTION"};
    for (size_t name = 0; name < sizeof forgotten / sizeof *forgotten; name++) {
        unsetenv(forgotten[name]);
    }
    setenv("OMPI_MCA_pml", "ob1", 1);
    setenv("OMPI_MCA_btl", "self,vader,tcp", 1);
    setenv("OMPI_MCA_btl_base_warn_component_unused", "0", 1);
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 1);
    if (order->network) {
        setenv("OMPI_MCA_btl_tcp_if_include", order->network, 1);
    }
}

void launch_set_environment(const LaunchOrder *order) {
    if (order->is_srun) {
        set_srun_environment(order);
    }
    if (getuid() == 0) { /* mpirun refuses root unless it is told twice */
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
    }
}

const char *const *launch_arguments(const LaunchOrder *order, Arena *arena) {
    ArgumentList list = {.words = arena_array(arena, ARGUMENT_LIMIT + 1, sizeof *list.words)};
    add(&list, order->starter);
    if (order->is_srun) {
        add_srun(&list, order, arena);
    } else {
        add(&list, "-n");
        add(&list, arena_format(arena, "%d", order->rank_count + 1));
        add_flags(&list, order);
        add_environment(&list, arena);
    }
    for (int word = 0; order->command[word]; word++) {
        add(&list, order->command[word]);
    }
    return list.words;
}

int launch_read_major(const char *version_text) {
    static const char name[] = "(Open MPI) ";
    const char *at = strstr(version_text, name);
    const long major = at ? strtol(at + strlen(name), NULL, 10) : MPI_UNKNOWN;
    return major == 4 || major == 5 ? (int)major : MPI_UNKNOWN;
}

const char *launch_ask_version(const char *mpirun, Arena *arena) {
    const char *const words[] = {mpirun, "--version", NULL};
    Subprocess *process = arena_alloc(arena, sizeof *process);
    subprocess_start(words, process);
    subprocess_wait_all(process, 1, version_limit_s);
    process->text[strcspn(process->text, "\n")] = '\0';
    return process->exit_code == 0 ? process->text : "";
}

/* NULL: the row sets none, or one of the run-time that ompi_info does not know of. */
static const char *parameter_of(const FlagRow *row) {
    return strcmp(row->words[0], "--mca") == 0 ? row->words[1] : NULL;
}

const char *launch_ask_parameters(const char *mpirun, int mpi_major, Arena *arena) {
    static const char script[] = "\"$0\" --all --parsable | grep -oE \"$1\"";
    const FlagTable *table = table_for(mpi_major);
    const char *slash = strrchr(mpirun, '/');
    const int folder_bytes = slash ? (int)(slash - mpirun) + 1 : 0;
    const char *asked = arena_format(arena, "%.*sompi_info", folder_bytes, mpirun);
    const char *names = "";
    for (size_t row = 0; row < table->row_count; row++) {
        const char *name = parameter_of(&table->rows[row]);
        names = name ? arena_format(arena, "%s%s%s", names, *names ? "|" : "", name) : names;
    }
    const char *const words[] = {
        "sh", "-c", script, asked, arena_format(arena, ":param:(%s):value:", names), NULL};
    Subprocess *process = arena_alloc(arena, sizeof *process);
    subprocess_start(words, process);
    subprocess_wait_all(process, 1, version_limit_s);
    return process->exit_code == 0 ? process->text : "";
}

const char *launch_unknown_parameters(int mpi_major, const char *listed, Arena *arena) {
    const FlagTable *table = table_for(mpi_major);
    const char *unknown = "";
    for (size_t row = 0; row < table->row_count; row++) {
        const char *name = parameter_of(&table->rows[row]);
        if (name && !strstr(listed, arena_format(arena, ":param:%s:", name))) {
            unknown = arena_format(arena, "%s%s%s", unknown, *unknown ? ", " : "", name);
        }
    }
    return unknown;
}

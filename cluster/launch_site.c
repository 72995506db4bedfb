/* Where ranks are started, and which hosts take part. */
#include "cluster/launch_site.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cluster/clock.h"
#include "cluster/host_network.h"
#include "cluster/host_probe.h"
#include "cluster/leftovers.h"
#include "cluster/own_machine.h"
#include "cluster/run_program.h"
#include "cluster/signals.h"
#include "cluster/slurm_nodes.h"
#include "render/base/files.h"

static const double probe_limit_s = 10.0;       /* a slow shared folder */
static const double next_probe_limit_s = 3.0;   /* while a run stands still */
static const double slurm_probe_limit_s = 20.0; /* a busy controller */
static const double no_host_limit_s = 600.0;    /* a switch that starts again takes minutes */
static const double no_host_interval_s = 2.0;

static const char *ssh_of(const LaunchSite *site) {
    return site->options->ssh ? site->options->ssh : "ssh";
}

/* srun starts the ranks itself where it can; else mpirun does, whose daemons srun starts. */
static Status open_nodes(LaunchSite *site, ErrorList *errors) {
    Arena *arena = site->run->arena;
    TRY(slurm_nodes_read(arena, &site->hosts, errors));
    site->is_srun = slurm_has_pmix(arena);
    if (site->is_srun) {
        site->starter = "srun";
    } else if (!site->starter) {
        return fail(errors, E514, NO_PLACE, "srun has no --mpi=pmix, and mpirun is not in PATH");
    }
    return fingerprint_make(&site->own, errors);
}

static Status open_hosts(LaunchSite *site, ErrorList *errors) {
    if (site->options->is_slurm) {
        return open_nodes(site, errors);
    }
    if (!site->starter) {
        return fail(errors, E514, NO_PLACE, "mpirun is not in PATH");
    }
    if (!site->options->hosts) {
        return DONE;
    }
    TRY(host_list_read(site->options->hosts, site->run->arena, &site->hosts, errors));
    for (int host = 0; host < site->hosts.count; host++) {
        site->hosts.hosts[host].is_own = host_is_own(site->hosts.hosts[host].name);
    }
    return fingerprint_make(&site->own, errors);
}

Status launch_site_open(Run *run,
                        const Options *options,
                        int rank_count,
                        Progress *progress,
                        LaunchSite *site,
                        ErrorList *errors) {
    *site = (LaunchSite){.run = run,
                         .options = options,
                         .progress = progress,
                         .wanted_ranks = rank_count,
                         .rank_count = rank_count};
    site->starter = own_machine_find_mpirun(getenv("PATH"), run->arena);
    if (site->starter) {
        site->mpi_major = launch_read_major(launch_ask_version(site->starter, run->arena));
    }
    site->program = run_program_keep(run, options->program);
    return open_hosts(site, errors);
}

/* ---- before a launch ---- */

static void tell_left_out(LaunchSite *site, Host *host, ErrorList *errors) {
    if (host->is_told) {
        return;
    }
    host->is_told = true;
    warn(errors, site->has_launched ? E601 : E517, NO_PLACE, "host `%s` is left out: %s",
         host->name, host->problem);
    progress_say(site->progress, "host %s is left out: %s", host->name, host->problem);
}

static void tell_hosts(LaunchSite *site, ErrorList *errors) {
    for (int index = 0; index < site->hosts.count; index++) {
        Host *host = &site->hosts.hosts[index];
        if (host->problem) {
            tell_left_out(site, host, errors);
        } else if (host->is_told) {
            host->is_told = false;
            progress_say(site->progress, "host %s is back", host->name);
        }
    }
}

static void ask_hosts(LaunchSite *site, const char *folder) {
    Arena *arena = site->run->arena;
    char *here = getcwd(NULL, 0);
    static const char *const step[] = {"srun",       "--overlap", "--overcommit",      "--mem=0",
                                       "--ntasks=1", "--nodes=1", "--cpus-per-task=1", "--quiet",
                                       NULL};
    const bool is_slurm = site->options->is_slurm;
    const ProbeOrder order = {.agent = is_slurm ? step : host_probe_agent(ssh_of(site), arena),
                              .is_srun = is_slurm,
                              .program = site->program,
                              .state_folder = site->run->state_folder,
                              .working_folder = here ? here : "/",
                              .launch_folder = folder,
                              .limit_s = is_slurm             ? slurm_probe_limit_s
                                         : site->has_launched ? next_probe_limit_s
                                                              : probe_limit_s};
    hosts_probe(&order, &site->own, &site->hosts, arena);
    free(here);
}

static Status fail_without_hosts(const LaunchSite *site, ErrorList *errors) {
    if (site->has_launched) {
        return fail(errors, E601, NO_PLACE, "no host is left that could go on");
    }
    const Status status = fail(errors, E517, NO_PLACE, "none of the hosts can be used");
    error_help(errors, "see cluster/README.md, and what stands in the warnings");
    return status;
}

/* One that only does not answer may do so again; one with all its strikes is not asked. */
static bool may_come_back(const LaunchSite *site) {
    for (int index = 0; index < site->hosts.count; index++) {
        if (site->hosts.hosts[index].strike_count < HOST_STRIKES) {
            return true;
        }
    }
    return false;
}

/* Until one comes back, for minutes. */
static void wait_for_hosts(LaunchSite *site, const char *folder, ErrorList *errors) {
    const double end_s = clock_now_s() + no_host_limit_s;
    while (host_list_count_slots(&site->hosts) == 0 && may_come_back(site) &&
           signals_count() == 0 && clock_now_s() < end_s) {
        nanosleep(&(struct timespec){.tv_sec = (time_t)no_host_interval_s}, NULL);
        ask_hosts(site, folder);
        tell_hosts(site, errors);
    }
}

Status launch_site_survey(LaunchSite *site, const char *folder, ErrorList *errors) {
    if (site->hosts.count == 0) {
        leftovers_sweep(site->run->state_folder);
        return DONE;
    }
    ask_hosts(site, folder);
    tell_hosts(site, errors);
    if (site->has_launched) {
        wait_for_hosts(site, folder, errors);
    }
    const int slots = host_list_count_slots(&site->hosts);
    if (slots == 0) {
        return fail_without_hosts(site, errors);
    }
    const bool is_limited = site->wanted_ranks > 0 && site->wanted_ranks < slots;
    site->rank_count = is_limited ? site->wanted_ranks : slots;
    return DONE;
}

/* ---- the order ---- */

/* This machine comes first, with a slot more: rank 0 schedules beside us, where our signals reach
 * it. */
static Status write_hostfile(const LaunchSite *site, const char *path, ErrorList *errors) {
    char own[256];
    const char *rest = "";
    int own_slots = 0;
    host_own_name(own);
    for (int index = 0; index < site->hosts.count; index++) {
        const Host *host = &site->hosts.hosts[index];
        const int slots = host_slots(host);
        if (host->is_own) {
            own_slots += slots;
        } else if (slots > 0) {
            rest = arena_format(site->run->arena, "%s%s slots=%d\n", rest, host->name, slots);
        }
    }
    const char *text = arena_format(site->run->arena, "%s slots=%d\n%s", own, own_slots + 1, rest);
    return file_write_atomically(path, text, strlen(text), errors);
}

/* mpirun takes `a:2,b:2`, srun `a,b`. */
static void list_nodes(const LaunchSite *site, LaunchOrder *order) {
    const char *text = "";
    for (int index = 0; index < site->hosts.count; index++) {
        const Host *host = &site->hosts.hosts[index];
        if (host->problem) {
            continue;
        }
        text = arena_format(site->run->arena, "%s%s%s", text, *text ? "," : "", host->name);
        if (!site->is_srun) {
            text = arena_format(site->run->arena, "%s:%d", text, host_slots(host) + 1);
        }
        order->node_count++;
    }
    order->nodes = text;
}

Status launch_site_order(const LaunchSite *site,
                         const char *folder,
                         const char *const *command,
                         LaunchOrder *order,
                         ErrorList *errors) {
    *order = (LaunchOrder){.starter = site->starter,
                           .mpi_major = site->mpi_major,
                           .launch_folder = folder,
                           .command = command,
                           .keeps_ranks = site->options->keeps_ranks,
                           .rank_count = site->rank_count};
    if (site->hosts.count == 0) {
        return DONE;
    }
    if (site->options->is_slurm) {
        order->is_srun = site->is_srun;
        order->network = site->options->network;
        list_nodes(site, order);
        return DONE;
    }
    char *network = arena_alloc(site->run->arena, NETWORK_BYTES);
    order->hostfile = path_join(site->run->arena, folder, "hostfile");
    order->ssh = ssh_of(site);
    order->ssh_options = host_probe_agent_options(order->ssh);
    order->network = site->options->network;
    if (!order->network && host_network_of(&site->hosts, network)) {
        order->network = network;
    }
    return write_hostfile(site, order->hostfile, errors);
}

/* ---- during a launch ---- */

void launch_site_watch(LaunchSite *site) {
    if (site->options->keeps_ranks && site->hosts.count > 0) {
        site->lines = lifelines_open(&site->hosts, ssh_of(site), site->run->arena);
    }
}

const char *launch_site_find_gone(LaunchSite *site) {
    return lifelines_find_cut(&site->lines);
}

void launch_site_unwatch(LaunchSite *site) {
    lifelines_close(&site->lines);
}

/* ---- after a launch ---- */

static bool is_name_letter(char letter) {
    return isalnum((unsigned char)letter) || letter == '-' || letter == '_';
}

/* As a word of its own: `node1` is not in `node12`. */
static bool names_host(const char *log, const char *name) {
    const size_t length = strlen(name);
    for (const char *at = log; (at = strstr(at, name)); at += length) {
        if ((at == log || !is_name_letter(at[-1])) && !is_name_letter(at[length])) {
            return true;
        }
    }
    return false;
}

/* `ORTE has lost communication with a remote daemon`, `unable to reliably start one or more
 * daemons`; of a rank alone: `process rank 2 with PID 77 on node b exited on signal 9`. */
bool launch_site_lost_host(const LaunchSite *site, const char *log) {
    return site->options->is_slurm || strstr(log, "daemon") != NULL;
}

static bool is_named(const Host *host, const char *log) {
    return !host->is_own && !host->problem && names_host(log, host->name);
}

void launch_site_blame(LaunchSite *site, const char *log) {
    int named = 0;
    int present = 0;
    for (int index = 0; index < site->hosts.count; index++) {
        named += is_named(&site->hosts.hosts[index], log);
        present += !site->hosts.hosts[index].problem;
    }
    for (int index = 0; index < site->hosts.count && named < present; index++) {
        Host *host = &site->hosts.hosts[index];
        if (is_named(host, log) && ++host->strike_count >= HOST_STRIKES) {
            host->problem = arena_format(site->run->arena, "%d launches came to nothing there",
                                         host->strike_count);
        }
    }
}

void launch_site_close(LaunchSite *site) {
    if (site->has_launched && site->hosts.count > 0) {
        ask_hosts(site, NULL);
    }
}

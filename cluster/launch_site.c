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
#include "cluster/launcher.h"
#include "cluster/leftovers.h"
#include "cluster/run_program.h"
#include "cluster/signals.h"
#include "render/base/files.h"

static const double probe_limit_s = 10.0;     /* a slow shared folder */
static const double next_probe_limit_s = 3.0; /* while a run stands still */
static const double no_host_limit_s = 600.0;  /* a switch that starts again takes minutes */
static const double no_host_interval_s = 2.0;

static const char *ssh_of(const LaunchSite *site) {
    return site->options->ssh ? site->options->ssh : "ssh";
}

static Status open_hosts(LaunchSite *site, ErrorList *errors) {
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
    site->starter = launcher_find_mpirun(getenv("PATH"), run->arena);
    if (!site->starter) {
        return fail(errors, E514, NO_PLACE, "mpirun is not in PATH");
    }
    site->mpi_major = launch_read_major(launch_ask_version(site->starter, run->arena));
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
    const ProbeOrder order = {.agent = host_probe_agent(ssh_of(site), arena),
                              .program = site->program,
                              .state_folder = site->run->state_folder,
                              .working_folder = here ? here : "/",
                              .launch_folder = folder,
                              .limit_s = site->has_launched ? next_probe_limit_s : probe_limit_s};
    hosts_probe(&order, &site->own, &site->hosts, arena);
    free(here);
}

static Status fail_without_hosts(const LaunchSite *site, ErrorList *errors) {
    if (site->has_launched) {
        return fail(errors, E601, NO_PLACE, "no host is left that could go on");
    }
    const Status status = fail(errors, E517, NO_PLACE, "none of the hosts can be used");
    error_help(errors, "try `ssh -o BatchMode=yes HOST true`; see cluster/README.md");
    return status;
}

Status launch_site_survey(LaunchSite *site, const char *folder, ErrorList *errors) {
    const double begin_s = clock_now_s();
    if (site->hosts.count == 0) {
        leftovers_sweep(site->run->state_folder);
        return DONE;
    }
    ask_hosts(site, folder);
    tell_hosts(site, errors);
    while (host_list_count_slots(&site->hosts) == 0 && site->has_launched && signals_count() == 0 &&
           clock_now_s() - begin_s < no_host_limit_s) {
        nanosleep(&(struct timespec){.tv_sec = (time_t)no_host_interval_s}, NULL);
        ask_hosts(site, folder);
        tell_hosts(site, errors);
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

Status launch_site_order(const LaunchSite *site,
                         const char *folder,
                         const char *const *command,
                         LaunchOrder *order,
                         ErrorList *errors) {
    *order = (LaunchOrder){.starter = site->starter,
                           .mpi_major = site->mpi_major,
                           .launch_folder = folder,
                           .command = command,
                           .rank_count = site->rank_count};
    if (site->hosts.count == 0) {
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

void launch_site_blame(LaunchSite *site, const char *log) {
    for (int index = 0; index < site->hosts.count; index++) {
        Host *host = &site->hosts.hosts[index];
        if (host->is_own || host->problem || !names_host(log, host->name)) {
            continue;
        }
        host->strike_count++;
        if (host->strike_count >= HOST_STRIKES) {
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

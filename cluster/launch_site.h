#ifndef CLUSTER_LAUNCH_SITE_H
#define CLUSTER_LAUNCH_SITE_H
/* Where ranks are started: on this machine, on hosts over ssh, or on the nodes of a Slurm
 * allocation by srun. Only hosts that answer take part.
 *
 *     TRY(launch_site_open(run, options, rank_count, progress, &site, errors));
 *     TRY(launch_site_survey(&site, folder, errors));    before every launch
 *     TRY(launch_site_order(&site, folder, command, &order, errors));
 *     launch_site_blame(&site, what_mpirun_said);        after one that came to nothing
 *     launch_site_close(&site);
 */
#include "cluster/fingerprint.h"
#include "cluster/host_list.h"
#include "cluster/launch_arguments.h"
#include "cluster/lifelines.h"
#include "cluster/progress.h"

typedef struct LaunchSite {
    Run *run;
    const Options *options;
    Progress *progress;
    const char *starter, *program; /* mpirun; the run's own copy of the program */
    int mpi_major;
    HostList hosts; /* count 0: this machine alone */
    Fingerprint own;
    bool is_srun;     /* starter is srun */
    Lifelines lines;  /* of a launch that keeps the ranks that live */
    int wanted_ranks; /* -j N; 0: all that the hosts take */
    int rank_count;   /* of the next launch */
    bool has_launched;
} LaunchSite;

/* E514 no mpirun, E002 the hosts. */
Status launch_site_open(Run *run,
                        const Options *options,
                        int rank_count,
                        Progress *progress,
                        LaunchSite *site,
                        ErrorList *errors);
/* folder: of the launch. Asks the hosts and counts the ranks. Who is left out is told once: W517
 * before the first launch, W601 later. When none is left: E517 before the first launch; later it
 * waits for minutes until one comes back, then E601. A request to stop ends the waiting. */
Status launch_site_survey(LaunchSite *site, const char *folder, ErrorList *errors);
/* command: of a rank. */
Status launch_site_order(const LaunchSite *site,
                         const char *folder,
                         const char *const *command,
                         LaunchOrder *order,
                         ErrorList *errors);
/* Where ranks are kept (--keep-ranks), from the start of a launch to its end: the host that is
 * gone, NULL: none. */
void launch_site_watch(LaunchSite *site);
const char *launch_site_find_gone(LaunchSite *site);
void launch_site_unwatch(LaunchSite *site);
/* log: what was said in a launch; whether a host may have gone with it, not only a rank. Slurm's
 * words for the two are the same. */
bool launch_site_lost_host(const LaunchSite *site, const char *log);
/* log: what was said in a launch without progress; the hosts it names get a strike,
 * unless it names them all: then it is not theirs. */
void launch_site_blame(LaunchSite *site, const char *log);
/* The hosts take away what the last launch left there. */
void launch_site_close(LaunchSite *site);

#endif

#ifndef CLUSTER_RANK_SENTRY_H
#define CLUSTER_RANK_SENTRY_H
/* Who tells that a rank is dead: a small process beside it, whatever the host.
 *
 *     RankSentry sentry = rank_sentry_start(roll_path, rank);    before MPI is opened
 *     rank_sentry_dismiss(&sentry);                              the rank ends as it should
 *
 * The sentry waits at the end of a pipe that closes with the rank, by whatever signal it dies, and
 * then marks it in the roll: a file with a byte for each rank, which rank 0 and the launcher read.
 * Every sentry writes a byte of its own, so that none of a file system's promises but close-to-open
 * is needed.
 */
#include <stdbool.h>

#define ROLL_SUFFIX ".dead"

typedef struct RankSentry {
    int pipe; /* its end of ours; below 0: there is none */
} RankSentry;

/* Without a sentry (no process could be started) a death is noticed later, by the task's time. */
RankSentry rank_sentry_start(const char *roll_path, int rank);
void rank_sentry_dismiss(RankSentry *sentry);

/* is_dead: [count] set where the roll says so, never cleared. true: there is news. */
bool rank_roll_read(const char *roll_path, bool *is_dead, int count);

#endif

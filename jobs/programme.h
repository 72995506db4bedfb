#ifndef JOBS_PROGRAMME_H
#define JOBS_PROGRAMME_H
/* `loudness: {scope: programme}`: reels that are jobs of their own, and have one gain.
 *
 * A reel's job names the jobs of the others. These are read, lowered and planned here for one
 * thing: the keys under which MASTER of each keeps the energies of its 10 ms, by which MASTER of
 * this job finds them. A reel that changed has another key, so nothing stale is ever found.
 */
#include "jobs/job.h"
#include "render/model/mix.h"

/* Fills MixDeliverable.programme. mix->fft is that of the run. Ranks that see other texts of the
 * reels come to another plan key and are refused. Errors of the reels' jobs; E208 when a reel's
 * deliverable of the same name is not of the same programme. */
Status programme_find_reels(
    const JobSpec *job, const char *index_folder, Arena *arena, Mix *mix, ErrorList *errors);

#endif

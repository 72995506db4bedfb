#ifndef JOBS_ARC_SOURCE_H
#define JOBS_ARC_SOURCE_H
/* Arcs that follow the picture or the dialogue: `source: cut_rate` or `dialogue_density`.
 *
 * The arc gets a point each second of `over`. cut_rate: the cuts of all lists of `import` within
 * `window` around it, as a share of the most there are. dialogue_density: the share of the window
 * in which lines are spoken.
 */
#include "jobs/job.h"

/* Fills the curve of an arc with a source; times are known. E203 without `over`, E303 with points
 * of its own, or when there is nothing to follow. */
void arc_source_complete(const JobSpec *job, JobArc *arc, Arena *arena, ErrorList *errors);

#endif

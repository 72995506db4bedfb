#ifndef CLUSTER_LIST_TIMES_H
#define CLUSTER_LIST_TIMES_H
/* `list cues|scenes|lines|markers JOB`: when things of a job happen.
 *
 * With --csv the table is a list that `import` reads again: its times are exact, and the columns
 * bars, length and place are passed over there.
 */
#include "cluster/options.h"
#include "jobs/job.h"

/* kind: "cues". */
void list_times(const JobSpec *job, const char *kind, const Options *options, Arena *arena);

#endif

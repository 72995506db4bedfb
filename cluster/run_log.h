#ifndef CLUSTER_RUN_LOG_H
#define CLUSTER_RUN_LOG_H
/* logs/run-20260509T021407Z.log of every output folder: what happened to the job in one command, in
 * words, whatever was shown on a terminal.
 *
 *     RunLog *log = run_log_create(batch);
 *     run_log_add(log, job, "done st20  2 files");       a line with the time in front of it
 *
 * A log that cannot be written is none: no render ends for that.
 */
#include "cluster/batch.h"

typedef struct RunLog RunLog;

/* batch may be filled later; lives in its arena. */
RunLog *run_log_create(const Batch *batch);
/* job: of the batch, -1: all of them; before there is one its lines are kept. */
void run_log_add(RunLog *log, int job, const char *line);

#endif

#ifndef JOBS_JOB_CONFORM_H
#define JOBS_JOB_CONFORM_H
/* `qc.conform`: do markers, cues and scenes lie on the cuts of the picture?
 *
 * A time that was written as such (a timecode, a length, bars) is held against the nearest cut of a
 * list: beyond `tolerance` it is told with its frames, beyond `reach` it was not meant for a cut.
 * What is anchored to another name moves with that, which is judged itself; things at the same time
 * are told once.
 */
#include "jobs/job_values.h"

/* Fills job->slips; every time is known. E301, E303 for what is no list with cuts; E344 for each
 * slip when `action` is fail. */
void job_conform_check(JobReader *reader);

/* W344 for each slip. */
void job_conform_warn(const JobSpec *job, ErrorList *errors);

#endif

#ifndef JOBS_JOB_LOUDNESS_H
#define JOBS_JOB_LOUDNESS_H
/* What the loudness of a deliverable asks of the job. */
#include "jobs/job.h"

enum { GATE_PROGRAM, GATE_DIALOGUE }; /* deliverables.*.loudness.gate */
enum { LINK_FULL, LINK_SET };         /* deliverables.*.loudness.link */
enum { SCOPE_JOB, SCOPE_PROGRAMME };  /* deliverables.*.loudness.scope */

/* E208: a dialogue gate where no layer speaks, reels without a programme; E203: a programme without
 * other reels or a target; E402. After the references are resolved. */
void job_loudness_check(const JobSpec *job, ErrorList *errors);

#endif

#ifndef JOBS_JOB_POLICY_H
#define JOBS_JOB_POLICY_H
/* `policy` of a job and of a deliverable: a path or the checks themselves.
 *
 *     policy: house.yaml
 *     deliverables: {st: {layout: 2.0, policy: {checks: {loudness: {target: -14 LUFS}}}}}
 *
 * The deliverable's lies over the job's, the job's over what every check does by default. Without
 * either nothing is checked but what `loudness` asks for.
 */
#include "jobs/job_files.h"
#include "jobs/job_values.h"

/* The files that policies name become maps in the tree. E101 .. E109, E201, E402, E410, E411. */
Status job_policy_files_read(Node *root, JobFiles *files, Arena *arena, ErrorList *errors);

/* A value of the key table. E202: a list. */
Status job_policy_read(JobReader *reader, const ValueSite *site);

/* Fills the policies of all deliverables. Errors of qc_policy_merge. */
void job_policies_resolve(JobSpec *job, Arena *arena, ErrorList *errors);

#endif

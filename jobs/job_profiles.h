#ifndef JOBS_JOB_PROFILES_H
#define JOBS_JOB_PROFILES_H
/* The profiles of a job's deliverables: each one's keys come to lie below those that the job
 * writes, so that every value knows the file and line it comes from. */
#include "jobs/job_files.h"
#include "jobs/node.h"

/* *root: the tree of the job, replaced by one with the profiles merged in; their files join
 * `files`. The `profile` of each deliverable becomes NAME@VERSION. A deliverable whose profile
 * fails is taken out: what would follow from that is not said. profiles: one a deliverable that has
 * one, in the order of the job. Errors of profile_find and profile_read. */
void job_profiles_apply(Node **root,
                        JobFiles *files,
                        Arena *arena,
                        JobProfile **profiles,
                        int *count,
                        ErrorList *errors);

/* Whether a value of a deliverable ("loudness.target") is a figure of its profile that is not
 * verified: it helps to make the delivery and is told, but refuses nothing. */
bool job_figure_is_advice(const JobSpec *job, const char *deliverable, const char *path);

/* NULL: the deliverable has none. */
const JobProfile *job_profile_of(const JobSpec *job, const char *deliverable);

#endif

#ifndef JOBS_JOB_SETS_H
#define JOBS_JOB_SETS_H
/* Sets of stems: what `full`, `me` and every other word of `stems.*.in` is the sum of.
 *
 *     stems:
 *       dx: {role: dialogue}                          # in [full]
 *       mx: {role: music}                             # in [full, me]
 *       fill: {role: effects, in: [me]}               # M&E only
 *       alt: {role: effects, in: [optional]}          # beside the programme
 *     deliverables:
 *       th: {layout: 5.1, stems: [full, me, optional, full-dx]}
 *
 * `full-dx` is a mix-minus: the set without that stem. Dialogue is in full, all others in full and
 * me, unless `in` says something else.
 */
#include "jobs/job.h"

bool job_stem_is_in(const JobStem *stem, const char *set);

/* Whether the name is that of a set, with or without stems behind `-`; its kind and is_in are
 * filled. False: it is none. E301 a stem behind `-` that there is not, or that is not in the set;
 * E208 a set in which no layer sounds. */
bool job_set_resolve(const JobSpec *job, JobOutput *output, Arena *arena, ErrorList *errors);

/* E306 a set that is called like a stem. */
void job_sets_check(const JobSpec *job, ErrorList *errors);

#endif

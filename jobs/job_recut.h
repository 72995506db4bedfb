#ifndef JOBS_JOB_RECUT_H
#define JOBS_JOB_RECUT_H
/* `conform`: a job that fits one cut of the picture goes on to the next.
 *
 *     extends: reel2.yaml
 *     conform: {from: edl/v7.edl, to: edl/v8.edl, absolute: move}
 *
 * What the base says, its includes and the lists it imports, was written for the cut before: with
 * `absolute: move` its times follow the list of changes (change_list.h). What the file with
 * `conform` says itself, and --set, is of the new cut.
 */
#include "jobs/job_values.h"

/* Reads the two lists, as far as the tree names them. E208 without a base; E106, E402, E410. */
Status job_recut_find(
    const Node *root, JobFiles *files, Arena *arena, RecutFiles *found, ErrorList *errors);

/* The list of changes of job->recut, when times move. E101, E211, E427; E330 when the lists have
 * nothing in common. */
void job_recut_make(JobReader *reader);

/* Whether a value was written for the cut before. */
bool job_recut_is_old(const JobReader *reader, Place place);

/* After the times are known: scenes, lines and cues that were cut out are there no more, and the
 * length of the programme follows. */
void job_recut_apply(JobReader *reader);

#endif

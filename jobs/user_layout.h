#ifndef JOBS_USER_LAYOUT_H
#define JOBS_USER_LAYOUT_H
/* Layouts of a job: loudspeakers as they really stand.
 *
 *     layouts:
 *       stage: {base: 7.1.4, speakers: {L: {az: 34 deg, gain: -1 dB}, R: {az: -33 deg}}}
 *       hall:
 *         speakers: {L: {az: 40 deg}, R: {az: -40 deg}, back: {az: 180 deg, el: 20 deg, delay: 3
 * ms}}
 *
 * With a base, the channels are those of the base in its order, speakers that are not named stand
 * at their nominal places, and in a system of BS.2051 none may leave its allowed range. Without
 * one, the channels are the speakers as written, anywhere. A label of ours or of BS.2051 brings its
 * nominal place; the gains of a direction follow the real ones (BS.2127-1, 6.1.3.1).
 */
#include "jobs/job.h"

/* Gives every layout of the job its table. Of each wrong one the first fault: E301 a base or
 * speaker that is not known, E203 no place, E206 outside the range of BS.2051, E303 two at one
 * place, E306 a name that is taken, E213 nothing to pan to. */
void job_layouts_build(JobSpec *job, Arena *arena, ErrorList *errors);

/* A layout of the job or a built-in one; NULL: neither. */
const Layout *job_layout_find(const JobSpec *job, const char *name);

#endif

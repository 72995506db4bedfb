#ifndef JOBS_TRANSITION_H
#define JOBS_TRANSITION_H
/* `transitions`: how one cue hands over to the next.
 *
 *     transitions: {1m1>1m2: {type: equal-power, over: 2 s}}
 *
 * Where the second cue begins, the layers of the first (those with its `cue`) go and its own come,
 * over the same length: with cosine and sine (equal-power) or in straight lines of amplitude
 * (equal-gain). cut: over 10 ms. overlap: both stay as they are. bridge: as equal-power, and what
 * goes is sent to a room along half a sine: nothing at both ends, all of it in the middle.
 */
#include "jobs/curve.h"
#include "jobs/job.h"
#include "render/model/mix.h"

enum {
    TRANSITION_EQUAL_POWER,
    TRANSITION_EQUAL_GAIN,
    TRANSITION_CUT,
    TRANSITION_OVERLAP,
    TRANSITION_BRIDGE
};

/* The cues of each, by their names. E301, E306 what is no `first>second`. */
void transitions_resolve(JobSpec *job, Arena *arena, ErrorList *errors);

/* NULL: the layer has no part in it. */
const Lane *transition_lane_make(const JobSpec *job,
                                 const JobTransition *transition,
                                 const JobLayer *layer,
                                 Arena *arena);

/* The sends of bridges, each into a part of its room. Behind lower_scene_rooms: what belongs to a
 * scene does not close a bridge. */
void transition_add_bridges(const JobSpec *job, Mix *mix, Arena *arena);

#endif

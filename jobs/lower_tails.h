#ifndef JOBS_LOWER_TAILS_H
#define JOBS_LOWER_TAILS_H
/* `tails: cut`: what rings in a room is gone for good, and what is sent later rings afresh.
 *
 * The room becomes two parts: what was sent before is heard up to the cut, what is sent behind it
 * is heard from there on. Both have the response of the room; layers that are not meant stay in
 * the room they were in.
 */
#include "jobs/layer_facts.h"
#include "render/model/mix.h"

static const SampleTime tail_cut_never = INT64_MAX / 4;

typedef struct TailCut {
    SampleTime begin, end; /* the return goes out; at `end` it is gone */
    LaneShape shape;
    SampleTime
        opens; /* >= end: from here on it is sent to again, and not a sample is heard before */
    /* What is sent then comes in as fast as the return of the old part went: what is sent while a
     * layer fades away must not ring on. Or at once, where it has a fade of its own. */
    bool is_faded_in;
} TailCut;

/* One more: its index. */
int room_add(Mix *mix, const MixRoom *room, Arena *arena);
/* Of the same response, for sends of its own from `opens` on: its index. */
int room_add_part(Mix *mix, int room, SampleTime opens, Arena *arena);

/* is_meant: [layer_count], NULL: all. Parts of the room are cut, too. */
void tail_cut_room(Mix *mix, int room, const TailCut *cut, const bool *is_meant, Arena *arena);

/* Behind lower_rules and lower_scene_rooms. */
void lower_rule_tails(const JobSpec *job, const LayerFacts *facts, Mix *mix, Arena *arena);

#endif

/* `transitions`: how one cue hands over to the next. */
#include "jobs/transition.h"

#include <string.h>

#include "jobs/lower_tails.h"
#include "jobs/reference.h"

enum { CUT_MS = 10 };

/* -1: there is none. */
static int find_cue(const JobSpec *job, const char *name) {
    for (int cue = 0; cue < job->cue_count; cue++) {
        if (strcmp(job->cues[cue].id, name) == 0) {
            return cue;
        }
    }
    return -1;
}

/* The index of a cue; -1 and E301: there is none. */
static int
resolve_cue(const JobSpec *job, const char *name, Place place, Arena *arena, ErrorList *errors) {
    const int cue = find_cue(job, name);
    if (cue >= 0) {
        return cue;
    }
    Reference *known = arena_array(arena, (size_t)job->cue_count + 1, sizeof *known);
    for (int index = 0; index < job->cue_count; index++) {
        known[index] = (Reference){job->cues[index].id, job->cues[index].id_place};
    }
    const ReferenceList list = {"cue", known, job->cue_count};
    reference_fail(&list, name, place, errors);
    return -1;
}

void transitions_resolve(JobSpec *job, Arena *arena, ErrorList *errors) {
    for (int index = 0; index < job->transition_count; index++) {
        JobTransition *transition = &job->transitions[index];
        const char *id = transition->id;
        const size_t length = strcspn(id, ">");
        if (length == 0 || id[length] != '>' || !id[length + 1]) {
            fail(errors, E306, transition->id_place, "`%s` is not a transition", id);
            error_caret(errors, "write the two cues: `1m1>1m2`");
            continue;
        }
        transition->first = resolve_cue(job, arena_copy_bytes(arena, id, length),
                                        transition->id_place, arena, errors);
        transition->second = resolve_cue(job, id + length + 1, transition->id_place, arena, errors);
    }
}

static const Lane *make_lane(const LaneSegment *segment, Arena *arena) {
    LaneSegment *kept = arena_alloc(arena, sizeof *kept);
    Lane *lane = arena_alloc(arena, sizeof *lane);
    *kept = *segment;
    *lane = (Lane){.kind = LANE_FADE, .segments = kept, .segment_count = 1};
    return lane;
}

const Lane *transition_lane_make(const JobSpec *job,
                                 const JobTransition *transition,
                                 const JobLayer *layer,
                                 Arena *arena) {
    const int cue = layer->cue.text ? find_cue(job, layer->cue.text) : -1;
    const bool goes = cue >= 0 && cue == transition->first;
    const bool comes = cue >= 0 && cue == transition->second;
    const bool is_cut = transition->type.index == TRANSITION_CUT;
    if (goes == comes || transition->type.index == TRANSITION_OVERLAP || (is_cut && comes)) {
        return NULL;
    }
    const int64_t length = is_cut ? (int64_t)job->rate_hz * CUT_MS / 1000
                                  : rational_to_samples(transition->over.seconds, job->rate_hz);
    const SampleTime begin =
        rational_to_samples(job->cues[transition->second].in.seconds, job->rate_hz);
    LaneSegment segment = {.begin = begin,
                           .end = begin + (length > 0 ? length : 1),
                           .from = goes ? 1.0 : 0.0,
                           .to = goes ? 0.0 : 1.0};
    if (transition->type.index != TRANSITION_EQUAL_GAIN) {
        segment.shape = goes ? SHAPE_COSINE : SHAPE_SINE;
    }
    return make_lane(&segment, arena);
}

/* The layer fades with cos x: times 2 sin x that is sin 2x. */
static void add_bridge_send(MixLayer *layer, int part, const LaneSegment *rise, Arena *arena) {
    MixSend *sends = arena_array(arena, (size_t)layer->send_count + 1, sizeof *sends);
    LaneSegment *segment = arena_alloc(arena, sizeof *segment);
    Lane *gate = arena_alloc(arena, sizeof *gate);
    if (layer->send_count) {
        memcpy(sends, layer->sends, (size_t)layer->send_count * sizeof *sends);
    }
    *segment = *rise;
    *gate = (Lane){.kind = LANE_GATE, .room = part, .segments = segment, .segment_count = 1};
    sends[layer->send_count++] =
        (MixSend){.room = part, .gain = 2.0, .lanes = gate, .lane_count = 1};
    layer->sends = sends;
}

void transition_add_bridges(const JobSpec *job, Mix *mix, Arena *arena) {
    for (int index = 0; index < job->transition_count; index++) {
        const JobTransition *transition = &job->transitions[index];
        if (transition->type.index != TRANSITION_BRIDGE) {
            continue;
        }
        const SampleTime begin =
            rational_to_samples(job->cues[transition->second].in.seconds, job->rate_hz);
        const int64_t length = rational_to_samples(transition->over.seconds, job->rate_hz);
        const LaneSegment rise = {begin, begin + length, 0.0, 1.0, SHAPE_SINE, 0};
        const int part = room_add_part(mix, transition->room_index, begin, arena);
        for (int layer = 0; layer < mix->layer_count; layer++) {
            const char *cue = job->layers[mix->layers[layer].written].cue.text;
            if (cue && find_cue(job, cue) == transition->first) {
                add_bridge_send(&mix->layers[layer], part, &rise, arena);
            }
        }
    }
}

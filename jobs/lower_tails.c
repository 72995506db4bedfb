/* Rooms in parts, where tails are cut. */
#include "jobs/lower_tails.h"

#include <string.h>

#include "jobs/lower_rules.h"
#include "jobs/time_windows.h"

int room_add(Mix *mix, const MixRoom *room, Arena *arena) {
    MixRoom *grown = arena_array(arena, (size_t)mix->room_count + 1, sizeof *grown);
    memcpy(grown, mix->rooms, (size_t)mix->room_count * sizeof *grown);
    grown[mix->room_count] = *room;
    mix->rooms = grown;
    return mix->room_count++;
}

static Lane make_gate(int room, const LaneSegment *segments, int count, Arena *arena) {
    LaneSegment *copy = arena_array(arena, (size_t)count, sizeof *copy);
    memcpy(copy, segments, (size_t)count * sizeof *copy);
    return (Lane){.kind = LANE_GATE, .room = room, .segments = copy, .segment_count = count};
}

int room_add_part(Mix *mix, int room, SampleTime opens, Arena *arena) {
    MixRoom part = mix->rooms[room];
    part.part_of = mix_room_origin(mix, room) + 1;
    part.opens = opens;
    return room_add(mix, &part, arena);
}

/* Closed before, open from `time` on. */
static Lane make_step(int room, SampleTime time, Arena *arena) {
    const LaneSegment step[2] = {
        {time - 1, time,     0.0, 0.0, SHAPE_LINEAR, 0},
        {time,     time + 1, 1.0, 1.0, SHAPE_LINEAR, 0}
    };
    return make_gate(room, step, 2, arena);
}

static const Lane *grow_lanes(const Lane *lanes, int count, const Lane *more, Arena *arena) {
    Lane *grown = arena_array(arena, (size_t)count + 1, sizeof *grown);
    if (count) {
        memcpy(grown, lanes, (size_t)count * sizeof *grown);
    }
    grown[count] = *more;
    return grown;
}

/* Up to the cut. */
static int add_part_before(Mix *mix, int room, const TailCut *cut, Arena *arena) {
    const int origin = mix_room_origin(mix, room);
    MixRoom part = mix->rooms[room];
    const LaneSegment closing = {cut->begin, cut->end, 1.0, 0.0, cut->shape, 0};
    const Lane gate = make_gate(origin, &closing, 1, arena);
    part.part_of = origin + 1;
    part.returns = grow_lanes(part.returns, part.return_count++, &gate, arena);
    return room_add(mix, &part, arena);
}

static int add_part_behind(Mix *mix, int room, const TailCut *cut, Arena *arena) {
    const int origin = mix_room_origin(mix, room);
    MixRoom part = mix->rooms[room];
    const Lane gate = make_step(origin, cut->opens, arena);
    part.part_of = origin + 1;
    part.opens = cut->opens;
    part.returns = grow_lanes(part.returns, part.return_count++, &gate, arena);
    return room_add(mix, &part, arena);
}

static Lane make_opening(const Mix *mix, int room, const TailCut *cut, Arena *arena) {
    const LaneSegment ramp = {
        cut->opens, cut->opens + cut->end - cut->begin, 0.0, 1.0, SHAPE_LINEAR, 0};
    const int origin = mix_room_origin(mix, room);
    return cut->is_faded_in ? make_gate(origin, &ramp, 1, arena)
                            : make_step(origin, cut->opens, arena);
}

/* Its sends into the room go into both parts. */
static void
reroute(MixLayer *layer, int room, const int parts[2], const Lane *opening, Arena *arena) {
    MixSend *sends = arena_array(arena, 2 * (size_t)layer->send_count, sizeof *sends);
    int count = 0;
    for (int index = 0; index < layer->send_count; index++) {
        MixSend send = layer->sends[index];
        if (send.room == room) {
            send.room = parts[0];
            sends[count++] = send;
            send.room = parts[1];
            send.lanes = grow_lanes(send.lanes, send.lane_count++, opening, arena);
        }
        sends[count++] = send;
    }
    layer->sends = sends;
    layer->send_count = count;
}

static bool sends_to(const MixLayer *layer, int room) {
    for (int send = 0; send < layer->send_count; send++) {
        if (layer->sends[send].room == room) {
            return true;
        }
    }
    return false;
}

static void cut_part(Mix *mix, int room, const TailCut *cut, const bool *is_meant, Arena *arena) {
    int parts[2] = {-1, -1};
    Lane opening = {0};
    for (int layer = 0; layer < mix->layer_count; layer++) {
        if ((is_meant && !is_meant[layer]) || !sends_to(&mix->layers[layer], room)) {
            continue;
        }
        if (parts[0] < 0) {
            opening = make_opening(mix, room, cut, arena);
            parts[0] = add_part_before(mix, room, cut, arena);
            parts[1] = add_part_behind(mix, room, cut, arena);
        }
        reroute(&mix->layers[layer], room, parts, &opening, arena);
    }
}

void tail_cut_room(Mix *mix, int room, const TailCut *cut, const bool *is_meant, Arena *arena) {
    const int count = mix->room_count; /* those that it makes are cut already */
    for (int part = room; part < count; part++) {
        const MixRoom *subject = &mix->rooms[part];
        if (mix_room_origin(mix, part) == room && subject->opens < cut->end &&
            mix_room_is_heard(subject, (Span){cut->begin, tail_cut_never})) {
            cut_part(mix, part, cut, is_meant, arena);
        }
    }
}

typedef struct RuleTails {
    const JobSpec *job;
    const LayerFacts *facts;
    Mix *mix;
    Arena *arena;
} RuleTails;

static void
cut_at(const RuleTails *work, const JobRule *rule, const TimeWindow *window, const bool *is_meant) {
    const int rate_hz = work->job->rate_hz;
    const SampleTime end = rational_to_samples(window->begin_s, rate_hz);
    const SampleTime ramp = rational_to_samples(rule->ramp.seconds, rate_hz);
    const bool is_silence = rule->gain_db.value <= silence_db;
    const TailCut cut = {.begin = end - (ramp > 0 ? ramp : 1),
                         .end = end,
                         .shape = SHAPE_LINEAR,
                         .opens = is_silence ? rational_to_samples(window->end_s, rate_hz) : end,
                         .is_faded_in = !is_silence};
    for (int room = 0; room < work->job->room_count && end > 0; room++) {
        tail_cut_room(work->mix, room, &cut, is_meant, work->arena);
    }
}

static void cut_for_rule(const RuleTails *work, const Timeline *timeline, const JobRule *rule) {
    Arena *arena = work->arena;
    const TimeWindows windows =
        time_windows_make(timeline, rule->when.selector, &rule->over, arena);
    bool *is_meant = arena_array(arena, (size_t)work->mix->layer_count + 1, sizeof *is_meant);
    for (int layer = 0; layer < work->mix->layer_count; layer++) {
        is_meant[layer] = rule_means_layer(rule, work->facts, work->mix->layers[layer].written);
    }
    for (int window = 0; window < windows.count && !windows.is_always; window++) {
        cut_at(work, rule, &windows.windows[window], is_meant);
    }
}

void lower_rule_tails(const JobSpec *job, const LayerFacts *facts, Mix *mix, Arena *arena) {
    const Timeline timeline = timeline_make(job, arena);
    const RuleTails work = {.job = job, .facts = facts, .mix = mix, .arena = arena};
    for (int rule = 0; rule < job->rule_count; rule++) {
        if (job->rules[rule].tails.index == TAILS_CUT) {
            cut_for_rule(&work, &timeline, &job->rules[rule]);
        }
    }
}

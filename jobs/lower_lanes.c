/* What moves the parameters of a layer becomes lanes. */
#include "jobs/lower_lanes.h"

#include "jobs/enter_lane.h"
#include "jobs/lower_distance.h"
#include "jobs/lower_splice.h"
#include "jobs/transition.h"

typedef struct LaneList {
    Lane *lanes;
    bool *is_added;
    int count;
    const JobSpec *job;
    const JobLayer *written;
    Arena *arena;
} LaneList;

/* One lane of `count` writers, which follow one another in time. */
static void add_writers(LaneList *list, const LaneWriter *writers, int count) {
    const Curve **curves = arena_array(list->arena, (size_t)count, sizeof(Curve *));
    for (int writer = 0; writer < count; writer++) {
        curves[writer] = &writers[writer].curve;
    }
    const Lane like = {.kind = writers->parameter->lane, .room = writers->room};
    const Lane *lane =
        curve_lane(list->job, curves, count, lower_splice_half_samples(list->job, list->written),
                   &like, list->arena);
    if (lane) {
        list->is_added[list->count] = writers->is_added;
        list->lanes[list->count++] = *lane;
    }
}

static bool goes_on(const LaneWriter *first, const LaneWriter *next) {
    return !first->is_added && !next->is_added && first->parameter == next->parameter &&
           first->room == next->room;
}

static void add_fade(LaneList *list, const Lane *fade) {
    if (fade) {
        list->lanes[list->count++] = *fade;
    }
}

LayerLanes layer_lanes_make(const JobSpec *job,
                            const LayerFacts *facts,
                            const JobLayer *written,
                            const MixLayer *layer,
                            Arena *arena) {
    const int index = (int)(written - job->layers);
    const LaneWriters all = lane_writers_make(job, facts, index, arena);
    const size_t limit =
        (size_t)all.count + (size_t)job->arc_count + (size_t)job->transition_count + 1;
    LaneList list = {.lanes = arena_array(arena, limit, sizeof *list.lanes),
                     .is_added = arena_array(arena, limit, sizeof *list.is_added),
                     .job = job,
                     .written = written,
                     .arena = arena};
    (void)layer;
    for (int first = 0; first < all.count;) {
        int end = first + 1;
        while (end < all.count && goes_on(&all.writers[first], &all.writers[end])) {
            end++;
        }
        add_writers(&list, &all.writers[first], end - first);
        first = end;
    }
    add_fade(&list, enter_lane_make(job, written, arena));
    for (int arc = 0; arc < job->arc_count; arc++) {
        add_fade(&list, thin_lane_make(job, facts, &job->arcs[arc], index, arena));
    }
    for (int transition = 0; transition < job->transition_count; transition++) {
        add_fade(&list, transition_lane_make(job, &job->transitions[transition], written, arena));
    }
    return (LayerLanes){list.lanes, list.is_added, list.count};
}

const Lane *layer_lanes_find(const LayerLanes *lanes, LaneKind kind) {
    for (int lane = 0; lane < lanes->count; lane++) {
        if (lanes->lanes[lane].kind == kind && !lanes->is_added[lane]) {
            return &lanes->lanes[lane];
        }
    }
    return NULL;
}

static MixSend *find_send(MixLayer *layer, MixSend *sends, int room) {
    for (int send = 0; send < layer->send_count; send++) {
        if (sends[send].room == room) {
            return &sends[send];
        }
    }
    sends[layer->send_count] = (MixSend){.room = room};
    return &sends[layer->send_count++];
}

/* A lane that is not added stands for the written level; the lanes of a room follow one another. */
void lower_send_lanes(const JobSpec *job,
                      const JobLayer *written,
                      const LayerLanes *lanes,
                      MixLayer *layer,
                      MixSend *sends) {
    (void)job;
    for (int lane = 0; lane < lanes->count; lane++) {
        const Lane *of = &lanes->lanes[lane];
        if (of->kind != LANE_SEND) {
            continue;
        }
        MixSend *send = find_send(layer, sends, of->room);
        if (!lanes->is_added[lane]) {
            send->gain = gain_from_db(lower_proximity_send_db(written));
        }
        send->lanes = send->lane_count ? send->lanes : of;
        send->lane_count++;
    }
}

/* Only what is panned as a whole has a width and a distance of its own. */
static Status check_layout(const JobLayer *written,
                           const LayerLanes *lanes,
                           const MixLayer *layer,
                           ErrorList *errors) {
    const Lane *width = layer_lanes_find(lanes, LANE_WIDTH);
    const bool moves = width || layer_lanes_find(lanes, LANE_DISTANCE);
    if (!moves || (layer->layout->channel_count <= 2 && layer->layout->kind == LAYOUT_SPEAKERS)) {
        return DONE;
    }
    fail(errors, E208, written->id_place, "the %s of layers.%s cannot move: it is %s",
         width ? "width" : "distance", layer->id, layer->layout->name);
    error_help(errors, "leave it out of the selector: `... and not id=%s`", layer->id);
    return E208;
}

Status lower_lanes(const JobLayer *written,
                   const LayerLanes *lanes,
                   MixLayer *layer,
                   Arena *arena,
                   ErrorList *errors) {
    Lane *gains = arena_array(arena, (size_t)lanes->count + 1, sizeof *gains);
    TRY(check_layout(written, lanes, layer, errors));
    for (int lane = 0; lane < lanes->count; lane++) {
        const Lane *of = &lanes->lanes[lane];
        if (of->kind == LANE_GAIN || of->kind == LANE_FADE) {
            gains[layer->lane_count++] = *of;
        }
    }
    layer->lanes = gains;
    layer->width_lane = layer_lanes_find(lanes, LANE_WIDTH);
    layer->distance_lane = layer_lanes_find(lanes, LANE_DISTANCE);
    return DONE;
}

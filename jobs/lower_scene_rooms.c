/* Rooms that belong to scenes: gates on what is sent into them. */
#include <string.h>

#include "jobs/lower_rules.h"
#include "jobs/lower_tails.h"

typedef struct OpenTime { /* scenes that follow one another with the same room are one */
    SampleTime begin, end;
    SampleTime fade_in, fade_out;
    bool is_cut; /* at its end tails are cut */
} OpenTime;

typedef struct GateWork {
    const JobSpec *job;
    const int *order; /* scenes by their begin */
    OpenTime *times;
    int count;
    TailCut *cuts; /* of the room */
    int cut_count;
} GateWork;

static SampleTime samples_of(const JobSpec *job, const JobTime *time) {
    return rational_to_samples(time->seconds, job->rate_hz);
}

static void sort_scenes(const JobSpec *job, int *order) {
    for (int scene = 0; scene < job->scene_count; scene++) {
        int place = scene;
        while (place > 0 && rational_compare(job->scenes[order[place - 1]].in.seconds,
                                             job->scenes[scene].in.seconds) > 0) {
            order[place] = order[place - 1];
            place--;
        }
        order[place] = scene;
    }
}

/* The scene that begins where this one ends decides how the border is crossed. */
static const JobScene *crossed_by(const JobSpec *job, const JobScene *scene) {
    const SampleTime border = samples_of(job, &scene->out);
    for (int other = 0; other < job->scene_count; other++) {
        if (samples_of(job, &job->scenes[other].in) == border) {
            return &job->scenes[other];
        }
    }
    return scene;
}

static bool names_room(const JobScene *scene, const char *room) {
    return scene->room.text && strcmp(scene->room.text, room) == 0;
}

static void find_open_times(GateWork *work, const char *room) {
    const JobSpec *job = work->job;
    work->count = 0;
    for (int index = 0; index < job->scene_count; index++) {
        const JobScene *scene = &job->scenes[work->order[index]];
        if (!names_room(scene, room)) {
            continue;
        }
        const JobScene *next = crossed_by(job, scene);
        const OpenTime time = {samples_of(job, &scene->in), samples_of(job, &scene->out),
                               samples_of(job, &scene->room_change.fade),
                               samples_of(job, &next->room_change.fade),
                               next->room_change.tails.index == TAILS_CUT};
        OpenTime *last = work->count ? &work->times[work->count - 1] : NULL;
        if (last && last->end >= time.begin) {
            if (time.end > last->end) {
                last->fade_out = time.fade_out;
                last->is_cut = time.is_cut;
                last->end = time.end;
            }
        } else {
            work->times[work->count++] = time;
        }
    }
}

static SampleTime lower_of(SampleTime one, SampleTime other) {
    return one < other ? one : other;
}

/* Where tails are cut, the return fades instead of what is sent. */
static int close_gate(GateWork *work, bool is_cut, Span fade, LaneSegment *segments) {
    if (!is_cut || fade.begin == fade.end) {
        segments[0] = (LaneSegment){fade.begin, fade.end, 1.0, 0.0, SHAPE_COSINE, 0};
        return 1;
    }
    work->cuts[work->cut_count++] = (TailCut){
        .begin = fade.begin, .end = fade.end, .shape = SHAPE_COSINE, .opens = tail_cut_never};
    segments[0] = (LaneSegment){fade.end - 1, fade.end, 1.0, 1.0, SHAPE_LINEAR, 0};
    segments[1] = (LaneSegment){fade.end, fade.end + 1, 0.0, 0.0, SHAPE_LINEAR, 0};
    return 2;
}

static SampleTime middle_of(const OpenTime *time) {
    return time->begin + (time->end - time->begin) / 2;
}

/* A room of the first scene is open from the start. */
static int
open_gate(GateWork *work, const OpenTime *time, SampleTime free_from, LaneSegment *segments) {
    if (time->begin <= 0) {
        return 0;
    }
    const SampleTime own = time->begin - time->fade_in / 2;
    const SampleTime from = own < free_from ? free_from : own;
    if (time > work->times && time[-1].is_cut && work->cut_count > 0) {
        work->cuts[work->cut_count - 1].opens = from;
    }
    segments[0] = (LaneSegment){
        from, lower_of(from + time->fade_in, middle_of(time)), 0.0, 1.0, SHAPE_SINE, 0};
    return 1;
}

static Span closing_of(const GateWork *work, const OpenTime *time) {
    const SampleTime middle = middle_of(time);
    const SampleTime own = time->end - time->fade_out / 2;
    const SampleTime from = own < middle ? middle : own;
    const SampleTime to = from + time->fade_out;
    const bool is_last = time == &work->times[work->count - 1];
    return (Span){from, is_last ? to : lower_of(to, time->end + (time[1].begin - time->end) / 2)};
}

/* Two fades share a gap that is too short for both. Equal power: sine up, cosine down. */
static Lane make_gate(GateWork *work, SampleTime programme_end, int room, Arena *arena) {
    LaneSegment *segments = arena_array(arena, 3 * (size_t)work->count + 1, sizeof *segments);
    int count = 0;
    SampleTime free_from = INT64_MIN / 2;
    work->cut_count = 0;
    for (int index = 0; index < work->count; index++) {
        const OpenTime *time = &work->times[index];
        count += open_gate(work, time, free_from, segments + count);
        if (time->end < programme_end) {
            const Span closing = closing_of(work, time);
            count += close_gate(work, time->is_cut, closing, segments + count);
            free_from = closing.end;
        }
    }
    if (count == 0) {
        segments[count++] = (LaneSegment){0, 1, 1.0, 1.0, SHAPE_LINEAR, 0};
    }
    return (Lane){.kind = LANE_GATE, .room = room, .segments = segments, .segment_count = count};
}

static void gate_sends(Mix *mix, const Lane *gate, Arena *arena) {
    for (int index = 0; index < mix->layer_count; index++) {
        MixLayer *layer = &mix->layers[index];
        MixSend *sends = arena_array(arena, (size_t)layer->send_count + 1, sizeof *sends);
        if (layer->send_count) {
            memcpy(sends, layer->sends, (size_t)layer->send_count * sizeof *sends);
        }
        for (int send = 0; send < layer->send_count; send++) {
            if (sends[send].room != gate->room) {
                continue;
            }
            const size_t count = (size_t)sends[send].lane_count;
            Lane *lanes = arena_array(arena, count + 1, sizeof *lanes);
            if (count) {
                memcpy(lanes, sends[send].lanes, count * sizeof *lanes);
            }
            lanes[count] = *gate;
            sends[send].lanes = lanes;
            sends[send].lane_count++;
        }
        layer->sends = sends;
    }
}

void lower_scene_rooms(const JobSpec *job, Mix *mix, Arena *arena) {
    const size_t scene_count = (size_t)job->scene_count + 1;
    int *order = arena_array(arena, scene_count, sizeof *order);
    sort_scenes(job, order);
    GateWork work = {.job = job,
                     .order = order,
                     .times = arena_array(arena, scene_count, sizeof *work.times),
                     .cuts = arena_array(arena, scene_count, sizeof *work.cuts)};
    for (int room = 0; room < job->room_count; room++) {
        find_open_times(&work, job->rooms[room].id);
        if (work.count > 0) {
            const Lane gate = make_gate(&work, mix->programme_samples, room, arena);
            gate_sends(mix, &gate, arena);
        }
        for (int cut = 0; work.count > 0 && cut < work.cut_count; cut++) {
            tail_cut_room(mix, room, &work.cuts[cut], NULL, arena);
        }
    }
}

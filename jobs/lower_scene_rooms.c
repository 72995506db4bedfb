/* Rooms that belong to scenes: gates on what is sent into them. */
#include <string.h>

#include "jobs/lower_rules.h"

typedef struct OpenTime { /* scenes that follow one another with the same room are one */
    SampleTime begin, end;
    SampleTime fade_in, fade_out;
} OpenTime;

typedef struct GateWork {
    const JobSpec *job;
    const int *order; /* scenes by their begin */
    OpenTime *times;
    int count;
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
static SampleTime fade_at(const JobSpec *job, const JobScene *scene, SampleTime border) {
    for (int other = 0; other < job->scene_count; other++) {
        if (samples_of(job, &job->scenes[other].in) == border) {
            return samples_of(job, &job->scenes[other].room_change.fade);
        }
    }
    return samples_of(job, &scene->room_change.fade);
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
        const OpenTime time = {samples_of(job, &scene->in), samples_of(job, &scene->out),
                               samples_of(job, &scene->room_change.fade),
                               fade_at(job, scene, samples_of(job, &scene->out))};
        OpenTime *last = work->count ? &work->times[work->count - 1] : NULL;
        if (last && last->end >= time.begin) {
            last->fade_out = time.end > last->end ? time.fade_out : last->fade_out;
            last->end = time.end > last->end ? time.end : last->end;
        } else {
            work->times[work->count++] = time;
        }
    }
}

static SampleTime lower_of(SampleTime one, SampleTime other) {
    return one < other ? one : other;
}

/* Two fades share a gap that is too short for both. Equal power: sine up, cosine down. */
static Lane make_gate(const GateWork *work, SampleTime programme_end, int room, Arena *arena) {
    LaneSegment *segments = arena_array(arena, 2 * (size_t)work->count + 1, sizeof *segments);
    int count = 0;
    SampleTime free_from = INT64_MIN / 2;
    for (int index = 0; index < work->count; index++) {
        const OpenTime *time = &work->times[index];
        const bool is_last = index + 1 == work->count;
        const SampleTime middle = time->begin + (time->end - time->begin) / 2;
        if (time->begin > 0) { /* a room of the first scene is open from the start */
            SampleTime from = time->begin - time->fade_in / 2;
            from = from < free_from ? free_from : from;
            segments[count++] =
                (LaneSegment){from, lower_of(from + time->fade_in, middle), 0.0, 1.0, SHAPE_SINE};
        }
        if (time->end < programme_end) {
            SampleTime from = time->end - time->fade_out / 2;
            from = from < middle ? middle : from;
            SampleTime to = from + time->fade_out;
            to = is_last ? to : lower_of(to, time->end + (time[1].begin - time->end) / 2);
            segments[count++] = (LaneSegment){from, to, 1.0, 0.0, SHAPE_COSINE};
            free_from = to;
        }
    }
    if (count == 0) {
        segments[count++] = (LaneSegment){0, 1, 1.0, 1.0, SHAPE_LINEAR};
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
    GateWork work = {
        .job = job, .order = order, .times = arena_array(arena, scene_count, sizeof *work.times)};
    for (int room = 0; room < job->room_count; room++) {
        find_open_times(&work, job->rooms[room].id);
        if (work.count > 0) {
            const Lane gate = make_gate(&work, mix->programme_samples, room, arena);
            gate_sends(mix, &gate, arena);
        }
    }
}

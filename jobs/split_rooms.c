/* Rooms with a distance law: split into early and late sound. */
#include "jobs/split_rooms.h"

#include <string.h>

#include "jobs/lower_distance.h"
#include "jobs/lower_tails.h"

/* ---- direct sound ---- */

static bool is_written(Place place) {
    return place.line > 0;
}

static bool has_distance(const JobRoom *room) {
    return room->distance.law.index != DISTANCE_NONE || room->distance.air.value;
}

static bool are_same(const JobDistance *one, const JobDistance *other) {
    return one->law.index == other->law.index &&
           one->reference_m.value == other->reference_m.value &&
           one->rolloff_percent.value == other->rolloff_percent.value &&
           one->least_m.value == other->least_m.value && one->most_m.value == other->most_m.value &&
           one->air.value == other->air.value;
}

/* A channel of a bed has a loudspeaker, no place; a layer with an error may have neither. */
static bool follows_distance(const MixLayer *layer) {
    return layer->layout && layer->path.point_count > 0 && lower_distance_is_panned(layer) &&
           !layer->is_speaker && !layer->direct_speaker;
}

static Status
fail_between(const MixLayer *layer, const JobRoom *one, const JobRoom *other, ErrorList *errors) {
    fail(errors, E208, layer->place,
         "`%s` is sent to rooms.%s and rooms.%s, whose `distance` is not the same", layer->id,
         one->id, other->id);
    error_mark(errors, one->id_place, "the one");
    error_mark(errors, other->id_place, "the other");
    error_help(errors, "write `distance: {law: ...}` in the layer: its direct sound follows that");
    return E208;
}

/* The room whose distance the layer takes; NULL: none. */
static Status find_room(const JobSpec *job,
                        const Mix *mix,
                        const MixLayer *layer,
                        const JobRoom **found,
                        ErrorList *errors) {
    *found = NULL;
    for (int send = 0; send < layer->send_count; send++) {
        const JobRoom *room = &job->rooms[mix_room_origin(mix, layer->sends[send].room)];
        if (!has_distance(room) || layer->sends[send].gain == 0.0) {
            continue;
        }
        if (*found && !are_same(&(*found)->distance, &room->distance)) {
            return fail_between(layer, *found, room, errors);
        }
        *found = room;
    }
    return DONE;
}

static void keep_own(const JobNumber *own, JobNumber *taken) {
    if (is_written(own->place)) {
        *taken = *own;
    }
}

static JobDistance join(const JobDistance *own, const JobDistance *of_room) {
    JobDistance joined = *of_room;
    keep_own(&own->reference_m, &joined.reference_m);
    keep_own(&own->rolloff_percent, &joined.rolloff_percent);
    keep_own(&own->least_m, &joined.least_m);
    keep_own(&own->most_m, &joined.most_m);
    if (is_written(own->air.place)) {
        joined.air = own->air;
    }
    return joined;
}

/* A law of its own is the layer's whole distance. */
static void take_distance(const JobSpec *job, const Mix *mix, MixLayer *layer, ErrorList *errors) {
    const JobDistance *own = &job->layers[layer->written].distance;
    const JobRoom *room = NULL;
    if (is_written(own->law.place) || !follows_distance(layer) ||
        find_room(job, mix, layer, &room, errors) != DONE || !room) {
        return;
    }
    const JobDistance joined = join(own, &room->distance);
    lower_distance_law(&joined, &layer->distance, errors); /* errors are collected */
    if (joined.air.value) {
        layer->travel.has_air = true;
        layer->travel.reference_m = joined.reference_m.value;
    }
}

/* ---- rooms ---- */

typedef struct Halves { /* of a room or a part of one */
    int early, late;
    const DistanceLaw *law; /* of early sound; NULL: it stays whole */
} Halves;

static bool is_split(const JobRoom *written, const MixRoom *room) {
    const bool has_early = room->early_s > 0.0 && (!room->is_shoebox || room->shoebox.order > 0);
    return written->distance.law.index != DISTANCE_NONE && has_early;
}

/* part_of: 1 + the half that it is a part of, or 0. */
static int add_half(Mix *mix, int room, RoomSplit split, int part_of, Arena *arena) {
    MixRoom half = mix->rooms[room];
    half.split = split;
    half.split_from = mix_room_origin(mix, room) + 1;
    half.part_of = part_of;
    return room_add(mix, &half, arena);
}

/* The room, and its parts behind it. */
static void split_room(Mix *mix, int room, Halves *halves, int count, Arena *arena) {
    halves[room].early = add_half(mix, room, ROOM_EARLY, 0, arena);
    halves[room].late = add_half(mix, room, ROOM_LATE, 0, arena);
    for (int part = room + 1; part < count; part++) {
        if (mix_room_origin(mix, part) == room) {
            halves[part] = halves[room];
            halves[part].early = add_half(mix, part, ROOM_EARLY, halves[room].early + 1, arena);
            halves[part].late = add_half(mix, part, ROOM_LATE, halves[room].late + 1, arena);
        }
    }
}

/* ---- sends ---- */

/* Of a layer that stays the law is a number. */
static MixSend early_send(const MixLayer *layer, const MixSend *whole, const Halves *halves) {
    MixSend send = *whole;
    send.room = halves->early;
    if (!follows_distance(layer)) {
        return send;
    }
    if (layer->distance_lane || trajectory_moves(&layer->path)) {
        send.distance = halves->law;
    } else {
        const ObjectState state = trajectory_object_of_point(&layer->path, 0);
        send.gain *= distance_gain(halves->law, trajectory_distance_m(&state));
    }
    return send;
}

static void split_sends(MixLayer *layer, const Halves *halves, Arena *arena) {
    MixSend *sends = arena_array(arena, 2 * (size_t)layer->send_count + 1, sizeof *sends);
    int count = 0;
    for (int index = 0; index < layer->send_count; index++) {
        const MixSend *send = &layer->sends[index];
        const Halves *of_room = &halves[send->room];
        if (!of_room->law) {
            sends[count++] = *send;
            continue;
        }
        sends[count++] = early_send(layer, send, of_room);
        sends[count] = *send;
        sends[count++].room = of_room->late;
    }
    layer->sends = sends;
    layer->send_count = count;
}

static const DistanceLaw *early_law(const JobRoom *room, Arena *arena, ErrorList *errors) {
    DistanceLaw *law = arena_alloc(arena, sizeof *law);
    lower_distance_law(&room->distance, law, errors); /* errors are collected */
    law->is_halved = !room->has_shoebox;
    return law;
}

void split_rooms(const JobSpec *job, Mix *mix, Arena *arena, ErrorList *errors) {
    const int count = mix->room_count;
    Halves *halves = arena_array(arena, (size_t)count + 1, sizeof *halves);
    bool has_split = false;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        take_distance(job, mix, &mix->layers[layer], errors);
    }
    for (int room = 0; room < job->room_count; room++) {
        if (is_split(&job->rooms[room], &mix->rooms[room])) {
            halves[room].law = early_law(&job->rooms[room], arena, errors);
            split_room(mix, room, halves, count, arena);
            has_split = true;
        }
    }
    for (int layer = 0; has_split && layer < mix->layer_count; layer++) {
        split_sends(&mix->layers[layer], halves, arena);
    }
}

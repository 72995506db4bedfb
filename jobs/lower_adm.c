/* The objects of an ADM deliverable, and the bed without them. */
#include "jobs/lower_adm.h"

#include <string.h>

#include "render/files/sound_writer.h"

/* What cinema masters hold beside a bed of ten channels. */
enum { MOST_OBJECTS = 118, MOST_CHANNELS = 2 };

static Status
check_object(const JobDeliverable *written, const MixLayer *layer, ErrorList *errors) {
    const Layout *layout = layer->layout;
    if (layout->kind == LAYOUT_SPEAKERS && layout->channel_count <= MOST_CHANNELS) {
        return DONE;
    }
    fail(errors, E208, written->objects.place, "an object is mono or stereo, `%s` is %s", layer->id,
         layout->name);
    error_mark(errors, layer->place, "this one");
    error_help(errors, "write `... and not id=%s`", layer->id);
    return E208;
}

/* Those that are asked for; where nothing is said, what is an object of a master stays one. */
static Status
find_objects(const JobDeliverable *written, const Mix *mix, bool *is_object, ErrorList *errors) {
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *subject = &mix->layers[layer];
        const bool is_of_master = subject->tracks && subject->is_object;
        const bool is_bed = subject->tracks && !subject->is_object; /* of a master */
        is_object[layer] =
            written->is_object ? written->is_object[subject->written] && !is_bed : is_of_master;
        TRY(is_object[layer] ? check_object(written, &mix->layers[layer], errors) : DONE);
    }
    return DONE;
}

static void
list_objects(const Mix *mix, const bool *is_object, Arena *arena, MixDeliverable *deliverable) {
    MixObject *objects =
        arena_array(arena, MOST_CHANNELS * (size_t)mix->layer_count, sizeof *objects);
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const int channels = is_object[layer] ? mix->layers[layer].layout->channel_count : 0;
        for (int channel = 0; channel < channels; channel++) {
            objects[deliverable->object_count++] = (MixObject){layer, channel};
        }
    }
    deliverable->objects = objects;
}

static Status
check_count(const JobDeliverable *written, const MixDeliverable *deliverable, ErrorList *errors) {
    const char *reason = NULL;
    const int tracks = mix_track_count(deliverable);
    if (!sound_container_can(deliverable->container, deliverable->format, tracks, &reason)) {
        fail(errors, E217, written->id_place, "%d tracks: %s", tracks, reason);
        error_help(errors, "use `container: bw64`");
        return E217;
    }
    if (deliverable->object_count > MOST_OBJECTS) {
        warn(errors, E306, written->objects.place,
             "%d objects: cinema masters hold %d beside their bed", deliverable->object_count,
             MOST_OBJECTS);
    }
    return DONE;
}

Status lower_adm(const JobDeliverable *written,
                 Arena *arena,
                 Mix *mix,
                 MixDeliverable *deliverable,
                 ErrorList *errors) {
    deliverable->is_adm = written->is_adm;
    deliverable->has_metadata =
        written->is_adm || (deliverable->container == CONTAINER_BW64 && !deliverable->is_split);
    if (!written->is_adm) {
        return DONE;
    }
    bool *is_object = arena_array(arena, (size_t)mix->layer_count, sizeof *is_object);
    TRY(find_objects(written, mix, is_object, errors));
    list_objects(mix, is_object, arena, deliverable);
    if (deliverable->object_count > 0) {
        const int panned = deliverable->bus;
        deliverable->bus = mix->bus_count++;
        mix->buses[deliverable->bus] = mix->buses[panned];
        mix->buses[deliverable->bus].is_object = is_object;
    }
    deliverable->channel_mask = 0; /* loudspeakers and objects: chna says which */
    return check_count(written, deliverable, errors);
}

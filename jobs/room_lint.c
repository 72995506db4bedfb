/* Scenes that sound as if they were in several places at once. */
#include "jobs/room_lint.h"

#include <string.h>

#include "render/base/growing_text.h"

/* The place of the scene, and one to colour it (score-features, F097). */
enum { MOST_ROOMS = 2 };

static bool is_in(const JobScene *scene, Rational time_s) {
    return rational_compare(scene->in.seconds, time_s) <= 0 &&
           rational_compare(time_s, scene->out.seconds) < 0;
}

static const JobCue *cue_of(const JobSpec *job, const JobLayer *layer) {
    for (int cue = 0; layer->cue.text && cue < job->cue_count; cue++) {
        if (strcmp(job->cues[cue].id, layer->cue.text) == 0) {
            return &job->cues[cue];
        }
    }
    return NULL;
}

static bool sounds_in(const JobSpec *job, const JobLayer *layer, const JobScene *scene) {
    const JobCue *cue = cue_of(job, layer);
    if (!cue) {
        return is_in(scene, layer->at.seconds);
    }
    return rational_compare(cue->in.seconds, scene->out.seconds) < 0 &&
           rational_compare(scene->in.seconds, cue->out.seconds) < 0;
}

/* DECISIONS 4: a room that any scene names is closed in the others. */
static bool is_open_in(const JobSpec *job, const JobRoom *room, const JobScene *scene) {
    bool is_named = false;
    for (int other = 0; other < job->scene_count; other++) {
        const char *named = job->scenes[other].room.text;
        is_named = is_named || (named && strcmp(named, room->id) == 0);
    }
    return !is_named || (scene->room.text && strcmp(scene->room.text, room->id) == 0);
}

static const JobSend *find_send(const JobLayer *layer, const JobRoom *room) {
    for (int send = 0; send < layer->send_count; send++) {
        if (strcmp(layer->sends[send].room, room->id) == 0) {
            return &layer->sends[send];
        }
    }
    return NULL;
}

/* The first send into the room that is heard in the scene. */
static const JobSend *heard_send(const JobSpec *job, const JobRoom *room, const JobScene *scene) {
    if (!is_open_in(job, room, scene)) {
        return NULL;
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        const JobSend *send = find_send(&job->layers[layer], room);
        if (send && !job->layers[layer].mute.value && sounds_in(job, &job->layers[layer], scene)) {
            return send;
        }
    }
    return NULL;
}

static void
lint_scene(const JobSpec *job, const JobScene *scene, Arena *scratch, ErrorList *errors) {
    const JobSend *last = NULL;
    Text names = {.arena = scratch};
    int count = 0;
    for (int room = 0; room < job->room_count; room++) {
        const JobSend *send = heard_send(job, &job->rooms[room], scene);
        if (send) {
            text_add(&names, "%s%s", count ? ", " : "", job->rooms[room].id);
            last = ++count == MOST_ROOMS + 1 ? send : last;
        }
    }
    if (count > MOST_ROOMS) {
        warn(errors, E343, scene->id_place, "scenes.%s mixes %d rooms: %s", scene->id, count,
             names.bytes);
        error_mark(errors, last->room_place, "one more than two");
        error_help(errors, "share a room, or give the scene its `room`");
    }
}

void lint_scene_rooms(const JobSpec *job, ErrorList *errors) {
    Arena *scratch = arena_create();
    for (int scene = 0; scene < job->scene_count; scene++) {
        lint_scene(job, &job->scenes[scene], scratch, errors);
    }
    arena_destroy(&scratch);
}

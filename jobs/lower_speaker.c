/* One channel of a layout as a layer of its own. */
#include "jobs/lower_speaker.h"

#include "jobs/user_layout.h"
#include "spatial/layout_table.h"

static Status fail_label(const JobLayer *written, ErrorList *errors) {
    const JobText *speaker = &written->speaker;
    return written->layout.text ? fail(errors, E301, speaker->place, "%s has no loudspeaker `%s`",
                                       written->layout.text, speaker->text)
                                : fail(errors, E301, speaker->place,
                                       "no layout has a loudspeaker `%s`", speaker->text);
}

Status lower_speaker_layout(const JobSpec *job,
                            const JobLayer *written,
                            int channel_count,
                            Arena *arena,
                            const Layout **layout,
                            ErrorList *errors) {
    const JobText *speaker = &written->speaker;
    const Layout *set = written->layout.text ? job_layout_find(job, written->layout.text) : NULL;
    *layout = NULL;
    if (!speaker->text) {
        return DONE;
    }
    if (channel_count != 1) {
        return fail(errors, E415, speaker->place,
                    "a `speaker` is a mono file, `%s` has %d channels", written->file.text,
                    channel_count);
    }
    Channel *channel = arena_alloc(arena, sizeof *channel);
    const int index = set ? layout_channel_index(set, speaker->text) : -1;
    if (index >= 0) {
        *channel = set->channels[index];
    } else if (set || !layout_find_channel(speaker->text, channel)) {
        return fail_label(written, errors);
    }
    Layout *made = arena_alloc(arena, sizeof *made);
    *made = (Layout){
        .name = arena_format(arena, "%s of %s", channel->label, set ? set->name : "any layout"),
        .kind = LAYOUT_SPEAKERS,
        .channels = channel,
        .channel_count = 1,
        .base = set,
        .loudspeakers = set && set->loudspeakers ? &set->loudspeakers[index] : NULL};
    *layout = made;
    return DONE;
}

Status
lower_speaker_place(const JobLayer *written, Arena *arena, MixLayer *layer, ErrorList *errors) {
    if (!written->speaker.text) {
        return DONE;
    }
    if (written->pan.place.line > 0 || written->path_count > 0) {
        return fail(errors, E208, written->speaker.place,
                    "a `speaker` is its place: layers.%s has a pan or path, too", written->id);
    }
    PathPoint *point = arena_alloc(arena, sizeof *point);
    *point = layer->path.points[0];
    point->state.position = layout_real_position(layer->layout, 0);
    layer->path.points = point;
    layer->is_speaker = true;
    return DONE;
}

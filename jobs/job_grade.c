/* What a final job may not contain: temp sources that reach a deliverable. */
#include "jobs/job_grade.h"

#include <string.h>

#include "jobs/palette.h"

enum { GRADE_FINAL, GRADE_PROXY };
enum { STATUS_FINAL, STATUS_TEMP };

static bool takes_stem(const JobDeliverable *deliverable, int stem) {
    for (int index = 0; index < deliverable->output_count; index++) {
        const JobOutput *output = &deliverable->outputs[index];
        if (output->is_in ? output->is_in[stem] : output->stem_index == stem) {
            return true;
        }
    }
    return false;
}

/* "deliverables.th and deliverables.st", NULL when none takes the stem. */
static const char *takers_of(const JobSpec *job, int stem, Arena *arena) {
    const char *takers = NULL;
    const char *last = NULL;
    for (int index = 0; index < job->deliverable_count; index++) {
        if (!takes_stem(&job->deliverables[index], stem)) {
            continue;
        }
        if (last) {
            takers = takers ? arena_format(arena, "%s, deliverables.%s", takers, last)
                            : arena_format(arena, "deliverables.%s", last);
        }
        last = job->deliverables[index].id;
    }
    if (!last) {
        return NULL;
    }
    return takers ? arena_format(arena, "%s and deliverables.%s", takers, last)
                  : arena_format(arena, "deliverables.%s", last);
}

/* What makes a layer temporary. */
typedef struct TempSource {
    Place place; /* line 0: nothing does */
    const char *caret, *help;
} TempSource;

static bool is_temp(const JobSpec *job, const JobText *path) {
    const JobPalette *palette = palette_of(job, path);
    return palette && palette->temp.value;
}

static bool is_temp_preset(const JobSpec *job, const JobText *preset) {
    const size_t length = preset->text ? strcspn(preset->text, "/") : 0;
    for (int index = 0; index < job->palette_count; index++) {
        const JobPalette *palette = &job->palettes[index];
        if (length > 0 && strlen(palette->id) == length &&
            strncmp(palette->id, preset->text, length) == 0) {
            return palette->temp.value;
        }
    }
    return false;
}

/* The place of a send to a room that comes from a temporary library. */
static Place temp_send(const JobSpec *job, const JobLayer *layer) {
    for (int room = 0; room < job->room_count; room++) {
        if (!is_temp(job, &job->rooms[room].ir)) {
            continue;
        }
        for (int send = 0; send < layer->send_count; send++) {
            if (strcmp(layer->sends[send].room, job->rooms[room].id) == 0) {
                return layer->sends[send].room_place;
            }
        }
    }
    return NO_PLACE;
}

static TempSource find_temp(const JobSpec *job, const JobLayer *layer) {
    static const char library[] = "render with `--grade proxy`, mute the layer, or take it from a "
                                  "library that is not `temp`";
    if (layer->status.index == STATUS_TEMP) {
        return (TempSource){layer->status.pair, "this layer is temporary",
                            "render with `--grade proxy`, mute the layer, or set `status: final`"};
    }
    if (is_temp(job, &layer->file)) {
        return (TempSource){layer->file.place, "this lies in a temporary library", library};
    }
    if (is_temp_preset(job, &layer->preset)) {
        return (TempSource){layer->preset.place, "this preset is of a temporary library", library};
    }
    return (TempSource){temp_send(job, layer), "this room is of a temporary library", library};
}

static void
check_layer(const JobSpec *job, const JobLayer *layer, Arena *arena, ErrorList *errors) {
    const TempSource source = find_temp(job, layer);
    const char *takers = source.place.line > 0 ? takers_of(job, layer->stem_index, arena) : NULL;
    if (!takers) {
        return;
    }
    fail(errors, E431, source.place, "a temp source would reach a final deliverable");
    if (job->grade.place.line > 0) {
        error_mark(errors, job->grade.pair, "the grade is final");
    }
    error_caret(errors, "%s", source.caret);
    error_note(errors, "it reaches %s through stem %s", takers, job->stems[layer->stem_index].id);
    error_help(errors, "%s", source.help);
}

void job_grade_check(const JobSpec *job, Arena *arena, ErrorList *errors) {
    for (int layer = 0; layer < job->layer_count && job->grade.index == GRADE_FINAL; layer++) {
        if (!job->layers[layer].mute.value) {
            check_layer(job, &job->layers[layer], arena, errors);
        }
    }
}

/* What a layer does to its sound: defaults that depend on other keys, and conflicts. */
#include "jobs/job_processing.h"

#include <string.h>

#include "jobs/suggest.h"

/* DECISIONS 7; a notch is for one resonance. In the order of layers.*.eq[].type. */
static const double default_q[] = {1.0, 0.707, 0.707, 10.0};
enum { NOTCH = 3 };

static bool is_written(Place place) {
    return place.line > 0;
}

static void complete_band(JobEqBand *band, ErrorList *errors) {
    if (band->type.index < 0) {
        return;
    }
    const bool is_notch = band->type.index == NOTCH;
    if (is_notch && is_written(band->gain_db.place)) {
        fail(errors, E208, band->gain_db.place, "a notch has no `gain`: it takes out all");
        error_help(errors, "for less, use `type: bell` with a negative gain");
    }
    if (!is_written(band->q.place)) {
        band->q.value = default_q[band->type.index];
    }
}

static void
check_edges(const JobLayer *layer, const JobTime *from, const JobTime *to, ErrorList *errors) {
    if (!to->is_set || rational_compare(to->seconds, from->seconds) > 0) {
        return;
    }
    fail(errors, E312, to->place, "layers.%s ends before it starts", layer->id);
    if (from->is_set) {
        error_mark(errors, from->place, "%.3f s", rational_value(from->seconds));
    }
    error_caret(errors, "%.3f s", rational_value(to->seconds));
    error_note(errors, "`to` is exclusive and must be later than `from`");
}

/* Clips say themselves what the layer may say else. */
static void check_clips(const JobLayer *layer, ErrorList *errors) {
    const struct {
        const char *key;
        const JobTime *time;
    } others[] = {
        {"at",       &layer->at      },
        {"from",     &layer->from    },
        {"to",       &layer->to      },
        {"fade_in",  &layer->fade_in },
        {"fade_out", &layer->fade_out},
    };
    for (size_t other = 0; other < sizeof others / sizeof *others; other++) {
        if (layer->clip_count > 0 && others[other].time->is_set) {
            fail(errors, E303, others[other].time->place, "give clips or %s, not both",
                 others[other].key);
            error_mark(errors, layer->clips[0].place, "the clips are given here");
        }
    }
    if (layer->clip_count > 0 && layer->snap_onset.index >= 0) {
        fail(errors, E303, layer->snap_onset.place, "give clips or snap, not both");
        error_mark(errors, layer->clips[0].place, "the clips are given here");
    }
    for (int clip = 0; clip < layer->clip_count; clip++) {
        check_edges(layer, &layer->clips[clip].from, &layer->clips[clip].to, errors);
    }
    check_edges(layer, &layer->from, &layer->to, errors);
}

/* "close, far" */
static const char *list_takes(const JobLayer *layer, Arena *arena) {
    const char *list = "";
    for (int take = 0; take < layer->take_count; take++) {
        list = arena_format(arena, "%s%s%s", list, take ? ", " : "", layer->takes[take].id);
    }
    return list;
}

static void fail_take(const JobLayer *layer, Arena *arena, ErrorList *errors) {
    const char **names = arena_array(arena, (size_t)layer->take_count, sizeof *names);
    for (int take = 0; take < layer->take_count; take++) {
        names[take] = layer->takes[take].id;
    }
    fail(errors, E302, layer->take.place, "layers.%s has no take `%s`", layer->id,
         layer->take.text);
    const char *nearest = suggest_nearest(layer->take.text, names, layer->take_count);
    if (nearest) {
        error_caret(errors, "did you mean `%s`?", nearest);
    }
    if (layer->take_count > 0) {
        error_note(errors, "takes: %s", list_takes(layer, arena));
    }
}

static const JobTake *find_take(const JobLayer *layer) {
    for (int take = 0; take < layer->take_count; take++) {
        if (!layer->take.text || strcmp(layer->takes[take].id, layer->take.text) == 0) {
            return &layer->takes[take];
        }
    }
    return NULL;
}

/* The file of the selected take becomes that of the layer. */
static void select_take(JobLayer *layer, Arena *arena, ErrorList *errors) {
    const JobTake *take = find_take(layer);
    if (layer->take_count > 0 && layer->file.text) {
        fail(errors, E303, layer->file.place, "give file or takes, not both");
        error_mark(errors, layer->takes[0].id_place, "the takes are given here");
    } else if (layer->take.text && !take) {
        fail_take(layer, arena, errors);
    } else if (!layer->take.text && layer->take_count > 1) {
        fail(errors, E203, layer->id_place, "layers.%s has takes and no `take`", layer->id);
        error_note(errors, "takes: %s", list_takes(layer, arena));
    } else if (take) {
        layer->file = take->file;
    } else if (layer->takes) {
        fail(errors, E203, layer->id_place, "layers.%s has no take", layer->id);
    }
}

void job_processing_complete(JobLayer *layer, Arena *arena, ErrorList *errors) {
    select_take(layer, arena, errors);
    check_clips(layer, errors);
    for (int band = 0; band < layer->eq_count; band++) {
        complete_band(&layer->eq[band], errors);
    }
}

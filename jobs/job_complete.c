/* What one key of an entry means for another: defaults that depend on them, and conflicts. */
#include "jobs/job_complete.h"

#include <string.h>

#include "jobs/job_adm.h"
#include "jobs/job_container.h"
#include "jobs/job_processing.h"
#include "jobs/user_layout.h"
#include "spatial/layout_table.h"
#include "spatial/reference_level.h"
#include "spatial/registry.h"
#include "spatial/screen.h"
#include "spatial/shoebox_images.h"

static const char default_sofa[] = "sys:default.sofa";
static const char default_speakers[] = "7.1.4"; /* of `hrtf: speakers` */

static bool is_written(Place place) {
    return place.line > 0;
}

static void complete_project(const JobSpec *job, ErrorList *errors) {
    if (job->end.is_set && job->length.is_set) {
        fail(errors, E303, job->length.place, "give end or length, not both");
        error_mark(errors, job->end.place, "the end is given here");
    }
}

/* DECISIONS 5. */
static void place_listener(JobRoom *room) {
    static const double ear_height_m = 1.7;
    const double *size_m = room->size.values_m;
    const double middle_m[3] = {size_m[0] / 2.0, size_m[1] / 2.0,
                                size_m[2] / 2.0 < ear_height_m ? size_m[2] / 2.0 : ear_height_m};
    memcpy(room->listener.values_m, middle_m, sizeof middle_m);
}

static void check_listener(const JobRoom *room, ErrorList *errors) {
    static const char *const ways[] = {"wide", "deep", "high"};
    static const double wall_distance_m = 0.2;
    for (int axis = 0; axis < 3 && room->size.is_set; axis++) {
        const double at_m = room->listener.values_m[axis];
        const double size_m = room->size.values_m[axis];
        if (at_m > size_m - wall_distance_m) {
            fail(errors, E206, room->listener.place,
                 "the listener stands at %g m in a room %g m %s", at_m, size_m, ways[axis]);
            error_mark(errors, room->size.place, "the room is this large");
            error_note(errors, "every wall is at least 0.2 m away");
        }
    }
}

/* A small or low room has sounded all its images before the default is over: what follows is its
 * tail, not a gap. To the millisecond. */
static void end_early(JobRoom *room) {
    const int64_t images_ms = (int64_t)(1e3 * shoebox_images_s(room->size.values_m, room->order));
    const Rational end = {images_ms, 1000};
    if (!room->early.is_set && rational_value(end) < rational_value(room->early.seconds)) {
        room->early.seconds = end;
    }
}

static void complete_shoebox(JobRoom *room, ErrorList *errors) {
    end_early(room);
    if (room->t60_hf_s == 0.0) {
        room->t60_hf_s = room->t60_s / 2.0;
    }
    if (room->listener.is_set) {
        check_listener(room, errors);
    } else {
        place_listener(room);
    }
}

static void complete_room(JobRoom *room, ErrorList *errors) {
    if (room->ir.text && room->has_shoebox) {
        fail(errors, E303, room->shoebox_place, "give ir or shoebox, not both");
        error_mark(errors, room->ir.place, "the impulse response is given here");
    }
    if (!room->ir.text && !room->has_shoebox) {
        fail(errors, E303, room->id_place, "rooms.%s has neither `ir` nor `shoebox`", room->id);
    }
    if (room->input.index == 2 && room->layout.text && strcmp(room->layout.text, "2.0") != 0) {
        fail(errors, E303, room->layout.place, "true stereo is 2.0, not %s", room->layout.text);
        error_mark(errors, room->input.place, "true stereo is asked for here");
    }
    if (room->has_shoebox && is_written(room->input.place)) {
        fail(errors, E303, room->input.place,
             "a shoebox has no `input`: it hears every layer's place");
        error_mark(errors, room->shoebox_place, "the shoebox is given here");
    }
    if (room->has_shoebox) {
        complete_shoebox(room, errors);
    }
}

/* NULL: none of them is written. */
static const JobNumber *first_written(const JobNumber *const *numbers, int count) {
    for (int number = 0; number < count; number++) {
        if (is_written(numbers[number]->place)) {
            return numbers[number];
        }
    }
    return NULL;
}

/* A position is in the picture, in the cube or a direction. */
static void check_position_kind(const JobPosition *at, ErrorList *errors) {
    const JobNumber *const cube[] = {&at->x_percent, &at->y_percent, &at->z_percent};
    const JobNumber *const polar[] = {&at->azimuth_deg, &at->elevation_deg, &at->distance_m,
                                      &at->spread_deg};
    const JobNumber *in_cube = first_written(cube, 3);
    const JobNumber *direction = first_written(polar, 2);
    const JobNumber *anything_polar = first_written(polar, 4);
    if (is_written(at->screen.place) && (in_cube || direction)) {
        fail(errors, E303, at->screen.place, "give screen or %s, not both",
             in_cube ? "x, y and z" : "az and el");
    } else if (in_cube && anything_polar) {
        fail(errors, E303, anything_polar->place, "a position is a direction or in the cube");
        error_mark(errors, in_cube->place, "this one is in the cube");
    }
}

static void check_extent_unit(const JobPosition *at, const JobExtent *extent, ErrorList *errors) {
    const bool is_cube = is_written(at->x_percent.place) || is_written(at->y_percent.place) ||
                         is_written(at->z_percent.place);
    if (is_written(extent->place) && extent->value != 0.0 && extent->is_percent != is_cube) {
        fail(errors, E210, extent->place, "the extent of an object %s is in %s",
             is_cube ? "in the cube" : "on the sphere", is_cube ? "%" : "deg");
        error_note(errors, "with az, el and dist: 40 deg; with x, y and z: 40 %% of the cube");
    }
}

static void complete_position(JobPosition *at, ErrorList *errors) {
    check_position_kind(at, errors);
    check_extent_unit(at, &at->width, errors);
    check_extent_unit(at, &at->height, errors);
    check_extent_unit(at, &at->divergence_range, errors);
    if (is_written(at->screen.place)) {
        screen_direction(at->screen.x, at->screen.y, &at->azimuth_deg.value,
                         &at->elevation_deg.value);
    }
}

static void complete_layer(JobLayer *layer, Arena *arena, ErrorList *errors) {
    job_processing_complete(layer, arena, errors);
    complete_position(&layer->pan, errors);
    for (int point = 0; point < layer->path_count; point++) {
        complete_position(&layer->path[point].at, errors);
    }
    if (!layer->stem.text) {
        layer->stem = (JobText){.text = layer->id};
    }
    if (layer->path_count > 0 && is_written(layer->pan.place)) {
        fail(errors, E303, layer->pan.place, "give pan or path, not both");
        error_mark(errors, layer->path[0].time.place, "the path is given here");
    }
}

static void complete_sofa(JobDeliverable *deliverable, ErrorList *errors) {
    const Layout *layout = deliverable->layout_table;
    if (!layout) {
        return;
    }
    if (layout->kind == LAYOUT_BINAURAL && !deliverable->sofa.text) {
        deliverable->sofa.text = default_sofa;
    } else if (layout->kind != LAYOUT_BINAURAL && deliverable->sofa.text) {
        fail(errors, E208, deliverable->sofa.place, "only binaural deliverables have a `sofa`");
    }
    if (layout->kind != LAYOUT_BINAURAL && deliverable->headphone_eq.text) {
        fail(errors, E208, deliverable->headphone_eq.place,
             "only binaural deliverables have a `headphone_eq`");
    }
}

/* What plays to a head. */
static void complete_head(const JobSpec *job, JobDeliverable *deliverable, ErrorList *errors) {
    const Layout *layout = deliverable->layout_table;
    const bool has_speakers = is_written(deliverable->speakers.place);
    const char *name = has_speakers ? deliverable->speakers.text : default_speakers;
    if (layout && layout->kind != LAYOUT_BINAURAL && is_written(deliverable->hrtf.place)) {
        fail(errors, E208, deliverable->hrtf.place, "only binaural deliverables have an `hrtf`");
        return;
    }
    if (deliverable->hrtf.index != HEAD_BY_SPEAKERS) {
        if (has_speakers) {
            fail(errors, E208, deliverable->speakers.place,
                 "`speakers` belongs to `hrtf: speakers`");
        }
        return;
    }
    const Layout *speakers = name ? job_layout_find(job, name) : NULL;
    if (speakers && speakers->kind != LAYOUT_SPEAKERS) {
        fail(errors, E208, deliverable->speakers.place, "`%s` has no loudspeakers", name);
        return;
    }
    deliverable->speakers_table = speakers;
}

static void check_decoder(const JobDeliverable *deliverable, ErrorList *errors) {
    const Layout *layout = deliverable->layout_table;
    const bool has_decoder = is_written(deliverable->decoder.place);
    if (layout && layout->kind != LAYOUT_SPEAKERS &&
        (has_decoder || is_written(deliverable->max_re.place))) {
        fail(errors, E208, has_decoder ? deliverable->decoder.place : deliverable->max_re.place,
             "only loudspeaker deliverables have a `%s`", has_decoder ? "decoder" : "max_re");
    }
}

static void check_normalisation(const JobDeliverable *deliverable, ErrorList *errors) {
    const Layout *layout = deliverable->layout_table;
    if (layout && layout->kind != LAYOUT_AMBISONIC &&
        is_written(deliverable->normalisation.place)) {
        fail(errors, E208, deliverable->normalisation.place,
             "only ambisonic deliverables have a `normalisation`");
    }
}

static void check_reference(const JobDeliverable *deliverable, ErrorList *errors) {
    const Layout *layout = deliverable->layout_table;
    if (deliverable->reference.index != REFERENCE_FILM || !layout) {
        return;
    }
    if (layout->kind != LAYOUT_SPEAKERS) {
        fail(errors, E208, deliverable->reference.place,
             "only loudspeaker deliverables have a `reference`");
    } else if (deliverable->is_adm && reference_matters(layout)) {
        fail(errors, E208, deliverable->reference.place,
             "objects beside a film bed of %s have no level of their own", layout->name);
        error_help(errors, "use a bed with heights, or `reference: nearfield`");
    }
}

static void complete_rendering(JobDeliverable *deliverable, ErrorList *errors) {
    const JobText *on = &deliverable->measured_on;
    const Layout *written = deliverable->layout_table;
    const Layout *layout = on->text ? layout_find(on->text) : NULL;
    if (!layout || !written) {
        return;
    }
    if (!deliverable->is_adm && written->kind != LAYOUT_AMBISONIC) {
        fail(errors, E208, on->place, "%s is measured as it is written", written->name);
        error_note(errors,
                   "`on` belongs to ambisonics and `layout: adm`, which are rendered first");
    } else if (layout->kind != LAYOUT_SPEAKERS) {
        fail(errors, E208, on->place, "`%s` has no loudspeakers to measure on", layout->name);
    } else {
        deliverable->measured_layout = layout;
    }
}

static void complete_deliverable(const JobSpec *job,
                                 JobDeliverable *deliverable,
                                 Arena *arena,
                                 ErrorList *errors) {
    deliverable->layout_table =
        deliverable->layout.text ? job_layout_find(job, deliverable->layout.text) : NULL;
    job_adm_complete(deliverable, errors);
    if (deliverable->output_count == 0) {
        deliverable->outputs = arena_alloc(arena, sizeof *deliverable->outputs);
        deliverable->outputs[0] = (JobOutput){.name = "full", .stem_index = -1};
        deliverable->output_count = 1;
    }
    deliverable->has_target = is_written(deliverable->target_lufs.place);
    complete_sofa(deliverable, errors);
    complete_head(job, deliverable, errors);
    check_decoder(deliverable, errors);
    check_normalisation(deliverable, errors);
    check_reference(deliverable, errors);
    job_container_check(job, deliverable, errors);
    complete_rendering(deliverable, errors);
}

void job_complete(JobSpec *job, Arena *arena, ErrorList *errors) {
    complete_project(job, errors);
    for (int stem = 0; stem < job->stem_count; stem++) {
        const char *id = job->stems[stem].id;
        if (strcmp(id, "full") == 0 || strcmp(id, "me") == 0) {
            fail(errors, E306, job->stems[stem].id_place, "`%s` is not a stem's own name", id);
            error_note(errors, "`full` is the sum of all stems, `me` of all but dialogue");
        }
    }
    for (int position = 0; position < job->position_count; position++) {
        complete_position(&job->positions[position].at, errors);
    }
    for (int room = 0; room < job->room_count; room++) {
        complete_room(&job->rooms[room], errors);
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        complete_layer(&job->layers[layer], arena, errors);
    }
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        complete_deliverable(job, &job->deliverables[deliverable], arena, errors);
    }
}

/* The parts of an ADM master as layers. */
#include "jobs/lower_master.h"

#include <stdlib.h>
#include <string.h>

#include "render/dsp/fractional_delay.h"

/* ---- what the master says itself ---- */

static Status refuse_key(const JobLayer *written, const char *key, Place place, ErrorList *errors) {
    fail(errors, E208, place, "`%s` is an ADM master: it has no `%s`", written->id, key);
    error_note(errors, "its blocks say where everything is, and when");
    error_help(errors, "with `layout:` its tracks are what that says");
    return E208;
}

static Status check_keys(const JobLayer *written, ErrorList *errors) {
    const struct {
        const char *name;
        Place place;
        bool is_wrong;
    } keys[] = {
        {"pan",           written->pan.place,                                           written->pan.place.line > 0          },
        {"path",          written->path_count ? written->path[0].time.place : NO_PLACE,
         written->path_count > 0                                                                                             },
        {"clips",         written->id_place,                                            written->clip_count > 0              },
        {"speed",         written->speed_percent.place,                                 written->speed_percent.value != 100.0},
        {"snap",          written->snap_onset.place,                                    written->snap_onset.index >= 0       },
        {"doppler",       written->doppler.place,                                       written->doppler.value               },
        {"normalisation", written->ambisonic.normalisation.place,
         written->ambisonic.normalisation.place.line > 0                                                                     },
    };
    for (size_t key = 0; key < sizeof keys / sizeof *keys; key++) {
        if (keys[key].is_wrong) {
            return refuse_key(written, keys[key].name, keys[key].place, errors);
        }
    }
    return DONE;
}

/* ---- the file ---- */

static Status open_file(const MasterSource *source, const JobLayer *written, AdmFile **opened) {
    Masters *const masters = source->masters;
    const MixFile *const file = &source->files[source->file];
    for (int index = 0; index < masters->count; index++) {
        if (masters->files[index] == source->file) {
            *opened = masters->opened[index];
            return DONE;
        }
    }
    if (masters->count == MOST_MASTERS) {
        return fail(source->errors, E208, written->file.place, "a job plays at most %d ADM masters",
                    MOST_MASTERS);
    }
    const char *const folder = getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): one thread
    const AdmOpening opening = {.scratch_folder = folder && *folder ? folder : NULL,
                                .shown_path = file->path,
                                .takes_binaural = true};
    const Status status = adm_open(file->real_path, &opening, opened, source->errors);
    if (status != DONE) {
        error_mark(source->errors, written->file.place, "the master that `%s` plays", written->id);
        return status;
    }
    masters->files[masters->count] = source->file;
    masters->opened[masters->count++] = *opened;
    adm_tell_repairs(*opened, source->errors);
    return DONE;
}

static Status fail_object(const MasterSource *source, const JobLayer *written, AdmFile *file) {
    const JobText *const object = &written->object;
    fail(source->errors, E301, object->place, "`%s` has no object `%s` that is heard",
         written->file.text, object->text);
    const AdmItem *item = adm_facts(file)->selection->first;
    const AdmElement *before = NULL;
    for (; item; item = item->next) {
        if (item->object && item->object != before) {
            error_note(source->errors, "%s %s", item->object->id,
                       item->object->name ? item->object->name : "");
        }
        before = item->object;
    }
    return E301;
}

Status lower_master_open(const MasterSource *source, const JobLayer *written, AdmParts *parts) {
    AdmFile *file = NULL;
    Rational shift_s = written->at.seconds;
    TRY(check_keys(written, source->errors));
    TRY(open_file(source, written, &file));
    if (!rational_subtract(written->at.seconds, written->from.seconds, &shift_s)) {
        return fail(source->errors, E210, written->at.place, "a time too fine to add up");
    }
    const AdmPartsOrder order = {file, written->object.text, shift_s, source->job->rate_hz};
    TRY(adm_parts_list(&order, source->arena, parts, source->errors));
    return parts->count > 0 ? DONE : fail_object(source, written, file);
}

void lower_master_close(Masters *masters) {
    for (int index = 0; index < masters->count; index++) {
        adm_close(&masters->opened[index]);
    }
    masters->count = 0;
}

/* ---- the layer ---- */

void lower_master_place(const AdmPart *part, MixLayer *layer) {
    layer->path = part->path;
    layer->is_object = part->is_object;
    layer->is_speaker = part->speaker != NULL;
    layer->direct_speaker = part->speaker;
    if (part->is_binaural) {
        layer->is_binaural = true;
        layer->head_mode = HEAD_OFF;
    }
}

/* Snap, nudge and cuts of the picture have moved the sound. */
static void move_path(const JobLayer *written, int rate_hz, Arena *arena, MixLayer *layer) {
    const int lead = layer->delay_fraction > 0.0 ? FRACTIONAL_DELAY_LEAD : 0;
    const int64_t moved_samples =
        layer->start + lead - rational_to_samples(written->at.seconds, rate_hz);
    const size_t count = (size_t)layer->path.point_count;
    if (moved_samples == 0 && layer->delay_fraction == 0.0) {
        return;
    }
    PathPoint *const points = arena_array(arena, count, sizeof *points);
    for (size_t point = 0; point < count; point++) {
        points[point] = layer->path.points[point];
        points[point].time += moved_samples;
        points[point].rest_samples += layer->delay_fraction;
        if (points[point].rest_samples > 0.5) {
            points[point].rest_samples -= 1.0;
            points[point].time++;
        }
    }
    layer->path.points = points;
}

Status lower_master_finish(const JobLayer *written,
                           const AdmPart *part,
                           int rate_hz,
                           Arena *arena,
                           MixLayer *layer,
                           ErrorList *errors) {
    if (layer->splice_count > 0) {
        fail(errors, E208, written->file.place,
             "`%s` is an ADM master and was cut with the picture", written->id);
        error_help(errors, "say `conform: hold`, or conform the master itself");
        return E208;
    }
    move_path(written, rate_hz, arena, layer);
    layer->ambisonic.is_adm = layer->layout->kind == LAYOUT_AMBISONIC;
    layer->ambisonic.is_n3d = part->is_n3d;
    layer->channel_gains = part->gains ? part->gains : layer->channel_gains;
    return DONE;
}

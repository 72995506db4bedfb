/* `conform`: a job that fits one cut of the picture goes on to the next. */
#include "jobs/job_recut.h"

#include <string.h>

#include "jobs/edl.h"
#include "jobs/lower_path.h"

enum { ABSOLUTE_KEEP, ABSOLUTE_MOVE };

static const Node *get_text(const Node *map, const char *key) {
    const Node *value = node_get(map, key);
    return node_is_null(value) || value->kind != NODE_SCALAR ? NULL : value;
}

static Status find_file(
    const Node *name, JobFiles *files, Arena *arena, const JobFile **file, ErrorList *errors) {
    const char *path = NULL;
    if (!name) {
        return DONE; /* told by the reader of the job */
    }
    TRY(job_files_path(name, ".", arena, &path, errors));
    return job_files_find(files, path, name->place, arena, file, errors);
}

/* The files of the base, and the lists that it names. */
static void find_base(const Node *root, const JobFiles *files, Arena *arena, NameTable *base) {
    const Node *imports = node_get(root, "import");
    for (int file = 0; file < files->count; file++) {
        if (files->is_base[file]) {
            name_table_set(base, files->files[file].name, file, arena);
        }
    }
    for (int pair = 0; imports && imports->kind == NODE_MAP && pair < imports->count; pair++) {
        const Node *file = get_text(imports->pairs[pair].value, "file");
        if (file && file->place.file && name_table_find(base, file->place.file) >= 0) {
            name_table_set(base, file->text, 0, arena);
        }
    }
}

Status job_recut_find(
    const Node *root, JobFiles *files, Arena *arena, RecutFiles *found, ErrorList *errors) {
    const Node *written = node_get(root, "conform");
    *found = (RecutFiles){0};
    if (node_is_null(written) || written->kind != NODE_MAP) {
        return DONE;
    }
    find_base(root, files, arena, &found->base);
    if (found->base.name_count == 0) {
        fail(errors, E208, written->place, "`conform` belongs to a job that extends another one");
        error_help(errors, "extends: the job that fits the cut `from`");
        return E208;
    }
    TRY(find_file(get_text(written, "from"), files, arena, &found->from, errors));
    return find_file(get_text(written, "to"), files, arena, &found->to, errors);
}

void job_recut_make(JobReader *reader) {
    JobSpec *job = reader->job;
    EdlList from;
    EdlList to;
    if (!reader->recut.from || !reader->recut.to || reader->base.is_unsure ||
        job->recut.absolute.index != ABSOLUTE_MOVE ||
        edl_read(reader->recut.from, &reader->base, reader->arena, &from, reader->errors) != DONE ||
        edl_read(reader->recut.to, &reader->base, reader->arena, &to, reader->errors) != DONE) {
        return;
    }
    ChangeList *changes = arena_alloc(reader->arena, sizeof *changes);
    change_list_make(&from, &to, &reader->base, reader->arena, changes);
    if (changes->count == 0) {
        fail(reader->errors, E330, job->recut.to.place, "these two cuts have no picture in common");
        error_mark(reader->errors, job->recut.from.place, "the cut before");
        error_note(reader->errors, "events are the same picture when reel, clip name and source "
                                   "timecode are");
        return;
    }
    job->recut.changes = changes;
}

bool job_recut_is_old(const JobReader *reader, Place place) {
    return place.file && name_table_find(&reader->recut.base, place.file) >= 0;
}

/* Had a length in the cut before, has none any more. */
static bool is_cut_out(const JobTime *in, const JobTime *out) {
    return rational_compare(in->before, out->before) < 0 &&
           rational_compare(in->seconds, out->seconds) == 0;
}

static void drop_scenes(JobSpec *job) {
    int kept = 0;
    for (int scene = 0; scene < job->scene_count; scene++) {
        if (!is_cut_out(&job->scenes[scene].in, &job->scenes[scene].out)) {
            job->scenes[kept++] = job->scenes[scene];
        }
    }
    job->scene_count = kept;
}

static void drop_lines(JobSpec *job) {
    int kept = 0;
    for (int line = 0; line < job->line_count; line++) {
        if (!is_cut_out(&job->lines[line].in, &job->lines[line].out)) {
            job->lines[kept++] = job->lines[line];
        }
    }
    job->line_count = kept;
}

static void drop_cues(JobSpec *job) {
    int kept = 0;
    for (int cue = 0; cue < job->cue_count; cue++) {
        if (!is_cut_out(&job->cues[cue].in, &job->cues[cue].out)) {
            job->cues[kept++] = job->cues[cue];
        }
    }
    job->cue_count = kept;
}

static bool is_old_curve(const JobCurve *curve) {
    bool is_old = true;
    for (int point = 0; point < curve->point_count; point++) {
        is_old = is_old && !curve->points[point].time.is_new;
    }
    return is_old;
}

/* A curve with times of both cuts: of points that were cut out between two others the last one is
 * left. One of the cut before is cut as a whole (recut_lane.h). */
static void drop_curve_points(JobCurve *curve) {
    int kept = 0;
    if (is_old_curve(curve)) {
        return;
    }
    for (int point = 0; point < curve->point_count; point++) {
        const bool has_next = point + 1 < curve->point_count;
        if (!has_next || !is_cut_out(&curve->points[point].time, &curve->points[point + 1].time)) {
            curve->points[kept++] = curve->points[point];
        }
    }
    curve->point_count = kept;
}

static void drop_path_points(const JobSpec *job, JobLayer *layer) {
    int kept = 0;
    if (lower_path_is_old(job, layer)) {
        return;
    }
    for (int point = 0; point < layer->path_count; point++) {
        const bool has_next = point + 1 < layer->path_count;
        if (!has_next || !is_cut_out(&layer->path[point].time, &layer->path[point + 1].time)) {
            layer->path[kept++] = layer->path[point];
        }
    }
    layer->path_count = kept;
}

static void drop_points(JobSpec *job) {
    for (int arc = 0; arc < job->arc_count; arc++) {
        drop_curve_points(&job->arcs[arc].curve);
    }
    for (int index = 0; index < job->layer_count; index++) {
        JobLayer *layer = &job->layers[index];
        drop_path_points(job, layer);
        for (int lane = 0; lane < layer->automation_count; lane++) {
            drop_curve_points(&layer->automations[lane].curve);
        }
    }
}

/* A layer that says nothing begins with the programme. */
static void move_layers(JobSpec *job) {
    for (int layer = 0; layer < job->layer_count; layer++) {
        JobTime *at = &job->layers[layer].at;
        if (!at->is_set) {
            at->before = (Rational){0, 1};
            at->seconds = change_list_map(job->recut.changes, at->before);
        }
    }
}

void job_recut_apply(JobReader *reader) {
    JobSpec *job = reader->job;
    if (!job->recut.changes) {
        return;
    }
    if (job->length.is_set && job_recut_is_old(reader, job->length.place)) {
        job->length.seconds = change_list_map(job->recut.changes, job->length.seconds);
    }
    drop_scenes(job);
    drop_lines(job);
    drop_cues(job);
    drop_points(job);
    move_layers(job);
}

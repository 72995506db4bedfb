/* Times that name others or count bars become seconds; then every time is held to its order and the
 * programme. */
#include "jobs/job_times.h"

#include <string.h>

#include "jobs/anchor.h"

enum { ANCHOR_MARGIN_S = 3600 };

typedef struct TimeLinker {
    JobReader *reader;
    AnchorTable *table;
} TimeLinker;

/* Kinds whose times other times may name. */
static bool is_named(const char *owner) {
    static const char *const kinds[] = {"markers.", "scenes.", "lines.", "cues."};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        if (strncmp(owner, kinds[kind], strlen(kinds[kind])) == 0) {
            return true;
        }
    }
    return false;
}

/* The map of the job, then one a cue in their order; what they begin with is filled in later. */
static void add_maps(TimeLinker *linker) {
    const JobSpec *job = linker->reader->job;
    if (job->tempo.map) {
        const AnchorMap map = {.tempo = job->tempo.map,
                               .origin = -1,
                               .origin_seconds = job->tempo.points[0].zero.seconds};
        linker->table->job_map = anchor_table_add_map(linker->table, &map);
    }
    for (int cue = 0; cue < job->cue_count; cue++) {
        const AnchorMap map = {.cue = job->cues[cue].id, .tempo = job->cues[cue].tempo.map};
        anchor_table_add_map(linker->table, &map);
    }
}

/* Where the map of a cue stands in the table. */
static int map_of_cue(const TimeLinker *linker, int cue) {
    return linker->table->job_map + 1 + cue;
}

/* A layer of a cue that has a map counts in it, all else in the job's. */
static int map_of_time(const TimeLinker *linker, const PendingTime *pending) {
    const char *cue = pending->cue ? pending->cue->text : NULL;
    const int map = cue ? name_table_find(&linker->table->cues, cue) : -1;
    return map >= 0 && linker->table->maps[map].tempo ? map : linker->table->job_map;
}

static void add_anchors(const TimeLinker *linker) {
    for (const PendingTime *pending = linker->reader->first_time; pending;
         pending = pending->next) {
        const Anchor anchor = {.owner = pending->owner,
                               .id_place = pending->id_place,
                               .is_named = is_named(pending->owner),
                               .point = &pending->point,
                               .map = map_of_time(linker, pending)};
        anchor_table_add(linker->table, &anchor);
    }
}

/* Bar 1 of a cue lies at its `in`. */
static void set_origins(const TimeLinker *linker) {
    const JobSpec *job = linker->reader->job;
    for (int cue = 0; cue < job->cue_count; cue++) {
        const char *in = arena_format(linker->reader->arena, "cues.%s.in", job->cues[cue].id);
        linker->table->maps[map_of_cue(linker, cue)].origin = anchor_table_find(linker->table, in);
    }
}

/* A layer of a cue begins with it when it says nothing else. */
static void set_layers(const TimeLinker *linker) {
    const JobSpec *job = linker->reader->job;
    for (int index = 0; index < job->layer_count; index++) {
        JobLayer *layer = &job->layers[index];
        if (!layer->cue.text) {
            continue;
        }
        const int map = anchor_table_find_cue(linker->table, layer->cue.text, layer->cue.place,
                                              linker->reader->errors);
        if (map >= 0 && !layer->at.is_set) {
            layer->at = job->cues[map - map_of_cue(linker, 0)].in;
            layer->at.place = layer->cue.place;
        }
    }
}

void job_times_resolve(JobReader *reader) {
    TimeLinker linker = {.reader = reader, .table = anchor_table_create(reader->arena)};
    add_maps(&linker);
    add_anchors(&linker);
    set_origins(&linker);
    anchor_table_resolve(linker.table, reader->errors);
    int anchor = 0;
    for (const PendingTime *pending = reader->first_time; pending; pending = pending->next) {
        pending->time->seconds = linker.table->anchors[anchor++].seconds;
    }
    set_layers(&linker);
}

/* The timecode of a time that counts from project.start. */
static void format_time(const JobReader *reader, Rational seconds, TimecodeText text) {
    const FrameRate *rate = reader->base.frame_rate;
    Rational absolute = {0, 1};
    rational_add(seconds, reader->base.start_seconds, &absolute);
    timecode_format(timecode_frames_at(absolute, rate), rate, text);
}

/* The length that was written; false: it follows from the layers. */
static bool programme_end(const JobSpec *job, Rational *end) {
    const JobTime *written = job->end.is_set ? &job->end : &job->length;
    *end = written->seconds;
    return written->is_set;
}

/* margin_s: how far outside it may lie. */
static void check_inside(const JobReader *reader, const JobTime *time, int margin_s) {
    TimecodeText text;
    TimecodeText limit;
    Rational end;
    format_time(reader, time->seconds, text);
    if (rational_compare(time->seconds, (Rational){-margin_s, 1}) < 0) {
        format_time(reader, (Rational){0, 1}, limit);
        fail(reader->errors, E310, time->place,
             "this time is before the programme starts (%s < %s)", text, limit);
        return;
    }
    const bool has_end = programme_end(reader->job, &end);
    if (!has_end) { /* the layers decide, up to the longest programme there is */
        end = (Rational){JOB_MAX_LENGTH_S, 1};
    }
    format_time(reader, end, limit);
    Rational last = end;
    rational_add(end, (Rational){margin_s, 1}, &last);
    const int order = rational_compare(time->seconds, last);
    if (!has_end && order > 0) {
        fail(reader->errors, E206, time->place, "the programme is longer than 12 h");
    } else if (order > 0 || (order == 0 && margin_s == 0)) {
        fail(reader->errors, E310, time->place, "this time is after the programme ends (%s %s %s)",
             text, order > 0 ? ">" : "=", limit);
    }
}

static void check_end(const JobReader *reader) {
    const JobTime *end = &reader->job->end;
    if (!end->is_set) {
        return;
    }
    if (rational_compare(end->seconds, (Rational){0, 1}) <= 0) {
        TimecodeText text;
        TimecodeText start;
        format_time(reader, end->seconds, text);
        format_time(reader, (Rational){0, 1}, start);
        fail(reader->errors, E312, end->place, "the programme ends before it starts");
        error_caret(reader->errors, "%s, and it starts at %s", text, start);
        error_note(reader->errors, "`end` is exclusive and must be later than `start`");
    } else if (rational_compare(end->seconds, (Rational){JOB_MAX_LENGTH_S, 1}) > 0) {
        fail(reader->errors, E206, end->place, "the programme is longer than 12 h");
    }
}

static void check_path(const JobReader *reader, const JobLayer *layer) {
    for (int point = 0; point < layer->path_count; point++) {
        const JobTime *time = &layer->path[point].time;
        check_inside(reader, time, ANCHOR_MARGIN_S);
        const JobTime *before = point > 0 ? &layer->path[point - 1].time : NULL;
        if (before && rational_compare(time->seconds, before->seconds) <= 0) {
            fail(reader->errors, E316, time->place, "path points must ascend");
            error_mark(reader->errors, before->place, "%.3f s", rational_value(before->seconds));
            error_caret(reader->errors, "%.3f s", rational_value(time->seconds));
        }
    }
}

/* kind: "scene". */
static void check_span(const JobReader *reader,
                       const char *kind,
                       const char *id,
                       const JobTime *in,
                       const JobTime *out) {
    if (rational_compare(out->seconds, in->seconds) <= 0) {
        fail(reader->errors, E312, out->place, "%s %s ends before it starts", kind, id);
        error_mark(reader->errors, in->place, "%.3f s", rational_value(in->seconds));
        error_caret(reader->errors, "%.3f s", rational_value(out->seconds));
        error_note(reader->errors, "`out` is exclusive and must be later than `in`");
        return;
    }
    check_inside(reader, in, ANCHOR_MARGIN_S);
    check_inside(reader, out, ANCHOR_MARGIN_S);
}

static void check_spans(const JobReader *reader) {
    const JobSpec *job = reader->job;
    for (int index = 0; index < job->scene_count; index++) {
        const JobScene *scene = &job->scenes[index];
        check_span(reader, "scene", scene->id, &scene->in, &scene->out);
    }
    for (int index = 0; index < job->line_count; index++) {
        const JobLine *line = &job->lines[index];
        check_span(reader, "line", line->id, &line->in, &line->out);
    }
    for (int index = 0; index < job->cue_count; index++) {
        const JobCue *cue = &job->cues[index];
        check_span(reader, "cue", cue->id, &cue->in, &cue->out);
    }
}

void job_times_check(const JobReader *reader) {
    const JobSpec *job = reader->job;
    check_end(reader);
    for (int marker = 0; marker < job->marker_count; marker++) {
        check_inside(reader, &job->markers[marker].time, ANCHOR_MARGIN_S);
    }
    check_spans(reader);
    for (int layer = 0; layer < job->layer_count; layer++) {
        if (job->layers[layer].at.is_set) {
            check_inside(reader, &job->layers[layer].at, 0);
        }
        check_path(reader, &job->layers[layer]);
    }
}
